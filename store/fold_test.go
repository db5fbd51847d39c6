package store

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"madoguchi/library"
)

func pageOf(t *testing.T, c *Catalogue, q library.Query, offset, limit int) library.Page {
	t.Helper()
	page, err := c.Search(t.Context(), q, offset, limit)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestAWorkOfManyVolumesIsOneRow(t *testing.T) {
	c := open(t, seriesShelf()...)
	for _, row := range []struct {
		q       library.Query
		first   string
		volumes int
		asked   bool
	}{
		{library.Query{Words: "ONE PIECE"}, "op1", 109, false},
		{library.Query{Words: "ワンピース"}, "op1", 109, false},
		{library.Query{Words: "ワンピース 57"}, "op57", 109, true},
		{library.Query{Words: "尾田"}, "op1", 109, false},
		{library.Query{Words: "尾田", Order: library.ByWork}, "op1", 109, false},
		{library.Query{Words: "ワンピース 57", Order: library.ByWork}, "op57", 109, true},
		{library.Query{Words: "進撃の巨人"}, "sg1", 34, false},
		{library.Query{Words: "三国志 第60巻"}, "sangoku60", 60, true},
		{library.Query{Words: "ワンピース", Branch: "kita"}, "op2", 54, false},
		{library.Query{Words: "ワンピース 4", Branch: "kita"}, "op4", 54, true},
		{library.Query{Words: "ワンピース", YearFrom: 2000, YearTo: 2010}, "op12", 44, false},
		{library.Query{Words: "ワンピース 200"}, "op1", 109, false},
	} {
		page := pageOf(t, c, row.q, 0, 5)
		i := slices.IndexFunc(page.Rows, func(r library.Row) bool { return r.Volumes > 0 })
		if i < 0 {
			t.Errorf("%+v has no row of a work: %v", row.q, ids(page))
			continue
		}
		r := page.Rows[i]
		if string(r.Bib.ID) != row.first || r.Volumes != row.volumes || r.Asked != row.asked {
			t.Errorf("%+v shows %s of %d volumes, asked %v; want %s of %d, %v", row.q, r.Bib.ID, r.Volumes, r.Asked, row.first, row.volumes, row.asked)
		}
		if page.Folded != row.volumes-1 {
			t.Errorf("%+v counts %s, of them %d without a row; want %d", row.q, page.Count, page.Folded, row.volumes-1)
		}
	}
	if page := pageOf(t, c, library.Query{Words: "戦争と平和"}, 0, 5); len(page.Rows) != 3 || page.Folded != 0 || page.Rows[0].Volumes != 0 {
		t.Errorf("a work of three volumes is %v", ids(page))
	}
	if page := pageOf(t, c, library.Query{Words: "ワンピース", Order: library.ByYear}, 0, 500); page.Folded != 0 || len(page.Rows) < 109 {
		t.Errorf("the newest of a work are %d rows, %d without one", len(page.Rows), page.Folded)
	}
	if page := pageOf(t, c, library.Query{Title: "ONE PIECE 3"}, 0, 1); len(page.Rows) != 1 || page.Rows[0].Bib.ID != "op3" || page.Rows[0].Volumes != 109 {
		t.Errorf("by its title: %v", ids(page))
	}
}

// TestEachRecordIsOnOneRow: for any catalogue, query, order and size of page, the pages
// together are what one long page has, no record has two rows, and rows and records add up.
func TestEachRecordIsOnOneRow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var records []library.Record
		for w := range rapid.IntRange(1, 4).Draw(rt, "works") {
			title := fmt.Sprintf("猫の話%c", 'あ'+rune(w)*2)
			for n := range rapid.SampledFrom([]int{1, 3, 19, 20, 45, 70}).Draw(rt, "volumes") {
				id := fmt.Sprintf("w%dv%d", w, n+1)
				r := volume(id, title, "", fmt.Sprint(n+1), "山田花", "", 1990+n*7%30)
				if w == 1 {
					r.Bib.Title, r.Bib.Volume = fmt.Sprintf("%s 第%d巻", title, n+1), ""
				}
				r.Bib.Wanted, r.Bib.Juvenile = (n*3+w)%8, n%3 == 0
				records = append(records, r)
			}
		}
		for n := range rapid.IntRange(0, 30).Draw(rt, "others") {
			records = append(records, wanted(fmt.Sprint("o", n), fmt.Sprintf("犬と猫%d", n), "", "山田花", 1980+n, n%8))
		}
		c := open(t, records...)
		defer c.Close()
		q := library.Query{
			Words:    rapid.SampledFrom([]string{"猫", "猫の話", "猫の話あ", "猫の話あ 3", "猫の話う 第19巻", "山田", "猫の話あ 99", "犬"}).Draw(rt, "words"),
			Juvenile: rapid.Bool().Draw(rt, "juvenile"), YearFrom: rapid.SampledFrom([]int{0, 2000}).Draw(rt, "from"),
			Order: rapid.SampledFrom(library.Orders).Draw(rt, "order"),
		}
		whole := pageOf(t, c, q, 0, 1000)
		stands := map[library.BibID]int{}
		for _, r := range whole.Rows {
			if r.Volumes == 0 {
				stands[r.Bib.ID]++
				continue
			}
			vols, err := c.Volumes(t.Context(), r.Bib.ID, q, 0, 1000)
			if err != nil || vols.Count != r.Volumes {
				rt.Fatalf("%+v: the row of %s says %d volumes, the list has %d, %v", q, r.Bib.ID, r.Volumes, vols.Count, err)
			}
			for _, v := range vols.Records {
				stands[v.Bib.ID]++
			}
		}
		for id, n := range stands {
			if n > 1 {
				rt.Fatalf("%+v: %s stands on %d rows", q, id, n)
			}
		}
		if whole.RowCount() != len(whole.Rows) {
			rt.Fatalf("%+v: %d rows, want %d (%s, %d folded)", q, len(whole.Rows), whole.RowCount(), whole.Count, whole.Folded)
		}
		size := rapid.IntRange(1, 9).Draw(rt, "size")
		var paged []string
		for {
			page := pageOf(t, c, q, len(paged), size)
			if page.Lacks != whole.Lacks {
				rt.Fatalf("%+v lacks %q at %d, %q at the start", q, page.Lacks, len(paged), whole.Lacks)
			}
			if len(page.Rows) == 0 {
				break
			}
			paged = append(paged, ids(page)...)
		}
		if !slices.Equal(paged, ids(whole)) {
			rt.Fatalf("%+v in pages of %d is %v, want %v", q, size, paged, ids(whole))
		}
	})
}
