package linebreak

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// em measures a text in half widths: a Latin letter is 1 wide, a Japanese one 2.
func em(s string) float32 {
	w := 0
	for _, r := range s {
		w++
		if r >= 0x1100 {
			w++
		}
	}
	return float32(w)
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float32
		want  []string
	}{
		{"", 10, []string{""}},
		{"図書館", 10, []string{"図書館"}},
		{"図書館の利用案内", 8, []string{"図書館の", "利用案内"}},
		{"図書館です。", 10, []string{"図書館で", "す。"}},      // no line begins with 。
		{"本を「さがす」", 6, []string{"本を", "「さが", "す」"}}, // 「 stays with what it opens
		{"コーヒーカップ", 8, []string{"コーヒー", "カップ"}},
		{"The public library", 10, []string{"The public", "library"}},
		{"public", 4, []string{"publ", "ic"}}, // only a word wider than the line is cut
		{"CDとDVD", 5, []string{"CDと", "DVD"}},
		{"one\ntwo", 10, []string{"one", "two"}},
	} {
		if got := Lines(c.text, c.width, em); !slices.Equal(got, c.want) {
			t.Errorf("%q at %v: got %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add("図書館の「利用案内」です。 The public library.", 7)
	f.Add("\n\n", 1)
	f.Add("ーーーー。。。。", 2)
	f.Add(" ", -32)
	f.Fuzz(func(t *testing.T, s string, width int) {
		if !utf8.ValidString(s) || len(s) > 200 {
			return
		}
		lines := Lines(s, float32(width), em)
		strip := strings.NewReplacer(" ", "", "\n", "")
		if got, want := strip.Replace(strings.Join(lines, "")), strip.Replace(s); got != want {
			t.Errorf("%q at %d became %q: something was lost", s, width, got)
		}
	})
}

func TestEllipsis(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float32
		want  string
	}{
		{"図書館", 6, "図書館"},
		{"図書館です", 8, "図書館…"},
		{"on the shelf", 8, "on the…"},
		{"図", 0, "…"},
	} {
		if got := Ellipsis(c.text, c.width, em); got != c.want {
			t.Errorf("%q at %v: got %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
