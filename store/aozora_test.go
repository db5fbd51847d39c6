package store

import (
	"encoding/csv"
	"os"
	"path/filepath"
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

// TestWellKnownTitles looks for books that everybody knows in the list of 2017,
// which has no readings.
func TestWellKnownTitles(t *testing.T) {
	f, err := os.Open(filepath.Join(sharedData(t), "aozora", "list_person_all_utf8_2017.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var records []library.Record
	seen := map[string]bool{}
	for _, line := range lines[1:] {
		if id := line[2]; !seen[id] {
			seen[id] = true
			records = append(records, library.Record{Bib: library.Bib{ID: library.BibID(id), Title: line[3], Creators: []library.Creator{{Name: line[1]}}}})
		}
	}
	c := open(t, records...)
	for typed, want := range map[string]string{
		"こころ":           "こころ",
		"ココロ 夏目漱石":      "こころ",
		"吾輩は猫":          "吾輩は猫である",
		"夏目 漱石　吾輩":      "吾輩は猫である",
		"坊っちゃん":         "坊っちゃん",
		"坊つちやん":         "坊っちゃん",
		"銀河鉄道":          "銀河鉄道の夜",
		"宮澤賢治 銀河":       "銀河鉄道の夜",
		"ﾄﾞｸﾞﾗ ﾏｸﾞﾗ":    "ドグラ・マグラ",
		"どぐらまぐら":        "ドグラ・マグラ",
		"dogura magura": "ドグラ・マグラ",
		"芥川竜之介 羅生門":     "羅生門",
		"芥川龍之介 羅生":      "羅生門",
		"森鷗外 高瀬舟":       "高瀬舟",
		"森鴎外 舞姫":        "舞姫",
		"走れメロス":         "走れメロス",
		"太宰　人間失格":       "人間失格",
		"ばいおりん":         "メンデルスゾーンのヴァイオリンコンチェルト",
		"注文の多い":         "注文の多い料理店",
	} {
		p, err := c.Search(t.Context(), library.Query{Words: typed}, 0, 20)
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		for _, r := range p.Rows {
			titles = append(titles, r.Bib.Title)
		}
		if !slices.Contains(titles, want) {
			t.Errorf("%q finds %v of %s, not %s", typed, titles, p.Count, want)
		}
	}
}
