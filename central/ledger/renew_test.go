package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// TestRenewal a week after the loan, which is due on 2026-12-08.
func TestRenewal(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(*testing.T, *city, library.Loan)
		as      library.PatronID
		want    error
	}{
		{"after a week", nil, "", nil},
		{"on the day of the loan", func(t *testing.T, c *city, _ library.Loan) { c.clock.set(t, "2026-11-24 12:00:00") }, "", library.ErrRenewTooEarly},
		{"on the day after it", func(t *testing.T, c *city, _ library.Loan) { c.clock.set(t, "2026-11-25 12:00:00") }, "", nil},
		{"on the due date", func(t *testing.T, c *city, _ library.Loan) { c.clock.set(t, "2026-12-08 12:00:00") }, "", nil},
		{"a day late", func(t *testing.T, c *city, _ library.Loan) { c.clock.set(t, "2026-12-09 12:00:00") }, "", library.ErrOverdue},
		{"of another library", func(t *testing.T, c *city, l library.Loan) {
			if err := c.SetOwned(t.Context(), l.ItemID, false); err != nil {
				t.Fatal(err)
			}
		}, "", library.ErrNotOwned},
		{"another patron waits", func(t *testing.T, c *city, l library.Loan) { c.hold(t, "p2", l.BibID, "waiting") }, "", library.ErrHeldByOther},
		{"another waits for another bib", func(t *testing.T, c *city, _ library.Loan) { c.hold(t, "p2", "b2", "waiting") }, "", nil},
		{"another has one ready", func(t *testing.T, c *city, l library.Loan) { c.hold(t, "p2", l.BibID, "ready") }, "", nil},
		{"another no longer waits", func(t *testing.T, c *city, l library.Loan) { c.hold(t, "p2", l.BibID, "cancelled") }, "", nil},
		{"the patron waits", func(t *testing.T, c *city, l library.Loan) { c.hold(t, "p1", l.BibID, "waiting") }, "", nil},
		{"renewed before", func(t *testing.T, c *city, l library.Loan) {
			if _, err := c.Renew(t.Context(), "p1", l.ID); err != nil {
				t.Fatal(err)
			}
		}, "", library.ErrRenewalLimit},
		{"not renewed before, but nothing may be", func(_ *testing.T, c *city, _ library.Loan) { c.policy.RenewalLimit = 0 }, "", library.ErrRenewalLimit},
		{"returned", func(t *testing.T, c *city, _ library.Loan) {
			if _, err := c.Return(t.Context(), "i1", ""); err != nil {
				t.Fatal(err)
			}
		}, "", library.ErrUnknownLoan},
		{"of another patron", nil, "p2", library.ErrUnknownLoan},
		{"of nobody", nil, "p1\x00", library.ErrUnknownLoan},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			each(t, func(t *testing.T, c *city) {
				ctx := t.Context()
				c.book(t, "b1", "i1")
				c.book(t, "b2", "i2")
				c.patron(t, "p1")
				c.patron(t, "p2")
				loan := c.lend(t, "1", "i1")
				c.clock.set(t, "2026-12-01 10:00:00")
				if test.prepare != nil {
					test.prepare(t, c, loan)
				}
				before, err := c.Loans(ctx, "p1")
				if err != nil {
					t.Fatal(err)
				}
				as := test.as
				if as == "" {
					as = "p1"
				}
				got, err := c.Renew(ctx, as, loan.ID)
				if !errors.Is(err, test.want) || err == nil != (test.want == nil) {
					t.Fatalf("got %v, want %v", err, test.want)
				}
				after, err := c.Loans(ctx, "p1")
				if err != nil {
					t.Fatal(err)
				}
				c.sound(t)
				if test.want != nil {
					if len(after.Loans) != len(before.Loans) || len(after.Loans) > 0 && after.Loans[0] != before.Loans[0] {
						t.Errorf("a refused renewal made of %+v %+v", before, after)
					}
					if as == "p1" && len(before.Loans) > 0 && before.Loans[0].Refusal != codeOf(test.want) {
						t.Errorf("the list says %q before, the renewal %q", before.Loans[0].Refusal, test.want)
					}
					return
				}
				if before.Loans[0].Refusal != "" || before.Loans[0].RenewsUntil != got.DueOn {
					t.Errorf("the list says %+v of what may be renewed, and became %+v", before.Loans[0], got)
				}
				if due := c.Today().Add(14); got.DueOn != due || got.Renewals != 1 || got.Refusal != library.ErrRenewalLimit.Code || !got.RenewsUntil.IsZero() || got.Title != "こころ 上" {
					t.Errorf("renewed, it is %+v", got)
				}
				if after.Loans[0] != got {
					t.Errorf("the list has %+v, the renewal answered %+v", after.Loans[0], got)
				}
			})
		})
	}
}

