package catalogue

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// terminal is the least that follows changes: it refuses what a real one could not
// apply.
type terminal struct {
	t      *testing.T
	cursor int64
	bibs   map[library.BibID]library.Bib
	items  map[library.ItemID]library.Item
	lists  map[string]library.List
}

func newTerminal(t *testing.T) *terminal {
	return &terminal{t: t, bibs: map[library.BibID]library.Bib{}, items: map[library.ItemID]library.Item{}, lists: map[string]library.List{}}
}

func (x *terminal) apply(page protocol.Changes) {
	x.t.Helper()
	if page.After != x.cursor || page.Upto < page.After || len(page.Rows) > ChangesPerPage {
		x.t.Fatalf("page from %d to %d with %d rows at cursor %d", page.After, page.Upto, len(page.Rows), x.cursor)
	}
	for _, row := range page.Rows {
		switch {
		case row.PutBib != nil:
			x.bibs[row.PutBib.ID] = *row.PutBib
		case row.DeleteBib != "":
			delete(x.bibs, row.DeleteBib)
			for id, it := range x.items {
				if it.BibID == row.DeleteBib {
					delete(x.items, id)
				}
			}
		case row.PutItem != nil:
			if _, ok := x.bibs[row.PutItem.BibID]; !ok {
				x.t.Errorf("item %s came before its bib %s", row.PutItem.ID, row.PutItem.BibID)
			}
			x.items[row.PutItem.ID] = *row.PutItem
		case row.DeleteItem != "":
			delete(x.items, row.DeleteItem)
		case row.Availability != nil:
			it, ok := x.items[row.Availability.ItemID]
			if !ok {
				x.t.Errorf("availability of item %s, which never came", row.Availability.ItemID)
			}
			it.State, it.DueOn = row.Availability.State, row.Availability.DueOn
			x.items[it.ID] = it
		case row.PutList != nil:
			x.lists[row.PutList.Name] = *row.PutList
		case row.DeleteList != "":
			delete(x.lists, row.DeleteList)
		default:
			x.t.Errorf("an empty row")
		}
	}
	x.cursor = page.Upto
}

func (x *terminal) digests() (d [library.Buckets]library.Digest) {
	byBib := map[library.BibID][]library.Item{}
	for _, it := range x.items {
		byBib[it.BibID] = append(byBib[it.BibID], it)
	}
	for id, b := range x.bibs {
		n := library.BucketOf(id)
		d[n] = d[n].XOR(library.DigestOf(library.Record{Bib: b, Items: byBib[id]}))
	}
	return d
}

// TestFollowersEqualTheCatalogue lets random things happen to a few bibs and
// copies, copies that move from one bib to another included, while terminals
// follow in small pages at their own pace.
func TestFollowersEqualTheCatalogue(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		ctx := t.Context()
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		rnd := rand.New(rand.NewPCG(seed, 0))
		c.page = 7
		log, err := c.Log(ctx)
		if err != nil {
			t.Fatal(err)
		}
		followers := []*terminal{newTerminal(t), newTerminal(t), newTerminal(t)}
		pull := func(x *terminal) bool {
			page, err := c.Changes(ctx, log.Epoch, x.cursor, "")
			if err != nil {
				t.Fatal(err)
			}
			x.apply(page)
			return page.More
		}
		for step := range 250 {
			bib := fmt.Sprintf("b%d", rnd.IntN(6))
			item := fmt.Sprintf("i%d", rnd.IntN(8))
			switch rnd.IntN(12) {
			case 0, 1:
				r := book(bib)
				r.Bib.Year = 1900 + rnd.IntN(3)
				c.Put(ctx, r)
			case 2, 3:
				c.Put(ctx, book(bib, copyAt("chuo", item))) // refused where another bib has it
			case 4:
				c.Delete(ctx, library.BibID(bib))
			case 5:
				if r, err := c.Record(ctx, library.BibID(bib)); err == nil && len(r.Items) > 0 {
					lend(t, c, string(r.Items[0].ID), bib)
				}
			case 6:
				hide(c, func(tx *db.Tx) error { return c.HideItemTx(ctx, tx, library.ItemID(item)) })
			case 7:
				hide(c, func(tx *db.Tx) error { return c.HideBibTx(ctx, tx, library.BibID(bib)) })
			case 8: // a name that is an item's id, too
				hide(c, func(tx *db.Tx) error {
					_, _, err := c.PutListTx(ctx, tx, shelf(item, library.BibID(bib)))
					return err
				})
			case 9:
				hide(c, func(tx *db.Tx) error { return c.RemoveListTx(ctx, tx, item) })
			case 10:
				if r, err := c.Record(ctx, library.BibID(bib)); err == nil {
					lentBefore(t, c, r.Bib.ID, 1, 1+rnd.IntN(200))
				}
			case 11:
				if _, _, err := c.UpdateWanted(ctx, true); err != nil {
					t.Fatal(err)
				}
			}
			if x := followers[rnd.IntN(2)]; step%3 == 0 { // the third sleeps until the end
				pull(x)
			}
		}
		want, err := c.Digests(ctx)
		if err != nil {
			t.Fatal(err)
		}
		sameDigests(t, c)
		for i, x := range followers {
			for pull(x) {
			}
			if x.cursor != want.Number {
				t.Errorf("follower %d ends at %d, not %d", i, x.cursor, want.Number)
			}
			if x.digests() != want.Buckets {
				t.Errorf("follower %d does not equal the catalogue", i)
			}
			if got := library.DigestOfLists(slices.Collect(maps.Values(x.lists))); got != want.Lists {
				t.Errorf("follower %d has other lists than the catalogue: %v", i, x.lists)
			}
		}
	})
}

func TestChangesReset(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		ctx := t.Context()
		put(t, c, book("b1"), book("b2"), book("b3"))
		log, err := c.Log(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.db.Prune(ctx, 2); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			epoch string
			after int64
			mark  string
			want  error
		}{
			{log.Epoch, 3, "", nil}, {log.Epoch, 3, log.Mark, nil}, {log.Epoch, 2, "", nil}, {log.Epoch, 2, "pruned", nil},
			{log.Epoch, 1, "", library.ErrReset}, {log.Epoch, 0, "", library.ErrReset}, {"another", 3, "", library.ErrReset}, {"", 3, "", library.ErrReset},
			{log.Epoch, 3, "another", library.ErrOtherHistory}, {log.Epoch, 4, "", library.ErrOtherHistory},
		} {
			answer, err := c.Changes(ctx, test.epoch, test.after, test.mark)
			if !errors.Is(err, test.want) {
				t.Errorf("after %d, %q, of epoch %q: %v, want %v", test.after, test.mark, test.epoch, err, test.want)
			}
			if err == nil && answer.Mark != log.Mark {
				t.Errorf("the mark of the newest change is %q, want %q", answer.Mark, log.Mark)
			}
		}
	})
}

// TestDigestsAfterPruning: digests that were asked for before are not trusted when
// the log no longer tells what changed since.
func TestDigestsAfterPruning(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		put(t, c, book("b1"), book("b2"))
		sameDigests(t, c)
		put(t, c, book("b1", copyAt("chuo", "1")), book("b3"))
		if err := c.db.Prune(t.Context(), 3); err != nil {
			t.Fatal(err)
		}
		sameDigests(t, c)
		lend(t, c, "1", "b1")
		sameDigests(t, c)
	})
}
