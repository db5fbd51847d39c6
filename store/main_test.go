package store

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/library"
)

// all yields records without an error.
func all(records []library.Record) iter.Seq2[library.Record, error] {
	return func(yield func(library.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

var testInfo = Info{Epoch: "9b2f7f1e-4f5c-4a6e-9d0a-000000000001", Edition: 10, BuiltAt: time.UnixMilli(1_790_000_000_000)}

// open builds a catalogue of these records and opens it for the time of the test.
func open(t testing.TB, records ...library.Record) *Catalogue {
	t.Helper()
	path := filepath.Join(t.TempDir(), "catalogue.db")
	if _, err := Build(t.Context(), path, testInfo, all(records)); err != nil {
		t.Fatal(err)
	}
	return openAt(t, path)
}

func openAt(t testing.TB, path string) *Catalogue {
	t.Helper()
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// bib makes a record of a bib with one copy at the central branch.
func bib(id, title, reading, creator, creatorReading string, year int, more ...func(*library.Record)) library.Record {
	r := library.Record{Bib: library.Bib{
		ID: library.BibID(id), Kind: library.Book, Title: title, TitleReading: reading, Year: year, Language: "jpn",
	}}
	if creator != "" {
		r.Bib.Creators = []library.Creator{{Name: creator, Reading: creatorReading, Role: "著"}}
	}
	r.Items = []library.Item{item("i-"+id, id, "central")}
	for _, f := range more {
		f(&r)
	}
	return r
}

func item(id, bib, branch string) library.Item {
	return library.Item{ID: library.ItemID(id), BibID: library.BibID(bib), Branch: library.BranchCode(branch), Barcode: id, Lendable: true, State: library.OnShelf}
}

// sample is a small catalogue made for these tests.
func sample() []library.Record {
	return []library.Record{
		bib("kokoro", "こころ", "ココロ", "夏目漱石", "ナツメ, ソウセキ", 2004, func(r *library.Record) {
			r.Bib.Publisher, r.Bib.ISBNs, r.Bib.NDC = "新潮社", []string{"9784101010137"}, []string{"913.6"}
			r.Bib.Subjects = []library.Subject{{Term: "友情", Reading: "ユウジョウ"}}
		}),
		bib("neko", "吾輩は猫である", "ワガハイ ワ ネコ デ アル", "夏目漱石", "ナツメ, ソウセキ", 1962, func(r *library.Record) {
			r.Bib.NDC, r.Bib.Publisher = []string{"913.6"}, "岩波書店"
		}),
		bib("kokorox", "こころの処方箋", "ココロ ノ ショホウセン", "河合隼雄", "カワイ, ハヤオ", 2020, func(r *library.Record) {
			r.Bib.NDC = []string{"140.4"}
		}),
		bib("potter1", "ハリー・ポッターと賢者の石", "ハリー ポッター ト ケンジャ ノ イシ", "J.K.ローリング", "ローリング, J. K.", 1999, func(r *library.Record) {
			r.Bib.Juvenile, r.Bib.NDC, r.Bib.Publisher = true, []string{"933.7"}, "静山社"
			r.Bib.Series = []library.Series{{Title: "ハリー・ポッターシリーズ", Volume: "1"}}
			r.Items = append(r.Items, item("i-potter1-b", "potter1", "kita"))
		}),
		bib("potter2", "ハリー・ポッターと秘密の部屋", "ハリー ポッター ト ヒミツ ノ ヘヤ", "J.K.ローリング", "ローリング, J. K.", 2000, func(r *library.Record) {
			r.Bib.Juvenile, r.Bib.NDC = true, []string{"933.7"}
			r.Bib.Series = []library.Series{{Title: "ハリー・ポッターシリーズ", Volume: "2"}}
			r.Items[0].State, r.Items[0].DueOn = library.OnLoan, library.Date{Year: 2026, Month: 12, Day: 1}
		}),
		bib("kafka1", "海辺のカフカ", "ウミベ ノ カフカ", "村上春樹", "ムラカミ, ハルキ", 2002, func(r *library.Record) {
			r.Bib.Volume, r.Bib.Publisher = "上", "新潮社"
		}),
		bib("kafka2", "海辺のカフカ", "ウミベ ノ カフカ", "村上春樹", "ムラカミ, ハルキ", 2002, func(r *library.Record) {
			r.Bib.Volume, r.Bib.Publisher = "下", "新潮社"
		}),
		bib("python", "Python Cookbook", "", "David Beazley", "", 2013, func(r *library.Record) {
			r.Bib.Language, r.Bib.NDC, r.Bib.Publisher = "eng", []string{"007.64"}, "O'Reilly Media"
		}),
		bib("ruby", "はじめてのRuby 入門", "ハジメテ ノ ルビー ニュウモン", "髙橋征義", "タカハシ, マサヨシ", 2013, func(r *library.Record) {
			r.Bib.NDC = []string{"007.64"}
		}),
		bib("sekigahara", "関ヶ原の戦い", "セキガハラ ノ タタカイ", "渡邊大門", "ワタナベ, ダイモン", 2015),
		bib("gakko", "學校の怪談", "ガッコウ ノ カイダン", "", "", 1990, func(r *library.Record) { r.Bib.Juvenile = true }),
		bib("dogura", "ドグラ・マグラ", "", "夢野久作", "ユメノ, キュウサク", 1935),
		bib("computer", "コンピューター入門", "コンピューター ニュウモン", "佐々木一", "ササキ, ハジメ", 2010),
		bib("saito", "歌集", "カシュウ", "齋藤茂吉", "サイトウ, モキチ", 1950, func(r *library.Record) { r.Bib.Kind = library.OtherKind }),
		bib("mori", "もりのくまさん", "", "", "", 2001, func(r *library.Record) {
			r.Bib.Kind = library.CD
			r.Items = nil
		}),
		bib("shinin", "真因", "シンイン", "", "", 1980),
		bib("y2015", "2015年の本", "2015ネン ノ ホン", "", "", 1981),
		bib("undated", "年代不明の書", "ネンダイ フメイ ノ ショ", "", "", 0),
	}
}

// aozora reads the real records of Aozora Bunko's list.
func aozora(t testing.TB) []library.Record {
	t.Helper()
	f, err := os.Open(filepath.Join(sharedData(t), "aozora", "list_person_all_extended_utf8_first1519.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	col := map[string]int{}
	for i, name := range head {
		col[strings.TrimPrefix(name, "\ufeff")] = i
	}
	var out []library.Record
	at := map[string]int{}
	for {
		line, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		get := func(name string) string { return line[col[name]] }
		creator := library.Creator{Name: get("姓") + get("名"), Reading: strings.TrimSpace(get("姓読み") + " " + get("名読み")), Role: get("役割フラグ")}
		id := get("作品ID")
		if i, have := at[id]; have {
			out[i].Bib.Creators = append(out[i].Bib.Creators, creator)
			continue
		}
		at[id] = len(out)
		var year int
		fmt.Sscanf(get("底本初版発行年1"), "%d", &year)
		ndc := strings.Fields(strings.TrimPrefix(get("分類番号"), "NDC"))
		out = append(out, library.Record{Bib: library.Bib{
			ID: library.BibID(id), Kind: library.Book, Title: get("作品名"), TitleReading: get("作品名読み"), Subtitle: get("副題"),
			Creators: []library.Creator{creator}, Publisher: get("底本出版社名1"), Year: year, NDC: ndc, Language: "jpn",
		}, Items: []library.Item{item("i"+id, id, "central")}})
	}
	return out
}

// sharedData is the folder of real data beside the repository. Without it the test is
// skipped.
func sharedData(t testing.TB) string {
	t.Helper()
	data := sharedFolder(t)
	if _, err := os.Stat(data); err != nil {
		t.Skipf("the real data are not there: %v", err)
	}
	return data
}

// sharedFolder is where real data are, if they are there.
func sharedFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("there is no go.mod above the test")
		}
	}
	return filepath.Join(dir, "..", "shared", "data")
}
