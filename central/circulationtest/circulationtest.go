// Package circulationtest tries a circulation system that is to stand behind the central
// service: what it says of patrons, how it refuses, and that an order has its effect
// once, whatever breaks off and however often it is given.
package circulationtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"madoguchi/central"
	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/library"
)

// Library is a system to try, with the branches chuo and kita, and what arranges things
// in it.
type Library struct {
	Circulation central.Circulation
	DB          *db.DB // in which orders are recorded

	AddPatron func(card string) (library.PatronID, error)
	AddCopy   func(bib library.BibID, item library.ItemID) error                      // lendable, on its shelf at chuo
	Lend      func(card string, item library.ItemID, ago int) (library.LoanID, error) // so many days ago

	// Faults is how many times something breaks off in the history that is tried. From
	// Break on it may break off in the system too; nil: nothing does.
	Faults int
	Break  func()
}

// Run tries a system. Each test opens one for itself.
func Run(t *testing.T, open func(*testing.T) Library) {
	for _, test := range []struct {
		name string
		run  func(*trial)
	}{
		{"Patrons", (*trial).patrons},
		{"Abilities", (*trial).abilities},
		{"Ready", (*trial).ready},
		{"Renewals", (*trial).renewals},
		{"RenewalsTooEarly", (*trial).renewalsTooEarly},
		{"RenewalsOfAnItem", (*trial).renewalsOfAnItem},
		{"Holds", (*trial).holds},
		{"AnOrderThatIsNotRecorded", (*trial).notRecorded},
		{"AnOrderGivenAtOnce", (*trial).atOnce},
		{"History", (*trial).history},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := &trial{T: t, Library: open(t)}
			x.makeRecords()
			test.run(x)
		})
	}
}

// trial is one system on trial.
type trial struct {
	*testing.T
	Library

	mu     sync.Mutex
	copies int
	keys   int
}

func (x *trial) must(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

func (x *trial) patron(card string) circulation.Who {
	x.Helper()
	id, err := x.AddPatron(card)
	x.must(err)
	return circulation.Who{Patron: id}
}

// bib adds a bib with a copy.
func (x *trial) bib() (library.BibID, library.ItemID) {
	x.Helper()
	bib, item, err := x.newBib()
	x.must(err)
	return bib, item
}

func (x *trial) newBib() (library.BibID, library.ItemID, error) {
	x.mu.Lock()
	x.copies++
	n := x.copies
	x.mu.Unlock()
	bib, item := library.BibID(fmt.Sprintf("b%05d", n)), library.ItemID(fmt.Sprintf("%07d", n))
	return bib, item, x.AddCopy(bib, item)
}

// aWeek is how many days ago loans began that are to be renewed.
const aWeek = 7

// lent lends a new copy to a card.
func (x *trial) lent(card string) (library.LoanID, library.ItemID) {
	x.Helper()
	loan, item, err := x.newLoan(card)
	x.must(err)
	return loan, item
}

func (x *trial) newLoan(card string) (library.LoanID, library.ItemID, error) {
	_, item, err := x.newBib()
	if err != nil {
		return "", "", err
	}
	loan, err := x.Lend(card, item, aWeek)
	return loan, item, err
}

// key is an order's, unlike any other.
func (x *trial) key() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.keys++
	return fmt.Sprintf("order %d", x.keys)
}

func (x *trial) makeRecords() {
	x.Helper()
	x.must(x.DB.Tx(x.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(x.Context(), `CREATE TABLE recorded (key TEXT PRIMARY KEY)`)
		return err
	}))
}

func (x *trial) recorded(key string) bool {
	x.Helper()
	is, err := x.isRecorded(key)
	x.must(err)
	return is
}

func (x *trial) isRecorded(key string) (bool, error) {
	n := 0
	err := x.DB.View(x.Context(), func(tx *db.Tx) error {
		return tx.QueryRowContext(x.Context(), `SELECT count(*) FROM recorded WHERE key = $1`, key).Scan(&n)
	})
	return n == 1, err
}

