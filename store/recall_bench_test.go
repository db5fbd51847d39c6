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
)

// perRecallKind is how many wishes of a kind are asked of the real records.
const perRecallKind = 1000

// BenchmarkRecall asks for records as patrons do, and says how many of the wishes are
// met: of the real records that stand beside the project, and of made-up works among a
// made-up library, whose figures end in _made_up. What is typed:
//
//	title      the title as it is written
//	reading    the reading of the title's first word, in hiragana, and the family name's;
//	           without a creator the reading of its first six words
//	romaji     what reading types, in Hepburn romaji; kunrei the same in that system
//	creator    the family name in hiragana and the first four letters of the title
//	oldkanji   the first twelve letters of the title with old kanji, and the family name
//	isbn       the ISBN in full-width digits
//	together   the whole reading without spaces; Latin titles in one word
//	split      the title with spaces where its letters change
//	umlauts    ä ö ü ß written ae oe ue ss
//	signs      titles without a letter
//	latinkana  Latin letters before kana
//	mixed      readings with Latin words among the kana
//	family     a family name, as written, in hiragana and in romaji: one of its creators
//	           is the first that is suggested, or the second, and a tap finds bibs
//	creator_suggested  the family name and two kana of the other: she is suggested
//	typo       the title's reading with one wrong kana; where that finds nothing, what
//	           the terminal offers instead counts, if a tap on it finds the record
//	typo_latin a Latin title with a letter wrong, missing, doubled or exchanged
//	volume     the title, or its reading, and a volume in each way of writing it: that
//	           volume is in the first row
//	number     titles with numbers, in either width: in the first row
//	wellknown  see wellKnown
//
// All others are met on the first page of 20; by a row of a whole work too, where no
// volume is named.
func BenchmarkRecall(b *testing.B) {
	records := realRecords(b)
	if records != nil {
		c := open(b, records...)
		printRecall(b, c, realWishes(b, records), "")
		wellKnownWishes(b, c, records)
	}
	own, all := madeUpRecords(b, 20_000)
	printRecall(b, open(b, all...), madeUpWishes(b, own, all), "_made_up")
}

func printRecall(b *testing.B, c *Catalogue, wishes []wish, suffix string) {
	b.Helper()
	t := tallied(b, c, wishes, func(w wish) { fmt.Fprintln(os.Stderr, "recall"+suffix, w) })
	for _, kind := range t.kinds {
		fmt.Printf("recall_%s%s %.1f %%\n", kind, suffix, t.percent(kind))
		fmt.Printf("recall_%s%s_asked %d times\n", kind, suffix, t.asked[kind])
	}
}

// realWishes are at most perRecallKind wishes of each kind, for records drawn at random.
func realWishes(b *testing.B, records []library.Record) (out []wish) {
	b.Helper()
	w, random := wishableOf(records), steady()
	old := oldKanji(b)
	records = slices.Clone(records)
	random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	counts := map[string]int{}
	add := func(wishes ...wish) {
		for _, n := range wishes {
			if counts[n.kind]++; counts[n.kind] <= perRecallKind {
				out = append(out, n)
			}
		}
	}
	for _, r := range records {
		add(w.asWritten(r)...)
		if r.Bib.Volume != "" {
			add(w.volume(r)...)
		}
		if len(r.Bib.ISBNs) > 0 {
			add(w.title("isbn", otherDigits(r.Bib.ISBNs[0]), r.Bib, firstPage))
		}
		if r.Bib.TitleReading == "" {
			continue
		}
		add(w.asRead(r)...)
		add(w.typos(r, random)...)
		title := head(r.Bib.Title, 12)
		if written := old.Replace(title); written != title {
			add(w.title("oldkanji", withFamily(r, written), r.Bib, firstPage))
		}
		if family(r) != "" {
			add(w.title("creator", withFamily(r, head(r.Bib.Title, 4)), r.Bib, firstPage))
		}
	}
	add(w.families(records)...)
	slices.SortStableFunc(out, func(a, b wish) int { return strings.Compare(a.kind, b.kind) })
	return out
}

