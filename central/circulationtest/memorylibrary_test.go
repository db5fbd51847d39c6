package circulationtest_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"madoguchi/central/circulationtest"
	"madoguchi/central/db/dbtest"
	"madoguchi/library"
)

// library arranges things in the system as the library that has it would.
func (m *memory) library() circulationtest.Library {
	return circulationtest.Library{
		Circulation: m, DB: m.records,
		AddPatron: func(card string) (library.PatronID, error) {
			m.mu.Lock()
			defer m.mu.Unlock()
			id := library.PatronID("theirs " + card)
			m.patrons[id] = library.Patron{ID: id, Card: card, Name: "港 花子"}
			return id, nil
		},
		AddCopy: func(bib library.BibID, item library.ItemID) error {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.items[item] = library.Item{ID: item, BibID: bib, Branch: "chuo", Lendable: true, State: library.OnShelf}
			return nil
		},
		Lend: func(card string, item library.ItemID, ago int) (library.LoanID, error) {
			m.mu.Lock()
			defer m.mu.Unlock()
			it := m.items[item]
			l, err := library.DefaultPolicy().Lend(library.LoanID("loan of "+item), library.PatronID("theirs "+card), it, library.Lending{Branch: it.Branch}, m.today.Add(-ago))
			it.State, it.DueOn = library.OnLoan, l.DueOn
			m.loans[l.ID], m.items[item] = l, it
			return l.ID, err
		},
	}
}

// TestASystemOfItsOwn: a system that owns its truth stands behind the port, though it is
// slow, dies before, in and after recording, and answers twice.
func TestASystemOfItsOwn(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			circulationtest.Run(t, func(t *testing.T) circulationtest.Library {
				m := newMemory(dbtest.Open(t, dsn(t)))
				l := m.library()
				if l.Faults = 10_000; testing.Short() {
					l.Faults = 400
				}
				l.Break = func() {
					m.fault = func() fault { return fault(rand.IntN(int(faults))) }
					m.wait = func(context.Context) error { time.Sleep(rand.N(300 * time.Microsecond)); return nil }
				}
				return l
			})
		})
	}
}
