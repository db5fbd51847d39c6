// Package version says what a program was built from.
package version

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
)

// Of is the version of this program as far as its build knows, or else its commit, with a
// "+" where that was changed.
func Of() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "?"
	}
	return of(info)
}

func of(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(len(s.Value), 10)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	return cmp.Or(commit, "?") + changed
}

// Line is what --version prints.
func Line(program string) string { return fmt.Sprintf("%s %s, %s", program, Of(), runtime.Version()) }
