// Package kana knows Japanese writing as far as a catalogue search needs it: one
// folded form for all spellings that a patron takes for the same word, keys of
// readings, and romaji. It holds no dictionary; what it does is a pure function
// of its input.
package kana

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns the form by which text is compared: NFKC, lower case, without
// accents, katakana as hiragana, small kana as large ones, ー and ・ dropped,
// old kanji as new ones, 々 unfolded, ヶ between kanji as が, and every other mark
// as a space. Words are parted by one space; there is none at either end.
// Folding a folded text changes nothing.
func Fold(s string) string {
	return fold(s, false)
}

// FoldReading folds a reading. Unlike Fold it takes ・ for the start of a word, and kana
// behind Latin letters: NHKキョウ.
func FoldReading(s string) string {
	return fold(s, true)
}

func fold(s string, reading bool) string {
	out := foldKe(foldRunes(normalise(s), reading))
	if reading {
		out = partLetters(out)
	}
	folded := strings.TrimSuffix(string(out), " ")
	if !norm.NFKC.IsNormalString(folded) { // what was dropped stood between a letter and its mark
		return fold(folded, reading)
	}
	return folded
}

// foldRunes does all of fold but what the neighbours of a kana in the folded text
// decide; it leaves ケ and カ for foldKe.
func foldRunes(in []rune, reading bool) []rune {
	out := make([]rune, 0, len(in))
	for i := 0; i < len(in); i++ {
		r := in[i]
		switch {
		case r == 'ー', r == '\u3099', r == '\u309A':
		case r == '・':
			if reading {
				out = space(out)
			}
		case r == '\'' || r == '’':
			if i == 0 || i == len(in)-1 || !IsLatin(in[i-1]) || !IsLatin(in[i+1]) {
				out = space(out)
			}
		case isHyphen(r):
			if !joins(in, i) {
				out = space(out)
			}
		case r == '+' || r == '#':
			if n := len(out); n > 0 && (isLetter(out[n-1]) || out[n-1] == '+' || out[n-1] == '#') {
				out = append(out, r) // C++, C#
			} else {
				out = space(out)
			}
		case r == 'ゔ':
			var b rune
			b, i = bRow(in, i)
			out = append(out, b)
		case isKanjiRepeat(r):
			n := 1
			for i+1 < len(in) && isKanjiRepeat(in[i+1]) {
				n, i = n+1, i+1
			}
			out = repeatKanji(out, n)
		case r == 'ケ' || r == 'カ':
			out = append(out, r)
		case isRepeatedKana(r):
			out = space(out)
		case isKana(r):
			out = append(out, foldKana(toHiragana(r)))
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			if latin, ok := latinLigatures[r]; ok {
				out = append(out, []rune(latin)...)
			} else if modern, ok := modernKanji[r]; ok {
				out = append(out, modern)
			} else {
				out = append(out, r)
			}
		default:
			out = space(out)
		}
	}
	return out
}

// partLetters puts a space between Latin letters and kana.
func partLetters(in []rune) (out []rune) {
	for i, r := range in {
		if i > 0 && isLetter(in[i-1]) && isKana(r) {
			out = append(out, ' ')
		}
		out = append(out, r)
	}
	return out
}

// foldKe writes the が of 関ヶ原 and 三ヶ月 in one way. The small letters ヶ and ヵ
// have no other use and are folded by foldKana; ケ and カ count between kanji, か
// and 箇 only after a number.
func foldKe(in []rune) []rune {
	out := make([]rune, len(in))
	for i, r := range in {
		out[i] = r
		switch r {
		case 'ケ', 'カ', 'か', '箇':
			switch {
			case i > 0 && i < len(in)-1 && IsKanji(in[i+1]) && (counts(in[i-1]) || isKatakana(r) && IsKanji(in[i-1])):
				out[i] = 'が'
			case isKatakana(r):
				out[i] = toHiragana(r)
			}
		}
	}
	return out
}

func isKatakana(r rune) bool { return r >= 'ァ' && r <= 'ヺ' }

func counts(r rune) bool {
	return unicode.IsDigit(r) || strings.ContainsRune("〇一二三四五六七八九十百千数何", r)
}

// normalise brings s into NFKC and lower case, takes the accents from its letters
// and writes out ゝ and ゞ. Katakana stay, since ケ in 関ケ原 is to be told from け.
func normalise(s string) []rune {
	in := make([]rune, 0, len(s)/2)
	for _, r := range norm.NFKC.String(strings.ToLower(norm.NFKC.String(s))) {
		if accent(r) {
			continue
		}
		if base, ok := unaccented(r); ok {
			in = append(in, base)
			continue
		}
		if n := len(in); n > 0 {
			if again, ok := repeatKana(in[n-1], r); ok {
				in = append(in, again)
				continue
			}
		}
		if r == 'ヴ' {
			r = 'ゔ'
		}
		in = append(in, r)
	}
	return in
}

// accent reports whether r is a mark over a Latin letter or a selector of a glyph.
func accent(r rune) bool {
	return r >= 0x0300 && r <= 0x036F || r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}

// unaccented returns the letter under the accents of r.
func unaccented(r rune) (rune, bool) {
	if r < 0x00C0 || r > 0x1FFF {
		return r, false
	}
	d := []rune(norm.NFD.String(string(r)))
	if len(d) > 1 && accent(d[1]) {
		return d[0], true
	}
	return r, false
}

var latinLigatures = map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i"}

func space(out []rune) []rune {
	if n := len(out); n > 0 && out[n-1] != ' ' {
		return append(out, ' ')
	}
	return out
}

func isHyphen(r rune) bool {
	switch r {
	case '-', '‐', '‑', '‒', '–', '—', '―', '−', '─':
		return true
	}
	return false
}

// joins reports whether the hyphen at i joins two parts of one word, as in
// e-mail and COVID-19, and unlike 1990-2000.
func joins(in []rune, i int) bool {
	if i == 0 || i == len(in)-1 {
		return false
	}
	a, b := in[i-1], in[i+1]
	if isHyphen(a) || isHyphen(b) || !wordRune(a) || !wordRune(b) {
		return false
	}
	return !unicode.IsDigit(a) || !unicode.IsDigit(b)
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }

// IsLatin reports whether r is written in words parted by spaces: letters of the
// European scripts, digits, and the marks that Fold leaves on them.
func IsLatin(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '#' ||
		r >= 0x00C0 && r <= 0x1FFF && unicode.IsLetter(r) && !isHangulJamo(r)
}

func isHangulJamo(r rune) bool { return r >= 0x1100 && r <= 0x11FF }

// IsKanji reports whether r is a Chinese character.
func IsKanji(r rune) bool {
	return unicode.Is(unicode.Han, r) && r != '々' && r != '〻' && r != '〇'
}

func isKanjiRepeat(r rune) bool { return r == '々' || r == '〻' }

// repeatKanji writes out n repeat marks: 佐々 is 佐佐, 馬鹿々々 is 馬鹿馬鹿.
func repeatKanji(out []rune, n int) []rune {
	if n == 0 || len(out) < n {
		return out
	}
	last := out[len(out)-n:]
	for _, r := range last {
		if !IsKanji(r) {
			return out
		}
	}
	return append(out, append([]rune(nil), last...)...)
}
