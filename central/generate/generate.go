// Package generate makes up a library of any size, for benchmarks and trials: bibs
// with readings, authors, series, volumes, numbers and copies that are spread as in
// a real catalogue of a Japanese city. The same configuration makes the same
// records everywhere, and any of them can be had alone. It holds a vocabulary of
// its own and no real title; `central generate` and the benchmarks call it.
package generate

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"madoguchi/library"
)

// Config says how large a library is made, and which of all those of this size.
type Config struct {
	Bibs   int
	Copies int // in all; some bibs get none
	Seed   uint64
}

// Generator makes up one library. It may be used from several goroutines.
type Generator struct {
	Config
	words    *vocabulary
	branches []library.Branch
}

// New returns the generator of a library.
func New(cfg Config) (*Generator, error) {
	if cfg.Bibs < 1 || cfg.Copies < 0 || cfg.Bibs > mostBibs || cfg.Copies > mostCopies {
		return nil, fmt.Errorf("a library of %d bibs and %d copies cannot be made up; have 1 to %d bibs and at most %d copies", cfg.Bibs, cfg.Copies, mostBibs, mostCopies)
	}
	words, err := newVocabulary(wordList)
	if err != nil {
		return nil, err
	}
	return &Generator{Config: cfg, words: words, branches: branches()}, nil
}

// More would need longer ISBNs and barcodes.
const (
	mostBibs   = 50_000_000
	mostCopies = 900_000_000
)

// Records yields all records in their order.
func (g *Generator) Records() iter.Seq2[library.Record, error] {
	return func(yield func(library.Record, error) bool) {
		for i := range g.Bibs {
			if !yield(g.Record(i), nil) {
				return
			}
		}
	}
}

// Volumes of one work stand together in blocks of so many bibs.
const block = 8

// Record returns the record with a number, from 0 to Bibs-1.
func (g *Generator) Record(i int) library.Record {
	volume, first := g.volume(i)
	w := g.work(first)
	r := g.random(forBib, i)
	b := library.Bib{
		ID: bibID(i), Kind: w.kind, Title: w.title.text, TitleReading: w.title.reading, Subtitle: w.subtitle, Volume: volume,
		Creators: w.creators, Publisher: w.publisher, Year: 1950 + int(77*math.Sqrt(r.Float64())), NDC: w.ndc, Subjects: w.subjects,
		Language: w.language, Juvenile: w.juvenile, Extent: fmt.Sprintf("%dp ; %dcm", 32+r.IntN(400), 15+r.IntN(15)),
	}
	if w.series != nil {
		s := *w.series
		s.Volume = fmt.Sprint(1 + r.IntN(400))
		b.Series = []library.Series{s}
	}
	if b.Kind == library.Book && b.Year >= 1980 && r.IntN(100) < 95 {
		b.ISBNs = []string{g.isbn(i, w.language)}
	}
	b.AddedOn = library.Date{Year: max(b.Year, 1985), Month: 1, Day: 1}.Add(r.IntN(365))
	items := g.items(i, b)
	b.Wanted = g.wanted(i, len(items), b.Year)
	return library.Record{Bib: b, Items: items}
}

func bibID(i int) library.BibID { return library.BibID(fmt.Sprintf("g%08d", i)) }

// volume returns which volume of its work a bib is, and the number of the first.
func (g *Generator) volume(i int) (volume string, first int) {
	at := i % block
	switch p := g.random(forBlock, i/block).IntN(100); {
	case p < 14:
		return fmt.Sprint(at + 1), i - at
	case p < 22:
		return []string{"上", "下"}[at%2], i - at%2
	}
	return "", i
}

// isbn makes an ISBN that no other bib has.
func (g *Generator) isbn(i int, language string) string {
	group := "9784"
	if language == "eng" {
		group = "9780"
	}
	// The factor has no divisor in common with ten, so that no two numbers meet.
	number := (uint64(i)*61_803_399 + g.Seed) % 100_000_000
	return withCheckDigit(fmt.Sprintf("%s%08d", group, number))
}

// What random numbers are drawn for.
const (
	forBib = iota
	forWork
	forBlock
	forCopies
	forPerson
	forSeries
	forDay
	forLoans
)

// random returns the numbers that belong to the nth thing of a purpose.
func (g *Generator) random(purpose, n int) *rand.Rand {
	return rand.New(rand.NewPCG(g.Seed, uint64(purpose)<<40|uint64(n)))
}

// zipf draws from 0 to n-1, a low number more often: the kth in proportion to
// 1/(k+flat).
func zipf(r *rand.Rand, n int, flat float64) int {
	x := flat * (math.Pow((float64(n)+flat)/flat, r.Float64()) - 1)
	return min(int(x), n-1)
}

// withCheckDigit completes the first twelve digits of an ISBN.
func withCheckDigit(digits string) string {
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (1 + 2*(i%2))
	}
	return digits + fmt.Sprint((10-sum%10)%10)
}
