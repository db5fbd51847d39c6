package store

import (
	"strings"
	"unicode/utf8"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// The folded text of a bib is what searches are checked against and what its
// tokens are cut from. It has one section for each kind of field, in the order of
// these constants; a section has any number of values.
const (
	inTitle = iota
	inCreator
	inPublisher
	inSubject
	inSeries
	readTitle // readings from here on
	readCreator
	readSubject
	readSeries
	sections
)

// Each section ends with a mark of its own, so that SQLite can find it.
const (
	sectionMarks = "\x10\x11\x12\x13\x14\x15\x16\x17"
	valueMark    = "\x1f"
)

// sectionMark is the mark at the end of a section; the last one has none.
func sectionMark(section int) string { return sectionMarks[section : section+1] }

// folded is a bib's folded text, taken apart.
type folded [sections]string

func splitFolded(s string) (f folded) {
	for i := range sections - 1 {
		f[i], s, _ = strings.Cut(s, sectionMark(i))
	}
	f[sections-1] = s
	return f
}

func (f folded) String() string {
	var b strings.Builder
	for i, text := range f {
		b.WriteString(text)
		if i < sections-1 {
			b.WriteString(sectionMark(i))
		}
	}
	return b.String()
}

func (f folded) values(section int) []string {
	if f[section] == "" {
		return nil
	}
	return strings.Split(f[section], valueMark)
}

func foldBib(b library.Bib) folded {
	var text [sections][]string
	add := func(section int, s string) {
		for _, s := range foldedWays(s) {
			if s = squeeze(s); s != "" {
				text[section] = append(text[section], s)
			}
		}
	}
	read := func(section int, written, reading string) {
		text[section] = append(text[section], readings(written, reading)...)
	}
	add(inTitle, b.Title)
	add(inTitle, b.Subtitle)
	add(inTitle, b.Volume)
	read(readTitle, b.Title, b.TitleReading)
	for _, c := range b.Creators {
		add(inCreator, c.Name)
		read(readCreator, c.Name, c.Reading)
	}
	add(inPublisher, b.Publisher)
	for _, s := range b.Subjects {
		add(inSubject, s.Term)
		read(readSubject, s.Term, s.Reading)
	}
	for _, s := range b.Series {
		add(inSeries, s.Title)
		add(inSeries, s.Volume)
		read(readSeries, s.Title, s.Reading)
	}
	var f folded
	for i, values := range text {
		f[i] = strings.Join(values, valueMark)
	}
	return f
}

// foldedWays returns a folded text, and once more with its umlauts written out.
func foldedWays(s string) []string {
	out := []string{kana.Fold(s)}
	if written, ok := kana.WriteOut(s); ok {
		out = append(out, kana.Fold(written))
	}
	return out
}

// readings returns the folded readings of a heading: the catalogued one, or what
// is written where that is kana, or Latin words among kana; once more with the letters
// before kana by their names; of each with its ー written out; and how romaji have its
// foreign sounds.
func readings(written, reading string) []string {
	if reading == "" {
		if folded := kana.Fold(written); !isReading(strings.ReplaceAll(folded, " ", "")) || !strings.ContainsFunc(folded, isHiragana) {
			return nil
		}
		reading = written
	}
	ways := []string{reading}
	if spelled, ok := kana.SpellOut(reading); ok {
		ways = append(ways, spelled)
	}
	for _, way := range ways {
		if long, ok := kana.Lengthen(way); ok {
			ways = append(ways, long)
		}
	}
	for _, way := range ways {
		if respelled, ok := kana.Respell(way); ok {
			ways = append(ways, respelled)
		}
	}
	var out []string
	for _, way := range ways {
		if folded := kana.FoldReading(way); folded != "" {
			out = append(out, folded)
		}
	}
	return out
}

// squeeze takes the spaces out of folded text but between two Latin words, since
// Japanese is searched without them: 夏目 漱石 is found by 夏目漱石, Ruby 入門 by
// ruby入門.
func squeeze(s string) string {
	if !strings.Contains(s, " ") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	last := rune(0)
	for i, r := range s {
		if r == ' ' {
			next, _ := utf8.DecodeRuneInString(s[i+1:])
			if !kana.IsLatin(last) || !kana.IsLatin(next) {
				continue
			}
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// joined takes the spaces out of folded text but between two digits: onepiece and one
// piece are one title.
func joined(s string) string {
	if !strings.Contains(s, " ") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		if s[i] == ' ' && (i == 0 || i == len(s)-1 || !isDigit(rune(s[i-1])) || !isDigit(rune(s[i+1]))) {
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
