package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// seenAt are the copies of a bib as terminals see them, by their records and by where they
// are, which must agree.
func (c *city) seenAt(t *testing.T, bib library.BibID) (ids []string) {
	t.Helper()
	r, err := c.catalogue.Record(t.Context(), bib)
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for _, it := range r.Items {
		ids = append(ids, string(it.ID))
	}
	where, err := c.Availability(t.Context(), bib)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range where {
		there = append(there, string(a.ItemID))
	}
	if !slices.Equal(ids, there) || c.digest(t, bib) != library.DigestOf(r).String() {
		t.Errorf("the record has %v, the availability %v, or the digest is of something else", ids, there)
	}
	return ids
}

// ways are by whom a copy is withdrawn.
var ways = map[string]func(t *testing.T, c *city, item string) error{
	"staff": func(t *testing.T, c *city, item string) error {
		_, err := c.Withdraw(t.Context(), item)
		return err
	},
	"import": func(t *testing.T, c *city, item string) error {
		return c.tx(t, func(ctx context.Context, tx *db.Tx) error {
			return c.WithdrawItemsTx(ctx, tx, []library.ItemID{library.ItemID(item), "no such copy"})
		})
	},
}

func TestWithdrawnWhileOnLoan(t *testing.T) {
	for way, withdraw := range ways {
		t.Run(way, func(t *testing.T) {
			each(t, func(t *testing.T, c *city) {
				ctx := t.Context()
				c.book(t, "b1", "i1", "i2")
				c.patron(t, "p1")
				c.patron(t, "p2")
				loan := c.lend(t, "1", "i1")
				if _, err := c.NotFound(ctx, "i2"); err != nil {
					t.Fatal(err)
				}
				c.hold(t, "p2", "b1", "waiting")
				if h := c.holdOf(t, "p2", "b1"); h.NoCopies() {
					t.Errorf("while a copy is on loan there is none: %+v", h)
				}
				if err := withdraw(t, c, "i1"); err != nil {
					t.Fatal(err)
				}
				if seen := c.seenAt(t, "b1"); !slices.Equal(seen, []string{"i2"}) {
					t.Errorf("terminals see %v", seen)
				}
				if h := c.holdOf(t, "p2", "b1"); !h.NoCopies() {
					t.Errorf("the copy is awaited for a hold: %+v", h)
				}
				err := c.tx(t, func(ctx context.Context, tx *db.Tx) error {
					lost, err := c.WithoutCopiesTx(ctx, tx, "")
					if len(lost) != 1 {
						t.Errorf("holds without copies: %+v", lost)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
				c.exec(t, `DELETE FROM hold`)

				// Its patron sees it still, and may keep it until it is due, and no longer.
				c.clock.set(t, "2026-12-01 10:00:00")
				loans, err := c.Loans(ctx, "p1")
				if err != nil || len(loans.Loans) != 1 || loans.Loans[0].Title != "こころ 上" || loans.Loans[0].DueOn != loan.DueOn || loans.Loans[0].Refusal != "withdrawn" {
					t.Errorf("its patron sees %+v, %v", loans, err)
				}
				if a, err := c.Account(ctx, "p1"); err != nil || a.Loans != 1 {
					t.Errorf("its patron's menu: %+v, %v", a, err)
				}
				if _, err := c.Renew(ctx, "p1", loan.ID); !errors.Is(err, library.ErrWithdrawn) {
					t.Errorf("it is renewed: %v", err)
				}
				c.closes(t, "chuo", loan.DueOn.String())
				if n, err := c.MoveDueDates(ctx); err != nil || n != 1 {
					t.Errorf("%d due dates moved, %v", n, err)
				}
				c.agrees(t)

				for what, err := range map[string]error{
					"lent to another":  second(c.Checkout(ctx, "2", "i1", "")),
					"not found":        only(c.NotFound(ctx, "i1")),
					"arrives":          only(c.Arrive(ctx, "i1", "")),
					"another due date": c.SetState(ctx, "i1", library.OnLoan, loan.DueOn.Add(9)),
				} {
					if !errors.Is(err, library.ErrItemOnLoan) {
						t.Errorf("%s: %v", what, err)
					}
				}
				if err := withdraw(t, c, "i1"); err != nil {
					t.Errorf("withdrawn again: %v", err)
				}
				if err := c.moveTx(t, "i1", ledger.Placement{Branch: "kita"}); !errors.Is(err, library.ErrWithdrawn) {
					t.Errorf("moved: %v", err)
				}

				c.hold(t, "p2", "b1", "waiting")
				if r, err := c.Return(ctx, "i1", "kita"); err != nil || r != (library.Returned{Title: "こころ 上", Withdrawn: true}) {
					t.Errorf("it comes back: %+v, %v", r, err)
				}
				if n := c.count(t, `SELECT count(*) FROM item WHERE id = 'i1'`) + c.count(t, `SELECT count(*) FROM loan`); n != 0 {
					t.Error("something of it is left")
				}
				if seen := c.seenAt(t, "b1"); !slices.Equal(seen, []string{"i2"}) {
					t.Errorf("terminals see %v", seen)
				}
				if _, err := c.Return(ctx, "i1", ""); !errors.Is(err, library.ErrUnknownItem) {
					t.Errorf("it comes back again: %v", err)
				}
				c.agrees(t)
			})
		})
	}
}

func only[T any](_ T, err error) error           { return err }
func second[T, U any](_ T, _ U, err error) error { return err }
func (c *city) moveTx(t *testing.T, item string, to ledger.Placement) error {
	t.Helper()
	return c.tx(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := c.MoveItemTx(ctx, tx, item, to)
		return err
	})
}

// TestLentElsewhereAndWithdrawn: a copy that was on loan when the library began here, to
// whom nobody knows.
func TestLentElsewhereAndWithdrawn(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.book(t, "b1", "i1", "i2")
		for _, item := range []library.ItemID{"i1", "i2"} {
			if err := c.SetState(t.Context(), item, library.OnLoan, day("2026-12-01")); err != nil {
				t.Fatal(err)
			}
			if r, err := c.Withdraw(t.Context(), string(item)); err != nil || r.State != library.OnLoan {
				t.Fatalf("withdrawn: %+v, %v", r, err)
			}
		}
		if seen := c.seenAt(t, "b1"); len(seen) != 0 {
			t.Errorf("terminals see %v", seen)
		}
		if r, err := c.Return(t.Context(), "i1", ""); err != nil || !r.Withdrawn {
			t.Errorf("it comes back: %+v, %v", r, err)
		}
		if err := c.SetState(t.Context(), "i2", library.OnShelf, library.Date{}); err != nil {
			t.Error(err)
		}
		if n := c.count(t, `SELECT count(*) FROM item`); n != 0 {
			t.Errorf("%d copies are left", n)
		}
	})
}

