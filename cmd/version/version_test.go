package version

import (
	"runtime/debug"
	"testing"
)

func TestOf(t *testing.T) {
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123"}
	for want, info := range map[string]debug.BuildInfo{
		"v0.2.0":      {Main: debug.Module{Version: "v0.2.0"}, Settings: []debug.BuildSetting{commit}},
		"0123456789":  {Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{commit, {Key: "vcs.modified", Value: "false"}}},
		"0123456789+": {Settings: []debug.BuildSetting{commit, {Key: "vcs.modified", Value: "true"}}},
		"?":           {},
	} {
		if got := of(&info); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
