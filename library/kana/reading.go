package kana

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A reading is kept as FoldReading returns it, in words. It is looked for by its
// keys: a key is the reading from the start of one of its words to the end,
// written without spaces. After its first kana a key knows no difference between
// は and わ, へ and え: catalogues write the particles as ワ and エ, patrons type は
// and へ, and nobody types the spaces that would tell a particle from はな.

// Key returns the key of a whole folded reading, or of what was typed for one.
func Key(folded string) string {
	var b strings.Builder
	b.Grow(len(folded))
	for _, r := range folded {
		if r == ' ' {
			continue
		}
		if b.Len() > 0 {
			r = particle(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Keys returns the keys from every word start of a folded reading, the whole
// reading first.
func Keys(folded string) []string {
	var keys []string
	for start := 0; start < len(folded); {
		keys = append(keys, Key(folded[start:]))
		next := strings.IndexByte(folded[start:], ' ')
		if next < 0 {
			break
		}
		start += next + 1
	}
	return keys
}

func particle(r rune) rune {
	switch r {
	case 'は':
		return 'わ'
	case 'へ':
		return 'え'
	}
	return r
}

// Loose drops from a key what only lengthens a vowel: そうせき and そせき are one,
// as they are in romaji without macrons, and so are がっこー and がっこう.
func Loose(key string) string {
	var b strings.Builder
	b.Grow(len(key))
	var vowel rune
	for _, r := range key {
		if lengthens(vowel, r) {
			continue
		}
		vowel = vowelOf(r)
		b.WriteRune(r)
	}
	return b.String()
}

// HasKey reports whether a key of the folded reading begins with key; in the
// loose way, whether a loose key does, where key itself is loose.
func HasKey(folded, key string, loose bool) bool {
	for start := 0; start < len(folded); {
		if keyHasPrefix(folded[start:], key, loose) {
			return true
		}
		next := strings.IndexByte(folded[start:], ' ')
		if next < 0 {
			break
		}
		start += next + 1
	}
	return false
}

// keyHasPrefix is strings.HasPrefix(Key(folded), key) without making the key.
func keyHasPrefix(folded, key string, loose bool) bool {
	first, vowel := true, rune(0)
	for _, r := range folded {
		if key == "" {
			return true
		}
		if r == ' ' {
			continue
		}
		if !first {
			r = particle(r)
		}
		first = false
		if loose {
			if lengthens(vowel, r) {
				continue
			}
			vowel = vowelOf(r)
		}
		want, size := utf8.DecodeRuneInString(key)
		if r != want {
			return false
		}
		key = key[size:]
	}
	return key == ""
}

// Lengthen writes ー out as the vowel, in hiragana, that it lengthens: コンピューター
// is こんぴゅうたあ, as some type it. ok is false when there is no ー.
func Lengthen(s string) (long string, ok bool) {
	s = norm.NFKC.String(s)
	if !strings.ContainsRune(s, 'ー') {
		return s, false
	}
	out := make([]rune, 0, len(s)/2)
	for _, r := range s {
		if r == 'ー' {
			if n := len(out); n > 0 {
				if v := vowelOf(foldKana(toHiragana(out[n-1]))); v != 0 {
					out = append(out, v)
				}
			}
			continue
		}
		out = append(out, r)
	}
	return string(out), true
}

// foreignSounds are sounds of foreign words, each with the kana that has the same
// romaji.
var foreignSounds = strings.NewReplacer("てぃ", "ち", "でぃ", "ぢ", "とぅ", "つ", "どぅ", "づ", "うぉ", "を", "てゅ", "ちゅ", "でゅ", "ぢゅ")

// Respell writes the sounds of foreign words as the kana that their romaji are first
// read as, in hiragana: キャンディ, typed kyandi, is きゃんぢ. ok is false when there
// are none.
func Respell(s string) (respelled string, ok bool) {
	s = strings.Map(toHiragana, norm.NFKC.String(s))
	respelled = foreignSounds.Replace(s)
	return respelled, respelled != s
}

// RespellMixed is Respell for what has such sounds as well as kana that may stand for
// some, as when ウォーターパーティー is typed wo-ta-pa-thi-.
func RespellMixed(s string) (respelled string, ok bool) {
	s = strings.Map(toHiragana, norm.NFKC.String(s))
	respelled = foreignSounds.Replace(s)
	return respelled, respelled != s && strings.ContainsAny(s, "ちぢつづを")
}
