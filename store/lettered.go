package store

import (
	"slices"
	"strings"
	"unicode/utf8"

	"madoguchi/library/kana"
)

// What is typed of C言語 may be Cげんご. Catalogues read it "C ゲンゴ", "シー ゲンゴ" or
// "シーゲンゴ": the first is a reading like any other; of the others the kana are looked
// for, or what the letters are called, in bibs whose text has the Latin word before a
// letter that can be read so.

// latinHead is a Latin word in a text, and the kana that what follows it begins with
// when it is read.
type latinHead struct {
	word string
	kana rune
	in   []int // sections
}

// met reports whether one of the sections has the word.
func (h *latinHead) met(f *folded) bool {
	return slices.ContainsFunc(h.in, func(section int) bool { return h.headIn(f[section]) })
}

// token is of every bib that has the word.
func (h *latinHead) token() string {
	head, _ := begin(h.word)
	return markWord + head
}

func (h *latinHead) headIn(text string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], h.word)
		if i < 0 {
			return false
		}
		begins := wordBegins(text[:at+i])
		at += i + len(h.word)
		next, _ := utf8.DecodeRuneInString(text[at:])
		if begins && (next == h.kana || kana.IsKanji(next)) {
			return true
		}
	}
}

// wordBegins reports whether a Latin word begins behind text.
func wordBegins(text string) bool {
	before, _ := utf8.DecodeLastRuneInString(text)
	return !kana.IsLatin(before)
}

// letteredWays returns the ways to read a word of kana with a Latin word before or among
// them. Letters at its end, as of an unfinished kana, count for nothing.
func letteredWays(word string, in fields) (out []way) {
	word = strings.TrimRightFunc(word, isLetter)
	if len(in.reading) == 0 || !isReading(word) {
		return nil
	}
	parts := scripts(word)
	at := slices.IndexFunc(parts, func(part string) bool { return strings.ContainsFunc(part, isLetter) })
	if at < 0 || at+1 == len(parts) {
		return nil
	}
	next, _ := utf8.DecodeRuneInString(parts[at+1])
	head := &latinHead{parts[at], next, in.text}
	if at == 0 && len(parts) == 2 {
		out = append(out, way{as: asReading, want: kana.Key(parts[1]), in: in.reading, head: head})
	}
	const spelled = 4 // letters: longer words are not read letter by letter
	if len(parts[at]) <= spelled {
		out = append(out, way{as: asLooseReading, want: kana.Loose(kana.Key(kana.Fold(kana.Spell(word)))), in: in.reading, head: head})
	}
	return out
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }
