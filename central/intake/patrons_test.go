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
	if err != nil || len(problems) != 1 || problems[0].Number != 1 || !strings.Contains(problems[0].Fault, "blocks") {
		t.Fatalf("problems %v, %v", problems, err)
	}
	same(t, "patrons", []library.Patron{rows[0].Patron, rows[1].Patron}, []library.Patron{
		{ID: "p2", Card: "1235", Name: "John Smith", BornOn: date("1990-04-01")},
		{ID: "p3", Card: "1236", Name: `花、"子"`, Reading: "はなこ", BornOn: date("1990-04-01"), Email: "a.b-c@docomo.ne.jp", Branch: "chuo",
			Category: "児童", ValidUntil: date("9999-12-31"), Blocks: []library.Block{library.BlockOverdue, library.BlockStaff}},
	})
	same(t, "position", rows[1].At, Problem{Number: 3, Line: 4, Offset: rows[1].At.Offset})

	rows, _, _ = gatherPatrons(t, patronHeader+`p1,１２３-4,"青木　花 ",ｱｵｷ ﾊﾅ,1990/04/01,"093-123-4567；０９０(1234)5678、なし",hana＠example.jp,CHUO,一般,20270331,紛失`+"\n", patronOptions())
	same(t, "patron in full width", rows[0].Patron, library.Patron{ID: "p1", Card: "1234", Name: "青木 花", Reading: "ｱｵｷ ﾊﾅ", BornOn: date("1990-04-01"),
		Phones: []string{"0931234567", "09012345678"}, Email: "hana@example.jp", Branch: "chuo", Category: "一般", ValidUntil: date("2027-03-31"),
		Blocks: []library.Block{library.BlockLostCard}})
}

func date(s string) library.Date {
	d, err := library.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestPatronProblems(t *testing.T) {
	good := []string{"p1", "1234", "青木花", "", "1990-04-01", "0931234567", "hana@example.jp", "chuo", "", "", ""}
	for column, cells := range map[string][]string{
		"id": {"", " "}, "card": {"", "ひみつ"}, "name": {"", "　"}, "born_on": {"ひみつ", "1990-02-30", "1990", "0000-01-01", "4/1/1990"},
		"valid_until": {"ひみつ", "20271332"}, "phones": {"0931234567 09012345678", "12;0931234567"}, "email": {"ひみつ", "a@", "@b", "a@b@c", "a b@c.jp", "a@b.jp;c@d.jp"},
		"branch": {"ひみつ"}, "blocks": {"ひみつ", "overdue;ひみつ"},
	} {
		for _, cell := range cells {
			row := slices.Clone(good)
			row[slices.Index(PatronColumns(), column)] = cell
			rows, problems, err := gatherPatrons(t, patronHeader+strings.Join(row, ",")+"\n"+strings.Replace(strings.Join(good, ","), "p1,1234", "p2,5678", 1)+"\n", patronOptions())
			if err != nil || len(problems) != 1 || len(rows) != 1 || rows[0].Patron.ID != "p2" {
				t.Errorf("%s %q: rows %v, problems %v, %v", column, cell, rows, problems, err)
				continue
			}
			p := problems[0]
			if p.Number != 1 || p.Line != 2 || p.Offset != int64(len(patronHeader)) || !strings.Contains(p.Error(), "row 1 (line 2") {
				t.Errorf("%s %q: %v", column, cell, p)
			}
			if word := strings.ReplaceAll(column, "_", " "); !strings.Contains(p.Fault, column) && !strings.Contains(p.Fault, word) && column != "phones" {
				t.Errorf("%s %q: the reason does not name it: %v", column, cell, p)
			}
			for _, secret := range []string{"ひみつ", "青木花", "1234", "0931234567", "hana"} {
				if strings.Contains(p.Error(), secret) {
					t.Errorf("%s %q: %v tells something about the patron", column, cell, p)
				}
			}
		}
	}
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
				if phone != library.NormalPhone(phone) || len(phone) < minPhone || len(phone) > maxPhone {
					t.Fatalf("telephone %q", phone)
				}
			}
			if p.Name != "" && p.ID != "" {
				again(t, p)
			}
		}
		for _, p := range problems {
			if p.Line < 1 || p.Number < 1 || p.Fault == "" {
				t.Fatalf("problem %+v", p)
			}
		}
	})
}

func again(t *testing.T, p library.Patron) {
	t.Helper()
	blocks := make([]string, len(p.Blocks))
	for i, b := range p.Blocks {
		blocks[i] = string(b)
	}
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	w.WriteAll([][]string{PatronColumns(), {string(p.ID), p.Card, p.Name, p.Reading, p.BornOn.String(), strings.Join(p.Phones, ";"), p.Email,
		string(p.Branch), p.Category, p.ValidUntil.String(), strings.Join(blocks, ";")}})
	rows, problems, err := gatherPatrons(t, file.String(), patronOptions())
	if err != nil || len(problems) > 0 || len(rows) != 1 || fmt.Sprintf("%#v", rows[0].Patron) != fmt.Sprintf("%#v", p) {
		t.Fatalf("%#v is read back as %+v, %v, %v", p, rows, problems, err)
	}
}
