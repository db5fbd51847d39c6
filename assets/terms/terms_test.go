package terms_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/assets/terms"
	"madoguchi/library"
)

// What was agreed to must be known for ever: other texts are another version. The file
// versions has the digest of each text by version and language; lines are only added.
func TestVersionChangesWithTheText(t *testing.T) {
	known, err := os.ReadFile("versions")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range library.Languages {
		sum := sha256.Sum256([]byte(terms.Text()[l.Code]))
		line := fmt.Sprintf("%s %s %x\n", terms.Version, l.Code, sum[:8])
		switch {
		case strings.Contains(string(known), line):
		case strings.Contains(string(known), terms.Version+" "+l.Code+" "):
			t.Errorf("%s.txt is another text than that of version %s: set Version to the day of the change", l.Code, terms.Version)
		default:
			t.Errorf("add to assets/terms/versions: %s", line)
		}
	}
}

// The conditions are there in every language, and say the same paragraph by paragraph.
func TestTerms(t *testing.T) {
	paragraphs := func(language string) int { return len(strings.Split(terms.Text()[language], "\n\n")) }
	first := library.Languages[0].Code
	if paragraphs(first) < 5 {
		t.Errorf("%s has %d paragraphs", first, paragraphs(first))
	}
	for _, l := range library.Languages {
		text, there := terms.Text()[l.Code]
		if !there {
			t.Errorf("write assets/terms/%s.txt: the conditions in %s", l.Code, l.Name)
			continue
		}
		if !utf8.ValidString(text) || strings.Contains(text, "\r") || strings.Contains(text, "\n\n\n") {
			t.Errorf("%s: is not plain paragraphs", l.Code)
		}
		if n := paragraphs(l.Code); n != paragraphs(first) {
			t.Errorf("%s has %d paragraphs, %s %d", l.Code, n, first, paragraphs(first))
		}
	}
	for code := range terms.Text() {
		if library.LanguageWithCode(code).Code != code {
			t.Errorf("%s.txt is of no language of library.Languages", code)
		}
	}
}
