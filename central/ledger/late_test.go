package ledger_test

import (
	"errors"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// renewAsOf renews what a patron has of an item as of a time, in Japan's.
func (c *city) renewAsOf(t *testing.T, patron library.PatronID, item library.ItemID, japan string) (l library.PatronLoan, refusal error) {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", japan, time.FixedZone("JST", 9*60*60))
	if err != nil {
		t.Fatal(err)
	}
	refusal = c.db.Locked(t.Context(), nil, func(tx *db.Tx) (err error) {
		l, err = c.RenewItemTx(t.Context(), tx, patron, item, at)
		return err
	})
	return l, refusal
}

// TestRenewalAsOfWhenItWasAskedFor: lent on 2026-11-24 and due on 2026-12-08, asked for
// at one time and judged at another.
func TestRenewalAsOfWhenItWasAskedFor(t *testing.T) {
	hold := func(t *testing.T, c *city, at string) {
		c.hold(t, "p2", "b1", "waiting")
		received, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		c.exec(t, `UPDATE hold SET received_at = $1`, received.UnixMilli())
	}
	for name, test := range map[string]struct {
		asked, judged string
		prepare       func(*testing.T, *city)
		due           string // "" for refused
		want          error
	}{
		"judged at once":         {"2026-12-01 10:00:00", "2026-12-01 10:00:00", nil, "2026-12-15", nil},
		"judged two days later":  {"2026-12-01 10:00:00", "2026-12-03 10:00:00", nil, "2026-12-15", nil},
		"judged when it was due": {"2026-12-08 23:59:59", "2026-12-20 10:00:00", nil, "2026-12-22", nil},
		"asked for too late":     {"2026-12-09 00:00:00", "2026-12-20 10:00:00", nil, "", library.ErrOverdue},
		"somebody waited before": {"2026-12-01 10:00:00", "2026-12-03 10:00:00", func(t *testing.T, c *city) { hold(t, c, "2026-12-01T09:59:59+09:00") }, "", library.ErrHeldByOther},
		"somebody waits since":   {"2026-12-01 10:00:00", "2026-12-03 10:00:00", func(t *testing.T, c *city) { hold(t, c, "2026-12-01T10:00:01+09:00") }, "2026-12-15", nil},
		"renewed before":         {"2026-12-01 10:00:00", "2026-12-03 10:00:00", func(t *testing.T, c *city) { c.exec(t, `UPDATE loan SET renewals = 1`) }, "", library.ErrRenewalLimit},
		"renewed since, and again": {"2026-11-25 10:00:00", "2026-12-03 10:00:00", func(t *testing.T, c *city) {
			c.policy.RenewalLimit = 2
			c.exec(t, `UPDATE loan SET renewals = 1, due_on = '2026-12-16'`)
			c.exec(t, `UPDATE item SET due_on = '2026-12-16'`)
		}, "", library.ErrRenewTooEarly},
		"asked for before it was lent": {"2026-11-23 23:59:59", "2026-12-03 10:00:00", nil, "", library.ErrUnknownLoan},
		"on the day of the loan":       {"2026-11-24 09:00:00", "2026-12-03 10:00:00", nil, "", library.ErrRenewTooEarly},
		"on the day after it":          {"2026-11-25 09:00:00", "2026-12-03 10:00:00", nil, "2026-12-09", nil},
		"onto a day that was closed since": {"2026-12-01 10:00:00", "2026-12-03 10:00:00", func(t *testing.T, c *city) {
			c.closes(t, "chuo", "2026-12-15", "2026-12-16")
		}, "2026-12-17", nil},
		"of another library": {"2026-12-01 10:00:00", "2026-12-03 10:00:00", func(t *testing.T, c *city) { c.exec(t, `UPDATE item SET owned = FALSE`) }, "", library.ErrNotOwned},
		"withdrawn since": {"2026-12-01 10:00:00", "2026-12-03 10:00:00", func(t *testing.T, c *city) {
			if _, err := c.Withdraw(t.Context(), "i1"); err != nil {
				t.Fatal(err)
			}
		}, "", library.ErrWithdrawn},
		"given back since": {"2026-12-01 10:00:00", "2026-12-03 10:00:00", func(t *testing.T, c *city) {
			if _, err := c.Return(t.Context(), "i1", ""); err != nil {
				t.Fatal(err)
			}
		}, "", library.ErrUnknownLoan},
		"lent to another since": {"2026-12-01 10:00:00", "2026-12-03 10:00:00", func(t *testing.T, c *city) {
			if _, err := c.Return(t.Context(), "i1", ""); err != nil {
				t.Fatal(err)
			}
			c.lend(t, "2", "i1")
		}, "", library.ErrUnknownLoan},
		"lent to the same again since": {"2026-12-01 10:00:00", "2026-12-03 10:00:00", func(t *testing.T, c *city) {
			if _, err := c.Return(t.Context(), "i1", ""); err != nil {
				t.Fatal(err)
			}
			c.lend(t, "1", "i1")
		}, "", library.ErrUnknownLoan},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c *city) {
				c.book(t, "b1", "i1")
				c.patron(t, "p1")
				c.patron(t, "p2")
				c.lend(t, "1", "i1")
				c.clock.set(t, test.judged)
				if test.prepare != nil {
					test.prepare(t, c)
				}
				got, err := c.renewAsOf(t, "p1", "i1", test.asked)
				if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
					t.Fatalf("got %v, want %v", err, test.want)
				}
				if got.BibID != "b1" || got.Title != "こころ 上" {
					t.Errorf("it is of %q, %q", got.BibID, got.Title)
				}
				if test.due != "" && got.DueOn != day(test.due) {
					t.Errorf("due on %v, want %s", got.DueOn, test.due)
				}
				if all, err := c.Loans(t.Context(), "p1"); test.due != "" && (err != nil || len(all.Loans) != 1 || all.Loans[0].DueOn != day(test.due)) {
					t.Errorf("loans %+v, %v", all, err)
				}
				c.sound(t)
			})
		})
	}
	each(t, func(t *testing.T, c *city) {
		c.patron(t, "p1")
		c.patron(t, "p2")
		c.book(t, "b1", "i1")
		loan := c.lend(t, "2", "i1")
		if _, err := c.renewAsOf(t, "p1", "i1", "2026-12-01 10:00:00"); !errors.Is(err, library.ErrUnknownLoan) {
			t.Errorf("another patron's: %v", err)
		}
		if all, err := c.Loans(t.Context(), "p2"); err != nil || len(all.Loans) != 1 || all.Loans[0].Loan != loan {
			t.Errorf("another patron's loan is %+v, %v", all, err)
		}
		for _, item := range []library.ItemID{"nothing", "", "i\x00"} {
			if got, err := c.renewAsOf(t, "p1", item, "2026-12-01 10:00:00"); !errors.Is(err, library.ErrUnknownLoan) || got != (library.PatronLoan{}) {
				t.Errorf("item %q: %+v, %v", item, got, err)
			}
		}
	})
}

