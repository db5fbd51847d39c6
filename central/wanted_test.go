package central_test

import (
	"context"
	"testing"
	"time"

	"madoguchi/library"
)

// TestClassesOnceAMonth: the upkeep computes the wanted classes with the first look of a
// month in the library's zone, and not beside another process; terminals get the changes.
func TestClassesOnceAMonth(t *testing.T) {
	eachCity(t, 3, func(t *testing.T, c *holdCity) {
		zone := library.Site{}.Location()
		look := func(now time.Time, month string, moved int) {
			t.Helper()
			c.now = now.In(zone)
			if err := c.UpdateWanted(t.Context()); err != nil {
				t.Fatal(err)
			}
			if w, err := c.catalogue.Wanted(t.Context()); err != nil || w.Month != month || w.Moved != moved {
				t.Errorf("at %v: %+v, %v, want %s with %d moved", now, w, err, month, moved)
			}
		}
		look(time.Date(2026, 11, 24, 10, 0, 0, 0, zone), "2026-11", 0)
		for range 8 {
			if _, err := c.ledger.Return(t.Context(), string(itemID(1)), ""); err != nil {
				t.Fatal(err)
			}
			if _, _, err := c.ledger.Checkout(t.Context(), "1003", string(itemID(1)), ""); err != nil {
				t.Fatal(err)
			}
		}
		look(time.Date(2026, 11, 30, 23, 59, 59, 0, zone), "2026-11", 0)
		december := time.Date(2026, 12, 1, 0, 0, 0, 0, zone)
		err := c.db.Exclusive(t.Context(), "wanted", func(context.Context) error {
			look(december, "2026-11", 0)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		before, err := c.catalogue.Log(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		look(december, "2026-12", 1)
		look(december.Add(time.Hour), "2026-12", 1)
		changes, err := c.catalogue.Changes(t.Context(), before.Epoch, before.Number, before.Mark)
		if err != nil || len(changes.Rows) != 1 || changes.Rows[0].PutBib == nil || changes.Rows[0].PutBib.ID != bibID(1) || changes.Rows[0].PutBib.Wanted != 3 {
			t.Errorf("the changes are %+v, %v", changes.Rows, err)
		}
	})
}
