package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

func ids(p library.Page) []string {
	out := []string{}
	for _, r := range p.Rows {
		out = append(out, string(r.Bib.ID))
	}
	return out
}

func find(t testing.TB, c *Catalogue, q library.Query) []string {
	t.Helper()
	p, err := c.Search(t.Context(), q, 0, 20)
	if err != nil {
		t.Fatalf("search %+v: %v", q, err)
	}
	if len(p.Rows) != min(p.RowCount(), 20) {
		t.Errorf("search %+v: %d rows on the page of %d", q, len(p.Rows), p.RowCount())
	}
	return ids(p)
}

func TestSearchWords(t *testing.T) {
	c := open(t, sample()...)
	for _, row := range []struct {
		words string
		want  string // ids in order
	}{
		// Exact titles first, then the newest.
		{"こころ", "kokoro kokorox"},
		{"ココロ", "kokoro kokorox"},
		{"ｺｺﾛ", "kokoro kokorox"},
		{"kokoro", "kokoro kokorox"},
		{"kokor", "kokorox kokoro"},
		{"kok", "kokorox kokoro"},
		{"ころ", "kokorox kokoro"}, // any part of a title
		// Kanji, old and new, parts of names.
		{"夏目", "kokoro neko"},
		{"夏目漱石", "kokoro neko"},
		{"夏目　漱石", "kokoro neko"},
		{"漱石 猫", "neko"},
		{"猫 漱石", "neko"},
		{"高橋", "ruby"}, {"髙橋", "ruby"},
		{"斎藤", "saito"}, {"斉藤", "saito"}, {"齊藤", "saito"},
		{"渡辺", "sekigahara"}, {"渡邉", "sekigahara"},
		{"学校", "gakko"},
		{"関ケ原", "sekigahara"}, {"関が原", "sekigahara"},
		{"佐佐木", "computer"},
		{"新潮社 カフカ", "kafka2 kafka1"},
		// Readings from the start of any word.
		{"なつめ", "kokoro neko"}, {"そうせき", "kokoro neko"}, {"なつめそう", "kokoro neko"},
		{"natsume soseki", "kokoro neko"}, {"natume", "kokoro neko"}, {"nats", "kokoro neko"}, {"Sōseki", "kokoro neko"}, {"souseki", "kokoro neko"},
		{"わがはいはねこ", "neko"}, {"わがはいわねこである", "neko"}, {"わがはい は ねこ", "neko"}, {"wagahaihaneko", "neko"},
		{"ねこ", "neko"}, {"がはい", ""},
		{"がっこー", "gakko"}, {"がっこう", "gakko"}, {"gakko", "gakko"},
		{"こんぴゅーた", "computer"}, {"こんぴゅうたあ", "computer"}, {"コンピュータ", "computer"}, {"konpyuta", "computer"},
		{"けんじゃ", "potter1"}, {"けn", "potter1"},
		{"ハリーポッター", "potter2 potter1"}, {"ﾊﾘｰ ﾎﾟｯﾀｰ", "potter2 potter1"},
		{"ﾄﾞｸﾞﾗ ﾏｸﾞﾗ", "dogura"}, {"dogura magura", "dogura"}, {"まぐら", "dogura"},
		{"せきがはら", "sekigahara"}, {"sekigahara", "sekigahara"},
		{"ゆうじょう", "kokoro"}, {"友情", "kokoro"},
		// Latin words.
		{"python", "python"}, {"Ｐｙｔｈｏｎ", "python"}, {"PYTH", "python"}, {"book", "python"}, {"p", "python potter2 potter1"}, {"oreilly", "python"}, {"O'Reilly", "python"},
		{"ok", ""}, // two letters only from the start of a word
		{"Ruby入門", "ruby"}, {"ruby 入門", "ruby"}, {"はじめてのruby", "ruby"},
		// A title that is just one of the words stands first.
		{"なつめ こころ", "kokoro"},
		// Romaji without the apostrophe, readings with digits.
		{"kenin", ""}, {"shinin", "shinin"}, {"shin'in", "shinin"}, {"2015ねん", "y2015"}, {"2015nen", "y2015"},
		// Long readings and words, past what the index knows of their beginnings.
		{"わがはいわねこであ", "neko"}, {"わがはいわねこであらず", ""}, {"せきがはらのたたかい", "sekigahara"}, {"cookbooks", ""}, {"ookboo", "python"},
		// Numbers.
		{"978-4-10-101013-7", "kokoro"}, {"9784101010137", "kokoro"}, {"410101013X", ""}, {"4-10-101013-7", "kokoro"},
		{"９７８４１０１０１０１３７", "kokoro"}, {"978 4101010137", "kokoro"},
		{"913", "kokoro neko"}, {"913.6", "kokoro neko"}, {"９１３．６ 猫", "neko"}, {"140.4", "kokorox"}, {"007", "ruby python"},
		// The first character.
		{"こ", "kokorox computer kokoro"}, {"夏", "kokoro neko"}, {"k", "potter2 potter1 kokorox computer kokoro kafka2 kafka1 gakko saito dogura"},
		// Nothing.
		{"夏目 カフカ", ""}, {"、", ""}, {"zzz", ""}, {"'\"*()^", ""}, {"NOT OR AND", ""}, {"\uE000こころ", "kokoro kokorox"}, {"\x00", ""},
	} {
		got := find(t, c, library.Query{Words: row.words})
		if want := append([]string{}, strings.Fields(row.want)...); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", row.words, got, want)
		}
	}
}

