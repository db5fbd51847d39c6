package marc

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestMARC8(t *testing.T) {
	for _, test := range []struct {
		in, want string
		sure     bool
		fault    string
	}{
		{"Paris", "Paris", true, ""},
		{"L\xE2ete a Paris", "Léte a Paris", true, ""},
		{"\xE8Uber den Flu\xC7", "Über den Fluß", true, ""},
		{"T\xE5oky\xE5o", "Tōkyō", true, ""},
		{"Vi\xF2\xE3et", "Việt", true, ""},
		{"\xB1\xE2od\xE2z", "łódź", true, ""},
		{"\xA5\xB2\xC1\xC3\xC4\xC8\xBA", "Æøℓ©♯€ð", true, ""},
		{"\xEBt\xECsar", "t͡sar", true, ""},
		{"\xF4r", "r̥", true, ""},
		{"\x88The \x89book", "The book", true, ""},
		{"x\x1Bp2\x1Bs, H\x1Bb2\x1BsO, \x1Bga\x1Bs", "x², H₂O, α", true, ""},
		{"a\x1B(Bb\x1B)!Ec", "abc", true, ""},
		{"G\xF6del", "Gd̲el", false, ""},               // Latin-1: Gödel
		{"caf\xE9 au lait", "caf ̌au lait", false, ""}, // Latin-1: café au lait
		{"\x1B$1!#a\x1B(B", "", false, "Chinese, Japanese and Korean (EACC)"},
		{"\x1B(NABC\x1B(B", "", false, "Cyrillic"},
		{"\x1B(2abc\x1Bs", "", false, "Hebrew"},
		{"\x1B$B$3\x1B(B", "", false, "not those of MARC-8"},
		{"ab\x1B", "", false, "cut off"},
		{"caf\xE9", "", false, "before no letter"},
		{"\x82\xB1\x82\xB1\x82\xEB", "", false, "no character 0x82"}, // cp932: こころ
		{"f\xFCr", "", false, "no character 0xFC"},                   // Latin-1: für
	} {
		got, sure, err := MARC8(test.in)
		if test.fault != "" {
			if err == nil || !strings.Contains(err.Error(), test.fault) {
				t.Errorf("%q: %q, error %v, want %s", test.in, got, err, test.fault)
			}
			continue
		}
		if err != nil || got != norm.NFC.String(test.want) || sure != test.sure {
			t.Errorf("%q: %q, %v, error %v; want %q, %v", test.in, got, sure, err, test.want, test.sure)
		}
	}
}

// FuzzMARC8: what comes out is composed text without control characters that were
// not there, or an error; ASCII is itself.
func FuzzMARC8(f *testing.F) {
	for _, s := range []string{"", "L\xE2ete", "\xEBt\xECsar", "\x1Bp2\x1Bs", "\x1B$1!#a\x1B(B", "\x1B", "\xE2\xE3\xF2a", "\x1Bg", "\xC8\xC9", "\xE2\x1Bga"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out, sure, err := MARC8(in)
		switch {
		case err != nil:
			if out != "" || sure || !utf8.ValidString(err.Error()) {
				t.Errorf("%q: %q, %v, %v", in, out, sure, err)
			}
		case !utf8.ValidString(out) || !norm.NFC.IsNormalString(out) || strings.ContainsAny(out, "\x1B\uFFFD"):
			t.Errorf("%q: %q", in, out)
		case strings.IndexFunc(in, func(r rune) bool { return r >= 0x80 || r == escape }) < 0 && (out != in || !sure):
			t.Errorf("ASCII %q became %q", in, out)
		}
	})
}
