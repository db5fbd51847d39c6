package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// Who types 猫 means the cat, not 愛猫 or 猫背; who types ai does not mean aim. Bibs that
// have each word of a query as a whole word of their title or creators come before those
// that have it as a part of one. A whole word is Latin, or kanji between letters of
// other scripts, or a word of a reading. The index knows those that are short enough to
// be a part of many others; longer ones are checked.
const (
	knownLatin = 6 // letters
	knownKanji = 3
	knownKana  = 4 // of a loose key
)

// wordScan is how many bibs are looked at that may have what was asked as whole words;
// no more come before the other hits.
const wordScan = 100

var inTitlesAndCreators = fields{[]int{inTitle, inCreator}, []int{readTitle, readCreator}}

// wholeWords returns the ranks of the bibs that have what was asked as whole words, the
// most wanted first: up to so many that a page which begins with those before is full.
func (s *search) wholeWords(before map[int64]bool) (ranks []int64, err error) {
	p := &s.plan
	if len(p.whole.words) == 0 || p.order != library.ByWanted {
		return nil, nil
	}
	need := s.offset + s.limit - len(before)
	if need <= 0 {
		return nil, nil
	}
	var tokens frequencies // one part is asked for without
	if len(p.whole.asked) > 1 {
		if tokens, err = s.frequent(); err != nil {
			return nil, err
		}
	}
	args := newArgs()
	columns, scan, meets := "s.rowid", (*row).rankOnly, func(*row) bool { return true }
	if !p.whole.certain {
		columns, scan, meets = s.judge(slices.Concat(p.whole.words, p.fields), args)
		columns = "s.rowid, " + columns
	}
	query := s.found(columns, tokens.expression(p.whole.asked), args) + fmt.Sprintf(" ORDER BY s.rowid LIMIT %d", wordScan)
	err = s.rows(query, args, scan, func(r *row) bool {
		if !before[r.rank] && meets(r) {
			ranks = append(ranks, r.rank)
		}
		return s.err == nil && len(ranks) < need
	})
	return ranks, errors.Join(err, s.err)
}

// wholeWords is how bibs are found that have what was asked as whole words.
type wholeWords struct {
	words   []term // of titles and creators; none: there are no such bibs
	asked   []part // of the full-text index
	certain bool   // what it finds needs no check
}

// askWholeWords plans it; the rest of the plan is there.
func (p *plan) askWholeWords(q library.Query) {
	words := wholeTermsOf(q)
	if len(words)+len(p.fields) > lookedUp {
		return
	}
	w := wholeWords{words: words, certain: len(p.fields) == 0 && len(p.conditions) == 0 && !p.available && !p.asksISBN()}
	for _, t := range words {
		w.asked = append(w.asked, t.part())
		w.certain = w.certain && !slices.ContainsFunc(t, func(w way) bool { return !w.certain() })
	}
	for _, t := range p.fields {
		w.asked = append(w.asked, t.parts()...)
	}
	w.asked = append(w.asked, p.marks...)
	p.whole = w
}

// wholeTermsOf reads a query as whole words of titles and creators: a term for each; none
// where one of them cannot be a whole word.
func wholeTermsOf(q library.Query) (out []term) {
	for _, field := range []struct {
		input string
		in    fields
	}{{q.Words, inTitlesAndCreators}, {q.Title, inTitles}, {q.Creator, inCreators}} {
		for _, raw := range strings.FieldsFunc(norm.NFKC.String(field.input), unicode.IsSpace) {
			for _, word := range strings.Fields(kana.Fold(raw)) {
				t := wholeTerm(word, strings.ContainsRune(raw, 'ー'), field.in)
				if len(t) == 0 {
					return nil
				}
				out = append(out, t)
			}
		}
	}
	return out
}

func wholeTerm(word string, lengthened bool, in fields) (t term) {
	if !isReading(word) { // of kana a text does not tell where a word ends
		t = append(t, way{as: asWholeWord, want: word, in: in.text})
	}
	for _, k := range wholeReadings(word, lengthened) {
		as := asWholeReading
		if k.loose {
			as = asWholeLooseReading
		}
		t = append(t, way{as: as, want: k.key, in: in.reading})
	}
	return t
}

