package catalogue

import (
	"errors"
	"slices"
	"testing"

	"madoguchi/central/db"
	"madoguchi/library"
)

// shelf is a theme shelf of some bibs.
func shelf(name string, bibs ...library.BibID) library.List {
	return library.List{Name: name, Kind: library.ThemeList, Title: map[string]string{"ja": "棚"}, Bibs: bibs}
}

func TestLists(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		ctx := t.Context()
		put := func(l library.List) (was, changed bool) {
			t.Helper()
			err := c.db.Tx(ctx, func(tx *db.Tx) (err error) {
				was, changed, err = c.PutListTx(ctx, tx, l)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return was, changed
		}
		remove := func(name string) error {
			return c.db.Tx(ctx, func(tx *db.Tx) error { return c.RemoveListTx(ctx, tx, name) })
		}
		if was, changed := put(shelf("summer", "b1", "b2")); was || !changed {
			t.Errorf("a new list: %v, %v", was, changed)
		}
		before, err := c.ListsNow(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if was, changed := put(shelf("summer", "b1", "b2")); !was || changed {
			t.Errorf("the same list again: %v, %v", was, changed)
		}
		if was, changed := put(shelf("summer", "b2")); !was || !changed {
			t.Errorf("another list of the name: %v, %v", was, changed)
		}
		after, err := c.ListsNow(ctx)
		if err != nil || after.Number != before.Number+1 {
			t.Errorf("the same list again made a change: %d, then %d, %v", before.Number, after.Number, err)
		}
		put(library.List{Name: "cats", Kind: library.ThemeList, Title: map[string]string{"ja": "猫"}, Query: &library.Query{Subject: "猫"}})
		all, err := c.Lists(ctx)
		if err != nil || len(all) != 2 || all[0].Query.Subject != "猫" || !slices.Equal(all[1].Bibs, []library.BibID{"b2"}) {
			t.Errorf("%+v, %v", all, err)
		}
		for _, name := range []string{"winter", "", "a\x00b", "\xff"} {
			if err := remove(name); !errors.Is(err, library.ErrUnknownList) {
				t.Errorf("removing %q: %v", name, err)
			}
		}
		if err := remove("summer"); err != nil {
			t.Error(err)
		}
		if all, err := c.Lists(ctx); err != nil || len(all) != 1 {
			t.Errorf("after one was removed: %+v, %v", all, err)
		}
		err = c.db.Tx(ctx, func(tx *db.Tx) error {
			_, _, err := c.PutListTx(ctx, tx, shelf("Summer", "b1"))
			return err
		})
		if err == nil {
			t.Error("a list of a bad name went in")
		}
	})
}
