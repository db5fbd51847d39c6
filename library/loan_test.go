package library

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
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
		{"withdrawn meanwhile", good, Renewal{Owned: true, Withdrawn: true}, ErrWithdrawn},
		{"everything at once", Loan{DueOn: day("2026-11-01"), Renewals: 1}, Renewal{Withdrawn: true, Waiting: 2}, ErrNotOwned},
		{"withdrawn, late and waited for", Loan{DueOn: day("2026-11-01"), Renewals: 1}, Renewal{Owned: true, Withdrawn: true, Waiting: 2}, ErrWithdrawn},
		{"late, waited for and renewed", Loan{DueOn: day("2026-11-01"), Renewals: 1}, Renewal{Owned: true, Waiting: 2}, ErrOverdue},
		{"waited for and renewed", Loan{DueOn: day("2026-11-30"), Renewals: 1}, Renewal{Owned: true, Waiting: 2}, ErrHeldByOther},
		{"a day before it could not", Loan{DueOn: day("2026-12-07")}, owned, nil},
		{"on the day of the loan", Loan{DueOn: day("2026-12-08")}, owned, ErrRenewTooEarly},
		{"with a longer time than two weeks", Loan{DueOn: day("2026-12-20")}, owned, ErrRenewTooEarly},
		{"renewed on the day of the loan", Loan{DueOn: day("2026-12-08"), Renewals: 1}, owned, ErrRenewalLimit},
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
	item := Item{ID: "1", BibID: "b", Branch: "chuo", Lendable: true, State: OnShelf}
	at := Lending{Branch: "kita"}
	l, err := p.Lend("l", "p", item, at, today)
	if want := (Loan{ID: "l", PatronID: "p", ItemID: "1", BibID: "b", Branch: "kita", LentOn: today, DueOn: day("2027-01-08")}); err != nil || l != want {
		t.Errorf("got %+v, %v, want %+v", l, err, want)
	}
	for state, want := range map[ItemState]error{OnLoan: ErrItemOnLoan, OnHoldShelf: ErrItemHeld, InTransit: nil, Missing: nil} {
		item.State = state
		if _, err := p.Lend("l", "p", item, at, today); !errors.Is(err, want) || err == nil != (want == nil) {
			t.Errorf("%s: %v, want %v", state, err, want)
		}
	}
	item.Lendable, item.State = false, OnShelf
	if _, err := p.Lend("l", "p", item, at, today); !errors.Is(err, ErrItemReference) {
		t.Errorf("reference: %v", err)
	}
}

func TestLendNoMoreThanAllowed(t *testing.T) {
	p := DefaultPolicy()
	free := Item{ID: "1", Lendable: true, State: OnShelf}
	lent := Item{ID: "2", Lendable: true, State: OnLoan}
	for _, c := range []struct {
		most, has int
		item      Item
		want      error
	}{
		{0, 0, free, nil},
		{0, 100_000, free, nil}, // no limit
		{10, 9, free, nil},
		{10, 10, free, ErrTooManyLoans},
		{10, 30, free, ErrTooManyLoans}, // the limit is newer than the loans
		{1, 0, free, nil},
		{10, 10, lent, ErrItemOnLoan},
	} {
		p.MaxLoans = c.most
		if _, err := p.Lend("l", "p", c.item, Lending{Loans: c.has}, day("2026-11-24")); !errors.Is(err, c.want) || err == nil != (c.want == nil) {
			t.Errorf("%d of %d: %v, want %v", c.has, c.most, err, c.want)
		}
	}
}

// weekly is a calendar that is closed on Mondays and on further days.
func weekly(closed ...string) (c Calendar) {
	for weekday := range c.Hours {
		if time.Weekday(weekday) != time.Monday {
			c.Hours[weekday] = Hours{9 * 60, 19 * 60}
		}
	}
	for _, d := range closed {
		c.Closed = append(c.Closed, day(d))
	}
	return c
}

// span are the days from one to another.
func span(from, to string) (days []string) {
	for d := day(from); !day(to).Before(d); d = d.Add(1) {
		days = append(days, d.String())
	}
	return days
}

func TestDueDay(t *testing.T) {
	newYear := weekly(span("2026-12-28", "2027-01-04")...)
	for _, c := range []struct {
		name     string
		calendar Calendar
		due      string
		want     string
	}{
		{"an open day", weekly(), "2026-12-08", "2026-12-08"},
		{"the weekly closed day", weekly(), "2026-12-07", "2026-12-08"},
		{"a holiday after it", weekly("2026-12-08"), "2026-12-07", "2026-12-09"},
		{"a holiday before it", weekly("2026-12-06"), "2026-12-06", "2026-12-08"},
		{"several closed days in a row", weekly("2026-12-01", "2026-12-02", "2026-12-03"), "2026-12-01", "2026-12-04"},
		{"the day before New Year's", newYear, "2026-12-27", "2026-12-27"},
		{"within New Year's", newYear, "2026-12-30", "2027-01-05"},
		{"its last day, a Monday", newYear, "2027-01-04", "2027-01-05"},
		{"fourteen days on", weekly(span("2026-12-01", "2026-12-14")...), "2026-12-01", "2026-12-15"},
		{"fifteen days on", weekly(span("2026-12-01", "2026-12-15")...), "2026-12-01", "2026-12-01"},
		{"the end of months of rebuilding", weekly(span("2026-04-01", "2026-12-14")...), "2026-12-02", "2026-12-15"},
		{"the middle of them", weekly(span("2026-04-01", "2026-12-14")...), "2026-08-05", "2026-08-05"},
		{"no opening hours entered", Calendar{}, "2026-12-07", "2026-12-07"},
		{"no opening hours, but closed days", Calendar{Closed: []Date{day("2026-12-07")}}, "2026-12-07", "2026-12-07"},
		{"open on one weekday", Calendar{Hours: [7]Hours{time.Sunday: {600, 700}}}, "2026-12-07", "2026-12-13"},
	} {
		p := DefaultPolicy()
		if got := p.DueDay(c.calendar, day(c.due)); got != day(c.want) {
			t.Errorf("%s: %s moves to %s, want %s", c.name, c.due, got, c.want)
		}
		p.DueOnOpenDay = false
		if got := p.DueDay(c.calendar, day(c.due)); got != day(c.due) {
			t.Errorf("%s: %s moves to %s where nothing moves", c.name, c.due, got)
		}
	}
}