// TestAnImportWithdrawsAllAtOnce: the patron of a hold is told once, and that no copy is
// left, though each of the copies would have been the next one's.
func TestAnImportWithdrawsAllAtOnce(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		c.book(t, "b1", "i1", "i2", "i3")
		c.request(t, "pm", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: library.ByMail})
		c.arrives(t, string(c.holdOf(t, "pm", "b1").ItemID), "chuo")
		hold := m.queued[0].Hold
		if err := c.tx(t, func(ctx context.Context, tx *db.Tx) error { return c.MailTakenTx(ctx, tx, hold, c.Today()) }); err != nil {
			t.Fatal(err)
		}
		m.take()
		err := c.tx(t, func(ctx context.Context, tx *db.Tx) error {
			return c.WithdrawItemsTx(ctx, tx, []library.ItemID{"i3", "i2", "i1"})
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(m.queued) != 1 || m.queued[0].Kind != library.MailHoldFellBack || m.queued[0].Reason != library.EndNoCopies {
			t.Errorf("the mails: %+v", m.queued)
		}
		if seen := c.seenAt(t, "b1"); len(seen) != 0 || !c.holdOf(t, "pm", "b1").NoCopies() {
			t.Errorf("terminals see %v", seen)
		}
		m.take()
		err = c.tx(t, func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(c.WithdrawBibTx(ctx, tx, "b1"), c.WithdrawBibTx(ctx, tx, "b1"), c.WithdrawBibTx(ctx, tx, "no such bib"))
		})
		if kinds := m.take(); err != nil || !slices.Equal(kinds, []library.MailKind{library.MailHoldEnded}) {
			t.Errorf("the title leaves: %v, %v", kinds, err)
		}
	})
}

