package intake

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

func TestParseNDC(t *testing.T) {
	tests := []struct {
		in, want string
		juvenile bool
	}{
		{"913.6", "913.6", false}, {"K913", "913", true}, {"Ｋ９１３．６", "913.6", true}, {"E", "", false}, {"児 913", "913", true}, {"UE17", "", false}, {"R031", "031", false}, {"9", "9", false},
	}
	for _, test := range tests {
		if got, juvenile, _ := parseNDC(test.in); got != test.want || juvenile != test.juvenile {
			t.Errorf("%q: got %q %v, want %q %v", test.in, got, juvenile, test.want, test.juvenile)
		}
	}
}

func TestClassNumbers(t *testing.T) {
	tests := []struct {
		in       string
		want     []string
		juvenile bool
		ok       bool
	}{
		{"", nil, false, true},
		{"NDC8:369.31", []string{"369.31"}, false, true},
		{"NDC9:375.72", []string{"375.72"}, false, true},
		{"NDC(9)913.6", []string{"913.6"}, false, true},
		{"NDC（10版） 913.6", []string{"913.6"}, false, true},
		{"NDC9 913.6", []string{"913.6"}, false, true},
		{"NDC10版913.6", []string{"913.6"}, false, true},
		{"NDC 913.6", []string{"913.6"}, false, true},
		{"NDC913.6", []string{"913.6"}, false, true},
		{"913.6(NDC9版)", []string{"913.6"}, false, true},
		{"913.6 (NDC9)", []string{"913.6"}, false, true},
		{"９１３．６", []string{"913.6"}, false, true},
		{"913.6/ナ", []string{"913.6"}, false, true},
		{"913.6/ナ/2", []string{"913.6"}, false, true},
		{"913.6 ナ", []string{"913.6"}, false, true},
		{"NDC K913.6 726", []string{"913.6", "726"}, true, true},
		{"913/726.6", []string{"913", "726.6"}, false, true},
		{"K913; 726.6", []string{"913", "726.6"}, true, true},
		{"児 913", []string{"913"}, true, true},
		{"913; F", []string{"913"}, false, false},
		{"F", nil, false, false}, {"Pア", nil, false, false}, {"UDC 8", nil, false, false},
	}
	for _, test := range tests {
		got, juvenile, ok := classNumbers(test.in)
		if !slices.Equal(got, test.want) || juvenile != test.juvenile || ok != test.ok {
			t.Errorf("%q: got %q %v %v, want %q %v %v", test.in, got, juvenile, ok, test.want, test.juvenile, test.ok)
		}
	}
}

var oneClass = regexp.MustCompile(`^\d{1,3}(\.\d+)?$`)

// FuzzClassNumbers: whatever the text, what is read are class numbers; and a class
// number is read with whatever name and mark stands beside it.
func FuzzClassNumbers(f *testing.F) {
	f.Add("NDC(9)913.6", uint16(913), "6")
	f.Add("K913/ナ", uint16(7), "")
	f.Fuzz(func(t *testing.T, text string, class uint16, rest string) {
		numbers, _, _ := classNumbers(text)
		for _, n := range numbers {
			if !oneClass.MatchString(n) {
				t.Fatalf("%q: %q", text, numbers)
			}
		}
		want := string([]byte{'0' + byte(class/100%10), '0' + byte(class/10%10), '0' + byte(class%10)})
		if rest = strings.Map(func(r rune) rune { return map[bool]rune{true: r, false: -1}[r >= '0' && r <= '9'] }, rest); rest != "" {
			want += "." + rest
		}
		for _, form := range []string{want, "K" + want, want + "/ナ", "NDC " + want, "NDC9:" + want, "NDC(10)" + want, want + "(NDC9版)", "NDC8版" + want, "NDC9 " + want} {
			if got, _, ok := classNumbers(form); !ok || !slices.Equal(got, []string{want}) {
				t.Fatalf("%q: %q %v, want %q", form, got, ok, want)
			}
		}
	})
}

func TestReadISBNs(t *testing.T) {
	const one, two = "9784101010038", "9784003101018"
	tests := []struct {
		in    string
		want  []string
		fault string
	}{
		{"９７８－４－１０－１０１００３－８", []string{one}, ""},
		{"ISBN978-4-10-101003-8(上)", []string{one}, ""},
		{"978‐4‐10‐101003‐8", []string{one}, ""},
		{"978—4—10—101003—8", []string{one}, ""},
		{"978ー4ー10ー101003ー8", []string{one}, ""},
		{"9784101010038 : 700円", []string{one}, ""},
		{"4-10-101003-x", []string{one}, ""},
		{"978-4-10-101003-8 / 4-00-310101-4", []string{one, two}, ""},
		{"9784101010038 9784003101018", []string{one, two}, ""},
		{"978 4 10 101003 8", []string{one}, ""},
		{"979-10-387-0402-2", []string{"9791038704022"}, ""},
		{"979-8-88890-450-3", []string{"9798888904503"}, ""},
		{"979-0-041-81152-9", nil, musicISBN},
		{"4-00-310101-x", nil, wrongISBN},
		{"1920093004076", nil, wrongISBN},
		{"10-101003-7", nil, wrongISBN},
		{"700円", nil, ""}, {"", nil, ""},
	}
	for _, test := range tests {
		got, fault, _ := readISBNs(test.in)
		if !slices.Equal(got, test.want) || fault != test.fault {
			t.Errorf("%q: got %q %q, want %q %q", test.in, got, fault, test.want, test.fault)
		}
		for _, isbn := range got {
			if _, ok := library.ParseISBN(isbn); !ok {
				t.Errorf("%q: %q is none", test.in, isbn)
			}
		}
	}
}

func TestMangled(t *testing.T) {
	for _, s := range []string{"1.00001E+09", "9.78401E+12", "2.00E+07", "1E+09", "１.５e+10", "#N/A", "#REF!", "########"} {
		if mangled(s) == "" {
			t.Errorf("%q was taken for whole", s)
		}
	}
	for _, s := range []string{"", "1000010001", "0000000123", "1E5", "E+09", "A1.5E+3", "#1", "c#", "1.5"} {
		if fault := mangled(s); fault != "" {
			t.Errorf("%q: %s", s, fault)
		}
	}
	for in, want := range map[string]string{`="0012"`: "0012", `="a""b"`: `a"b`, "'0012": "0012", "'tis": "'tis", "=1+1": "=1+1", "0012": "0012", `="`: `="`} {
		if got := unformula(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTextFaults(t *testing.T) {
	for in, want := range map[string][]string{
		"こころ": nil, "Café": nil, "naïve": nil, "a\tb\nc": nil, "$100": nil, "C#": nil, "Æther": nil, "ﾃﾚﾋﾞ": nil, "本": nil, "": nil, "Straße": nil, "20€": nil, "続日本の空": nil,
		"日本\uFFFD\uFFFDの歴史": {lostLetters}, "ab\x00cd": {controls}, "\u202E本\u202C": {turned}, "本\u200E": {turned}, "\x98本": nil,
		"å\u0090¾è¼©ã\u0081¯ç\u008C«ã\u0081§ã\u0081\u0082ã\u0082\u008B": {mojibake}, "CafÃ©": {mojibake}, "æœ¬": {mojibake}, "譛ｬ縺ｮ遨ｺ": {mojibake},
		`$BF|K\$N6u(B`: {lostEscapes},
	} {
		if got := textFaults(in); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
