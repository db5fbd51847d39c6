package catalogue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// lentBefore counts loans of a bib in the month so many months before today's.
func lentBefore(t *testing.T, c *Catalogue, bib library.BibID, months, loans int) {
	t.Helper()
	now := library.DateOf(c.today())
	on := library.Date{Year: now.Year, Month: now.Month - time.Month(months), Day: 1}
	err := c.db.Tx(t.Context(), func(tx *db.Tx) error {
		for range loans {
			if err := c.CountLoanTx(t.Context(), tx, bib, on); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// classAll computes all classes as if there were none.
func classAll(t *testing.T, c *Catalogue) {
	t.Helper()
	err := c.db.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE wanted SET month = ''`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, updated, err := c.UpdateWanted(t.Context(), false); err != nil || !updated {
		t.Fatal(updated, err)
	}
}

// classes are those of all bibs.
func classes(t *testing.T, c *Catalogue) map[library.BibID]int {
	t.Helper()
	all := map[library.BibID]int{}
	err := c.Snapshot(t.Context(), func(s Snapshot) error {
		for r, err := range s.Records {
			if err != nil {
				return err
			}
			all[r.Bib.ID] = r.Bib.Wanted
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestAnImportKeepsTheClass: a bib gets a class with its first copies, and no later record
// of it changes that.
func TestAnImportKeepsTheClass(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		class := func(what string, want int) {
			t.Helper()
			r, err := c.Record(t.Context(), "b1")
			if err != nil || r.Bib.Wanted != want {
				t.Errorf("%s: class %d, %v, want %d", what, r.Bib.Wanted, err, want)
			}
		}
		r := book("b1")
		r.Bib.Year, r.Bib.Wanted = 2026, 7
		put(t, c, r)
		class("without a copy", 0)
		r.Items = []library.Item{copyAt("chuo", "1"), copyAt("kita", "2")}
		put(t, c, r)
		class("with its first copies", 4)
		r.Bib.Title, r.Bib.Year, r.Bib.Wanted = "明暗", 1916, 0
		r.Items = append(r.Items, copyAt("chuo", "3"))
		put(t, c, r)
		class("changed", 4)
		before := number(t, c)
		if o := put(t, c, r); o[0] != Unchanged || number(t, c) != before {
			t.Errorf("the same again: %v", o)
		}
		l := good(book("b2", copyAt("chuo", "4")))
		l.Bib.AddedOn, l.Loans = library.Date{Year: 2020, Month: 1, Day: 1}, map[library.ItemID]int{"4": 60}
		night(t, c, Import{}, file{l})
		if got := classes(t, c)["b2"]; got != 6 {
			t.Errorf("lent 60 times by its file: class %d", got)
		}
		rightDigests(t, c)
	})
}

// TestClassesOfAYear: the first time all bibs get their class; then a month moves 2 in 100,
// those furthest from theirs first, and once only, whoever looks.
func TestClassesOfAYear(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		now := today
		c.today = func() time.Time { return now }
		sibling := New(Config{DB: c.db, Now: c.today})
		update := func() Wanted {
			t.Helper()
			w, updated, err := c.UpdateWanted(t.Context(), false)
			if err != nil || !updated {
				t.Fatalf("%+v, %v, %v", w, updated, err)
			}
			if _, again, err := sibling.UpdateWanted(t.Context(), false); again || err != nil {
				t.Errorf("another process did it again, %v", err)
			}
			if stored, err := sibling.Wanted(t.Context()); err != nil || !stored.At.Equal(w.At) || stored.Classes != w.Classes || stored.Moved != w.Moved {
				t.Errorf("%+v is stored as %+v, %v", w, stored, err)
			}
			rightDigests(t, c)
			return w
		}
		if _, updated, err := c.UpdateWanted(t.Context(), false); updated || err != nil {
			t.Errorf("an empty catalogue was classed: %v", err)
		}
		const bibs = 300
		for n := range bibs {
			r := book(fmt.Sprintf("b%03d", n), copyAt("chuo", fmt.Sprint(n)))
			r.Bib.AddedOn = library.Date{Year: 2000, Month: 1, Day: 1}
			put(t, c, r)
		}
		lentBefore(t, c, "b000", 12, 1) // so that a whole year is counted
		lentBefore(t, c, "b001", 3, 20)
		lentBefore(t, c, "b002", 0, 500) // in this month, which is not over
		w := update()
		if got := classes(t, c); w.Classes != [8]int{298, 1, 0, 0, 1} || got["b001"] != 4 || got["b002"] != 0 || got["b000"] != 1 {
			t.Errorf("%+v; b000 has %d, b001 %d, b002 %d", w, got["b000"], got["b001"], got["b002"])
		}

		now = now.AddDate(0, 1, 0)
		for n := range 20 {
			lentBefore(t, c, library.BibID(fmt.Sprintf("b%03d", 100+n)), 2, 3)
		}
		w = update()
		want := map[library.BibID]int{"b000": 1, "b001": 4, "b002": 7, "b100": 2, "b101": 2, "b102": 2, "b103": 2, "b104": 2}
		got := classes(t, c)
		for id, class := range got {
			if want[id] != class {
				t.Errorf("%s has class %d, want %d", id, class, want[id])
			}
		}
		if w.Moved != 6 || w.Waiting != 15+1 { // b000 was lent thirteen months ago
			t.Errorf("%+v", w)
		}
		if w, again, err := c.UpdateWanted(t.Context(), true); !again || err != nil || w.Moved != 6 || w.Waiting != 16 {
			t.Errorf("once more in the same month: %+v, %v, %v", w, again, err)
		}
		for month := range 3 {
			now = now.AddDate(0, 1, 0)
			if w = update(); w.Moved != min(6, 16-6*month) {
				t.Errorf("month %d: %+v", month, w)
			}
		}
		if got := classes(t, c); got["b119"] != 2 || got["b000"] != 0 || w.Waiting != 0 {
			t.Errorf("%+v; b119 has %d, b000 %d", w, got["b119"], got["b000"])
		}
	})
}

// TestLoansElsewhere: what a file says is that of a year, until a year was counted here.
func TestLoansElsewhere(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		now := today
		c.today = func() time.Time { return now }
		l := good(book("b1", copyAt("chuo", "1")))
		l.Bib.AddedOn, l.Loans = library.Date{Year: 2000, Month: 1, Day: 1}, map[library.ItemID]int{"1": 24}
		young := good(book("b2", copyAt("chuo", "2")))
		young.Bib.AddedOn, young.Bib.Year = library.Date{Year: 2026, Month: 3, Day: 1}, 2026
		night(t, c, Import{}, file{l, young})
		expect := func(what string, want ...int) {
			t.Helper()
			classAll(t, c)
			if got := classes(t, c); got["b1"] != want[0] || got["b2"] != want[1] {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
		expect("by the file, and what is new by copies and year", 5, 3)
		lentBefore(t, c, "b2", 0, 1)
		now = now.AddDate(0, 6, 0)
		expect("half a year later", 4, 1)
		now = now.AddDate(0, 6, 0)
		expect("a year later", 0, 1)
	})
}

// TestBrokenOffClasses: a run that is broken off goes on where it was, and moves no more
// bibs than a month may.
func TestBrokenOffClasses(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		now := today
		c.today = func() time.Time { return now }
		const bibs = 60 * classedAtOnce
		var records []library.Record
		for n := range bibs {
			records = append(records, book(fmt.Sprintf("b%05d", n), copyAt("chuo", fmt.Sprint(n))))
		}
		for part := range slices.Chunk(records, 1000) {
			put(t, c, part...)
		}
		classAll(t, c)
		err := c.db.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO loan_count (bib_id, month, loans) SELECT id, '2026-11', 30 FROM bib WHERE id < 'b05000'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		now = now.AddDate(0, 1, 0)
		ctx, cancel := context.WithCancel(t.Context())
		start := number(t, c)
		w, err := c.Wanted(ctx)
		if err != nil {
			t.Fatal(err)
		}
		w.Month, w.Done, w.Moved = "2026-12", false, 0
		if err := c.storeWanted(ctx, &w); err != nil {
			t.Fatal(err)
		}
		moves, n, err := c.moves(ctx, false, &w)
		if err != nil || n != bibs || len(moves) != 5000 {
			t.Fatal(n, len(moves), err)
		}
		if err := c.move(ctx, moves[:classedAtOnce], false); err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, _, err := c.UpdateWanted(ctx, false); !errors.Is(err, context.Canceled) {
			t.Errorf("broken off: %v", err)
		}
		w, updated, err := c.UpdateWanted(t.Context(), false)
		if err != nil || !updated || w.Moved != library.MayMove(bibs) || w.Waiting != 5000-w.Moved {
			t.Errorf("%+v, %v", w, err)
		}
		if changes := number(t, c) - start; changes != int64(library.MayMove(bibs)) {
			t.Errorf("%d changes, not %d", changes, library.MayMove(bibs))
		}
		for id, class := range classes(t, c) {
			if want := map[bool]int{true: 5, false: 1}[id < "b00240"]; class != want {
				t.Fatalf("%s has class %d, want %d", id, class, want)
			}
		}
	})
}
