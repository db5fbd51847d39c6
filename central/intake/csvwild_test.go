package intake

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

// wildCSV is what becomes of the files of ../shared/data/wild, by their names, in the
// way of wildMARC; "as" and the encoding that it is said to be read in.
var wildCSV = map[string][]string{
	"csv-bom-excel-semicolon.csv":      {"q1 続日本の空 山本太郎", "q2 髙橋の本 髙橋花子"},
	"csv-bom-excel.csv":                {"q1 続日本の空 山本太郎", "q2 髙橋の本 髙橋花子"},
	"csv-cp932-halfkana-sneaks-in.csv": {"q7 ñ"},
	"csv-cp932-japanese-header.csv":    {"as cp932", "q1 続日本"},
	"csv-cp932.csv":                    {"as cp932", "q1 続日本の空 山本太郎", "q2 髙橋の本 髙橋花子"},
	"csv-cr-only.csv":                  {"q1 続日本の空 山本太郎", "q2 髙橋の本 髙橋花子"},
	"csv-eucjp-sneaks-in.csv":          {"q5 ³", "q6 abc"},
	"csv-eucjp.csv":                    {"as euc-jp", "q1 続日本の空 山本太郎", "q2 高橋の本 高橋花子"},
	"csv-excel-formula.csv":            {"q13 式の本 9784101010038"},
	"csv-fed-to-marc.csv":              {"1 本"},
	"csv-isbn-oddities.csv": {"q14 全角ISBN 9784101010038", "note q15: the ISBN is wrong", "q15 小文字x", "q16 979-8 9798888904503", "q17 979-10 9791038704022", "q18 文付き 9784101010038",
		"note q19: printed music", "q19 ISMN", "note q20: the ISBN is wrong", "q20 定価行", "note q21: the ISBN is wrong", "q21 SBN",
		"q22 二つ 9784101010038 9784003101018", "q23 ハイフン違い 9784101010038", "q24 EM 9784101010038"},
	"csv-iso2022jp.csv":        {"as iso-2022-jp", "q1 続日本の空 山本太郎", "q2 高橋の本 高橋花子"},
	"csv-lang-oddities.csv":    {"l1 二言語 jpn", "l2 空白区切 jpn", "l3 ja jpn", "l4 日本語 jpn", "l5 JPN jpn", "l6 セミコロン jpn"},
	"csv-leadingzeros-sci.csv": {"note q11: the ISBN was left out", "note q11: a copy was left out, whose barcode is none", "q11 数値化された本", "note q12: the ISBN is wrong", "q12 頭のゼロ #0000000123"},
	"csv-mojibake-utf8.csv":    {"note q8: title: it looks like UTF-8 that was taken for another encoding", "q8 å¾è¼©ã¯ç«ã§ãã"},
	"csv-ndc-oddities.csv": {"n1 NDC8コロン 369.31", "n2 NDC9 375.72", "n3 NDC(9) 913.6", "n4 全角 913.6", "n5 版 913.6", "n6 斜線 913.6", "n7 K 913",
		"note n8: the class number", "n8 F", "note n9: the class number", "n9 B", "note n10: the class number", "n10 P"},
	"csv-nul.csv":           {"note q10: title: there were control characters", "q10 abcd"},
	"csv-replacement.csv":   {"note q9: title: letters were lost", "q9 日本〓〓の歴史"},
	"csv-same-id.csv":       {"!d1 its identifier belongs to another title above", "d1 赤い本"},
	"csv-utf16le-bom.csv":   {"as utf-16", "q1 続日本の空 山本太郎", "q2 髙橋の本 髙橋花子"},
	"csv-utf16le-nobom.csv": {"as utf-16", "q1 続日本の空 山本太郎", "q2 髙橋の本 髙橋花子"},
	"csv-year-future.csv": {"note f1: the year is further off", "f1 年の打ち間違い", "note f2: the year is none", "f2 年の打ち間違い二", "note f3: the year is none", "f3 年の打ち間違い三",
		"note f4: the year is none", "f4 年の打ち間違い四", "f5 今年の本 2026", "note f6: the year is none", "f6 西暦五桁"},
	"csv-year-oddities.csv": {"note y1: the year is none", "y1 和本", "y2 明治略 1907", "y3 不明", "y4 元年 2019", "y5 R1 2019", "y6 昭和 1981", "y7 角括弧", "y8 範囲 1998",
		"note y9: the year is none", "y9 世紀", "note y10: the year is none", "y10 刊年未定", "y11 ㍻ 2018", "y12 ㋿ 2019", "y13 皇紀 1940", "y14 全角 2019", "y15 西暦小数 2019",
		"note y16: the year is none", "y16 2桁", "y17 excel日付 2019", "y18 漢数字 2018", "y19 西暦漢数字 2019", "y20 令和 2023"},
	"empty.mrc":            {"!!the file is empty"},
	"html-error-page.html": {"!!the file is a web page (HTML)"},
	"xml-not-marc.xml":     {"!!the file is XML, and no table"},
	"marc-fed-to-csv.mrc":  {"!!the file is MARC: import it with"},
	"marc-mrk-text.mrk":    {"!!the file is MARC as text for people"},
}

