package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/central/db"
)

// asked runs statements and returns one text.
func asked(t *testing.T, data, query string, args ...any) (text string) {
	t.Helper()
	d, err := db.Open(t.Context(), filepath.Join(data, "central.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Tx(t.Context(), func(tx *db.Tx) error { return tx.QueryRowContext(t.Context(), query, args...).Scan(&text) }); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return text
}

func TestPatronCommands(t *testing.T) {
	data, csv := circulating(t)
	must(t, data, "checkout", "12345670", "1001")
	must(t, data, "paper-hold", "12345670", "b2", "--pickup", "chuo")
	who := asked(t, data, `SELECT id FROM patron WHERE card = '12345670'`)
	other := asked(t, data, `SELECT id FROM patron WHERE card = '12345673'`)

	out := must(t, data, "patron", "show", "1234-5670")
	for _, says := range []string{"青木 花", "アオキ ハナ", "1990-04-01", "0931234567", "hana@example.jp", "chuo", "2030-03-31", "on loan", "こころ", "hold"} {
		if !strings.Contains(out, says) {
			t.Errorf("show says nothing of %q:\n%s", says, out)
		}
	}
	for _, text := range []string{"青木", "あおきはな", "093-123-4567", "4567"} {
		if out := must(t, data, "patron", "find", text); !strings.Contains(out, "12345670") || strings.Count(out, "\n") != 2 {
			t.Errorf("find %s:\n%s", text, out)
		}
	}
	must(t, data, "patron", "find", "青木", "ハナ")

	must(t, data, "patron", "new-card", "12345670", "22345670")
	if out := must(t, data, "patron", "show", "22345670"); !strings.Contains(out, "on loan") || !strings.Contains(out, "hold") {
		t.Errorf("the new card:\n%s", out)
	}
	if out := must(t, data, "patron", "merge", "22345670", "12345673"); !strings.HasPrefix(out, "merged: 0 loans and 0 holds went over") {
		t.Error(out)
	}
	for says, args := range map[string]string{
		"no patron with this card":          "show 12345670",
		"not the number of a library card":  "show こころ",
		"nobody is found":                   "find 12",
		"made a number by a spreadsheet":    "new-card 22345670 2.0E+07",
		"another patron's":                  "new-card 22345670 12345671",
		"the card to give up":               "merge 22345670 12345673",
		"both cards are one":                "merge 22345670 22345670",
		"take it back first":                "delete 22345670",
		"nobody with this card was deleted": "readmit 22345670",
	} {
		if _, told, code := command(t, data, append([]string{"patron"}, strings.Fields(args)...)...); code != failed || !strings.Contains(told, says) {
			t.Errorf("patron %s: status %d, %s", args, code, told)
		}
	}
	must(t, data, "return", "1001")
	if out := must(t, data, "patron", "delete", "22345670"); !strings.Contains(out, "1 holds ended") || !strings.Contains(out, "Backups") {
		t.Error(out)
	}

	// The log says who was looked at and changed, not what was seen, and what it says leads
	// nowhere now.
	log := asked(t, data, `SELECT group_concat(action || ' ' || subject || ' ' || detail, char(10)) FROM audit`)
	tellsNothing(t, log)
	for _, says := range []string{"patron.show patron:" + who, "patron.find patron:" + who, "patron.new-card patron:" + who, "patron.merge patron:" + who + ` {"gone":"patron:` + other, "patron.delete patron:" + who} {
		if !strings.Contains(log, says) {
			t.Errorf("the log has no %q:\n%s", says, log)
		}
	}
	if n := asked(t, data, `SELECT count(*) FROM patron WHERE id IN ($1, $2)`, who, other); n != "0" {
		t.Errorf("%s of them are still there", n)
	}

	// The file of the next night still has both.
	run := func() string {
		out, _, _ := command(t, data, "patron", "import", "--columns", patronColumns, csv)
		return out
	}
	if out := run(); !strings.Contains(out, "0 new, 0 changed, 3 unchanged, 1 left out, 2 kept out who were deleted here") {
		t.Error(out)
	}
	must(t, data, "patron", "readmit", "12345670")
	if out := run(); !strings.Contains(out, "2 new, 0 changed, 3 unchanged, 1 left out\n") {
		t.Error(out)
	}
}

func TestPatronImportOfTheWholeFile(t *testing.T) {
	data := t.TempDir()
	night := func(from, to int) string {
		var b strings.Builder
		b.WriteString("card,name,born_on,phones\n")
		for n := from; n < to; n++ {
			fmt.Fprintf(&b, "%d,利用者,1990-04-01,09012345678\n", 1000+n)
		}
		return file(t, "patrons.csv", b.String())
	}
	must(t, data, "patron", "import", night(0, 40))
	out := must(t, data, "patron", "import", "--full", "--dry-run", night(1, 40))
	if !strings.Contains(out, "1 blocked whom the file lacks; it was a trial, and nothing was changed") {
		t.Error(out)
	}
	_, told, code := command(t, data, "patron", "import", "--full", night(3, 40))
	if code != leftOut || !strings.Contains(told, "the file lacks 3 of 40 patrons, and more than 2 are not blocked") {
		t.Errorf("status %d, %s", code, told)
	}
	if out := must(t, data, "patron", "import", "--full", "--full-limit", "10", night(3, 40)); !strings.Contains(out, "3 blocked whom the file lacks") {
		t.Error(out)
	}
	if _, told, code := command(t, data, "checkout", "1000", "1"); code != failed || !strings.Contains(told, "nothing may be lent") {
		t.Errorf("who is lacking: status %d, %s", code, told)
	}
	if out := must(t, data, "patron", "show", "1000"); !strings.Contains(out, "left (the last file with --full had no such patron") {
		t.Error(out)
	}
	if out := must(t, data, "patron", "import", night(0, 40)); !strings.Contains(out, "3 changed, 37 unchanged, 0 left out, 3 back") {
		t.Error(out)
	}
	dated := file(t, "dated.csv", "card,name,valid_until,blocks\n1001,利用者,2027-03-31,staff\n1002,利用者,2027-03-31,staff\n")
	if _, told, code := command(t, data, "patron", "import", dated); code != 0 || strings.Contains(told, "blocks lifted") {
		t.Errorf("status %d, %s", code, told)
	}
	lifted := file(t, "lifted.csv", "card,name,valid_until,blocks\n1001,利用者,2028-03-31,\n1002,利用者,,\n")
	if _, told, code := command(t, data, "patron", "import", lifted); code != 0 || !strings.HasSuffix(told, "blocks lifted of 2, last days taken away or moved later of 2\n") {
		t.Errorf("status %d, %s", code, told)
	}
	for says, text := range map[string]string{"no patron below it": "card,name\n", "nobody can tell whose": "card,name\nこころ,花\n1001,利用者\n"} {
		_, told, code := command(t, data, "patron", "import", "--full", file(t, "p.csv", text))
		if code == 0 || !strings.Contains(told, says) {
			t.Errorf("%q: status %d, %s", text, code, told)
		}
	}
	for _, text := range []string{"card,name\n1002,港 太郎\n1003,港 太郎", "card,name\n1002,港 太郎\n1003"} {
		_, told, code := command(t, data, "patron", "import", "--full", "--full-limit", "100", file(t, "p.csv", text))
		if code != leftOut || !strings.Contains(told, "its last row is broken or has no line end, so that it may be cut off: nobody was blocked") {
			t.Errorf("%q: status %d, %s", text, code, told)
		}
	}
	if out := must(t, data, "patron", "import", "--full", "--full-limit", "100", "--whole", "--dry-run", file(t, "p.csv", "card,name\n1002,港 太郎\n1003,港 太郎")); strings.Contains(out, ", 0 blocked") {
		t.Error(out)
	}
	for _, wrong := range [][]string{{"--full-limit", "10"}, {"--whole"}} {
		if _, told, code := command(t, data, append([]string{"patron", "import", night(0, 1)}, wrong...)...); code != usage || !strings.Contains(told, wrong[0]+" is for an import with --full") {
			t.Errorf("%q: status %d, %s", wrong, code, told)
		}
	}
	if _, _, code := command(t, data, "patron", "import", "--full", "--full-limit", "101", night(0, 1)); code != usage {
		t.Errorf("101 percent: status %d", code)
	}
}
