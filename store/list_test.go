package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

func TestLists(t *testing.T) {
	c := open(t, sample()...)
	var changes []library.Change
	for _, l := range []library.List{
		{Name: "year", Kind: library.Ranking, Bibs: []library.BibID{"neko"}},
		{Name: "october", Kind: library.Ranking, Month: "2026-10", Bibs: []library.BibID{"neko"}},
		{Name: "november", Kind: library.Ranking, Month: "2026-11", Bibs: []library.BibID{"neko"}},
		{Name: "soseki", Kind: library.ThemeList, Query: &library.Query{Creator: "夏目漱石"}},
		{Name: "autumn", Kind: library.ThemeList, Bibs: []library.BibID{"potter2", "gone", "kokoro", "neko"}},
	} {
		changes = append(changes, library.Change{PutList: &l})
	}
	apply(t, c, 11, changes...)
	names := func() (out []string) {
		t.Helper()
		all, err := c.Lists(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range all {
			out = append(out, l.Name)
		}
		return out
	}
	if got := names(); !slices.Equal(got, []string{"autumn", "soseki", "november", "october", "year"}) {
		t.Errorf("the lists stand as %v", got)
	}
	for _, want := range []struct {
		name          string
		offset, limit int
		ids           string
		n             int
	}{
		{"autumn", 0, 10, "potter2 kokoro neko", 3},
		{"autumn", 1, 1, "kokoro", 3},
		{"autumn", 5, 1, "", 3},
		{"autumn", -1, -1, "", 3},
		{"soseki", 0, 10, "kokoro neko", 2},
		{"soseki", 1, 1, "neko", 2},
		{"year", 0, 10, "neko", 1},
	} {
		p, err := c.ListPage(t.Context(), want.name, want.offset, want.limit)
		if err != nil || strings.Join(ids(p), " ") != want.ids || p.Count.N != want.n {
			t.Errorf("%s from %d: %v of %v, %v; want %s of %d", want.name, want.offset, ids(p), p.Count, err, want.ids, want.n)
		}
	}
	if _, err := c.ListPage(t.Context(), "winter", 0, 10); !errors.Is(err, library.ErrUnknownList) {
		t.Error(err)
	}
	apply(t, c, 12, library.Change{DeleteList: "autumn"}, library.Change{DeleteList: "winter"})
	if got := names(); slices.Contains(got, "autumn") {
		t.Error("a list that was deleted is there")
	}
	if err := c.Apply(t.Context(), Cursor{Epoch: testInfo.Epoch, Number: 13}, []library.Change{{PutList: &library.List{}}}); err == nil {
		t.Error("a list without a name went in")
	}
}

// A list of as many bibs as it may have is read in full.
func TestTheLongestList(t *testing.T) {
	var records []library.Record
	l := library.List{Name: "long", Kind: library.ThemeList, Title: map[string]string{"ja": "長い"}}
	for i := range library.MaxListBibs {
		id := fmt.Sprint("b", i)
		records = append(records, bib(id, "本", "", "", "", 2000))
		l.Bibs = append(l.Bibs, library.BibID(id))
	}
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	c := open(t, records...)
	apply(t, c, 11, library.Change{PutList: &l})
	p, err := c.ListPage(t.Context(), "long", library.MaxListBibs-1, 10)
	if err != nil || p.Count.N != library.MaxListBibs || len(p.Rows) != 1 || p.Rows[0].Bib.ID != l.Bibs[len(l.Bibs)-1] {
		t.Errorf("%v of %v, %v", ids(p), p.Count, err)
	}
}