// wholeReadings returns the keys of the readings that a word is, in kana or in romaji of
// which no letter is left over; loose ones as readingKeys has them.
func wholeReadings(word string, lengthened bool) (keys []typedKey) {
	read := func(folded string, lengthened bool) {
		key := kana.Key(folded)
		if loose := kana.Loose(key); lengthened && (isReading(word) || loose == key) {
			key, lengthened = loose, true
		} else {
			lengthened = false
		}
		if utf8.RuneCountInString(key) > 1 {
			keys = append(keys, typedKey{key, lengthened})
		}
	}
	if isReading(word) {
		read(word, lengthened)
		return keys
	}
	for _, romaji := range withSyllabicN(word) {
		k, rest := kana.FromRomaji(romaji)
		switch {
		case k == "":
		case rest == "":
			read(kana.Fold(k), true)
		case rest == "n":
			read(kana.Fold(k+"ん"), true)
		}
	}
	return keys
}

// cutWhole calls add with the tokens of the whole words of a folded text.
func cutWhole(text string, add func(string)) {
	for _, word := range wordsIn(text) {
		if knownWhole(word) {
			add(markWhole + word)
		}
	}
}

// cutWholeReading is cutWhole for a folded reading.
func cutWholeReading(reading string, add func(string)) {
	for word := range strings.FieldsSeq(reading) {
		if key := kana.Loose(kana.Key(word)); knownReading(key) {
			add(markWhole + key)
		}
	}
}

// knownWhole reports whether the index has a token of a whole word of a text.
func knownWhole(word string) bool {
	n := utf8.RuneCountInString(word)
	return n <= knownLatin && isLatinWord(word) || n <= knownKanji && !strings.ContainsFunc(word, func(r rune) bool { return !kana.IsKanji(r) })
}

// knownReading reports whether the index has a token of a word of a reading, by its
// loose key. One of a single kana is mostly a particle.
func knownReading(key string) bool {
	n := utf8.RuneCountInString(key)
	return n > 1 && n <= knownKana && kana.IsKana(key)
}

// wordsIn returns the Latin words of a folded text and what stands together in kanji.
func wordsIn(text string) (words []string) {
	start, before := 0, otherScript
	for i, r := range text {
		if now := scriptOf(r); now != before {
			if before != otherScript {
				words = append(words, text[start:i])
			}
			start, before = i, now
		}
	}
	if before != otherScript {
		words = append(words, text[start:])
	}
	return words
}

type script int

const (
	otherScript script = iota
	latinScript
	kanjiScript
)

func scriptOf(r rune) script {
	switch {
	case kana.IsLatin(r):
		return latinScript
	case kana.IsKanji(r):
		return kanjiScript
	}
	return otherScript
}

// hasWhole reports whether text has word, and no letter of the script with which it
// begins or ends goes on before or behind it.
func hasWhole(text, word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	last, _ := utf8.DecodeLastRuneInString(word)
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		at += i
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		if !goesOnIn(first, before) && !goesOnIn(last, after) {
			return true
		}
		at += utf8.RuneLen(first)
	}
}

// goesOnIn reports whether two letters beside each other may be of one word.
func goesOnIn(a, b rune) bool {
	return scriptOf(a) != otherScript && scriptOf(a) == scriptOf(b) || isHiragana(a) && isHiragana(b)
}

// hasWholeReading reports whether a word of a folded reading has a key, or a loose key; or,
// where that is so long that the index does not know it, several words beside each other.
func hasWholeReading(reading, key string, loose bool) bool {
	words := strings.Fields(reading)
	for i := range words {
		for j := i + 1; j <= len(words); j++ {
			together := kana.Key(strings.Join(words[i:j], " "))
			if loose {
				together = kana.Loose(together)
			}
			if together == key {
				return true
			}
			if len(together) > len(key) || knownReading(kana.Loose(key)) {
				break
			}
		}
	}
	return false
}
