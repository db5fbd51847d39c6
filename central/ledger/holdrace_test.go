package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// side is one of several central servers on a database, with one of the two kinds of
// transactions: the one that begins anew when another was first, and the one that
// waits for it.
type side struct {
	*ledger.Ledger
	tx func(context.Context, func(*db.Tx) error) error
}

// eachSides runs a test with four of them on each database.
func eachSides(t *testing.T, test func(*testing.T, *city, []side)) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			at := dsn(t)
			c := open(t, dbtest.Open(t, at))
			other := dbtest.Open(t, at)
			another := c.another(t, other)
			waiting := func(d *db.DB) func(context.Context, func(*db.Tx) error) error {
				return func(ctx context.Context, fn func(*db.Tx) error) error { return d.Locked(ctx, nil, fn) }
			}
			test(t, c, []side{{c.Ledger, c.db.Tx}, {another, waiting(other)}, {another, other.Tx}, {c.Ledger, waiting(c.db)}})
		})
	}
}

// atOnce runs all at the same time.
func atOnce(do ...func()) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for _, f := range do {
		wg.Go(func() {
			<-start
			f()
		})
	}
	close(start)
	wg.Wait()
}

// Four copies come back at once while the third of the queue cancels: whoever is
// first gets one, nobody is passed over, and no copy is given twice.
func TestReturnsAndCancelAtOnce(t *testing.T) {
	eachSides(t, func(t *testing.T, c *city, sides []side) {
		c.patron(t, "p9")
		for round := range 6 {
			bib := library.BibID(fmt.Sprint("b", round))
			item := func(n int) string { return fmt.Sprint(bib, "-", n) }
			c.book(t, bib, item(0), item(1), item(2), item(3))
			var queue []library.HoldID
			patron := func(n int) library.PatronID { return library.PatronID(fmt.Sprint("p", round, n)) }
			for n := range 4 {
				c.lend(t, "9", item(n))
			}
			for n := range 7 {
				c.patron(t, patron(n))
				queue = append(queue, c.place(t, patron(n), "chuo", bib)[0].ID)
			}
			var cancelled error
			do := []func(){func() {
				s := sides[round%4]
				cancelled = s.tx(t.Context(), func(tx *db.Tx) error {
					_, err := s.CancelHoldTx(t.Context(), tx, patron(2), queue[2])
					return err
				})
			}}
			for n := range 4 {
				do = append(do, func() {
					s := sides[n]
					at := []library.BranchCode{"chuo", "kita"}[n%2]
					err := s.tx(t.Context(), func(tx *db.Tx) error {
						_, err := s.ReturnTx(t.Context(), tx, item(n), at)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			atOnce(do...)
			if cancelled != nil && !errors.Is(cancelled, library.ErrHoldNotWaiting) {
				t.Fatal(cancelled)
			}
			got := 0
			for n := range 7 {
				h := c.holdOf(t, patron(n), bib)
				served := h.State == library.Preparing || h.State == library.ReadyHold
				if served {
					got++
				}
				if gone := n == 2 && cancelled == nil; gone {
					if h.State != library.Cancelled {
						t.Errorf("the cancelled hold is %s", h.State)
					}
				} else if last := 4; served != (n < last || n == last && cancelled == nil) {
					t.Errorf("number %d is %s; the third cancelled: %v", n, h.State, cancelled)
				}
			}
			if got != 4 {
				t.Errorf("%d of four copies were given away", got)
			}
			c.agrees(t)
		}
	})
}

// While the first volume of many sequences is cancelled, changed or comes back, the
// second comes back too: whichever is first, it is not forgotten on its shelf.
func TestSequenceIsFreedOnce(t *testing.T) {
	eachSides(t, func(t *testing.T, c *city, sides []side) {
		c.patron(t, "p1")
		c.patron(t, "p9")
		c.policy.MaxHolds = 100
		for round := range 8 {
			one, two := library.BibID(fmt.Sprint("one", round)), library.BibID(fmt.Sprint("two", round))
			for _, bib := range []library.BibID{one, two} {
				c.book(t, bib, "i"+string(bib))
				c.lend(t, "9", "i"+string(bib))
			}
			placed := c.request(t, "p1", library.HoldRequest{Bibs: []library.BibID{one, two}, Pickup: "chuo", Contact: library.NoNews, Sequence: true})
			in := func(s side, do func(*db.Tx) error) func() {
				return func() {
					err := s.tx(t.Context(), do)
					if err != nil && !errors.Is(err, library.ErrHoldNotWaiting) {
						t.Error(err)
					}
				}
			}
			s := sides[round%4]
			freeing := func(tx *db.Tx) error { _, err := s.CancelHoldTx(t.Context(), tx, "p1", placed[0].ID); return err }
			if round%2 == 1 {
				freeing = func(tx *db.Tx) error { _, err := s.ReturnTx(t.Context(), tx, "i"+string(one), "chuo"); return err }
			}
			atOnce(in(s, freeing), in(sides[(round+1)%4], func(tx *db.Tx) error {
				_, err := sides[(round+1)%4].ReturnTx(t.Context(), tx, "i"+string(two), "chuo")
				return err
			}), in(sides[(round+2)%4], func(tx *db.Tx) error {
				_, err := sides[(round+2)%4].ChangeHoldTx(t.Context(), tx, "p1", placed[1].ID, "kita", library.ByPhone)
				return err
			}))
			if first := c.holdOf(t, "p1", one); first.State == library.Preparing {
				c.agrees(t) // the second waits for it: it is sent to where both are fetched now
				c.arrives(t, "i"+string(one), first.Pickup)
			}
			if h := c.holdOf(t, "p1", two); h.State != library.Preparing && h.State != library.ReadyHold {
				t.Errorf("round %d: the second volume is %s", round, h.State)
			}
			c.agrees(t)
		}
	})
}

// One patron at several terminals holds the same bibs, and more than one may.
func TestHeldOnceByMany(t *testing.T) {
	eachSides(t, func(t *testing.T, c *city, sides []side) {
		c.policy.MaxHolds = 2
		c.patron(t, "p9")
		for _, bib := range []library.BibID{"b0", "b1", "b2"} {
			c.book(t, bib, "i"+string(bib))
			c.lend(t, "9", "i"+string(bib))
		}
		for round := range 4 {
			p := c.patron(t, library.PatronID(fmt.Sprint("p1", round)))
			var do []func()
			for n := range 8 {
				s := sides[(n+round)%4]
				req := library.HoldRequest{Bibs: []library.BibID{library.BibID(fmt.Sprint("b", n%3))}, Pickup: "chuo", Contact: library.NoNews}
				do = append(do, func() {
					err := s.tx(t.Context(), func(tx *db.Tx) error {
						_, err := s.PlaceHoldsTx(t.Context(), tx, p.ID, req, time.Time{})
						return err
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			do = append(do, func() {
				if _, err := sides[1].ExpireHolds(t.Context(), nil); err != nil {
					t.Error(err)
				}
			})
			atOnce(do...)
			if n := c.count(t, `SELECT count(*) FROM hold WHERE patron_id = $1`, string(p.ID)); n != 2 {
				t.Errorf("%d holds where two may be", n)
			}
			c.agrees(t)
		}
	})
}
