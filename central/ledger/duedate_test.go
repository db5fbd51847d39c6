package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"madoguchi/central/ledger"
	"madoguchi/library"
)

// TestDueOnAnOpenDayOfTheLender: what is lent on 2026-12-15 is due on 2026-12-29, on
// which chuo is closed, until the 3rd, and kita is open.
func TestDueOnAnOpenDayOfTheLender(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.closes(t, "chuo", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02", "2027-01-03")
		c.closes(t, "kita")
		c.clock.set(t, "2026-12-15 10:00:00")
		c.patron(t, "p1")
		c.book(t, "b1", "own", "here", "there", "fixed", "nowhere")
		for _, test := range []struct {
			item string
			at   library.BranchCode
			want library.Loan // its branch and due date
			err  error
		}{
			{"own", "", library.Loan{Branch: "chuo", DueOn: day("2027-01-04")}, nil},
			{"here", "chuo", library.Loan{Branch: "chuo", DueOn: day("2027-01-04")}, nil},
			{"there", "kita", library.Loan{Branch: "kita", DueOn: day("2026-12-29")}, nil},
			{"nowhere", "nishi", library.Loan{}, library.ErrUnknownBranch},
			{"nowhere", "ch\x00", library.Loan{}, library.ErrUnknownBranch},
		} {
			got, _, err := c.Checkout(t.Context(), "1", test.item, test.at)
			if !errors.Is(err, test.err) || got.Branch != test.want.Branch || got.DueOn != test.want.DueOn {
				t.Errorf("%s at %q: %+v, %v, want %+v", test.item, test.at, got, err, test)
			}
		}
		c.policy.DueOnOpenDay = false
		if l := c.lend(t, "1", "fixed"); l.DueOn != day("2026-12-29") {
			t.Errorf("where nothing moves it is due on %s", l.DueOn)
		}
		c.policy.DueOnOpenDay = true
		c.clock.set(t, "2026-12-17 10:00:00")
		all, err := c.Loans(t.Context(), "p1")
		if err != nil {
			t.Fatal(err)
		}
		got := map[library.ItemID][3]string{}
		for _, l := range all.Loans {
			got[l.ItemID] = [3]string{string(l.Branch), l.RenewsUntil.String(), l.Refusal}
		}
		for item, want := range map[library.ItemID][3]string{
			"own":   {"chuo", "", "renew_too_early"}, // the 31st moves to the 4th, which it is due on
			"there": {"kita", "2026-12-31", ""},
			"fixed": {"chuo", "2027-01-04", ""},
		} {
			if got[item] != want {
				t.Errorf("%s: %q, want %q", item, got[item], want)
			}
		}
		c.sound(t)
	})
}