// TestHoldsQueueFromWhenTheyWereReceived: what was received earlier goes first, however
// late it is placed; the future is now.
func TestHoldsQueueFromWhenTheyWereReceived(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.book(t, "b1", "i1")
		for _, p := range []library.PatronID{"p1", "p2", "p3", "p4", "p5"} {
			c.patron(t, p)
		}
		c.lend(t, "5", "i1")
		now := c.clock.Now()
		for n, test := range []struct {
			patron   library.PatronID
			received time.Time
			position int
		}{
			{"p1", time.Time{}, 1}, {"p2", now.Add(-time.Hour), 1}, {"p3", now.Add(-30 * time.Minute), 2}, {"p4", now.Add(time.Hour), 4},
		} {
			var answers []library.HoldAnswer
			err := c.db.Locked(t.Context(), nil, func(tx *db.Tx) (err error) {
				answers, err = c.PlaceHoldsTx(t.Context(), tx, test.patron, library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: library.NoNews}, test.received)
				return err
			})
			if err != nil || answers[0].Hold == nil || answers[0].Hold.Position != test.position {
				t.Fatalf("%d: %+v, %v", n, answers, err)
			}
			if at := answers[0].Hold.ReceivedAt; at.After(now) {
				t.Errorf("%d: received at %v", n, at)
			}
		}
		if r, err := c.Return(t.Context(), "i1", "chuo"); err != nil || r.HoldFor != "2" {
			t.Errorf("it goes to %+v, %v", r, err)
		}
	})
}
