package ledger_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"madoguchi/library"
)

func TestLoansByDueDate(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.book(t, "b1", "i1", "i2", "i3")
		c.patron(t, "p1")
		c.patron(t, "p2")
		for _, x := range []struct{ at, card, item string }{
			{"2026-11-20 10:00:00", "1", "i2"}, {"2026-11-10 10:00:00", "1", "i3"}, {"2026-11-01 10:00:00", "2", "i1"},
		} {
			c.clock.set(t, x.at)
			c.lend(t, x.card, x.item)
		}
		c.clock.set(t, "2026-11-24 23:30:00")
		got, err := c.Loans(t.Context(), "p1")
		if err != nil || len(got.Loans) != 2 || got.Today != day("2026-11-24") {
			t.Fatalf("%+v, %v", got, err)
		}
		first, second := got.Loans[0], got.Loans[1]
		if first.ItemID != "i3" || first.DueOn != day("2026-11-24") || first.Refusal != "" || first.Title != "こころ 上" || first.Creators != "夏目漱石・編者" || first.BibID != "b1" {
			t.Errorf("first %+v", first)
		}
		if second.ItemID != "i2" || second.LentOn != day("2026-11-20") {
			t.Errorf("second %+v", second)
		}
		c.clock.set(t, "2026-11-25 00:30:00")
		if got, _ := c.Loans(t.Context(), "p1"); got.Loans[0].Refusal != library.ErrOverdue.Code || got.Loans[1].Refusal != "" {
			t.Errorf("the day after: %+v", got)
		}
		for _, id := range []library.PatronID{"none", "\x00", "\xff"} {
			if got, err := c.Loans(t.Context(), id); err != nil || got.Loans == nil || len(got.Loans) != 0 {
				t.Errorf("loans of nobody: %+v, %v", got, err)
			}
		}
	})
}

func TestAccount(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.book(t, "b1", "i1", "i2")
		c.book(t, "b2", "i3")
		p := library.Patron{ID: "p1", Card: "1", Name: "青木 花", Branch: "chuo", Phones: []string{"0312345678"}, ValidUntil: day("2026-12-31")}
		if err := c.PutPatrons(ctx, p); err != nil {
			t.Fatal(err)
		}
		see := func(at string, want library.Account) {
			t.Helper()
			c.clock.set(t, at)
			want.Name, want.ValidUntil = p.Name, p.ValidUntil
			want.HomeBranch, want.Contacts = p.Branch, []library.Contact{library.ByPhone, library.NoNews}
			got, err := c.Account(ctx, "p1")
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("at %s: %+v, %v, want %+v", at, got, err, want)
			}
		}
		see("2026-11-24 10:00:00", library.Account{})
		c.lend(t, "1", "i1")
		see("2026-11-28 10:00:00", library.Account{Loans: 1})
		c.lend(t, "1", "i2")
		c.hold(t, "p1", "b1", "ready")
		c.hold(t, "p1", "b2", "waiting")
		see("2026-11-30 10:00:00", library.Account{Loans: 2, HoldsReady: 1})
		see("2026-12-01 00:00:00", library.Account{Loans: 2, HoldsReady: 1, Messages: []string{library.MessageCardExpires}})
		see("2026-12-09 10:00:00", library.Account{Loans: 2, Overdue: 1, HoldsReady: 1, Messages: []string{library.MessageOverdue, library.MessageCardExpires}})
		p.Blocks = []library.Block{library.BlockOverdue}
		if err := c.PutPatrons(ctx, p); err != nil {
			t.Fatal(err)
		}
		see("2026-12-13 10:00:00", library.Account{Loans: 2, Overdue: 2, HoldsReady: 1,
			Messages: []string{library.MessageOverdue, library.MessageBlockOverdue, library.MessageCardExpires}})
		if _, err := c.Account(ctx, "none"); !errors.Is(err, library.ErrUnknownPatron) {
			t.Errorf("nobody's account: %v", err)
		}
		if got, err := c.PatronByCard(ctx, "1"); err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("by card: %+v, %v", got, err)
		}
		if got, err := c.Patron(ctx, "p1"); err != nil || !slices.Equal(got.Blocks, p.Blocks) {
			t.Errorf("by ID: %+v, %v", got, err)
		}
		for _, key := range []string{"none", "1\x00", "\xff", ""} {
			_, err1 := c.PatronByCard(ctx, key)
			_, err2 := c.Patron(ctx, library.PatronID(key))
			if !errors.Is(err1, library.ErrUnknownPatron) || !errors.Is(err2, library.ErrUnknownPatron) {
				t.Errorf("%q: %v, %v", key, err1, err2)
			}
		}
	})
}
