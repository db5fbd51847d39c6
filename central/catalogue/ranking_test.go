package catalogue

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// lentIn counts loans of a bib in a month.
func lentIn(t *testing.T, c *Catalogue, bib library.BibID, month string, loans int) {
	t.Helper()
	on, err := library.ParseDate(month + "-15")
	if err != nil {
		t.Fatal(err)
	}
	err = c.db.Tx(t.Context(), func(tx *db.Tx) error {
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

// ranked are the rankings, each as its name and its bibs.
func ranked(t *testing.T, c *Catalogue) (all []string) {
	t.Helper()
	lists, err := c.Lists(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lists {
		if l.Kind == library.Ranking {
			all = append(all, fmt.Sprint(l.Name, " ", l.Bibs))
		}
	}
	return all
}

// TestRankings: rankings are by loans, of the month before and the year before it, by kind,
// of what is for children or the rest; what few borrowed is in none.
func TestRankings(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		add := func(id string, of library.Kind, juvenile bool) {
			r := book(id)
			r.Bib.Kind, r.Bib.Juvenile = of, juvenile
			put(t, c, r)
		}
		for n := range 9 {
			add(fmt.Sprint("b", n), library.Book, n == 8)
			add(fmt.Sprint("c", n), library.CD, false)
			add(fmt.Sprint("k", n), library.Book, true)
		}
		update := func(now time.Time, again bool, made int, updated bool) {
			t.Helper()
			c.today = func() time.Time { return now }
			if n, did, err := c.UpdateRankings(t.Context(), again); err != nil || n != made || did != updated {
				t.Errorf("on %v: %d made, %v, %v; want %d, %v", now, n, did, err, made, updated)
			}
		}
		want := func(what string, want ...string) {
			t.Helper()
			if got := ranked(t, c); !slices.Equal(got, want) {
				t.Errorf("%s: %q\nwant %q", what, got, want)
			}
		}
		november := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
		update(november, false, 0, true)
		for bib, loans := range map[library.BibID]int{
			"b1": 4, "b2": 9, "b3": 4, "b4": 3, "b5": 2, // too few
			"c1": 30, "c2": 40, // no ranking of two
			"k1": 3, "k2": 4, "k3": 5, "b8": 8,
		} {
			lentIn(t, c, bib, "2026-10", loans)
		}
		update(november, false, 0, false)
		want("once a month")
		const books, children = "ranking-2026-10-book [b2 b1 b3 b4]", "ranking-2026-10-book-children [b8 k3 k2 k1]"
		update(november, true, 2, true)
		want("again", books, children)
		before := number(t, c)
		update(november, true, 2, true)
		if n := number(t, c); n != before {
			t.Errorf("the same rankings again made %d changes", n-before)
		}

		lentIn(t, c, "b5", "2026-09", 5)  // 7 in the year, b4 with 3 has too few
		lentIn(t, c, "b6", "2025-11", 20) // the first month of the year
		lentIn(t, c, "b7", "2025-10", 99) // before it
		lentIn(t, c, "b7", "2026-11", 99) // this month is not over
		const year = "ranking-year-book [b6 b2 b5]"
		update(november, true, 3, true)
		want("with a year", books, children, year)

		december := november.AddDate(0, 1, 0)
		update(december, false, 1, true)
		want("a month without a ranking", books, children, "ranking-year-book [b7 b2 b5]")
	})
}

// TestRankingsAreMadeOnce: of several that look at once, one makes them.
func TestRankingsAreMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		for n := range library.LeastRankedBibs {
			id := fmt.Sprint("b", n)
			put(t, c, book(id))
			lentIn(t, c, library.BibID(id), "2026-10", 5)
		}
		var wait sync.WaitGroup
		updated := make([]bool, 4)
		for n := range updated {
			wait.Go(func() {
				var err error
				if _, updated[n], err = c.UpdateRankings(t.Context(), false); err != nil && !errors.Is(err, db.ErrTaken) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if n := len(slices.DeleteFunc(updated, func(did bool) bool { return !did })); n != 1 {
			t.Errorf("they were made %d times", n)
		}
		if got := ranked(t, c); !slices.Equal(got, []string{"ranking-2026-10-book [b0 b1 b2]"}) {
			t.Errorf("%q", got)
		}
	})
}