// steady draws the same every time.
func steady() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// realRecords are those of the files beside the project, nil where there are none. Of a
// file that is absent a line says so.
func realRecords(b *testing.B) (records []library.Record) {
	b.Helper()
	seen := map[library.BibID]bool{}
	for _, file := range []struct {
		name string
		read func(b *testing.B, path string) []library.Record
	}{
		{"aozora/list_person_all_extended_utf8_first1519.csv", func(b *testing.B, _ string) []library.Record { return aozora(b) }},
		{"aozora/list_person_all_utf8_2017.csv", titlesOf2017},
		{"japanmarc/marc21.dat", marcRecords},
		{"enju_tsv/resource_import_file_sample1.tsv", tableRecords("\t", "manifestation_identifier", "original_title", "title_transcription", "creator", "creator_transcription", "volume_number_string")},
		{"wild/search-words.csv", tableRecords(",", "id", "title", "title_reading", "creator", "creator_reading", "volume")},
	} {
		path := filepath.Join(sharedFolder(b), file.name)
		if _, err := os.Stat(path); err != nil {
			fmt.Printf("--- skipped: %s is not here\n", file.name)
			continue
		}
		for _, r := range file.read(b, path) {
			if !seen[r.Bib.ID] {
				seen[r.Bib.ID] = true
				records = append(records, r)
			}
		}
	}
	return records
}

func marcRecords(b *testing.B, path string) (records []library.Record) {
	b.Helper()
	f := openFile(b, path)
	for r, err := range intake.MARC(f, intake.Options{Branch: "central"}) {
		if err == nil {
			records = append(records, r.Record)
		}
	}
	return records
}

// titlesOf2017 are titles and creators without readings. A work stands there once for
// each who made it.
func titlesOf2017(b *testing.B, path string) (records []library.Record) {
	b.Helper()
	lines, err := csv.NewReader(openFile(b, path)).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	at := map[library.BibID]int{}
	for _, line := range lines[1:] {
		id := library.BibID(fmt.Sprintf("%06s", line[2]))
		if i, have := at[id]; have {
			records[i].Bib.Creators = append(records[i].Bib.Creators, library.Creator{Name: line[1]})
			continue
		}
		at[id] = len(records)
		records = append(records, library.Record{Bib: library.Bib{ID: id, Kind: library.Book, Title: line[3], Creators: []library.Creator{{Name: line[1]}}}})
	}
	return records
}

// tableRecords reads columns of a table: id, title, reading, creator, reading, volume.
func tableRecords(comma string, columns ...string) func(b *testing.B, path string) []library.Record {
	return func(b *testing.B, path string) (records []library.Record) {
		b.Helper()
		r := csv.NewReader(openFile(b, path))
		r.Comma, _ = utf8.DecodeRuneInString(comma)
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		lines, err := r.ReadAll()
		if err != nil {
			b.Fatal(err)
		}
		for i, line := range lines[1:] {
			get := func(n int) string {
				at := slices.Index(lines[0], columns[n])
				if at < 0 || at >= len(line) {
					return ""
				}
				return strings.TrimSpace(line[at])
			}
			if get(1) == "" {
				continue
			}
			id := fmt.Sprint(filepath.Base(path), "-", i, "-", get(0))
			records = append(records, bib(id, get(1), get(2), get(3), get(4), 2000, func(r *library.Record) { r.Bib.Volume = get(5) }))
		}
		return records
	}
}

func openFile(b *testing.B, path string) *os.File {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	return f
}

// oldKanji writes kanji in their old forms.
func oldKanji(b *testing.B) *strings.Replacer {
	b.Helper()
	f, err := os.Open(filepath.Join(sharedFolder(b), "itaiji", "cjkvi-jp-old-style.txt"))
	if err != nil {
		fmt.Println("--- skipped: the table of old kanji is not here")
		return strings.NewReplacer()
	}
	defer f.Close()
	var pairs []string
	have := map[rune]bool{}
	for s := bufio.NewScanner(f); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) < 2 || strings.HasPrefix(s.Text(), "#") {
			continue
		}
		from, _ := utf8.DecodeRuneInString(fields[0])
		to, _ := utf8.DecodeRuneInString(fields[1])
		if !have[from] && from != to {
			have[from] = true
			pairs = append(pairs, string(from), string(to))
		}
	}
	return strings.NewReplacer(pairs...)
}
