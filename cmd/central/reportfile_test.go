package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReportOverwritesNothing: --report replaces an earlier report alone, of no import what
// is read, the database, or any other file.
func TestReportOverwritesNothing(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	for _, test := range []struct {
		args []string
		text string
	}{
		{[]string{"import", "csv"}, "id,title\nb1,本\nb2\n"},
		{[]string{"import", "marc"}, "<collection>" + marcXML("nam", "m1", "本") + marcXML("nam", "m2", "") + "</collection>"},
		{[]string{"patron", "import"}, "card,name\n12345670,港\n12345675\n"},
		{[]string{"calendar", "import"}, "館,休館日\nchuo,2090-01-04\nどこか,2090-01-04\n"},
	} {
		name := strings.Join(test.args, " ")
		input := file(t, "in", test.text)
		hard, soft := filepath.Join(t.TempDir(), "hard"), filepath.Join(t.TempDir(), "soft")
		if err := os.Link(input, hard); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(input, soft); err != nil {
			t.Fatal(err)
		}
		other := file(t, "letter.txt", "Dear Sir\n")
		database := filepath.Join(data, "central.db")
		for path, says := range map[string]string{
			input: "it is the file that is imported", hard: "it is the file that is imported", soft: "it is the file that is imported",
			other: "no earlier report", database: "it is a file of the database",
		} {
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, told, code := command(t, data, append(test.args, input, "--report", path)...); code != failed || !strings.Contains(told, says) {
				t.Errorf("%s: status %d, %s", name, code, told)
			}
			if after, err := os.ReadFile(path); err != nil || len(after) < len(before) || path != database && string(after) != string(before) {
				t.Errorf("%s: %s was overwritten, %v", name, path, err)
			}
		}
		must(t, data, "branch", "list") // the database is whole

		report := filepath.Join(t.TempDir(), "report.txt")
		var first string
		for range 2 { // as each night
			if _, told, code := command(t, data, append(test.args, input, "--report", report)...); code != leftOut {
				t.Fatalf("%s: status %d, %s", name, code, told)
			}
			all, err := os.ReadFile(report)
			if err != nil || !strings.HasPrefix(string(all), reportMark) || strings.Count(string(all), "left out: ") != 1 {
				t.Errorf("%s: %v, %s", name, err, all)
			}
			if first == "" {
				first = string(all)
			} else if name != "patron import" && string(all) != first { // of patrons who cannot apply is told once
				t.Errorf("%s: %s, the second time %s", name, first, all)
			}
		}
		if _, told, code := command(t, data, append(test.args, input, "--report", file(t, "empty", ""))...); code != leftOut {
			t.Errorf("%s: an empty file: status %d, %s", name, code, told)
		}
		if _, told, code := command(t, data, append(test.args, filepath.Join(t.TempDir(), "none"), "--report", report)...); code != failed {
			t.Errorf("%s: status %d, %s", name, code, told)
		}
		if all, err := os.ReadFile(report); err != nil || strings.Count(string(all), "left out: ") != 1 {
			t.Errorf("%s: an import without input emptied the report: %s", name, all)
		}
	}
}

// TestRefusedRecordsHavePlaces: what the catalogue refuses is told with its place in the file,
// and summed by what is wrong.
func TestRefusedRecordsHavePlaces(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	must(t, data, "import", "csv", file(t, "a.csv", "id,title,barcode,branch\na1,本,1001,chuo\n"))
	stolen := file(t, "b.csv", "id,title,barcode,branch\nb1,\"書\n二\",1002,chuo\nb2,紙,1001,chuo\n")
	_, told, code := command(t, data, "import", "csv", stolen)
	if code != leftOut || told != "left out: row 2 (line 4, byte 47): bib b2: its copy 1001 is already a copy of bib a1; correct one of them\n" {
		t.Errorf("status %d, %s", code, told)
	}
	marc := file(t, "m.xml", "<collection>"+marcXML("nam", "m1", "本")+marcXML("nam", strings.Repeat("x", 129), "本")+"</collection>")
	if _, told, code := command(t, data, "import", "marc", marc); code != leftOut || !strings.HasPrefix(told, "left out: record 2 (byte ") || !strings.HasSuffix(told, "): its identifier is longer than 128 bytes\n") {
		t.Errorf("status %d, %s", code, told)
	}
	text := "id,title\ngood,本\n"
	for i := range 300 {
		text += fmt.Sprintf("%d%s,本%d\n", i, strings.Repeat("x", 128), i)
	}
	_, told, code = command(t, data, "import", "csv", file(t, "long.csv", text))
	if code != leftOut || !strings.HasPrefix(told, "left out, 300 times: its identifier is longer than 128 bytes; the first: row 2 (line 3, byte 18)\n") {
		t.Errorf("status %d, %s", code, told)
	}
}

// TestColumnsThatAreToldOf: of many columns that are not read ten are named, and a file
// without ids is told of once.
func TestColumnsThatAreToldOf(t *testing.T) {
	data := t.TempDir()
	header := "title"
	for i := range 3000 {
		header += fmt.Sprintf(",欄%d", i)
	}
	_, told, code := command(t, data, "import", "csv", file(t, "wide.csv", header+"\n本"+strings.Repeat(",", 3000)+"\n"))
	want := "not read, since they stand for none of ours (see --columns): 欄0, 欄1, 欄2, 欄3, 欄4, 欄5, 欄6, 欄7, 欄8, 欄9 and 2990 more\n" +
		"the file has no column for the id (see --columns): a bib is known by what it describes, so that one whose title changes is another bib; best give each an id\n"
	if code != 0 || told != want {
		t.Errorf("status %d, %s", code, told)
	}
}
