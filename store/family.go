package store

import (
	"slices"
	"strings"
	"unicode/utf8"

	"madoguchi/library/kana"
)

// familyOf reports whether one of these keys of what was typed is the family name of a
// creator, as some spelling of the heading has it.
func (fs forms) familyOf(typed []string) bool {
	return slices.ContainsFunc(fs, func(f form) bool {
		return slices.ContainsFunc(typed, f.hasFamily)
	})
}

// hasFamily reports whether a key is the family name.
func (f form) hasFamily(key string) bool {
	text, first := kana.Fold(f.Text), f.familyFirst()
	for _, reading := range readings(f.Text, f.Reading) {
		if k := kana.Key(familyWord(reading, first)); k == key || looseKey+kana.Loose(k) == key {
			return true
		}
	}
	if strings.Contains(text, " ") {
		return joined(familyWord(text, first)) == key
	}
	return maybeFamily(key, text)
}

// familyFirst reports whether the family name comes first: where a comma says so, and of
// names that are written with kanji or as one word.
func (f form) familyFirst() bool {
	return strings.ContainsAny(f.Text+f.Reading, ",，、") || strings.ContainsFunc(f.Text, kana.IsKanji) || !strings.Contains(kana.FoldReading(f.Text), " ")
}

// familyWord is the first or last word of folded text.
func familyWord(folded string, first bool) string {
	words := strings.Fields(folded)
	switch {
	case len(words) == 0:
		return ""
	case first:
		return words[0]
	}
	return words[len(words)-1]
}

// maybeFamily reports whether key may be the family name of a name in kanji that is not
// parted. Of a family name of one kanji, given names of three are left out, since most
// names of four have two and two.
func maybeFamily(key, name string) bool {
	given, begins := strings.CutPrefix(name, key)
	if !begins || strings.ContainsFunc(key, func(r rune) bool { return !kana.IsKanji(r) }) {
		return false
	}
	n := utf8.RuneCountInString(given)
	return n >= 1 && n <= min(utf8.RuneCountInString(key)+1, 3)
}
