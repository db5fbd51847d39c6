package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"madoguchi/central/db"
	"madoguchi/library"
)

func TestCheckoutRefuses(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.book(t, "b1", "free", "lent", "held", "missing")
		reference := library.Record{Bib: library.Bib{ID: "b2", Title: "事典"}, Items: []library.Item{{ID: "read-here", Barcode: "read-here", Branch: "chuo", State: library.OnShelf}}}
		if _, err := c.catalogue.Put(ctx, reference); err != nil {
			t.Fatal(err)
		}
		c.patron(t, "p1")
		c.patron(t, "p2", library.BlockOverdue)
		c.patron(t, "p3", library.BlockStaff)
		c.patron(t, "p4", library.BlockLostCard)
		for id, until := range map[string]string{"p5": "2026-11-23", "p6": "2026-11-24"} {
			p := library.Patron{ID: library.PatronID(id), Card: id[1:], Name: id, ValidUntil: day(until)}
			if err := c.PutPatrons(ctx, p); err != nil {
				t.Fatal(err)
			}
		}
		c.lend(t, "1", "lent")
		for item, state := range map[library.ItemID]library.ItemState{"held": library.OnHoldShelf, "missing": library.Missing} {
			if err := c.SetState(ctx, item, state, library.Date{}); err != nil {
				t.Fatal(err)
			}
		}
		for _, test := range []struct {
			card, item string
			want       error
		}{
			{"0", "free", library.ErrUnknownPatron},
			{"\xff", "free", library.ErrUnknownPatron},
			{"1\x00", "free", library.ErrUnknownPatron},
			{"2", "free", library.ErrCardBlocked},
			{"3", "free", library.ErrCardBlocked},
			{"4", "free", library.ErrCardLost},
			{"5", "free", library.ErrCardExpired},
			{"1", "none", library.ErrUnknownItem},
			{"1", "", library.ErrUnknownItem},
			{"1", "free\x00", library.ErrUnknownItem},
			{"1", "lent", library.ErrItemOnLoan},
			{"6", "lent", library.ErrItemOnLoan},
			{"1", "held", library.ErrItemHeld},
			{"1", "read-here", library.ErrItemReference},
			{"6", "free", nil},
			{"1", "missing", nil}, // it was found
		} {
			before, err := c.catalogue.Log(ctx)
			if err != nil {
				t.Fatal(err)
			}
			loan, title, err := c.Checkout(ctx, test.card, test.item, "")
			if !errors.Is(err, test.want) || err == nil != (test.want == nil) {
				t.Errorf("card %q, item %q: got %v, want %v", test.card, test.item, err, test.want)
			}
			after, err := c.catalogue.Log(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if test.want == nil && (title != "こころ 上" || loan.DueOn != day("2026-12-08") || after.Number != before.Number+1) {
				t.Errorf("card %q, item %q: lent as %+v, %q, with %d changes", test.card, test.item, loan, title, after.Number-before.Number)
			}
			if test.want != nil && (loan != library.Loan{} || after != before) {
				t.Errorf("card %q, item %q: refused, it left %+v and %d changes", test.card, test.item, loan, after.Number-before.Number)
			}
		}
		c.sound(t)
	})
}

func TestReturnAndArrive(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.book(t, "b1", "i1")
		c.patron(t, "p1")
		returned := func(at library.BranchCode) (library.Returned, error) { return c.Return(ctx, "i1", at) }
		arrived := func(at library.BranchCode) (library.Returned, error) { return c.Arrive(ctx, "i1", at) }
		lend := func(library.BranchCode) (library.Returned, error) {
			c.lend(t, "1", "i1")
			return library.Returned{}, nil
		}
		stays := library.Returned{Title: "こころ 上", State: library.OnShelf}
		travels := library.Returned{Title: "こころ 上", State: library.InTransit, To: "chuo"}
		for n, step := range []struct {
			do   func(library.BranchCode) (library.Returned, error)
			at   library.BranchCode
			want library.Returned
			err  error
		}{
			{returned, "chuo", library.Returned{}, library.ErrItemNotOnLoan},
			{lend, "", library.Returned{}, nil},
			{arrived, "chuo", library.Returned{}, library.ErrItemOnLoan},
			{returned, "nowhere", library.Returned{}, library.ErrUnknownBranch},
			{returned, "kita", travels, nil},
			{returned, "kita", library.Returned{}, library.ErrItemNotOnLoan},
			{arrived, "kita", travels, nil},
			{arrived, "chuo\x00", library.Returned{}, library.ErrUnknownBranch},
			{arrived, "chuo", stays, nil},
			{arrived, "chuo", stays, nil},
			{lend, "", library.Returned{}, nil},
			{returned, "", stays, nil},
			{arrived, "kita", travels, nil},
			{arrived, "", stays, nil},
		} {
			got, err := step.do(step.at)
			if !errors.Is(err, step.err) || err == nil != (step.err == nil) || err == nil && got != step.want {
				t.Fatalf("step %d: got %+v, %v, want %+v, %v", n, got, err, step.want, step.err)
			}
			c.sound(t)
		}
		if err := c.SetState(ctx, "i1", library.OnHoldShelf, library.Date{}); err != nil {
			t.Fatal(err)
		}
		if _, err := arrived("chuo"); !errors.Is(err, library.ErrItemHeld) {
			t.Errorf("an item that waits for a patron arrives: %v", err)
		}
		for name, do := range map[string]func(context.Context, string, library.BranchCode) (library.Returned, error){"return": c.Return, "arrive": c.Arrive} {
			if _, err := do(ctx, "none", "chuo"); !errors.Is(err, library.ErrUnknownItem) {
				t.Errorf("%s of an unknown item: %v", name, err)
			}
		}
	})
}

