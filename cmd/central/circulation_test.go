package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

const patrons = `利用者番号,氏名,ヨミ,生年月日,電話,メール,館,有効期限,blocks
1234-5670,青木 花,アオキ ハナ,1990/04/01,093-123-4567,hana@example.jp,chuo,20300331,
12345671,John Smith,,19850115,,,chuo,2020-03-31,
12345672,山田 太郎,ヤマダ タロウ,1960-02-30,,,chuo,,
12345673,鈴木 次郎,スズキ ジロウ,,,,kita,,
12345674,佐藤 葉子,サトウ ヨウコ,,,,chuo,,延滞
12345670,青木 写,アオキ ウツシ,,,,chuo,,
`

const patronColumns = "card=利用者番号,name=氏名,reading=ヨミ,born_on=生年月日,phones=電話,email=メール,branch=館,valid_until=有効期限"

// circulating is a data folder with two branches, three books and the patrons of
// the file.
func circulating(t *testing.T) (data, csv string) {
	t.Helper()
	data, csv = t.TempDir(), file(t, "patrons.csv", patrons)
	must(t, data, "branch", "add", "chuo", "中央図書館")
	command(t, data, "import", "csv", file(t, "books.csv", books))
	out, told, code := command(t, data, "patron", "import", "--columns", patronColumns, csv)
	if code != leftOut || !strings.Contains(out, "6 patrons read: 5 new, 0 changed, 0 unchanged, 1 left out") {
		t.Fatalf("patron import: status %d, %s%s", code, out, told)
	}
	for _, says := range []string{"row 3 (line 4, ", "born_on is a day that the calendar does not have", "row 4 (line 5, ", "branch is none that there is", "can never apply for a password", "row 6 (line 7, ", "card is also that of another patron"} {
		if !strings.Contains(told, says) {
			t.Errorf("the bad rows are told of without %q:\n%s", says, told)
		}
	}
	tellsNothing(t, out+told)
	return data, csv
}

// tellsNothing fails when a text has anything of the patrons.
func tellsNothing(t *testing.T, text string) {
	t.Helper()
	for line := range strings.SplitSeq(patrons, "\n") {
		for cell := range strings.SplitSeq(line, ",") {
			if len(cell) > 7 && strings.Contains(text, cell) && !strings.Contains(patronColumns, cell) {
				t.Errorf("it tells %q:\n%s", cell, text)
			}
		}
	}
}

func TestPatronImport(t *testing.T) {
	data, csv := circulating(t)
	out, _, code := command(t, data, "patron", "import", "--columns", patronColumns, csv)
	if code != leftOut || !strings.Contains(out, "0 new, 0 changed, 5 unchanged, 1 left out") {
		t.Errorf("again: status %d, %s", code, out)
	}
	config := file(t, "central.toml", "[barcode.card]\nlengths = [8]\ncheck = \"7dr\"\n")
	_, told, code := command(t, data, "--config", config, "patron", "import", file(t, "p.csv", "card,name\n12345671,花\n"))
	if code != failed || !strings.Contains(told, "check digit") {
		t.Errorf("a wrong check digit: status %d, %s", code, told)
	}
	tellsNothing(t, told)
	for says, args := range map[string][]string{
		"there is no column":     {"--columns", "title=x", csv},
		"no column for the card": {file(t, "names.csv", "name\n花\n")},
		"no such file":           {"/nonexistent"},
	} {
		_, told, code := command(t, data, append([]string{"patron", "import"}, args...)...)
		if code != failed || !strings.Contains(told, says) {
			t.Errorf("patron import %v: status %d, %s", args, code, told)
		}
		tellsNothing(t, strings.ReplaceAll(told, csv, ""))
	}
}

