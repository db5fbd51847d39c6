package intake

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"

	"madoguchi/library"
)

// ClosedDays is a row of a file of closed days: on which days a branch is closed, or all
// are.
type ClosedDays struct {
	Branch library.BranchCode // "" for all branches
	Days   []library.Date
}

// The names of the columns, by columnKey.
var (
	branchColumns = []string{"branch", "branch_code", "library", "館", "館名", "館コード", "図書館", "図書館名", "図書館コード", "施設", "施設名", "対象館"}
	dayColumns    = []string{"date", "day", "closed", "closed_on", "日", "日付", "年月日", "休館日", "期日", "期間"}
)

// allBranches are the words for all of them.
var allBranches = []string{"*", "all", "全館", "全ての館", "すべての館", "全て", "すべて", "全図書館"}

// CalendarOptions say how a file of closed days is to be read.
type CalendarOptions struct {
	Encoding string // as in Options
	ReadAs   func(encoding string)
	Unread   func(headers []string) // as in Options
	Branches Branches
	Note     func(Problem) // as in Options
}

// ReadClosedDays reads a file of closed days: a table as CSV reads it, with a header line
// that names a column for the branch and one for the day. It yields the rows, once. A
// row that cannot be read is yielded as a *Problem and reading goes on; any other error
// ends it.
func ReadClosedDays(r io.Reader, opt CalendarOptions) iter.Seq2[ClosedDays, error] {
	return func(yield func(ClosedDays, error) bool) {
		text, err := OpenText(r, opt.Encoding)
		if err != nil {
			yield(ClosedDays{}, err)
			return
		}
		defer text.Close()
		if opt.ReadAs != nil && text.Encoding() != UTF8 {
			opt.ReadAs(text.Encoding())
		}
		s, header, err := openCSV(text)
		if err != nil {
			yield(ClosedDays{}, err)
			return
		}
		branch, day := columnOf(header, branchColumns), columnOf(header, dayColumns)
		if (branch < 0 || day < 0) && isData(header) {
			yield(ClosedDays{}, errors.New(noHeader+": branch and date, or 館 and 休館日"))
			return
		}
		if branch < 0 || day < 0 {
			yield(ClosedDays{}, fmt.Errorf("the first line must name the columns branch and date, or 館 and 休館日; it has %s", headerList(header)))
			return
		}
		if unread := (layout{"branch": {branch}, "day": {day}}).unread(header); opt.Unread != nil && len(unread) > 0 {
			opt.Unread(unread)
		}
		s.columns = 0 // spreadsheets leave out empty cells at the end
		for number := 1; ; number++ {
			r, err := s.next()
			if errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				yield(ClosedDays{}, fmt.Errorf("the file cannot be read after line %d: %w", s.line, err))
				return
			}
			at := r.problem()
			at.Number = number
			var c ClosedDays
			if at.Fault == "" {
				var countedOn bool
				c, countedOn, at.Fault, at.Value = closedDays(r.cells, branch, day, opt.Branches)
				if countedOn && opt.Note != nil {
					note := at
					note.Fault, note.Value = "the day counts the years of an era that has ended: it is read as if that went on", r.cells[day]
					opt.Note(note)
				}
			}
			if at.Fault != "" {
				if !yield(ClosedDays{}, &at) {
					return
				}
				continue
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

func columnOf(header, names []string) int {
	return slices.IndexFunc(header, func(h string) bool { return slices.Contains(names, columnKey(h)) })
}

// closedDays reads a row, or says what is wrong with which value.
func closedDays(cells []string, branch, day int, branches Branches) (c ClosedDays, countedOn bool, fault, value string) {
	if len(cells) <= max(branch, day) {
		return c, false, "a column is missing", ""
	}
	c.Branch, fault = closedBranch(cells[branch], branches)
	if fault != "" {
		return c, false, fault, cells[branch]
	}
	days, countedOn, err := readDays(cells[day])
	if err != nil {
		return c, false, "the day is " + err.Error(), cells[day]
	}
	c.Days = days
	return c, countedOn, "", ""
}

func closedBranch(text string, branches Branches) (code library.BranchCode, fault string) {
	code, ok := branches.Find(text)
	if !ok && !slices.Contains(allBranches, foldWord(text)) {
		return "", "there is no branch of this code or name; see: central branch list"
	}
	return code, ""
}

// ClosedDaysOf reads a branch, or a word for all, and days as they stand in a file.
func ClosedDaysOf(branch string, days []string, branches Branches) (c ClosedDays, err error) {
	var fault string
	if c.Branch, fault = closedBranch(branch, branches); fault != "" {
		return c, fmt.Errorf("%q: %s", branch, fault)
	}
	for _, text := range days {
		some, err := ReadDays(text)
		if err != nil {
			return c, fmt.Errorf("%q is %w", text, err)
		}
		c.Days = append(c.Days, some...)
	}
	return c, nil
}

var (
	daySpan    = regexp.MustCompile(`[~〜～]|から`)
	dayWeekday = regexp.MustCompile(`[(（]\s*(\p{L}+)\s*[)）]\s*$`)
)

// longestSpan is how many days are taken for one span of closed days at most.
const longestSpan = 366

// ReadDays reads a day as library.ReadComingDate does, or a span of days,
// 2026-12-29〜2027-01-03, which becomes all of them. Where a weekday stands in brackets
// beside a day, it must be that of the day. The error completes the sentence "this is …".
func ReadDays(text string) ([]library.Date, error) {
	days, _, err := readDays(text)
	return days, err
}

// readDays is ReadDays, and reports whether an era was counted on.
func readDays(text string) (days []library.Date, countedOn bool, err error) {
	at := daySpan.FindStringIndex(text)
	if at == nil {
		d, countedOn, err := readDay(text)
		if err != nil {
			return nil, false, err
		}
		return []library.Date{d}, countedOn, nil
	}
	first, one, err := readDay(text[:at[0]])
	if err != nil {
		return nil, false, err
	}
	last, other, err := readDay(strings.TrimSuffix(strings.TrimSpace(text[at[1]:]), "まで"))
	if err != nil {
		return nil, false, err
	}
	n := last.Sub(first)
	if n < 0 || n >= longestSpan {
		return nil, false, errors.New("no span of days within a year")
	}
	for i := range n + 1 {
		days = append(days, first.Add(i))
	}
	return days, one || other, nil
}

func readDay(text string) (d library.Date, countedOn bool, err error) {
	if d, countedOn, err = library.ReadComingDate(text); err != nil {
		return library.Date{}, false, err
	}
	if beside := dayWeekday.FindStringSubmatch(text); beside != nil {
		if weekdays, err := library.ReadWeekdays(beside[1]); err == nil && !slices.Contains(weekdays, d.Weekday()) {
			return library.Date{}, false, errors.New("a day beside which the weekday of another one stands; which is meant?")
		}
	}
	return d, countedOn, nil
}
