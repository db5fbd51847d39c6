package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

func TestClosedDays(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館", "--closed-on", "2026-12-30")
	must(t, data, "branch", "add", "nishi", "西図書館")
	path := file(t, "closed.csv", "\ufeffdate,branch,note\n"+
		"2026-12-29,chuo,year's end\n2026/12/30,*,year's end\n2026-02-30,chuo,no such day\n2027-01-04,minami,no such branch\n\"broken\n2027-01-05,chuo\n")
	out, err, code := command(t, data, "calendar", "import", path)
	if code != leftOut || !strings.Contains(out, "3 closed days added, 3 lines left out") {
		t.Errorf("status %d: %s%s", code, out, err)
	}
	for _, want := range []string{"line 4", "line 5", "line 6", `there is no branch of this code or name; see: central branch list: "minami"`} {
		if !strings.Contains(err, want) {
			t.Errorf("%q is not told: %s", want, err)
		}
	}
	out, _, code = command(t, data, "calendar", "import", file(t, "again.csv", "branch,date\nchuo,2026-12-29\n"))
	if code != 0 || !strings.Contains(out, "0 closed days added") {
		t.Errorf("the same day again: status %d, %s", code, out)
	}
	if _, err, code = command(t, data, "calendar", "import", file(t, "bad.csv", "a,b\n1,2\n")); code != failed || !strings.Contains(err, "columns branch and date") {
		t.Errorf("no such columns: status %d, %s", code, err)
	}
}

