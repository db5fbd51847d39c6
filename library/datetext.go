package library

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// What ReadDate says of a text that is no day. They do not repeat the text, which may be
// somebody's birth date.
var (
	ErrNotADate   = errors.New("not a date: write it like 2026-11-24, 2026/11/24, 20261124 or 令和8年11月24日")
	ErrNoSuchDay  = errors.New("a day that the calendar does not have")
	ErrSerialDate = errors.New("a number and not a date, as a spreadsheet counts days: give the column a date format there, and save the file again")
	ErrDayFirst   = errors.New("a date with the year at its end, of which nobody can tell the day from the month: write it like 2026-11-24")
	ErrNoCentury  = errors.New("a date whose year has two digits and no era: write it like 2026-11-24 or 令和8年11月24日")
	ErrTwoYears   = errors.New("a date with two years that are not the same")
)

// The parts of a date in half width, which turns ㍻ into 平成.
const (
	eraWord   = `(令和|平成|昭和|大正|明治|[令平昭大明]|[RHSTM])`
	eraYear   = `(?:` + eraWord + `\.? ?)?(元|\d{1,4}|[〇一二三四五六七八九十]{1,4})`
	dayNumber = `(\d{1,2}|[一二三四五六七八九十]{1,3})`
)

var (
	dateText = regexp.MustCompile(`^(?:西暦 ?)?` + eraYear + `(?: ?年? ?\( ?(?:西暦 ?)?` + eraYear + ` ?年? ?\)(?: ?年| ?[-/.])?| ?年| ?[-/.]) ?` +
		dayNumber + ` ?[-/.月] ?` + dayNumber + ` ?(?:日(?:生まれ|生)?|\.)?$`)
	dateDigits    = regexp.MustCompile(`^(?:` + eraWord + ` ?(\d{2})|(\d{4}))(\d{2})(\d{2})$`)
	timeBehind    = regexp.MustCompile(`(?: |T)(?:AM |PM |午前 ?|午後 ?)?\d{1,2}(?::\d{2}(?::\d{2}(?:[.,]\d+)?)?|時(?:\d{1,2}分(?:\d{1,2}秒)?)?)(?: ?[AP]M)?(?: ?(?:Z|UTC|JST|[+-]\d{2}:?\d{2}))?$`)
	weekdayBehind = regexp.MustCompile(` ?(?:\( ?[月火水木金土日](?:曜日?)? ?\)|[月火水木金土日]曜日?)$`)

	dayFirst  = regexp.MustCompile(`^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}$`)
	noCentury = regexp.MustCompile(`^'?\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?$`)
	daySerial = regexp.MustCompile(`^\d+(\.\d+)?$`)
)

// ReadDate reads a day as people and spreadsheets write it: 2000-02-29, 2000/2/29,
// 2000.2.29, 20000229, 2000年2月29日, in full width too, with a weekday or a time behind, and
// by the years of an era (和暦): 平成12年2月29日, 平12.2.29, ㍻12.2.29, H12.2.29, H120229,
// 令和元年5月1日, 昭和六十四年一月七日. It does not guess: not whether 02/03/2000 is in February
// or in March, not the century of 00-02-29, not what day 36585 is; and 2001-02-29 is none.
// Its errors are the ones above.
func ReadDate(text string) (Date, error) { return readDate(text, Era.Date) }

// ReadComingDate is ReadDate for a day that may be still to come, which systems write that
// count the years of an era on after its end: 平成39年3月31日 is 2027-03-31. It reports
// where it was such a day.
func ReadComingDate(text string) (d Date, countedOn bool, err error) {
	if d, err = ReadDate(text); err == nil {
		return d, false, nil
	}
	if d, onErr := readDate(text, Era.dateOn); onErr == nil {
		return d, true, nil
	}
	return Date{}, false, err
}

func readDate(text string, dateIn eraDate) (Date, error) {
	s := plainDate(text)
	s = weekdayBehind.ReplaceAllString(timeBehind.ReplaceAllString(s, ""), "")
	if m := dateDigits.FindStringSubmatch(s); m != nil {
		return dateOf(dateIn, m[1], m[2]+m[3], m[4], m[5])
	}
	if m := dateText.FindStringSubmatch(s); m != nil && !noCentury.MatchString(s) {
		d, err := dateOf(dateIn, m[1], m[2], m[5], m[6])
		if err != nil || m[4] == "" {
			return d, err
		}
		if also, err := dateOf(dateIn, m[3], m[4], m[5], m[6]); err != nil || also != d {
			return Date{}, ErrTwoYears
		}
		return d, nil
	}
	switch {
	case dayFirst.MatchString(s):
		return Date{}, ErrDayFirst
	case noCentury.MatchString(s):
		return Date{}, ErrNoCentury
	case daySerial.MatchString(s):
		return Date{}, ErrSerialDate
	}
	return Date{}, ErrNotADate
}

// plainDate writes a date in half width and capitals, with one kind of hyphen and single
// spaces.
func plainDate(text string) string {
	s := strings.Map(func(r rune) rune {
		switch r {
		case '‐', '‑', '‒', '–', '—', '―', '−', 'ー':
			return '-'
		case '・', '·':
			return '.'
		case '\uFEFF', '\u200B':
			return -1
		}
		return r
	}, strings.ToUpper(norm.NFKC.String(text)))
	return strings.Join(strings.Fields(s), " ")
}

// eraDate is the day of a year of an era.
type eraDate func(e Era, year, month, day int) (Date, error)

func dateOf(dateIn eraDate, era, year, month, day string) (Date, error) {
	y, m, d := dateNumber(year), dateNumber(month), dateNumber(day)
	if era == "" {
		if len([]rune(year)) != 4 {
			return Date{}, ErrNotADate
		}
		date, err := NewDate(y, m, d)
		if err != nil {
			err = ErrNoSuchDay
		}
		return date, err
	}
	for _, e := range Eras {
		if era == e.Code || strings.HasPrefix(e.Name, era) {
			if date, err := dateIn(e, y, m, d); err == nil {
				return date, nil
			}
		}
	}
	return Date{}, ErrNoSuchDay
}

// dateNumber reads 12, 十二 and 元.
func dateNumber(s string) int {
	if s == "元" {
		return 1
	}
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	n, _ := kanjiNumber([]rune(s))
	return int(n)
}
