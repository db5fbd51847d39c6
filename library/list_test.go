package library_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"madoguchi/library"
)

func TestListValidate(t *testing.T) {
	ok := library.List{Name: "summer-2026", Kind: library.ThemeList, Title: map[string]string{"ja": "夏の本", "en": "Summer"}, Bibs: []library.BibID{"b1", "b2"}}
	many := make([]library.BibID, library.MaxListBibs+1)
	for i := range many {
		many[i] = library.BibID(fmt.Sprint("b", i))
	}
	for _, x := range []struct {
		name   string
		change func(*library.List)
		says   string // "": nothing
	}{
		{"as it is", func(l *library.List) {}, ""},
		{"a query", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{Subject: "猫"} }, ""},
		{"a query of a filter alone", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{Juvenile: true} }, ""},
		{"a ranking", func(l *library.List) { l.Kind, l.Title = library.Ranking, nil }, ""},
		{"no name", func(l *library.List) { l.Name = "" }, "no name"},
		{"a name in capitals", func(l *library.List) { l.Name = "Summer" }, "no name"},
		{"a name in kanji", func(l *library.List) { l.Name = "夏" }, "no name"},
		{"a hyphen at the end", func(l *library.List) { l.Name = "summer-" }, "no name"},
		{"a long name", func(l *library.List) { l.Name = strings.Repeat("a", 61) }, "at most"},
		{"another kind", func(l *library.List) { l.Kind = "shelf" }, "no kind"},
		{"no title in Japanese", func(l *library.List) { l.Title = map[string]string{"en": "Summer", "ja": " "} }, "no title in ja"},
		{"a title of another language", func(l *library.List) { l.Title["xx"] = "?" }, "no terminal speaks"},
		{"a long title", func(l *library.List) { l.Title["ja"] = strings.Repeat("夏", 41) }, "41 characters"},
		{"a title of two lines", func(l *library.List) { l.Title["en"] = "a\nb" }, "more than one line"},
		{"a long text", func(l *library.List) { l.Text = map[string]string{"ja": strings.Repeat("夏", 201)} }, "201 characters"},
		{"neither bibs nor a query", func(l *library.List) { l.Bibs = nil }, "no bib and no query"},
		{"both", func(l *library.List) { l.Query = &library.Query{Words: "夏"} }, "one of them"},
		{"a query that asks nothing", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{Words: " 　", Order: library.ByYear} }, "asks nothing"},
		{"a query of no kind", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{Kind: "video"} }, "no kind of a bib"},
		{"a query of no class", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{NDC: "絵本"} }, "no class"},
		{"a query of no year", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{YearFrom: 2020, YearTo: 2010} }, "no year"},
		{"a query in no language", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{Language: "ja"} }, "no language"},
		{"a query of a dot", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{NDC: "."} }, "no class"},
		{"a query of full width", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{NDC: "９１３．６"} }, ""},
		{"a query that cannot be shown", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{Words: "a\x01"} }, "cannot be shown"},
		{"a long query", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{Words: strings.Repeat("あ", 201)} }, "more than 200"},
		{"an escape in a title", func(l *library.List) { l.Title["ja"] = "a\x1b[31m" }, "cannot be shown"},
		{"another direction in a title", func(l *library.List) { l.Title["ja"] = "a\u202Eb" }, "cannot be shown"},
		{"a line separator in a title", func(l *library.List) { l.Title["ja"] = "a\u2028b" }, "cannot be shown"},
		{"no UTF-8 in a title", func(l *library.List) { l.Title["ja"] = "a\xffb" }, "cannot be shown"},
		{"an emoji of a family in a title", func(l *library.List) { l.Title["ja"] = "👨\u200d👩\u200d👧 本" }, ""},
		{"a query of no order", func(l *library.List) { l.Bibs, l.Query = nil, &library.Query{Words: "猫", Order: "old"} }, "no order"},
		{"a bib twice", func(l *library.List) { l.Bibs = append(l.Bibs, "b1") }, "twice"},
		{"a bib without an id", func(l *library.List) { l.Bibs = []library.BibID{""} }, "without an id"},
		{"too many bibs", func(l *library.List) { l.Bibs = many }, "501 bibs"},
	} {
		l := ok
		l.Title, l.Bibs = maps.Clone(ok.Title), append([]library.BibID(nil), ok.Bibs...)
		x.change(&l)
		err := l.Validate()
		if x.says == "" && err != nil || x.says != "" && (err == nil || !strings.Contains(err.Error(), x.says)) {
			t.Errorf("%s: %v, want %q", x.name, err, x.says)
		}
	}
}

func TestDigestOfLists(t *testing.T) {
	a, b := library.List{Name: "a", Kind: library.ThemeList, Title: map[string]string{"ja": "一", "en": "one"}}, library.List{Name: "b"}
	if library.DigestOfLists([]library.List{a, b}) != library.DigestOfLists([]library.List{b, a}) {
		t.Error("the order counts")
	}
	other := a
	other.Juvenile = true
	if library.DigestOfLists([]library.List{a}) == library.DigestOfLists([]library.List{other}) {
		t.Error("another list has the same digest")
	}
	if library.DigestOfLists(nil) == library.DigestOfLists([]library.List{b}) {
		t.Error("no list has the digest of one")
	}
}