func TestSearchOfALongInput(t *testing.T) {
	c := open(t, sample()...)
	long := strings.Repeat("こころ なつめ kokoro k n 913 ", 200)
	if got := find(t, c, library.Query{Words: long}); !slices.Equal(got, []string{"kokoro"}) {
		t.Errorf("many words find %v", got)
	}
	if got := find(t, c, library.Query{Words: long + "猫"}); len(got) != 0 {
		t.Errorf("many words, the last of them elsewhere, find %v", got)
	}
	find(t, c, library.Query{Words: strings.Repeat("こころ", 5000), Title: strings.Repeat("漱石", 5000)})
	if _, err := c.Suggest(t.Context(), long, 8); err != nil {
		t.Error(err)
	}
	if _, err := c.Near(t.Context(), long, 8); err != nil {
		t.Error(err)
	}
}

func TestSearchFields(t *testing.T) {
	c := open(t, sample()...)
	for _, row := range []struct {
		name string
		q    library.Query
		want string
	}{
		{"title", library.Query{Title: "漱石"}, ""},
		{"title by reading", library.Query{Title: "ねこ"}, "neko"},
		{"exact title first", library.Query{Title: "こころ"}, "kokoro kokorox"},
		{"creator", library.Query{Creator: "夏目漱石"}, "kokoro neko"},
		{"creator is no title", library.Query{Creator: "こころ"}, ""},
		{"creator by romaji", library.Query{Creator: "haruki"}, "kafka2 kafka1"},
		{"publisher", library.Query{Publisher: "新潮"}, "kokoro kafka2 kafka1"},
		{"subject", library.Query{Subject: "友情"}, "kokoro"},
		{"subject is no title", library.Query{Subject: "猫"}, ""},
		{"two fields", library.Query{Creator: "漱石", Title: "こころ"}, "kokoro"},
		{"words and title", library.Query{Words: "河合", Title: "こころ"}, "kokorox"},
		{"isbn", library.Query{ISBN: "4101010137"}, "kokoro"},
		{"isbn with hyphens", library.Query{ISBN: "978-4-10-101013-7"}, "kokoro"},
		{"start of an isbn", library.Query{ISBN: "978-4-10-10"}, "kokoro"},
		{"start of a short isbn", library.Query{ISBN: "41010"}, "kokoro"},
		{"short start of an isbn", library.Query{ISBN: "97"}, "kokoro"},
		{"an isbn with a slip", library.Query{ISBN: "4101010138"}, ""},
		{"another isbn", library.Query{ISBN: "9784003101018"}, ""},
		{"isbn and title", library.Query{ISBN: "4101010137", Title: "猫"}, ""},
		{"ndc", library.Query{NDC: "93"}, "potter2 potter1"},
		{"ndc with a point", library.Query{NDC: "933.7"}, "potter2 potter1"},
		{"ndc longer than catalogued", library.Query{NDC: "933.78"}, ""},
		{"year", library.Query{YearFrom: 2013, YearTo: 2015}, "sekigahara ruby python"},
		{"year from", library.Query{YearFrom: 2015}, "kokorox sekigahara"},
		{"year to, without the undated", library.Query{YearTo: 1950}, "saito dogura"},
		{"year and words", library.Query{Words: "漱石", YearTo: 1970}, "neko"},
		{"branch", library.Query{Branch: "kita"}, "potter1"},
		{"unknown branch", library.Query{Branch: "minami"}, ""},
		{"kind", library.Query{Kind: library.CD}, "mori"},
		{"language", library.Query{Language: "eng"}, "python"},
		{"juvenile", library.Query{Juvenile: true}, "potter2 potter1 gakko"},
		{"available", library.Query{Words: "ハリー", Available: true}, "potter1"},
		{"available at a branch", library.Query{Words: "ハリー", Available: true, Branch: "kita"}, "potter1"},
		{"available alone", library.Query{Juvenile: true, Available: true}, "potter1 gakko"},
		{"exact title that is out", library.Query{Title: "ハリー・ポッターと秘密の部屋", Available: true}, ""},
		{"nothing asked", library.Query{}, ""},
		{"nothing but spaces", library.Query{Words: " 　"}, ""},
		{"a filter beside punctuation", library.Query{Words: "！", Kind: library.Book}, ""},
	} {
		if got := find(t, c, row.q); !slices.Equal(got, append([]string{}, strings.Fields(row.want)...)) {
			t.Errorf("%s: found %v, want %s", row.name, got, row.want)
		}
	}
}

