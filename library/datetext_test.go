package library_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"madoguchi/library"
)

func TestReadDate(t *testing.T) {
	leap, lastOfShowa := library.Date{Year: 2000, Month: 2, Day: 29}, library.Date{Year: 1989, Month: 1, Day: 7}
	for want, texts := range map[library.Date][]string{
		leap: {
			"2000-02-29", "2000-2-29", "2000/2/29", "2000/02/29", "2000.2.29", "2000. 2. 29", "2000.02.29.", "20000229", "2000年2月29日",
			"2000年02月29日", " 2000 年 2 月 29 日 ", "西暦2000年2月29日", "２０００－０２－２９", "２０００年２月２９日", "２０００／２／２９", "2000−2−29", "2000ー2ー29",
			"2000/2/29 0:00", "2000/02/29 00:00:00", "2000-02-29T00:00:00Z", "2000-02-29T09:30:00.000+09:00", "2000-02-29 12:00:00 AM",
			"2000年2月29日 9時30分", "2000年2月29日 午前9時", "2000/2/29(火)", "2000年2月29日（火曜日）", "2000年2月29日火曜日", "2000/2/29(火) 10:00", "\uFEFF2000-02-29",
			"平成12年2月29日", "平成12年02月29日", "平成 12年 2月 29日", "平成１２年２月２９日", "平12年2月29日", "平12.2.29", "平成12.2.29", "平成12/2/29", "平成12-2-29",
			"㍻12年2月29日", "㍻12.2.29", "H12.2.29", "H12.02.29", "h12.2.29", "Ｈ１２．２．２９", "H12/2/29", "H12-2-29", "H12年2月29日", "H 12.2.29", "H.12.2.29",
			"H120229", "平成120229", "H12・2・29", "平成十二年二月二十九日", "二〇〇〇年二月二九日", "平成12年2月29日生", "平成12年2月29日生まれ",
			"2000年(平成12年)2月29日", "平成12年（2000年）2月29日", "2000(H12)年2月29日", "平成12(2000)年2月29日", "平成12(2000).2.29", "H12.2.29 0:00",
		},
		lastOfShowa:                      {"昭和64年1月7日", "S64.1.7", "昭64.1.7", "㍼64年1月7日", "S640107", "昭和六十四年一月七日", "1989/1/7"},
		{Year: 1989, Month: 1, Day: 8}:   {"平成元年1月8日", "平成1年1月8日", "H1.1.8", "H01.01.08", "H010108", "㍻元年1月8日", "平元.1.8", "H元.1.8"},
		{Year: 2019, Month: 5, Day: 1}:   {"令和元年5月1日", "令元年5月1日", "㋿元年5月1日", "R1.5.1", "R010501"},
		{Year: 1920, Month: 3, Day: 4}:   {"大正9年3月4日", "大9.3.4", "T9.3.4", "㍽9年3月4日"},
		{Year: 1912, Month: 7, Day: 29}:  {"明治45年7月29日", "M45.7.29", "㍾45.7.29", "明45.7.29"},
		{Year: 9999, Month: 12, Day: 31}: {"9999-12-31", "99991231"},
		{Year: 2026, Month: 11, Day: 24}: {"2026-11-24"},
		{Year: 2027, Month: 3, Day: 31}:  {"令和9年3月31日", "R9.3.31"},
		{Year: 1955, Month: 10, Day: 10}: {"昭和三十年十月十日", "S30.10.10", "一九五五年十月十日"},
		{Year: 1999, Month: 12, Day: 31}: {"H11.12.31", "1999.12.31"},
		{Year: 1926, Month: 12, Day: 25}: {"昭和元年12月25日", "S1.12.25", "大正15年12月25日", "T151225", "1926(大正15)年12月25日"},
		{Year: 1989, Month: 11, Day: 1}:  {"平成元年11月1日", "H元.11.1"},
		{Year: 2021, Month: 1, Day: 2}:   {"令和3年1月2日(土)", "R3.1.2", "2021/1/2"},
		{Year: 2004, Month: 10, Day: 20}: {"2004年10月20日", "平成十六年十月二十日"},
		{Year: 1980, Month: 5, Day: 3}:   {"昭和55年5月3日", "S55/05/03"},
		{Year: 1975, Month: 12, Day: 1}:  {"S50.12.1", "昭和五十年十二月一日"},
		{Year: 1868, Month: 1, Day: 25}:  {"明治元年1月25日"},
		{Year: 2019, Month: 4, Day: 30}:  {"平成31年4月30日", "H31.4.30"},
		{Year: 1926, Month: 12, Day: 24}: {"大正15年12月24日", "T15.12.24"},
		{Year: 1000, Month: 1, Day: 1}:   {"1000-01-01"},
		{Year: 1912, Month: 7, Day: 30}:  {"大正元年7月30日", "T1.7.30", "明治45年7月30日", "M45.7.30"},
	} {
		for _, text := range texts {
			if got, err := library.ReadDate(text); err != nil || got != want {
				t.Errorf("%q: %v, %v; want %v", text, got, err, want)
			}
		}
	}
	for want, texts := range map[error][]string{
		library.ErrNoSuchDay: {"2001-02-29", "2000年2月30日", "2000/13/1", "20000230", "0000-00-00", "00000000", "99999999", "0000-01-01", "平成12年2月30日", "昭和64年1月8日",
			"平成元年1月7日", "令和元年4月30日", "平成0年1月1日", "H120230", "昭和99年1月1日", "平成32年1月1日", "大正15年12月26日", "明治45年7月31日", "2026-00-10"},
		library.ErrSerialDate: {"36585", "36585.5", "36585.0", "2000", "1", "200002", "3.6585"},
		library.ErrDayFirst:   {"29/02/2000", "2/29/2000", "29.2.2000", "29-2-2000", "29/02/2000 0:00"},
		library.ErrNoCentury:  {"00-02-29", "12.2.29", "99/12/31", "'99/12/31", "12年2月29日"},
		library.ErrTwoYears:   {"2000年(平成13年)2月29日", "平成12年(2001年)2月29日"},
		library.ErrNotADate: {"", " ", "ひみつ", "元年1月1日", "2000-02", "2000年2月", "H12", "平成12年", "3.66E+04", "2000-02-29-1", "2000-02-29x", "x2000-02-29", "200-02-29",
			"2000-0229", "29 Feb 2000", "X12.2.29", "H12.2.29.5", "2000-02-290:00", "2000--02-29", "-2000-02-29", "20000-02-29", "4120229x", "〜2000-02-29", "2000-02-29〜2001-01-01",
			"二千年", "平成12年度", "一.二.三", "'36585", "H1 2 3"},
	} {
		for _, text := range texts {
			if got, err := library.ReadDate(text); !errors.Is(err, want) || !got.IsZero() {
				t.Errorf("%q: %v, %v; want the error %q", text, got, err, want)
			}
		}
	}
	// A number of a municipality's system: its first digit names the era, and nothing says so.
	if got, err := library.ReadDate("4120229"); err == nil {
		t.Errorf("4120229 was guessed to be %v", got)
	}
}