func TestStatesOfAFile(t *testing.T) {
	due := day("2026-12-20")
	at := func(state library.ItemState) library.Availability {
		a := library.Availability{ItemID: "i1", State: state}
		if state == library.OnLoan {
			a.DueOn = due
		}
		return a
	}
	free := func(*testing.T, *city) {}
	lent := func(t *testing.T, c *city) { c.lend(t, "1", "i1") }
	missing := func(t *testing.T, c *city) {
		if _, err := c.NotFound(t.Context(), "i1"); err != nil {
			t.Fatal(err)
		}
	}
	request := func(t *testing.T, c *city) {
		c.request(t, "p2", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: library.NoNews})
	}
	ready := func(t *testing.T, c *city) {
		request(t, c)
		c.arrives(t, "i1", "chuo")
	}
	for name, test := range map[string]struct {
		before func(*testing.T, *city)
		said   library.ItemState
		want   library.ItemState
		hold   library.HoldState // "" for none
		has    bool              // the hold has the copy
	}{
		"nothing new":                       {free, library.OnShelf, library.OnShelf, "", false},
		"missing":                           {free, library.Missing, library.Missing, "", false},
		"on loan elsewhere":                 {free, library.OnLoan, library.OnLoan, "", false},
		"on its way":                        {free, library.InTransit, library.InTransit, "", false},
		"on a hold shelf elsewhere":         {free, library.OnHoldShelf, library.OnHoldShelf, "", false},
		"found, and nobody waits":           {missing, library.OnShelf, library.OnShelf, "", false},
		"found, and somebody waits":         {func(t *testing.T, c *city) { missing(t, c); c.hold(t, "p2", "b1", "waiting") }, library.OnShelf, library.InTransit, library.Preparing, true},
		"on loan with us, and missing":      {lent, library.Missing, library.OnLoan, "", false},
		"on loan with us, and on a shelf":   {lent, library.OnShelf, library.OnLoan, "", false},
		"held with us, and on a shelf":      {ready, library.OnShelf, library.OnHoldShelf, library.ReadyHold, true},
		"held with us, and on loan":         {ready, library.OnLoan, library.OnHoldShelf, library.ReadyHold, true},
		"set aside with us, and on a shelf": {request, library.OnShelf, library.InTransit, library.Preparing, true},
		"held with us, and missing":         {ready, library.Missing, library.Missing, library.Waiting, false},
		"to be cleared, and on a shelf": {func(t *testing.T, c *city) {
			ready(t, c)
			if _, err := c.WithdrawHold(t.Context(), "2", "b1"); err != nil {
				t.Fatal(err)
			}
		}, library.OnShelf, library.InTransit, library.Cancelled, false},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c *city) {
				c.book(t, "b1", "i1")
				c.patron(t, "p1")
				c.patron(t, "p2")
				test.before(t, c)
				before, err := c.catalogue.Record(t.Context(), "b1")
				if err != nil {
					t.Fatal(err)
				}
				var changed []library.ItemID
				err = c.tx(t, func(ctx context.Context, tx *db.Tx) (err error) {
					changed, err = c.StatesTx(ctx, tx, []library.Availability{at(test.said), {ItemID: "no such copy", State: library.Missing}})
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				r, err := c.catalogue.Record(t.Context(), "b1")
				if err != nil || r.Items[0].State != test.want || c.digest(t, "b1") != library.DigestOf(r).String() {
					t.Errorf("it is %+v, %v", r.Items, err)
				}
				if want := before.Items[0] != r.Items[0]; (len(changed) == 1) != want || len(changed) > 1 {
					t.Errorf("of %+v, now %+v, changed: %q", before.Items, r.Items, changed)
				}
				if test.want == library.OnLoan && test.said == library.OnLoan && r.Items[0].DueOn != due {
					t.Errorf("it is due on %s", r.Items[0].DueOn)
				}
				if h := c.holdOf(t, "p2", "b1"); h.State != test.hold || (h.ItemID != "") != test.has {
					t.Errorf("the hold is %+v", h)
				}
			})
		})
	}
}