func TestPagesHaveEveryHitOnce(t *testing.T) {
	var records []library.Record
	for i := range 1300 {
		title := fmt.Sprintf("花の本%d番", i)
		if i%100 == 7 {
			title = "花"
		}
		records = append(records, bib(fmt.Sprint("b", i), title, "ハナ ノ ホン", "", "", 1900+i%120))
	}
	c := open(t, records...)
	seen := map[string]bool{}
	last := 99999
	for offset := 0; ; offset += 20 {
		p, err := c.Search(t.Context(), library.Query{Words: "花"}, offset, 20)
		if err != nil {
			t.Fatal(err)
		}
		if p.Count != (library.Count{N: library.CountCap, More: true}) {
			t.Fatalf("count at %d is %s, want 1000+", offset, p.Count)
		}
		if len(p.Rows) == 0 {
			break
		}
		for i, r := range p.Rows {
			if seen[string(r.Bib.ID)] {
				t.Fatalf("%s is on two pages", r.Bib.ID)
			}
			seen[string(r.Bib.ID)] = true
			exact := offset+i < 13
			if (r.Bib.Title == "花") != exact {
				t.Errorf("hit %d is %q", offset+i, r.Bib.Title)
			}
			if !exact && r.Bib.Year > last {
				t.Errorf("hit %d is of %d, after one of %d", offset+i, r.Bib.Year, last)
			}
			if !exact {
				last = r.Bib.Year
			}
		}
	}
	if len(seen) != len(records) {
		t.Errorf("the pages have %d bibs, want %d", len(seen), len(records))
	}
}

func TestRecord(t *testing.T) {
	c := open(t, sample()...)
	r, err := c.Record(t.Context(), "potter1")
	if err != nil {
		t.Fatal(err)
	}
	if r.Bib.Title != "ハリー・ポッターと賢者の石" || len(r.Items) != 2 || r.Items[0].ID != "i-potter1" {
		t.Errorf("Record(potter1) = %+v", r)
	}
	if _, err := c.Record(t.Context(), "none"); err != library.ErrUnknownBib {
		t.Errorf("Record(none): %v, want %v", err, library.ErrUnknownBib)
	}
	if id, err := c.ItemBib(t.Context(), "i-potter1-b"); id != "potter1" || err != nil {
		t.Errorf("ItemBib = %s, %v", id, err)
	}
	for _, barcode := range []string{"", "unknown"} {
		if _, err := c.ItemBib(t.Context(), barcode); err != library.ErrUnknownItem {
			t.Errorf("ItemBib(%q): %v, want %v", barcode, err, library.ErrUnknownItem)
		}
	}
}
