package library

import (
	"errors"
	"testing"
	"time"
)

func day(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestRenew(t *testing.T) {
	p := DefaultPolicy()
	today := day("2026-11-24")
	good := Loan{DueOn: day("2026-11-30")}
	owned := Renewal{Owned: true}
	for _, c := range []struct {
		name string
		loan Loan
		rest Renewal
		want error
	}{
		{"before its due date", good, owned, nil},
		{"on its due date", Loan{DueOn: today}, owned, nil},
		{"a day late", Loan{DueOn: day("2026-11-23")}, owned, ErrOverdue},
		{"another patron waits", good, Renewal{Owned: true, Waiting: 1}, ErrHeldByOther},
		{"renewed before", Loan{DueOn: day("2026-11-30"), Renewals: 1}, owned, ErrRenewalLimit},
		{"of another library", good, Renewal{}, ErrNotOwned},
		{"everything at once", Loan{DueOn: day("2026-11-01"), Renewals: 1}, Renewal{Waiting: 2}, ErrNotOwned},
		{"late, waited for and renewed", Loan{DueOn: day("2026-11-01"), Renewals: 1}, Renewal{Owned: true, Waiting: 2}, ErrOverdue},
		{"waited for and renewed", Loan{DueOn: day("2026-11-30"), Renewals: 1}, Renewal{Owned: true, Waiting: 2}, ErrHeldByOther},
	} {
		got, err := p.Renew(c.loan, c.rest, today)
		if !errors.Is(err, c.want) || err == nil != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if c.want != nil && got != c.loan {
			t.Errorf("%s: a refused renewal changed the loan to %+v", c.name, got)
		}
		if c.want == nil && (got.DueOn != day("2026-12-08") || got.Renewals != c.loan.Renewals+1) {
			t.Errorf("%s: got %+v, want two weeks from today", c.name, got)
		}
	}
}

func TestLend(t *testing.T) {
	p := DefaultPolicy()
	today := day("2026-12-25")
	item := Item{ID: "1", BibID: "b", Lendable: true, State: OnShelf}
	l, err := p.Lend("l", "p", item, today)
	if err != nil || l.DueOn != day("2027-01-08") || l.ItemID != "1" || l.BibID != "b" || l.Renewals != 0 {
		t.Errorf("got %+v, %v", l, err)
	}
	for state, want := range map[ItemState]error{OnLoan: ErrItemOnLoan, OnHoldShelf: ErrItemHeld, InTransit: nil, Missing: nil} {
		item.State = state
		if _, err := p.Lend("l", "p", item, today); !errors.Is(err, want) || err == nil != (want == nil) {
			t.Errorf("%s: %v, want %v", state, err, want)
		}
	}
	item.Lendable, item.State = false, OnShelf
	if _, err := p.Lend("l", "p", item, today); !errors.Is(err, ErrItemReference) {
		t.Errorf("reference: %v", err)
	}
}

func TestMayUseTerminal(t *testing.T) {
	today := day("2026-11-24")
	for _, c := range []struct {
		patron Patron
		want   error
	}{
		{Patron{}, nil},
		{Patron{ValidUntil: today}, nil},
		{Patron{ValidUntil: day("2026-11-23")}, ErrCardExpired},
		{Patron{Blocks: []Block{BlockOverdue}}, nil},
		{Patron{Blocks: []Block{BlockStaff}}, ErrCardBlocked},
		{Patron{Blocks: []Block{BlockStaff, BlockLostCard}, ValidUntil: day("2020-01-01")}, ErrCardLost},
	} {
		if err := c.patron.MayUseTerminal(today); !errors.Is(err, c.want) || err == nil != (c.want == nil) {
			t.Errorf("%+v: %v, want %v", c.patron, err, c.want)
		}
	}
}

func TestMayTry(t *testing.T) {
	p := DefaultPolicy()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		failures int
		ago      time.Duration
		wait     time.Duration
		want     error
	}{
		{0, 0, 0, nil},
		{4, 0, 0, nil},
		{5, 0, 30 * time.Second, ErrTryLater},
		{5, 29 * time.Second, time.Second, ErrTryLater},
		{5, 30 * time.Second, 0, nil},
		{6, 0, time.Minute, ErrTryLater},
		{11, 0, 32 * time.Minute, ErrTryLater},
		{12, 0, time.Hour, ErrTryLater},
		{19, 0, time.Hour, ErrTryLater},
		{19, time.Hour, 0, nil},
		{20, 1000 * time.Hour, 0, ErrCardLocked},
	} {
		wait, err := p.MayTry(Failures{c.failures, now.Add(-c.ago)}, now)
		if wait != c.wait || !errors.Is(err, c.want) || err == nil != (c.want == nil) {
			t.Errorf("%d failures, %v ago: %v, %v; want %v, %v", c.failures, c.ago, wait, err, c.wait, c.want)
		}
	}
	if p.TerminalMayTry(9) != nil || !errors.Is(p.TerminalMayTry(10), ErrTerminalThrottled) {
		t.Error("a terminal may see nine failing cards, not ten")
	}
	for _, c := range []struct {
		visitors, all int
		want          error
	}{
		{0, 0, nil}, {9, 299, nil}, {10, 10, ErrTerminalThrottled}, {0, 300, ErrTerminalThrottled}, {9, 301, ErrTerminalThrottled},
	} {
		if err := p.WebMayTry(c.visitors, c.all); err != c.want {
			t.Errorf("a visitor of the home page with %d failing cards of %d: %v", c.visitors, c.all, err)
		}
	}
}
