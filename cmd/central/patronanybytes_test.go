package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"madoguchi/central/db"
)

// FuzzPatronImportOfAnyBytes: whatever the bytes, an import of patrons says what it did
// with each row, and did that, or fails; and whom the file does not name stays as before.
// Each try opens a database: fuzz it with -fuzzminimizetime 1x.
func FuzzPatronImportOfAnyBytes(f *testing.F) {
	for _, text := range []string{
		"id,card,name\n70000001,80000001,新名\n,80000002,別名\n", "card,name\n90000003,花\n80000004,戻る\n", "card;name\r80000001;花\r", "card,name\n1,花\n1,花\n\"2,花\n3,\n",
		"利用者番号,氏名\n８０００－０００２,花\n", "\xFF\xFEc\x00a\x00r\x00d\x00\n\x001\x00\n\x00", "card,name\n1,\x89\xD4\n", "card,born_on,phones,email,blocks\n1.0E+09,29/02/2000,0,@,謎\n", "card", "",
	} {
		f.Add([]byte(text))
	}
	data := patronsKept(f)
	f.Fuzz(func(t *testing.T, text []byte) { checkPatronsOfAnyBytes(t, data, string(text)) })
}

// TestPatronImportOfAnyBytes is FuzzPatronImportOfAnyBytes on files that are nearly right.
func TestPatronImportOfAnyBytes(t *testing.T) {
	const secret = "秘密太郎"
	data := patronsKept(t)
	cells := [][]string{
		{"80000001", "80000002", "80000003", "90000003", "80000004", "１", "2", "3", "4", "1.0E+09", "花", ""}, // card
		{secret, "花", "花子", "", "\uFFFD", "\x1b$B2V\x1b(B", "\x96\x7B"},                                      // name
		{"70000001", "70000002", "1", "2", "", "", "#N/A"},                                                   // id
		{"1990-04-01", "29/02/2000", "090-1234-5678", "0", "chuo", "延滞", "謎", "", "\u202E"},
	}
	dirt := []string{",", "\n", "\r", "\"", ";", "\t", "\x00", "\xFF", "\n\n", ",,", "花", "80000001"}
	r := rand.New(rand.NewPCG(14, 3))
	went := 0
	for range 80 {
		header, columns := "card,name\n", []int{0, 1}
		switch r.IntN(4) {
		case 0:
			header, columns = "id,card,name,born_on,phones\n", []int{2, 0, 1, 3, 3}
		case 1:
			header, columns = "\uFEFF氏名,利用者番号,停止,備考\r\n", []int{1, 0, 3, 3}
		case 2:
			header, columns = "card\n", []int{0}
		}
		text := header
		for range r.IntN(8) {
			for i, column := range columns {
				if i > 0 {
					text += ","
				}
				text += cells[column][r.IntN(len(cells[column]))]
				if r.IntN(30) == 0 {
					text += dirt[r.IntN(len(dirt))]
				}
			}
			text += "\n"
		}
		if r.IntN(8) == 0 {
			text = strings.ReplaceAll(text, ",", []string{";", "\t"}[r.IntN(2)])
		}
		told, ok := checkPatronsOfAnyBytes(t, data, text)
		if ok {
			went++
		}
		if strings.Contains(told, secret) {
			t.Errorf("%q: it tells of a patron:\n%s", text, told)
		}
	}
	if went < 20 {
		t.Errorf("of no more than %d files anything went in", went)
	}
}

// patronsKept is a data folder with patrons of whom the files may name some: by id and
// card, by card alone, by a card that was replaced; and with one who was deleted.
func patronsKept(tb testing.TB) (data string) {
	data = tb.TempDir()
	path := filepath.Join(data, "kept.csv")
	text := "id,card,name,reading,born_on,phones,branch\n70000001,80000001,一郎,イチロウ,1990-04-01,09012345678,chuo\n70000002,80000002,二郎,,,,\n,90000003,三郎,,1970-01-01,,\n,80000004,四郎,,,,\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	for _, args := range [][]string{{"branch", "add", "chuo", "中央図書館"}, {"patron", "import", path}, {"patron", "new-card", "90000003", "80000003"}, {"patron", "delete", "80000004"}} {
		var out strings.Builder
		if code := run(tb.Context(), append([]string{"--data", data}, args...), strings.NewReader(""), &out, &out); code != 0 {
			tb.Fatalf("%q: status %d\n%s", args, code, out.String())
		}
	}
	return data
}

var patronSum = regexp.MustCompile(`^(\d+) patrons? read: (\d+) new, (\d+) changed, (\d+) unchanged, (\d+) left out(?:, (\d+) kept out who were deleted here)?\n$`)

