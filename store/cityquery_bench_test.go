package store

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"

	"madoguchi/central/generate"
	"madoguchi/library"
	"madoguchi/library/kana"
)

// askedQuery is a query of the mix, and what kind it is there.
type askedQuery struct {
	kind string
	library.Query
}

// perKind is how many queries of each kind are asked. Of volumes and of words run
// together there are so many more that each is a tenth of the mix.
const (
	perKind  = 120
	perTenth = 294
)

// mix is what patrons ask of a library, made from its own records. The same
// library has the same mix.
func (c *city) mix() []askedQuery {
	m := mixer{random: rand.New(rand.NewPCG(5, 9)), seen: map[library.Query]bool{}}
	counts := map[string]int{}
	const looked = 4000
	for r := range c.sample(looked) {
		m.records = append(m.records, r)
		for _, w := range nounsOf(r.Bib) {
			counts[w]++
		}
	}
	words := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	m.common = words[:min(40, len(words))]
	m.branches = c.gen.Branches()
	m.make()
	return m.queries
}

type mixer struct {
	random   *rand.Rand
	records  []library.Record
	common   []string // words, the most frequent first
	branches []library.Branch
	queries  []askedQuery
	seen     map[library.Query]bool
}

// add asks for queries of a kind until there are enough; make returns false where
// a record gives none.
func (m *mixer) add(kind string, make func(r library.Record) (library.Query, bool)) {
	m.addSome(perKind, kind, make)
}

func (m *mixer) addSome(most int, kind string, make func(r library.Record) (library.Query, bool)) {
	n := 0
	for tries := 0; n < most && tries < 100*most; tries++ {
		q, ok := make(m.records[m.random.IntN(len(m.records))])
		if ok && !q.IsZero() && (!m.seen[q] || tries > 50*most) {
			m.seen[q] = true
			m.queries = append(m.queries, askedQuery{kind, q})
			n++
		}
	}
}

