package library

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestReadWeekdays(t *testing.T) {
	for text, want := range map[string]string{
		"mon": "mon", "Monday": "mon", "MON": "mon", " ｍｏｎ ": "mon", "Mon.": "mon", "mondays": "mon", "tues": "tue", "Thurs": "thu",
		"月": "mon", "月曜": "mon", "月曜日": "mon", "(月)": "mon", "（月）": "mon",
		"月,火": "mon tue", "月、火": "mon tue", "月・火": "mon tue", "月 火": "mon tue", "火，月": "mon tue", "sat,sun": "sun sat", "月/火": "mon tue",
		"土日": "sun sat", "月火水木金": "mon tue wed thu fri", "日日": "sun",
		"mon-fri": "mon tue wed thu fri", "火〜金": "tue wed thu fri", "火～金": "tue wed thu fri", "月曜日から水曜日まで": "mon tue wed", "金-月": "sun mon fri sat", "月ー水": "mon tue wed",
		"毎日": "sun mon tue wed thu fri sat", "平日": "mon tue wed thu fri", "mon,土日": "sun mon sat",
		"": "", " ": "", ",": "", "祝": "", "土日祝": "", "sunn": "", "m": "", "月-": "", "-月": "", "1": "", "月曜祝日": "", "2026-11-30": "",
	} {
		days, err := ReadWeekdays(text)
		var said []string
		for _, d := range days {
			said = append(said, WeekdayText(d))
		}
		if got := strings.Join(said, " "); got != want || (err == nil) != (want != "") {
			t.Errorf("ReadWeekdays(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestReadHours(t *testing.T) {
	for text, want := range map[string]string{
		"9:30-19:00": "9:30-19:00", "9：30〜17：00": "9:30-17:00", "９：３０～１７：００": "9:30-17:00", " 09:30 - 17:00 ": "9:30-17:00", "9:30–17:00": "9:30-17:00",
		"9時30分から19時まで": "9:30-19:00", "9時半〜17時": "9:30-17:00", "午前9時〜午後5時": "9:00-17:00", "午前10時半-午後7時30分": "10:30-19:30", "午後0時-午後5時": "12:00-17:00",
		"9-17": "9:00-17:00", "0:00-24:00": "0:00-24:00", "closed": "closed", "休館": "closed", "休": "closed", " Closed ": "closed",
		"": "", "9:30": "", "-": "", "9:3-17:00": "", "9:60-17:00": "", "19:00-9:30": "", "9:00-9:00": "", "9:00-24:01": "", "午後13時-午後5時": "", "午前9時-午後12時": "", "9:30-19:00-20:00": "", "930-1900": "",
	} {
		h, err := ReadHours(text)
		if err != nil && want != "" || err == nil && h.String() != want {
			t.Errorf("ReadHours(%q) = %s, %v, want %q", text, h, err, want)
		}
	}
}

func TestHoursText(t *testing.T) {
	week := func(closed ...time.Weekday) (c Calendar) {
		for d := range c.Hours {
			if c.Hours[d] = (Hours{Open: 570, Close: 1140}); d == 0 || d == 6 {
				c.Hours[d].Close = 1020
			}
			if slices.Contains(closed, time.Weekday(d)) {
				c.Hours[d] = Hours{}
			}
		}
		return c
	}
	for want, c := range map[string]Calendar{
		"no opening hours": {},
		"mon closed, tue-fri 9:30-19:00, sat-sun 9:30-17:00":                             week(time.Monday),
		"mon-tue 9:30-19:00, wed closed, thu-fri 9:30-19:00, sat 9:30-17:00, sun closed": week(time.Wednesday, time.Sunday),
		"mon-sun 9:00-17:00": {Hours: [7]Hours{{540, 1020}, {540, 1020}, {540, 1020}, {540, 1020}, {540, 1020}, {540, 1020}, {540, 1020}}},
	} {
		if got := c.HoursText(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What is written can be read again, whatever was read.
func FuzzReadHoursAndWeekdays(f *testing.F) {
	for _, s := range []string{"9:30-19:00", "9時半〜17時", "午後0時-午後5時", "closed", "土日", "火〜金", "月曜日から水曜日まで", "mon-fri,sun", "ー", "から"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if h, err := ReadHours(text); err == nil {
			if h != (Hours{}) && (h.Open < 0 || h.Open >= h.Close || h.Close > 24*60) {
				t.Errorf("ReadHours(%q) = %+v", text, h)
			}
			if again, err := ReadHours(h.String()); err != nil || again != h {
				t.Errorf("%q is read as %s, and that as %s, %v", text, h, again, err)
			}
		}
		if days, err := ReadWeekdays(text); err == nil {
			if len(days) == 0 || !slices.IsSorted(days) || days[0] < 0 || days[len(days)-1] > 6 || len(slices.Compact(slices.Clone(days))) != len(days) {
				t.Errorf("ReadWeekdays(%q) = %v", text, days)
			}
			for _, d := range days {
				if again, err := ReadWeekdays(WeekdayText(d)); err != nil || !slices.Equal(again, []time.Weekday{d}) {
					t.Errorf("%v is written as %s, which is read as %v", d, WeekdayText(d), again)
				}
			}
		}
	})
}
