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
	in   []int  // sections
	key  string // of what stands before it, with which a reading begins; "": nothing does
	read []int  // sections of that

	last  bool // nothing was typed behind it: any letter is
	whole bool // with last: but none of the same word
}

// met reports whether one of the sections has the word.
func (h *latinHead) met(f *folded) bool {
	return slices.ContainsFunc(h.in, func(section int) bool { return h.headIn(f[section]) }) &&
		(h.key == "" || way{as: asReading, want: h.key, in: h.read}.met(nil, f))
}

// tokens are of every bib that has the word.
func (h *latinHead) tokens() []string {
	head, _ := begin(h.word)
	tokens := []string{markWord + head}
	if h.key != "" {
		before, _ := begin(h.key)
		tokens = append(tokens, markReading+before)
	}
	return tokens
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
		switch {
		case !begins || h.whole && kana.IsLatin(next):
		case h.last, next == h.kana, kana.IsKanji(next):
			return true
		}
	}
}

// wordBegins reports whether a Latin word begins behind text.
func wordBegins(text string) bool {
	before, _ := utf8.DecodeLastRuneInString(text)
	return !kana.IsLatin(before)
}

// letteredWays returns the ways to read a word of kana with a Latin word before, among or
// behind them. A few letters at its end may be of an unfinished kana and count for nothing.
func letteredWays(typed string, in fields) (out []way) {
	word := strings.TrimRightFunc(typed, isLetter)
	if len(in.reading) == 0 || !isReading(word) {
		return nil
	}
	if last := typed[len(word):]; last != "" && kana.IsKana(word) {
		head := &latinHead{word: last, in: in.text, last: true, whole: len(kana.Expand(last)) > 0}
		return []way{{as: asReading, want: kana.Key(word), in: in.reading, head: head}}
	}
	parts := scripts(word)
	for i, part := range parts[:len(parts)-1] {
		if spelled, ok := kana.SpellOut(word); ok && isLetters(part) && len(part) <= spelledLetters {
			head := headOf(parts, i, in)
			out = append(out, way{as: asLooseReading, want: kana.Loose(kana.Key(kana.Fold(spelled))), in: in.reading, head: &head})
			break
		}
	}
	at := slices.IndexFunc(parts, isLetters)
	if at < 0 || at+2 != len(parts) {
		return out
	}
	head := headOf(parts, at, in)
	if at == 1 {
		head.key, head.read = kana.Key(parts[0]), in.reading
	}
	return append(out, way{as: asReading, want: kana.Key(parts[at+1]), in: in.reading, head: &head})
}

// headOf is the Latin part of a word as it stands before the next one.
func headOf(parts []string, at int, in fields) latinHead {
	next, _ := utf8.DecodeRuneInString(parts[at+1])
	return latinHead{word: parts[at], kana: next, in: in.text}
}

func isLetters(part string) bool { return strings.ContainsFunc(part, isLetter) }

// spelledLetters is how many letters are read by their names at most.
const spelledLetters = 4

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }
