package store

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"madoguchi/library"
)

// longPage is a page of changes that is applied in several parts: bibs that come, go,
// and change year, and items that move between them.
func longPage(random *rand.Rand, bibs int) (rows []library.Change) {
	id := func() library.BibID { return library.BibID(fmt.Sprint("b", random.IntN(bibs))) }
	for range 2 * partCost {
		switch random.IntN(6) {
		case 0, 1:
			r := bib(string(id()), fmt.Sprint("本", random.IntN(50)), "ホン", "作者", "サクシャ", 1990+random.IntN(20))
			rows = append(rows, library.Change{PutBib: &r.Bib})
		case 2:
			rows = append(rows, library.Change{DeleteBib: id()})
		case 3:
			it := item(fmt.Sprint("i", random.IntN(bibs)), string(id()), "kita")
			rows = append(rows, library.Change{PutItem: &it})
		case 4:
			rows = append(rows, library.Change{DeleteItem: library.ItemID(fmt.Sprint("i", random.IntN(bibs)))})
		case 5:
			a := library.Availability{ItemID: library.ItemID(fmt.Sprint("i", random.IntN(bibs))), State: library.InTransit}
			rows = append(rows, library.Change{Availability: &a})
		}
	}
	return rows
}

// TestBrokenOffBetweenParts: a page that was applied in part leaves the cursor where it
// was and a whole catalogue, and when the page is applied again, the catalogue is the
// same as where nothing was broken off.
func TestBrokenOffBetweenParts(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const bibs = 300
	first, second := longPage(random, bibs), longPage(random, bibs)
	steady := open(t, sample()...)
	apply(t, steady, 20, first...)
	apply(t, steady, 30, second...)
	want, err := steady.Digests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantInfo, err := steady.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for parts := 1; ; parts++ {
		c := open(t, sample()...)
		apply(t, c, 20, first...)
		left := second
		for range parts {
			if left, _, err = c.applyNext(t.Context(), Cursor{Epoch: testInfo.Epoch, Number: 30}, left); err != nil {
				t.Fatal(err)
			}
		}
		in, err := c.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		whole := len(left) == 0
		if cursor := map[bool]int64{false: 20, true: 30}[whole]; in.Number != cursor {
			t.Errorf("after %d parts the cursor is %d, want %d", parts, in.Number, cursor)
		}
		if err := c.Verify(t.Context()); err != nil {
			t.Errorf("after %d parts: %v", parts, err)
		}
		apply(t, c, 30, second...)
		if got, err := c.Digests(t.Context()); err != nil || got != want {
			t.Errorf("broken off after %d parts and applied again the catalogue differs: %v", parts, err)
		}
		if in, _ = c.Info(t.Context()); in != wantInfo {
			t.Errorf("broken off after %d parts: %+v, want %+v", parts, in, wantInfo)
		}
		if err := c.Verify(t.Context()); err != nil {
			t.Errorf("broken off after %d parts and applied again: %v", parts, err)
		}
		if whole {
			if parts < 3 {
				t.Errorf("the page took %d parts only", parts)
			}
			return
		}
	}
}

// TestPartsOfAPageEqualABuild: what is applied in parts is what is built of the outcome.
func TestPartsOfAPageEqualABuild(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	c := open(t)
	var records []library.Record
	var rows []library.Change
	for i := range 2 * partCost {
		r := bib(fmt.Sprint("b", i), fmt.Sprint("本", random.IntN(50)), "ホン", "作者", "サクシャ", 1990+i%20)
		records = append(records, r)
		rows = append(rows, library.Change{PutBib: &r.Bib}, library.Change{PutItem: &r.Items[0]})
	}
	apply(t, c, 20, rows...)
	want, err := open(t, records...).Digests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Digests(t.Context()); err != nil || got != want {
		t.Errorf("the catalogue differs from one that is built: %v", err)
	}
}
