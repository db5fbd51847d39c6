package ledger_test

import (
	"testing"
	"time"

	"madoguchi/central/circulationtest"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/library"
)

// TestTheLedgerIsACirculation on both databases, whose transactions carry its effects.
func TestTheLedgerIsACirculation(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			circulationtest.Run(t, func(t *testing.T) circulationtest.Library { return onTrial(t, dbtest.Open(t, dsn(t))) })
		})
	}
}

func onTrial(t *testing.T, d *db.DB) circulationtest.Library {
	c := open(t, d)
	faults := 500
	if testing.Short() {
		faults = 50
	}
	return circulationtest.Library{
		Circulation: c.Circulation(), DB: d, Faults: faults,
		AddPatron: func(card string) (library.PatronID, error) {
			p := library.Patron{ID: library.PatronID("p" + card), Card: card, Name: "港 花子"}
			return p.ID, c.PutPatrons(t.Context(), p)
		},
		AddCopy: func(bib library.BibID, item library.ItemID) error {
			_, err := c.catalogue.Put(t.Context(), library.Record{
				Bib:   library.Bib{ID: bib, Kind: library.Book, Title: "こころ"},
				Items: []library.Item{{ID: item, Branch: "chuo", Barcode: string(item), Lendable: true, State: library.OnShelf}},
			})
			return err
		},
		Lend: func(card string, item library.ItemID, ago int) (library.LoanID, error) {
			then := c.at(t, d, func() time.Time { return c.clock.Now().AddDate(0, 0, -ago) })
			l, _, err := then.Checkout(t.Context(), card, string(item), "")
			return l.ID, err
		},
	}
}