// TestDueDatesMove when closed days are entered after something was lent.
func TestDueDatesMove(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.closes(t, "chuo")
		c.closes(t, "kita")
		c.patron(t, "p1")
		c.patron(t, "p2")
		c.book(t, "b1", "late", "a", "b", "elsewhere", "back")
		lend := func(on, card, item string, at library.BranchCode) {
			t.Helper()
			c.clock.set(t, on+" 10:00:00")
			if _, _, err := c.Checkout(ctx, card, item, at); err != nil {
				t.Fatal(err)
			}
		}
		lend("2026-11-20", "2", "late", "chuo") // due on 2026-12-04
		lend("2026-11-24", "1", "a", "chuo")    // due on 2026-12-08
		lend("2026-11-24", "1", "elsewhere", "kita")
		lend("2026-11-24", "2", "back", "chuo")
		lend("2026-11-25", "1", "b", "chuo") // due on 2026-12-09
		if _, err := c.Return(ctx, "back", "chuo"); err != nil {
			t.Fatal(err)
		}
		c.clock.set(t, "2026-12-07 06:00:00")
		for _, step := range []struct {
			what   string
			closed []string // at chuo
			moved  int
			due    map[string]string
		}{
			{"nothing was closed", nil, 0, map[string]string{"late": "2026-12-04", "a": "2026-12-08", "b": "2026-12-09"}},
			{"a day", []string{"2026-12-08"}, 1, map[string]string{"late": "2026-12-04", "a": "2026-12-09", "b": "2026-12-09"}},
			{"the same day once more", []string{"2026-12-08"}, 0, map[string]string{"late": "2026-12-04", "a": "2026-12-09", "b": "2026-12-09"}},
			{"the day that it moved to, and more", []string{"2026-12-08", "2026-12-09", "2026-12-10"}, 2, map[string]string{"late": "2026-12-04", "a": "2026-12-11", "b": "2026-12-11"}},
			{"open after all", nil, 0, map[string]string{"late": "2026-12-04", "a": "2026-12-11", "b": "2026-12-11"}},
			{"a day after which something is late", []string{"2026-12-05"}, 0, map[string]string{"late": "2026-12-04", "a": "2026-12-11", "b": "2026-12-11"}},
			{"the day on which it was due", []string{"2026-12-04", "2026-12-05"}, 1, map[string]string{"late": "2026-12-06", "a": "2026-12-11", "b": "2026-12-11"}},
			{"two weeks", span("2026-12-11", 14), 2, map[string]string{"late": "2026-12-06", "a": "2026-12-25", "b": "2026-12-25"}},
			{"a longer time", span("2026-12-25", 15), 0, map[string]string{"late": "2026-12-06", "a": "2026-12-25", "b": "2026-12-25"}},
		} {
			c.closes(t, "chuo", step.closed...)
			before, err := c.catalogue.Log(ctx)
			if err != nil {
				t.Fatal(err)
			}
			moved, err := c.MoveDueDates(ctx)
			if err != nil || moved != step.moved {
				t.Errorf("%s: %d moved, %v, want %d", step.what, moved, err, step.moved)
			}
			after, err := c.catalogue.Log(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if n := after.Number - before.Number; n != int64(step.moved) { // for the terminals
				t.Errorf("%s: %d changes, want %d", step.what, n, step.moved)
			}
			step.due["elsewhere"], step.due["back"] = "2026-12-08", ""
			items, err := c.Availability(ctx, "b1")
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range items {
				if a.DueOn.String() != step.due[string(a.ItemID)] {
					t.Errorf("%s: %s is due on %s, want %s", step.what, a.ItemID, a.DueOn, step.due[string(a.ItemID)])
				}
			}
			c.sound(t) // and so are the loans
		}
		if a, err := c.Account(ctx, "p2"); err != nil || a.Overdue != 1 {
			t.Errorf("what is late by now is counted as %+v, %v", a, err)
		}
		c.policy.DueOnOpenDay = false
		c.closes(t, "chuo", "2026-12-25")
		if moved, err := c.MoveDueDates(ctx); err != nil || moved != 0 {
			t.Errorf("%d moved where nothing moves, %v", moved, err)
		}
	})
}

// span are so many days from one on.
func span(from string, days int) (all []string) {
	for n := range days {
		all = append(all, day(from).Add(n).String())
	}
	return all
}

