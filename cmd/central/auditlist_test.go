package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAuditList(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	for _, name := range []string{"sato", "suzuki"} {
		if out, told, code := typed(t, "1029384756\n1029384756\n", data, "staff", "add", name, "--role", "desk"); code != 0 {
			t.Fatal(out, told)
		}
	}
	if _, told, code := command(t, data, "import", "csv", file(t, "books.csv", books)); code != leftOut {
		t.Fatal(told)
	}
	lines := func(args ...string) []string {
		t.Helper()
		out := must(t, data, append([]string{"audit", "list"}, args...)...)
		return strings.Split(strings.TrimSpace(out), "\n")[1:] // without the header
	}
	all := lines()
	if imported := lines("--action", "import.records"); len(imported) != 1 || !strings.Contains(imported[0], "new=3") || !strings.Contains(imported[0], "left_out=1") {
		t.Errorf("an import: %q", imported)
	}
	if len(all) < 2 || !strings.Contains(strings.Join(all, "\n"), "suzuki") || strings.Contains(strings.Join(all, ""), "1029384756") {
		t.Errorf("all: %q", all)
	}
	if last := lines("--last", "1"); len(last) != 1 || strings.Fields(last[0])[0] != strings.Fields(all[len(all)-1])[0] {
		t.Errorf("the last: %q", last)
	}
	var shown []auditJSON
	if err := json.Unmarshal([]byte(must(t, data, "audit", "list", "--json")), &shown); err != nil || len(shown) != len(all) {
		t.Fatalf("%d as JSON, %v", len(shown), err)
	}
	newest := shown[len(shown)-1]
	if only := lines("--action", newest.Action, "--subject", newest.Subject, "--actor", newest.Actor); len(only) != 1 {
		t.Errorf("of one kind: %q", only)
	}
	day := newest.At.Format("2006-01-02")
	for _, test := range []struct {
		args []string
		want int
	}{{[]string{"--since", day}, len(all)}, {[]string{"--until", day, "--last", "0"}, len(all)}, {[]string{"--until", "2020-01-01"}, 0}, {[]string{"--since", "2999-01-01"}, 0}} {
		if out := must(t, data, append([]string{"audit", "list"}, test.args...)...); strings.Count(out, "\n")-1 != test.want {
			t.Errorf("%v: %s", test.args, out)
		}
	}
	if _, told, code := command(t, data, "audit", "list", "--since", "yesterday"); code != failed || !strings.Contains(told, "write a day like") {
		t.Errorf("a day that is none: status %d, %s", code, told)
	}
}