// order is an order that is recorded under its key, as the service does it.
func order[T any](who circulation.Who, key string) circulation.Order[T] {
	return circulation.Order[T]{Who: who, Key: key, Record: func(ctx context.Context, tx *db.Tx, _ T) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO recorded (key) VALUES ($1) ON CONFLICT (key) DO NOTHING`, key)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, circulation.ErrRecorded)
		}
		return nil
	}}
}

// refuses checks that an order was refused and nothing recorded.
func (x *trial) refuses(key string, err error, want *library.Refusal) {
	x.Helper()
	if !errors.Is(err, want) {
		x.Errorf("%v, want the refusal %v", err, want)
	}
	if x.recorded(key) {
		x.Errorf("an order that was refused with %v is recorded", want)
	}
}

func (x *trial) loansOf(who circulation.Who) []library.PatronLoan {
	x.Helper()
	all, err := x.Circulation.Loans(x.Context(), who)
	x.must(err)
	return all.Loans
}

// activeOf are the bibs that a patron waits for.
func (x *trial) activeOf(who circulation.Who) []library.PatronHold {
	x.Helper()
	all, err := x.Circulation.Holds(x.Context(), who)
	x.must(err)
	return slices.DeleteFunc(all.Holds, func(h library.PatronHold) bool { return !h.State.Active() })
}

func (x *trial) patrons() {
	a, b := x.patron("1001"), x.patron("1002")
	loan, _ := x.lent("1001")
	for card, want := range map[string]library.PatronID{"1001": a.Patron, "1002": b.Patron} {
		if p, err := x.Circulation.PatronByCard(x.Context(), card); err != nil || p.ID != want || p.Card != card {
			x.Errorf("the patron with the card %s: %+v, %v", card, p, err)
		}
	}
	if p, err := x.Circulation.Patron(x.Context(), a); err != nil || p.Card != "1001" {
		x.Errorf("%+v, %v", p, err)
	}
	for _, card := range []string{"", "9", "1001\x00", "\xff"} {
		if _, err := x.Circulation.PatronByCard(x.Context(), card); !errors.Is(err, library.ErrUnknownPatron) {
			x.Errorf("the card %q: %v", card, err)
		}
	}
	nobody := circulation.Who{Patron: "nobody"}
	if _, err := x.Circulation.Patron(x.Context(), nobody); !errors.Is(err, library.ErrUnknownPatron) {
		x.Errorf("nobody: %v", err)
	}
	if _, err := x.Circulation.Account(x.Context(), nobody); !errors.Is(err, library.ErrUnknownPatron) {
		x.Errorf("nobody's account: %v", err)
	}
	if len(x.loansOf(nobody))+len(x.activeOf(nobody)) != 0 {
		x.Error("nobody has something")
	}
	if got := x.loansOf(a); len(got) != 1 || got[0].ID != loan || got[0].Title == "" {
		x.Errorf("loans %+v", got)
	}
	if got := x.loansOf(b); len(got) != 0 {
		x.Errorf("another patron has %+v", got)
	}
	if account, err := x.Circulation.Account(x.Context(), a); err != nil || account.Loans != 1 {
		x.Errorf("account %+v, %v", account, err)
	}
	bib, item := x.bib()
	if got, err := x.Circulation.Availability(x.Context(), bib); err != nil || len(got) != 1 || got[0].ItemID != item || got[0].State != library.OnShelf {
		x.Errorf("availability %+v, %v", got, err)
	}
	for _, none := range []library.BibID{"none", "b\x00", ""} {
		if _, err := x.Circulation.Availability(x.Context(), none); !errors.Is(err, library.ErrUnknownBib) {
			x.Errorf("the bib %q: %v", none, err)
		}
	}
}

func (x *trial) abilities() {
	for _, a := range x.Circulation.Abilities() {
		if !slices.Contains(library.Abilities, a) {
			x.Errorf("the ability %q is none of library.Abilities", a)
		}
	}
}

func (x *trial) ready() {
	x.must(x.Circulation.Ready(x.Context()))
}
