package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"madoguchi/library"
)

// openCity gives the branches calendars: closed on Mondays and over the year's end.
func (c *city) openCity(t *testing.T) {
	t.Helper()
	open := library.Hours{Open: 600, Close: 1140}
	calendar := library.Calendar{Hours: [7]library.Hours{open, {}, open, open, open, open, open}}
	for d := day("2026-12-29"); d.Before(day("2027-01-04")); d = d.Add(1) {
		calendar.Closed = append(calendar.Closed, d)
	}
	for _, code := range []library.BranchCode{"chuo", "kita"} {
		if err := c.catalogue.PutBranch(t.Context(), library.Branch{Code: code, Name: string(code), Calendar: calendar}); err != nil {
			t.Fatal(err)
		}
	}
}

// place has a patron hold bibs, each of which must be possible.
func (c *city) place(t tb, patron library.PatronID, pickup library.BranchCode, bibs ...library.BibID) []library.PatronHold {
	t.Helper()
	return c.request(t, patron, library.HoldRequest{Bibs: bibs, Pickup: pickup, Contact: library.NoNews})
}

func (c *city) request(t tb, patron library.PatronID, req library.HoldRequest) (placed []library.PatronHold) {
	t.Helper()
	answers, err := c.PlaceHolds(context.Background(), patron, req)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range answers {
		if a.Hold == nil {
			t.Fatal(fmt.Sprintf("no hold on %s for %s: %s", a.BibID, patron, a.Refusal))
		}
		placed = append(placed, *a.Hold)
	}
	return placed
}

func (c *city) comesBack(t tb, item string, at library.BranchCode) library.Returned {
	t.Helper()
	r, err := c.Return(context.Background(), item, at)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (c *city) arrives(t tb, item string, at library.BranchCode) library.Returned {
	t.Helper()
	r, err := c.Arrive(context.Background(), item, at)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (c *city) holdOf(t tb, patron library.PatronID, bib library.BibID) library.PatronHold {
	t.Helper()
	all, err := c.Holds(context.Background(), patron)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range all.Holds {
		if h.BibID == bib {
			return h
		}
	}
	return library.PatronHold{}
}

func (c *city) wantState(t tb, patron library.PatronID, bib library.BibID, want library.HoldState) library.PatronHold {
	t.Helper()
	h := c.holdOf(t, patron, bib)
	if h.State != want {
		t.Errorf("the hold of %s on %s is %q, want %q", patron, bib, h.State, want)
	}
	return h
}

func (c *city) picks(t tb, branch library.BranchCode) (items []string) {
	t.Helper()
	list, err := c.PickList(context.Background(), branch)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		where := ""
		if p.FromHoldShelf {
			where = "held "
		}
		items = append(items, fmt.Sprintf("%s%s>%s", where, p.ItemID, p.To))
	}
	return items
}

func (c *city) wantPicks(t tb, branch library.BranchCode, want ...string) {
	t.Helper()
	if got := c.picks(t, branch); !slices.Equal(got, want) {
		t.Errorf("the pick list of %s is %v, want %v", branch, got, want)
	}
}

func (c *city) expires(t tb, want int) {
	t.Helper()
	if n, err := c.ExpireHolds(context.Background(), nil); err != nil || n != want {
		t.Errorf("%d expired, %v; want %d", n, err, want)
	}
}

// waiters puts a book whose copies are out, and patrons p1 to p3.
func (c *city) waiters(t tb, bib library.BibID, barcodes ...string) {
	c.book(t, bib, barcodes...)
	for _, p := range []library.PatronID{"p1", "p2", "p3", "p9"} {
		c.patron(t, p)
	}
	for _, b := range barcodes {
		c.lend(t, "9", b)
	}
}

func TestAllocationOnReturn(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.openCity(t)
		c.waiters(t, "b1", "i1", "i2")
		c.place(t, "p1", "chuo", "b1")
		second := c.place(t, "p2", "kita", "b1")[0]
		c.clock.set(t, "2026-11-24 10:05:00")
		third := c.place(t, "p3", "chuo", "b1")[0]
		if second.Position != 2 || second.Copies != 2 || third.Position != 3 || !third.MayChange || third.Title != "こころ 上" {
			t.Errorf("the second is %+v, the third %+v", second, third)
		}
		if r := c.comesBack(t, "i1", "chuo"); r != (library.Returned{Title: "こころ 上", State: library.OnHoldShelf, HoldFor: "1", Tell: library.NoNews}) {
			t.Errorf("returned at the pickup branch: %+v", r)
		}
		h := c.wantState(t, "p1", "b1", library.ReadyHold)
		if h.ContactedOn != day("2026-11-24") || h.ShelfUntil != day("2026-12-02") || h.MayChange || h.Position != 0 {
			t.Errorf("ready: %+v", h)
		}
		if a, err := c.Account(t.Context(), "p1"); err != nil || a.HoldsReady != 1 {
			t.Errorf("the account: %+v, %v", a, err)
		}
		if r := c.comesBack(t, "i2", "chuo"); r.State != library.InTransit || r.To != "kita" || r.HoldFor != "" {
			t.Errorf("returned elsewhere: %+v", r)
		}
		c.wantState(t, "p2", "b1", library.Preparing)
		c.wantPicks(t, "chuo")
		if r := c.arrives(t, "i2", "chuo"); r.To != "kita" {
			t.Errorf("it never left: %+v", r)
		}
		c.clock.set(t, "2026-12-27 10:00:00")
		if r := c.arrives(t, "i2", "kita"); r.State != library.OnHoldShelf || r.HoldFor != "2" {
			t.Errorf("arrived: %+v", r)
		}
		if h := c.wantState(t, "p2", "b1", library.ReadyHold); h.ShelfUntil != day("2027-01-12") {
			t.Errorf("over the year's end: until %s", h.ShelfUntil)
		}
		if h := c.wantState(t, "p3", "b1", library.Waiting); h.Position != 1 {
			t.Errorf("the third is number %d", h.Position)
		}
		c.agrees(t)
	})
}

