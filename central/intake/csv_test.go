package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"madoguchi/library"
)

func TestCSVRow(t *testing.T) {
	header := "\uFEFFid,title,title_reading,subtitle,volume,series,creator,creator_reading,publisher,year,isbn,ndc,subjects,kind,language,description,barcode,branch,call_number,shelf,lendable\r\n"
	row := `b1,"こ、こ""ろ""",ここ ろ,先生の遺書,上,新潮文庫 ; な-1-1,"夏目, 漱石; 青木 花||translator",なつめ そうせき；あおき はな,新潮社,1957（昭和32）年5月20日,978-4-10-101003-8,NDC K913.6 726,文学；友情,図書,ja,"一行目` + "\r\n" + `二行目",100１,CHUO,913.6 ナ,2階　文学,禁帯出` + "\r\n"
	got := one(t, header+row, Options{})
	same(t, "record", got, library.Record{
		Bib: library.Bib{
			ID: "b1", Kind: library.Book, Title: `こ、こ"ろ"`, TitleReading: "ここ ろ", Subtitle: "先生の遺書", Volume: "上",
			Creators:  []library.Creator{{Name: "夏目 漱石", Reading: "なつめ そうせき"}, {Name: "青木 花", Reading: "あおき はな", Role: "訳"}},
			Publisher: "新潮社", Year: 1957, Series: []library.Series{{Title: "新潮文庫", Volume: "な-1-1"}},
			ISBNs: []string{"9784101010038"}, NDC: []string{"913.6", "726"}, Subjects: []library.Subject{{Term: "文学"}, {Term: "友情"}},
			Language: "jpn", Juvenile: true, Description: "一行目\n二行目",
		},
		Items: []library.Item{{ID: "1001", BibID: "b1", Branch: "chuo", Barcode: "1001", CallNumber: "913.6/ナ", Shelf: "2階 文学"}},
	})
}

func TestCSVTabs(t *testing.T) {
	rec := one(t, "ID\tTitle\tnote, not ours\n1\tこころ\ta, b\n", Options{})
	same(t, "title", rec.Bib.Title, "こころ")
}

func TestCSVGroups(t *testing.T) {
	const header = "id,title,creator,creator_role,branch,barcode,year\n"
	summary := func(records []library.Record) (out []string) {
		for _, r := range records {
			s := string(r.Bib.ID)
			for _, c := range r.Bib.Creators {
				s += " " + c.Name + c.Role
			}
			for _, it := range r.Items {
				s += " " + string(it.ID)
			}
			out = append(out, s)
		}
		return out
	}
	tests := []struct {
		name, rows string
		want       []string
	}{
		{"neighbours", "1,本,甲,著,,,\n1,本,乙,訳者,,,\n2,書,丙,,,,\n", []string{"1 甲著 乙訳", "2 丙"}},
		{"parted", "1,本,甲,著,,,\n2,書,丙,,,,\n1,,乙,訳,,,\n3,紙,,,,,\n", []string{"2 丙", "1 甲著 乙訳", "3"}},
		{"parted twice", "1,本,甲,,,,\n2,書,丙,,,,\n1,本,乙,,,,\n2,書,丁,,,,\n1,本,戊,,,,\n", []string{"2 丙 丁", "1 甲 乙 戊"}},
		{"copies with barcodes", "1,本,甲,,a,11,\n1,本,甲,,a,12,\n1,本,甲,,b,13,\n", []string{"1 甲 11 12 13"}},
		{"a copy named for each creator", "1,本,甲,,a,11,\n1,本,乙,,a,11,\n", []string{"1 甲 乙 11"}},
		{"copies without barcodes", "1,本,甲,,a,,\n1,本,甲,,a,,\n1,本,甲,,b,,\n", []string{"1 甲 1.a.1 1.a.2 1.b.1"}},
		{"a copy without barcode for each creator", "1,本,甲,,a,,\n1,本,乙,,a,,\n", []string{"1 甲 乙 1.a.1"}},
		{"a bad row between", "1,本,甲,,,,\n1,別,乙,,,,\n1,本,丙,,,,\n", []string{"1 甲 丙"}},
		{"a bad row last", "1,本,甲,,,,\n2,書,,,,,\n1,別,乙,,,,\n", []string{"2", "1 甲"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			records, _, err := gather(t, header+test.rows, Options{})
			if err != nil {
				t.Fatal(err)
			}
			same(t, "records", summary(records), test.want)
		})
	}
	t.Run("without identifiers", func(t *testing.T) {
		records, problems, err := gather(t, "title,creator,barcode,branch\n本,甲,1,a\n書,乙,2,a\n本,甲,3,a\n", Options{})
		if err != nil || len(problems) > 0 || len(records) != 2 || records[0].Bib.Title != "書" || len(records[1].Items) != 2 {
			t.Errorf("records %+v, problems %v, error %v", records, problems, err)
		}
	})
}

