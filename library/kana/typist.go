package kana

import (
	"strings"
	"sync"
)

// keyboardSyllables are the spellings that Japanese keyboards know beside the
// written ones: small kana by x and l, and sounds of foreign words, which they tell from
// the kana that share their romaji, see Respell.
const keyboardSyllables = `
thi:てぃ thu:てゅ dhi:でぃ dhu:でゅ twu:とぅ dwu:どぅ
xa:ぁ xi:ぃ xu:ぅ xe:ぇ xo:ぉ la:ぁ li:ぃ lu:ぅ le:ぇ lo:ぉ
xya:ゃ xyu:ゅ xyo:ょ lya:ゃ lyu:ゅ lyo:ょ xtu:っ ltu:っ xtsu:っ ltsu:っ xwa:ゎ lwa:ゎ xka:ゕ xke:ゖ lka:ゕ lke:ゖ
tha:てゃ the:てぇ tho:てょ dha:でゃ dhe:でぇ dho:でょ tsi:つぃ wha:うぁ whi:うぃ whu:う whe:うぇ who:うぉ wyi:ゐ wye:ゑ
kwa:くぁ kwi:くぃ kwe:くぇ kwo:くぉ gwa:ぐぁ qa:くぁ qi:くぃ qe:くぇ qo:くぉ
kyi:きぃ kye:きぇ gyi:ぎぃ gye:ぎぇ syi:しぃ sye:しぇ zyi:じぃ zye:じぇ jya:じゃ jyi:じぃ jyu:じゅ jye:じぇ jyo:じょ
tyi:ちぃ tye:ちぇ cya:ちゃ cyi:ちぃ cyu:ちゅ cye:ちぇ cyo:ちょ dyi:ぢぃ dye:ぢぇ
nyi:にぃ nye:にぇ hyi:ひぃ hye:ひぇ fya:ふゃ fyu:ふゅ fyo:ふょ byi:びぃ bye:びぇ pyi:ぴぃ pye:ぴぇ
myi:みぃ mye:みぇ ryi:りぃ rye:りぇ vya:ゔゃ vyu:ゔゅ vyo:ゔょ yi:い ye:いぇ wu:う
`

var typed = sync.OnceValue(func() *spelling { return newSpelling(syllables, keyboardSyllables) })

// Typist turns the letters of a hardware keyboard into hiragana as they are typed,
// the way a Japanese input method does: nn and n before another consonant give ん,
// a doubled consonant gives っ, and a hyphen gives ー. The zero value is ready.
type Typist struct {
	done    []rune
	pending string
}

// Text is what stands in the field: the kana so far and the letters that do not
// make a kana yet.
func (t *Typist) Text() string { return string(t.done) + t.pending }

// Pending is the letters at the end of Text that do not make a kana yet.
func (t *Typist) Pending() string { return t.pending }

// SetText replaces everything, as when a key on the screen or a suggestion did.
func (t *Typist) SetText(s string) { t.done, t.pending = []rune(s), "" }

// Type takes one character. Letters are gathered until they make a kana; any other
// character ends what is pending and is kept as it is.
func (t *Typist) Type(r rune) {
	if r >= 'A' && r <= 'Z' {
		r += 'a' - 'A'
	}
	switch {
	case r >= 'a' && r <= 'z':
		t.pending += string(r)
		t.settle()
	case r == '\'' && t.pending == "n":
		t.Finish()
	case r == '-':
		t.Finish()
		t.done = append(t.done, 'ー')
	default:
		t.Finish()
		t.done = append(t.done, r)
	}
}

// settle turns as much of the pending letters into kana as is certain.
func (t *Typist) settle() {
	for t.pending != "" {
		p := t.pending
		if kana, ok := typed().of[p]; ok {
			t.done, t.pending = append(t.done, []rune(kana)...), ""
			return
		}
		if typed().begins(p) {
			return
		}
		switch {
		case strings.HasPrefix(p, "nn"):
			t.done, t.pending = append(t.done, 'ん'), p[2:]
		case p[0] == 'n' && len(p) > 1:
			t.done, t.pending = append(t.done, 'ん'), p[1:]
		case len(p) > 1 && isConsonant(p[0]) && (p[0] == p[1] || strings.HasPrefix(p, "tc")):
			if len(p) == 2 && !typed().begins(p[1:]) {
				return
			}
			t.done, t.pending = append(t.done, 'っ'), p[1:]
		default: // no kana begins so: leave the first letter as it is
			t.done, t.pending = append(t.done, rune(p[0])), p[1:]
		}
	}
}

// Finish ends what is pending, as before a search: n becomes ん, other letters stay.
func (t *Typist) Finish() {
	if t.pending == "n" {
		t.pending = "ん"
	}
	t.done, t.pending = append(t.done, []rune(t.pending)...), ""
}

// Backspace takes the last character away, a pending letter first.
func (t *Typist) Backspace() {
	switch {
	case t.pending != "":
		t.pending = t.pending[:len(t.pending)-1]
	case len(t.done) > 0:
		t.done = t.done[:len(t.done)-1]
	}
}
