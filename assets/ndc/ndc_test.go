package ndc

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/library"
)

// Every language has a label for every class, in a file that says so itself.
func TestLabelsFitAndHang(t *testing.T) {
	first := read()[library.Languages[0].Code]
	for _, l := range library.Languages {
		labels, there := read()[l.Code]
		if !there {
			t.Errorf("write assets/ndc/labels/%s.tsv: the classes in %s", l.Code, l.Name)
			continue
		}
		if !slices.Equal(labels.codes, first.codes) {
			t.Errorf("labels/%s.tsv has other codes than labels/%s.tsv", l.Code, library.Languages[0].Code)
		}
		most := MaxLabel
		if l.Latin {
			most = MaxLabelLatin
		}
		siblings := map[string]string{}
		for _, code := range labels.codes {
			name := labels.names[code]
			if n := utf8.RuneCountInString(name); n == 0 || n > most || name != strings.TrimSpace(name) || strings.Contains(name, "\t") {
				t.Errorf("labels/%s.tsv: %s: %q has %d characters, at most %d", l.Code, code, name, n, most)
			}
			parent := code[:len(code)-1]
			if o, twice := siblings[parent+"\t"+name]; twice {
				t.Errorf("labels/%s.tsv: %s and %s are both %q", l.Code, o, code, name)
			}
			siblings[parent+"\t"+name] = code
		}
	}
	for code := range read() {
		if library.LanguageWithCode(code).Code != code {
			t.Errorf("labels/%s.tsv is of no language of library.Languages", code)
		}
	}
	levels, before := [4]int{}, ""
	for _, code := range first.codes {
		if len(code) < 1 || len(code) > 3 || strings.Trim(code, "0123456789") != "" || code <= before {
			t.Errorf("code %q after %q", code, before)
		}
		before = code
		levels[len(code)]++
		if parent := code[:len(code)-1]; parent != "" && first.names[parent] == "" {
			t.Errorf("%s has no parent", code)
		}
	}
	if levels[1] != 10 || levels[2] != 100 || levels[3] < 900 {
		t.Errorf("%d classes, %d divisions, %d sections", levels[1], levels[2], levels[3])
	}
}

func TestLabel(t *testing.T) {
	for lang, want := range map[string]string{"ja": "文学・小説", "ja-easy": "文学・小説", "en": "Literature and Fiction", "en-GB": "Literature and Fiction", "xx": "Literature and Fiction"} {
		if got, ok := Label("9", lang); !ok || got != want {
			t.Errorf("%s: %q %v, want %q", lang, got, ok, want)
		}
	}
	for _, code := range []string{"", "001", "9133", "x", "zz", " ", "913.6"} {
		if l, ok := Label(code, "ja"); ok {
			t.Errorf("%q has the label %q", code, l)
		}
	}
}

func TestLongest(t *testing.T) {
	for number, want := range map[string]string{"913.6": "913", "007.64": "007", "91": "91", "9": "9", "001.2": "00", "998": "99", "2910": "291", "": "", "K": "", "E12": ""} {
		code, label := Longest(number, "ja")
		if code != want || (code == "") != (label == "") {
			t.Errorf("%q is in %q (%s), want %q", number, code, label, want)
		}
	}
}

func TestChildren(t *testing.T) {
	digits := strings.Split("0123456789", "")
	if got := Children(""); !slices.Equal(got, digits) {
		t.Errorf("classes %q", got)
	}
	for _, c := range digits {
		if got := Children(c); len(got) != 10 || got[0] != c+"0" || got[9] != c+"9" {
			t.Errorf("divisions of %s: %q", c, got)
		}
	}
	if got, want := Children("00"), []string{"000", "002", "007"}; !slices.Equal(got, want) {
		t.Errorf("sections of 00: %q", got)
	}
	for _, code := range []string{"913", "x", "9x"} {
		if got := Children(code); len(got) != 0 {
			t.Errorf("%s has %q", code, got)
		}
	}
}

// TestCoversNDC holds the labels against the list of the Japan Library Association.
func TestCoversNDC(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	list, err := os.ReadFile(filepath.Join(dir, "..", "shared", "data", "ndc", "ndc-3digits.tsv"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("../shared/data/ndc is not here")
	} else if err != nil {
		t.Fatal(err)
	}
	n := 0
	for l := range strings.Lines(string(list)) {
		code, name, _ := strings.Cut(strings.TrimSpace(l), "\t")
		used := name != ""
		if used {
			n++
		}
		for _, l := range library.Languages {
			lang := l.Code
			if _, ok := Label(code, lang); ok != used {
				t.Errorf("%s (%s) has a label in %s: %v", code, name, lang, ok)
			}
		}
	}
	if n < 900 {
		t.Errorf("only %d codes are in use", n)
	}
}