// TestABranchKeepsWhatIsNotGiven when it is added once more.
func TestABranchKeepsWhatIsNotGiven(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館", "--short", "中央", "--name-en", "Central", "--hours", "9:30-19:00", "--closed", "mon", "--closed-on", "2090-12-30")
	before := must(t, data, "branch", "list")
	must(t, data, "branch", "add", "chuo", "中央図書館", "--closed-on", "2090-12-31,2090-12-30")
	if after := must(t, data, "branch", "list"); after != strings.Replace(before, "2090-12-30", "2090-12-30, 2090-12-31", 1) {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	must(t, data, "calendar", "import", file(t, "closed.csv", "branch,date\nchuo,2090-12-30\nchuo,2090-12-31\nchuo,2091-01-01\n"))
	if told := must(t, data, "calendar", "import", file(t, "closed.csv", "branch,date\nchuo,2090-12-30\nchuo,2090-12-31\nchuo,2091-01-02\n")); !strings.Contains(told, "1 closed day added") {
		t.Error(told)
	}
}

// newDay is a day that is far enough in the future, so many days after a first of December.
func newDay(n int) library.Date {
	return library.Date{Year: time.Now().Year() + 1, Month: time.December, Day: 1}.Add(n)
}

func TestBranchAddChangesWhatItIsTold(t *testing.T) {
	data := t.TempDir()
	for _, step := range []struct {
		args []string
		says string // of standard output, the whole
		code int
		err  string // a part of what is told
	}{
		{[]string{"chuo"}, "", failed, "there is no branch chuo yet; to add it, give its name: central branch add chuo NAME"},
		{[]string{"Chuo", "中央図書館"}, "", failed, "lower-case"},
		{[]string{"chuo", "中央図書館", "--short", "中央", "--hours", "9:30-19:00", "--hours", "土日=9：30〜17：00", "--closed", "月"},
			"branch chuo is 中央図書館: mon closed, tue-fri 9:30-19:00, sat-sun 9:30-17:00\n", 0, ""},
		{[]string{"chuo"}, "branch chuo, 中央図書館: nothing is new\n", 0, ""},
		{[]string{"chuo", "--name-en", "Central"}, "branch chuo, 中央図書館, is changed\n  English name: - → Central\n", 0, ""},
		{[]string{"chuo", "中央館", "--short="}, "branch chuo, 中央館, is changed\n  name: 中央図書館 → 中央館\n  short name: 中央 → -\n", 0, ""},
		{[]string{"chuo", "--hours", "10:00-18:00"}, "branch chuo, 中央館, is changed\n  tue: 9:30-19:00 → 10:00-18:00\n  wed: 9:30-19:00 → 10:00-18:00\n  thu: 9:30-19:00 → 10:00-18:00\n" +
			"  fri: 9:30-19:00 → 10:00-18:00\n  sat: 9:30-17:00 → 10:00-18:00\n  sun: 9:30-17:00 → 10:00-18:00\n", 0, ""}, // monday stays closed
		{[]string{"chuo", "--hours", "月曜日＝13時〜17時半"}, "branch chuo, 中央館, is changed\n  mon: closed → 13:00-17:30\n", 0, ""},
		{[]string{"chuo", "--closed", "火、水", "--closed", "Thursday"}, "branch chuo, 中央館, is changed\n  tue: 10:00-18:00 → closed\n  wed: 10:00-18:00 → closed\n  thu: 10:00-18:00 → closed\n", 0, ""},
		{[]string{"chuo", "--hours", "火-木=9:30-19:00", "--hours", "9:00-17:00", "--hours", "月=休館"},
			"branch chuo, 中央館, is changed\n  mon: 13:00-17:30 → closed\n  tue: closed → 9:30-19:00\n  wed: closed → 9:30-19:00\n  thu: closed → 9:30-19:00\n" +
				"  fri: 10:00-18:00 → 9:00-17:00\n  sat: 10:00-18:00 → 9:00-17:00\n  sun: 10:00-18:00 → 9:00-17:00\n", 0, ""},
		{[]string{"chuo", "--closed-on", "2090/12/29,令和72年12月30日"}, "branch chuo, 中央館, is changed\n  closed on 2090-12-29, 2090-12-30 too\n", 0, ""},
		{[]string{"chuo", "--closed-on", "2090-12-29〜2091-01-01"}, "branch chuo, 中央館, is changed\n  closed on 2090-12-31, 2091-01-01 too\n", 0, ""},
		{[]string{"chuo", "--closed-on", "2090-12-29"}, "branch chuo, 中央館: nothing is new\n", 0, ""},
		{[]string{"chuo", "--closed-on", "2090-02-29"}, "", failed, `"2090-02-29" is a day that the calendar does not have`},
		{[]string{"chuo", "--closed", "祝"}, "", failed, `"祝" is not a weekday`},
		{[]string{"chuo", "--hours", "9:30"}, "", failed, `"9:30" are not opening hours; write them like 9:30-19:00`},
		{[]string{"chuo", "--hours", "mon=9-17", "--closed", "月"}, "", failed, "mon is given both hours and --closed"},
		{[]string{"e1", "東", "--closed", "毎日"}, "branch e1 is 東: no opening hours\n", 0, "no weekday of it is open"},
		{[]string{"e1", "--hours", "9:00-17:00"}, "branch e1, 東, is changed\n  mon: closed → 9:00-17:00\n  tue: closed → 9:00-17:00\n  wed: closed → 9:00-17:00\n" +
			"  thu: closed → 9:00-17:00\n  fri: closed → 9:00-17:00\n  sat: closed → 9:00-17:00\n  sun: closed → 9:00-17:00\n", 0, ""},
	} {
		out, told, code := command(t, data, append([]string{"branch", "add"}, step.args...)...)
		if out != step.says || code != step.code || !strings.Contains(told, step.err) || (told == "") != (step.err == "") {
			t.Errorf("branch add %q: status %d\n%s%s", step.args, code, out, told)
		}
	}
}

func TestBranchShowAndList(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館", "--short", "中央", "--hours", "9:30-19:00", "--closed", "mon",
		"--closed-on", "2001-01-01,"+newDay(28).String()+","+newDay(29).String()+","+newDay(30).String()+","+newDay(31).String())
	must(t, data, "branch", "add", "kita", "北図書館")
	list := must(t, data, "branch", "list")
	for _, want := range []string{"mon closed, tue-sun 9:30-19:00", newDay(28).String() + ", " + newDay(29).String() + ", " + newDay(30).String() + " and 1 more", "mon-sun 9:00-17:00"} {
		if !strings.Contains(list, want) {
			t.Errorf("branch list without %q:\n%s", want, list)
		}
	}
	for _, by := range []string{"chuo", "中央", "中央図書館"} {
		show := must(t, data, "branch", "show", by)
		if !strings.Contains(show, "中央図書館") || !strings.Contains(show, dateAndDay(newDay(31))) || strings.Contains(show, "2001") {
			t.Errorf("branch show:\n%s", show)
		}
	}
	if _, told, code := command(t, data, "branch", "show", "minami"); code != failed || !strings.Contains(told, "no such branch") {
		t.Errorf("status %d, %s", code, told)
	}
	var all []branchJSON
	if err := json.Unmarshal([]byte(must(t, data, "branch", "list", "--json")), &all); err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	var one branchJSON
	if err := json.Unmarshal([]byte(must(t, data, "branch", "show", "chuo", "--json")), &one); err != nil || !reflect.DeepEqual(one, all[0]) {
		t.Errorf("%+v, %v, want %+v", one, err, all[0])
	}
	if len(one.Closed) != 4 || len(one.Hours) != 6 || one.Hours["tue"] != "9:30-19:00" || one.Short != "中央" {
		t.Errorf("%+v", one)
	}
	if all[1].Closed == nil || len(all[1].Hours) != 7 {
		t.Errorf("%+v", all[1])
	}
}

