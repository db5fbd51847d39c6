package central_test

import (
	"net/http"
	"testing"
	"time"

	"madoguchi/central/ledger"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// closes closes a branch of a city on a day.
func (c *holdCity) closes(code library.BranchCode, day library.Date) {
	c.t.Helper()
	all, err := c.catalogue.Branches(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	b, _ := library.Site{Branches: all}.Branch(code)
	b.Calendar.Closed = append(b.Calendar.Closed, day)
	if err := c.catalogue.PutBranch(c.t.Context(), b); err != nil {
		c.t.Fatal(err)
	}
}

// TestCheckoutAtABranch: what is lent on 2026-11-24 is due on 2026-12-08, on which chuo,
// where the terminal stands, is closed.
func TestCheckoutAtABranch(t *testing.T) {
	eachCity(t, 0, func(t *testing.T, c *holdCity) {
		eighth := library.Date{Year: 2026, Month: 12, Day: 8}
		c.closes("chuo", eighth)
		c.put(0, 4)
		staff := c.staff()
		lend := func(n int, at library.BranchCode) *http.Response {
			return c.change("POST", "/v1/desk/checkouts", staff, newKey(), protocol.Checkout{Card: "1001", Item: string(itemID(n)), Branch: at})
		}
		for n, test := range []struct {
			at  library.BranchCode
			due library.Date
		}{{"", eighth.Add(1)}, {"chuo", eighth.Add(1)}, {"kita", eighth}} {
			if out := answer[protocol.CheckedOut](t, lend(n, test.at)); out.DueOn != test.due {
				t.Errorf("at %q: due on %s, want %s", test.at, out.DueOn, test.due)
			}
		}
		wantProblem(t, lend(3, "nowhere"), http.StatusNotFound, "branch_unknown")
		for _, l := range answer[library.PatronLoans](t, c.get("/v1/me/loans", c.token)).Loans {
			want := library.BranchCode("chuo")
			if l.ItemID == itemID(2) {
				want = "kita"
			}
			if l.Branch != want || l.Refusal != "renew_too_early" {
				t.Errorf("%+v, want of %s", l, want)
			}
			wantProblem(t, c.renew(c.token, newKey(), l.ID), http.StatusConflict, "renew_too_early")
		}

		policy := library.DefaultPolicy()
		policy.MaxLoans = 3
		c.config.Desk = ledger.New(ledger.Config{DB: c.db, Catalogue: c.catalogue, Policy: func() library.Policy { return policy }, Now: func() time.Time { return c.now }})
		c.with(c.ledger.Circulation())
		wantProblem(t, lend(3, ""), http.StatusConflict, "too_many_loans")
		policy.MaxLoans = 4
		answer[protocol.CheckedOut](t, lend(3, ""))
	})
}

// TestDueDatesMoveInTheMorning, with the number by which terminals know.
func TestDueDatesMoveInTheMorning(t *testing.T) {
	eachCity(t, 1, func(t *testing.T, c *holdCity) { // lent to 1003 until 2026-12-08
		c.closes("chuo", library.Date{Year: 2026, Month: 12, Day: 8})
		due := func() library.Date {
			t.Helper()
			return answer[protocol.Availability](t, c.do("GET", "/v1/bibs/"+string(bibID(0))+"/availability", "", "Authorization", "Bearer "+c.secret)).Items[0].DueOn
		}
		before, err := c.catalogue.Log(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct{ hour, due int }{{5, 8}, {6, 9}} {
			c.now = time.Date(2026, 12, 7, step.hour, 0, 0, 0, library.Site{}.Location())
			if err := c.ExpireHolds(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := due(); got.Day != step.due {
				t.Errorf("at %d o'clock it is due on %s", step.hour, got)
			}
		}
		if after, err := c.catalogue.Log(t.Context()); err != nil || after.Number != before.Number+1 {
			t.Errorf("%d changes, %v", after.Number-before.Number, err)
		}
	})
}
