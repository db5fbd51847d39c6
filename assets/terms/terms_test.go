package terms_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/assets/terms"
)

// What was agreed to must be known for ever: other texts are another version. When
// this fails, set Version to the day of the change, and both constants here.
func TestVersionChangesWithTheText(t *testing.T) {
	const version, digest = "2026-11-25", "837de9b51fed8364"
	text := terms.Text()
	sum := sha256.Sum256([]byte(text["ja"] + "\x00" + text["en"]))
	if got := hex.EncodeToString(sum[:8]); terms.Version != version || got != digest {
		t.Errorf("version %s with the digest %s, want %s with %s", terms.Version, got, version, digest)
	}
}

// Both languages say the same, paragraph by paragraph.
func TestTerms(t *testing.T) {
	paragraphs := map[string]int{}
	for language, text := range terms.Text() {
		if !utf8.ValidString(text) || strings.Contains(text, "\r") || strings.Contains(text, "\n\n\n") {
			t.Errorf("%s: is not plain paragraphs", language)
		}
		paragraphs[language] = len(strings.Split(text, "\n\n"))
	}
	if len(paragraphs) != 2 || paragraphs["ja"] != paragraphs["en"] || paragraphs["ja"] < 5 {
		t.Errorf("paragraphs %v", paragraphs)
	}
}
