package ledger_test

import (
	"slices"
	"testing"

	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// counts are the stored counts, "bib month loans".
func (c *city) counts(t *testing.T) (all []string) {
	t.Helper()
	keys := `SELECT bib_id || ' ' || month || ' ' || loans FROM loan_count ORDER BY bib_id, month`
	err := c.db.View(t.Context(), func(tx *db.Tx) error {
		all = nil
		rows, err := tx.Query(keys)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			if err := rows.Scan(&key); err != nil {
				return err
			}
			all = append(all, key)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestLoansAreCounted: a checkout counts, in the month in the library's zone, and nothing
// else does; counts go with the bib or to the one that gets its last copy, and after a year.
func TestLoansAreCounted(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.book(t, "b1", "11", "12")
		c.book(t, "b2", "21")
		c.patron(t, "p1")
		lend := func(item string) {
			t.Helper()
			if _, _, err := c.Checkout(ctx, "1", item, ""); err != nil {
				t.Fatal(err)
			}
		}
		back := func(item string) {
			t.Helper()
			if _, err := c.Return(ctx, item, ""); err != nil {
				t.Fatal(err)
			}
		}
		want := func(what string, want ...string) {
			t.Helper()
			if got := c.counts(t); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		c.clock.set(t, "2026-12-01 00:30:00") // in November still by the server's clock
		lend("11")
		want("a loan", "b1 2026-12 1")
		loans, err := c.Loans(ctx, "p1")
		if err != nil {
			t.Fatal(err)
		}
		c.clock.set(t, "2026-12-10 10:00:00")
		if _, err := c.Renew(ctx, "p1", loans.Loans[0].ID); err != nil {
			t.Fatal(err)
		}
		back("11")
		want("renewed and returned", "b1 2026-12 1")
		lend("12")
		lend("21")
		if _, _, err := c.Checkout(ctx, "1", "21", ""); err == nil {
			t.Error("it was lent twice")
		}
		want("more loans", "b1 2026-12 2", "b2 2026-12 1")
		back("12")
		back("21")
		c.clock.set(t, "2027-01-05 10:00:00")
		lend("11")
		back("11")
		want("another month", "b1 2026-12 2", "b1 2027-01 1", "b2 2026-12 1")

		move := func(item string, to library.BibID) {
			t.Helper()
			err := c.db.Tx(ctx, func(tx *db.Tx) error {
				_, err := c.MoveItemTx(ctx, tx, item, ledger.Placement{Bib: to})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		move("11", "b2")
		want("one of two copies moves", "b1 2026-12 2", "b1 2027-01 1", "b2 2026-12 1")
		move("12", "b2")
		want("the last copy moves", "b2 2026-12 3", "b2 2027-01 1")

		c.clock.set(t, "2027-12-31 10:00:00")
		if err := c.catalogue.DropLoanCounts(ctx); err != nil {
			t.Fatal(err)
		}
		want("a year later", "b2 2026-12 3", "b2 2027-01 1")
		c.clock.set(t, "2028-01-01 10:00:00")
		if err := c.catalogue.DropLoanCounts(ctx); err != nil {
			t.Fatal(err)
		}
		want("a month later", "b2 2027-01 1")
		err = c.db.Tx(ctx, func(tx *db.Tx) error { return c.WithdrawBibTx(ctx, tx, "b2") })
		if err != nil {
			t.Fatal(err)
		}
		want("the bib is withdrawn")
	})
}
