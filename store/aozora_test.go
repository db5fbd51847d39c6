package store

import (
	"slices"
	"testing"

	"madoguchi/library"
)

// TestRealTitles searches the real list of Aozora Bunko the way people type.
func TestRealTitles(t *testing.T) {
	records := aozora(t)
	c := open(t, records...)
	if in, err := c.Info(t.Context()); err != nil || in.Bibs != len(records) || in.Items != len(records) {
		t.Fatalf("Info = %+v, %v; want %d bibs", in, err, len(records))
	}
	if err := c.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	title := map[library.BibID]string{}
	for _, r := range records {
		title[r.Bib.ID] = r.Bib.Title
	}
	// Each real title is found by itself, and stands among the first.
	for _, r := range records {
		p, err := c.Search(t.Context(), library.Query{Title: r.Bib.Title}, 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(ids(p), string(r.Bib.ID)) {
			t.Errorf("%q (%s) is not found by its title among %d", r.Bib.Title, r.Bib.ID, p.Count.N)
		}
		if r.Bib.TitleReading == "" {
			continue
		}
		if p, err = c.Search(t.Context(), library.Query{Words: r.Bib.TitleReading}, 0, 50); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(ids(p), string(r.Bib.ID)) {
			t.Errorf("%q (%s) is not found by its reading %q among %d", r.Bib.Title, r.Bib.ID, r.Bib.TitleReading, p.Count.N)
		}
	}
}
