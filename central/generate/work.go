package generate

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"madoguchi/library"
)

// work is what all volumes of a work have in common.
type work struct {
	title     word
	subtitle  string
	kind      library.Kind
	creators  []library.Creator
	publisher string
	series    *library.Series
	ndc       []string
	subjects  []library.Subject
	language  string
	juvenile  bool
}

// work makes up the work whose first volume is bib n.
func (g *Generator) work(n int) work {
	r := g.random(forWork, n)
	t := g.words.topics[zipf(r, len(g.words.topics), 4)]
	w := work{kind: g.kind(r), language: "jpn", juvenile: r.IntN(8) == 0, ndc: []string{t.ndc}}
	if w.kind == library.CD || w.kind == library.DVD {
		w.ndc = nil
	}
	if r.IntN(10) == 0 {
		g.latinWork(r, &w)
		return w
	}
	w.title = g.title(r, t)
	if r.IntN(5) == 0 {
		w.subtitle = g.title(r, t).text
	}
	w.creators = g.creators(r)
	p := pick(r, g.words.publishers)
	w.publisher = p.text + pick(r, g.words.publisherSuffixes).text
	if r.IntN(100) < 35 {
		w.series = g.series(zipf(r, g.Bibs/200+20, 10))
	}
	for range r.IntN(3) {
		s := library.Subject{Term: noun(r, t).text}
		s.Reading = g.readingOf(t, s.Term)
		if r.IntN(4) == 0 {
			s.Term, s.Reading = "日本 -- "+s.Term, "ニホン -- "+s.Reading
		}
		w.subjects = append(w.subjects, s)
	}
	return w
}

func (g *Generator) kind(r *rand.Rand) library.Kind {
	switch p := r.IntN(1000); {
	case p < 900:
		return library.Book
	case p < 930:
		return library.Magazine
	case p < 960:
		return library.CD
	case p < 980:
		return library.DVD
	case p < 985:
		return library.Map
	case p < 990:
		return library.Score
	}
	return library.OtherKind
}

func pick(r *rand.Rand, list []word) word { return list[zipf(r, len(list), 3)] }

// noun is a word of the topic, a frequent one more often.
func noun(r *rand.Rand, t topic) word { return pick(r, t.nouns) }

func (g *Generator) readingOf(t topic, term string) string {
	for _, n := range t.nouns {
		if n.text == term {
			return n.read()
		}
	}
	return ""
}

// anyNoun is mostly a word of the topic, sometimes of another one.
func (g *Generator) anyNoun(r *rand.Rand, t topic) word {
	if r.IntN(10) < 3 {
		t = g.words.topics[zipf(r, len(g.words.topics), 4)]
	}
	return noun(r, t)
}

// rare is a word of two Chinese characters in their Chinese reading; there are tens
// of thousands, most of them seen once or twice.
func (g *Generator) rare(r *rand.Rand) word {
	list := g.words.onKanji
	a, b := list[r.IntN(len(list))], list[r.IntN(len(list))]
	return word{a.text + b.text, a.reading + b.reading}
}

// title makes up a Japanese title.
func (g *Generator) title(r *rand.Rand, t topic) word {
	no, to := word{"の", "ノ"}, word{"と", "ト"}
	japan := word{"日本", "ニホン"}
	a, b := g.anyNoun(r, t), g.anyNoun(r, t)
	switch p := r.IntN(100); {
	case p < 22:
		return join(a, no, b)
	case p < 36:
		return join(a, pick(r, g.words.suffixes))
	case p < 48:
		return join(pick(r, g.words.adjectives), a, no, b)
	case p < 56:
		return join(a, to, b)
	case p < 63:
		return join(pick(r, g.words.katakana), no, a)
	case p < 68:
		return join(pick(r, g.words.katakana), pick(r, g.words.suffixes))
	case p < 78:
		return join(g.rare(r), no, a)
	case p < 84:
		return join(a, no, g.rare(r))
	case p < 90:
		return join(japan, no, a)
	case p < 94:
		return join(pick(r, g.words.surnames), word{"家の", "ケ ノ"}, b)
	case p < 97:
		return join(a, word{text: "・", reading: " "}, b)
	}
	return a
}

// join writes words one after the other, and their readings parted by spaces.
func join(words ...word) word {
	var text string
	var reading []string
	for _, w := range words {
		text += w.text
		if r := strings.TrimSpace(w.read()); r != "" {
			reading = append(reading, r)
		}
	}
	return word{text, strings.Join(reading, " ")}
}

func (g *Generator) latinWork(r *rand.Rand, w *work) {
	w.language = "eng"
	var title []string
	for range 2 + r.IntN(4) {
		title = append(title, pick(r, g.words.latin).text)
	}
	text := strings.Join(title, " ")
	w.title = word{text: strings.ToUpper(text[:1]) + text[1:]}
	w.creators = []library.Creator{{Name: pick(r, g.words.latinNames).text + " " + pick(r, g.words.latinSurnames).text}}
	w.publisher = pick(r, g.words.latinSurnames).text + " Press"
}

// series makes up the nth series.
func (g *Generator) series(n int) *library.Series {
	r := g.random(forSeries, n)
	head := pick(r, g.words.publishers)
	if r.IntN(2) == 0 {
		head = noun(r, g.words.topics[r.IntN(len(g.words.topics))])
	}
	if r.IntN(2) == 0 {
		head = join(head, g.rare(r))
	}
	s := join(head, pick(r, g.words.seriesSuffixes))
	return &library.Series{Title: s.text, Reading: s.reading}
}

func (g *Generator) creators(r *rand.Rand) []library.Creator {
	if r.IntN(20) == 0 {
		return nil
	}
	person := func() int { return zipf(r, g.Bibs/5+50, 200) }
	first, foreign := g.person(person())
	first.Role = "著"
	list := []library.Creator{first}
	switch {
	case foreign:
		for {
			second, again := g.person(person())
			if !again {
				second.Role = "訳"
				return append(list, second)
			}
		}
	case r.IntN(5) == 0:
		second, _ := g.person(person())
		second.Role = "画"
		list = append(list, second)
	}
	return list
}

// person makes up the nth person.
func (g *Generator) person(n int) (c library.Creator, foreign bool) {
	r := g.random(forPerson, n)
	if r.IntN(8) == 0 {
		given, surname := pick(r, g.words.foreign).text, pick(r, g.words.foreignSurnames).text
		return library.Creator{Name: given + "・" + surname, Reading: surname + ", " + given}, true
	}
	surname, given := pick(r, g.words.surnames), pick(r, g.words.given)
	if r.IntN(5) > 0 {
		given = join(pick(r, g.words.givenFirst), pick(r, g.words.givenLast))
		given.reading = strings.ReplaceAll(given.reading, " ", "")
	}
	return library.Creator{Name: surname.text + given.text, Reading: fmt.Sprintf("%s, %s", surname.read(), given.read())}, false
}
