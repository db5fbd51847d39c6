package store

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/central/intake"
	"madoguchi/library"
	"madoguchi/library/kana"
)

// BenchmarkRecall takes a thousand real records, asks for each as patrons do, and
// says how many of them stand on the first page of 20. What is typed:
//
//	reading  the reading of the title's first word, in hiragana, and the family name's;
//	         without a creator the reading of its first six words
//	creator  the family name in hiragana and the first four letters of the title
//	oldkanji the first twelve letters of the title with old kanji, and the family name
//	isbn     the ISBN in full-width digits
//	romaji   what reading types, in Hepburn romaji
//	typo     the title's reading with one wrong kana; where that finds nothing, what
//	         the terminal offers instead counts, if a tap on it finds the record
//
// The family name is added since one word begins the titles of dozens of others.
func BenchmarkRecall(b *testing.B) {
	records := realRecords(b)
	c := open(b, append(records, titlesOf2017(b, records)...)...)
	old := oldKanji(b)
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	for _, kind := range []struct {
		name string
		ask  func(r library.Record) string
	}{
		{"reading", func(r library.Record) string { return withFamily(r, firstWord(r)) }},
		{"creator", func(r library.Record) string {
			if family(r) == "" {
				return ""
			}
			return withFamily(r, head(r.Bib.Title, 4))
		}},
		{"oldkanji", func(r library.Record) string {
			title := head(r.Bib.Title, 12)
			written := strings.Map(func(r rune) rune {
				if o, ok := old[r]; ok {
					return o
				}
				return r
			}, title)
			if written == title {
				return ""
			}
			return withFamily(r, written)
		}},
		{"isbn", func(r library.Record) string {
			if len(r.Bib.ISBNs) == 0 {
				return ""
			}
			return strings.Map(func(d rune) rune { return d - '0' + '０' }, r.Bib.ISBNs[0])
		}},
		{"romaji", func(r library.Record) string { return romaji(withFamily(r, firstWord(r))) }},
		{"typo", func(r library.Record) string {
			return mistyped(hiragana(strings.ReplaceAll(r.Bib.TitleReading, " ", "")), random)
		}},
	} {
		asked, found := 0, 0
		for _, r := range records {
			typed := kind.ask(r)
			if typed == "" || asked == 1000 {
				continue
			}
			asked++
			switch {
			case onFirstPage(b, c, library.Query{Words: typed}, r.Bib.ID):
				found++
			case kind.name == "typo" && isOffered(b, c, typed, r.Bib.ID):
				found++
			default:
				fmt.Fprintf(os.Stderr, "%s: %q does not find %q (%s)\n", kind.name, typed, r.Bib.Title, r.Bib.TitleReading)
			}
		}
		fmt.Printf("recall_%s %.1f %%\n", kind.name, 100*float64(found)/float64(max(asked, 1)))
		fmt.Printf("recall_%s_records %d records\n", kind.name, asked)
	}
}

func onFirstPage(b *testing.B, c *Catalogue, q library.Query, id library.BibID) bool {
	b.Helper()
	page, err := c.Search(b.Context(), q, 0, 20)
	if err != nil {
		b.Fatal(err)
	}
	return slices.ContainsFunc(page.Rows, func(r library.Row) bool { return r.Bib.ID == id })
}

// isOffered reports whether one tap after a search without hits leads to the bib.
func isOffered(b *testing.B, c *Catalogue, typed string, id library.BibID) bool {
	b.Helper()
	offers, err := c.Near(b.Context(), typed, 6)
	if err != nil {
		b.Fatal(err)
	}
	return slices.ContainsFunc(offers, func(s library.Suggestion) bool { return onFirstPage(b, c, s.Query(), id) })
}

