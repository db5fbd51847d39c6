package store

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/library"
)

// made is n made-up records: words of two kanji with their readings, some authors
// with many books, volumes and copies.
func made(n int) []library.Record {
	random := rand.New(rand.NewPCG(7, 11))
	kanji, kana := []rune("山川花海空風雪月星森夜朝夏冬春秋心道国家学生人町村都市車船鳥魚犬猫馬本歌絵"), strings.Fields("ヤマ カワ ハナ ウミ ソラ カゼ ユキ ツキ ホシ モリ ヨル アサ ナツ フユ ハル アキ ココロ ミチ クニ イエ ガク セイ ヒト マチ ムラ ト シ クルマ フネ トリ サカナ イヌ ネコ ウマ ホン ウタ エ")
	word := func() (string, string) {
		a, b := random.IntN(len(kanji)), random.IntN(len(kanji))
		return string(kanji[a]) + string(kanji[b]), kana[a] + kana[b]
	}
	name := func(i int) (string, string) {
		a, b, c := i%37, i/37%37, i/1369%37
		return string([]rune{kanji[a], kanji[b], kanji[c]}), kana[a] + ", " + kana[b] + kana[c]
	}
	out := make([]library.Record, n)
	for i := range out {
		w1, r1 := word()
		w2, r2 := word()
		author, authorReading := name(int(float64(20000) * random.Float64() * random.Float64() * random.Float64()))
		out[i] = bib(fmt.Sprint("b", i), w1+"の"+w2, r1+" ノ "+r2, author, authorReading, 1950+random.IntN(76), func(r *library.Record) {
			r.Bib.Publisher = w2[:3] + "書房"
			r.Bib.NDC = []string{fmt.Sprintf("%03d.%d", random.IntN(1000), random.IntN(10))}
			r.Bib.ISBNs = []string{fmt.Sprintf("9784%09d", i)}
			if random.IntN(5) == 0 {
				r.Bib.Volume = fmt.Sprint(random.IntN(20))
			}
			if random.IntN(10) == 0 {
				r.Bib.Title, r.Bib.TitleReading = fmt.Sprintf("Title of %s number %d", strings.ToLower(fmt.Sprint(rune('a'+i%26))), i), ""
			}
		})
	}
	return out
}

const benchBibs = 20_000

func benchCatalogue(b *testing.B) *Catalogue {
	b.Helper()
	c := open(b, made(benchBibs)...)
	b.ResetTimer()
	return c
}

// BenchmarkSearchByKey is the search on each key of these words, first page and
// count; one operation is one key.
func BenchmarkSearchByKey(b *testing.B) {
	c := benchCatalogue(b)
	var inputs []string
	for _, word := range []string{"ヤマカワ", "はなのうみ", "natsuyoru", "春夏", "山川 花海", "title of", "やまかわ 花"} {
		runes := []rune(word)
		for n := 1; n <= len(runes); n++ {
			inputs = append(inputs, string(runes[:n]))
		}
	}
	for i := 0; b.Loop(); i++ {
		if _, err := c.Search(b.Context(), library.Query{Words: inputs[i%len(inputs)]}, 0, 10); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSuggestByKey(b *testing.B) {
	c := benchCatalogue(b)
	inputs := []string{"や", "やま", "やまか", "n", "na", "nat", "natsu", "花", "t", "ti"}
	for i := 0; b.Loop(); i++ {
		if _, err := c.Suggest(b.Context(), inputs[i%len(inputs)], 8); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNear(b *testing.B) {
	c := benchCatalogue(b)
	inputs := []string{"やまかわのはま", "natsuyoruto", "山川の花犬"}
	for i := 0; b.Loop(); i++ {
		if _, err := c.Near(b.Context(), inputs[i%len(inputs)], 6); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkApply1000 is a thousand changes, a tenth of them of bibs and the others
// of availability as circulation makes them, then a thousand of bibs alone.
func BenchmarkApply1000(b *testing.B) {
	records := made(benchBibs)
	for name, bibs := range map[string]int{"mixed": 100, "bibs": 1000} {
		b.Run(name, func(b *testing.B) {
			c := open(b, records...)
			upto := testInfo.Edition
			for b.Loop() {
				upto++
				rows := make([]library.Change, 1000)
				for i := range rows {
					r := records[(int(upto)*7919+i*13)%len(records)]
					if i < bibs {
						r.Bib.Subtitle = fmt.Sprint("改訂", upto)
						rows[i].PutBib = &r.Bib
					} else {
						rows[i].Availability = &library.Availability{ItemID: r.Items[0].ID, State: []library.ItemState{library.OnShelf, library.OnLoan}[upto%2]}
					}
				}
				if err := c.Apply(b.Context(), Cursor{Epoch: testInfo.Epoch, Number: upto}, rows); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	records := made(benchBibs)
	for b.Loop() {
		if _, err := Build(b.Context(), filepath.Join(b.TempDir(), "catalogue.db"), testInfo, all(records)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*benchBibs)/b.Elapsed().Seconds(), "bibs/s")
}
