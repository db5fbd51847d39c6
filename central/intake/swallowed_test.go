package intake

import (
	"fmt"
	"strings"
	"testing"

	"madoguchi/library"
)

// rowsWithQuotes is a file of 40 rows of which the third has a quotation mark before its
// second cell, and the thirtieth one behind it.
func rowsWithQuotes(header string, id func(int) string, rest func(int) string) string {
	text := header + "\n"
	for i := 1; i <= 40; i++ {
		title := fmt.Sprint("題名", i)
		switch i {
		case 3:
			title = `"` + title
		case 30:
			title += `"`
		}
		text += id(i) + "," + title + rest(i) + "\n"
	}
	return text
}

// TestQuotationMarkThatSwallowsRows: only the rows that have a quotation mark too many are
// left out, however many columns there are.
func TestQuotationMarkThatSwallowsRows(t *testing.T) {
	numbered := func(form string) func(int) string { return func(i int) string { return fmt.Sprintf(form, i) } }
	none := func(int) string { return "" }
	long := func(i int) string { return fmt.Sprintf("%x-k", i*i*7919) } // unlike in form
	for _, test := range []struct {
		name, header string
		id           func(int) string
		rest         func(int) string
	}{
		{"two columns", "id,title", numbered("B%d"), none},
		{"two columns, numbers", "id,title", numbered("%d"), none},
		{"two columns, long numbers", "id,title", func(i int) string { return fmt.Sprint(10000 + i*977) }, none},
		{"three columns", "id,title,creator", numbered("B%d"), numbered(",著者%d")},
		{"three columns, ids unlike", "id,title,creator", long, numbered(",著者%d")},
		{"four columns, ids unlike", "id,title,creator,year", long, numbered(",著者%d,1999")},
		{"five columns", "id,書名,著者,館名,資料番号", numbered("B%d"), numbered(",著者,chuo,100%02d")},
		{"five columns, ids unlike", "id,書名,著者,館名,資料番号", long, numbered(",著者,chuo,100%02d")},
		{"spaces behind commas", "id, title, creator", numbered("B%d"), numbered(", 著者%d")},
		{"six columns", "id,title,creator,publisher,branch,barcode", numbered("B%d"), numbered(",著者,社,chuo,100%02d")},
	} {
		records, problems, err := gather(t, rowsWithQuotes(test.header, test.id, test.rest), Options{Branches: only("chuo")})
		if err != nil || len(records) != 38 || len(problems) != 2 {
			t.Errorf("%s: %d records, problems %v, error %v", test.name, len(records), problems, err)
			continue
		}
		if p := problems[0]; p.Fault != endsTooLate || p.Line != 4 || string(p.Bib) != test.id(3) {
			t.Errorf("%s: %v, of %q", test.name, p, p.Bib)
		}
		if p := problems[1]; p.Line != 31 {
			t.Errorf("%s: %v", test.name, p)
		}
	}
}

// TestOneSwallowedRow: a row alone is enough where it is like its neighbour.
func TestOneSwallowedRow(t *testing.T) {
	for _, text := range []string{
		"id,title\nB9,\"本\nB10,書\"\nB11,紙\n",
		"id,title,creator,branch,barcode\nx,\"本,甲,chuo,1\ny,書\",乙,chuo,2\nz,紙,丙,chuo,3\n",
	} {
		records, problems, err := gather(t, text, Options{Branches: only("chuo")})
		if err != nil || len(records) != 1 || len(problems) != 2 {
			t.Errorf("%q: %d records, problems %v, error %v", text, len(records), problems, err)
		}
	}
}

// TestCellsOfSeveralLines: what is written over lines goes in as it is, with its commas.
func TestCellsOfSeveralLines(t *testing.T) {
	for _, test := range []struct{ name, header, row string }{
		{"two columns, a comma in a line", "id,title", "B3,\"Hello, world\nfoo, bar\nbaz, qux\""},
		{"two columns, words and meanings", "id,title", "B3,\"語彙\nりんご,林檎\nみかん,蜜柑\nぶどう,葡萄\nもも,桃\nなし,梨\""},
		{"two columns, a chronology", "id,title", "3,\"年表\n1999,開館\n2001,改築\n2010,十周年\""},
		{"three columns, sentences", "id,title,description", "B3,本,\"one, two, three\nfour, five, six\nseven, eight, nine\""},
		{"three columns, one list", "id,title,description", "B3,本,\"色\n赤,青,黄\""},
		{"four columns, a list at the end", "id,title,creator,description", "B3,本,甲,\"目次\nりんご,みかん,ぶどう,もも\""},
		{"five columns, a list in the middle", "id,title,description,creator,year", "B3,本,\"色\n赤,青,黄,緑,白\n以上\",甲,1999"},
		{"an empty line", "id,title,description", "B3,本,\"一段\n\n二段,三\""},
		{"quotation marks", "id,title,description", "B3,本,\"彼は\"\"はい, そう\"\"と\n言い,去り,また\n来た\""},
		{"six columns, a sentence", "id,title,description,creator,year,branch", "B3,本,\"前\na, b, c, d, e, f, g\",甲,1999,chuo"},
	} {
		text := test.header + "\nB1,前" + strings.Repeat(",", strings.Count(test.header, ",")-1) + "\n" + test.row + "\nB4,後" + strings.Repeat(",", strings.Count(test.header, ",")-1) + "\n"
		records, problems, err := gather(t, text, Options{Branches: only("chuo")})
		if err != nil || len(records) != 3 || len(problems) > 0 {
			t.Errorf("%s: %d records, problems %v, error %v", test.name, len(records), problems, err)
		}
	}
}

// TestCSVEndOfFileLetter: what DOS writes at the end of a text is no row, nor part of one.
func TestCSVEndOfFileLetter(t *testing.T) {
	for _, end := range []string{"\x1A", "\n\x1A", "\r\n\x1A\x1A\x1A", "\n\x1A\n"} {
		records, problems, err := gather(t, "id,title\n1,本\n2,書"+end, Options{})
		if err != nil || len(records) != 2 || len(problems) > 0 || records[1].Bib.Title != "書" {
			t.Errorf("%q: %+v, problems %v, error %v", end, records, problems, err)
		}
	}
}

func TestBarcodeText(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "-": "", "－": "", "ー": "", "不明": "", " なし ": "", "無し": "", "*123*": "123", "＊123＊": "123", "*": "*", "**": "", "1*2": "1*2", "１２３": "123",
	} {
		if got := barcodeText(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	records, problems, err := gather(t, "id,title,branch,barcode,state\n1,本,chuo,-,\n2,書,chuo,不明,延滞中\n3,紙,chuo,*9*,督促\n", Options{Branches: only("chuo")})
	if err != nil || len(records) != 3 || len(problems) > 0 {
		t.Fatalf("%+v, problems %v, error %v", records, problems, err)
	}
	for i, want := range []library.Item{
		{ID: "1.chuo.1", BibID: "1", Branch: "chuo", Lendable: true, State: library.OnShelf},
		{ID: "2.chuo.1", BibID: "2", Branch: "chuo", Lendable: true, State: library.OnLoan},
		{ID: "9", BibID: "3", Branch: "chuo", Barcode: "9", Lendable: true, State: library.OnLoan},
	} {
		same(t, "copy", records[i].Items, []library.Item{want})
	}
}

func TestLateStatesAreLoans(t *testing.T) {
	for _, word := range []string{"延滞", "延滞中", "督促", "督促中", "長期延滞"} {
		if state, ok := (States{}).Find(word); !ok || state != "on_loan" {
			t.Errorf("%s: %q", word, state)
		}
	}
}
