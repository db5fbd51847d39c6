package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/central/catalogue"
	"madoguchi/central/intake"
)

func TestReport(t *testing.T) {
	note := func(i int, fault string) intake.Problem {
		return intake.Problem{Number: i, Line: i + 1, Offset: int64(10 * i), Fault: fault, Value: fmt.Sprint("v", i)}
	}
	t.Run("few", func(t *testing.T) {
		var out strings.Builder
		r := &importReport{out: &out}
		for i := range reportLines - 1 {
			r.note(note(i+1, "it is wrong"))
		}
		if err := r.leftOut(99, &catalogue.RecordError{Bib: "b", Reason: "its copy 1 is there twice", Fault: "its copy … is there twice"}); err != nil {
			t.Fatal(err)
		}
		r.end()
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != reportLines || lines[1] != `note: row 2 (line 3, byte 20): it is wrong: "v2"` || lines[reportLines-1] != "left out: record 99: bib b: its copy 1 is there twice" {
			t.Errorf("%q", lines)
		}
	})
	t.Run("many", func(t *testing.T) {
		var out strings.Builder
		path := file(t, "report.txt", reportMark+"note: an older one\n")
		r, err := (&app{stderr: &out}).newReport(path, strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 1000 {
			r.note(note(i+1, "it is wrong"))
			if i%100 == 99 {
				r.note(note(i+1, "it is seldom"))
			}
		}
		p := note(1001, "it is lost")
		if err := r.leftOut(1001, &p); err != nil {
			t.Fatal(err)
		}
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		want := "left out: row 1001 (line 1002, byte 10010): it is lost: \"v1001\"\n" +
			"note, 1000 times: it is wrong; the first: row 1 (line 2, byte 10), \"v1\"\n" +
			"note, 10 times: it is seldom; the first: row 100 (line 101, byte 1000), \"v100\"\n"
		if out.String() != want {
			t.Errorf("%s\nwant\n%s", out.String(), want)
		}
		all, err := os.ReadFile(path)
		if err != nil || strings.Count(string(all), "\n") != 1012 || !strings.HasPrefix(string(all), reportMark+"note: row 1 (line 2, byte 10): it is wrong: \"v1\"\n") {
			t.Errorf("%d lines, %v", strings.Count(string(all), "\n"), err)
		}
	})
	t.Run("of every kind", func(t *testing.T) {
		var out strings.Builder
		r := &importReport{out: &out}
		for i := range 5000 {
			r.note(note(i, fmt.Sprint("it is wrong in the way ", i%100)))
		}
		r.end()
		if n := strings.Count(out.String(), "\n"); n > 24 || !strings.Contains(out.String(), "and 4000 more, of 80 other kinds\n") || !strings.Contains(out.String(), "--report FILE") {
			t.Errorf("%d lines:\n%s", n, out.String())
		}
	})
	broken := errors.New("the disk is broken")
	if err := new(importReport).leftOut(1, broken); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := (&app{}).newReport(t.TempDir(), strings.NewReader("")); err == nil {
		t.Error("a folder was taken for the file of a report")
	}
}

// TestImportOfNothing: a file of which nothing goes in is an error, and changes nothing.
func TestImportOfNothing(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	for name, text := range map[string]string{
		"empty": "", "a header line": "id,title\n", "blank lines": "\n\n\r\n", "rows that are all left out": "id,title\n1\n2\n", "no title": "id,title\n1,\n",
		"HTML": "<html><body>502 Bad Gateway</body></html>", "JSON": `{"error": 1}`, "binary": "\x00\xFF\x00\x80\n\xFF\xA0\n", "one line": "a",
	} {
		for _, format := range []string{"csv", "marc"} {
			path := file(t, "in."+format, text)
			out, errs, code := command(t, data, "import", format, path)
			if code != failed || !strings.Contains(errs, "central: ") || !utf8.ValidString(errs) || strings.ContainsAny(errs, "\x00\uFFFD") {
				t.Errorf("%s as %s: status %d\n%s%s", name, format, code, out, errs)
			}
		}
	}
}
