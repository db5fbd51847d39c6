package intake

import (
	"errors"
	"strings"
	"testing"

	"madoguchi/library"
)

func TestReadDays(t *testing.T) {
	for text, want := range map[string]string{
		"2026-12-29": "2026-12-29", "令和8年12月29日": "2026-12-29", "2026/12/29(火)": "2026-12-29", "2026年12月29日（火曜日）": "2026-12-29",
		"2026-12-30〜2027-01-01": "2026-12-30 2026-12-31 2027-01-01", "2026/12/31 ～ 2027/1/1": "2026-12-31 2027-01-01",
		"令和8年12月31日（木）から令和9年1月1日（金）まで": "2026-12-31 2027-01-01", "2026-12-29~2026-12-29": "2026-12-29",
		"2026-12-29(水)": "", "2026-02-29": "", "29/12/2026": "", "2027-01-01〜2026-12-31": "", "2026-01-01〜2027-01-02": "", "2026-12-29〜": "", "〜": "", "": "", "46385": "",
		"平成39年1月4日": "2027-01-04", "H38.12.31〜令和9年1月1日": "2026-12-31 2027-01-01",
	} {
		days, err := ReadDays(text)
		var got []string
		for _, d := range days {
			got = append(got, d.String())
		}
		if strings.Join(got, " ") != want || (err == nil) != (want != "") {
			t.Errorf("ReadDays(%q) = %v, %v, want %s", text, days, err, want)
		}
	}
}

func TestClosedDaysOfAnEraThatEnded(t *testing.T) {
	var notes []Problem
	opt := CalendarOptions{Note: func(p Problem) { notes = append(notes, p) }}
	rows := 0
	for row, err := range ReadClosedDays(strings.NewReader("館,休館日\n全館,平成39年1月4日\n全館,令和9年1月5日\n"), opt) {
		if rows++; err != nil || len(row.Days) != 1 {
			t.Errorf("%v, %v", row, err)
		}
	}
	if rows != 2 || len(notes) != 1 || notes[0].Line != 2 || notes[0].Value != "平成39年1月4日" {
		t.Errorf("%d rows, notes %v", rows, notes)
	}
}

// What is yielded are days of branches that there are, and each line of the file is
// yielded or told of.
func FuzzReadClosedDays(f *testing.F) {
	f.Add("branch,date\nchuo,2026-12-29\n*,2027-01-01\n")
	f.Add("\ufeffdate,branch\n\"2026-12-29,chuo\n")
	f.Add("館;休館日\n中央;令和8年12月29日〜令和9年1月3日\n")
	f.Add("館コード\t日付\r\n全館\t2026/12/29(火)\r\n")
	branches, err := NewBranches(someBranches, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows := 0
		for row, err := range ReadClosedDays(strings.NewReader(text), CalendarOptions{Branches: branches}) {
			rows++
			problem := (*Problem)(nil)
			switch {
			case err == nil:
				if _, known := branches.Find(string(row.Branch)); row.Branch != "" && !known || len(row.Days) == 0 || len(row.Days) > longestSpan {
					t.Errorf("%+v", row)
				}
				for _, d := range row.Days {
					if _, err := library.NewDate(d.Year, int(d.Month), d.Day); err != nil {
						t.Error(err)
					}
				}
			case errors.As(err, &problem):
				if problem.Fault == "" || problem.Line == 0 {
					t.Errorf("%+v", problem)
				}
			}
		}
		if lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1; rows > lines {
			t.Errorf("%d rows of %d lines", rows, lines)
		}
	})
}
