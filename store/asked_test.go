package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

// volume makes a volume of a work.
func volume(id, title, reading, volume, creator, creatorReading string, year int, more ...func(*library.Record)) library.Record {
	r := bib(id, title, reading, creator, creatorReading, year, more...)
	r.Bib.Volume = volume
	return r
}

// seriesShelf are made-up records of series as they are catalogued: with the volume in a
// field of its own, in the title, and in a series whose parts have titles of their own; and
// others whose titles and texts have numbers.
func seriesShelf() []library.Record {
	var records []library.Record
	for n := range 109 {
		n++
		// Volumes with a place of their own on some shelves only, of years and classes that do
		// not follow the numbers.
		records = append(records, volume(fmt.Sprint("op", n), "ONE PIECE", "ワン ピース", fmt.Sprint("巻", n), "尾田栄一郎", "オダ, エイイチロウ", 1997+n/4, func(r *library.Record) {
			r.Bib.Wanted, r.Bib.Publisher = n%5, "集英社"
			r.Bib.Series = []library.Series{{Title: "ジャンプ・コミックス", Reading: "ジャンプ コミックス"}}
			if n%2 == 0 {
				r.Items = append(r.Items, item(fmt.Sprint("i-op-b", n), string(r.Bib.ID), "kita"))
			}
		}))
	}
	for n := range 34 {
		n++
		records = append(records, bib(fmt.Sprint("sg", n), fmt.Sprintf("進撃の巨人(%d)", n), fmt.Sprintf("シンゲキ ノ キョジン %d", n), "諫山創", "イサヤマ, ハジメ", 2010+n/3))
	}
	for n := range 60 {
		n++
		records = append(records, bib(fmt.Sprint("sangoku", n), fmt.Sprintf("三国志 第%d巻", n), "", "横山光輝", "ヨコヤマ, ミツテル", 1974+n/4))
	}
	for i, v := range []string{"上", "中", "下"} {
		records = append(records, volume(fmt.Sprint("war", i+1), "戦争と平和", "センソウ ト ヘイワ", v+"巻", "トルストイ", "", 2006))
	}
	for i, v := range []string{"前編", "後編"} {
		records = append(records, bib(fmt.Sprint("tale", i+1), "狐の物語 "+v, "キツネ ノ モノガタリ "+v, "山田花", "", 2011))
	}
	for n := range 3 {
		records = append(records, bib(fmt.Sprint("q", n+1), fmt.Sprintf("1Q84 BOOK%d", n+1), "", "村上春樹", "ムラカミ, ハルキ", 2009))
	}
	for n := range 22 {
		records = append(records, volume(fmt.Sprint("boys", n+1), "20世紀少年", "ニジッセイキ ショウネン", fmt.Sprint(n+1), "浦沢直樹", "ウラサワ, ナオキ", 2000))
	}
	for n, title := range []string{"ハリー・ポッターと賢者の石", "ハリー・ポッターと秘密の部屋", "ハリー・ポッターとアズカバンの囚人", "ハリー・ポッターと炎のゴブレット"} {
		records = append(records, bib(fmt.Sprint("potter", n+1), title, "", "J.K.ローリング", "", 1999+n, func(r *library.Record) {
			r.Bib.Series = []library.Series{{Title: "ハリー・ポッターシリーズ", Volume: fmt.Sprint(n + 1)}}
		}))
	}
	for n := range 12 {
		records = append(records, volume(fmt.Sprint("bungei", n+1), "文藝春秋", "ブンゲイ シュンジュウ", fmt.Sprintf("2024年%d月号", n+1), "", "", 2024, func(r *library.Record) { r.Bib.Kind = library.Magazine }))
	}
	return append(records,
		bib("space", "2001年宇宙の旅", "ニセンイチネン ウチュウ ノ タビ", "クラーク", "", 1968),
		bib("opmag", "ONE PIECE magazine 1", "", "", "", 2017),
		bib("about", "ONE PIECEの3つの謎", "", "研究会", "", 2020, func(r *library.Record) { r.Bib.Wanted = 7 }),
		bib("chika", "地下", "チカ", "山田花", "", 2001),
		volume("chi2", "地の果て", "チ ノ ハテ", "下", "山田花", "", 2001),
		bib("python", "入門Python 3", "ニュウモン パイソン スリー", "ルバノビック", "", 2021),
		bib("q84", "1Q84の研究", "", "評論家", "", 2015),
	)
}