// realRecords are the real records that have a reading.
func realRecords(b *testing.B) []library.Record {
	b.Helper()
	records := aozora(b)
	f, err := os.Open(filepath.Join(sharedData(b), "japanmarc", "marc21.dat"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for r, err := range intake.MARC(f, intake.Options{Branch: "central"}) {
		if err == nil {
			records = append(records, r.Record)
		}
	}
	return slices.DeleteFunc(records, func(r library.Record) bool { return r.Bib.TitleReading == "" })
}

// titlesOf2017 are the titles that stand beside the others to be found.
func titlesOf2017(b *testing.B, known []library.Record) (records []library.Record) {
	b.Helper()
	f, err := os.Open(filepath.Join(sharedData(b), "aozora", "list_person_all_utf8_2017.csv"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	seen := map[library.BibID]bool{}
	for _, r := range known {
		seen[r.Bib.ID] = true
	}
	for _, line := range lines[1:] {
		id := library.BibID(fmt.Sprintf("%06s", line[2]))
		if !seen[id] {
			seen[id] = true
			records = append(records, library.Record{Bib: library.Bib{ID: id, Kind: library.Book, Title: line[3], Creators: []library.Creator{{Name: line[1]}}}})
		}
	}
	return records
}

// oldKanji reads which old form a kanji has.
func oldKanji(b *testing.B) map[rune]rune {
	b.Helper()
	f, err := os.Open(filepath.Join(sharedData(b), "itaiji", "cjkvi-jp-old-style.txt"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	old := map[rune]rune{}
	for s := bufio.NewScanner(f); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) < 2 || strings.HasPrefix(s.Text(), "#") {
			continue
		}
		from, _ := utf8.DecodeRuneInString(fields[0])
		to, _ := utf8.DecodeRuneInString(fields[1])
		if _, have := old[from]; !have && from != to {
			old[from] = to
		}
	}
	return old
}

func head(s string, n int) string {
	runes := []rune(s)
	return string(runes[:min(n, len(runes))])
}

// hiragana writes a reading as it is typed.
func hiragana(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			return r - 'ァ' + 'ぁ'
		}
		return r
	}, s)
}

// firstWord is the reading of the first word of a title, or of the first eight kana
// where the reading has no words.
func firstWord(r library.Record) string {
	words := strings.Fields(hiragana(r.Bib.TitleReading))
	switch {
	case len(words) == 0:
		return ""
	case family(r) == "":
		return strings.Join(words[:min(6, len(words))], " ")
	}
	return strings.TrimRight(head(words[0], 8), "っ") // a cut っ has no romaji
}

// family is the reading of the first creator's family name.
func family(r library.Record) string {
	if len(r.Bib.Creators) == 0 {
		return ""
	}
	words := strings.FieldsFunc(hiragana(r.Bib.Creators[0].Reading), func(r rune) bool { return r == ' ' || r == ',' })
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

func withFamily(r library.Record, typed string) string {
	if typed == "" {
		return ""
	}
	return strings.TrimSpace(typed + " " + family(r))
}

// mistyped is a reading of four kana or more with another one in its place.
func mistyped(reading string, random *rand.Rand) string {
	runes := []rune(head(reading, 10))
	if len(runes) < 4 || slices.ContainsFunc(runes, func(r rune) bool { return r != 'ー' && !isHiragana(r) }) {
		return ""
	}
	at := random.IntN(len(runes))
	for {
		wrong := []rune(nearKana)[random.IntN(utf8.RuneCountInString(nearKana))]
		if kana.Fold(string(wrong)) != kana.Fold(string(runes[at])) {
			runes[at] = wrong
			return string(runes)
		}
	}
}

// romaji writes hiragana in Hepburn romaji, "" where it cannot.
func romaji(s string) string {
	var out strings.Builder
	double := false
	for runes := []rune(s); len(runes) > 0; {
		n := min(2, len(runes))
		r, ok := hepburn[string(runes[:n])]
		if !ok {
			n = 1
			r, ok = hepburn[string(runes[:1])]
		}
		switch {
		case runes[0] == 'っ':
			double = true
		case runes[0] == ' ':
			out.WriteByte(' ')
		case runes[0] == 'ー':
		case !ok:
			return ""
		case runes[0] == 'ん' && len(runes) > 1 && strings.ContainsRune("あいうえおやゆよ", runes[1]):
			out.WriteString("n") // people leave the apostrophe out
		case double && strings.HasPrefix(r, "ch"):
			out.WriteString("t" + r)
			double = false
		case double:
			out.WriteString(r[:1] + r)
			double = false
		default:
			out.WriteString(r)
		}
		runes = runes[n:]
	}
	return out.String()
}

var hepburn = func() map[string]string {
	out := map[string]string{}
	for _, row := range []string{
		"あa いi うu えe おo", "かka きki くku けke こko", "さsa しshi すsu せse そso", "たta ちchi つtsu てte とto", "なna にni ぬnu ねne のno",
		"はha ひhi ふfu へhe ほho", "まma みmi むmu めme もmo", "やya ゆyu よyo", "らra りri るru れre ろro", "わwa をo んn",
		"がga ぎgi ぐgu げge ごgo", "ざza じji ずzu ぜze ぞzo", "だda ぢji づzu でde どdo", "ばba びbi ぶbu べbe ぼbo", "ぱpa ぴpi ぷpu ぺpe ぽpo",
		"きゃkya きゅkyu きょkyo しゃsha しゅshu しょsho ちゃcha ちゅchu ちょcho にゃnya にゅnyu にょnyo ひゃhya ひゅhyu ひょhyo みゃmya みゅmyu みょmyo",
		"りゃrya りゅryu りょryo ぎゃgya ぎゅgyu ぎょgyo じゃja じゅju じょjo びゃbya びゅbyu びょbyo ぴゃpya ぴゅpyu ぴょpyo",
	} {
		for _, pair := range strings.Fields(row) {
			i := strings.IndexFunc(pair, func(r rune) bool { return r < utf8.RuneSelf })
			out[pair[:i]] = pair[i:]
		}
	}
	return out
}()