func TestAllocationFromTheShelf(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.book(t, "b1", "i1", "i2")
		c.patron(t, "p1")
		c.patron(t, "p2")
		h := c.place(t, "p1", "kita", "b1")[0]
		if h.State != library.Preparing || h.ItemID != "i1" || h.MayChange {
			t.Errorf("held while it stands on its shelf: %+v", h)
		}
		c.place(t, "p2", "chuo", "b1")
		c.wantPicks(t, "chuo", "i1>kita", "i2>chuo")
		if _, _, err := c.Checkout(t.Context(), "2", "i1", ""); !errors.Is(err, library.ErrItemHeld) {
			t.Errorf("another patron borrows it: %v", err)
		}
		if r := c.arrives(t, "i2", "chuo"); r.State != library.OnHoldShelf || r.HoldFor != "2" {
			t.Errorf("fetched: %+v", r)
		}
		if r := c.arrives(t, "i1", "chuo"); r.State != library.InTransit || r.To != "kita" {
			t.Errorf("fetched: %+v", r)
		}
		c.wantPicks(t, "chuo")
		c.wantState(t, "p2", "b1", library.ReadyHold)
		c.wantState(t, "p1", "b1", library.Preparing)
		c.agrees(t)
	})
}

func TestNotFound(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.waiters(t, "b1", "i1", "i2")
		c.place(t, "p1", "chuo", "b1")
		c.clock.set(t, "2026-11-24 10:01:00")
		c.place(t, "p2", "chuo", "b1")
		c.comesBack(t, "i1", "kita")
		if r, err := c.NotFound(ctx, "i1"); err != nil || r.State != library.Missing {
			t.Errorf("%+v, %v", r, err)
		}
		if h := c.wantState(t, "p1", "b1", library.Waiting); h.Position != 1 || h.Copies != 1 {
			t.Errorf("it waits again: %+v", h)
		}
		if _, err := c.NotFound(ctx, "i2"); !errors.Is(err, library.ErrItemOnLoan) {
			t.Errorf("on loan: %v", err)
		}
		if r := c.comesBack(t, "i2", "chuo"); r.HoldFor != "1" {
			t.Errorf("%+v", r)
		}
		if r := c.arrives(t, "i1", "chuo"); r.HoldFor != "2" {
			t.Errorf("it was found: %+v", r)
		}
		c.agrees(t)
	})
}

