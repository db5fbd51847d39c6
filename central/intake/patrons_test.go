package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"madoguchi/library"
)

// anyCard takes digits, hyphens between them, for a card number.
func anyCard(s string) (string, error) {
	s = strings.ReplaceAll(narrow(s), "-", "")
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return "", errors.New("this is not the number of a library card")
	}
	return s, nil
}

func patronOptions() PatronOptions {
	return PatronOptions{Card: anyCard, Branches: only("chuo")}
}

func gatherPatrons(t *testing.T, file string, opt PatronOptions) (rows []PatronRow, problems []*Problem, fatal error) {
	t.Helper()
	f, err := OpenPatrons(strings.NewReader(file), opt)
	if err != nil {
		return nil, nil, err
	}
	for row, err := range f.Rows() {
		var p *Problem
		switch {
		case err == nil:
			rows = append(rows, row)
		case errors.As(err, &p):
			problems = append(problems, p)
		default:
			fatal = err
		}
	}
	return rows, problems, fatal
}

const patronHeader = "id,card,name,reading,born_on,phones,email,branch,category,valid_until,blocks\n"

func TestPatronRow(t *testing.T) {
	rows, problems, err := gatherPatrons(t, "\uFEFF"+patronHeader+
		`p1,１２３-4,"青木　花 ",ｱｵｷ ﾊﾅ,1990/04/01,"093-123-4567；０９０(1234)5678、なし",hana＠example.jp,CHUO,一般,20270331,紛失・カード`+"\n"+
		`p2,1235,John Smith,John Smith,1990-4-1,,,,,,`+"\n"+
		`p3,1236,"花、""子""",はなこ,19900401,なし,a.b-c@docomo.ne.jp,chuo,児童,9999-12-31,"overdue;延滞 Staff"`+"\n", patronOptions())
	if err != nil || len(problems) > 0 || len(rows) != 3 {
		t.Fatalf("problems %v, %v", problems, err)
	}
	same(t, "ids", []string{rows[0].ID, rows[1].ID, rows[2].ID}, []string{"p1", "p2", "p3"})
	same(t, "patrons", []library.Patron{rows[1].Patron, rows[2].Patron}, []library.Patron{
		{Card: "1235", Name: "John Smith", BornOn: date("1990-04-01")},
		{Card: "1236", Name: `花、"子"`, Reading: "はなこ", BornOn: date("1990-04-01"), Email: "a.b-c@docomo.ne.jp", Branch: "chuo",
			Category: "児童", ValidUntil: date("9999-12-31"), Blocks: []library.Block{library.BlockOverdue, library.BlockStaff}},
	})
	same(t, "position", rows[2].At, Problem{Number: 3, Line: 4, Offset: rows[2].At.Offset})
	same(t, "patron in full width", rows[0].Patron, library.Patron{Card: "1234", Name: "青木 花", Reading: "ｱｵｷ ﾊﾅ", BornOn: date("1990-04-01"),
		Phones: []string{"0931234567", "09012345678"}, Email: "hana@example.jp", Branch: "chuo", Category: "一般", ValidUntil: date("2027-03-31"),
		Blocks: []library.Block{library.BlockLostCard, library.BlockStaff}}) // カード is no word that says whether it is one
}

