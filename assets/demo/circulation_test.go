package demo_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"madoguchi/assets/demo"
	"madoguchi/barcode"
	"madoguchi/central/intake"
	"madoguchi/library"
)

var today = library.Date{Year: 2026, Month: time.November, Day: 24}

func patrons(t *testing.T) []library.Patron {
	t.Helper()
	text, err := demo.Patrons(time.Date(today.Year, today.Month, today.Day, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	known, err := intake.NewBranches(branches(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	file, err := intake.OpenPatrons(bytes.NewReader(text), intake.PatronOptions{
		Card:     func(s string) (string, error) { return s, nil },
		Branches: known,
	})
	if err != nil {
		t.Fatal(err)
	}
	var list []library.Patron
	for row, err := range file.Rows() {
		if err != nil {
			t.Error(err)
			continue
		}
		list = append(list, row.Patron)
	}
	return list
}

// must returns what an accessor of the demo returns.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestCards(t *testing.T) {
	all := patrons(t)
	cards := must[[]demo.Card](t)(demo.Cards())
	if len(cards) != len(all) {
		t.Fatalf("%d cards of %d patrons", len(cards), len(all))
	}
	password := regexp.MustCompile(`^[0-9A-Za-z]{6,20}$`)
	digits, seen := 0, map[string]bool{}
	for i, c := range cards {
		p := all[i]
		if c.Number != p.Card || seen[c.Number] {
			t.Errorf("card %s stands where %s should, or twice", c.Number, p.Card)
		}
		seen[c.Number] = true
		if !barcode.Scheme(demo.CardCheck).Valid(c.Number) || len(c.Number) != 11 || c.Number[0] != '2' {
			t.Errorf("card %s", c.Number)
		}
		if c.ShowsJa == "" || c.ShowsEn == "" || p.BornOn.IsZero() || p.ValidUntil.IsZero() || p.Branch == "" || p.Category == "" {
			t.Errorf("card %s lacks something", c.Number)
		}
		if c.Password == "" {
			continue
		}
		born := strings.ReplaceAll(p.BornOn.String(), "-", "")
		if !password.MatchString(c.Password) || c.Password == c.Number || c.Password == born || slices.Contains(p.Phones, c.Password) ||
			strings.Count(c.Password, c.Password[:1]) == len(c.Password) || strings.Contains("0123456789", c.Password) {
			t.Errorf("card %s: nobody may choose the password %s", c.Number, c.Password)
		}
		if seen[c.Password] {
			t.Errorf("two cards have the password %s", c.Password)
		}
		seen[c.Password] = true
		if !strings.ContainsFunc(c.Password, unicode.IsLetter) {
			digits++
		}
	}
	if digits < 25 {
		t.Errorf("%d passwords can be typed on the keypad", digits)
	}
}

// copies are the items of the books by barcode.
func copies(t *testing.T) map[string]library.Item {
	t.Helper()
	all := map[string]library.Item{}
	for _, r := range records(t) {
		for _, it := range r.Items {
			all[it.Barcode] = it
		}
	}
	return all
}

// A copy is in one place, and what may not be lent is lent to nobody.
func TestEachCopyIsInOnePlace(t *testing.T) {
	items, cards := copies(t), map[string]bool{}
	for _, p := range patrons(t) {
		cards[p.Card] = true
	}
	n, seen := map[library.ItemState]int{}, map[string]bool{}
	at := func(code string, state library.ItemState) {
		t.Helper()
		if !items[code].Lendable || seen[code] {
			t.Errorf("%s is not lent, or stands twice", code)
		}
		seen[code] = true
		n[state]++
	}
	overdue := 0
	for _, l := range must[[]demo.Loan](t)(demo.Loans()) {
		at(l.Barcode, library.OnLoan)
		if !cards[l.Card] {
			t.Errorf("%s is lent to %s, who is nobody", l.Barcode, l.Card)
		}
		// A first period of two weeks; a renewal begins another one within the first.
		period := l.LentAgo + l.DueIn
		if l.Renewals == 0 && period != 14 || l.Renewals == 1 && (period < 14 || period > 28) || l.Renewals < 0 || l.Renewals > 1 || l.LentAgo < 0 {
			t.Errorf("%s is lent for %d days, renewed %d times", l.Barcode, period, l.Renewals)
		}
		if l.DueIn < 0 {
			overdue++
		}
	}
	for _, h := range must[[]demo.Hold](t)(demo.Holds()) {
		if !cards[h.Card] {
			t.Errorf("%s is held by %s, who is nobody", h.Bib, h.Card)
		}
		if h.State == string(library.Waiting) {
			if h.Barcode != "" {
				t.Errorf("a hold for %s waits and has a copy", h.Bib)
			}
			continue
		}
		state := map[string]library.ItemState{string(library.Preparing): library.InTransit, string(library.ReadyHold): library.OnHoldShelf}[h.State]
		at(h.Barcode, state)
		it := items[h.Barcode]
		if state == "" || string(it.BibID) != h.Bib || h.State == string(library.ReadyHold) && string(it.Branch) != h.Pickup || h.ContactedAgo > h.ReceivedAgo {
			t.Errorf("%+v of copy %+v", h, it)
		}
	}
	for _, s := range must[[]demo.State](t)(demo.States()) {
		state := library.ItemState(s.State)
		at(s.Barcode, state)
		if state != library.InTransit && state != library.Missing {
			t.Errorf("%s: %q is no state of a copy that nobody has", s.Barcode, s.State)
		}
	}
	if n[library.OnLoan] < 80 || overdue < 15 || n[library.InTransit] < 3 || n[library.OnHoldShelf] < 6 || n[library.Missing] < 2 {
		t.Errorf("states %v, %d overdue", n, overdue)
	}
}

// Nobody waits for a bib of which a copy stands on a shelf, has it, or holds it twice.
func TestHoldsWaitForSomething(t *testing.T) {
	items := copies(t)
	off := map[string]bool{}
	type once struct{ card, bib string }
	seen := map[once]bool{}
	for _, l := range must[[]demo.Loan](t)(demo.Loans()) {
		off[l.Barcode] = true
		seen[once{l.Card, string(items[l.Barcode].BibID)}] = true
	}
	holds := must[[]demo.Hold](t)(demo.Holds())
	for _, h := range holds {
		off[h.Barcode] = true
		if seen[once{h.Card, h.Bib}] {
			t.Errorf("%s has or holds %s already", h.Card, h.Bib)
		}
		seen[once{h.Card, h.Bib}] = true
	}
	for _, s := range must[[]demo.State](t)(demo.States()) {
		off[s.Barcode] = true
	}
	for _, h := range holds {
		out := 0
		for code, it := range items {
			if string(it.BibID) == h.Bib && it.Lendable {
				out++
				if h.State == string(library.Waiting) && !off[code] {
					t.Errorf("%s waits for %s, and copy %s stands on its shelf", h.Card, h.Bib, code)
				}
			}
		}
		if out == 0 {
			t.Errorf("%s holds %s, of which no copy is lent", h.Card, h.Bib)
		}
	}
}

// There is a patron for everything that a screen can show.
func TestSomebodyForEveryScreen(t *testing.T) {
	items := copies(t)
	waiting := map[string][]string{} // cards by bib
	ready, states := map[string]int{}, map[library.HoldState]int{}
	for _, h := range must[[]demo.Hold](t)(demo.Holds()) {
		state := library.HoldState(h.State)
		states[state]++
		switch state {
		case library.Waiting:
			waiting[h.Bib] = append(waiting[h.Bib], h.Card)
		case library.ReadyHold:
			ready[h.Card]++
		}
	}
	for _, s := range library.HoldStates {
		if (states[s] > 0) != s.Active() {
			t.Errorf("%d holds are %s", states[s], s)
		}
		delete(states, s)
	}
	if len(states) > 0 {
		t.Errorf("holds are in states that do not exist: %v", states)
	}
	refusals, due := map[string]map[error]int{}, map[string][]library.Date{}
	for _, l := range must[[]demo.Loan](t)(demo.Loans()) {
		loan := library.Loan{LentOn: today.Add(-l.LentAgo), DueOn: today.Add(l.DueIn), Renewals: l.Renewals}
		others := 0
		for _, card := range waiting[string(items[l.Barcode].BibID)] {
			if card != l.Card {
				others++
			}
		}
		_, why := library.DefaultPolicy().Renew(loan, library.Renewal{Owned: l.Owned, Waiting: others}, today)
		if refusals[l.Card] == nil {
			refusals[l.Card] = map[error]int{}
		}
		refusals[l.Card][why]++
		due[l.Card] = append(due[l.Card], loan.DueOn)
	}
	passwords := map[string]string{}
	for _, c := range must[[]demo.Card](t)(demo.Cards()) {
		passwords[c.Number] = c.Password
	}

	all := patrons(t)
	with := func(t *testing.T, what string, is func(p library.Patron, a library.Account) bool) {
		t.Helper()
		for _, p := range all {
			if is(p, p.Account(due[p.Card], ready[p.Card], library.Reach{Mail: p.Email != "", Phone: len(p.Phones) > 0}, today)) {
				return
			}
		}
		t.Errorf("no patron with %s", what)
	}
	refused := func(err error) func(library.Patron, library.Account) bool {
		return func(p library.Patron, _ library.Account) bool { return refusals[p.Card][err] > 0 }
	}
	told := func(message string) func(library.Patron, library.Account) bool {
		return func(p library.Patron, a library.Account) bool {
			return p.MayUseTerminal(today) == nil && slices.Contains(a.Messages, message)
		}
	}
	kept := func(err error) func(library.Patron, library.Account) bool {
		return func(p library.Patron, _ library.Account) bool { return p.MayUseTerminal(today) == err }
	}
	script := func(s *unicode.RangeTable) func(library.Patron, library.Account) bool {
		return func(p library.Patron, _ library.Account) bool {
			return strings.ContainsFunc(p.Name, func(r rune) bool { return unicode.Is(s, r) })
		}
	}
	for what, is := range map[string]func(library.Patron, library.Account) bool{
		"a first visit":            func(p library.Patron, _ library.Account) bool { return passwords[p.Card] == "" && len(p.Phones) > 0 },
		"no telephone":             func(p library.Patron, _ library.Account) bool { return passwords[p.Card] != "" && len(p.Phones) == 0 },
		"no telephone or password": func(p library.Patron, _ library.Account) bool { return passwords[p.Card] == "" && len(p.Phones) == 0 },
		"two telephones":           func(p library.Patron, _ library.Account) bool { return len(p.Phones) == 2 },
		"no e-mail":                func(p library.Patron, _ library.Account) bool { return p.Email == "" },
		"an e-mail":                func(p library.Patron, _ library.Account) bool { return p.Email != "" },
		"an expired card":          kept(library.ErrCardExpired),
		"a lost card":              kept(library.ErrCardLost),
		"a block by staff":         kept(library.ErrCardBlocked),
		"a block for the overdue":  told(library.MessageBlockOverdue),
		"a card that ends soon":    told(library.MessageCardExpires),
		"something overdue":        told(library.MessageOverdue),
		"every message": func(_ library.Patron, a library.Account) bool {
			return len(a.Messages) == 3 && a.HoldsReady > 0
		},
		"a card that ends today":            func(p library.Patron, _ library.Account) bool { return p.ValidUntil == today },
		"many loans":                        func(_ library.Patron, a library.Account) bool { return a.Loans >= 15 },
		"no loans":                          func(p library.Patron, a library.Account) bool { return passwords[p.Card] != "" && a.Loans == 0 },
		"a loan that is due today":          func(p library.Patron, _ library.Account) bool { return slices.Contains(due[p.Card], today) },
		"holds ready":                       func(_ library.Patron, a library.Account) bool { return a.HoldsReady > 1 },
		"a renewable loan":                  refused(nil),
		"an overdue loan":                   refused(library.ErrOverdue),
		"a renewed loan":                    refused(library.ErrRenewalLimit),
		"a loan that others hold":           refused(library.ErrHeldByOther),
		"a loan of another library's":       refused(library.ErrNotOwned),
		"a loan of every kind":              func(p library.Patron, _ library.Account) bool { return len(refusals[p.Card]) == 5 },
		"a Japanese name of 20 characters":  func(p library.Patron, _ library.Account) bool { return utf8.RuneCountInString(p.Name) == 20 },
		"a very long name in Latin letters": func(p library.Patron, _ library.Account) bool { return len(p.Name) > 50 && p.Name[0] < 'z' },
		"a name in Latin letters":           script(unicode.Latin),
		"a Korean name":                     script(unicode.Hangul),
		"a simplified Chinese name":         func(p library.Patron, _ library.Account) bool { return strings.ContainsAny(p.Name, "陈晓华") },
		"a name in old kanji":               func(p library.Patron, _ library.Account) bool { return strings.Contains(p.Name, "髙﨑") },
		"a child born 2019":                 func(p library.Patron, _ library.Account) bool { return p.BornOn.Year == 2019 },
		"a person born 1934":                func(p library.Patron, _ library.Account) bool { return p.BornOn.Year == 1934 },
		"an ordinary account": func(p library.Patron, a library.Account) bool {
			return p.MayBorrow(today) == nil && len(a.Messages) == 0 && a.Loans > 1 && len(refusals[p.Card]) == 1 && refusals[p.Card][nil] > 0
		},
	} {
		with(t, what, is)
	}
}
