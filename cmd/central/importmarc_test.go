package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportMARCWild imports the files of ../shared/data/wild that may be MARC: with
// which status, and what is said.
func TestImportMARCWild(t *testing.T) {
	wild := filepath.Join("..", "..", "..", "shared", "data", "wild")
	if _, err := os.Stat(wild); errors.Is(err, os.ErrNotExist) {
		t.Skip("../shared/data/wild is not here")
	}
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	for _, test := range []struct {
		file string
		code int
		said []string
	}{
		{"empty.mrc", failed, []string{"central: the file is empty"}},
		{"html-error-page.html", failed, []string{"central: the file is a web page"}},
		{"xml-not-marc.xml", failed, []string{"central: the file is XML (<mods>)"}},
		{"csv-fed-to-marc.csv", failed, []string{`use "central import csv"`}},
		{"marc-mrk-text.mrk", failed, []string{"MarcEdit"}},
		{"marc-unimarc.mrc", failed, []string{"central: no record of the file can go in: it is UNIMARC"}},
		{"marc-jpmarc-251.mrc", failed, []string{"old format of JAPAN/MARC"}},
		{"marc-authority.mrc", failed, []string{"authority record"}},
		{"marc-marc8-latin.mrc", 0, []string{"read as marc-8", "1 new"}},
		{"marc-leader-one-short.mrc", 0, []string{"off by one", "2 new"}},
		{"marc-leader-one-long.mrc", 0, []string{"off by one", "2 new"}},
		{"marc-local-field-no-indicators.mrc", 0, []string{`note: record 1 (byte 0): a field without two indicators was left out: "970"`, "2 new"}},
		{"marc-empty-subfield-code-020.mrc", 0, []string{`left out: "020"`, "2 new"}},
		{"marc-field-no-subfields.mrc", 0, []string{"2 new"}},
		{"marc-852-unknown-branch.mrc", 0, []string{`were given to the one of --branch: "somewhere else"`, "2 new"}},
		{"marc-852-no-branch-with-flag.mrc", 0, []string{"1 new"}},
		{"marc-year-typo.mrc", 0, []string{"the year is further off than next year", "3 new"}},
		{"marc-direction-marks.mrc", 0, []string{"field 245: ", "1 new"}},
		{"marc-001-same-003-differs.mrc", leftOut, []string{"1 new", "1 left out"}},
		{"marc-001-missing-two-volumes.mrc", leftOut, []string{"2 new", "1 left out"}},
		{"marc-two-001.mrc", 0, []string{"1 new"}},
		{"marc-nfd-kana.mrc", 0, []string{"1 new"}},
		{"marc-long-title.mrc", 0, []string{"1 new"}},
		{"marc-fed-to-csv.mrc", 0, []string{"1 new"}},
		{"marcxml-short-leader.xml", leftOut, []string{"no leader of 24 characters", "1 new, 0 changed, 0 unchanged, 1 left out"}},
		{"xml-html-entity.xml", leftOut, []string{"&eacute;", "1 new, 0 changed, 0 unchanged, 1 left out"}},
		{"xml-oai-marc.xml", leftOut, []string{"OAI-PMH says that it was deleted", "1 new, 0 changed, 0 unchanged, 1 left out"}},
	} {
		t.Run(test.file, func(t *testing.T) {
			out, errs, code := command(t, data, "import", "marc", filepath.Join(wild, test.file), "--branch", "chuo")
			if code != test.code {
				t.Errorf("status %d, want %d\n%s%s", code, test.code, out, errs)
			}
			for _, said := range test.said {
				if !strings.Contains(errs+out, said) {
					t.Errorf("it does not say %q:\n%s%s", said, out, errs)
				}
			}
			if code == failed && out != "" && !strings.Contains(out, "0 new") {
				t.Errorf("it says that something went in:\n%s", out)
			}
		})
	}
	for _, name := range []string{"marc-empty-245a.mrc", "marc-245-n-p-only.mrc"} {
		if out, errs, code := command(t, data, "import", "marc", filepath.Join(wild, name), "--branch", "chuo"); code == 0 || !strings.Contains(errs, "left out: record 1 (byte 0): it has no title") {
			t.Errorf("%s: status %d\n%s%s", name, code, out, errs)
		}
	}
	out, _, code := command(t, data, "import", "marc", filepath.Join(wild, "marc-852-unknown-branch.mrc"))
	if code != leftOut || !strings.Contains(out, "1 left out") {
		t.Errorf("without --branch: status %d\n%s", code, out)
	}
}