func TestSequence(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		for _, n := range []string{"1", "2", "3"} {
			c.waiters(t, library.BibID("b"+n), "i"+n)
		}
		placed := c.request(t, "p1", library.HoldRequest{Bibs: []library.BibID{"b1", "b2", "b3"}, Pickup: "chuo", Contact: library.NoNews, Sequence: true})
		for i, h := range placed {
			if h.SequenceID == "" || h.SequenceID != placed[0].SequenceID || h.Place != i+1 {
				t.Errorf("%+v", h)
			}
		}
		c.clock.set(t, "2026-11-24 10:01:00")
		c.place(t, "p2", "chuo", "b3")
		if r := c.comesBack(t, "i2", "chuo"); r.State != library.OnShelf {
			t.Errorf("the second volume comes first: %+v", r)
		}
		if r := c.comesBack(t, "i3", "chuo"); r.HoldFor != "2" {
			t.Errorf("the third volume goes to whoever may be served: %+v", r)
		}
		if r := c.comesBack(t, "i1", "chuo"); r.HoldFor != "1" {
			t.Errorf("the first volume: %+v", r)
		}
		c.wantState(t, "p1", "b1", library.ReadyHold)
		c.wantState(t, "p1", "b2", library.Preparing)
		c.wantPicks(t, "chuo", "i2>chuo")
		if h := c.wantState(t, "p1", "b3", library.Waiting); h.Position != 1 {
			t.Errorf("the third volume keeps its place: %+v", h)
		}

		// One pickup branch: a change is one of all that still wait.
		c.waiters(t, "b4", "i4")
		c.waiters(t, "b5", "i5")
		both := c.request(t, "p3", library.HoldRequest{Bibs: []library.BibID{"b4", "b5"}, Pickup: "chuo", Contact: library.NoNews, Sequence: true})
		if h, err := c.ChangeHold(ctx, "p3", both[1].ID, "kita", library.ByPhone); err != nil || h.Pickup != "kita" || h.Contact != library.ByPhone {
			t.Errorf("%+v, %v", h, err)
		}
		if h := c.holdOf(t, "p3", "b4"); h.Pickup != "kita" {
			t.Errorf("the first has another pickup branch than the second: %+v", h)
		}
		// A cancelled first frees the second, whose copy stands on its shelf.
		c.comesBack(t, "i5", "chuo")
		c.wantState(t, "p3", "b5", library.Waiting)
		if h, err := c.CancelHold(ctx, "p3", both[0].ID); err != nil || h.State != library.Cancelled || h.EndedOn != day("2026-11-24") {
			t.Errorf("%+v, %v", h, err)
		}
		c.wantState(t, "p3", "b5", library.Preparing)
		c.agrees(t)
	})
}

func TestExpiry(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.openCity(t)
		c.waiters(t, "b1", "i1")
		c.place(t, "p1", "chuo", "b1")
		c.clock.set(t, "2026-11-24 10:01:00")
		c.place(t, "p2", "kita", "b1")
		c.comesBack(t, "i1", "chuo")
		c.clock.set(t, "2026-12-02 23:00:00")
		c.expires(t, 0)
		c.clock.set(t, "2026-12-03 05:00:00")
		c.expires(t, 1)
		c.expires(t, 0)
		if h := c.wantState(t, "p1", "b1", library.Expired); h.EndedOn != day("2026-12-03") || h.ItemID != "" {
			t.Errorf("%+v", h)
		}
		c.wantState(t, "p2", "b1", library.Preparing)
		c.wantPicks(t, "chuo", "held i1>kita")
		if r := c.arrives(t, "i1", "chuo"); r.To != "kita" {
			t.Errorf("taken from the hold shelf: %+v", r)
		}
		c.arrives(t, "i1", "kita")
		c.wantState(t, "p2", "b1", library.ReadyHold)
		c.clock.set(t, "2026-12-17 12:00:00")
		c.expires(t, 1)
		c.wantState(t, "p1", "b1", library.Expired)
		if seen, err := c.Availability(t.Context(), "b1"); err != nil || seen[0].State != library.InTransit {
			t.Errorf("nobody waits, and it goes home: %+v, %v", seen, err)
		}
		c.wantClear(t, "chuo")
		c.wantClear(t, "kita", "i1>chuo")
		if r := c.arrives(t, "i1", "kita"); r.State != library.InTransit || r.To != "chuo" {
			t.Errorf("taken off the hold shelf: %+v", r)
		}
		c.wantClear(t, "kita")
		c.clock.set(t, "2026-12-18 00:00:00")
		c.wantState(t, "p1", "b1", "")
		c.expires(t, 0)
		if n := c.count(t, `SELECT count(*) FROM hold`); n != 1 {
			t.Errorf("%d holds are kept, want that of p2", n)
		}
		c.agrees(t)
	})
}

