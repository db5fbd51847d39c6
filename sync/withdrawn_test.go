package sync_test

import (
	"context"
	"errors"
	"testing"

	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
	"madoguchi/store"
)

// copiesAt is how many copies of a bib a terminal shows, -1 where it does not have the bib.
func (x *terminal) copiesAt(id library.BibID) (n int) {
	x.t.Helper()
	err := x.With(func(c *store.Catalogue) error {
		r, err := c.Record(context.Background(), id)
		n = len(r.Items)
		if errors.Is(err, library.ErrUnknownBib) {
			n, err = -1, nil
		}
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return n
}

// TestWhatIsWithdrawnVanishes: of what has left the library while patrons have it, a
// terminal shows nothing, whether it follows the changes or fetches an edition; and what
// staff move between bibs is there once.
func TestWhatIsWithdrawnVanishes(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 4, func(r *library.Record) {
		more := r.Items[0]
		more.ID, more.Barcode = "x"+more.ID, "x"+more.Barcode
		if r.Bib.ID != "b00002" {
			r.Items = append(r.Items, more)
		}
	})
	if err := s.ledger.PutPatrons(t.Context(), library.Patron{ID: "p1", Card: card, Name: fullName}); err != nil {
		t.Fatal(err)
	}
	for _, item := range []string{"ib00001", "ib00002"} {
		if _, _, err := s.ledger.Checkout(t.Context(), card, item, ""); err != nil {
			t.Fatal(err)
		}
	}
	s.build()
	followed := t.TempDir()
	s.enrol(followed)
	follower := start(t, followed)
	follower.equals(s)
	is := func(when string, found int, copies map[library.BibID]int) {
		t.Helper()
		s.build()
		dir := t.TempDir()
		s.enrol(dir)
		fetcher := start(t, dir)
		defer fetcher.stop()
		for who, x := range map[string]*terminal{"follower": follower, "fetcher": fetcher} {
			x.equals(s)
			if n := x.finds("図書館"); n != found {
				t.Errorf("%s: the %s finds %d bibs", when, who, n)
			}
			for id, want := range copies {
				if n := x.copiesAt(id); n != want {
					t.Errorf("%s: the %s shows %d copies of %s", when, who, n, id)
				}
			}
		}
	}
	is("before", 4, map[library.BibID]int{"b00001": 2, "b00002": 1})
	if _, err := s.ledger.Withdraw(t.Context(), "ib00001"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ledger.DeleteBib(t.Context(), "b00002"); err != nil {
		t.Fatal(err)
	}
	is("withdrawn", 3, map[library.BibID]int{"b00001": 1, "b00002": -1})
	err := follower.With(func(c *store.Catalogue) error {
		for _, item := range []string{"ib00001", "ib00002"} {
			if id, err := c.ItemBib(t.Context(), item); !errors.Is(err, library.ErrUnknownItem) {
				t.Errorf("the copy %s is one of %q, %v", item, id, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range []string{"ib00001", "ib00002"} {
		if r, err := s.ledger.Return(t.Context(), item, ""); err != nil || !r.Withdrawn {
			t.Errorf("%s comes back: %+v, %v", item, r, err)
		}
	}
	is("back", 3, map[library.BibID]int{"b00001": 1, "b00002": -1})
	err = s.db.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := s.ledger.MoveItemTx(t.Context(), tx, "xib00003", ledger.Placement{Bib: "b00001"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	is("moved", 3, map[library.BibID]int{"b00001": 2, "b00003": 1})
}