func TestCheckoutToArrival(t *testing.T) {
	data, _ := circulating(t)
	if out := must(t, data, "checkout", "１２３４－５６７０", "1001"); !regexp.MustCompile(`^lent until \d{4}-\d\d-\d\d: こころ\n$`).MatchString(out) {
		t.Errorf("checkout: %s", out)
	}
	must(t, data, "branch", "add", "kita", "北図書館")
	if out := must(t, data, "return", "1001", "--branch", "kita"); out != "send it to chuo: こころ\n" {
		t.Errorf("return: %s", out)
	}
	if out := must(t, data, "arrive", "1001"); out != "put it on its shelf: こころ\n" {
		t.Errorf("arrive: %s", out)
	}
	must(t, data, "checkout", "12345670", "1002")
	for _, test := range []struct{ says, args string }{
		{"no patron with this card", "checkout 99999999 1001"},
		{"not the number of a library card", "checkout こころ 1001"},
		{"expired", "checkout 12345671 1001"},
		{"nothing may be lent", "checkout 12345674 1001"},
		{"no item with this barcode", "checkout 12345670 9999"},
		{"take it back first", "checkout 12345670 1002"},
		{"not on loan", "return 1001"},
		{"no such branch", "return 1002 --branch nowhere"},
		{"take it back first", "arrive 1002"},
		{"no item with this barcode", "arrive 9999"},
	} {
		_, told, code := command(t, data, strings.Fields(test.args)...)
		if code != failed || !strings.Contains(told, test.says) {
			t.Errorf("central %s: status %d, %s", test.args, code, told)
		}
	}

	// Nothing of the refused is in the audit log, and nothing of the patrons.
	mark, told, code := command(t, data, "audit", "verify")
	if code != 0 || !strings.HasPrefix(mark, "6:") || !strings.Contains(told, "whole, 6 entries") {
		t.Fatalf("audit verify: status %d, %s%s", code, mark, told)
	}
	d, err := db.Open(t.Context(), filepath.Join(data, "central.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Tx(t.Context(), func(tx *db.Tx) error {
		var patron, all string
		if err := tx.QueryRowContext(t.Context(), `SELECT id FROM patron WHERE card = '12345670'`).Scan(&patron); err != nil {
			return err
		}
		err := tx.QueryRowContext(t.Context(), `SELECT group_concat(actor || ' ' || action || ' ' || subject || ' ' || detail, char(10)) FROM audit`).Scan(&all)
		if err != nil {
			return err
		}
		tellsNothing(t, all)
		if !strings.Contains(all, "checkout patron:"+patron) || !strings.Contains(all, "return item:1001") || !strings.Contains(all, "arrival item:1001") {
			t.Errorf("audit:\n%s", all)
		}
		for line := range strings.Lines(all) {
			if strings.Contains(line, patron) && strings.Contains(line, "item:") {
				t.Errorf("an entry says what a patron has: %s", line)
			}
		}
		_, err = tx.ExecContext(t.Context(), `UPDATE audit SET subject = 'patron:x' WHERE number = 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, told, code := command(t, data, "audit", "verify"); code != failed || !strings.Contains(told, "audit entry 1 was changed") {
		t.Errorf("audit verify of a changed log: status %d, %s", code, told)
	}
}

// TestDueOnAnOpenDay: chuo is closed for the week in which things fall due, kita is not;
// and what is entered later moves what was lent before.
func TestDueOnAnOpenDay(t *testing.T) {
	data, _ := circulating(t)
	must(t, data, "branch", "add", "kita", "北図書館")
	usual := library.DateOf(time.Now().In(library.Site{}.Location())).Add(14)
	closed := "branch,date\n"
	for n := range 7 {
		closed += "chuo," + usual.Add(n).String() + "\n"
	}
	until := func(d library.Date) string { return "lent until " + d.String() + ": " }
	if out := must(t, data, "checkout", "12345670", "1001"); !strings.HasPrefix(out, until(usual)) && !strings.HasPrefix(out, until(usual.Add(1))) {
		t.Error(out) // or the day has just ended
	}
	if out := must(t, data, "calendar", "import", file(t, "closed.csv", closed)); !strings.Contains(out, "7 closed days added, 0 lines left out\n1 due dates moved to an open day\n") {
		t.Error(out)
	}
	if out := must(t, data, "checkout", "12345670", "1002"); !strings.HasPrefix(out, until(usual.Add(7))) {
		t.Errorf("chuo is closed: %s", out)
	}
	if out := must(t, data, "checkout", "12345670", "1004", "--branch", "kita"); !strings.HasPrefix(out, until(usual)) && !strings.HasPrefix(out, until(usual.Add(1))) {
		t.Errorf("kita is open: %s", out)
	}
	if out := must(t, data, "branch", "add", "kita", "北図書館", "--closed-on", usual.String()+","+usual.Add(1).String()); !strings.Contains(out, "1 due dates moved to an open day\n") {
		t.Error(out)
	}
	must(t, data, "return", "1004")
	config := file(t, "central.toml", "[policy]\nmax_loans = 2\n")
	for args, says := range map[string]string{
		"checkout 12345670 1004":                  "as many loans as one may have",
		"checkout 12345670 1004 --branch nowhere": "no such branch",
	} {
		if _, told, code := command(t, data, append([]string{"--config", config}, strings.Fields(args)...)...); code != failed || !strings.Contains(told, says) {
			t.Errorf("central %s: status %d, %s", args, code, told)
		}
	}
}

func TestAuditVerifyAgainstAMark(t *testing.T) {
	data, _ := circulating(t)
	must(t, data, "checkout", "12345670", "1001")
	mark := strings.TrimSpace(must(t, data, "audit", "verify"))
	must(t, data, "return", "1001")
	must(t, data, "audit", "verify", "--kept", mark)
	if _, told, code := command(t, data, "audit", "verify", "--kept", "1:"+strings.Repeat("0", 64)); code != failed || !strings.Contains(told, "written anew") {
		t.Errorf("another mark: status %d, %s", code, told)
	}
	if _, told, code := command(t, data, "audit", "verify", "--kept", "yesterday"); code != failed || !strings.Contains(told, "number:hash") {
		t.Errorf("no mark: status %d, %s", code, told)
	}
}