func TestCSVProblems(t *testing.T) {
	const header = "id,title,creator,publisher,year,kind,branch,barcode,lendable\n"
	tests := []struct {
		name, rows string
		reasons    []string
		lost       int // good rows that are lost with them
	}{
		{"too few fields", "x,本,甲\n", []string{`fewer fields than the header line: "3 instead of 9"`}, 0},
		{"too many fields", "x,本,甲,,,,,,,y\n", []string{`more fields than the header line: "10 instead of 9"`}, 0},
		{"empty cells beyond", "x,本,甲,,,,,,,,\n", nil, -1},
		{"blank lines", "\n  \n,,,\n", nil, 0},
		{"quote in a bare field", "x,本\"の,甲,,,,,,\n", []string{"does not begin with one"}, 0},
		{"quote in a quoted field", "x,\"本\"の,甲,,,,,,\n", []string{"must be doubled"}, 0},
		{"quote that never ends", "x,\"本,甲,,,,,,\n", []string{"quotation mark"}, 0},
		{"quotes that never end", "x,\"本,甲,,,,,,\ny,\"本,甲,,,,,,\n", []string{"quotation mark", "quotation mark"}, 0},
		{"quote that never ends before a quoted row", "x,\"本,甲,,,,,,\n\"y\",\"本\",甲,,,,,,\n", []string{"quotation mark"}, -1},
		{"quote at the end of a row", "x,本,甲,,,,,,\"\n", []string{"quotation mark"}, 0},
		{"Shift_JIS", "x,\x96\x7B,甲,,,,,,\n", []string{"not UTF-8"}, 0},
		{"no title", "x,,甲,,,,,,\n", []string{"no title"}, 0},
		{"neither id nor title", ",,甲,,,,,,\n", []string{"no title"}, 0},
		{"another title", "good,別,甲,,,,,,\n", []string{`belongs to another title above: "良書"`}, 0},
		{"an id that a spreadsheet made a number", "1.00001E+09,本,甲,,,,,,\n", []string{`its digits are lost: give the column the format text there: "1.00001E+09"`}, 0},
		{"an error of a spreadsheet for a title", "x,#NAME?,甲,,,,,,\n", []string{"no title"}, 0},
		{"ISO-2022-JP without its escapes", "x,$BF|K\\(B,甲,,,,,,\n", []string{"escape characters were lost"}, 0},
		{"barcode without a branch", "x,本,甲,,,,,1,\n", []string{"has no branch"}, 0},
		{"unknown branch", "x,本,甲,,,,kita,1,\n", []string{`import the file again: "kita"`}, 0},
		{"same barcode", "x,本,甲,,,,chuo,1,\ny,書,乙,,,,chuo,1,\n", []string{`barcode is already that of another copy in this file: "1"`}, -1},
		{"a line without end", "x," + strings.Repeat("あ", maxLine) + "\n", []string{"longer than"}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var file strings.Builder
			file.WriteString(header + "good,良書,甲,,,,,,\n")
			begin := file.Len()
			file.WriteString(test.rows)
			for i := range 150 {
				fmt.Fprintf(&file, "g%d,良書%d,\"甲, 乙\",,,,,,\n", i, i)
			}
			opt := Options{Branches: only("chuo")}
			records, problems, err := gather(t, file.String(), opt)
			if err != nil {
				t.Fatal(err)
			}
			if len(records) != 151-test.lost {
				t.Errorf("%d records, want %d; problems %v", len(records), 151-test.lost, problems)
			}
			if len(problems) != len(test.reasons) {
				t.Fatalf("problems %v, want %q", problems, test.reasons)
			}
			for i, p := range problems {
				if !strings.Contains(p.Error(), test.reasons[i]) {
					t.Errorf("%q, want %q", p.Error(), test.reasons[i])
				}
			}
			if len(problems) == 1 && test.name != "same barcode" {
				if p := problems[0]; p.Number != 2 || p.Line != 3 || p.Offset != int64(begin) || !strings.Contains(p.Error(), "row 2 (line 3, byte ") {
					t.Errorf("problem at row %d, line %d, byte %d", p.Number, p.Line, p.Offset)
				}
			}
		})
	}
}