// TestDueOnAnOpenDay: in any year of closed days, what is lent or renewed falls due on an
// open day, two weeks on or the next after that; and whether a renewal would be too
// early needs no calendar.
func TestDueOnAnOpenDay(t *testing.T) {
	p := DefaultPolicy()
	rapid.Check(t, func(t *rapid.T) {
		var c Calendar
		for weekday := range c.Hours {
			if rapid.IntRange(0, 3).Draw(t, "open") > 0 {
				c.Hours[weekday] = Hours{9 * 60, 19 * 60}
			}
		}
		first := day("2026-04-01")
		for range rapid.IntRange(0, 4).Draw(t, "spans") {
			from := rapid.IntRange(0, 120).Draw(t, "from")
			for n := range rapid.IntRange(1, 40).Draw(t, "days") {
				c.Closed = append(c.Closed, first.Add(from+n))
			}
		}
		right := func(today, due Date) {
			t.Helper()
			at := today.Add(p.LoanDays)
			want := at
			for n := range 15 {
				if _, open := c.On(at.Add(n)); open {
					want = at.Add(n)
					break
				}
			}
			if due != want {
				t.Fatalf("on %s: due on %s, want %s: %+v", today, due, want, c)
			}
		}
		today := first.Add(rapid.IntRange(0, 100).Draw(t, "day"))
		l, err := p.Lend("l", "p", Item{Lendable: true}, Lending{Calendar: c}, today)
		if err != nil {
			t.Fatal(err)
		}
		right(today, l.DueOn)
		later := today.Add(rapid.IntRange(0, l.DueOn.Sub(today)).Draw(t, "later"))
		renewed, err := p.Renew(l, Renewal{Owned: true, Calendar: c}, later)
		if early := p.RenewsTooEarly(l.DueOn, later); early != errors.Is(err, ErrRenewTooEarly) || early != (err != nil) {
			t.Fatalf("lent on %s and due on %s, renewed on %s: %v; too early without a calendar: %v", today, l.DueOn, later, err, early)
		}
		if err == nil {
			right(later, renewed.DueOn)
			if !l.DueOn.Before(renewed.DueOn) {
				t.Fatalf("renewed from %s to %s", l.DueOn, renewed.DueOn)
			}
		}
	})
}

func TestJudged(t *testing.T) {
	p := DefaultPolicy()
	today := day("2026-12-22")
	newYear := Renewal{Owned: true, Calendar: weekly(span("2026-12-28", "2027-01-04")...)}
	for _, c := range []struct {
		name    string
		loan    Loan
		rest    Renewal
		refusal string
		until   string
		withAll bool
	}{
		{"due today", Loan{DueOn: today}, Renewal{Owned: true}, "", "2027-01-05", true},
		{"over New Year", Loan{DueOn: today}, newYear, "", "2027-01-05", true},
		{"seven days longer", Loan{DueOn: day("2026-12-29")}, Renewal{Owned: true}, "", "2027-01-05", true},
		{"six days longer", Loan{DueOn: day("2026-12-30")}, Renewal{Owned: true}, "", "2027-01-05", false},
		{"a day longer", Loan{DueOn: day("2027-01-04")}, Renewal{Owned: true}, "", "2027-01-05", false},
		{"no longer", Loan{DueOn: day("2027-01-05")}, Renewal{Owned: true}, "renew_too_early", "", false},
		{"late", Loan{DueOn: day("2026-12-21")}, newYear, "overdue", "", false},
	} {
		got := PatronLoan{Loan: c.loan, Refusal: "of before", RenewsUntil: day("2000-01-01")}.Judged(p, c.rest, today)
		if got.Refusal != c.refusal || got.RenewsUntil.String() != c.until || got.Loan != c.loan || p.RenewsWithAll(got) != c.withAll {
			t.Errorf("%s: %+v, with all: %v", c.name, got, p.RenewsWithAll(got))
		}
	}
	if !p.RenewsWithAll(PatronLoan{Loan: Loan{DueOn: today}}) {
		t.Error("a loan of which the library's system does not say until when is left out")
	}
	p.RenewAllDays = 0
	if !p.RenewsWithAll(PatronLoan{Loan: Loan{DueOn: today}, RenewsUntil: today.Add(1)}) {
		t.Error("where any day will do, a day is left out")
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
