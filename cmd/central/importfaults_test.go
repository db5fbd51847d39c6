package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/library"
)

// faultyFile is a kind of file whose rows have faults. In a row %d is the number of the
// record, in five digits, and %y a number of two.
type faultyFile struct {
	header, good string
	faults       []string // each of another kind
}

var faultyBooks = faultyFile{
	header: "id,title,year,isbn,language,kind,branch\n",
	good:   "b%d,良書その%d,19%y,,jpn,図書,chuo\n",
	faults: []string{
		"f%d,本,,,,,chuo,s%d\n", // one field more than the header has
		"f%d\n",
		"f%d,\"本,,,,,chuo\n",
		"f%d,本\"の,,,,,chuo\n",
		"f%d,,,,,,chuo\n",
		"1.0E+%d,本,,,,,chuo\n",
		"f%d,#NAME?,,,,,chuo\n",
		"f%d,$BF|K\\(B,,,,,chuo\n",
		"f%d,本,,,,,どこか\n",
		"f%d,\x96\x7B,,,,,chuo\n",
		"b00001,本%d,,,,,chuo\n",
		"f%d,本,そのうち,,,,chuo\n",
		"f%d,本,2091,,,,chuo\n",
		"f%d,本,,978-4-10-101003-9,,,chuo\n",
		"f%d,本,,9.78401E+12,,,chuo\n",
		"f%d,本,,,Klingon,,chuo\n",
		"f%d,本,,,,粘土板,chuo\n",
		"f%d,本\uFFFD,,,,,chuo\n",
		"f%d,本\x00,,,,,chuo\n",
		"f%d,本\u202E,,,,,chuo\n",
		"f%d,å\u0090¾è¼©,,,,,chuo\n",
	},
}

var faultyPatrons = faultyFile{
	header: "id,card,name,reading,born_on,phones,email,branch,category,valid_until,blocks\n",
	good:   "u%d,200%d,利用者その%d,リヨウシャ,19%y-04-01,090123%d,u%d@example.jp,chuo,一般,2090-03-31,\n",
	faults: []string{
		"u%d,200%d,花,,1990-04-01,090123%d,,chuo,,,,s\n",
		"u%d,200%d\n",
		"u%d,200%d,\"花,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d,花\"子,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,,花,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,こころ,花,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,2.0E+%d,花,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,#N/A,花,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,20000001,花,,1990-04-01,090123%d,,chuo,,,\n",
		"u00001,200%d,花,,1990-04-01,090123%d,,chuo,,,\n",
		"1.0E+%d,200%d,花,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d,,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d,\x96\x7B,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d,花\uFFFD,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d,花\x00,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d,花\u202E,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d,å\u0090¾è¼©,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d,$BF|K\\(B,,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d," + strings.Repeat("花", library.MaxPatronText) + ",,1990-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d,花," + strings.Repeat("ハ", library.MaxPatronText) + ",1990-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d,花,,,090123%d,,chuo,,,\n",
		"u%d,200%d,花,,そのうち,090123%d,,chuo,,,\n",
		"u%d,200%d,花,,2001-02-29,090123%d,,chuo,,,\n",
		"u%d,200%d,花,,36585,090123%d,,chuo,,,\n",
		"u%d,200%d,花,,29/02/2000,090123%d,,chuo,,,\n",
		"u%d,200%d,花,,00-02-29,090123%d,,chuo,,,\n",
		"u%d,200%d,花,,2091-04-01,090123%d,,chuo,,,\n",
		"u%d,200%d,花,,1990-04-01,,,chuo,,,\n",
		"u%d,200%d,花,,1990-04-01,0901,,chuo,,,\n",
		"u%d,200%d,花,,1990-04-01,00000000000,,chuo,,,\n",
		"u%d,200%d,花,,1990-04-01,90123%d,,chuo,,,\n",
		"u%d,200%d,花,,1990-04-01,123%d,,chuo,,,\n",
		"u%d,200%d,花,,1990-04-01,44123%d12,,chuo,,,\n",
		"u%d,200%d,花,,1990-04-01,090123%d,なし@,chuo,,,\n",
		"u%d,200%d,花,,1990-04-01,090123%d,,どこか,,,\n",
		"u%d,200%d,花,,1990-04-01,090123%d,,chuo,,いつか,\n",
		"u%d,200%d,花,,1990-04-01,090123%d,,chuo,,,謎\n",
	},
}

