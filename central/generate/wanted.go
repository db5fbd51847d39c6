package generate

import (
	"iter"
	"math"

	"madoguchi/library"
)

// thisYear is the year in which the library is made up.
const thisYear = 2026

// wanted makes up the wanted class of a bib from four and a half loans a bib and year, which
// fall upon few more than upon many.
func (g *Generator) wanted(i, copies, year int) int {
	w := library.Wanting{Copies: copies, Year: year, Counted: true}
	if copies > 0 {
		w.Loans = int(4.5 * math.Exp(g.random(forLoans, i).NormFloat64()*1.3-0.85))
	}
	return w.Class(thisYear)
}

// Month yields the bibs that get another wanted class in a month, counted from 0, in which
// as many do as may: the next one up or down.
func (g *Generator) Month(month int) iter.Seq[library.Bib] {
	return func(yield func(library.Bib) bool) {
		left := library.MayMove(g.Bibs)
		step := g.Bibs / left
		for i := month % step; i < g.Bibs && left > 0; i += step {
			b := g.Record(i).Bib
			if up := b.Wanted < library.MostWanted && (b.Wanted == 0 || i/step%2 == 0); up {
				b.Wanted++
			} else {
				b.Wanted--
			}
			if !yield(b) {
				return
			}
			left--
		}
	}
}
