package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"madoguchi/assets/demo"
	"madoguchi/library"
	"madoguchi/store"
	kiosksync "madoguchi/sync"
)

// BenchmarkTerminal prints figures of a real terminal, a "name value unit" a line:
// on the real records where they are beside the project, and on the demo library
// otherwise.
func BenchmarkTerminal(b *testing.B) {
	s := newServer(b, "")
	importRecords(b, s)
	began := time.Now()
	s.central("edition", "build")
	figure("edition_build", time.Since(began).Seconds(), "s")
	s.serve()
	k := s.enrol()

	began = time.Now()
	k.start()
	figure("first_start_with_fetch", time.Since(began).Seconds(), "s")
	k.stop()
	searchFigures(b, filepath.Join(s.dir, "terminal"))
}

// searchFigures measures what every key asks of the catalogue.
func searchFigures(b *testing.B, data string) {
	cat, err := store.Open(kiosksync.CataloguePath(data))
	if err != nil {
		b.Fatal(err)
	}
	defer cat.Close()
	ctx := context.Background()
	info, err := cat.Info(ctx)
	if err != nil {
		b.Fatal(err)
	}
	figure("bibs", float64(info.Bibs), "bibs")
	var search, suggest []float64
	for range 20 {
		for _, word := range []string{"こころ", "なつめそうせき", "ぎんが", "natsume", "miyazawa", "図書館", "９１３", "わがはい", "こ ろ", "qqqq"} {
			letters := []rune(word)
			for n := range letters {
				typed := string(letters[:n+1])
				began := time.Now()
				if _, err := cat.Search(ctx, library.Query{Words: typed}, 0, 20); err != nil {
					b.Fatal(err)
				}
				search = append(search, time.Since(began).Seconds()*1000)
				began = time.Now()
				if _, err := cat.Suggest(ctx, typed, 8); err != nil {
					b.Fatal(err)
				}
				suggest = append(suggest, time.Since(began).Seconds()*1000)
			}
		}
	}
	figure("key_search_p50", percentile(search, 50), "ms")
	figure("key_search_p99", percentile(search, 99), "ms")
	figure("key_suggest_p50", percentile(suggest, 50), "ms")
	figure("key_suggest_p99", percentile(suggest, 99), "ms")
}

// importRecords takes in the real records beside the project, or the demo library's.
func importRecords(b *testing.B, s *server) {
	data, err := filepath.Abs("../../../shared/data")
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if _, err := os.Stat(data); err == nil {
		s.central("import", "marc", filepath.Join(data, "japanmarc/marc21.dat"), "--branch", "chuo")
		s.central("import", "csv", filepath.Join(data, "aozora/list_person_all_extended_utf8_first1519.csv"), "--branch", "chuo", "--columns",
			"id=作品ID,title=作品名,title_reading=作品名読み,subtitle=副題,ndc=分類番号,creator=姓+名,creator_reading=姓読み+名読み,publisher=底本出版社名1,year=底本初版発行年1")
	} else {
		for _, branch := range []string{"higashi", "nishi", "minato", "kodomo", "ekimae"} {
			s.central("branch", "add", branch, branch)
		}
		file := filepath.Join(s.dir, "demo.csv")
		write(b, file, string(demo.Books()))
		s.central("import", "csv", file)
	}
	figure("import", time.Since(began).Seconds(), "s")
}

func figure(name string, value float64, unit string) {
	fmt.Println(name, strconv.FormatFloat(value, 'g', 3, 64), unit)
}

func percentile(values []float64, p int) float64 {
	slices.Sort(values)
	return values[min(len(values)-1, len(values)*p/100)]
}