// A branch closes on a day that nobody knew of when the patron was told: there is a
// day more. It never gets less.
func TestShelfTimeFollowsTheCalendar(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.waiters(t, "b1", "i1")
		c.place(t, "p1", "chuo", "b1")
		c.comesBack(t, "i1", "chuo")
		until := func(want string) {
			t.Helper()
			c.expires(t, 0)
			if h := c.wantState(t, "p1", "b1", library.ReadyHold); h.ShelfUntil != day(want) {
				t.Errorf("on the shelf until %s, want %s", h.ShelfUntil, want)
			}
		}
		until("2026-12-01")
		c.openCity(t) // closed on Mondays, as the calendar says now
		until("2026-12-02")
		c.clock.set(t, "2026-12-02 05:00:00")
		until("2026-12-02")
		open := library.Hours{Open: 600, Close: 1140}
		if err := c.catalogue.PutBranch(t.Context(), library.Branch{Code: "chuo", Name: "chuo", Calendar: library.Calendar{Hours: [7]library.Hours{open, open, open, open, open, open, open}}}); err != nil {
			t.Fatal(err)
		}
		until("2026-12-02")
		c.clock.set(t, "2026-12-03 05:00:00")
		c.expires(t, 1)
	})
}

// At the patron's word staff cancel what the patron no longer can.
func TestStaffWithdraw(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		withdraw := func(card string, bib library.BibID) {
			t.Helper()
			if h, err := c.WithdrawHold(t.Context(), card, bib); err != nil || h.State != library.Cancelled || h.ItemID != "" || h.EndedOn != c.Today() {
				t.Errorf("withdrawn: %+v, %v", h, err)
			}
			c.agrees(t)
		}
		c.waiters(t, "b1", "i1")
		c.waiters(t, "b2", "i2")
		for _, p := range []library.PatronID{"p1", "p2", "p3"} {
			c.clock.tick(time.Second)
			c.place(t, p, "kita", "b1")
		}
		withdraw("2", "b1") // waiting
		c.comesBack(t, "i1", "chuo")
		c.wantState(t, "p1", "b1", library.Preparing)
		withdraw("1", "b1") // on its way: it goes to the next where it arrives
		if r := c.arrives(t, "i1", "kita"); r.HoldFor != "3" {
			t.Errorf("arrived: %+v", r)
		}
		withdraw("3", "b1") // ready, and nobody is next
		c.wantClear(t, "kita", "i1>chuo")
		c.arrives(t, "i1", "kita")
		c.arrives(t, "i1", "chuo")

		c.patron(t, "p4")
		c.lend(t, "9", "i1")
		c.request(t, "p4", library.HoldRequest{Bibs: []library.BibID{"b2", "b1"}, Pickup: "chuo", Contact: library.NoNews, Sequence: true})
		c.comesBack(t, "i1", "chuo")
		c.wantState(t, "p4", "b1", library.Waiting)
		withdraw("4", "b2") // the first volume: the second is free
		c.wantState(t, "p4", "b1", library.Preparing)
		withdraw("4", "b1") // from the pick list
		c.wantPicks(t, "chuo")
		for _, card := range []string{"4", "9"} {
			if _, err := c.WithdrawHold(t.Context(), card, "b1"); !errors.Is(err, library.ErrUnknownHold) {
				t.Errorf("nothing to withdraw: %v", err)
			}
		}
		if _, err := c.WithdrawHold(t.Context(), "nobody", "b1"); !errors.Is(err, library.ErrUnknownPatron) {
			t.Errorf("nobody: %v", err)
		}
	})
}

