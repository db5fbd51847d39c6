package store

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"madoguchi/library"
)

func TestNDCCounts(t *testing.T) {
	c := open(t, sample()...)
	for _, row := range []struct {
		prefix string
		q      library.Query
		want   map[string]int
	}{
		{"", library.Query{}, map[string]int{"0": 2, "1": 1, "9": 4}},
		{"9", library.Query{}, map[string]int{"1": 2, "3": 2}},
		{"91", library.Query{}, map[string]int{"3": 2}},
		{"", library.Query{Juvenile: true}, map[string]int{"9": 2}},
		{"9", library.Query{Branch: "kita"}, map[string]int{"3": 1}},
		{"5", library.Query{}, map[string]int{}},
		{"", library.Query{Words: "漱石"}, map[string]int{"0": 2, "1": 1, "9": 4}}, // words do not count
	} {
		got, err := c.NDCCounts(t.Context(), row.prefix, row.q)
		if err != nil || !maps.Equal(got, row.want) {
			t.Errorf("NDCCounts(%q, %+v) = %v, %v; want %v", row.prefix, row.q, got, err, row.want)
		}
	}
	for _, prefix := range []string{"913", "x", "9 "} {
		if _, err := c.NDCCounts(t.Context(), prefix, library.Query{}); err == nil {
			t.Errorf("NDCCounts takes %q for a prefix", prefix)
		}
	}
}

func TestNewArrivals(t *testing.T) {
	day := func(n int) library.Date { return library.Date{Year: 2026, Month: 11, Day: n} }
	var records []library.Record
	for i, n := range []int{3, 20, 0, 10, 20} {
		r := bib(fmt.Sprint("b", i), "本", "", "", "", 2000-i)
		if n > 0 {
			r.Bib.AddedOn = day(n)
		}
		records = append(records, r)
	}
	c := open(t, records...)
	p, err := c.NewArrivals(t.Context(), day(5), 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(p); !slices.Equal(got, []string{"b1", "b4"}) || p.Count.N != 3 {
		t.Errorf("new are %v of %s, want b1 and b4 of 3", got, p.Count)
	}
	if p, err = c.NewArrivals(t.Context(), day(5), 2, 2); err != nil || !slices.Equal(ids(p), []string{"b3"}) {
		t.Errorf("the second page is %v, %v", ids(p), err)
	}
	if p, err = c.NewArrivals(t.Context(), library.Date{}, 0, 9); err != nil || p.Count.N != 4 {
		t.Errorf("since ever: %s, %v; want the 4 with a date", p.Count, err)
	}
}

func volumeIDs(t *testing.T, c *Catalogue, id library.BibID) []string {
	t.Helper()
	vols, err := c.Volumes(t.Context(), id, library.Query{}, 0, 5000)
	list := vols.Records
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, r := range list {
		out = append(out, string(r.Bib.ID))
	}
	return out
}

func TestVolumes(t *testing.T) {
	records := sample()
	for _, v := range []string{"10", "2", "1", "別巻"} {
		records = append(records, bib("zenshu"+v, "芥川全集", "", "芥川", "", 1990, func(r *library.Record) { r.Bib.Volume = "第" + v + "巻" }))
	}
	records = append(records, bib("other", "芥川全集", "", "別の編者", "", 1960, func(r *library.Record) { r.Bib.Volume = "1" }))
	c := open(t, records...)
	for id, want := range map[library.BibID][]string{
		"kafka2":   {"kafka1", "kafka2"},
		"zenshu10": {"zenshu1", "zenshu2", "zenshu10", "zenshu別巻"},
		"other":    {"other"},
		"potter2":  {"potter1", "potter2"}, // by the series
		"kokoro":   {"kokoro"},
	} {
		if got := volumeIDs(t, c, id); !slices.Equal(got, want) {
			t.Errorf("volumes of %s are %v, want %v", id, got, want)
		}
	}
	if _, err := c.Volumes(t.Context(), "none", library.Query{}, 0, 1); err != library.ErrUnknownBib {
		t.Errorf("Volumes(none): %v, want %v", err, library.ErrUnknownBib)
	}
}
