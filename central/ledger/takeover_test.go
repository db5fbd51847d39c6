package ledger_test

import (
	"errors"
	"testing"

	"madoguchi/central/ledger"
	"madoguchi/library"
)

func TestTakeOver(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.book(t, "b1", "lent", "late", "ready", "sent")
		c.patron(t, "p1", library.BlockStaff) // who has borrowed before
		c.patron(t, "p2")
		standing := ledger.Standing{
			Loans: []ledger.StandingLoan{
				{Card: "1", Item: "lent", LentOn: day("2026-11-10"), DueOn: day("2026-12-05"), Renewals: 1},
				{Card: "2", Item: "late", Branch: "kita", LentOn: day("2026-10-01"), DueOn: day("2026-10-15")},
			},
			Holds: []ledger.StandingHold{
				{Card: "2", Bib: "b1", Pickup: "kita", ReceivedAt: c.clock.Now(), Item: "ready", ContactedOn: day("2026-11-23"), ShelfUntil: day("2026-12-01")},
			},
		}
		if err := c.TakeOver(ctx, standing); err != nil {
			t.Fatal(err)
		}
		if h := c.holdOf(t, "p2", "b1"); h.ReadyOn != day("2026-11-23") || h.ContactedOn != day("2026-11-23") || h.ShelfUntil != day("2026-12-01") {
			t.Errorf("the hold is %+v", h)
		}
		p, err := c.PatronByCard(ctx, "1")
		if err != nil {
			t.Fatal(err)
		}
		all, err := c.Loans(ctx, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(all.Loans) != 1 || all.Loans[0].Branch != "chuo" || all.Loans[0].LentOn != day("2026-11-10") || all.Loans[0].DueOn != day("2026-12-05") || all.Loans[0].Refusal != "renewal_limit" {
			t.Errorf("the loan is %+v", all.Loans)
		}
		q, err := c.PatronByCard(ctx, "2")
		if err != nil {
			t.Fatal(err)
		}
		if a, err := c.Account(ctx, q.ID); err != nil || a.Overdue != 1 || a.HoldsReady != 1 {
			t.Errorf("the other's account is %+v, %v", a, err)
		}
		if late, err := c.Loans(ctx, q.ID); err != nil || len(late.Loans) != 1 || late.Loans[0].Branch != "kita" {
			t.Errorf("the other's loan is %+v, %v", late, err)
		}
		want := map[library.ItemID]library.Availability{
			"lent":  {ItemID: "lent", State: library.OnLoan, DueOn: day("2026-12-05")},
			"late":  {ItemID: "late", State: library.OnLoan, DueOn: day("2026-10-15")},
			"ready": {ItemID: "ready", State: library.OnHoldShelf},
			"sent":  {ItemID: "sent", State: library.OnShelf},
		}
		items, err := c.Availability(ctx, "b1")
		if err != nil || len(items) != len(want) {
			t.Fatalf("%d items, %v", len(items), err)
		}
		for _, a := range items {
			if a != want[a.ItemID] {
				t.Errorf("item %+v, want %+v", a, want[a.ItemID])
			}
		}

		// A hold that waits stands in the way of a renewal; one on its way does not.
		c.patron(t, "p3")
		waits := ledger.StandingHold{Card: "3", Bib: "b1", Pickup: "chuo", ReceivedAt: c.clock.Now(), Item: "sent"}
		if err := c.TakeOver(ctx, ledger.Standing{Holds: []ledger.StandingHold{waits}}); err != nil {
			t.Fatal(err)
		}
		if all, _ = c.Loans(ctx, p.ID); all.Loans[0].Refusal != "renewal_limit" {
			t.Errorf("with a hold on its way: %+v", all.Loans)
		}
		c.patron(t, "p4")
		waits.Card, waits.Item = "4", ""
		if err := c.TakeOver(ctx, ledger.Standing{Holds: []ledger.StandingHold{waits}}); err != nil {
			t.Fatal(err)
		}
		if all, _ = c.Loans(ctx, p.ID); all.Loans[0].Refusal != "held_by_other" {
			t.Errorf("with a hold waiting: %+v", all.Loans)
		}
	})
}

func TestTakeOverIsAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.book(t, "b1", "free", "lent")
		c.book(t, "b2", "other")
		c.patron(t, "p1")
		c.lend(t, "1", "lent")
		loan := ledger.StandingLoan{Card: "1", Item: "free", LentOn: day("2026-11-20"), DueOn: day("2026-12-04")}
		hold := ledger.StandingHold{Card: "1", Bib: "b2", Pickup: "chuo", ReceivedAt: c.clock.Now()}
		good := ledger.Standing{Loans: []ledger.StandingLoan{loan}, Holds: []ledger.StandingHold{hold}}
		for name, test := range map[string]struct {
			spoil func(l *ledger.StandingLoan, h *ledger.StandingHold)
			want  error // nil: any
		}{
			"nobody's loan":     {func(l *ledger.StandingLoan, _ *ledger.StandingHold) { l.Card = "9" }, library.ErrUnknownPatron},
			"no such item":      {func(l *ledger.StandingLoan, _ *ledger.StandingHold) { l.Item = "none" }, library.ErrUnknownItem},
			"lent twice":        {func(l *ledger.StandingLoan, _ *ledger.StandingHold) { l.Item = "lent" }, library.ErrItemOnLoan},
			"lent nowhere":      {func(l *ledger.StandingLoan, _ *ledger.StandingHold) { l.Branch = "none" }, library.ErrUnknownBranch},
			"no first day":      {func(l *ledger.StandingLoan, _ *ledger.StandingHold) { l.LentOn = library.Date{} }, nil},
			"due before it":     {func(l *ledger.StandingLoan, _ *ledger.StandingHold) { l.DueOn = day("2026-11-19") }, nil},
			"nobody's hold":     {func(_ *ledger.StandingLoan, h *ledger.StandingHold) { h.Card = "9" }, library.ErrUnknownPatron},
			"no such branch":    {func(_ *ledger.StandingLoan, h *ledger.StandingHold) { h.Pickup = "none" }, library.ErrUnknownBranch},
			"no such bib":       {func(_ *ledger.StandingLoan, h *ledger.StandingHold) { h.Bib = "none" }, library.ErrUnknownBib},
			"a copy of another": {func(_ *ledger.StandingLoan, h *ledger.StandingHold) { h.Item = "lent" }, nil},
			"a key with a NUL":  {func(_ *ledger.StandingLoan, h *ledger.StandingHold) { h.Bib = "b2\x00" }, library.ErrUnknownBib},
		} {
			bad := ledger.Standing{Loans: []ledger.StandingLoan{loan}, Holds: []ledger.StandingHold{hold}}
			test.spoil(&bad.Loans[0], &bad.Holds[0])
			if err := c.TakeOver(ctx, bad); err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		// Had anything of those stayed, this would be refused.
		if err := c.TakeOver(ctx, good); err != nil {
			t.Error(err)
		}
	})
}
