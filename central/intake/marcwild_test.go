package intake

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

// wildMARC is what becomes of the files of ../shared/data/wild, by their names: for each
// record its identifier and title, or "!" and why it is left out, with its identifier
// where that is known; "!!" for the error that ends it; "note" and its words.
var wildMARC = map[string][]string{
	"csv-fed-to-marc.csv":                {`!!it seems to be CSV: use "central import csv"`},
	"empty.mrc":                          {"!!the file is empty"},
	"html-error-page.html":               {"!!web page (HTML)"},
	"xml-not-marc.xml":                   {"!!the file is XML (<mods>), but no MARCXML record is in it"},
	"marc-mrk-text.mrk":                  {"!!MARC as text (.mrk)"},
	"marc-unimarc.mrc":                   {"!!UNIMARC"},
	"marc-jpmarc-251.mrc":                {"!!old format of JAPAN/MARC"},
	"marc-authority.mrc":                 {"!!authority record"},
	"marc-marc8-latin.mrc":               {"M1 Léte a Paris"},
	"marc-leader-one-short.mrc":          {"note L1: off by one", "L1 長さが一つ違う本", "L2 良い本L2"},
	"marc-leader-one-long.mrc":           {"note L3: off by one", "L3 長さが一つ多い本", "L4 良い本L4"},
	"marc-local-field-no-indicators.mrc": {"note L5: without two indicators", "L5 独自フィールドが壊れた本", "L6 良い本L6"},
	"marc-empty-subfield-code-020.mrc":   {"note L9: subfield without a code", "L9 下位欄の符号がない本", "L10 良い本L10"},
	"marc-field-no-subfields.mrc":        {"L7 中身のない欄がある本", "L8 良い本L8"},
	"marc-852-unknown-branch.mrc":        {"note L11: its copies were given to the one of --branch", "L11 知らない館の本", "L12 良い本L12"},
	"marc-852-no-branch-with-flag.mrc":   {"N1 館の書かれていない所蔵"},
	"marc-year-typo.mrc":                 {"Y1 年が9999の本 1999", "note Y2: year", "Y2 年が2091の本", "note Y3: year", "Y3 008だけ2091の本"},
	"marc-direction-marks.mrc":           {"note T4: turn the direction", "T4 ろここ本"},
	"marc-empty-245a.mrc":                {"!T6 no title"},
	"marc-245-n-p-only.mrc":              {"!T7 no title"},
	"marc-long-title.mrc":                {"T3 " + strings.Repeat("長", 3000)},
	"marc-001-missing-two-volumes.mrc":   {"x38ae287dde5279e885a4 全集", "x341390c0c33be690d4bd 全集", "!x38ae287dde5279e885a4 same identifier"},
	"marc-001-same-003-differs.mrc":      {"12345 甲の館の本", "!12345 same identifier"},
	"marc-two-001.mrc":                   {"T1 番号が二つの本"},
	"marc-nfd-kana.mrc":                  {"T5 ガンダムとパンダ"},
	"marc-fed-to-csv.mrc":                {"Z1 良い本Z1"},
	"marcxml-short-leader.xml":           {"!X1 no leader of 24 characters", "X2 次の本"},
	"xml-html-entity.xml":                {"!E1 not well-formed", "E2 次の本"},
	"xml-oai-marc.xml":                   {"! OAI-PMH says that it was deleted", "O2 OAIの本"},
}

func TestMARCWild(t *testing.T) {
	branches, err := NewBranches([]library.Branch{{Code: "chuo"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range wildMARC {
		t.Run(name, func(t *testing.T) {
			var got []string
			opt := Options{Branch: "chuo", Branches: branches, Today: library.Date{Year: 2026, Month: 11, Day: 24}, Note: func(p Problem) { got = append(got, fmt.Sprintf("note %s: %s: %q", p.Bib, p.Fault, p.Value)) }}
			for rec, err := range MARC(bytes.NewReader(sharedData(t, "wild/"+name)), opt) {
				var p *Problem
				switch {
				case errors.As(err, &p):
					got = append(got, fmt.Sprintf("!%s %s: %q", p.Bib, p.Fault, p.Value))
				case err != nil:
					got = append(got, "!!"+err.Error())
				default:
					line := fmt.Sprintf("%s %s", rec.Bib.ID, rec.Bib.Title)
					if rec.Bib.Year != 0 {
						line += fmt.Sprintf(" %d", rec.Bib.Year)
					}
					if len(rec.Items) != 1 || rec.Items[0].Branch != "chuo" {
						t.Errorf("%s has the copies %v", line, rec.Items)
					}
					got = append(got, line)
				}
			}
			if !slices.EqualFunc(got, want, func(got, want string) bool {
				if head, inside, noted := strings.Cut(want, ": "); strings.HasPrefix(want, "note ") && noted {
					return strings.HasPrefix(got, head+": ") && strings.Contains(got, inside)
				}
				if strings.HasPrefix(want, "!!") {
					return strings.HasPrefix(got, "!!") && strings.Contains(got, want[2:])
				}
				if id, fault, left := strings.Cut(want, " "); strings.HasPrefix(want, "!") && left {
					return strings.HasPrefix(got, id+" ") && strings.Contains(got, fault)
				}
				return got == want
			}) {
				t.Errorf("got %.500q\nwant %.500q", got, want)
			}
		})
	}
}