func TestCSVLongFieldThatNeverEnds(t *testing.T) {
	var file strings.Builder
	file.WriteString("id,title\n1,\"本\n")
	for i := range 5000 {
		fmt.Fprintf(&file, "g%d,良書%d\n", i, i)
	}
	records, problems, err := gather(t, file.String(), Options{})
	if err != nil || len(records) != 5000 || len(problems) != 1 || problems[0].Line != 2 {
		t.Errorf("%d records, problems %v, error %v", len(records), problems, err)
	}
}

func TestCSVFatal(t *testing.T) {
	tests := []struct {
		name, file string
		columns    map[string]string
		want       string
	}{
		{"empty", "", nil, "is empty"},
		{"Shift_JIS without a title", "\x95\x69\x96\xBC,id\n", nil, "it has 品名, id"},
		{"in no encoding", "\xFF\xFF\xA0,id\n", nil, "in none of"},
		{"either of two", "id,title\n1,\xBB\xB3\xCB\xDC\n", nil, "in cp932 or in euc-jp"},
		{"UTF-16", "\xFF\xFEi\x00", nil, "it has i"},
		{"no title", "id,品名\n1,本\n", nil, "name it with --columns title="},
		{"no such column", "id,書名\n1,本\n", map[string]string{"title": "題名"}, `no column "題名": it has id, 書名`},
		{"broken header", "id,\"title\n1,本\n", nil, "header line cannot be read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			records, problems, err := gather(t, test.file, Options{Columns: test.columns})
			if err == nil || !strings.Contains(err.Error(), test.want) || len(records)+len(problems) > 0 {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	broken := errors.New("the disk is broken")
	for _, err := range CSV(io.MultiReader(strings.NewReader("id,title\n1,本\n"), iotest.ErrReader(broken)), Options{}) {
		if !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
	}
}

func TestCSVFromAPipe(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	n := 0
	for _, err := range CSV(iotest.OneByteReader(strings.NewReader("id,title\n1,本\n2,書\n1,本\n")), Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	left, err := os.ReadDir(os.TempDir())
	if n != 2 || err != nil || len(left) != 0 {
		t.Errorf("%d records, left behind %v, error %v", n, left, err)
	}
}

func TestCSVStopsWhenAsked(t *testing.T) {
	for _, file := range []string{"id,title\n1,本\n2,書\n3,紙\n", "id,title\n1\n2\n", "id\n", "id,title\n1,本\n2,書\n1,本\n2,書\n"} {
		n := 0
		for range CSV(strings.NewReader(file), Options{}) {
			if n++; n == 1 {
				break
			}
		}
	}
}

// TestCSVNotes: what a record can do without is left out with a note, and the record
// goes in.
func TestCSVNotes(t *testing.T) {
	const header = "id,title,isbn,ndc,language,year,kind,branch,barcode,lendable,added_on,state,due_on,loans\n"
	tests := []struct{ row, note string }{
		{"1,本,978-4-10-101003-9,,,,,,,,,,,", "the ISBN is wrong and was left out: \"978-4-10-101003-9\""},
		{"1,本,9.78401E+12,,,,,,,,,,,", "the ISBN was left out: it was made a number by a spreadsheet"},
		{"1,本,,UDC 8,,,,,,,,,,", `the class number is not one of the NDC and was left out: "UDC 8"`},
		{"1,本,,,Klingon,,,,,,,,,", `the language is not known and was left out: "Klingon"`},
		{"1,本,,,,そのうち,,,,,,,,", noSuchYear + `: "そのうち"`},
		{"1,本,,,,2028,,,,,,,,", yearTooFar + `: "2028"`},
		{"1,本,,,,,粘土板,,,,,,,", `a usual Japanese word: "粘土板"`},
		{"1,本,,,,,,chuo,1,たぶん,,,,", `write yes or no: "たぶん"`},
		{"1,本,,,,,,chuo,1,,いつか,,,", `the day on which it came is none and was left out: "いつか"`},
		{"1,本,,,,,,chuo,1,,2026-12-25,,,", "the day on which it came is in the future"},
		{"1,本,,,,,,chuo,1,,,どこか,,", `the state is not known and was left out: say what it is with [intake.states] in the settings: "どこか"`},
		{"1,本,,,,,,chuo,1,,,,2026-02-30,", "the due date is none and was left out"},
		{"1,本,,,,,,chuo,1,,,,,たくさん", "the number of loans is none and was left out"},
		{"1,本,,,,,,chuo,1.00001E+09,,,,,", "a copy was left out, whose barcode is none: it was made a number"},
		{"1,本,,,,,,chuo,99,,,,,", "a copy was left out, whose barcode does not fit [barcode.item]"},
		{"1,本\uFFFD,,,,,,,,,,,,", "title: letters were lost"},
		{"1,本\x00,,,,,,,,,,,,", "title: there were control characters"},
		{"1,本\u202E,,,,,,,,,,,,", "title: there were marks in it that turn"},
		{"1,本,#N/A,,,,,,,,,,,", "isbn: it is an error message of a spreadsheet and was left out"},
	}
	for _, test := range tests {
		var notes []Problem
		opt := Options{Note: func(p Problem) { notes = append(notes, p) }, Branches: only("chuo"), Today: date("2026-11-30"),
			Barcode: func(s string) (string, error) {
				if s == "99" {
					return "", errors.New("no")
				}
				return s, nil
			}}
		records, problems, err := gather(t, header+test.row+"\n", opt)
		if err != nil || len(records) != 1 || len(problems) > 0 || len(notes) != 1 || !strings.Contains(notes[0].Error(), test.note) ||
			notes[0].Bib != "1" || notes[0].Number != 1 || notes[0].Line != 2 || notes[0].Offset != int64(len(header)) {
			t.Errorf("%q: %d records, problems %v, notes %+v, error %v", test.row, len(records), problems, notes, err)
		}
	}
}

// TestCSVCopies: what a file says of a copy goes out with it.
func TestCSVCopies(t *testing.T) {
	const header = "id,title,branch,barcode,state,due_on,loans,added_on,lendable\n"
	day := date("2026-12-10")
	shelf := library.Item{ID: "1", BibID: "b", Branch: "chuo", Barcode: "1", Lendable: true, State: library.OnShelf}
	with := func(change func(*library.Item)) []library.Item { it := shelf; change(&it); return []library.Item{it} }
	tests := []struct {
		name, rows string
		items      []library.Item
		withdrawn  []library.ItemID
		loans      map[library.ItemID]int
	}{
		{"in the house", "b,本,chuo,1,在架,,12,,\n", []library.Item{shelf}, nil, map[library.ItemID]int{"1": 12}},
		{"on loan", "b,本,chuo,1,貸出中,令和8年12月10日,3回,,\n", with(func(it *library.Item) { it.State, it.DueOn = library.OnLoan, day }), nil, map[library.ItemID]int{"1": 3}},
		{"on loan by its due date", "b,本,chuo,1,,2026/12/10,,,\n", with(func(it *library.Item) { it.State, it.DueOn = library.OnLoan, day }), nil, nil},
		{"missing", "b,本,chuo,1,不明,2026/12/10,,,\n", with(func(it *library.Item) { it.State = library.Missing }), nil, nil},
		{"not lent", "b,本,chuo,1,禁帯出,,,,\n", with(func(it *library.Item) { it.Lendable = false }), nil, nil},
		{"not lent in the other column", "b,本,chuo,1,,,,,館内閲覧\n", with(func(it *library.Item) { it.Lendable = false }), nil, nil},
		{"a word that is not known says nothing", "b,本,chuo,1,謎,2026/12/10,,,\n", with(func(it *library.Item) { it.State = "" }), nil, nil},
		{"withdrawn, and no other", "b,本,chuo,1,除籍,,,,\n", nil, []library.ItemID{"1"}, nil},
		{"withdrawn without a branch", "b,本,,1,除籍,,,,\n", nil, []library.ItemID{"1"}, nil},
		{"one of two withdrawn", "b,本,chuo,1,,,,,\nb,本,chuo,2,除籍,,5,,\n", []library.Item{shelf}, []library.ItemID{"2"}, nil},
		{"a spoiled barcode, and no other", "b,本,chuo,1.00001E+09,,,,,\n", nil, nil, nil},
		{"none", "b,本,,,,,,,\n", []library.Item{{ID: "b.chuo.1", BibID: "b", Branch: "chuo", Lendable: true}}, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := 0
			for rec, err := range CSV(strings.NewReader(header+test.rows), Options{Branch: "chuo", Branches: only("chuo")}) {
				if err != nil {
					t.Fatal(err)
				}
				n++
				same(t, "items", rec.Items, test.items)
				same(t, "withdrawn", rec.Withdrawn, test.withdrawn)
				same(t, "loans", rec.Loans, test.loans)
				same(t, "partial", rec.Partial, strings.Contains(test.name, "spoiled"))
			}
			same(t, "records", n, 1)
		})
	}
	rec := one(t, header+"b,本,chuo,1,,,,2024/5/1,\nb,本,chuo,2,,,,平成30年4月1日,\nb,本,chuo,3,,,,,\n", Options{})
	same(t, "added on", rec.Bib.AddedOn, date("2018-04-01"))
}

// TestCSVSpelling: what spreadsheets and other systems do to a file is undone.
func TestCSVSpelling(t *testing.T) {
	for name, file := range map[string]string{
		"semicolons": "id;title;isbn;barcode;branch\n1;本;9784101010038;0000000123;chuo\n",
		"CR":         "id,title,isbn,barcode,branch\r1,本,9784101010038,0000000123,chuo\r",
		"mixed ends": "id,title,isbn,barcode,branch\r\n1,本,9784101010038,0000000123,chuo\r2,書,,,\n3,紙,,,",
		"formulas":   "id,title,isbn,barcode,branch\n\"=\"\"1\"\"\",本,=\"9784101010038\",'0000000123,chuo\n",
		"cp932":      encoded(t, CP932, "id,title,isbn,barcode,branch\n1,本,９７８４１０１０１００３８,0000000123,chuo\n"),
	} {
		records, problems, err := gather(t, file, Options{})
		if err != nil || len(problems) > 0 || len(records) != 1+2*strings.Count(name, "mixed") {
			t.Errorf("%s: %+v, %v, %v", name, records, problems, err)
			continue
		}
		same(t, name, records[0], library.Record{Bib: library.Bib{ID: "1", Title: "本", Kind: library.Book, ISBNs: []string{"9784101010038"}},
			Items: []library.Item{{ID: "0000000123", BibID: "1", Branch: "chuo", Barcode: "0000000123", Lendable: true}}})
	}
	quoted := one(t, "id,title,description\r1,本,\"一\r二\"\r", Options{})
	same(t, "a CR within quotation marks", quoted.Bib.Description, "一\n二")
}

func TestParseColumns(t *testing.T) {
	got, err := ParseColumns(" title = 書名, creator=姓+名 ,")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "columns", got, map[string]string{"title": "書名", "creator": "姓+名"})
	rec := one(t, "姓,名,書名,a+b\n夏目,漱石,こころ,9\n", Options{Columns: map[string]string{"title": "書名", "creator": "姓+名", "volume": "a+b"}})
	same(t, "creator", rec.Bib.Creators[0].Name, "夏目 漱石")
	same(t, "a header with a plus", rec.Bib.Volume, "9")
	for _, bad := range []string{"title", "title=", "author=著者", "title=a,title=b"} {
		if _, err := ParseColumns(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

const (
	aozoraExtended = "id=作品ID,title=作品名,title_reading=作品名読み,subtitle=副題,creator=姓+名,creator_reading=姓読み+名読み,creator_role=役割フラグ," +
		"ndc=分類番号,publisher=底本出版社名1,year=底本初版発行年1"
	aozora2017 = "id=作品ID,title=作品名,creator=著者名,publisher=出版社名,year=入力に使用した版"
	enju       = "id=manifestation_identifier,title=original_title,title_reading=title_transcription,creator_reading=creator_transcription," +
		"year=pub_date,volume=volume_number_string,barcode=item_identifier"
)

func columns(t *testing.T, s string) map[string]string {
	t.Helper()
	c, err := ParseColumns(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRealCSV(t *testing.T) {
	tests := []struct {
		path, columns     string
		records, problems int
		readings, years   int // at least
	}{
		{"aozora/list_person_all_extended_utf8_first1519.csv", aozoraExtended, 1461, 0, 1456, 1400},
		{"aozora/list_person_all_utf8_2017.csv", aozora2017, 14283, 0, 0, 13000},
		{"enju_tsv/resource_import_file_sample1.tsv", enju, 10, 9, 0, 2},
		{"enju_tsv/resource_import_file_sample2.tsv", "title=original_title", 13, 8, 0, 0},
		{"enju_tsv/resource_import_file_sample3.tsv", enju, 8, 8, 0, 2},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			file := string(sharedData(t, test.path))
			opt := Options{Branch: "chuo", Columns: columns(t, test.columns)}
			records, problems, err := gather(t, file, opt)
			if err != nil || len(records) != test.records || len(problems) != test.problems {
				t.Fatalf("%d records, problems %v, error %v", len(records), problems, err)
			}
			ids, readings, years := map[library.BibID]bool{}, 0, 0
			for _, r := range records {
				ids[r.Bib.ID] = true
				if r.Bib.TitleReading != "" {
					readings++
				}
				if r.Bib.Year != 0 {
					years++
				}
			}
			if len(ids) != len(records) || readings < test.readings || years < test.years {
				t.Errorf("%d identifiers, %d readings, %d years", len(ids), readings, years)
			}
			again, _, _ := gather(t, file, opt)
			same(t, "second time", again, records)
		})
	}
}

func TestRealCSVBroken(t *testing.T) {
	file := sharedData(t, "aozora/list_person_all_extended_utf8_first1519.csv")
	lines := bytes.SplitAfter(file, []byte("\n"))
	lines[100] = bytes.Replace(lines[100], []byte(`","`), []byte(`,"`), 1)
	lines[300] = bytes.Replace(lines[300], []byte(`"`), nil, 1)
	lines[500] = append(lines[500][:len(lines[500])-3:len(lines[500])-3], "\r\n"...)
	lines[700] = bytes.Replace(lines[700], []byte(`NDC`), []byte("\x82\xB1"), 1)
	lines[900] = append(lines[900][:120:120], '\n')
	records, problems, err := gather(t, string(bytes.Join(lines, nil)), Options{Columns: columns(t, aozoraExtended)})
	var at []int
	for _, p := range problems {
		at = append(at, p.Line)
	}
	if want := []int{101, 301, 501, 701, 901}; err != nil || !slices.Equal(at, want) {
		t.Errorf("bad lines %v, want %v; error %v", at, want, err)
	}
	if len(records) < 1456 {
		t.Errorf("%d records", len(records))
	}
}

func FuzzCSV(f *testing.F) {
	for _, row := range []string{
		"x,本,甲\n", `x,"本"の,甲` + "\n", `x,"本`, `"`, `""`, "\"\n\"", "\xFF\n", "x\ty\n", "\r", "x,\"a\nb\",c\n", "x,,\n", ",,,,\n", "g,\"", "本;//||\n", `x,""",` + "\n",
	} {
		f.Add([]byte(row))
	}
	f.Fuzz(func(t *testing.T, row []byte) {
		const header, good = "id,title,creator\n", "good1,良書,甲\n"
		var rest strings.Builder
		for i := range 2 * maxRowLines {
			fmt.Fprintf(&rest, "good%d,良書,乙\n", i+2)
		}
		file := header + good + string(row) + "\n" + rest.String()
		found := map[library.BibID]bool{}
		for rec, err := range CSV(strings.NewReader(file), Options{}) {
			var p *Problem
			if err != nil && !errors.As(err, &p) {
				t.Fatal(err)
			}
			if err == nil {
				found[rec.Bib.ID] = true
			}
		}
		for i := range 2*maxRowLines + 1 {
			if !found[library.BibID(fmt.Sprintf("good%d", i+1))] {
				t.Fatalf("good%d is lost", i+1)
			}
		}
	})
}

// TestCSVProblemsNameTheBib: whose row it is is known wherever the identifier stands
// before the fault.
func TestCSVProblemsNameTheBib(t *testing.T) {
	const header = "id,title,creator,kind,branch,barcode\n"
	for row, want := range map[string]library.BibID{
		"x,本\n": "x", "x,本,甲,,,,,y\n": "x", "x,本\"の,甲,,,\n": "x", "x,\"本\"の,甲,,,\n": "x", "x,\"本,甲,,,\n": "x", "x,本,\x96\x7B,,,\n": "x",
		"\"x,本,甲,,,\n": "", "x\"y,本,甲,,,\n": "", "x,,甲,,,\n": "x", "1.00001E+09,本,甲,,,\n": "", "x,本,甲,,,1\n": "x", "x,本,甲,,kita,\n": "x", "good,別,甲,,,\n": "good",
	} {
		opt := Options{Branches: only("chuo")}
		_, problems, err := gather(t, header+"good,良書,甲,,,\n"+row, opt)
		if err != nil || len(problems) != 1 || problems[0].Bib != want {
			t.Errorf("%q: %+v, %v", row, problems, err)
		}
	}
	_, problems, _ := gather(t, "title,branch,barcode\n本,,1\n", Options{})
	same(t, "without an id column", problems[0].Bib, one(t, "title\n本\n", Options{}).Bib.ID)
	_, problems, _ = gather(t, marcXML(bookLeader, "001 a"), Options{})
	same(t, "MARC", problems[0].Bib, library.BibID("a"))
	long := Problem{Number: 1, Fault: "it is long", Value: strings.Repeat("あ", 200) + "\x00"}
	same(t, "a long value", long.Error(), `record 1 (byte 0): it is long: "`+strings.Repeat("あ", 80)+`…"`)
}
