package catalogue

import (
	"context"
	"errors"
	"slices"
	"testing"

	"madoguchi/central/db"
	"madoguchi/library"
)

// hide runs what lets something vanish, if it is there.
func hide(c *Catalogue, do func(*db.Tx) error) error {
	return c.db.Tx(context.Background(), do)
}

// seen is what the catalogue tells of its bibs, by each way in which it tells something.
func seen(t *testing.T, c *Catalogue, ids ...string) (bibs, items []string) {
	t.Helper()
	sameDigests(t, c)
	log, err := c.Log(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	follower := newTerminal(t)
	for {
		page, err := c.Changes(t.Context(), log.Epoch, follower.cursor, "")
		if err != nil {
			t.Fatal(err)
		}
		follower.apply(page)
		if !page.More {
			break
		}
	}
	if want, err := c.Digests(t.Context()); err != nil || follower.digests() != want.Buckets {
		t.Errorf("who follows has not what the digests say: %v", err)
	}
	err = c.Snapshot(t.Context(), func(s Snapshot) error {
		for r, err := range s.Records {
			if err != nil {
				return err
			}
			bibs = append(bibs, string(r.Bib.ID))
			for _, it := range r.Items {
				items = append(items, string(it.ID))
			}
		}
		if s.Bibs != len(bibs) {
			t.Errorf("the snapshot counts %d bibs, and has %v", s.Bibs, bibs)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		r, err := c.Record(t.Context(), library.BibID(id))
		if there := slices.Contains(bibs, id); there != (err == nil) || !there && !errors.Is(err, library.ErrUnknownBib) {
			t.Errorf("the record %s: %v", id, err)
		}
		for _, it := range r.Items {
			if !slices.Contains(items, string(it.ID)) {
				t.Errorf("the record %s has the copy %s", id, it.ID)
			}
		}
	}
	return bibs, items
}

func TestWhatHasLeftIsHidden(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		ctx := t.Context()
		is := func(when string, wantBibs, wantItems []string) {
			t.Helper()
			if bibs, items := seen(t, c, "b1", "b2"); !slices.Equal(bibs, wantBibs) || !slices.Equal(items, wantItems) {
				t.Errorf("%s: seen are %v with the copies %v", when, bibs, items)
			}
		}
		do := func(fn func(*db.Tx) error) {
			t.Helper()
			if err := hide(c, fn); err != nil {
				t.Fatal(err)
			}
		}
		one, two := copyAt("chuo", "1"), copyAt("chuo", "2")
		two.Shelf = "郷土"
		put(t, c, book("b1", one, two), book("b2", copyAt("chuo", "3")))
		lend(t, c, "2", "b1")
		is("before", []string{"b1", "b2"}, []string{"1", "2", "3"})

		do(func(tx *db.Tx) error { return c.HideItemTx(ctx, tx, "2") })
		is("a copy has left", []string{"b1", "b2"}, []string{"1", "3"})
		if shelves, err := c.Shelves(ctx, "chuo"); err != nil || len(shelves) != 0 {
			t.Errorf("its shelf is still drawn: %v, %v", shelves, err)
		}
		if o := put(t, c, book("b1", one)); o[0] != Unchanged {
			t.Errorf("a record without it: %v", o)
		}
		if o := put(t, c, book("b1", one, two)); o[0] != Changed {
			t.Errorf("a record with it: %v", o)
		}
		is("it is there again", []string{"b1", "b2"}, []string{"1", "2", "3"})
		if r, err := c.Record(ctx, "b1"); err != nil || r.Items[1].State != library.OnLoan || r.Items[1].DueOn.IsZero() {
			t.Errorf("it is no longer on loan: %+v, %v", r.Items, err)
		}

		do(func(tx *db.Tx) error { return c.HideBibTx(ctx, tx, "b1") })
		is("the title has left", []string{"b2"}, []string{"3"})
		lend(t, c, "2", "b1") // as a due date that moves
		is("its loan changes", []string{"b2"}, []string{"3"})
		err := c.db.View(ctx, func(tx *db.Tx) error {
			title, err := c.TitleTx(ctx, tx, "b1")
			if title != "こころ b1" {
				t.Errorf("its title is %q", title)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if o := put(t, c, book("b1", two)); o[0] != Added {
			t.Errorf("a record names it again: %v", o)
		}
		is("it is there again, with one copy", []string{"b1", "b2"}, []string{"2", "3"})

		do(func(tx *db.Tx) error { return c.HideBibTx(ctx, tx, "b1") })
		do(func(tx *db.Tx) error { return c.DeleteItemTx(ctx, tx, "1") })
		do(func(tx *db.Tx) error { return c.DeleteTx(ctx, tx, "b1") })
		is("it is gone", []string{"b2"}, []string{"3"})
		for what, err := range map[string]error{
			"item": hide(c, func(tx *db.Tx) error { return c.HideItemTx(ctx, tx, "2") }),
			"copy": hide(c, func(tx *db.Tx) error { return c.DeleteItemTx(ctx, tx, "2") }),
		} {
			if !errors.Is(err, library.ErrUnknownItem) {
				t.Errorf("the %s is gone: %v", what, err)
			}
		}
		if err := hide(c, func(tx *db.Tx) error { return c.HideBibTx(ctx, tx, "b1") }); !errors.Is(err, library.ErrUnknownBib) {
			t.Errorf("the bib is gone: %v", err)
		}
	})
}