func TestMoveItem(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.book(t, "b1", "i1", "i2")
		c.book(t, "b2", "j1")
		for _, p := range []library.PatronID{"p1", "p2", "p3"} {
			c.patron(t, p)
		}
		shelf, call := "2階 郷土", "291/ホ"
		if err := c.moveTx(t, "i1", ledger.Placement{Branch: "kita", Shelf: &shelf, CallNumber: &call}); err != nil {
			t.Fatal(err)
		}
		is := library.Item{ID: "i1", BibID: "b1", Branch: "kita", Barcode: "i1", CallNumber: call, Shelf: shelf, Lendable: true, State: library.OnShelf}
		if r, err := c.catalogue.Record(ctx, "b1"); err != nil || r.Items[0] != is {
			t.Errorf("it is %+v, %v", r.Items, err)
		}
		if err := c.moveTx(t, "i1", ledger.Placement{Shelf: new(string)}); err != nil {
			t.Fatal(err)
		}
		is.Shelf = ""
		if r, err := c.catalogue.Record(ctx, "b1"); err != nil || r.Items[0] != is {
			t.Errorf("it is %+v, %v", r.Items, err)
		}
		c.seenAt(t, "b1")

		// What is on loan goes along, and what somebody waits for is given out.
		c.lend(t, "1", "i1")
		c.lend(t, "3", "j1")
		c.request(t, "p2", library.HoldRequest{Bibs: []library.BibID{"b2"}, Pickup: "chuo", Contact: library.NoNews})
		c.request(t, "p1", library.HoldRequest{Bibs: []library.BibID{"b2"}, Pickup: "chuo", Contact: library.NoNews})
		if err := c.moveTx(t, "i1", ledger.Placement{Bib: "b2"}); err != nil {
			t.Fatal(err)
		}
		if h := c.holdOf(t, "p1", "b2"); h.ID != "" {
			t.Errorf("who has it waits for it: %+v", h)
		}
		if err := c.moveTx(t, "i2", ledger.Placement{Bib: "b2"}); err != nil {
			t.Fatal(err)
		}
		if h := c.holdOf(t, "p2", "b2"); h.State != library.Preparing || h.ItemID != "i2" {
			t.Errorf("a copy came: %+v", h)
		}
		c.agrees(t)

		// What a hold of the old bib has lets go of it.
		if err := c.moveTx(t, "i2", ledger.Placement{Bib: "b1"}); err != nil {
			t.Fatal(err)
		}
		if h := c.holdOf(t, "p2", "b2"); h.State != library.Waiting || h.ItemID != "" {
			t.Errorf("its copy is another bib's: %+v", h)
		}
		for bib, want := range map[library.BibID][]string{"b1": {"i2"}, "b2": {"i1", "j1"}} {
			if seen := c.seenAt(t, bib); !slices.Equal(seen, want) {
				t.Errorf("terminals see %v of %s", seen, bib)
			}
		}
		c.agrees(t)

		long, control := strings.Repeat("棚", 200), "棚\n"
		for what, test := range map[string]struct {
			item string
			to   ledger.Placement
			want string
		}{
			"no such copy":   {"none", ledger.Placement{Branch: "kita"}, "item_unknown"},
			"no such branch": {"i2", ledger.Placement{Branch: "nishi"}, "branch_unknown"},
			"no such bib":    {"i2", ledger.Placement{Bib: "b9"}, "bib_unknown"},
			"too long":       {"i2", ledger.Placement{Shelf: &long}, "too long"},
			"a line break":   {"i2", ledger.Placement{CallNumber: &control}, "too long"},
		} {
			if err := c.moveTx(t, test.item, test.to); err == nil || !strings.Contains(codeOf(err), test.want) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// TestAMovedCopyLeavesNothingBehind: the last copy of a hidden bib, which an import names
// under another one.
func TestAMovedCopyLeavesNothingBehind(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.book(t, "b1", "i1")
		c.book(t, "b2", "j1")
		c.patron(t, "p1")
		c.lend(t, "1", "i1")
		if _, err := c.DeleteBib(t.Context(), "b1"); err != nil {
			t.Fatal(err)
		}
		c.book(t, "b2", "i1", "j1")
		if n := c.count(t, `SELECT count(*) FROM bib`); n != 1 {
			t.Errorf("%d bibs are there", n)
		}
		c.agrees(t)
		if seen := c.seenAt(t, "b2"); !slices.Equal(seen, []string{"i1", "j1"}) {
			t.Errorf("terminals see %v", seen)
		}
	})
}