func date(s string) library.Date {
	d, err := library.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// A row without a card or a name is left out, and says whose it is where it can.
func TestPatronProblems(t *testing.T) {
	const good = "p2,5678,青木花,,1990-04-01,0931234567,hana@example.jp,chuo,,,\n"
	for _, c := range []struct{ row, says, card, id string }{
		{"p1,,青木花,,1990-04-01,0931234567,hana@example.jp,chuo,,,", "card", "", "p1"},
		{"p1,ひみつ,青木花,,,,,,,,", "card", "", "p1"},
		{"p1,2.00E+07,青木花,,,,,,,,", "card", "", "p1"},
		{"p1,20000001.0,青木花,,,,,,,,", "card", "", "p1"},
		{"p1,1234,,,1990-04-01,0931234567,,,,,", "name", "1234", "p1"},
		{",1234,　,,,,,,,,", "name", "1234", ""},
		{"p1,1234,青木花", "fields", "", ""},
	} {
		f, err := OpenPatrons(strings.NewReader(patronHeader+c.row+"\n"+good), patronOptions())
		if err != nil {
			t.Fatal(err)
		}
		var rows []PatronRow
		var p *Problem
		for row, err := range f.Rows() {
			if rows = append(rows, row); err != nil && !errors.As(err, &p) {
				t.Fatal(err)
			}
		}
		if len(rows) != 2 || p == nil || rows[1].Patron.Card != "5678" || rows[0].Patron.Card != c.card || rows[0].ID != c.id {
			t.Errorf("%q: rows %+v, problem %v", c.row, rows, p)
			continue
		}
		if p.Number != 1 || p.Line != 2 || p.Offset != int64(len(patronHeader)) || p.Value != "" || !strings.Contains(p.Fault, c.says) {
			t.Errorf("%q: %v", c.row, p)
		}
		tellsNothing(t, p.Error())
	}
}

func tellsNothing(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{"ひみつ", "青木花", "1234", "0931234567", "hana"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q tells something about the patron", text)
		}
	}
}

// What a patron can do without costs the cell when it cannot be read: with a note, and
// nothing is said of it.
func TestPatronCells(t *testing.T) {
	good := []string{"p1", "1234", "青木花", "アオキ ハナ", "1990-04-01", "0931234567", "hana@example.jp", "chuo", "一般", "2027-03-31", "overdue"}
	opt := patronOptions()
	opt.Today = date("2026-11-24")
	unsaid := func(column string, cells ...string) map[string][]string { return map[string][]string{column: cells} }
	for _, c := range []struct {
		columns map[string][]string
		notes   int
		unsaid  bool
	}{
		{unsaid("id", "1.2E+07"), 1, true},
		{unsaid("born_on", "ひみつ", "1990-02-30", "1990", "0000-01-01", "4/1/1990", "36585", "29/02/2000", "2027-01-01"), 1, true},
		{unsaid("valid_until", "ひみつ", "20271332", "46477"), 1, true},
		{unsaid("phones", "12", "090-1234-567", "0000000000"), 1, true},
		{unsaid("email", "ひみつ", "a@", "@b", "a@b@c", "a b@c.jp", "a@b.jp;c@d.jp", "hanako..x@docomo.example", "hanako.@docomo.example"), 1, true},
		{unsaid("branch", "ひみつ"), 1, true},
		{unsaid("category", strings.Repeat("長", 500)), 1, true},
		{unsaid("reading", strings.Repeat("ア", 500)), 1, true},
		{unsaid("blocks", "ひみつ", "overdue;ひみつ"), 1, false},
		{unsaid("phones", "12;0931234567", "9012345678", "123-4567"), 1, false},
		{unsaid("name", "青\uFFFD木花"), 1, false},
		{unsaid("phones", "", "なし", "0931234567 09012345678", "+81-90-1234-5678"), 0, false},
		{unsaid("born_on", "", "平成12年2月29日", "H12.2.29", "2000/2/29 0:00", `"=""2000-02-29"""`), 0, false},
		{unsaid("email", "", "なし", "Hanako.Yamada@Example.JP", "ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ"), 0, false},
		{unsaid("branch", "", "CHUO"), 0, false},
		{unsaid("blocks", "", "なし", "0", "紛失"), 0, false},
		{unsaid("id", "", " "), 0, false},
		{unsaid("id", "NULL", "null", "0", "000", "-", "なし", "無", "?", "？", "不明", "N/A", "nil", "none", "None", "#N/A", "〓"), 1, true},
		{unsaid("name", "????", "#N/A", "NULL", "-", "?", "〓〓", "\uFFFD\uFFFD", "＊＊＊"), 1, true},
		{unsaid("phones", "変更", "#N/A", "NULL", "同上", "裏面参照", "FAX", "内線123", "nil", "\u200B", "9.01235E+09", ";", "0"), 1, true},
		{unsaid("phones", "無", "無し", "-", "―", "－", "ー", "---", "なし;なし", "なし、無", "電話なし"), 0, false},
		{unsaid("blocks", ";", "，", "、", "/", "\u200B", " ; ;", "NULL", "#N/A", "？"), 1, true},
		{unsaid("blocks", "-", "無", "なし;", ";なし"), 0, false},
		{unsaid("valid_until", "1949-12-31", "1900-01-01", "2127-01-01", "2207-03-31"), 1, true},
		{unsaid("valid_until", "9999-12-31", "2999-12-31", "2126-12-31", "1950-01-01", "9999-01-01"), 0, false},
		{unsaid("valid_until", "平成39年3月31日", "S102.3.31"), 1, false},
		{unsaid("born_on", "1899-12-31", "平成39年3月31日", "M30.1.1"), 1, true},
		{unsaid("born_on", "1900-01-01", "大正15年12月25日", "M45.7.30"), 0, false},
	} {
		for column, cells := range c.columns {
			for _, cell := range cells {
				cellsOfRow := slices.Clone(good)
				cellsOfRow[slices.Index(PatronColumns(), column)] = cell
				var notes []Problem
				opt.Note = func(p Problem) { notes = append(notes, p) }
				rows, problems, err := gatherPatrons(t, patronHeader+strings.Join(cellsOfRow, ",")+"\n", opt)
				if err != nil || len(problems) > 0 || len(rows) != 1 {
					t.Errorf("%s %q: rows %v, problems %v, %v", column, cell, rows, problems, err)
					continue
				}
				if p := rows[0].Patron; max(len(p.Reading), len(p.Category)) > library.MaxPatronText {
					t.Errorf("%s, which is left out, stays: %q", column, p)
				}
				if len(notes) != c.notes || slices.Contains(rows[0].Unsaid, column) != c.unsaid || len(rows[0].Unsaid) > 1 {
					t.Errorf("%s %q: notes %v, unsaid %q", column, cell, notes, rows[0].Unsaid)
				}
				for _, n := range notes {
					if n.Line != 2 || n.Number != 1 || n.Value != "" || n.Fault == "" {
						t.Errorf("%s %q: %+v", column, cell, n)
					}
					tellsNothing(t, n.Error())
				}
			}
		}
	}
	// A word that is not known blocks; it never unblocks.
	rows, _, _ := gatherPatrons(t, "card,name,blocks\n1,花,除籍\n", patronOptions())
	same(t, "blocks", rows[0].Patron.Blocks, []library.Block{library.BlockStaff})
	// Of several numbers those that can be read go in.
	rows, _, _ = gatherPatrons(t, "card,name,phones\n1,花,12;093-123-4567（母）\n", patronOptions())
	same(t, "phones", rows[0].Patron.Phones, []string{"0931234567"})
	rows, _, _ = gatherPatrons(t, "card,name,email\n1,花,Hanako.Yamada@Example.JP\n", patronOptions())
	same(t, "email", rows[0].Patron.Email, "Hanako.Yamada@example.jp")
}

