package intake

import (
	"os"
	"strings"
	"testing"

	"madoguchi/library"
)

// The small files of patrons that real libraries hand in.
func TestWildPatrons(t *testing.T) {
	const wild = "../../../shared/data/wild/"
	read := func(name string) string {
		text, err := os.ReadFile(wild + name)
		if err != nil {
			t.Skip("../shared/data/wild is not here")
		}
		return string(text)
	}
	opt := patronOptions()
	notes := map[int][]string{}
	opt.Note = func(p Problem) { notes[p.Number] = append(notes[p.Number], p.Fault) }
	opt.Card = func(s string) (string, error) { return anyCard(strings.Trim(narrow(s), "ABCD")) }
	rows, problems, err := gatherPatrons(t, read("patrons-dates.csv"), opt)
	if err != nil || len(problems) != 1 || problems[0].Number != 17 || !strings.Contains(problems[0].Fault, "card") {
		t.Fatalf("%v, %v", problems, err)
	}
	leap, last, born := date("2000-02-29"), date("1989-01-07"), date("1990-01-01")
	for i, want := range []struct {
		card  string
		born  library.Date
		phone string
		email string
		notes int
	}{
		{"20000001", leap, "0312345678", "kouno@example.jp", 0},
		{"20000002", leap, "0312345678", "", 0},
		{"20000003", leap, "0312345678", "", 0},
		{"20000004", last, "", "", 0},
		{"20000005", leap, "", "", 0},
		{"20000006", library.Date{}, "", "", 1}, // 36585
		{"20000007", library.Date{}, "", "", 1}, // 2001-02-29
		{"20000008", leap, "", "", 0},
		{"20000009", leap, "", "", 0},
		{"20000010", leap, "", "", 0},
		{"20000011", library.Date{}, "", "", 1}, // 29/02/2000
		{"20000012", born, "09012345678", "", 1},
		{"20000013", born, "", "", 1},
		{"20000014", born, "", "", 1},
		{"20000015", born, "", "Hanako.Yamada@example.jp", 0},
		{"20000016", born, "09012345678", "hanako@example.jp", 0},
		{"20000018", born, "", "", 0},
		{"20000019", born, "", "", 0},
		{"20000020", born, "", "", 0},
		{"20000021", born, "", "", 0},
		{"20000022", born, "09012345678", "", 0},
	} {
		p := rows[i].Patron
		if p.Card != want.card || p.BornOn != want.born || strings.Join(p.Phones, " ") != want.phone || p.Email != want.email || len(notes[rows[i].At.Number]) != want.notes {
			t.Errorf("row %d: %+v, notes %q; want %+v", rows[i].At.Number, p, notes[rows[i].At.Number], want)
		}
	}
	rows, problems, err = gatherPatrons(t, read("patrons-cr-only.csv"), opt)
	if err != nil || len(problems) > 0 || len(rows) != 2 || rows[0].Patron.Card != "20000030" || rows[1].Patron.Name != "乙" {
		t.Errorf("lines that end with CR: %+v, %v, %v", rows, problems, err)
	}
}
