package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// faults are rows of a file of records, each with a fault of another kind. %d is the
// number of the record.
var faults = []string{
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
	"b1,本%d,,,,,chuo\n",
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
}

// faulty writes a file of so many records, of which each kind of fault has one in a
// hundred.
func faulty(tb testing.TB, records int) string {
	tb.Helper()
	var text strings.Builder
	text.WriteString("id,title,year,isbn,language,kind,branch\n")
	r := rand.New(rand.NewPCG(1, 14))
	for i := range records {
		if fault := r.IntN(100); fault < len(faults) && i > 0 {
			row := faults[fault]
			args := []any{i + 1, i + 1}
			fmt.Fprintf(&text, row, args[:strings.Count(row, "%d")]...)
			continue
		}
		fmt.Fprintf(&text, "b%d,良書その%d,19%02d,,jpn,図書,chuo\n", i+1, i+1, i%100)
	}
	path := filepath.Join(tb.TempDir(), "faulty.csv")
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
	report := filepath.Join(t.TempDir(), "report.txt")
	out, errs, code := command(t, data, "import", "csv", faulty(t, records), "--report", report)
	if lines := strings.Count(out+errs, "\n"); code != leftOut || lines > 25 || !strings.Contains(out, "records read") {
		t.Errorf("status %d, %d lines:\n%s%s", code, lines, errs, out)
	}
	all, err := os.ReadFile(report)
	if lines := strings.Count(string(all), "\n"); err != nil || lines < records*len(faults)/100/2 {
		t.Errorf("%d lines, %v", lines, err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(all)), "\n") {
		if !strings.HasPrefix(line, "left out: r") && !strings.HasPrefix(line, "note: row ") {
			t.Errorf("the report has the line %q", line)
		}
	}
	if again, errs, _ := command(t, data, "import", "csv", faulty(t, records)); !strings.Contains(again, " 0 new, 0 changed,") {
		t.Errorf("the second time: %s%s", errs, again)
	}
}

// BenchmarkImportOfFaults imports 50,000 records of which each kind of fault has one in a
// hundred, on SQLite.
func BenchmarkImportOfFaults(b *testing.B) {
	var out, errs strings.Builder
	path := faulty(b, 50_000)
	for range b.N {
		data := b.TempDir()
		if code := run(b.Context(), []string{"--data", data, "branch", "add", "chuo", "中央図書館"}, strings.NewReader(""), &out, &errs); code != 0 {
			b.Fatal(errs.String())
		}
		errs.Reset()
		begun := time.Now()
		if code := run(b.Context(), []string{"--data", data, "import", "csv", path}, strings.NewReader(""), &out, &errs); code != leftOut {
			b.Fatalf("status %d: %s%s", code, out.String(), errs.String())
		}
		fmt.Printf("import_of_faults_50k %.1f s\n", time.Since(begun).Seconds())
		fmt.Printf("import_of_faults_report %d lines\n", strings.Count(errs.String(), "\n"))
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
			if code != 0 && code != failed && code != leftOut || code == 0 && !strings.Contains(out, "records read") || code == failed && !strings.Contains(errs, "central: ") {
				t.Fatalf("%q: status %d: %s%s", text, code, out, errs)
			}
		}
	}
	if after := must(t, data, "bib", "show", "kept1", "--json") + must(t, data, "bib", "show", "kept2", "--json"); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}
