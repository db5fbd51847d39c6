package ledger_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"madoguchi/central/catalogue"
	"madoguchi/library"
)

// TestImportNights lets patrons borrow and hold by day, and files of another system come by
// night in which bibs and copies come, go, move and are missing, and looks after each night
// whether loans, holds, copies and what terminals see agree.
func TestImportNights(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		r := rand.New(rand.NewPCG(uint64(len(c.db.Name())), 14))
		patrons := []library.PatronID{"p1", "p2", "p3", "p4", "p5"}
		for _, p := range patrons {
			c.patron(t, p)
		}
		branches := []library.BranchCode{"chuo", "kita"}
		copies := map[int]library.Item{} // of the other system
		lent, held, withdrawn, lostHold := 0, 0, 0, 0
		for night := range 60 {
			for range 1 + r.IntN(12) { // by day
				item, bib := fmt.Sprint(100+r.IntN(30)), library.BibID(fmt.Sprint("b", r.IntN(10)))
				patron, at := patrons[r.IntN(len(patrons))], branches[r.IntN(2)]
				var err error
				switch r.IntN(6) {
				case 0, 1:
					if _, _, err = c.Checkout(t.Context(), string(patron[1:]), item, at); err == nil {
						lent++
					}
				case 2:
					_, err = c.Return(t.Context(), item, at)
				case 3:
					_, err = c.Arrive(t.Context(), item, at)
				default:
					var answers []library.HoldAnswer
					answers, err = c.PlaceHolds(t.Context(), patron, library.HoldRequest{Bibs: []library.BibID{bib, library.BibID(fmt.Sprint("b", r.IntN(10)))}, Pickup: at, Contact: library.NoNews, Sequence: r.IntN(3) == 0})
					for _, a := range answers {
						if a.Hold != nil {
							held++
						}
					}
				}
				if refusal := (*library.Refusal)(nil); err != nil && !errors.As(err, &refusal) {
					t.Fatal(err)
				}
			}
			for range r.IntN(15) {
				n := r.IntN(30)
				it, there := copies[n]
				code := fmt.Sprint(100 + n)
				switch what := r.IntN(5); {
				case !there:
					it = library.Item{ID: library.ItemID(code), Barcode: code, Branch: "chuo", Lendable: true, State: library.OnShelf, BibID: library.BibID(fmt.Sprint("b", r.IntN(10)))}
				case what == 0:
					delete(copies, n)
					continue
				case what == 1:
					it.BibID = library.BibID(fmt.Sprint("b", r.IntN(10)))
				case what == 2:
					it.Lendable = !it.Lendable
				case what == 3:
					it.Branch = branches[r.IntN(2)]
				default:
					it.State = []library.ItemState{library.OnShelf, library.Missing}[r.IntN(2)]
				}
				copies[n] = it
			}
			n, err := c.catalogue.Import(t.Context(), catalogue.Import{
				Full: &catalogue.Full{Limit: 100}, DryRun: night%7 == 6,
				Records: func(yield func(catalogue.Incoming, error) bool) {
					bibs := map[library.BibID][]library.Item{}
					for _, it := range copies {
						bibs[it.BibID] = append(bibs[it.BibID], it)
					}
					for id, items := range bibs {
						slices.SortFunc(items, func(a, b library.Item) int { return int(a.ID[2]) - int(b.ID[2]) })
						in := catalogue.Incoming{Record: library.Record{Bib: library.Bib{ID: id, Kind: library.Book, Title: "題 " + string(id)}, Items: items}}
						if r.IntN(12) == 0 && len(items) > 1 {
							in.Items, in.Withdrawn = items[1:], []library.ItemID{items[0].ID}
						}
						if !yield(in, nil) {
							return
						}
					}
				},
				LeftOut: func(_ int, err error) error { return err },
			})
			if err != nil {
				t.Fatal(err)
			}
			withdrawn += n.WithdrawnItems
			c.agrees(t)
			c.seesAll(t)
			if t.Failed() {
				t.Fatalf("after night %d: %+v", night, n)
			}
			lostHold = max(lostHold, c.count(t, `SELECT count(*) FROM item WHERE withdrawn`))
		}
		if lent < 10 || held < 20 || withdrawn < 20 || lostHold == 0 {
			t.Errorf("%d loans, %d holds, %d copies withdrawn, at most %d of them on loan: that tries nothing", lent, held, withdrawn, lostHold)
		}
	})
}

// seesAll holds the digests against the records.
func (c *city) seesAll(t *testing.T) {
	t.Helper()
	got, err := c.catalogue.Digests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var want [library.Buckets]library.Digest
	err = c.catalogue.Snapshot(t.Context(), func(s catalogue.Snapshot) error {
		clear(want[:])
		for r, err := range s.Records {
			if err != nil {
				return err
			}
			n := library.BucketOf(r.Bib.ID)
			want[n] = want[n].XOR(library.DigestOf(r))
		}
		return nil
	})
	if err != nil || got.Buckets != want {
		t.Errorf("the digests are not those of the records: %v", err)
	}
}