// TestEveryWayToWriteAVolume: that volume is the first row, and the others of the work
// stand behind it in order.
func TestEveryWayToWriteAVolume(t *testing.T) {
	c := open(t, seriesShelf()...)
	for want, typed := range map[string]string{
		"op3":     "ONE PIECE 3|ONE PIECE3|onepiece 3|onepiece3|ワンピース 3|ワンピース3|わんぴーす3|わんぴーす 3かん|わんぴーす だい3かん|わんぴーすだい3かん|わんぴーす さんかん|wanpi-su 3|ONE PIECE 第3巻|ONE PIECE 三巻|ワンピース 第三巻|ワンピース巻3|ＯＮＥ　ＰＩＥＣＥ　３|ONE PIECE vol.3|ONE PIECE no. 3|ONE PIECE #3|ONE PIECE(3)|ONE PIECE（３）|ONE PIECE Ⅲ|尾田 ワンピース 3|ワンピース 3 尾田|ワンピース 尾田栄一郎 第3巻|3巻 ワンピース|ワンピース 其の三|one piece 03",
		"op109":   "ONE PIECE 109|ワンピース109巻|ONE PIECE 百九|わんぴーす ひゃくきゅうかん",
		"op1":     "ONE PIECE 1|ワンピース 1かん|わんぴーす1|ONE PIECE 一",
		"sg3":     "進撃の巨人3|進撃の巨人 3|進撃の巨人 第3巻|進撃の巨人（3）|しんげきのきょじん 3|しんげきのきょじん3|進撃 3|諫山 進撃の巨人 3巻|進撃の巨人 だい3かん",
		"sg13":    "進撃の巨人13|進撃の巨人 十三",
		"war1":    "戦争と平和 上|戦争と平和上|戦争と平和上巻|戦争と平和（上）|戦争と平和 じょうかん|せんそうとへいわ 上|トルストイ 戦争と平和 上",
		"war3":    "戦争と平和 下|戦争と平和 げ|戦争と平和下巻",
		"tale2":   "狐の物語 後編|狐の物語後編|狐の物語 後篇|狐の物語（後編）|きつねのものがたり こうへん",
		"q3":      "1Q84 3|1Q84 BOOK3|1Q84 book 3|1q84 第3巻",
		"boys2":   "20世紀少年 2|20世紀少年2|20世紀少年 第2巻|浦沢 20世紀少年 2",
		"potter2": "ハリーポッター 2|ハリー・ポッター 第2巻|ハリーポッター2|ローリング ハリーポッター 2",
		"bungei9": "文藝春秋 2024年9月号|文芸春秋 2024年9月号",
	} {
		for typed := range strings.SplitSeq(typed, "|") {
			page, err := c.Search(t.Context(), library.Query{Words: typed}, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Rows) == 0 || string(page.Rows[0].Bib.ID) != want || !page.Rows[0].Asked || page.Lacks != "" {
				t.Errorf("%q finds %v (lacks %q), want %s first", typed, ids(page), page.Lacks, want)
			}
		}
	}
}

func TestTheRestOfTheSeriesFollows(t *testing.T) {
	c := open(t, seriesShelf()...)
	for typed, want := range map[string]string{
		"戦争と平和 下":   "war3 war1 war2",
		"1Q84 2":    "q2 q1 q3",
		"ハリーポッター 3": "potter3 potter1 potter2 potter4",
		"狐の物語 後編":   "tale2 tale1",
	} {
		if got := find(t, c, library.Query{Words: typed}); strings.Join(got, " ") != want {
			t.Errorf("%q finds %v, want %s", typed, got, want)
		}
	}
	for _, q := range []library.Query{{Title: "戦争と平和 中"}, {Title: "戦争と平和", Words: ""}, {Title: "戦争と平和 中", Creator: "トルストイ"}} {
		got := find(t, c, q)
		if strings.Contains(q.Title, "中") && strings.Join(got, " ") != "war2 war1 war3" || len(got) != 3 {
			t.Errorf("%+v finds %v", q, got)
		}
	}
}