func TestPatronFile(t *testing.T) {
	opt := patronOptions()
	opt.Columns = map[string]string{"card": "利用者番号", "name": "姓+名", "phones": "電話1+電話2"}
	f, err := OpenPatrons(strings.NewReader("利用者番号\t姓\t名\t電話1\t電話2\temail\n1\t青木\t花\t0931111111\t0932222222\t\n"), opt)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "columns", f.Columns(), []string{"card", "name", "phones", "email"})
	for row, err := range f.Rows() {
		if err != nil || row.Patron.Name != "青木 花" || !slices.Equal(row.Patron.Phones, []string{"0931111111", "0932222222"}) {
			t.Errorf("%+v, %v", row, err)
		}
	}

	// A file without a header line begins with a patron, of whom nothing is told.
	for says, file := range map[string]string{
		"no column for the card": "1234,青木花,0931234567\n",
		"empty":                  "",
		"in none of":             "card,\xff\xff\n",
		"cannot be read":         "\"青木花\n",
	} {
		_, _, err := gatherPatrons(t, file, patronOptions())
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "青木花") || strings.Contains(err.Error(), "1234") {
			t.Errorf("%q: %v", file, err)
		}
	}
	// Also where it is named, or given to another import.
	const noHeaderFile = "12340001,青木花,S55.5.3\n12340002,鈴木,S60.1.1\n"
	named := patronOptions()
	named.Columns = map[string]string{"card": "12340001"}
	_, _, errNamed := gatherPatrons(t, noHeaderFile, named)
	_, _, errBooks := gather(t, noHeaderFile, Options{})
	var errDays error
	for _, err := range ReadClosedDays(strings.NewReader(noHeaderFile), CalendarOptions{}) {
		errDays = err
	}
	for _, err := range []error{errNamed, errBooks, errDays} {
		if err == nil || !strings.Contains(err.Error(), "looks like data") || strings.Contains(err.Error(), "青木花") || strings.Contains(err.Error(), "1234") {
			t.Errorf("a first line that is a patron: %v", err)
		}
	}
	if _, _, err := gatherPatrons(t, "青木花,x\n", opt); err == nil || !strings.Contains(err.Error(), "利用者番号") || strings.Contains(err.Error(), "青木花") {
		t.Errorf("a missing column: %v", err)
	}
	if _, err = OpenPatrons(io.MultiReader(strings.NewReader("card,name\n1,a\n"), iotest.ErrReader(io.ErrUnexpectedEOF)), patronOptions()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that breaks off: %v", err)
	}
	if _, err := ParsePatronColumns("card=番号,title=x"); err == nil || !strings.Contains(err.Error(), "title") {
		t.Errorf("a column of books: %v", err)
	}
	if c, err := ParsePatronColumns("card=番号,name=姓+名"); err != nil || c["name"] != "姓+名" {
		t.Errorf("%v, %v", c, err)
	}
}

