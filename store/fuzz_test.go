package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/library"
)

// byReading searches without the index: every bib is read and checked.
func byReading(t *testing.T, c *Catalogue, q library.Query) []string {
	t.Helper()
	p := planOf(q)
	if p.nothing {
		return nil
	}
	found, err := view(context.Background(), c, "search by reading all", func(tx *reader) (found []string, err error) {
		s := search{ctx: context.Background(), tx: tx, plan: p}
		first, err := s.wholeTitles(nil)
		if err != nil {
			return nil, err
		}
		args := newArgs()
		err = s.rows("SELECT "+rowColumns+" FROM bib b WHERE "+s.onShelf(args), args, (*row).columns, func(r *row) bool {
			if p.signs == "" && p.meetsFilters(r) && s.meetsISBN(r) && p.meetsTerms(r) || slices.Contains(first, r.rank) {
				found = append(found, string(r.id))
			}
			return true
		})
		return found, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func checkAgainstReading(t *testing.T, c *Catalogue, q library.Query) {
	t.Helper()
	p, err := c.Search(context.Background(), q, 0, library.CountCap)
	if err != nil {
		t.Fatalf("search %+v: %v", q, err)
	}
	got, want := ids(p), byReading(t, c, q)
	slices.Sort(got)
	slices.Sort(want)
	if len(library.AskedVolumes(cmp.Or(q.Title, q.Words))) > 0 { // the work of a volume is found whatever its words
		got = slices.DeleteFunc(got, func(id string) bool { return !slices.Contains(want, id) })
	}
	if !slices.Equal(got, want) {
		t.Errorf("search %+v: the index finds %v, reading all bibs %v", q, got, want)
	}
	checkWholeWords(t, c, q)
}

// TestIndexLosesNothing asks for every part of every title and every beginning of
// every reading of the sample, and for two at a time.
func TestIndexLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it asks thousands of times")
	}
	c := open(t, sample()...)
	last := ""
	for _, r := range sample() {
		for _, text := range []string{r.Bib.Title, r.Bib.TitleReading, r.Bib.Publisher, "natsume soseki wagahai"} {
			runes := []rune(text)
			for from := range runes {
				for to := from + 1; to <= min(len(runes), from+8); to++ {
					word := string(runes[from:to])
					checkAgainstReading(t, c, library.Query{Words: word})
					checkAgainstReading(t, c, library.Query{Title: word, Branch: "central"})
					checkAgainstReading(t, c, library.Query{Words: word + " " + last})
					last = word
				}
			}
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"こころ", "natsume soseki", "C++ ab猫", "ﾊﾘｰ 913.6", "978-4-10-101013-7", "\"x\" OR *", "がっこーの", "けn", "\x00\xff", "は", strings.Repeat("k ", 40)} {
		f.Add(s)
	}
	c := open(f, sample()...)
	f.Fuzz(func(t *testing.T, words string) {
		if utf8.RuneCountInString(words) > 200 {
			return
		}
		checkAgainstReading(t, c, library.Query{Words: words})
		checkAgainstReading(t, c, library.Query{Creator: words, Title: words})
		checkAgainstReading(t, c, library.Query{ISBN: words})
		if _, err := c.Suggest(context.Background(), words, 8); err != nil {
			t.Error(err)
		}
		if _, err := c.Near(context.Background(), words, 8); err != nil {
			t.Error(err)
		}
	})
}
