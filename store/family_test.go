package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

// namesakes are creators with a family name in common with others, or with titles: how
// many bibs each has, name, reading.
func namesakes() (records []library.Record) {
	for i, line := range strings.Split(strings.TrimSpace(`
9|夏目漱石|ナツメ, ソウセキ
2|夏目, 鏡子|ナツメ, キョウコ
5|夏樹静子|ナツキ, シズコ
4|森鷗外|モリ, オウガイ
3|森, 博嗣|モリ, ヒロシ
6|森田たま|モリタ, タマ
3|レフ・トルストイ|
2|J.K.ローリング|ジェー ケー ローリング
2|David Beazley|
2|Beazley, Anne|
3|いがらしゆみこ|イガラシ, ユミコ
2|心屋花子|ココロヤ, ハナコ
1|光原百合|ミツハラ, ユリ
2|ベアタ・ビーズリー|
`), "\n") {
		fields := strings.Split(line, "|")
		var n int
		fmt.Sscan(fields[0], &n)
		for k := range n {
			records = append(records, bib(fmt.Sprint("c", i, "-", k), fmt.Sprint("本", i, "の", k), "", fields[1], fields[2], 2000))
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(`
8|夏の庭|ナツ ノ ニワ
7|夏目友人帳|ナツメ ユウジンチョウ
1|夏目|ナツメ
5|森の生活|モリ ノ セイカツ
3|森|モリ
6|こころ|ココロ
9|心の処方箋|ココロ ノ ショホウセン
8|五十嵐の海|イガラシ ノ ウミ
4|光|ヒカリ
9|トルストイ伝|トルストイデン
9|ローリングストーン|
9|beazleyland|
`), "\n") {
		fields := strings.Split(line, "|")
		var n int
		fmt.Sscan(fields[0], &n)
		for k := range n {
			records = append(records, bib(fmt.Sprint("t", i, "-", k), fields[1], fields[2], "", "", 2000))
		}
	}
	return records
}

// TestFamilyNames: who types a family name means its authors, before the titles that
// begin so and whatever else is more frequent, but a title that is just this.
func TestFamilyNames(t *testing.T) {
	c := open(t, namesakes()...)
	for _, row := range []struct{ typed, first string }{
		{"夏目", "夏目漱石|夏目|夏目, 鏡子|夏目友人帳"},
		{"なつめ", "夏目漱石|夏目|夏目, 鏡子|夏目友人帳"}, {"ナツメ", "夏目漱石|夏目|夏目, 鏡子"}, {"natsume", "夏目漱石|夏目|夏目, 鏡子"}, {"natume", "夏目漱石|夏目|夏目, 鏡子"},
		{"なつ", "夏目漱石|夏の庭|夏目友人帳|夏樹静子"}, {"nats", "夏目漱石"}, // not yet a family name
		{"夏目 鏡", "夏目, 鏡子"}, {"なつめきょ", "夏目, 鏡子"},
		{"森", "森鷗外|森|森, 博嗣"}, {"もり", "森鷗外|森|森, 博嗣|森田たま"},
		{"こころ", "こころ|心の処方箋"}, {"光", "光|光原百合"}, {"ひかり", "光"},
		{"トルストイ", "レフ・トルストイ|トルストイ伝"}, {"とるすとい", "レフ・トルストイ"}, {"ろーりんぐ", "J.K.ローリング|ローリングストーン"},
		{"beazley", "Beazley, Anne|David Beazley|beazleyland"}, {"びーずりー", "ベアタ・ビーズリー"},
		{"いがらし", "いがらしゆみこ|五十嵐の海"}, {"igarashi", "いがらしゆみこ|五十嵐の海"}, {"igarasi", "いがらしゆみこ"},
	} {
		for limit := range 6 {
			got, err := c.Suggest(t.Context(), row.typed, limit)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Split(row.first, "|")
			if have := texts(got); !slices.Equal(have[:min(len(have), len(want))], want[:min(limit, len(want))]) || len(got) > limit {
				t.Errorf("%q suggests %d: %q, want %q first", row.typed, limit, have, want)
			}
		}
	}
}

// TestFamilyNameLeadsToWorks: one tap shows what the author made, work by work.
func TestFamilyNameLeadsToWorks(t *testing.T) {
	soseki := func(id, title, volume string, year int) library.Record {
		return bib(id, title, "", "夏目漱石", "ナツメ, ソウセキ", year, func(r *library.Record) { r.Bib.Volume = volume })
	}
	c := open(t, soseki("m2", "明暗", "下", 2010), soseki("k", "こころ", "", 2005), soseki("m1", "明暗", "上", 2001), soseki("k-old", "こころ", "", 1990),
		bib("about", "夏目漱石論", "", "別人太郎", "ベツジン, タロウ", 2020), bib("sen", "夏目の仕事", "", "別人太郎", "ベツジン, タロウ", 2021))
	got, err := c.Suggest(t.Context(), "夏目", 8)
	if err != nil || len(got) == 0 || got[0].Text != "夏目漱石" || got[0].Field != library.SuggestCreator {
		t.Fatalf("夏目 suggests %v, %v", got, err)
	}
	if hits := find(t, c, got[0].Query()); !slices.Equal(hits, []string{"m1", "m2", "k", "k-old"}) {
		t.Errorf("the author's list is %q", hits)
	}
}

// TestSuggestionsAreSteady: of every beginning of every name and title, in kana and as
// written, no more are suggested than asked for, none twice, the fewer of them the same
// ones, and after changes the same as in a catalogue that is built of the records.
func TestSuggestionsAreSteady(t *testing.T) {
	records := namesakes()
	c, changed := open(t, records...), open(t, records[:len(records)/2]...)
	var changes []library.Change
	for _, r := range records[len(records)/2:] {
		changes = append(changes, library.Change{PutBib: &r.Bib})
	}
	apply(t, changed, testInfo.Edition+1, changes...)
	seen := map[string]bool{}
	for _, r := range records {
		words := []string{r.Bib.Title, r.Bib.TitleReading}
		for _, c := range r.Bib.Creators {
			words = append(words, c.Name, c.Reading, romaji(hiragana(c.Reading)))
		}
		for _, word := range words {
			for i := range word {
				typed := word[:i]
				if seen[typed] {
					continue
				}
				seen[typed] = true
				all, err := c.Suggest(t.Context(), typed, 20)
				if err != nil {
					t.Fatal(err)
				}
				for _, limit := range []int{1, 3, 8} {
					got, err := changed.Suggest(t.Context(), typed, limit)
					if err != nil || !slices.Equal(got, all[:min(limit, len(all))]) {
						t.Fatalf("%q suggests %v of %v, %v", typed, texts(got), texts(all), err)
					}
				}
				for i, s := range all {
					if slices.Contains(all[:i], s) {
						t.Errorf("%q suggests %v, one twice", typed, texts(all))
					}
				}
			}
		}
	}
}

func TestHasFamily(t *testing.T) {
	for _, row := range []struct {
		typed, name, reading string
		want                 bool
	}{
		{"夏目", "夏目漱石", "ナツメ, ソウセキ", true}, {"夏目", "夏目漱石", "", true}, {"夏目", "夏目, 漱石", "", true}, {"夏", "夏目, 漱石", "", false}, {"夏目漱", "夏目, 漱石", "", false},
		{"なつめ", "夏目漱石", "ナツメ, ソウセキ", true}, {"なつ", "夏目漱石", "ナツメ, ソウセキ", false}, {"そうせき", "夏目漱石", "ナツメ, ソウセキ", false},
		{"太宰", "太宰治", "", true}, {"森", "森鷗外", "", true}, {"林", "林真理子", "", false}, {"林", "林真理子", "ハヤシ, マリコ", false}, {"長谷川", "長谷川伸", "", true},
		{"夏目漱石", "夏目漱石", "", false}, {"国立", "国立国会図書館", "", false}, {"", "夏目漱石", "", false}, {"ゆみ", "ゆみこ", "", false},
		{"ろりんぐ", "J.K.ローリング", "", true}, {"beazley", "David Beazley", "", true}, {"david", "David Beazley", "", false}, {"beazley", "Beazley, David", "", true},
	} {
		if got := (form{Text: row.name, Reading: row.reading}).hasFamily(row.typed); got != row.want {
			t.Errorf("%q is the family name of %q (%s): %v", row.typed, row.name, row.reading, got)
		}
	}
}
