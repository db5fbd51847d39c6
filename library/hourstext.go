package library

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// weekdayLetters are the weekdays as calendars abbreviate them, by time.Weekday.
var weekdayLetters = []rune("日月火水木金土")

// manyWeekdays are words for several weekdays.
var manyWeekdays = map[string][]time.Weekday{
	"毎日": everyWeekday, "全日": everyWeekday, "daily": everyWeekday, "everyday": everyWeekday,
	"平日": {time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}, "weekdays": {time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
	"週末": {time.Sunday, time.Saturday}, "weekend": {time.Sunday, time.Saturday},
}

var everyWeekday = []time.Weekday{0, 1, 2, 3, 4, 5, 6}

// spanSign is how people write "from … to".
var spanSign = regexp.MustCompile(`[-~〜‐‑–—−ー]|から`)

// ReadWeekdays reads one weekday or several, as people write them: mon, Monday, 月, 月曜,
// 月曜日, 土日, "月,火", "月・火", mon-fri, 火〜金, 毎日; in any width and case. It returns
// them in the order of time.Weekday, each once.
func ReadWeekdays(text string) ([]time.Weekday, error) {
	var days []time.Weekday
	for _, word := range strings.FieldsFunc(fold(text), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",、・/;()", r)
	}) {
		some, ok := weekdaysOf(word)
		if !ok {
			return nil, fmt.Errorf("%q is not a weekday; write sun, mon, tue, wed, thu, fri or sat, or 日 月 火 水 木 金 土", text)
		}
		days = append(days, some...)
	}
	if len(days) == 0 {
		return nil, errors.New("no weekday is named; write sun, mon, tue, wed, thu, fri or sat, or 日 月 火 水 木 金 土")
	}
	slices.Sort(days)
	return slices.Compact(days), nil
}

// weekdaysOf reads a word without spaces.
func weekdaysOf(word string) (days []time.Weekday, ok bool) {
	if many, ok := manyWeekdays[word]; ok {
		return many, true
	}
	if at := spanSign.FindStringIndex(word); at != nil {
		first, ok1 := weekdayOf(word[:at[0]])
		last, ok2 := weekdayOf(strings.TrimSuffix(word[at[1]:], "まで"))
		for d := first; ok1 && ok2; d = (d + 1) % 7 {
			days = append(days, d)
			if d == last {
				break
			}
		}
		return days, ok1 && ok2
	}
	if d, ok := weekdayOf(word); ok {
		return []time.Weekday{d}, true
	}
	for _, letter := range word { // 土日
		d := slices.Index(weekdayLetters, letter)
		if d < 0 {
			return nil, false
		}
		days = append(days, time.Weekday(d))
	}
	return days, true
}

func weekdayOf(word string) (time.Weekday, bool) {
	word = strings.TrimSuffix(word, ".")
	for d := time.Sunday; d <= time.Saturday; d++ {
		letter, english := string(weekdayLetters[d]), strings.ToLower(d.String())
		switch word {
		case letter, letter + "曜", letter + "曜日", english, english + "s", english[:3]:
			return d, true
		}
	}
	switch word {
	case "tues":
		return time.Tuesday, true
	case "thur", "thurs":
		return time.Thursday, true
	}
	return 0, false
}

// closedWords say in the place of hours that a branch is closed.
var closedWords = []string{"closed", "休", "休み", "休館", "休館日", "閉館"}

// ReadHours reads the opening hours of a day, as people write them: 9:30-19:00,
// 9：30〜19：00, 9時30分から19時まで, 午前9時半〜午後7時. closed and 休館 are zero Hours.
func ReadHours(text string) (Hours, error) {
	word := strings.Join(strings.Fields(fold(text)), "")
	if slices.Contains(closedWords, word) {
		return Hours{}, nil
	}
	at := spanSign.FindStringIndex(word)
	if at != nil {
		open, ok1 := timeOfDay(word[:at[0]])
		end, ok2 := timeOfDay(strings.TrimSuffix(word[at[1]:], "まで"))
		if ok1 && ok2 && open < end {
			return Hours{Open: open, Close: end}, nil
		}
	}
	return Hours{}, fmt.Errorf("%q are not opening hours; write them like 9:30-19:00", text)
}

var clockTime = regexp.MustCompile(`^(午前|午後)?(\d{1,2})(?::(\d{2})|時(?:(\d{1,2})分|(半))?)?$`)

// timeOfDay reads a time in minutes after midnight; the end of a day is 24:00.
func timeOfDay(word string) (minutes int, ok bool) {
	m := clockTime.FindStringSubmatch(word)
	if m == nil {
		return 0, false
	}
	hour, _ := strconv.Atoi(m[2])
	minute, _ := strconv.Atoi(m[3] + m[4]) // one of them, or none
	if m[5] != "" {
		minute = 30
	}
	if m[1] != "" && hour > 11 || minute > 59 {
		return 0, false
	}
	if m[1] == "午後" {
		hour += 12
	}
	minutes = hour*60 + minute
	return minutes, minutes <= 24*60
}

// fold makes width and case alike.
func fold(text string) string { return strings.ToLower(norm.NFKC.String(text)) }

// String writes the hours as 9:30-19:00, and closed.
func (h Hours) String() string {
	if h.Close <= h.Open {
		return "closed"
	}
	return fmt.Sprintf("%d:%02d-%d:%02d", h.Open/60, h.Open%60, h.Close/60, h.Close%60)
}

// HoursText writes the hours of a week, the weekdays that have the same ones together:
// "mon closed, tue-fri 9:30-19:00, sat-sun 9:30-17:00". ReadWeekdays and ReadHours read
// its parts.
func (c Calendar) HoursText() string {
	if !c.Entered() {
		return "no opening hours"
	}
	var runs []string
	for n := 1; n <= 7; {
		first := n
		for n++; n <= 7 && c.Hours[n%7] == c.Hours[first%7]; n++ {
		}
		days := WeekdayText(time.Weekday(first % 7))
		if n-first > 1 {
			days += "-" + WeekdayText(time.Weekday((n-1)%7))
		}
		runs = append(runs, days+" "+c.Hours[first%7].String())
	}
	return strings.Join(runs, ", ")
}

// WeekdayText writes a weekday as mon.
func WeekdayText(d time.Weekday) string { return strings.ToLower(d.String()[:3]) }