// What stands on a hold shelf for nobody is found: by staff who put it back, by the
// next who wants it, or by nobody.
func TestClearingTheHoldShelf(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		now := day("2026-11-24")
		stands := func() {
			t.Helper()
			c.comesBack(t, "i1", "kita")
			now = now.Add(30)
			c.clock.set(t, now.String()+" 10:00:00")
			c.expires(t, 1)
			c.wantClear(t, "kita", "i1>chuo")
			c.agrees(t)
		}
		wait := func() {
			t.Helper()
			c.place(t, "p1", "kita", "b1")
			stands()
		}
		c.waiters(t, "b1", "i1")
		wait()
		if r := c.comesBack(t, "i1", "kita"); r.State != library.InTransit || r.To != "chuo" {
			t.Errorf("scanned as what came back: %+v", r)
		}
		c.wantClear(t, "kita")
		c.arrives(t, "i1", "chuo")

		c.lend(t, "9", "i1")
		wait()
		c.place(t, "p2", "chuo", "b1")
		c.wantClear(t, "kita")
		c.wantPicks(t, "chuo")
		c.wantPicks(t, "kita", "held i1>chuo")
		c.arrives(t, "i1", "kita")
		c.arrives(t, "i1", "chuo")
		c.wantState(t, "p2", "b1", library.ReadyHold)
		c.lend(t, "2", "i1")

		wait()
		c.lend(t, "2", "i1")
		c.wantClear(t, "kita")

		wait()
		if _, err := c.NotFound(t.Context(), "i1"); err != nil {
			t.Fatal(err)
		}
		c.wantClear(t, "kita")
		c.agrees(t)
		if _, err := c.ClearList(t.Context(), "nowhere"); !errors.Is(err, library.ErrUnknownBranch) {
			t.Error(err)
		}
	})
}

func (c *city) wantClear(t tb, branch library.BranchCode, want ...string) {
	t.Helper()
	list, err := c.ClearList(context.Background(), branch)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range list {
		if !p.FromHoldShelf || p.Title == "" {
			t.Errorf("to be cleared: %+v", p)
		}
		got = append(got, fmt.Sprintf("%s>%s", p.ItemID, p.To))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s is to clear %v, want %v", branch, got, want)
	}
}

func TestCollecting(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.waiters(t, "b1", "i1", "i2")
		c.place(t, "p1", "chuo", "b1")
		c.comesBack(t, "i1", "chuo")
		if _, _, err := c.Checkout(ctx, "2", "i1", ""); !errors.Is(err, library.ErrItemHeld) {
			t.Errorf("another patron: %v", err)
		}
		c.lend(t, "1", "i1")
		if n := c.count(t, `SELECT count(*) FROM hold`); n != 0 {
			t.Errorf("%d holds are kept of what was collected", n)
		}
		answers, err := c.PlaceHolds(ctx, "p1", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: library.NoNews})
		if err != nil || answers[0].Refusal != library.ErrHasOnLoan.Code {
			t.Errorf("held by who has it: %+v, %v", answers, err)
		}
		// Who takes another copy no longer needs the one that is kept.
		c.place(t, "p2", "kita", "b1")
		c.comesBack(t, "i2", "chuo")
		c.place(t, "p3", "chuo", "b1")
		c.comesBack(t, "i1", "chuo")
		c.book(t, "b1", "i1", "i2", "i3")
		c.lend(t, "3", "i3")
		if n := c.count(t, `SELECT count(*) FROM hold`); n != 1 {
			t.Errorf("%d holds, want that of p2", n)
		}
		if r := c.arrives(t, "i2", "kita"); r.HoldFor != "2" {
			t.Errorf("%+v", r)
		}
		c.agrees(t)
	})
}

