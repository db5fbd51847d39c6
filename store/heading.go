package store

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// headingKey names a heading: two spellings that fold alike are one.
type headingKey struct {
	field library.SuggestionField
	key   string
}

// form is one spelling of a heading as catalogued, and how many bibs have it.
type form struct {
	Text    string `json:"t"`
	Reading string `json:"r,omitempty"`
	Count   int    `json:"n"`
}

// whereHeading finds the heading with a key in the tables heading h and start s.
const whereHeading = "FROM start s CROSS JOIN heading h ON h.id = s.heading WHERE s.place = $1 AND s.key = $2 AND h.field = $3 AND h.key = $4"

// where are the values for whereHeading: of every heading the key is a start.
func (k headingKey) where() []any {
	return []any{startOf(k.field, false), clip(k.key), string(k.field), k.key}
}

// headingsOf returns the headings of a bib, each once, in its first spelling.
func headingsOf(b library.Bib) map[headingKey]form {
	out := map[headingKey]form{}
	add := func(field library.SuggestionField, text, reading string) {
		k := headingKey{field, cmp.Or(joined(kana.Fold(text)), kana.Signs(text))}
		if _, have := out[k]; !have && k.key != "" {
			out[k] = form{Text: text, Reading: reading, Count: 1}
		}
	}
	add(library.SuggestTitle, b.Title, b.TitleReading)
	for _, c := range b.Creators {
		add(library.SuggestCreator, c.Name, c.Reading)
	}
	for _, s := range b.Subjects {
		add(library.SuggestSubject, s.Term, s.Reading)
	}
	return out
}

// forms are the spellings of one heading.
type forms []form

// with adds n bibs that spell the heading like f, or takes them away.
func (fs forms) with(f form, n int) forms {
	i := slices.IndexFunc(fs, func(have form) bool { return have.Text == f.Text && have.Reading == f.Reading })
	if i < 0 {
		i = len(fs)
		fs = append(fs, form{Text: f.Text, Reading: f.Reading})
	}
	fs[i].Count += n
	fs = slices.DeleteFunc(fs, func(f form) bool { return f.Count <= 0 })
	slices.SortFunc(fs, func(a, b form) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(b.Reading, a.Reading), cmp.Compare(a.Text, b.Text))
	})
	return fs
}

func (fs forms) count() (n int) {
	for _, f := range fs {
		n += f.Count
	}
	return n
}

// shown is the spelling to show: the most frequent, with a reading if any has one.
func (fs forms) shown() (text, reading string) {
	for _, f := range fs {
		if f.Reading != "" {
			reading = f.Reading
			break
		}
	}
	return fs[0].Text, reading
}

// startPlace is what a key is the start of. Creators stand apart, so that those of a
// family name are found among however many titles that begin so.
type startPlace int

const (
	startOfHeading startPlace = iota // a title or subject
	laterInHeading
	startOfCreator
	laterInCreator
)

// startPlaces are all, beginnings before later words.
var startPlaces = []startPlace{startOfHeading, startOfCreator, laterInHeading, laterInCreator}

func startOf(field library.SuggestionField, inner bool) startPlace {
	place := startOfHeading
	if field == library.SuggestCreator {
		place = startOfCreator
	}
	if inner {
		place++
	}
	return place
}

// inner reports whether it is a later word.
func (p startPlace) inner() bool { return p == laterInHeading || p == laterInCreator }

// startKey is a key with which a heading, or a later word of it, begins.
type startKey struct {
	place startPlace
	key   string
}

// clip cuts a key where no two headings that matter still differ.
func clip(key string) string {
	const longest = 32
	n := 0
	for i := range key {
		if n == longest {
			return key[:i]
		}
		n++
	}
	return key
}

// looseKey stands before loose keys, apart from the others.
const looseKey = markLoose

// starts returns the keys under which a heading of a field is suggested, in order.
func (fs forms) starts(field library.SuggestionField) []startKey {
	var out []startKey
	begins, later := startOf(field, false), startOf(field, true)
	for _, f := range fs {
		for _, text := range foldedWays(f.Text) {
			out = append(out, startKey{begins, clip(cmp.Or(joined(text), kana.Signs(f.Text)))})
			for i, r := range text {
				if i > 0 && startsLater(text[:i], r) {
					out = append(out, startKey{later, clip(joined(text[i:]))})
				}
			}
		}
		for _, reading := range readings(f.Text, f.Reading) {
			out = append(out, readingStarts(reading, begins, later)...)
		}
	}
	slices.SortFunc(out, func(a, b startKey) int {
		return cmp.Or(cmp.Compare(a.place, b.place), strings.Compare(a.key, b.key))
	})
	return slices.Compact(out)
}

// startsLater reports whether r is the beginning of a Latin word behind text. A number
// among letters of other scripts is none that is looked for.
func startsLater(text string, r rune) bool {
	before, _ := utf8.DecodeLastRuneInString(text)
	return kana.IsLatin(r) && before == ' ' || isLetter(r) && !kana.IsLatin(before)
}

// readingStarts leaves out words of a single kana, which are particles.
func readingStarts(reading string, begins, later startPlace) (out []startKey) {
	words := strings.Fields(reading)
	for i, key := range kana.Keys(reading) {
		place := begins
		if i > 0 {
			place = later
		}
		if i > 0 && utf8.RuneCountInString(words[i]) == 1 {
			continue
		}
		out = append(out, startKey{place, clip(key)})
		if loose := kana.Loose(key); loose != key {
			out = append(out, startKey{place, looseKey + clip(loose)})
		}
	}
	return out
}

const topTier = 3

// tier sorts headings by how many bibs have them, coarsely, so that the frequent
// ones among many are found without looking at all.
func tier(count int) int {
	switch {
	case count >= 500:
		return topTier
	case count >= 50:
		return 2
	case count >= 5:
		return 1
	}
	return 0
}
