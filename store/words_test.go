package store

import (
	"context"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

func TestWholeWordsStandFirst(t *testing.T) {
	var records []library.Record
	for _, r := range []struct{ id, title, reading, creator, read string }{
		{"cats", "愛猫家たち", "アイビョウカタチ", "山田太郎", "ヤマダ タロウ"},
		{"hunch", "猫背をなおす", "ネコゼ オ ナオス", "山田太郎", "ヤマダ タロウ"},
		{"aim", "Aiming higher", "", "Smith, John", ""},
		{"root", "根こそぎ", "ネコソギ", "山田太郎", "ヤマダ タロウ"},
		{"science", "人工知能と科学者", "ジンコウ チノウ ト カガクシャ", "山田太郎", "ヤマダ タロウ"},
		{"cat", "ある猫の話", "アル ネコ ノ ハナシ", "猫田花", "ネコタ ハナ"},
		{"ai", "AIの未来", "エーアイ ノ ミライ", "Aimes, Kate", ""},
		{"author", "旅", "タビ", "科学", "カガク"},
	} {
		x := bib(r.id, r.title, r.reading, r.creator, r.read, 2000)
		x.Bib.Wanted = library.MostWanted - len(records)
		records = append(records, x)
	}
	c := open(t, records...)
	for _, row := range []struct {
		q    library.Query
		want string
	}{
		{library.Query{Words: "猫"}, "cat cats hunch"},
		{library.Query{Words: "ねこ"}, "cat hunch root"},
		{library.Query{Words: "ネコ"}, "cat hunch root"},
		{library.Query{Words: "neko"}, "cat hunch root"},
		{library.Query{Words: "ai"}, "ai cats aim"}, // and アイビョウカ
		{library.Query{Words: "科学"}, "author science"},
		{library.Query{Words: "かがく"}, "author science"},
		{library.Query{Words: "kagaku"}, "author science"},
		{library.Query{Title: "猫"}, "cat cats hunch"},
		{library.Query{Words: "猫 話"}, "cat"},
		{library.Query{Words: "猫", Order: library.ByYear}, "cats hunch cat"}, // all of a year
		{library.Query{Creator: "たろう"}, "cats hunch root science"},
		{library.Query{Words: "猫", YearFrom: 2000}, "cat cats hunch"},
		{library.Query{Words: "猫", Available: true, Branch: "central"}, "cat cats hunch"},
	} {
		if got := find(t, c, row.q); strings.Join(got, " ") != row.want {
			t.Errorf("%+v finds %v, want %s", row.q, got, row.want)
		}
	}
}

func TestWordsIn(t *testing.T) {
	for text, want := range map[string]string{
		"":          "",
		"猫":         "猫",
		"吾輩は猫である":   "吾輩 猫",
		"c言語の教科書2版": "c 言語 教科書 2 版",
		"one piece": "one piece",
		"こころ":       "",
	} {
		if got := strings.Join(wordsIn(text), " "); got != want {
			t.Errorf("wordsIn(%q) = %q, want %q", text, got, want)
		}
	}
}

// checkWholeWords compares the bibs that the index finds to have what is asked as whole
// words with those that a look at each bib finds.
func checkWholeWords(t *testing.T, c *Catalogue, q library.Query) {
	t.Helper()
	p := planOf(q)
	if p.nothing || p.isbn != "" {
		return
	}
	_, err := view(context.Background(), c, "compare", func(tx *reader) (none struct{}, err error) {
		s := search{ctx: context.Background(), tx: tx, plan: p, limit: wordScan}
		got, err := s.wholeWords(nil)
		if err != nil || len(p.whole.words) == 0 {
			return none, err
		}
		var want []int64
		args := newArgs()
		err = s.rows("SELECT "+rowColumns+" FROM bib b WHERE "+s.onShelf(args)+" ORDER BY b.rank", args, (*row).columns, func(r *row) bool {
			if p.meetsFilters(r) && s.meetsISBN(r) && meetsTerms(r, p.whole.words) && meetsTerms(r, p.fields) {
				want = append(want, r.rank)
				if !p.meetsTerms(r) {
					t.Errorf("%s is no hit of %+v, but has it as whole words", r.id, q)
				}
			}
			return true
		})
		if !slices.Equal(got, want) {
			t.Errorf("the index finds what %+v asks as whole words in %v, reading all bibs in %v", q, got, want)
		}
		var pages [2][]int64
		for i := range pages {
			s := search{ctx: context.Background(), tx: tx, plan: p, offset: 1, limit: 5}
			if err := s.wantedFirst(nil, i == 1); err != nil {
				return none, err
			}
			pages[i] = s.page
		}
		if !slices.Equal(pages[0], pages[1]) {
			t.Errorf("%+v: %v where the index is asked for whole words, %v where all hits are looked at", q, pages[0], pages[1])
		}
		return none, err
	})
	if err != nil {
		t.Fatal(err)
	}
}