func TestReadComingDate(t *testing.T) {
	for text, want := range map[string]struct {
		date library.Date
		on   bool
	}{
		"2027-03-31":        {library.Date{Year: 2027, Month: 3, Day: 31}, false},
		"令和9年3月31日":         {library.Date{Year: 2027, Month: 3, Day: 31}, false},
		"平成39年3月31日":        {library.Date{Year: 2027, Month: 3, Day: 31}, true},
		"H39.3.31":          {library.Date{Year: 2027, Month: 3, Day: 31}, true},
		"H390331":           {library.Date{Year: 2027, Month: 3, Day: 31}, true},
		"昭和102年3月31日":       {library.Date{Year: 2027, Month: 3, Day: 31}, true},
		"2027年(平成39年)3月31日": {library.Date{Year: 2027, Month: 3, Day: 31}, true},
		"平成31年5月1日":         {library.Date{Year: 2019, Month: 5, Day: 1}, true},
		"平成31年4月30日":        {library.Date{Year: 2019, Month: 4, Day: 30}, false},
		"平成39年2月29日":        {},
		"令和元年4月30日":         {},
		"46477":             {},
	} {
		if d, on, err := library.ReadComingDate(text); d != want.date || on != want.on || (err == nil) == want.date.IsZero() {
			t.Errorf("%q: %v, %v, %v", text, d, on, err)
		}
	}
}

// Each day of an era is read back from each way of writing it.
func TestReadDateReadsEachDay(t *testing.T) {
	first := library.Eras[len(library.Eras)-1].First
	rapid.Check(t, func(t *rapid.T) {
		day := first.Add(rapid.IntRange(0, 70_000).Draw(t, "day"))
		text := rapid.SampledFrom(dateSpellings(day)).Draw(t, "text")
		if got, err := library.ReadDate(text); err != nil || got != day {
			t.Fatalf("%q: %v, %v; want %v", text, got, err, day)
		}
	})
}

// FuzzReadDate: what is read is a day of the calendar, which is read back from its own text.
func FuzzReadDate(f *testing.F) {
	for _, s := range []string{"2000-02-29", "平成12年2月29日", "H120229", "2000/2/29 0:00", "36585", "2000年(平成12年)2月29日(火)", "元", "㍻", "平成十二年二月二十九日"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := library.ReadDate(text)
		if err != nil {
			if !d.IsZero() {
				t.Fatalf("%q: %v with %v", text, d, err)
			}
			return
		}
		if same, err := library.NewDate(d.Year, int(d.Month), d.Day); err != nil || same != d {
			t.Fatalf("%q: %v is no day: %v", text, d, err)
		}
		for _, again := range dateSpellings(d) {
			if back, err := library.ReadDate(again); err != nil || back != d {
				t.Fatalf("%q: %v, written as %q, is read as %v, %v", text, d, again, back, err)
			}
		}
	})
}

// dateSpellings are ways of writing a day.
func dateSpellings(d library.Date) []string {
	y, m, day := d.Year, int(d.Month), d.Day
	all := []string{
		d.String(), fmt.Sprintf("%04d/%d/%d", y, m, day), fmt.Sprintf("%04d.%d.%d", y, m, day), fmt.Sprintf("%04d%02d%02d", y, m, day),
		fmt.Sprintf("%04d年%d月%d日", y, m, day), fmt.Sprintf("%04d/%d/%d 0:00", y, m, day),
	}
	if e, n, ok := library.EraOf(d); ok && n < 100 {
		all = append(all, fmt.Sprintf("%s%d年%d月%d日", e.Name, n, m, day), fmt.Sprintf("%s%d.%d.%d", e.Code, n, m, day), fmt.Sprintf("%s%02d%02d%02d", e.Code, n, m, day),
			fmt.Sprintf("%c%d/%d/%d", []rune(e.Name)[0], n, m, day), fmt.Sprintf("%04d年(%s%d年)%d月%d日", y, e.Name, n, m, day))
	}
	return all
}
