package library

import (
	"testing"

	"pgregory.net/rapid"
)

func TestShelfUntil(t *testing.T) {
	open := Hours{Open: 600, Close: 1140}
	everyDay := [7]Hours{open, open, open, open, open, open, open}
	notMondays := [7]Hours{open, {}, open, open, open, open, open}
	yearEnd := []Date{day("2026-12-29"), day("2026-12-30"), day("2026-12-31"), day("2027-01-01"), day("2027-01-02"), day("2027-01-03")}
	for _, c := range []struct {
		name     string
		calendar Calendar
		told     string
		days     int
		want     string
	}{
		{"never closed", Calendar{Hours: everyDay}, "2026-11-24", 7, "2026-12-01"},
		{"the day of contact does not count", Calendar{Hours: everyDay}, "2026-11-24", 1, "2026-11-25"},
		{"closed on Mondays", Calendar{Hours: notMondays}, "2026-11-24", 7, "2026-12-02"},
		{"told on a Sunday", Calendar{Hours: notMondays}, "2026-11-29", 1, "2026-12-01"},
		{"told on a closed day", Calendar{Hours: notMondays}, "2026-11-30", 7, "2026-12-08"},
		{"a closed date", Calendar{Hours: notMondays, Closed: []Date{day("2026-11-28")}}, "2026-11-24", 7, "2026-12-03"},
		{"a closed date on a closed weekday", Calendar{Hours: notMondays, Closed: []Date{day("2026-11-30")}}, "2026-11-24", 7, "2026-12-02"},
		{"the last day is closed", Calendar{Hours: everyDay, Closed: []Date{day("2026-12-01")}}, "2026-11-24", 7, "2026-12-02"},
		{"over the year's end", Calendar{Hours: notMondays, Closed: yearEnd}, "2026-12-26", 7, "2027-01-10"},
		{"told on the last day of the year", Calendar{Hours: notMondays, Closed: yearEnd}, "2026-12-28", 7, "2027-01-12"},
		{"told before a leap day", Calendar{Hours: everyDay}, "2028-02-28", 1, "2028-02-29"},
		{"no days", Calendar{Hours: everyDay}, "2026-11-24", 0, "2026-11-24"},
		{"no calendar", Calendar{}, "2026-11-24", 7, "2026-12-01"},
	} {
		if got := ShelfUntil(c.calendar, day(c.told), c.days); got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// The last day is open, and between it and the day of contact there are as many open
// days as are promised.
func TestShelfUntilCountsOpenDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Calendar
		for i := range c.Hours {
			if rapid.Bool().Draw(t, "open") {
				c.Hours[i] = Hours{Open: 600, Close: 1140}
			}
		}
		c.Hours[rapid.IntRange(0, 6).Draw(t, "weekday")] = Hours{Open: 600, Close: 1140}
		told := day("2026-11-24").Add(rapid.IntRange(0, 400).Draw(t, "told"))
		for range rapid.IntRange(0, 10).Draw(t, "closed") {
			c.Closed = append(c.Closed, told.Add(rapid.IntRange(-2, 60).Draw(t, "closed")))
		}
		days := rapid.IntRange(1, 30).Draw(t, "days")
		last, n := ShelfUntil(c, told, days), 0
		for d := told.Add(1); !last.Before(d); d = d.Add(1) {
			if _, open := c.On(d); open {
				n++
			}
		}
		if _, open := c.On(last); n != days || !open {
			t.Fatalf("from %s to %s there are %d open days, want %d; the last is open: %v", told, last, n, days, open)
		}
	})
}
