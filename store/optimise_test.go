package store

import (
	"fmt"
	"slices"
	"testing"

	"madoguchi/library"
)

// TestChangesLeaveFewPieces: each batch of changes adds a piece to the index, and a
// search reads all of them. They are merged by day as far as it is quick, and at night.
func TestChangesLeaveFewPieces(t *testing.T) {
	c := open(t, sample()...)
	const nights, batches = 20, 30
	upto := testInfo.Edition
	var all []string
	for range nights {
		for range batches {
			upto++
			r := bib(fmt.Sprint("b", upto), fmt.Sprint("重ねた本", upto), "カサネタ ホン", "作者", "サクシャ", 2020)
			apply(t, c, upto, library.Change{PutBib: &r.Bib}, library.Change{PutItem: &r.Items[0]})
			all = append(all, string(r.Bib.ID))
			if n, err := c.pieces(t.Context()); err != nil || n > 20 {
				t.Fatalf("by day there are %d pieces at change %d, %v", n, upto, err)
			}
		}
		if err := c.Optimise(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := c.pieces(t.Context()); err != nil || n > maxPieces {
			t.Errorf("%d pieces are left after a night, %v", n, err)
		}
	}
	slices.Reverse(all) // the newest first
	if got := find(t, c, library.Query{Words: "重ねた"}); !slices.Equal(got, all[:min(len(all), len(got))]) || len(got) == 0 {
		t.Errorf("found %v", got)
	}
	if err := c.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