func TestWhatStaffSeeOfACopy(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.book(t, "b1", "i1", "i2")
		for _, p := range []library.PatronID{"p1", "p22222", "p3"} {
			c.patron(t, p)
		}
		loan := c.lend(t, "1", "i1")
		c.request(t, "p22222", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: library.NoNews})
		c.clock.tick(time.Minute)
		c.request(t, "p3", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "kita", Contact: library.NoNews})
		x, err := c.ItemStanding(ctx, "i1")
		if err != nil || x.State != library.OnLoan || x.DueOn != loan.DueOn || x.Held || x.Waiting != 1 || x.Title != "こころ 上" || x.Withdrawn || !x.Owned || x.Source != "main" {
			t.Errorf("on loan: %+v, %v", x, err)
		}
		if x, err := c.ItemStanding(ctx, "i2"); err != nil || x.State != library.InTransit || !x.Held {
			t.Errorf("held: %+v, %v", x, err)
		}
		if _, err := c.Withdraw(ctx, "i1"); err != nil {
			t.Fatal(err)
		}
		b, err := c.BibStanding(ctx, "b1")
		if err != nil || len(b.Items) != 2 || !b.Items[0].Withdrawn || b.Items[1].Withdrawn || b.Withdrawn || b.Waiting != 1 || b.Bib.Volume != "上" {
			t.Errorf("the bib: %+v, %v", b, err)
		}
		text, err := json.Marshal(b)
		for _, private := range []string{"22222", "利用者", string(loan.ID), `"p1"`, "patron", "card"} {
			if err != nil || strings.Contains(string(text), private) {
				t.Errorf("it tells %q of a patron: %s", private, text)
			}
		}
		if _, err := c.DeleteBib(ctx, "b1"); err != nil {
			t.Fatal(err)
		}
		if b, err := c.BibStanding(ctx, "b1"); err != nil || !b.Withdrawn || len(b.Items) != 1 {
			t.Errorf("the bib that has left: %+v, %v", b, err)
		}
		for what, err := range map[string]error{"copy": only(c.ItemStanding(ctx, "none")), "key": only(c.ItemStanding(ctx, "i1\x00"))} {
			if !errors.Is(err, library.ErrUnknownItem) {
				t.Errorf("no such %s: %v", what, err)
			}
		}
		for what, err := range map[string]error{"bib": only(c.BibStanding(ctx, "none")), "key": only(c.BibStanding(ctx, "\xff"))} {
			if !errors.Is(err, library.ErrUnknownBib) {
				t.Errorf("no such %s: %v", what, err)
			}
		}
	})
}

func TestDeletedByMistake(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.book(t, "b1", "i1", "i2", "i3")
		c.patron(t, "p1")
		c.patron(t, "p2")
		c.lend(t, "1", "i1")
		c.request(t, "p2", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: library.NoNews})
		deletes := func(item string) (r library.Returned, err error) {
			err = c.tx(t, func(ctx context.Context, tx *db.Tx) (err error) {
				r, err = c.DeleteItemTx(ctx, tx, item)
				return err
			})
			return r, err
		}
		if _, err := deletes("i1"); !errors.Is(err, library.ErrItemOnLoan) {
			t.Errorf("a patron has it: %v", err)
		}
		had := c.holdOf(t, "p2", "b1").ItemID
		if r, err := deletes(string(had)); err != nil || r.HoldFor != "2" {
			t.Errorf("a hold has it: %+v, %v", r, err)
		}
		if h := c.holdOf(t, "p2", "b1"); h.ItemID == "" || h.ItemID == had {
			t.Errorf("the hold: %+v", h)
		}
		if _, err := deletes(string(had)); !errors.Is(err, library.ErrUnknownItem) {
			t.Errorf("deleted again: %v", err)
		}
		c.agrees(t)
	})
}

// TestFound: staff have in hand what was said to wait on a hold shelf of another system.
func TestFound(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.book(t, "b1", "i1")
		c.patron(t, "p1")
		found := func(at library.BranchCode) (r library.Returned, err error) {
			err = c.tx(t, func(ctx context.Context, tx *db.Tx) (err error) {
				r, err = c.FoundTx(ctx, tx, "i1", at)
				return err
			})
			return r, err
		}
		for _, state := range []library.ItemState{library.Missing, library.OnHoldShelf, library.InTransit, library.OnShelf} {
			if err := c.SetState(t.Context(), "i1", state, library.Date{}); err != nil {
				t.Fatal(err)
			}
			if r, err := found("kita"); err != nil || r.State != library.InTransit || r.To != "chuo" {
				t.Errorf("%s, at another branch: %+v, %v", state, r, err)
			}
		}
		if r, err := found(""); err != nil || r.State != library.OnShelf {
			t.Errorf("at home: %+v, %v", r, err)
		}
		c.request(t, "p1", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: library.NoNews})
		if r, err := found(""); err != nil || r.State != library.OnHoldShelf || r.HoldFor != "1" {
			t.Errorf("for a hold: %+v, %v", r, err)
		}
		if _, err := found(""); !errors.Is(err, library.ErrItemHeld) {
			t.Errorf("it waits for a patron: %v", err)
		}
		c.lend(t, "1", "i1")
		if _, err := found(""); !errors.Is(err, library.ErrItemOnLoan) {
			t.Errorf("a patron has it: %v", err)
		}
	})
}