// The day ends in Japan, while the server's own clock tells 15 o'clock UTC.
func TestRenewalAtTheEdgeOfTheDay(t *testing.T) {
	tests := []struct {
		at   string
		due  string // "" for too late
		want error
	}{
		{"2026-12-08 00:00:00", "2026-12-22", nil},
		{"2026-12-08 08:59:59", "2026-12-22", nil}, // the 7th in UTC
		{"2026-12-08 23:59:59", "2026-12-22", nil},
		{"2026-12-09 00:00:00", "", library.ErrOverdue}, // the 8th in UTC
	}
	for _, test := range tests {
		t.Run(test.at, func(t *testing.T) {
			each(t, func(t *testing.T, c *city) {
				c.book(t, "b1", "i1")
				c.patron(t, "p1")
				c.clock.set(t, "2026-11-24 00:00:00") // the 23rd in UTC
				loan := c.lend(t, "1", "i1")
				if loan.LentOn != day("2026-11-24") || loan.DueOn != day("2026-12-08") {
					t.Fatalf("lent at midnight: %+v", loan)
				}
				c.clock.set(t, test.at)
				a, err := c.Account(t.Context(), "p1")
				if late := test.want != nil; err != nil || a.Overdue == 1 != late {
					t.Errorf("account %+v, %v", a, err)
				}
				got, err := c.Renew(t.Context(), "p1", loan.ID)
				if !errors.Is(err, test.want) {
					t.Fatalf("got %v, want %v", err, test.want)
				}
				if test.due != "" && got.DueOn != day(test.due) {
					t.Errorf("due on %s, want %s", got.DueOn, test.due)
				}
			})
		})
	}
}

// Terminals at two central servers renew one loan at once, in both kinds of
// transactions: the one that begins anew when another was first, and the one that
// waits for it.
func TestRenewedOnceByMany(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			at := dsn(t)
			c := open(t, dbtest.Open(t, at))
			other := dbtest.Open(t, at)
			sides := []*ledger.Ledger{c.Ledger, c.another(t, other)}
			waiting := func(ctx context.Context, fn func(*db.Tx) error) error { return other.Locked(ctx, nil, fn) }
			c.patron(t, "p1")
			for what, kinds := range map[string][]func(context.Context, func(*db.Tx) error) error{
				"anew": {c.db.Tx, other.Tx}, "waiting": {waiting}, "both": {c.db.Tx, waiting},
			} {
				for n := range 4 {
					item := fmt.Sprint(what, n)
					c.clock.set(t, "2026-11-24 10:00:00")
					c.book(t, library.BibID(item), item)
					loan := c.lend(t, "1", item)
					c.clock.set(t, "2026-11-30 10:00:00")
					c.renewedOnce(t, loan, func(n int) error {
						return kinds[n%len(kinds)](t.Context(), func(tx *db.Tx) error {
							_, err := sides[n%2].RenewTx(t.Context(), tx, "p1", loan.ID)
							return err
						})
					})
				}
			}
			c.sound(t)
		})
	}
}

// renewedOnce tries to renew from many sides at once.
func (c *city) renewedOnce(t *testing.T, loan library.Loan, renew func(n int) error) {
	t.Helper()
	var done, limit atomic.Int64
	var wg sync.WaitGroup
	const tries = 16
	for n := range tries {
		wg.Go(func() {
			switch err := renew(n); {
			case err == nil:
				done.Add(1)
			case errors.Is(err, library.ErrRenewalLimit):
				limit.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if done.Load() != 1 || limit.Load() != tries-1 {
		t.Errorf("item %s: renewed %d times, refused %d times", loan.ItemID, done.Load(), limit.Load())
	}
	all, err := c.Loans(t.Context(), loan.PatronID)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all.Loans {
		if l.ID == loan.ID && (l.Renewals != 1 || l.DueOn != day("2026-12-14")) {
			t.Errorf("%+v", l)
		}
	}
}