func TestBranchRemove(t *testing.T) {
	data, _ := circulating(t)
	must(t, data, "branch", "add", "kita", "北図書館")
	must(t, data, "checkout", "12345670", "1001")
	_, told, code := command(t, data, "branch", "remove", "chuo")
	for _, want := range []string{"the branch chuo is still in use", "3 copies: ", "1 loans that it lent: ", "4 patrons of it: "} {
		if code != failed || !strings.Contains(told, want) {
			t.Errorf("status %d, without %q: %s", code, want, told)
		}
	}
	if out := must(t, data, "branch", "remove", "kita"); out != "branch kita, 北図書館, is removed\n" {
		t.Error(out)
	}
	if _, told, code = command(t, data, "branch", "remove", "kita"); code != failed || !strings.Contains(told, "no such branch") {
		t.Errorf("status %d, %s", code, told)
	}
	if list := must(t, data, "branch", "list"); strings.Contains(list, "kita") || !strings.Contains(list, "chuo") {
		t.Error(list)
	}
}

func TestCalendar(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館", "--short", "中央", "--closed", "mon")
	must(t, data, "branch", "add", "kita", "北図書館")
	in := func(name, text string) string { return file(t, name, text) }
	for _, step := range []struct {
		args []string
		out  string
		code int
		err  string
	}{
		{[]string{"import", in("a.csv", "図書館\t休館日\n中央\t令和72年12月29日\n全館\t2090/12/30〜2091/1/2\n北図書館\t2091年1月3日（水）\n")}, "10 closed days added, 0 lines left out\n", 0, ""},
		{[]string{"import", in("b.csv", "館コード,日付\r\nKITA,2091-01-04\r\n\r\n")}, "1 closed day added, 0 lines left out\n", 0, ""},
		{[]string{"import", in("c.csv", "館,日付\n北,2091-01-05\n中央,2091-01-05（月）\n中央,5/1/2091\n中央,2091-01-05〜2090-01-05\n中央,2091-01-05\n")}, "1 closed day added, 4 lines left out\n", leftOut,
			"there is no branch of this code or name; see: central branch list: \"北\""},
		{[]string{"import", in("cp932.csv", "\x8a\xd9,\x8bx\x8a\xd9\x93\xfa\n\x92\x86\x89\x9b,2091-01-05\n")}, "0 closed days added, 0 lines left out\n", 0, "read as cp932"},
		{[]string{"import", in("cr.csv", "館;休館日\r中央;2091-01-05\r")}, "0 closed days added, 0 lines left out\n", 0, ""},
		{[]string{"import", in("d.csv", "館,日付\n北,2091-01-05\n")}, "", failed, "none of its lines could be read"},
		{[]string{"import", in("e.csv", "館,日付\n")}, "", failed, "it has no closed days"},
		{[]string{"import", in("f.csv", "")}, "", failed, "empty"},
		{[]string{"import", in("g.csv", "館\n中央\n")}, "", failed, "columns branch and date, or 館 and 休館日"},
		{[]string{"list", "北図書館"}, "BRANCH  NAME  DATE\nkita    北図書館  2090-12-30 sat\nkita    北図書館  2090-12-31 sun\nkita    北図書館  2091-01-01 mon\nkita    北図書館  2091-01-02 tue\nkita    北図書館  2091-01-03 wed\nkita    北図書館  2091-01-04 thu\n", 0, ""},
		{[]string{"remove", "北図書館", "2091/1/3", "2091-01-04〜2091-01-09"}, "2 closed days taken back\n", 0, ""},
		{[]string{"remove", "*", "2090-12-30"}, "2 closed days taken back\n", 0, ""},
		{[]string{"remove", "chuo", "2091-01-01"}, "1 closed day taken back\n", 0, "chuo is closed every mon; to open it then: central branch add chuo --hours mon=9:00-17:00"},
		{[]string{"remove", "chuo", "2091-01-01"}, "0 closed days taken back\n", failed, "none of them is among the closed days"},
		{[]string{"remove", "chuo", "yesterday"}, "", failed, `"yesterday" is not a date`},
		{[]string{"remove", "minami", "2091-01-01"}, "", failed, `"minami": there is no branch`},
		{[]string{"remove", "chuo"}, "", usage, "name a branch and the days"},
		{[]string{"remove"}, "", usage, "name a branch and the days"},
		{[]string{"remove", "chuo", "2091-01-01", "--report", "x.txt"}, "", usage, "--report is for what is wrong in a --file"},
		{[]string{"remove", "--file", in("h.csv", "branch,date\n*,2090-12-31\nnowhere,2090-12-31\n")}, "2 closed days taken back\n", leftOut, `"nowhere"`},
		{[]string{"list", "--json"}, "[\n  {\n    \"branch\": \"chuo\",\n    \"date\": \"2090-12-29\"\n  },\n  {\n    \"branch\": \"chuo\",\n    \"date\": \"2091-01-02\"\n  },\n  {\n    \"branch\": \"chuo\",\n    \"date\": \"2091-01-05\"\n  },\n" +
			"  {\n    \"branch\": \"kita\",\n    \"date\": \"2091-01-01\"\n  },\n  {\n    \"branch\": \"kita\",\n    \"date\": \"2091-01-02\"\n  }\n]\n", 0, ""},
	} {
		out, told, code := command(t, data, append([]string{"calendar"}, step.args...)...)
		if out != step.out || code != step.code || !strings.Contains(told, step.err) || (told == "") != (step.err == "") {
			t.Errorf("calendar %q: status %d\n%s%s", step.args, code, out, told)
		}
	}
	must(t, data, "branch", "add", "kita", "--closed-on", "2001-01-01")
	if out := must(t, data, "calendar", "list"); strings.Contains(out, "2001") {
		t.Error(out)
	}
	if out := must(t, data, "calendar", "list", "--past"); !strings.Contains(out, "2001-01-01 mon") {
		t.Error(out)
	}
}

