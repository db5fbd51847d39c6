package intake

import (
	"slices"
	"strings"
	"testing"
)

func TestUsualHeadersAreOurColumns(t *testing.T) {
	ours := append(slices.Clone(columnNames), PatronColumns()...)
	for column, headers := range usualHeaders {
		if !slices.Contains(ours, column) {
			t.Errorf("there is no column %q", column)
		}
		for _, h := range headers {
			if h != columnKey(h) {
				t.Errorf("%s: no header is compared as %q", column, h)
			}
		}
	}
	for _, names := range [][]string{columnNames, PatronColumns()} {
		seen := map[string]string{}
		for _, column := range names {
			for _, h := range append([]string{column}, usualHeaders[column]...) {
				if seen[h] != "" {
					t.Errorf("the header %q is of the columns %s and %s", h, seen[h], column)
				}
				seen[h] = column
			}
		}
	}
}

func TestHeadersInJapanese(t *testing.T) {
	var unread []string
	told := 0
	opt := Options{Unread: func(headers []string) { unread = headers; told++ }, Columns: map[string]string{"isbn": "番号"}}
	records, problems, err := gather(t, "書誌ＩＤ,書名,著者名,価格,番号,備考\nb1,こころ,夏目 漱石,500,978-4-10-101003-8,\n", opt)
	if err != nil || len(problems) > 0 || len(records) != 1 {
		t.Fatalf("%v, %v, %v", records, problems, err)
	}
	b := records[0].Bib
	if b.ID != "b1" || b.Title != "こころ" || len(b.Creators) != 1 || len(b.ISBNs) != 1 {
		t.Errorf("%+v", b)
	}
	if !slices.Equal(unread, []string{"価格", "備考"}) || told != 1 {
		t.Errorf("not read: %q, told %d times", unread, told)
	}

	// Our own name comes first, whatever else there is.
	records, _, err = gather(t, "書名,title,id\n別,こころ,b1\n", Options{})
	if err != nil || len(records) != 1 || records[0].Bib.Title != "こころ" {
		t.Errorf("%+v, %v", records, err)
	}

	f, err := OpenPatrons(strings.NewReader("利用者番号,氏名,生年月日,性別\n1,青木花,平成2年4月1日,\n"), patronOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.Columns(); !slices.Equal(got, []string{"card", "name", "born_on"}) || !slices.Equal(f.Unread(), []string{"性別"}) {
		t.Errorf("columns %q, not read %q", got, f.Unread())
	}
}