func TestPlacingAnswersLineByLine(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.policy.MaxHolds = 2
		c.waiters(t, "b1", "i1")
		c.waiters(t, "b2", "i2")
		c.waiters(t, "b3", "i3")
		c.waiters(t, "b4", "i4")
		c.book(t, "none")
		if err := c.SetOwned(ctx, "i4", false); err != nil {
			t.Fatal(err)
		}
		req := library.HoldRequest{Bibs: []library.BibID{"b1", "none", "b1", "x", "\xff", "b4", "b2", "b3"}, Pickup: "chuo", Contact: library.ByPhone, Sequence: true}
		answers, err := c.PlaceHolds(ctx, "p1", req)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"", "no_copies", "already_held", "bib_unknown", "bib_unknown", "no_copies", "", "too_many_holds"}
		for i, a := range answers {
			if a.BibID != req.Bibs[i] || a.Refusal != want[i] || (a.Hold == nil) == (want[i] == "") {
				t.Errorf("line %d: %+v, want %q", i, a, want[i])
			}
		}
		if answers[0].Hold.Place != 1 || answers[6].Hold.Place != 2 || answers[6].Hold.SequenceID != answers[0].Hold.SequenceID {
			t.Errorf("the sequence is %+v, %+v", answers[0].Hold, answers[6].Hold)
		}
		if err := c.PutPatrons(ctx, library.Patron{ID: "p8", Card: "8", Name: "電話のない人"}); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			patron library.PatronID
			req    library.HoldRequest
			want   error
		}{
			{"nobody", library.HoldRequest{Pickup: "chuo", Contact: library.NoNews}, library.ErrUnknownPatron},
			{"p2", library.HoldRequest{Pickup: "nowhere", Contact: library.NoNews}, library.ErrUnknownBranch},
			{"p2", library.HoldRequest{Pickup: "chuo", Contact: library.ByMail}, library.ErrNoEmail},
			{"p8", library.HoldRequest{Pickup: "chuo", Contact: library.ByPhone}, library.ErrNoPhone},
		} {
			test.req.Bibs = []library.BibID{"b1"}
			if _, err := c.PlaceHolds(ctx, test.patron, test.req); !errors.Is(err, test.want) {
				t.Errorf("%+v: %v, want %v", test, err, test.want)
			}
		}
		if n := c.count(t, `SELECT count(*) FROM hold`); n != 2 {
			t.Errorf("%d holds", n)
		}
		for name, do := range map[string]func(library.PatronID, library.HoldID) error{
			"cancel": func(p library.PatronID, h library.HoldID) error { _, err := c.CancelHold(ctx, p, h); return err },
			"change": func(p library.PatronID, h library.HoldID) error {
				_, err := c.ChangeHold(ctx, p, h, "kita", library.NoNews)
				return err
			},
		} {
			if err := do("p2", answers[0].Hold.ID); !errors.Is(err, library.ErrUnknownHold) {
				t.Errorf("%s another's hold: %v", name, err)
			}
			if err := do("p1", "\x00"); !errors.Is(err, library.ErrUnknownHold) {
				t.Errorf("%s nothing: %v", name, err)
			}
		}
		if _, err := c.ChangeHold(ctx, "p1", answers[0].Hold.ID, "kita", library.ByMail); !errors.Is(err, library.ErrNoEmail) {
			t.Errorf("change to mail: %v", err)
		}
		c.comesBack(t, "i1", "kita")
		if _, err := c.CancelHold(ctx, "p1", answers[0].Hold.ID); !errors.Is(err, library.ErrHoldNotWaiting) {
			t.Errorf("cancel what is on its way: %v", err)
		}
		c.agrees(t)
	})
}

func TestPaperFormsGoInWhereTheyBelong(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.waiters(t, "b1", "i1")
		c.place(t, "p1", "chuo", "b1")
		at := c.clock.Now()
		h, err := c.paperHold(ctx, "2", "b1", "chuo", at.Add(-time.Hour))
		if err != nil || h.Position != 1 || !h.ReceivedAt.Equal(at.Add(-time.Hour)) {
			t.Errorf("%+v, %v", h, err)
		}
		if h := c.holdOf(t, "p1", "b1"); h.Position != 2 {
			t.Errorf("who was first is number %d", h.Position)
		}
		if _, err := c.paperHold(ctx, "2", "b1", "chuo", time.Time{}); !errors.Is(err, library.ErrAlreadyHeld) {
			t.Errorf("again: %v", err)
		}
		if _, err := c.paperHold(ctx, "3", "b1", "chuo", at.Add(time.Minute)); err == nil {
			t.Error("a form of tomorrow is taken")
		}
		if _, err := c.paperHold(ctx, "0", "b1", "chuo", time.Time{}); !errors.Is(err, library.ErrUnknownPatron) {
			t.Errorf("nobody's: %v", err)
		}
		if r := c.comesBack(t, "i1", "chuo"); r.HoldFor != "2" {
			t.Errorf("%+v", r)
		}
		c.agrees(t)
	})
}

// A copy that an import puts on a shelf while somebody waits is given away in the
// morning.
func TestNewCopies(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.waiters(t, "b1", "i1")
		c.place(t, "p1", "chuo", "b1")
		c.book(t, "b1", "i1", "i2")
		c.expires(t, 0)
		c.wantState(t, "p1", "b1", library.Preparing)
		c.wantPicks(t, "chuo", "i2>chuo")
		if err := c.SetState(t.Context(), "i2", library.OnShelf, library.Date{}); !errors.Is(err, library.ErrItemHeld) {
			t.Errorf("a kept copy is said to be on its shelf: %v", err)
		}
		if err := c.SetState(t.Context(), "i2", library.Missing, library.Date{}); err != nil {
			t.Error(err)
		}
		c.wantState(t, "p1", "b1", library.Waiting)
		c.agrees(t)
	})
}
