package store

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"madoguchi/library"
)

// TestWhateverIsFrequentTheHitsAreTheSame gives the tokens of a catalogue made-up
// frequencies, so that all ways to answer a query are gone: each must show what a
// reading of all bibs does, every hit on one page, and count it.
func TestWhateverIsFrequentTheHitsAreTheSame(t *testing.T) {
	records := made(3000)
	for i := range records {
		if i%3 > 0 {
			records[i].Items[0].Branch = library.BranchCode([]string{"kita", "minami"}[i%2])
		}
		records[i].Items[0].State = []library.ItemState{library.OnShelf, library.OnLoan}[i/7%2]
		records[i].Bib.Juvenile = i%5 == 0
	}
	c := open(t, records...)
	queries := []library.Query{
		{Words: "山 犬"}, {Words: "やま 本"}, {Words: "title of 1"}, {Words: "書房 心 yama"}, {Words: "山川の花海"}, {Words: "913 森"},
		{Words: "花", Branch: "kita"}, {Words: "海", Branch: "minami", Available: true}, {Words: "title", Juvenile: true}, {Words: "空 本", Kind: library.Book},
		{Title: "山", Creator: "犬"}, {Title: "さくら", Publisher: "書房"}, {Publisher: "書房", NDC: "9", Language: "jpn", Branch: "central"},
		{Title: "月の", YearFrom: 1980, YearTo: 2010}, {Words: "星", Juvenile: true, Branch: "central"},
		{Words: "山川の花海 さくらの本の title 書房の本 心の山 犬の本の空 星空の海 月の光の海 やまの本 川の音の空 花の色の山 空の本"},
	}
	random := rand.New(rand.NewPCG(3, 4))
	led, gaveUp := 0, 0
	for range 12 {
		made := map[string]int{}
		for _, q := range queries {
			for _, part := range planOf(q).asked {
				for _, a := range part {
					for _, token := range a {
						made[indexable(token)] = 1 << random.IntN(20)
					}
				}
			}
		}
		err := c.update(t.Context(), "make up", func(tx *sql.Tx) error {
			if _, err := tx.Exec("DELETE FROM frequent; UPDATE info SET bibs = $1", 1000<<random.IntN(10)); err != nil {
				return err
			}
			for token, bibs := range made {
				if _, err := tx.Exec("INSERT INTO frequent (token, bibs) VALUES ($1, $2)", token, bibs); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		c = openAt(t, c.path) // which reads what is frequent
		for _, q := range queries {
			l, g := checkPages(t, c, q)
			led, gaveUp = led+l, gaveUp+g
		}
	}
	if led == 0 || gaveUp == 0 {
		t.Errorf("%d searches asked the index a part, %d of them gave up; the test shows nothing", led, gaveUp)
	}
}

// checkPages compares the pages of a query with a reading of all bibs, and says whether
// a lead was followed, and whether it was given up.
func checkPages(t *testing.T, c *Catalogue, q library.Query) (led, gaveUp int) {
	t.Helper()
	var got []string
	for offset := 0; ; offset += 20 {
		p, err := c.Search(t.Context(), q, offset, 20)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ids(p)...)
		if p.Count.N <= offset+20 && p.Count.N < library.CountCap {
			if p.Count.More || p.Count.N != len(got) {
				t.Errorf("%+v: the last page counts %s, %d were shown", q, p.Count, len(got))
			}
			break
		}
		if len(p.Rows) == 0 {
			break
		}
	}
	want := byReading(t, c, q)
	if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("%+v: the pages have %d bibs, reading finds %d", q, len(got), len(want))
	}
	_, err := view(t.Context(), c, "look at the lead", func(tx *reader) (struct{}, error) {
		s := search{ctx: t.Context(), tx: tx, plan: planOf(q), limit: 20}
		choice := s.newLeads()
		l, ok := choice.next(&s)
		if !ok {
			return struct{}{}, nil
		}
		led++
		_, up, err := s.follow(choice, l, func(r *row) bool { s.hit(r.rank); return true })
		if up {
			gaveUp++
		}
		return struct{}{}, err
	})
	if err != nil {
		t.Fatal(fmt.Errorf("%+v: %w", q, err))
	}
	return led, gaveUp
}
