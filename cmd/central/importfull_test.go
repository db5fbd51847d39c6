package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"madoguchi/central/db"
)

// booksBut is a file of books b1 to bN, each with a copy 1001 to 1000+N, but those that are
// left out.
func booksBut(t *testing.T, n int, but ...int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("id,title,barcode,branch\n")
	for i := 1; i <= n; i++ {
		if !slices.Contains(but, i) {
			fmt.Fprintf(&b, "b%d,第%d巻,%d,chuo\n", i, i, 1000+i)
		}
	}
	return file(t, "books.csv", b.String())
}

func slurp(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestFullImport(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	must(t, data, "import", "csv", booksBut(t, 40), "--full")
	for _, step := range []struct {
		name string
		args []string
		file string
		code int
		out  string // the last line
		told []string
	}{
		{"a dry run", []string{"--full", "--dry-run"}, booksBut(t, 40, 7, 8), 0,
			"dry run, nothing was changed; it would be: 38 records read: 0 new, 0 changed, 38 unchanged, 0 left out; withdrawn: 2 bibs and 2 copies",
			[]string{"the file lacks 2 bibs and 2 copies of the source main, which has 40 bibs and 40 copies; with one import 2 bibs and 2 copies may be withdrawn:\n  bib b7: 第7巻\n  bib b8: 第8巻\n"}},
		{"nothing was changed", nil, booksBut(t, 40), 0, "40 records read: 0 new, 0 changed, 40 unchanged, 0 left out; withdrawn: 0 bibs and 0 copies", nil},
		{"more than the limit", []string{"--full"}, booksBut(t, 41, 7, 8, 9), leftOut, "38 records read: 1 new, 0 changed, 37 unchanged, 0 left out; withdrawn: 0 bibs and 0 copies",
			[]string{"central: nothing was withdrawn: the file lacks 3 bibs and 3 copies, and at most 2 bibs and 2 copies may go with one import", "import the file again with --full-limit 8;"}},
		{"a dry run of that", []string{"--full", "--dry-run"}, booksBut(t, 41, 7, 8, 9), leftOut, "dry run, nothing was changed; it would be: 38 records read: 0 new, 0 changed, 38 unchanged, 0 left out; withdrawn: 0 bibs and 0 copies",
			[]string{"nothing was withdrawn: the file lacks 3 bibs and 3 copies"}},
		{"with the limit that it names", []string{"--full", "--full-limit", "8"}, booksBut(t, 41, 7, 8, 9), 0, "38 records read: 0 new, 0 changed, 38 unchanged, 0 left out; withdrawn: 3 bibs and 3 copies",
			[]string{"  bib b9: 第9巻\n"}},
		{"another source", []string{"--full", "--source", "magazines"}, file(t, "m.csv", "id,title,barcode,branch\nm1,文藝,9001,chuo\n"), 0,
			"1 record read: 1 new, 0 changed, 0 unchanged, 0 left out; withdrawn: 0 bibs and 0 copies", nil},
		{"cut off", []string{"--full"}, file(t, "cut.csv", "id,title,barcode,branch\nb1,第1巻,1001,chuo\nb2,第2"), leftOut,
			"2 records read: 0 new, 0 changed, 1 unchanged, 1 left out; withdrawn: 0 bibs and 0 copies",
			[]string{"nothing was withdrawn: the file is cut off, and lacks 36 bibs and 36 copies. Get a whole file"}},
		{"no line end", []string{"--full", "--full-limit", "100"}, file(t, "open.csv", "id,title,barcode,branch\nb1,第1巻,1001,chuo\nb2,第2巻,1002,chuo"), leftOut,
			"2 records read: 0 new, 0 changed, 2 unchanged, 0 left out; withdrawn: 0 bibs and 0 copies",
			[]string{"nothing was withdrawn: the last line of the file has no line end, so that it may be cut off", "--whole"}},
		{"no line end, and a row that is left out", []string{"--full", "--full-limit", "100"}, file(t, "open.csv", "id,title,barcode,branch\nb1,第1巻,1001,chuo\nb2,第2巻,1002,ch"), leftOut,
			"2 records read: 0 new, 0 changed, 1 unchanged, 1 left out; withdrawn: 0 bibs and 0 copies", []string{"no line end"}},
		{"no line end, and nothing lacks", []string{"--full"}, strings.TrimSpace(slurp(t, booksBut(t, 41, 7, 8, 9))), 0,
			"38 records read: 0 new, 0 changed, 38 unchanged, 0 left out; withdrawn: 0 bibs and 0 copies", nil},
		{"no line end but whole", []string{"--full", "--whole"}, strings.TrimSpace(slurp(t, booksBut(t, 40, 7, 8, 9))), 0,
			"37 records read: 0 new, 0 changed, 37 unchanged, 0 left out; withdrawn: 1 bib and 1 copy", nil},
		{"the end of a file of DOS", []string{"--full"}, slurp(t, booksBut(t, 40, 7, 8, 9, 39)) + "\x1A", 0,
			"36 records read: 0 new, 0 changed, 36 unchanged, 0 left out; withdrawn: 1 bib and 1 copy", nil},
		{"as before", nil, booksBut(t, 41, 7, 8, 9), 0, "38 records read: 2 new, 0 changed, 36 unchanged, 0 left out; withdrawn: 0 bibs and 0 copies", nil},
		{"a fault of somebody unknown", []string{"--full", "--full-limit", "100"}, file(t, "odd.csv", "id,title,barcode,branch\nb1,第1巻,1001,chuo\n,,1002,chuo\nb3,第3巻,1003,chuo\n"), leftOut,
			"withdrawn: 0 bibs and 0 copies", []string{"left out: row 2", "nothing was withdrawn: a record was left out of which nothing tells whose it is"}},
		{"XML cut off between two records", []string{"--full", "--full-limit", "100"}, "", leftOut, "1 left out; withdrawn: 0 bibs and 0 copies", []string{"nothing was withdrawn: the file is cut off"}},
		{"MARC says that it has left", []string{}, "", 0, "2 records read: 0 new, 0 changed, 1 unchanged, 0 left out; withdrawn: 1 bib and 1 copy", nil},
		{"what was left out is not lacking", []string{"--full", "--full-limit", "100"}, file(t, "b.csv", "id,title,barcode,branch\nb2,第2巻,1002,chuo\nb4,第4巻,1004,chuo\nb5,第5巻\nb40,第40巻,1040,chuo\n"), leftOut,
			"4 records read: 0 new, 0 changed, 3 unchanged, 1 left out; withdrawn: 33 bibs and 33 copies", []string{"left out: row 3"}},
	} {
		kind := "csv"
		if strings.Contains(step.file, "\n") {
			step.file = file(t, "text.csv", step.file)
		}
		switch step.name {
		case "XML cut off between two records":
			kind, step.file = "marc", file(t, "cut.xml", "<collection>"+marcXML("nam", "b1", "第1巻"))
		case "MARC says that it has left":
			kind, step.file = "marc", file(t, "left.xml", "<collection>"+marcXML("dam", "b1", "")+marcXML("dam", "b1000", "")+"</collection>")
		}
		out, told, code := command(t, data, append([]string{"import", kind, step.file}, step.args...)...)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if last := lines[len(lines)-1]; code != step.code || !strings.HasSuffix(last, step.out) || step.out != "" && strings.Contains(step.out, "read") && last != step.out {
			t.Errorf("%s: status %d, %q, and told\n%s", step.name, code, last, told)
		}
		for _, says := range step.told {
			if !strings.Contains(told, says) {
				t.Errorf("%s: is told without %q:\n%s", step.name, says, told)
			}
		}
	}
	if out := must(t, data, "edition", "build"); !strings.Contains(out, "5 bibs, 5 items") { // b2, b4, b5, b40 and m1
		t.Errorf("edition: %s", out)
	}
	magazine := file(t, "m.csv", "id,title,barcode,branch\nm1,文藝,9001,chuo\n")
	for _, step := range [][2]string{
		{"--dry-run", "1 bib and 1 copy were of the source magazines; they would be of main from now on\n"},
		{"--source=main", "1 bib and 1 copy were of the source magazines; they are of main from now on\n"},
	} {
		if _, told, code := command(t, data, "import", "csv", magazine, step[0]); code != 0 || told != step[1] {
			t.Errorf("%s: status %d, told %q", step[0], code, told)
		}
	}
	if _, told, _ := command(t, data, "import", "csv", magazine); told != "" {
		t.Errorf("again: told %q", told)
	}
	for _, wrong := range [][]string{{"--full-limit", "10"}, {"--whole"}} {
		if _, told, code := command(t, data, append([]string{"import", "csv", booksBut(t, 1)}, wrong...)...); code != usage || !strings.Contains(told, wrong[0]+" is for an import with --full") {
			t.Errorf("%q: status %d, %s", wrong, code, told)
		}
	}
	for _, wrong := range [][]string{{"--full-limit", "101"}, {"--full-limit", "-1"}, {"--source", ""}, {"--source", "a b"}} {
		if _, told, code := command(t, data, append([]string{"import", "csv", booksBut(t, 1), "--full"}, wrong...)...); code != usage {
			t.Errorf("%q: status %d, %s", wrong, code, told)
		}
	}
}

func marcXML(leader, id, title string) string {
	return fmt.Sprintf(`<record><leader>00000%s a2200000 a 4500</leader><controlfield tag="001">%s</controlfield><datafield tag="245" ind1="1" ind2="0"><subfield code="a">%s</subfield></datafield></record>`, leader, id, title)
}

// TestFullImportOfWhatIsHeldAndLent: what has left is nobody's, by the rules of holds.
func TestFullImportOfWhatIsHeldAndLent(t *testing.T) {
	data, _ := circulating(t)
	both := "id,title,barcode,branch\nb1,こころ,1001,chuo\nb1,こころ,1005,chuo\nb2,三四郎,1002,chuo\nb4,坊っちゃん,1004,chuo\n"
	must(t, data, "import", "csv", file(t, "books.csv", both), "--full")
	must(t, data, "checkout", "12345670", "1004")
	must(t, data, "paper-hold", "12345670", "b1", "--pickup", "chuo", "--contact", "none")
	must(t, data, "paper-hold", "12345670", "b2", "--pickup", "chuo", "--contact", "none")

	// b2 leaves, which is held; b4, which is lent; and one copy of b1, the held one or not.
	out := must(t, data, "import", "csv", file(t, "books.csv", "id,title,barcode,branch\nb1,こころ,1005,chuo\n"), "--full", "--full-limit", "100")
	if !strings.Contains(out, "withdrawn: 2 bibs and 3 copies") {
		t.Errorf("import: %s", out)
	}
	if out := must(t, data, "edition", "build"); !strings.Contains(out, "1 bibs, 1 items") {
		t.Errorf("edition: %s", out)
	}
	must(t, data, "patron", "import", file(t, "one.csv", "card,name\n12345675,港 花子\n"))
	must(t, data, "return", "1004")
	// A copy that comes is for who waits.
	must(t, data, "import", "csv", file(t, "books.csv", "id,title,barcode,branch\nb1,こころ,1005,chuo\nb6,門,1006,chuo\n"), "--full")
	must(t, data, "paper-hold", "12345675", "b1", "--pickup", "chuo", "--contact", "none")
	if out := must(t, data, "import", "csv", file(t, "books.csv", strings.ReplaceAll(both, "chuo\nb2", "chuo\nb1,こころ,1007,chuo\nb2")), "--full"); !strings.Contains(out, "2 new, 1 changed") {
		t.Errorf("import: %s", out)
	}
	if out, _, _ := command(t, data, "paper-hold", "12345675", "b1", "--pickup", "chuo", "--contact", "none"); strings.Contains(out, "a copy is set aside") {
		t.Errorf("it is held again: %s", out)
	}
	holds := 0
	d, err := db.Open(t.Context(), filepath.Join(data, "central.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.View(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM hold h JOIN item i ON i.id = h.item_id WHERE h.bib_id = 'b1' AND i.state = 'in_transit'`).Scan(&holds)
	})
	if err != nil || holds != 2 {
		t.Errorf("%d holds have a copy: %v", holds, err)
	}
}

// TestBarcodeTwice: a copy that two rows have stays with its bib, and with who waits for it,
// and a file of other identifiers moves nothing.
func TestBarcodeTwice(t *testing.T) {
	data, _ := circulating(t)
	must(t, data, "import", "csv", file(t, "books.csv", "id,title,barcode,branch\nb1,こころ,1001,chuo\nb3,門,1003,chuo\nb4,坊っちゃん,1004,chuo\n"), "--full", "--full-limit", "100")
	must(t, data, "paper-hold", "12345670", "b4", "--pickup", "chuo", "--contact", "none")
	for _, step := range []struct {
		name, rows string
		args       []string
		told       []string
	}{
		{"a row has the barcode of another", "b1,こころ,1001,chuo\nb3,門,1004,chuo\nb4,坊っちゃん,1004,chuo\n", []string{"--full-limit", "100"},
			[]string{`"1004"`, "bib b3: its copy 1004 is one of another record of this file too, which was left out; it stays with bib b4"}},
		{"so have other rows", "b4,坊っちゃん,1004,chuo\nb1,こころ,1001,chuo\nb3,門,1004,chuo\n", []string{"--full-limit", "100"}, []string{`"1004"`}},
		{"a record of somebody unknown", "b1,こころ,1001,chuo\nb3,門,1003,chuo\nb4,坊っちゃん,1006,chuo\nx1,それから,1004,chuo\n,,1009,chuo\n", nil,
			[]string{"not moved to the bib that the file has them with: 1 copy; "}},
		{"another file", "y1,こころ,1001,chuo\nx3,門,1003,chuo\nx4,坊っちゃん,1004,chuo\n", nil,
			[]string{"nothing was withdrawn: the file lacks 4 bibs and 1 copy", ". Not moved to the bib that the file has them with, either: 3 copies"}},
	} {
		for _, dry := range []bool{true, false} {
			args := append([]string{"import", "csv", file(t, "books.csv", "id,title,barcode,branch\n"+step.rows), "--full"}, step.args...)
			if dry {
				args = append(args, "--dry-run")
			}
			out, told, code := command(t, data, args...)
			if code != leftOut {
				t.Errorf("%s: status %d: %s", step.name, code, out)
			}
			for _, says := range step.told {
				if !strings.Contains(told, says) {
					t.Errorf("%s: is told without %q:\n%s", step.name, says, told)
				}
			}
			if out := must(t, data, "item", "show", "1004"); !strings.Contains(out, "b4") {
				t.Errorf("%s: %s", step.name, out)
			}
			if out := must(t, data, "item", "show", "1003"); !strings.Contains(out, "b3") {
				t.Errorf("%s: %s", step.name, out)
			}
		}
	}
	d, err := db.Open(t.Context(), filepath.Join(data, "central.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	held := 0
	err = d.View(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM hold WHERE bib_id = 'b4' AND item_id = '1004'`).Scan(&held)
	})
	if err != nil || held != 1 {
		t.Errorf("%d holds have the copy: %v", held, err)
	}
}