// TestANumberMayBeOfTheTitle: titles with numbers come first where they are typed.
func TestANumberMayBeOfTheTitle(t *testing.T) {
	c := open(t, seriesShelf()...)
	for typed, want := range map[string]string{"2001年宇宙の旅": "space", "地下": "chika", "入門python 3": "python", "1Q84の研究": "q84", "ONE PIECE magazine 1": "opmag"} {
		if got := find(t, c, library.Query{Words: typed}); len(got) == 0 || got[0] != want {
			t.Errorf("%q finds %v, want %s first", typed, got, want)
		}
	}
	for typed, work := range map[string]string{"20世紀少年": "boys", "1Q84": "q", "１Ｑ８４": "q"} {
		if got := find(t, c, library.Query{Words: typed}); len(got) == 0 || !strings.HasPrefix(got[0], work) {
			t.Errorf("%q finds %v", typed, got)
		}
	}
	if got := find(t, c, library.Query{Words: "地下"}); slices.Contains(got, "chi2") {
		t.Errorf("地下 finds the second volume of 地の果て: %v", got)
	}
}

func TestAVolumeThatIsLacking(t *testing.T) {
	c := open(t, seriesShelf()...)
	for _, row := range [][3]string{
		{"ONE PIECE 110", "110", "op1"},
		{"ワンピース 110巻", "110巻", "op1"},
		{"進撃の巨人 ９９巻", "９９巻", "sg1"},
		{"戦争と平和 第7巻", "第7巻", "war1"},
		{"しんげきのきょじん だい99かん", "だい99かん", "sg1"},
		{"2001年宇宙の旅 3巻", "3巻", "space"}, // it has no volumes
	} {
		page, err := c.Search(t.Context(), library.Query{Words: row[0]}, 0, 5)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Rows) == 0 || page.Lacks != row[1] || string(page.Rows[0].Bib.ID) != row[2] || page.Rows[0].Asked {
			t.Errorf("%q finds %v and lacks %q; want %s first, without %s", row[0], ids(page), page.Lacks, row[2], row[1])
		}
	}
	for _, typed := range []string{"この題名は無い 3", "この題名は無い3巻"} {
		page, err := c.Search(t.Context(), library.Query{Words: typed}, 0, 5)
		if err != nil || len(page.Rows) > 0 || page.Lacks != "" {
			t.Errorf("%q finds %v and lacks %q, %v; want nothing", typed, ids(page), page.Lacks, err)
		}
	}
}

func TestVolumesAskedWithFilters(t *testing.T) {
	c := open(t, seriesShelf()...)
	all := func(q library.Query) []string {
		page, err := c.Search(t.Context(), q, 0, 200)
		if err != nil {
			t.Fatal(err)
		}
		return ids(page)
	}
	if got := all(library.Query{Words: "戦争と平和 中", YearFrom: 2006, YearTo: 2006}); strings.Join(got, " ") != "war2 war1 war3" {
		t.Errorf("of its year: %v", got)
	}
	if got := all(library.Query{Words: "戦争と平和 中", YearTo: 2005}); len(got) != 0 {
		t.Errorf("of other years: %v", got)
	}
	if got := all(library.Query{Words: "戦争と平和 中", Branch: "kita"}); len(got) != 0 {
		t.Errorf("at a branch without it: %v", got)
	}
	page, err := c.Search(t.Context(), library.Query{Words: "ワンピース 4", Branch: "kita", Available: true}, 0, 5)
	if err != nil || len(page.Rows) == 0 || page.Rows[0].Bib.ID != "op4" || !page.Rows[0].Asked {
		t.Errorf("at a branch: %v, %v", ids(page), err)
	}
}
