package store

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"madoguchi/library"
)

// TestCountOfWhatMustBeRead asks for words that stand in many bibs and in the right
// field of few: the count may stop early, but it says so, it shows whether there is
// a next page, and the pages have every hit once.
func TestCountOfWhatMustBeRead(t *testing.T) {
	var records []library.Record
	want := 0
	for i := range 3000 {
		title := fmt.Sprintf("風の本 %d", i)
		if i%10 == 3 {
			title = fmt.Sprintf("花火の本 %d", i)
			want++
		}
		records = append(records, bib(fmt.Sprint("b", i), title, "", "花火太郎", "ハナビ, タロウ", 1900+i%120))
	}
	c := open(t, records...)
	for _, q := range []library.Query{{Title: "花火"}, {Title: "花火", Available: true}, {Title: "花火", Branch: "central", Available: true}, {Title: "花"}} {
		seen := map[string]bool{}
		first := library.Count{}
		for offset := 0; ; offset += 20 {
			p, err := c.Search(t.Context(), q, offset, 20)
			if err != nil {
				t.Fatal(err)
			}
			if offset == 0 {
				first = p.Count
			}
			for _, id := range ids(p) {
				if seen[id] {
					t.Fatalf("%+v: %s is on two pages", q, id)
				}
				seen[id] = true
			}
			if !p.Count.More && p.Count.N != want {
				t.Errorf("%+v: counts %s, want %d", q, p.Count, want)
			}
			if next := p.Count.N > offset+20; next != (len(seen) < want) {
				t.Fatalf("%+v: the count at %d is %s, and %d of %d hits were shown", q, offset, p.Count, len(seen), want)
			}
			if p.Count.N <= offset+20 {
				break
			}
		}
		if len(seen) != want || !first.More {
			t.Errorf("%+v: %d hits on the pages, want %d; the first page counts %s", q, len(seen), want, first)
		}
	}
}

// TestItemsComeBackWhole fills every field of an item, also those that will be added.
func TestItemsComeBackWhole(t *testing.T) {
	full := library.Item{}
	v := reflect.ValueOf(&full).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case f.Type() == reflect.TypeFor[library.Date]():
			f.Set(reflect.ValueOf(library.Date{Year: 2026, Month: 12, Day: 1}))
		case f.Kind() == reflect.String:
			f.SetString(fmt.Sprint("field", i))
		case f.Kind() == reflect.Bool:
			f.SetBool(true)
		default:
			t.Fatalf("this test does not know how to fill %s; and does the table item have it?", v.Type().Field(i).Name)
		}
	}
	for _, it := range []library.Item{full, item("same", "", "central"), {ID: "bare"}} {
		r := bib("b", "本", "", "", "", 2000)
		it.BibID = "b"
		r.Items = []library.Item{it}
		c := open(t, r)
		check := func(when string) {
			t.Helper()
			got, err := c.Record(t.Context(), "b")
			if err != nil || !slices.Equal(got.Items, r.Items) {
				t.Errorf("%s: %+v, %v; want %+v", when, got.Items, err, r.Items)
			}
		}
		check("built")
		r.Items[0].CallNumber = "913.6/ナ"
		if err := c.Apply(t.Context(), Cursor{Epoch: testInfo.Epoch, Number: 11}, []library.Change{{PutItem: &r.Items[0]}}); err != nil {
			t.Fatal(err)
		}
		check("changed")
		if got, err := c.ItemBib(t.Context(), it.Barcode); it.Barcode != "" && (err != nil || got != "b") {
			t.Errorf("the barcode %s leads to %s, %v", it.Barcode, got, err)
		}
	}
}