// FuzzPatrons: whatever the file, every row is a patron that is fit to be stored or
// a problem with its place, and a patron that is written out is read back the same.
func FuzzPatrons(f *testing.F) {
	f.Add(patronHeader + "p1,１２３-4,青木 花,アオキ,1990/04/01,093-123-4567;090,hana@example.jp,chuo,一般,20270331,紛失\n")
	f.Add("card,name\n1,\"a\nb\"\n2,\"c\n3,d\n")
	f.Add("card\tname\tblocks\n1\t花\toverdue staff\n")
	f.Add(patronHeader + "p1,1,a,,0000-00-00,,@,,,,\n")
	f.Fuzz(func(t *testing.T, file string) {
		rows, problems, err := gatherPatrons(t, file, patronOptions())
		if err != nil {
			return
		}
		line := 0
		for _, r := range rows {
			p := r.Patron
			if r.At.Line <= line || r.At.Number < 1 || p.Card == "" || p.Branch != "" && p.Branch != "chuo" {
				t.Fatalf("row %+v", r)
			}
			line = r.At.Line
			for _, phone := range p.Phones {
				if phone == "" || phone != library.NormalPhone(phone) {
					t.Fatalf("telephone %q", phone)
				}
			}
			if p.Name != "" {
				again(t, r.ID, p)
			}
		}
		for _, p := range problems {
			if p.Line < 1 || p.Number < 1 || p.Fault == "" {
				t.Fatalf("problem %+v", p)
			}
		}
	})
}

func again(t *testing.T, id string, p library.Patron) {
	t.Helper()
	blocks := make([]string, len(p.Blocks))
	for i, b := range p.Blocks {
		blocks[i] = string(b)
	}
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	w.WriteAll([][]string{PatronColumns(), {id, p.Card, p.Name, p.Reading, p.BornOn.String(), strings.Join(p.Phones, ";"), p.Email,
		string(p.Branch), p.Category, p.ValidUntil.String(), strings.Join(blocks, ";")}})
	rows, problems, err := gatherPatrons(t, file.String(), patronOptions())
	if err != nil || len(problems) > 0 || len(rows) != 1 || fmt.Sprintf("%#v", rows[0].Patron) != fmt.Sprintf("%#v", p) || rows[0].ID != id {
		t.Fatalf("%#v is read back as %+v, %v, %v", p, rows, problems, err)
	}
}