// TestCalendarReport: of many bad lines a sum by fault is shown, each stands in the file
// of --report, and columns that nobody asks for are said.
func TestCalendarReport(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	text := "館,曜日,休館日,備考\n中央図書館,火,2090-01-03,年始\n"
	for i := range 300 {
		text += []string{"どこか,,2090-01-04,\n", "中央図書館,,そのうち,\n", "中央図書館\n"}[i%3]
	}
	closed := file(t, "closed.csv", text)
	report := filepath.Join(t.TempDir(), "report.txt")
	sum := "not read: 曜日, 備考\n" +
		"left out, 100 times: there is no branch of this code or name; see: central branch list; the first: row 2 (line 3, byte 66), \"どこか\"\n" +
		"left out, 100 times: the day is " + library.ErrNotADate.Error() + "; the first: row 3 (line 4, byte 89), \"そのうち\"\n" +
		"left out, 100 times: a column is missing; the first: row 4 (line 5, byte 120)\n"
	hint := "each of them with its place: read the file again with --report FILE\n"
	for _, step := range []struct{ args, out, told string }{
		{"import " + closed, "1 closed day added, 300 lines left out\n", sum + hint},
		{"import " + closed + " --report " + report, "0 closed days added, 300 lines left out\n", sum},
		{"remove --file " + closed + " --report " + report, "1 closed day taken back\n", sum},
	} {
		out, told, code := command(t, data, append([]string{"calendar"}, strings.Fields(step.args)...)...)
		if out != step.out || told != step.told || code != leftOut {
			t.Errorf("calendar %s: status %d\n%s%s\nwant\n%s", step.args, code, out, told, step.told)
		}
		if !strings.Contains(step.args, report) {
			continue
		}
		all, err := os.ReadFile(report)
		if err != nil || strings.Count(string(all), "\n") != 301 || !strings.HasSuffix(string(all), "\nleft out: row 301 (line 302, byte 7050): a column is missing\n") {
			t.Errorf("the report of %s, %v:\n%s", step.args, err, all)
		}
	}
	bad := file(t, "bad.csv", "館,休館日\nどこか,2090-01-04\n")
	if _, told, code := command(t, data, "calendar", "import", bad, "--report", report); code != failed || !strings.Contains(told, "none of its lines could be read") {
		t.Errorf("status %d, %s", code, told)
	}
	if all, err := os.ReadFile(report); err != nil || strings.Count(string(all), "\n") != 2 {
		t.Errorf("the report of a file of which nothing goes in: %q, %v", all, err)
	}
}

