package generate

import (
	"reflect"
	"testing"

	"madoguchi/library"
)

func TestDay(t *testing.T) {
	g, err := New(Config{Bibs: 20_000, Copies: 30_000, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	bought := map[library.BibID]bool{}
	for day := range 3 {
		d := g.Day(day)
		if !reflect.DeepEqual(d, g.Day(day)) {
			t.Errorf("day %d is another one the second time", day)
		}
		n := len(d.Edited) + len(d.Moved) + len(d.Deleted) + len(d.Lent)
		for _, r := range d.New {
			n += 1 + len(r.Items)
			if bought[r.Bib.ID] {
				t.Errorf("bib %s is bought twice", r.Bib.ID)
			}
			bought[r.Bib.ID] = true
		}
		if n != DayChanges {
			t.Errorf("day %d has %d changes", day, n)
		}
		gone := map[library.BibID]bool{}
		for _, id := range d.Deleted {
			gone[id] = true
		}
		for _, b := range d.Edited {
			if gone[b.ID] {
				t.Errorf("bib %s is edited and withdrawn", b.ID)
			}
		}
		for _, it := range d.Moved {
			if gone[it.BibID] {
				t.Errorf("item %s is moved and withdrawn", it.ID)
			}
		}
	}
}
