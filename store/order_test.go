package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"madoguchi/library"
)

// wanted is a bib of a class.
func wanted(id, title, volume, creator string, year, class int) library.Record {
	r := bib(id, title, "", creator, "", year)
	r.Bib.Volume, r.Bib.Wanted = volume, class
	return r
}

func TestOrders(t *testing.T) {
	records := []library.Record{
		wanted("old", "猫の話", "", "山田花", 1980, 7),
		wanted("new", "猫の本", "", "山田花", 2024, 0),
		wanted("exact", "猫", "", "山田花", 1950, 0),
		wanted("two", "黒猫", "2", "山田花", 2001, 5),
		wanted("one", "黒猫", "1", "山田花", 2000, 1),
		wanted("one-again", "黒猫", "1", "山田花", 2010, 1),
		wanted("beyond", "白猫", "", "山田花", 2020, 99),
		wanted("undated", "子猫", "", "山田花", 0, 6),
	}
	c := open(t, records...)
	cat := library.Query{Words: "猫"}
	for _, want := range []struct {
		name string
		q    library.Query
		ids  string
	}{
		{"exact, then whole words, then by class and year", cat, "exact old new beyond undated two one-again one"},
		{"newest", library.Query{Words: "猫", Order: library.ByYear}, "new beyond one-again two one old exact undated"},
		{"by work", library.Query{Words: "猫", Order: library.ByWork}, "beyond old undated one-again one two new exact"},
		{"of some years", library.Query{Words: "猫", YearFrom: 1980, YearTo: 2001}, "old two one"},
		{"up to a year, which the undated are not", library.Query{Words: "猫", YearTo: 1980}, "exact old"},
		{"newest of some years", library.Query{Words: "猫", YearFrom: 2000, YearTo: 2020, Order: library.ByYear}, "beyond one-again two one"},
		{"years alone", library.Query{YearFrom: 2020}, "beyond new"},
	} {
		if got := find(t, c, want.q); strings.Join(got, " ") != want.ids {
			t.Errorf("%s: %v, want %s", want.name, got, want.ids)
		}
	}

	moved := records[1].Bib // new: 0 to 7
	moved.Wanted = library.MostWanted
	apply(t, c, 11, library.Change{PutBib: &moved})
	if got := find(t, c, cat); strings.Join(got, " ") != "exact new old beyond undated two one-again one" {
		t.Errorf("after a bib's class rose: %v", got)
	}
	moved.Wanted = -3
	apply(t, c, 12, library.Change{PutBib: &moved})
	if got := find(t, c, cat); strings.Join(got, " ") != "exact old new beyond undated two one-again one" {
		t.Errorf("after it fell: %v", got)
	}
	if err := c.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestYearsAreMetByAllOfThem: the filter by years finds what a look at each bib does,
// for words that many bibs have, by which the years of each class are asked for alone,
// and for rare ones.
func TestYearsAreMetByAllOfThem(t *testing.T) {
	var records []library.Record
	for i := range 2 * frequentBibs {
		title := "猫の話"
		if i%100 == 0 {
			title = "猫と犬"
		}
		records = append(records, wanted(fmt.Sprintf("b%05d", i), title, "", "山田花", 1960+i*7%60, i%8))
	}
	c := open(t, records...)
	for _, words := range []string{"猫", "猫 話", "犬", "犬 猫", ""} {
		for _, years := range [][2]int{{1970, 1970}, {1965, 1967}, {0, 1962}, {2015, 0}} {
			var want []library.Record
			for _, r := range records {
				meets := !strings.Contains(words, "犬") || strings.Contains(r.Bib.Title, "犬")
				meets = meets && (!strings.Contains(words, "話") || strings.Contains(r.Bib.Title, "話"))
				if meets && r.Bib.Year >= years[0] && (years[1] == 0 || r.Bib.Year <= years[1]) {
					want = append(want, r)
				}
			}
			slices.Reverse(want) // the last that came first
			byYear := slices.Clone(want)
			slices.SortStableFunc(want, func(a, b library.Record) int {
				return cmp.Or(cmp.Compare(b.Bib.Wanted, a.Bib.Wanted), cmp.Compare(b.Bib.Year, a.Bib.Year))
			})
			slices.SortStableFunc(byYear, func(a, b library.Record) int {
				return cmp.Or(cmp.Compare(b.Bib.Year, a.Bib.Year), cmp.Compare(b.Bib.Wanted, a.Bib.Wanted))
			})
			for order, want := range map[library.Order][]library.Record{library.ByWanted: want, library.ByYear: byYear} {
				q := library.Query{Words: words, YearFrom: years[0], YearTo: years[1], Order: order}
				page, err := c.Search(t.Context(), q, 0, 500)
				if err != nil {
					t.Fatal(err)
				}
				var ids []library.BibID
				for _, r := range want[:min(len(want), 500)] {
					ids = append(ids, r.Bib.ID)
				}
				var got []library.BibID
				for _, r := range page.Rows {
					got = append(got, r.Record.Bib.ID)
				}
				if order == library.ByYear { // of a year, by arrival within each class
					sameYears(t, q, page, want)
				} else if !slices.Equal(got, ids) {
					t.Errorf("%+v finds %v, want %v", q, got, ids)
				}
				if page.Count.N != min(len(want), library.CountCap) && !page.Count.More {
					t.Errorf("%+v counts %+v, want %d", q, page.Count, len(want))
				}
			}
		}
	}
}

func sameYears(t *testing.T, q library.Query, page library.Page, want []library.Record) {
	t.Helper()
	if len(page.Rows) != min(len(want), 500) {
		t.Errorf("%+v has %d on the page, want %d", q, len(page.Rows), min(len(want), 500))
		return
	}
	for i, r := range page.Rows {
		if r.Record.Bib.Year != want[i].Bib.Year {
			t.Errorf("%+v has a bib of %d at %d, want one of %d", q, r.Record.Bib.Year, i, want[i].Bib.Year)
			return
		}
	}
}

// TestPagesCoverEachHitOnce: in each order the pages of a query, one after the other, are
// all that one long page has, each bib once; and every order has the same bibs.
func TestPagesCoverEachHitOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var records []library.Record
		for i, b := range rapid.SliceOfN(drawBib(), 1, 40).Draw(rt, "bibs") {
			b.ID = library.BibID(fmt.Sprint("b", i))
			records = append(records, library.Record{Bib: b})
		}
		c := open(t, records...)
		defer c.Close()
		words := rapid.SampledFrom([]string{"猫", "こころ", "夏目", "k", "花", "は", "913", "9784101010137", "neko", "夏目 猫", "猫 3", "猫2", "こころ 下", "花文庫 2", "猫 9"}).Draw(rt, "words")
		q := library.Query{Words: words, YearFrom: rapid.SampledFrom([]int{0, 1999}).Draw(rt, "from"), Juvenile: rapid.Bool().Draw(rt, "juvenile")}
		var every []string
		for _, order := range library.Orders {
			q.Order = order
			whole, err := c.Search(t.Context(), q, 0, 100)
			if err != nil {
				rt.Fatal(err)
			}
			var paged []string
			size := rapid.IntRange(1, 7).Draw(rt, "size")
			for {
				page, err := c.Search(t.Context(), q, len(paged), size)
				if err != nil {
					rt.Fatal(err)
				}
				if len(page.Rows) == 0 {
					break
				}
				paged = append(paged, ids(page)...)
			}
			if !slices.Equal(paged, ids(whole)) {
				rt.Fatalf("%+v in pages of %d is %v, want %v", q, size, paged, ids(whole))
			}
			slices.Sort(paged)
			if len(slices.Compact(slices.Clone(paged))) != len(paged) {
				rt.Fatalf("%+v has a bib twice: %v", q, paged)
			}
			if every == nil {
				every = paged
			}
			if !slices.Equal(every, paged) {
				rt.Fatalf("%+v has %v, in another order %v", q, paged, every)
			}
		}
	})
}
