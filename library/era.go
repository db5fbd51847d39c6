package library

import (
	"fmt"
	"time"
)

// Era is a Japanese era (元号) in which years are counted (和暦).
type Era struct {
	Code  string // "S"
	Name  string // "昭和"
	First Date   // its first day
	Last  Date   // its last day, which may be the first of the next; zero where it goes on
}

// Eras are those in which somebody who is alive can be born, newest first.
var Eras = []Era{
	{"R", "令和", Date{2019, time.May, 1}, Date{}},
	{"H", "平成", Date{1989, time.January, 8}, Date{2019, time.April, 30}},
	{"S", "昭和", Date{1926, time.December, 25}, Date{1989, time.January, 7}},
	{"T", "大正", Date{1912, time.July, 30}, Date{1926, time.December, 25}},
	{"M", "明治", Date{1868, time.January, 25}, Date{1912, time.July, 30}},
}

// NewDate returns a day of the calendar, or an error where there is no such day.
func NewDate(year, month, day int) (Date, error) {
	d := Date{year, time.Month(month), day}
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || d != DateOf(d.utc()) {
		return Date{}, fmt.Errorf("there is no day %d-%d-%d", year, month, day)
	}
	return d, nil
}

// Date returns the day of a year of the era, which is counted from 1 (元年), or an
// error where there is no such day, or where it is not in the era: 昭和64年1月8日 was
// 平成元年. The days on which 大正 and 昭和 began are of the era before too: 大正15年12月25日 is
// 昭和元年12月25日.
func (e Era) Date(year, month, day int) (Date, error) {
	d, err := e.dateOn(year, month, day)
	if err == nil && !e.has(d) {
		return Date{}, fmt.Errorf("%d-%d was not in the year %d of %s", month, day, year, e.Name)
	}
	return d, err
}

// dateOn is Date where the years of the era are counted on after its end.
func (e Era) dateOn(year, month, day int) (Date, error) {
	d, err := NewDate(e.First.Year+year-1, month, day)
	if err != nil || year < 1 || d.Before(e.First) {
		return Date{}, fmt.Errorf("there is no day %d-%d in the year %d of %s", month, day, year, e.Name)
	}
	return d, nil
}

func (e Era) has(d Date) bool { return !d.Before(e.First) && (e.Last.IsZero() || !e.Last.Before(d)) }

// EraOf returns the era of a day and its year in it, the newer one on a day of two, and
// false before the oldest of Eras.
func EraOf(d Date) (e Era, year int, ok bool) {
	for _, e := range Eras {
		if !d.Before(e.First) {
			return e, d.Year - e.First.Year + 1, true
		}
	}
	return Era{}, 0, false
}

// spellings are the ways in which people write a day in digits, with and without the
// century, and with the year of the era.
func (d Date) spellings() []string {
	y, m, day := d.Year, int(d.Month), d.Day
	all := []string{
		fmt.Sprintf("%04d%02d%02d", y, m, day), fmt.Sprintf("%02d%02d%02d", y%100, m, day),
		fmt.Sprintf("%02d%02d%04d", m, day, y), fmt.Sprintf("%02d%02d%04d", day, m, y),
		fmt.Sprintf("%02d%02d%02d", m, day, y%100), fmt.Sprintf("%02d%02d%02d", day, m, y%100),
		fmt.Sprintf("%04d%d%d", y, m, day), fmt.Sprintf("%d%d%04d", m, day, y), fmt.Sprintf("%d%d%04d", day, m, y),
	}
	for _, e := range Eras {
		if e.has(d) {
			n := y - e.First.Year + 1
			short := fmt.Sprintf("%02d%02d%02d", n, m, day)
			all = append(all, short, e.Code+short, fmt.Sprintf("%s%d%d%d", e.Code, n, m, day))
		}
	}
	return all
}