// A lent item is not moved by anything but its return; one without a barcode is
// named by its ID, and a barcode comes before another item's ID.
func TestItemsAtTheDesk(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.book(t, "b1", "i1")
		r := library.Record{Bib: library.Bib{ID: "b2", Title: "三四郎"}, Items: []library.Item{
			{ID: "b2.chuo.1", Branch: "chuo", Lendable: true, State: library.OnShelf},
			{ID: "i2", Barcode: "777", Branch: "chuo", Lendable: true, State: library.OnShelf},
			{ID: "777", Branch: "chuo", Lendable: true, State: library.OnShelf},
		}}
		if _, err := c.catalogue.Put(ctx, r); err != nil {
			t.Fatal(err)
		}
		c.patron(t, "p1")
		if l := c.lend(t, "1", "777"); l.ItemID != "i2" {
			t.Errorf("the barcode of i2 lent %s", l.ItemID)
		}
		if l := c.lend(t, "1", "b2.chuo.1"); l.ItemID != "b2.chuo.1" {
			t.Errorf("lent %s", l.ItemID)
		}
		if _, _, err := c.Checkout(ctx, "1", "i2", ""); !errors.Is(err, library.ErrUnknownItem) {
			t.Errorf("an item with a barcode was lent by its ID: %v", err)
		}

		l := c.lend(t, "1", "i1")
		for name, err := range map[string]error{
			"missing":      c.SetState(ctx, "i1", library.Missing, library.Date{}),
			"another date": c.SetState(ctx, "i1", library.OnLoan, l.DueOn.Add(1)),
		} {
			if !errors.Is(err, library.ErrItemOnLoan) {
				t.Errorf("SetState to %s: %v", name, err)
			}
		}
		if err := c.SetState(ctx, "i1", library.OnLoan, l.DueOn); err != nil {
			t.Errorf("SetState to what is: %v", err)
		}
		c.sound(t)
		if err := c.SetOwned(ctx, "none", false); !errors.Is(err, library.ErrUnknownItem) {
			t.Errorf("SetOwned of an unknown item: %v", err)
		}
	})
}

func TestLentOnceByMany(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.book(t, "b1", "i1")
		var lent atomic.Int64
		var wg sync.WaitGroup
		for n := range 12 {
			p := c.patron(t, library.PatronID(fmt.Sprintf("p%d", n+1)))
			wg.Go(func() {
				_, _, err := c.Checkout(t.Context(), p.Card, "i1", "")
				if err == nil {
					lent.Add(1)
				} else if !errors.Is(err, library.ErrItemOnLoan) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if lent.Load() != 1 {
			t.Errorf("lent %d times", lent.Load())
		}
		c.sound(t)
	})
}

// TestReturnForgets looks through every table for a row that names the patron and
// the item, the loan and the item, or the patron and the bib.
func TestReturnForgets(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.book(t, "bib-kokoro", "item-1001")
		p := c.patron(t, "patron-x")
		loan := c.lend(t, p.Card, "item-1001")
		pairs := [][2]string{{"patron-x", "item-1001"}, {string(loan.ID), "item-1001"}, {"patron-x", "bib-kokoro"}}
		if found := rowsWith(t, c.db, pairs); len(found) != 1 || !strings.HasPrefix(found[0], "loan ") {
			t.Fatalf("while on loan: %q", found)
		}
		c.clock.set(t, "2026-12-01 10:00:00")
		if _, err := c.Renew(t.Context(), "patron-x", loan.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Return(t.Context(), "item-1001", "kita"); err != nil {
			t.Fatal(err)
		}
		if found := rowsWith(t, c.db, pairs); len(found) != 0 {
			t.Errorf("after the return: %q", found)
		}
	})
}

// rowsWith returns the rows of all tables that have both texts of a pair.
func rowsWith(t *testing.T, d *db.DB, pairs [][2]string) (found []string) {
	t.Helper()
	tables := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if d.Name() == "PostgreSQL" {
		tables = `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`
	}
	err := d.View(t.Context(), func(tx *db.Tx) error {
		names, err := texts(t.Context(), tx, tables)
		if err != nil {
			return err
		}
		for _, name := range names {
			rows, err := texts(t.Context(), tx, `SELECT * FROM `+name)
			if err != nil {
				return err
			}
			for _, row := range rows {
				for _, p := range pairs {
					if strings.Contains(row, p[0]) && strings.Contains(row, p[1]) {
						found = append(found, name+" "+row)
						break
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// texts returns each row as one text.
func texts(ctx context.Context, tx *db.Tx, query string) (all []string, err error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		cells, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, strings.Trim(fmt.Sprint(cells), "[]"))
	}
	return all, rows.Err()
}
