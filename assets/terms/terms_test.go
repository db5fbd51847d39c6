package terms_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/assets/terms"
	"madoguchi/library"
)

// What was agreed to must be known for ever: other texts are another version. When
// this fails, set Version to the day of the change, and both constants here.
func TestVersionChangesWithTheText(t *testing.T) {
	const version, digest = "2026-11-25", "837de9b51fed8364"
	var texts []string
	for _, l := range library.Languages {
		texts = append(texts, terms.Text()[l.Code])
	}
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	if got := hex.EncodeToString(sum[:8]); terms.Version != version || got != digest {
		t.Errorf("version %s with the digest %s, want %s with %s", terms.Version, got, version, digest)
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
