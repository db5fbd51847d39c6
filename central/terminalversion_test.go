package central

import (
	"strings"
	"testing"
)

func TestVersionOfATerminal(t *testing.T) {
	for program, want := range map[string]string{
		"madoguchi-kiosk/v0.2.0": "v0.2.0", "madoguchi-kiosk/0123456789+": "0123456789+",
		"": "", "curl/8.0": "", "madoguchi-kiosk/": "", "madoguchi-kiosk/v1\tx": "", "madoguchi-kiosk/版": "", "madoguchi-kiosk/" + strings.Repeat("9", 61): "",
	} {
		if got := versionIn(program); got != want {
			t.Errorf("%q: %q, want %q", program, got, want)
		}
	}
}