// write writes a file of so many records, of which each kind of fault has one in a
// hundred.
func (f faultyFile) write(tb testing.TB, records int) (path string) {
	tb.Helper()
	var text strings.Builder
	text.WriteString(f.header)
	r := rand.New(rand.NewPCG(1, 14))
	for i := range records {
		row := f.good
		if fault := r.IntN(100); fault < len(f.faults) && i > 0 {
			row = f.faults[fault]
		}
		strings.NewReplacer("%d", fmt.Sprintf("%05d", i+1), "%y", fmt.Sprintf("%02d", i%100)).WriteString(&text, row)
	}
	path = filepath.Join(tb.TempDir(), "faulty.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// TestReportFitsAScreen: of a file with faults of every kind the report is no longer
// than a screen, and the file of --report has each line.
func TestReportFitsAScreen(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	const records = 3000
	for _, test := range []struct {
		args []string
		file faultyFile
		read string
	}{
		{[]string{"import", "csv"}, faultyBooks, "records read"},
		{[]string{"patron", "import"}, faultyPatrons, "patrons read"},
	} {
		path := test.file.write(t, records)
		report := filepath.Join(t.TempDir(), "report.txt")
		out, errs, code := command(t, data, append(test.args, path, "--report", report)...)
		if lines := strings.Count(out+errs, "\n"); code != leftOut || lines > 25 || !strings.Contains(out, test.read) {
			t.Errorf("%s: status %d, %d lines:\n%s%s", test.args, code, lines, errs, out)
		}
		all, err := os.ReadFile(report)
		if lines := strings.Count(string(all), "\n"); err != nil || lines < records*len(test.file.faults)/100/2 {
			t.Errorf("%s: %d lines, %v", test.args, lines, err)
		}
		for _, patron := range []string{"花", "利用者", "090123", "example.jp", "どこか"} {
			if test.read == "patrons read" && strings.Contains(out+errs+string(all), patron) {
				t.Errorf("%s tells %q of a patron:\n%s%s", test.args, patron, errs, all)
			}
		}
		for _, line := range strings.Split(strings.TrimSpace(strings.TrimPrefix(string(all), reportMark)), "\n") {
			if !strings.HasPrefix(line, "left out: r") && !strings.HasPrefix(line, "note: row ") {
				t.Errorf("%s: the report has the line %q", test.args, line)
			}
		}
		if again, errs, _ := command(t, data, append(test.args, path)...); !strings.Contains(again, " 0 new, 0 changed,") {
			t.Errorf("%s, the second time: %s%s", test.args, errs, again)
		}
	}
}

// BenchmarkImportOfFaults imports 50,000 records and 20,000 patrons of which each kind of
// fault has one in a hundred, on SQLite.
func BenchmarkImportOfFaults(b *testing.B) {
	for range b.N {
		data := b.TempDir()
		central := func(want int, args ...string) (told string) {
			var out, errs strings.Builder
			if code := run(b.Context(), append([]string{"--data", data}, args...), strings.NewReader(""), &out, &errs); code != want {
				b.Fatalf("%s: status %d: %s%s", args, code, out.String(), errs.String())
			}
			return errs.String()
		}
		central(0, "branch", "add", "chuo", "中央図書館")
		measure := func(name, report string, args ...string) {
			begun := time.Now()
			told := central(leftOut, args...)
			fmt.Printf("%s %.1f s\n", name, time.Since(begun).Seconds())
			fmt.Printf("%s %d lines\n", report, strings.Count(told, "\n"))
		}
		measure("import_of_faults_50k", "import_of_faults_report", "import", "csv", faultyBooks.write(b, 50_000))
		measure("import_of_faults_patrons_20k", "import_of_faults_patrons_report", "patron", "import", faultyPatrons.write(b, 20_000))
	}
}

// TestImportChangesOnlyWhatItNames: whatever stands in a file, a record that it does not
// name stays as it is.
func TestImportChangesOnlyWhatItNames(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	must(t, data, "import", "csv", file(t, "books.csv", "id,title,branch,barcode,year\nkept1,残る本,chuo,9001,1999\nkept2,残る本二,chuo,9002,2000\n"))
	before := must(t, data, "bib", "show", "kept1", "--json") + must(t, data, "bib", "show", "kept2", "--json")
	pieces := []string{"x1", "x2", "本", ",", ",", ",", "\n", "\n", "\r", "\"", ";", "\x00", "\uFFFD", "\x96\x7B", "1.0E+09", "#N/A", "2091", "chuo", "除籍", "残る本", "\xFF"}
	r := rand.New(rand.NewPCG(14, 2))
	for range 60 {
		text := []string{"id,title,branch,barcode,state\n", "id;title\r", "title,year\n", "", "00090nam a2200049   4500"}[r.IntN(5)]
		for range r.IntN(60) {
			text += pieces[r.IntN(len(pieces))]
		}
		path := file(t, "any", text)
		for _, format := range []string{"csv", "marc"} {
			out, errs, code := command(t, data, "import", format, path, "--branch", "chuo")
			if code != 0 && code != failed && code != leftOut || code == 0 && !strings.Contains(out, " read: ") || code == failed && !strings.Contains(errs, "central: ") {
				t.Fatalf("%q: status %d: %s%s", text, code, out, errs)
			}
		}
	}
	if after := must(t, data, "bib", "show", "kept1", "--json") + must(t, data, "bib", "show", "kept2", "--json"); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}
