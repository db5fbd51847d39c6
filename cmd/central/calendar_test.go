package main

import (
	"strings"
	"testing"

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
	for _, want := range []string{"line 4", "line 5", "line 6", `no branch "minami"`} {
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

func FuzzClosedDays(f *testing.F) {
	f.Add("branch,date\nchuo,2026-12-29\n*,2027-01-01\n")
	f.Add("\ufeffdate,branch\n\"2026-12-29,chuo\n")
	f.Fuzz(func(t *testing.T, text string) {
		branches := []library.Branch{{Code: "chuo"}, {Code: "nishi"}}
		added, bad, err := addClosedDays(strings.NewReader(text), branches, new(strings.Builder))
		if err == nil && (added < 0 || bad < 0 || added != len(branches[0].Calendar.Closed)+len(branches[1].Calendar.Closed)) {
			t.Errorf("%d added, %d bad, %+v", added, bad, branches)
		}
	})
}

// TestABranchKeepsWhatIsNotGiven when it is added once more.
func TestABranchKeepsWhatIsNotGiven(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館", "--short", "中央", "--name-en", "Central", "--hours", "9:30-19:00", "--closed", "mon", "--closed-on", "2026-12-30")
	before := must(t, data, "branch", "list")
	must(t, data, "branch", "add", "chuo", "中央図書館", "--closed-on", "2026-12-31,2026-12-30")
	if after := must(t, data, "branch", "list"); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	must(t, data, "calendar", "import", file(t, "closed.csv", "branch,date\nchuo,2026-12-30\nchuo,2026-12-31\nchuo,2027-01-01\n"))
	if told := must(t, data, "calendar", "import", file(t, "closed.csv", "branch,date\nchuo,2026-12-30\nchuo,2026-12-31\nchuo,2027-01-02\n")); !strings.Contains(told, "1 closed days added") {
		t.Error(told)
	}
}
