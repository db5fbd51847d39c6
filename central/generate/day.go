package generate

import (
	"fmt"

	"madoguchi/library"
)

// Day is what changes in a library from one morning to the next.
type Day struct {
	New     []library.Record       // bibs bought
	Edited  []library.Bib          // bibs catalogued better
	Moved   []library.Item         // items given to another branch
	Deleted []library.BibID        // bibs withdrawn, with their items
	Lent    []library.Availability // and returned
}

// How many of a day's changes are no loans or returns, among DayChanges.
const (
	DayChanges = 5000
	newBibs    = 120
	editedBibs = 260
	movedItems = 100
	goneBibs   = 60
)

// goneEvery is among how many bibs one may be withdrawn on some day, the last of
// them, and does not change otherwise.
const goneEvery = 32

// Day returns the changes of a day, counted from 0: DayChanges in all, where a bib
// and an item count one each.
func (g *Generator) Day(day int) Day {
	var d Day
	r := g.random(forDay, day)
	stays := func() int {
		i := r.IntN(g.Bibs)
		if i%goneEvery == goneEvery-1 {
			i--
		}
		return i
	}
	morning := library.Date{Year: 2026, Month: 11, Day: 1}.Add(day)
	left := DayChanges - editedBibs - movedItems - goneBibs
	for k := range newBibs {
		number := day*newBibs + k
		rec := g.Record(r.IntN(g.Bibs))
		rec.Bib.ID = library.BibID(fmt.Sprintf("n%08d", number))
		rec.Bib.Year, rec.Bib.AddedOn = 2026, morning
		rec.Bib.ISBNs = []string{withCheckDigit(fmt.Sprintf("9791%08d", number))}
		it := library.Item{
			ID: library.ItemID(fmt.Sprintf("2%09d", number)), BibID: rec.Bib.ID, Branch: g.branches[r.IntN(len(g.branches)-1)].Code,
			CallNumber: callNumber(rec.Bib), Shelf: "新着", Lendable: true, State: library.OnShelf,
		}
		it.Barcode = string(it.ID)
		rec.Items = []library.Item{it}
		d.New = append(d.New, rec)
	}
	left -= 2 * newBibs
	for range editedBibs {
		b := g.Record(stays()).Bib
		b.Subtitle = fmt.Sprintf("%d年%d月改訂", morning.Year, morning.Month)
		d.Edited = append(d.Edited, b)
	}
	for len(d.Moved) < movedItems {
		if rec := g.Record(stays()); len(rec.Items) > 0 {
			it := rec.Items[r.IntN(len(rec.Items))]
			it.Branch = g.branches[r.IntN(len(g.branches)-1)].Code
			d.Moved = append(d.Moved, it)
		}
	}
	places := max(1, g.Bibs/goneEvery)
	for k := range goneBibs {
		at := (day*goneBibs + k) * 7919 % places
		d.Deleted = append(d.Deleted, bibID(at*goneEvery+goneEvery-1))
	}
	for len(d.Lent) < left {
		rec := g.Record(stays())
		if len(rec.Items) == 0 {
			continue
		}
		it := rec.Items[r.IntN(len(rec.Items))]
		a := library.Availability{ItemID: it.ID, State: library.OnLoan, DueOn: morning.Add(14)}
		if it.State == library.OnLoan {
			a.State, a.DueOn = library.OnShelf, library.Date{}
		}
		d.Lent = append(d.Lent, a)
	}
	return d
}
