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
// have each short word of a query as a whole word of their title or creators come before
// those that have it as a part of one. A whole word is Latin, or kanji between letters of
// other scripts, or a word of a reading. Long words are part of few others: of them that
// is not asked.
const (
	shortLatin = 6 // letters
	shortKanji = 4
	shortKana  = 4 // of a loose key
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
	need := s.offset + s.limit + 1 - len(before) // one more tells that there is a next page
	if need <= 0 {
		return nil, nil
	}
	args := newArgs()
	columns, scan, meets := "s.rowid", (*row).rankOnly, func(*row) bool { return true }
	if !p.whole.certain {
		columns, scan, meets = s.judge(slices.Concat(p.whole.words, p.fields), args)
		columns = "s.rowid, " + columns
	}
	query := s.found(columns, s.tx.frequent.expression(p.whole.asked), args) + fmt.Sprintf(" ORDER BY s.rowid LIMIT %d", wordScan)
	err = s.rows(query, args, scan, func(r *row) bool {
		if !before[r.rank] && meets(r) {
			ranks = append(ranks, r.rank)
		}
		return s.err == nil && len(ranks) < need
	})
	return ranks, errors.Join(err, s.err)
}

// fewHits reports whether a query has so few hits, as expected, that they are found sooner
// and then looked at than the index is asked for whole words.
func (s *search) fewHits() bool {
	p := &s.plan
	if len(p.whole.asked) < 2 || p.order != library.ByWanted {
		return false
	}
	c := s.newLeads()
	return len(c.parts) > 0 && c.hits <= wordScan/2
}

// wholeWordsFirst makes the page anew, once all hits are there, of which n stand before
// the whole words.
func (s *search) wholeWordsFirst(n int) (err error) {
	before, hits := s.hits[:n], s.hits[n:]
	var whole []int64
	if s.more || s.n > len(s.hits) {
		s.plan.now = everyRank
		whole, err = s.wholeWords(setOf(before))
	} else if len(hits) > 0 {
		args := newArgs()
		var in []string
		for _, rank := range hits {
			in = append(in, args.add(rank))
		}
		into := func(r *row) []any { return []any{&r.rank, &r.folded, &r.ndc} }
		err = s.rows("SELECT rank, folded, ndc FROM bib WHERE rank IN ("+strings.Join(in, ", ")+") ORDER BY rank", args, into, func(r *row) bool {
			if meetsTerms(r, s.plan.whole.words) {
				whole = append(whole, r.rank)
			}
			return true
		})
	}
	is := setOf(whole)
	s.show(slices.Concat(before, whole, slices.DeleteFunc(slices.Clone(hits), func(rank int64) bool { return is[rank] })))
	return err
}

// wholeWords is how bibs are found that have what was asked as whole words.
type wholeWords struct {
	words   []term // of titles and creators; none: there are no such bibs
	asked   []part // of the full-text index
	certain bool   // what it finds needs no check
}

// askWholeWords plans it; the rest of the plan is there.
func (p *plan) askWholeWords(q library.Query) {
	words := slices.Concat(wholeTermsOf(q.Words, inTitlesAndCreators, anywhere), wholeTermsOf(q.Title, inTitles, inTitles), wholeTermsOf(q.Creator, inCreators, inCreators))
	if len(words)+len(p.fields) > lookedUp || !slices.ContainsFunc(words, func(t term) bool { return t[0].whole() }) {
		return
	}
	w := wholeWords{words: words, certain: len(p.fields) == 0 && len(p.conditions) == 0 && !p.available && !p.asksISBN()}
	for _, t := range words {
		w.asked = append(w.asked, t.parts()...)
		w.certain = w.certain && !slices.ContainsFunc(t, func(w way) bool { return !w.certain() })
	}
	for _, t := range p.fields {
		w.asked = append(w.asked, t.parts()...)
	}
	w.asked = append(w.asked, p.marks...)
	p.whole = w
}

// wholeTermsOf reads what a patron typed into one field: for each short word a term that is
// met by a whole word of some sections, for each other one the usual term.
func wholeTermsOf(input string, in, usual fields) (out []term) {
	for _, raw := range strings.FieldsFunc(norm.NFKC.String(input), unicode.IsSpace) {
		for _, word := range strings.Fields(kana.Fold(raw)) {
			lengthened := strings.ContainsRune(raw, 'ー')
			t := wholeTerm(word, lengthened, in)
			if len(t) == 0 {
				t = wordTerm(word, lengthened, usual)
			}
			out = append(out, t)
		}
	}
	return out
}

// wholeTerm returns the ways in which a short word may be a whole one; none for a long
// word.
func wholeTerm(word string, lengthened bool, in fields) (t term) {
	if isShort(word) {
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

func (w way) whole() bool {
	return w.as == asWholeWord || w.as == asWholeReading || w.as == asWholeLooseReading
}

// wholeReadings returns the keys of the short readings that a word is, in kana or in
// romaji of which no letter is left over; loose ones as readingKeys has them.
func wholeReadings(word string, lengthened bool) (keys []typedKey) {
	typed := []string{word}
	if !kana.IsKana(word) {
		typed = nil
		for _, romaji := range withSyllabicN(word) {
			k, rest := kana.FromRomaji(romaji)
			if k != "" && (rest == "" || rest == "n") {
				typed = append(typed, kana.Fold(k+strings.Replace(rest, "n", "ん", 1)))
			}
		}
	}
	for _, folded := range typed {
		key := kana.Key(folded)
		loose := kana.Loose(key)
		switch {
		case !isShortReading(loose):
		case folded == word && lengthened, folded != word && key == loose:
			keys = append(keys, typedKey{loose, true})
		default:
			keys = append(keys, typedKey{key, false})
		}
	}
	return keys
}

// cutWhole calls add with the tokens of the whole words of a folded text.
func cutWhole(text string, add func(string)) {
	for _, word := range wordsIn(text) {
		if isShort(word) {
			add(markWhole + word)
		}
	}
}

// cutWholeReading is cutWhole for a folded reading.
func cutWholeReading(reading string, add func(string)) {
	for word := range strings.FieldsSeq(reading) {
		if key := kana.Loose(kana.Key(word)); isShortReading(key) {
			add(markWhole + key)
		}
	}
}

// isShort reports whether the index has a token of a whole word of a text.
func isShort(word string) bool {
	n := utf8.RuneCountInString(word)
	return n <= shortLatin && isLatinWord(word) || n <= shortKanji && !strings.ContainsFunc(word, func(r rune) bool { return !kana.IsKanji(r) })
}

// isShortReading reports whether the index has a token of a word of a reading, by its
// loose key. One of a single kana is mostly a particle.
func isShortReading(loose string) bool {
	n := utf8.RuneCountInString(loose)
	return n > 1 && n <= shortKana && kana.IsKana(loose)
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

// hasWhole reports whether a folded text has a word, and no letter of its script goes on
// before or behind it.
func hasWhole(text, word string) bool { return slices.Contains(wordsIn(text), word) }

// hasWholeReading reports whether a folded reading has a word with a key, or a loose key.
func hasWholeReading(reading, want string, loose bool) bool {
	for word := range strings.FieldsSeq(reading) {
		key := kana.Key(word)
		if loose {
			key = kana.Loose(key)
		}
		if key == want {
			return true
		}
	}
	return false
}