func (m *mixer) make() {
	words := func(s string) (library.Query, bool) { return library.Query{Words: s}, s != "" }
	commonWord := func() string { return m.common[m.random.IntN(len(m.common))] }
	branch := func() library.BranchCode { return m.branches[m.random.IntN(len(m.branches))].Code }
	m.add("kanji1", func(r library.Record) (library.Query, bool) { return words(m.kanji(r, 1)) })
	m.add("kanji2", func(r library.Record) (library.Query, bool) { return words(m.kanji(r, 2)) })
	m.add("kanji3", func(r library.Record) (library.Query, bool) { return words(m.kanji(r, 3)) })
	m.add("kana", func(r library.Record) (library.Query, bool) { return words(m.kana(r, 3+m.random.IntN(4))) })
	m.add("longkana", func(r library.Record) (library.Query, bool) { return words(m.kana(r, 7+m.random.IntN(6))) })
	m.letters()
	m.add("twowords", func(r library.Record) (library.Query, bool) {
		w := nounsOf(r.Bib)
		return library.Query{Words: strings.Join(w[:min(2, len(w))], " ")}, len(w) > 1
	})
	m.add("twocommon", func(library.Record) (library.Query, bool) { return words(commonWord() + " " + commonWord()) })
	m.add("creatortitle", func(r library.Record) (library.Query, bool) {
		w := nounsOf(r.Bib)
		if len(w) == 0 || len(r.Bib.Creators) == 0 {
			return library.Query{}, false
		}
		return words(r.Bib.Creators[0].Name + "　" + w[0])
	})
	m.add("isbn", func(r library.Record) (library.Query, bool) {
		if len(r.Bib.ISBNs) == 0 {
			return library.Query{}, false
		}
		return words(r.Bib.ISBNs[0])
	})
	m.add("common", func(library.Record) (library.Query, bool) { return words(commonWord()) })
	m.add("rare", func(r library.Record) (library.Query, bool) { return words(r.Bib.Title) })
	m.add("latin", func(r library.Record) (library.Query, bool) {
		if r.Bib.Language != "eng" {
			return library.Query{}, false
		}
		return words(strings.Fields(r.Bib.Title)[0])
	})
	m.add("branch", func(library.Record) (library.Query, bool) {
		return library.Query{Words: commonWord(), Branch: branch()}, true
	})
	m.add("available", func(r library.Record) (library.Query, bool) {
		return library.Query{Words: m.kanji(r, 2), Available: true}, true
	})
	m.add("availablehere", func(library.Record) (library.Query, bool) {
		return library.Query{Words: commonWord(), Branch: branch(), Available: true}, true
	})
	m.add("rarebranch", func(library.Record) (library.Query, bool) {
		return library.Query{Words: commonWord(), Branch: generate.Rare, Available: m.random.IntN(2) == 0}, true
	})
	m.add("fieldtitle", func(r library.Record) (library.Query, bool) {
		return library.Query{Title: m.kanji(r, 2)}, m.kanji(r, 2) != ""
	})
	m.add("fieldcreator", func(r library.Record) (library.Query, bool) {
		if len(r.Bib.Creators) == 0 {
			return library.Query{}, false
		}
		return library.Query{Creator: string([]rune(r.Bib.Creators[0].Name)[:2]), YearFrom: r.Bib.Year - 5, YearTo: r.Bib.Year}, true
	})
	m.add("fields", func(r library.Record) (library.Query, bool) {
		if len(r.Bib.NDC) == 0 || len(r.Bib.Subjects) == 0 {
			return library.Query{}, false
		}
		return library.Query{Subject: r.Bib.Subjects[0].Term, NDC: r.Bib.NDC[0][:2], Publisher: r.Bib.Publisher[:3], Language: "jpn"}, true
	})
	// Last, so that the queries before are those of older mixes.
	m.addSome(perTenth, "together", func(r library.Record) (library.Query, bool) {
		if r.Bib.Language != "eng" {
			return words(strings.ReplaceAll(hiragana(r.Bib.TitleReading), " ", ""))
		}
		w := strings.Fields(strings.ToLower(r.Bib.Title))
		if len(w) < 2 {
			return library.Query{}, false
		}
		return words(strings.Join(w[:2+m.random.IntN(len(w)-1)], ""))
	})
	m.addSome(perTenth, "volume", func(r library.Record) (library.Query, bool) {
		if r.Bib.Volume == "" {
			return library.Query{}, false
		}
		ways := volumesTyped(r.Bib)
		return words(ways[m.random.IntN(len(ways))])
	})
}

// letters types readings letter by letter, in kana and in romaji.
func (m *mixer) letters() {
	for range perKind / 12 {
		reading := []rune(m.kana(m.records[m.random.IntN(len(m.records))], 8))
		for n := 1; n <= len(reading); n++ {
			m.queries = append(m.queries, askedQuery{"letters", library.Query{Words: string(reading[:n])}})
		}
	}
	for _, typed := range []string{"natsuno", "kodomo", "nihonno", "sekai", "yamamoto"} {
		for n := 1; n <= len(typed); n++ {
			m.queries = append(m.queries, askedQuery{"letters", library.Query{Words: typed[:n]}})
		}
	}
}

// kanji returns n Chinese characters in a row from the title.
func (m *mixer) kanji(r library.Record, n int) string {
	var starts []int
	title := []rune(r.Bib.Title)
	for i := 0; i+n <= len(title); i++ {
		if !slices.ContainsFunc(title[i:i+n], func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
			starts = append(starts, i)
		}
	}
	if len(starts) == 0 {
		return ""
	}
	at := starts[m.random.IntN(len(starts))]
	return string(title[at : at+n])
}

// kana returns n kana of the title's reading, from its start or a later word, as
// hiragana.
func (m *mixer) kana(r library.Record, n int) string {
	words := strings.Fields(kana.FoldReading(r.Bib.TitleReading))
	if len(words) == 0 {
		return ""
	}
	reading := []rune(strings.Join(words[m.random.IntN(len(words)):], ""))
	return string(reading[:min(n, len(reading))])
}

// nounsOf cuts a title at its particles.
func nounsOf(b library.Bib) []string {
	if b.Language == "eng" {
		return nil
	}
	return strings.FieldsFunc(b.Title, func(r rune) bool { return strings.ContainsRune("のとをに・はが", r) })
}