// TestWildFiles: each file of ../shared/data/wild has a row in a table of a test.
func TestWildFiles(t *testing.T) {
	readme := string(sharedData(t, "wild/README.md"))
	elsewhere := []string{"patrons-cr-only.csv", "patrons-dates.csv", "search-words.csv"} // of patrons, and of the store
	named := regexp.MustCompile(`[\w*-]+\.(?:csv|mrc|xml|html|mrk)`).FindAllString(readme, -1)
	if len(named) < 45 {
		t.Errorf("the README names %d files only", len(named))
	}
	dir, err := os.ReadDir(sharedFolder(t, "wild"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range dir {
		if f.Name() != "README.md" && wildCSV[f.Name()] == nil && wildMARC[f.Name()] == nil && !slices.Contains(elsewhere, f.Name()) {
			t.Errorf("%s is in no table", f.Name())
		}
	}
	for _, name := range named {
		if !strings.Contains(name, "*") && wildCSV[name] == nil && wildMARC[name] == nil && !slices.Contains(elsewhere, name) {
			t.Errorf("the README's %s is in no table", name)
		}
	}
}

func TestCSVWild(t *testing.T) {
	branches, err := NewBranches([]library.Branch{{Code: "chuo"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range wildCSV {
		t.Run(name, func(t *testing.T) {
			var got []string
			opt := Options{Branch: "chuo", Branches: branches, Today: library.Date{Year: 2026, Month: 11, Day: 24}, Columns: map[string]string{},
				ReadAs: func(encoding string) { got = append(got, "as "+encoding) },
				Note:   func(p Problem) { got = append(got, fmt.Sprintf("note %s: %s: %q", p.Bib, p.Fault, p.Value)) }}
			if name == "csv-cp932-japanese-header.csv" {
				opt.Columns = map[string]string{"id": "資料ID", "title": "書名"}
			}
			for rec, err := range CSV(bytes.NewReader(sharedData(t, "wild/"+name)), opt) {
				var p *Problem
				switch {
				case errors.As(err, &p):
					got = append(got, fmt.Sprintf("!%s %s: %q", p.Bib, p.Fault, p.Value))
				case err != nil:
					got = append(got, "!!"+err.Error())
				default:
					b := rec.Bib
					line := fmt.Sprintf("%s %s", b.ID, b.Title)
					for _, c := range b.Creators {
						line += " " + c.Name
					}
					if b.Year != 0 {
						line += fmt.Sprintf(" %d", b.Year)
					}
					line = strings.Join(append(append([]string{line}, b.ISBNs...), b.NDC...), " ")
					for _, it := range rec.Items {
						if it.Barcode != "" {
							line += " #" + it.Barcode
						}
					}
					got = append(got, strings.TrimSpace(line+" "+b.Language))
				}
			}
			if !slices.EqualFunc(got, want, func(got, want string) bool {
				if strings.HasPrefix(want, "note ") || strings.HasPrefix(want, "!") {
					id, fault, _ := strings.Cut(want, ": ")
					return strings.HasPrefix(got, id) && strings.Contains(got, fault)
				}
				return got == want
			}) {
				t.Errorf("got %.1000q\nwant %.1000q", got, want)
			}
		})
	}
}