// checkPatronsOfAnyBytes imports the text. It returns what was said, and whether anything
// went in.
func checkPatronsOfAnyBytes(t *testing.T, data, text string) (told string, ok bool) {
	t.Helper()
	before := patronTable(t, data)
	report := filepath.Join(t.TempDir(), "report.txt")
	out, errs, code := command(t, data, "patron", "import", file(t, "any.csv", text), "--report", report)
	after := patronTable(t, data)
	lines, _ := os.ReadFile(report) // there is none where the file was not begun
	told = out + errs + string(lines)
	fail := func(why string) {
		t.Helper()
		t.Fatalf("%q: %s; status %d\n%s", text, why, code, told)
	}
	if !utf8.ValidString(told) || strings.ContainsAny(told, "\x00\r\x1b") {
		fail("the message is no text")
	}
	sum := patronSum.FindStringSubmatch(out)
	if sum == nil {
		if code != failed || !strings.Contains(errs, "central: ") || !maps.Equal(before, after) {
			fail("it neither failed nor says what it did")
		}
		return told, false
	}
	var n [6]int // read, new, changed, unchanged, left out, kept out
	for i, digits := range sum[1:] {
		n[i], _ = strconv.Atoi(digits)
	}
	status := 0
	switch {
	case n[4] == n[0]:
		status = failed
	case n[4] > 0:
		status = leftOut
	}
	if code != status || n[0] != n[1]+n[2]+n[3]+n[4]+n[5] {
		fail("the sum is not that of the rows, or not the status")
	}
	if rows, plain := plainRows(text); plain && rows != n[0] {
		fail(fmt.Sprint("the file has rows: ", rows))
	}
	places := map[string]bool{}
	for line := range strings.Lines(string(lines)) {
		if place, why, found := strings.Cut(line, "): "); found && strings.HasPrefix(place, "left out: row ") && len(why) > 1 {
			places[place] = true
		}
	}
	if len(places) != n[4] {
		fail("not each row that was left out is told of")
	}
	added, changed := 0, 0
	digits := onlyDigits(text)
	for id, row := range after {
		was, known := before[id]
		switch {
		case !known:
			added++
		case was.shown != row.shown:
			changed++
		}
		if known && was != row && !was.mayBeNamed(digits) {
			fail("it changes a patron whom it does not name, of " + was.names)
		}
	}
	if added != n[1] || changed != n[2] || len(after) != len(before)+added {
		fail(fmt.Sprintf("%d were added and %d changed", added, changed))
	}
	return told, n[4] < n[0]
}

// patronThere is a patron in the database.
type patronThere struct {
	shown string // all that an import counts as a change
	kept  string // what is stored beside
	names string // card, cards that were replaced, and id
}

// mayBeNamed reports whether a text of these digits may name the patron, however it writes
// the number.
func (p patronThere) mayBeNamed(digits string) bool {
	for name := range strings.FieldsSeq(p.names) {
		if strings.Contains(digits, onlyDigits(name)) {
			return true
		}
	}
	return false
}

// onlyDigits is the digits of a text, those of full width too.
func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, norm.NFKC.String(text))
}

// patronTable is all patrons by our reference.
func patronTable(t *testing.T, data string) map[string]patronThere {
	t.Helper()
	d, err := db.Open(t.Context(), filepath.Join(data, "central.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	all := map[string]patronThere{}
	err = d.View(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.QueryContext(t.Context(), `SELECT id,
			json_array(card, name, reading, born_on, phones, email, branch_code, category, valid_until, blocks, lacking),
			json_array(imported, file_id),
			card || ' ' || coalesce(file_id, '') || ' ' || coalesce((SELECT group_concat(card, ' ') FROM patron_old_card WHERE patron_id = patron.id), '')
			FROM patron`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			var p patronThere
			if err := rows.Scan(&id, &p.shown, &p.kept, &p.names); err != nil {
				return err
			}
			all[id] = p
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// plainRows counts the rows of a file in UTF-8 in which each line is one; not plain, it
// is another file.
func plainRows(text string) (rows int, plain bool) {
	if !utf8.ValidString(text) || strings.ContainsAny(text, "\"\r;\x00\x1b") || len(text) > 1<<16 {
		return 0, false
	}
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\uFEFF"), "\n") {
		if strings.Trim(line, " \t,") != "" && (rows > 0 || strings.TrimSpace(line) != "") {
			rows++
		}
	}
	return rows - 1, true // without the header line
}