// TestClosedDaysTakenBack: a due date that moved because of them stays, since patrons were
// told it.
func TestClosedDaysTakenBack(t *testing.T) {
	data, _ := circulating(t)
	must(t, data, "checkout", "12345670", "1001")
	due := func() (d library.Date) {
		t.Helper()
		s, err := db.Open(t.Context(), filepath.Join(data, "central.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.View(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRowContext(t.Context(), `SELECT due_on FROM loan`).Scan(&d)
		}); err != nil {
			t.Fatal(err)
		}
		return d
	}
	usual := due()
	closed := "branch,date\nchuo," + usual.String() + "\nchuo," + usual.Add(1).String() + "\n"
	if out := must(t, data, "calendar", "import", file(t, "closed.csv", closed)); out != "2 closed days added, 0 lines left out\n1 due dates moved to an open day\n" {
		t.Error(out)
	}
	if got := due(); got != usual.Add(2) {
		t.Fatalf("due on %s, want %s", got, usual.Add(2))
	}
	for _, args := range [][]string{{"chuo", usual.String()}, {"--file", file(t, "closed.csv", closed)}} {
		if out := must(t, data, append([]string{"calendar", "remove"}, args...)...); out != "1 closed day taken back\n" {
			t.Error(out)
		}
		if got := due(); got != usual.Add(2) {
			t.Errorf("due on %s after a day was taken back, want %s", got, usual.Add(2))
		}
	}
}
