package generate

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"madoguchi/library"
)

func generator(t testing.TB, cfg Config) *Generator {
	t.Helper()
	g, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func records(t testing.TB, g *Generator) (out []library.Record) {
	t.Helper()
	for r, err := range g.Records() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func TestSameConfigSameLibrary(t *testing.T) {
	cfg := Config{Bibs: 2000, Copies: 3000, Seed: 7}
	first := records(t, generator(t, cfg))
	g := generator(t, cfg)
	for i, want := range first {
		if got := g.Record(i); !reflect.DeepEqual(got, want) {
			t.Fatalf("record %d alone is %+v, among all %+v", i, got, want)
		}
	}
	cfg.Seed = 8
	if other := records(t, generator(t, cfg)); reflect.DeepEqual(other, first) {
		t.Error("another seed makes the same library")
	}
}

func TestNewRefuses(t *testing.T) {
	for _, cfg := range []Config{{}, {Bibs: -1}, {Bibs: 1, Copies: -1}, {Bibs: mostBibs + 1}} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%+v is not refused", cfg)
		}
	}
}

// TestLooksLikeALibrary counts what the records are to have in common with real ones.
func TestLooksLikeALibrary(t *testing.T) {
	const bibs, copies = 40_000, 60_001
	g := generator(t, Config{Bibs: bibs, Copies: copies, Seed: 1})
	ids, isbns, barcodes, persons := map[library.BibID]bool{}, map[string]bool{}, map[string]bool{}, map[string]int{}
	branches := map[library.BranchCode]int{}
	count := map[string]int{}
	for _, r := range records(t, g) {
		b := r.Bib
		if ids[b.ID] {
			t.Fatalf("two bibs have the id %s", b.ID)
		}
		ids[b.ID] = true
		if strings.TrimSpace(b.Title) == "" || strings.Contains(b.TitleReading, "  ") {
			t.Errorf("%s has the title %q, read %q", b.ID, b.Title, b.TitleReading)
		}
		switch {
		case b.Language == "eng":
			count["latin"]++
		case !isReading(b.TitleReading):
			t.Errorf("%q has the reading %q", b.Title, b.TitleReading)
		}
		for _, c := range b.Creators {
			if b.Language == "jpn" && !isReading(c.Reading) {
				t.Errorf("%q has the reading %q", c.Name, c.Reading)
			}
			persons[c.Name]++
		}
		for _, isbn := range b.ISBNs {
			if got, ok := library.ParseISBN(isbn); !ok || got != isbn || isbns[isbn] {
				t.Errorf("the ISBN %s of %s is wrong, or another bib's", isbn, b.ID)
			}
			isbns[isbn] = true
		}
		if b.Volume != "" {
			count["volumes"]++
		}
		if len(b.Series) > 0 {
			count["series"]++
		}
		if strings.Contains(b.Title, "日本") || len(b.Subjects) > 0 && strings.Contains(b.Subjects[0].Term, "日本") {
			count["日本"]++
		}
		if len(r.Items) == 0 {
			count["no copies"]++
		}
		for _, it := range r.Items {
			if it.BibID != b.ID || barcodes[it.Barcode] {
				t.Errorf("the copy %s of %s is another's", it.Barcode, b.ID)
			}
			barcodes[it.Barcode] = true
			branches[it.Branch]++
			if it.State == library.OnLoan {
				count["on loan"]++
			}
			if (it.State == library.OnLoan) == it.DueOn.IsZero() {
				t.Errorf("the copy %s is %s, due on %s", it.Barcode, it.State, it.DueOn)
			}
		}
	}
	if len(barcodes) != copies {
		t.Errorf("%d copies, want %d", len(barcodes), copies)
	}
	most := 0
	for _, n := range persons {
		most = max(most, n)
	}
	for _, row := range []struct {
		what      string
		n         int
		low, high float64 // of the bibs
	}{
		{"Latin titles", count["latin"], 0.08, 0.12},
		{"volumes", count["volumes"], 0.18, 0.26},
		{"series", count["series"], 0.25, 0.4},
		{"日本", count["日本"], 0.08, 0.25},
		{"no copies", count["no copies"], 0.05, 0.5},
		{"on loan", count["on loan"], 0.2, 0.4},
		{"ISBNs", len(isbns), 0.5, 0.9},
		{"persons", len(persons), 0.1, 0.5},
		{"books of one person", most, 0.0003, 0.02},
		{"copies of the rare branch", branches[Rare], 0.0001, 0.002},
	} {
		if share := float64(row.n) / bibs; share < row.low || share > row.high {
			t.Errorf("%s: %d of %d bibs", row.what, row.n, bibs)
		}
	}
	for _, b := range g.Branches() {
		if branches[b.Code] == 0 {
			t.Errorf("the branch %s has no copies", b.Code)
		}
	}
}

func isReading(s string) bool {
	for _, r := range s {
		if !unicode.Is(unicode.Katakana, r) && !strings.ContainsRune(" ,ー・-", r) {
			return false
		}
	}
	return s != ""
}

func BenchmarkRecord(b *testing.B) {
	g := generator(b, Config{Bibs: 1_000_000, Copies: 1_500_000, Seed: 1})
	for i := 0; b.Loop(); i++ {
		g.Record(i % g.Bibs)
	}
}

func TestWordsThatAreMissing(t *testing.T) {
	for range 20 { // of many, always the same
		if _, err := newVocabulary("katakana\nアオ\n"); err == nil || !strings.Contains(err.Error(), `"adjective"`) {
			t.Fatalf("%v", err)
		}
	}
}
