package kana

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestVariantsAreInOrder(t *testing.T) {
	seen := map[rune]bool{}
	for _, group := range strings.Fields(variants) {
		if utf8.RuneCountInString(group) < 2 {
			t.Errorf("%s has no old form", group)
		}
		for i, r := range []rune(group) {
			if !IsKanji(r) {
				t.Errorf("%c in %s is no kanji", r, group)
			}
			if seen[r] {
				t.Errorf("%c stands in the table twice", r)
			}
			seen[r] = true
			if norm.NFKC.String(string(r)) != string(r) && i > 0 {
				t.Errorf("%c in %s is never met: NFKC turns it into another", r, group)
			}
		}
	}
	if len(modernKanji) < 400 {
		t.Errorf("the table has %d old forms, want at least 400", len(modernKanji))
	}
}

// TestVariantsKnowTheLists holds our table against the public lists of old forms.
func TestVariantsKnowTheLists(t *testing.T) {
	dir := filepath.Join(sharedData(t), "itaiji")
	for _, list := range []string{"joyo", "jinmei", "hyogai"} {
		for _, pair := range readPairs(t, filepath.Join(dir, "cjkvi-"+list+"-variants.txt")) {
			if pair == [2]string{"濾", "沪"} {
				continue // 沪 is Shanghai
			}
			if a, b := Fold(pair[0]), Fold(pair[1]); a != b {
				t.Errorf("%s: %s and %s are one kanji, but are folded to %s and %s", list, pair[0], pair[1], a, b)
			}
		}
	}
}

func readPairs(t *testing.T, path string) (pairs [][2]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line, _, _ := strings.Cut(sc.Text(), "#")
		col := strings.Split(strings.TrimSpace(line), ",")
		if len(col) < 3 || strings.ContainsAny(line, "/<") && strings.Contains(line, "<") {
			continue
		}
		a, b := withoutSelectors(col[0]), withoutSelectors(col[2])
		if utf8.RuneCountInString(a) == 1 && utf8.RuneCountInString(b) == 1 {
			pairs = append(pairs, [2]string{a, b})
		}
	}
	if len(pairs) == 0 {
		t.Fatalf("%s has no pairs of kanji", path)
	}
	return pairs
}

func withoutSelectors(s string) string {
	return strings.Map(func(r rune) rune {
		if accent(r) {
			return -1
		}
		return r
	}, s)
}

// sharedData is the folder of real data beside the repository.
func sharedData(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("there is no go.mod above the test")
		}
	}
	data := filepath.Join(dir, "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skipf("the real data are not there: %v", err)
	}
	return data
}
