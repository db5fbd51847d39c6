package ledger_test

import (
	"testing"

	"madoguchi/central/catalogue"
	"madoguchi/library"
)

// TestFileOfWhatIsOurs: what a file says of copies that are on loan or held with us changes
// nothing of them, however often, and no record counts as changed for it.
func TestFileOfWhatIsOurs(t *testing.T) {
	for name, fileStates := range map[string]bool{"file": true, "circulation": false} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c *city) {
				c.patron(t, "p1")
				c.patron(t, "p2")
				item := func(code string, state library.ItemState, due library.Date) library.Item {
					return library.Item{ID: library.ItemID(code), Barcode: code, Branch: "chuo", Lendable: true, State: state, DueOn: due}
				}
				night := func(dry bool, lent, held library.Item) catalogue.Counts {
					t.Helper()
					n, err := c.catalogue.Import(t.Context(), catalogue.Import{
						Full: &catalogue.Full{Limit: 100}, FileStates: fileStates, DryRun: dry, LeftOut: func(_ int, err error) error { return err },
						Records: func(yield func(catalogue.Incoming, error) bool) {
							for _, it := range []library.Item{lent, held} {
								r := library.Record{Bib: library.Bib{ID: library.BibID("b" + it.ID), Kind: library.Book, Title: "題"}, Items: []library.Item{it}}
								if !yield(catalogue.Incoming{Record: r}, nil) {
									return
								}
							}
						},
					})
					if err != nil {
						t.Fatal(err)
					}
					return n
				}
				// Both begin on loan elsewhere, and are lent and set aside here.
				night(false, item("101", library.OnLoan, day("2026-12-20")), item("102", library.OnLoan, day("2026-12-20")))
				night(false, item("101", library.OnShelf, library.Date{}), item("102", library.OnShelf, library.Date{}))
				night(false, item("101", library.OnLoan, day("2026-12-21")), item("102", library.OnShelf, library.Date{}))
				if fileStates {
					c.comesBack(t, "101", "chuo")
				}
				loan := c.lend(t, "1", "101")
				c.request(t, "p2", library.HoldRequest{Bibs: []library.BibID{"b102"}, Pickup: "chuo", Contact: library.NoNews})
				for _, say := range []struct {
					lent, held library.ItemState
				}{{library.OnLoan, library.OnShelf}, {library.OnShelf, library.InTransit}, {library.OnHoldShelf, library.OnShelf}, {library.OnShelf, library.OnShelf}} {
					due := library.Date{}
					if say.lent == library.OnLoan {
						due = day("2026-12-22")
					}
					for _, dry := range []bool{true, false, false} {
						if n := night(dry, item("101", say.lent, due), item("102", say.held, library.Date{})); n.Unchanged != 2 {
							t.Errorf("it says %v: %+v", say, n)
						}
					}
					r, err := c.catalogue.Record(t.Context(), "b101")
					if err != nil || r.Items[0].State != library.OnLoan || r.Items[0].DueOn != loan.DueOn {
						t.Errorf("what is on loan is %+v, %v", r.Items, err)
					}
					if h := c.wantState(t, "p2", "b102", library.Preparing); h.ItemID != "102" {
						t.Errorf("the hold is %+v", h)
					}
				}
			})
		})
	}
}
