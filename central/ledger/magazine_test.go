package ledger_test

import (
	"testing"

	"madoguchi/library"
)

// TestAMagazineIssueIsHeldFromItsRegistration: an issue that is announced cannot be held
// before its copy is registered, and at once then.
func TestAMagazineIssueIsHeldFromItsRegistration(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.patron(t, "p1")
		issue := library.Record{Bib: library.Bib{ID: "m1", Kind: library.Magazine, Title: "きょうの料理", Volume: "2026年12月号"}}
		req := library.HoldRequest{Bibs: []library.BibID{"m1"}, Pickup: "chuo", Contact: library.NoNews}
		put := func() {
			t.Helper()
			if _, err := c.catalogue.Put(t.Context(), issue); err != nil {
				t.Fatal(err)
			}
		}
		put()
		if answers, err := c.PlaceHolds(t.Context(), "p1", req); err != nil || answers[0].Refusal != library.ErrNoCopies.Code {
			t.Errorf("without a registered copy: %+v, %v", answers, err)
		}
		issue.Items = []library.Item{{ID: "i1", Barcode: "i1", Branch: "chuo", Lendable: true, State: library.OnShelf}}
		put()
		if h := c.request(t, "p1", req)[0]; !h.State.Active() || h.Title != "きょうの料理 2026年12月号" {
			t.Errorf("on the day of its registration: %+v", h)
		}
		c.agrees(t)
	})
}