// TestDueDatesMoveBesideTheDesk: while loans move, they are renewed and given back, by
// another process too; none is moved that is not there any more, and none gets earlier.
func TestDueDatesMoveBesideTheDesk(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		const loans = 30
		ctx := t.Context()
		c.closes(t, "chuo")
		c.patron(t, "p1")
		var all []library.Loan
		for n := range loans {
			item := fmt.Sprint("i", n)
			c.book(t, library.BibID(fmt.Sprint("b", n)), item)
			all = append(all, c.lend(t, "1", item))
		}
		c.closes(t, "chuo", "2026-12-08", "2026-12-15")
		c.clock.set(t, "2026-12-01 10:00:00")
		var work sync.WaitGroup
		other := c.another(t, c.db)
		var moved atomic.Int64
		for _, l := range []*ledger.Ledger{c.Ledger, other} {
			work.Go(func() {
				n, err := l.MoveDueDates(ctx)
				moved.Add(int64(n))
				if err != nil {
					t.Error(err)
				}
			})
		}
		work.Go(func() {
			for n, l := range all {
				var err error
				switch n % 3 {
				case 0:
					_, err = other.Renew(ctx, "p1", l.ID)
				case 1:
					_, err = other.Return(ctx, string(l.ItemID), "chuo")
				}
				if err != nil {
					t.Errorf("loan %d: %v", n, err)
				}
			}
		})
		work.Wait()
		if n := moved.Load(); n < loans/3 || n > loans {
			t.Errorf("%d moved", n)
		}
		left, err := c.Loans(ctx, "p1")
		if err != nil || len(left.Loans) != 2*loans/3 {
			t.Errorf("%d loans, %v", len(left.Loans), err)
		}
		for _, l := range left.Loans {
			if want := []string{"2026-12-09", "2026-12-16"}[l.Renewals]; l.DueOn != day(want) {
				t.Errorf("renewed %d times it is due on %s, want %s", l.Renewals, l.DueOn, want)
			}
		}
		c.sound(t)
	})
}

func TestNoMoreLoansThanAllowed(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.policy.MaxLoans = 3
		c.patron(t, "p1")
		c.patron(t, "p2")
		var items []string
		for n := range 12 {
			items = append(items, fmt.Sprint("i", n))
			c.book(t, library.BibID(fmt.Sprint("b", n)), items[n]) // of which each is locked by itself
		}
		var lent atomic.Int64
		var desks sync.WaitGroup
		for _, item := range items { // at twelve desks at once
			desks.Go(func() {
				_, _, err := c.Checkout(ctx, "1", item, "")
				if err == nil {
					lent.Add(1)
				} else if !errors.Is(err, library.ErrTooManyLoans) {
					t.Error(err)
				}
			})
		}
		desks.Wait()
		all, err := c.Loans(ctx, "p1")
		if err != nil || lent.Load() != 3 || len(all.Loans) != 3 {
			t.Fatalf("%d lent, %d loans, %v", lent.Load(), len(all.Loans), err)
		}
		free := items[slices.IndexFunc(items, func(item string) bool {
			return !slices.ContainsFunc(all.Loans, func(l library.PatronLoan) bool { return string(l.ItemID) == item })
		})]
		c.lend(t, "2", free)
		for _, item := range []string{string(all.Loans[0].ItemID), free} {
			if _, err := c.Return(ctx, item, ""); err != nil {
				t.Fatal(err)
			}
		}
		c.lend(t, "1", free)
		c.policy.MaxLoans = 0
		c.lend(t, "1", string(all.Loans[0].ItemID))
		c.sound(t)
	})
}

// TestTakenOverLoansAreOfTheItemsBranch: what the system before said is what the patron
// was told, until the next morning finds it on a closed day.
func TestTakenOverLoansAreOfTheItemsBranch(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.closes(t, "chuo", "2026-12-05")
		c.policy.MaxLoans = 1
		c.patron(t, "p1")
		c.book(t, "b1", "i1", "i2")
		var loans []ledger.StandingLoan
		for _, item := range []string{"i1", "i2"} {
			loans = append(loans, ledger.StandingLoan{Card: "1", Item: item, LentOn: day("2026-11-21"), DueOn: day("2026-12-05")})
		}
		if err := c.TakeOver(ctx, ledger.Standing{Loans: loans}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"2026-12-05", "2026-12-06"} {
			all, err := c.Loans(ctx, "p1")
			if err != nil || len(all.Loans) != 2 || all.Loans[0].Branch != "chuo" || all.Loans[0].DueOn != day(want) {
				t.Errorf("%+v, %v, want due on %s", all.Loans, err, want)
			}
			if _, err := c.MoveDueDates(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	})
}
