package store

import (
	"fmt"
	"testing"

	"madoguchi/library"
)

// TestVolumesOfALongSeries: a magazine of 3000 issues is counted to its end, and every part
// of it is found by the bib, by an offset and by a number.
func TestVolumesOfALongSeries(t *testing.T) {
	const issues = 3000
	var records []library.Record
	for n := range issues {
		n++
		records = append(records, volume(fmt.Sprint("m", n), "週刊窓口", "シュウカン マドグチ", fmt.Sprintf("第%d号", n), "", "", 1950+n/50, func(r *library.Record) {
			r.Bib.Kind, r.Bib.Juvenile = library.Magazine, n%3 == 0
		}))
	}
	c := open(t, records...)
	part := func(id library.BibID, q library.Query, offset, limit int) library.Volumes {
		t.Helper()
		v, err := c.Volumes(t.Context(), id, q, offset, limit)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, row := range []struct {
		id            library.BibID
		q             library.Query
		offset, limit int
		at, count     int
		first         library.BibID
		n             int
	}{
		{"m1", library.Query{}, 0, 7, 0, issues, "m1", 7},
		{"m1", library.Query{}, 2996, 7, 2996, issues, "m2997", 4},
		{"m1", library.Query{}, 4000, 7, issues, issues, "", 0},
		{"m2500", library.Query{}, -1, 7, 2499, issues, "m2500", 7},
		{"m2501", library.Query{}, -1, 7, 2499, issues, "m2500", 7},
		{"m1", library.Query{Juvenile: true}, 0, 7, 0, issues / 3, "m3", 7},
		{"m3000", library.Query{Juvenile: true}, -1, 7, 994, issues / 3, "m2985", 6},
		{"m2999", library.Query{Juvenile: true}, -1, 7, 994, issues / 3, "m2985", 6}, // itself is left out
		{"m1", library.Query{YearFrom: 2010, YearTo: 2010}, -1, 7, 0, 1, "m3000", 1},
		{"m1", library.Query{Kind: library.Book}, -1, 7, 0, 0, "", 0},
		{"m1", library.Query{Branch: "kita"}, 0, 7, 0, 0, "", 0},
		{"m1", library.Query{Words: "何か"}, 0, 0, 0, issues, "", 0}, // words do not count
	} {
		v := part(row.id, row.q, row.offset, row.limit)
		if v.Offset != row.at || v.Count != row.count || len(v.Records) != row.n || row.n > 0 && v.Records[0].Bib.ID != row.first {
			first := library.BibID("")
			if len(v.Records) > 0 {
				first = v.Records[0].Bib.ID
			}
			t.Errorf("%s %+v from %d: %d at %d of %d, first %s; want %d at %d of %d, first %s", row.id, row.q, row.offset, len(v.Records), v.Offset, v.Count, first, row.n, row.at, row.count, row.first)
		}
	}
	for _, row := range []struct {
		volume string
		q      library.Query
		at     int
	}{{"1", library.Query{}, 0}, {"2500", library.Query{}, 2499}, {"第2500号", library.Query{}, 2499}, {"9999", library.Query{}, issues - 1}, {"4", library.Query{Juvenile: true}, 1}, {"4", library.Query{Branch: "kita"}, 0}} {
		if at, err := c.VolumeOffset(t.Context(), "m7", row.q, row.volume); err != nil || at != row.at {
			t.Errorf("number %s of %+v is at %d, %v; want %d", row.volume, row.q, at, err, row.at)
		}
	}
	if page := pageOf(t, c, library.Query{Words: "週刊窓口 2500"}, 0, 5); len(page.Rows) != 1 || page.Rows[0].Bib.ID != "m2500" || page.Rows[0].Volumes != issues {
		t.Errorf("an issue that is asked for: %v", ids(page))
	}
}

func TestVolumesOfASeries(t *testing.T) {
	c := open(t, seriesShelf()...)
	for n, want := range []int{0, 0, 1, 2, 3, 3} {
		if at, err := c.VolumeOffset(t.Context(), "potter2", library.Query{}, fmt.Sprint(n)); err != nil || at != want {
			t.Errorf("part %d of the series is at %d, %v; want %d", n, at, err, want)
		}
	}
	v, err := c.Volumes(t.Context(), "space", library.Query{}, -1, 5)
	if err != nil || v.Count != 1 || len(v.Records) != 1 || v.Records[0].Bib.ID != "space" {
		t.Errorf("a bib that stands alone: %+v, %v", v, err)
	}
	if v, err = c.Volumes(t.Context(), "space", library.Query{Branch: "kita"}, -1, 5); err != nil || v.Count != 0 || len(v.Records) != 0 {
		t.Errorf("one that the filters leave out: %+v, %v", v, err)
	}
	if v, err = c.Volumes(t.Context(), "sg20", library.Query{}, -1, 10); err != nil || v.Count != 34 || v.Offset != 10 {
		t.Errorf("volumes in titles: %d from %d, %v", v.Count, v.Offset, err)
	}
}
