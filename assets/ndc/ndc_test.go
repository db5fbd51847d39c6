package ndc

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func rows(t *testing.T) [][]string {
	t.Helper()
	var rows [][]string
	for l := range strings.Lines(labels) {
		rows = append(rows, strings.Split(strings.TrimSuffix(l, "\n"), "\t"))
	}
	return rows
}

func TestLabelsFitAndHang(t *testing.T) {
	levels := [4]int{}
	before := ""
	codes := map[string]bool{}
	siblings := map[string]string{}
	for _, r := range rows(t) {
		if len(r) != 3 {
			t.Fatalf("line %q has not three fields", r)
		}
		code, ja, en := r[0], r[1], r[2]
		if len(code) < 1 || len(code) > 3 || strings.Trim(code, "0123456789") != "" || code <= before {
			t.Errorf("code %q after %q", code, before)
		}
		before = code
		codes[code] = true
		levels[len(code)]++
		if n := utf8.RuneCountInString(ja); n == 0 || n > MaxLabelJa || ja != strings.TrimSpace(ja) {
			t.Errorf("%s: %q has %d characters", code, ja, n)
		}
		if n := utf8.RuneCountInString(en); n == 0 || n > MaxLabelEn || en != strings.TrimSpace(en) {
			t.Errorf("%s: %q has %d characters", code, en, n)
		}
		parent := code[:len(code)-1]
		if parent != "" && !codes[parent] {
			t.Errorf("%s has no parent", code)
		}
		for _, name := range []string{ja, en} {
			if o, twice := siblings[parent+"\t"+name]; twice {
				t.Errorf("%s and %s are both %q", o, code, name)
			}
			siblings[parent+"\t"+name] = code
		}
	}
	if levels[1] != 10 || levels[2] != 100 || levels[3] < 900 {
		t.Errorf("%d classes, %d divisions, %d sections", levels[1], levels[2], levels[3])
	}
}

func TestLabel(t *testing.T) {
	for _, r := range rows(t) {
		if ja, ok := Label(r[0], "ja"); !ok || ja != r[1] {
			t.Errorf("%s: %q %v", r[0], ja, ok)
		}
		if en, ok := Label(r[0], "en"); !ok || en != r[2] {
			t.Errorf("%s: %q %v", r[0], en, ok)
		}
	}
	if easy, _ := Label("9", "ja-easy"); easy != "文学・小説" {
		t.Errorf("easy Japanese: %q", easy)
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
		for _, lang := range []string{"ja", "en"} {
			if _, ok := Label(code, lang); ok != used {
				t.Errorf("%s (%s) has a label in %s: %v", code, name, lang, ok)
			}
		}
	}
	if n < 900 {
		t.Errorf("only %d codes are in use", n)
	}
}
