package library_test

import (
	"testing"

	"pgregory.net/rapid"

	"madoguchi/library"
)

func era(t testing.TB, code string) library.Era {
	t.Helper()
	for _, e := range library.Eras {
		if e.Code == code {
			return e
		}
	}
	t.Fatalf("there is no era %s", code)
	return library.Era{}
}

// TestEras: on the days on which eras change, the last day of one is followed by the
// first of the next, or both are one day; no other day is of two.
func TestEras(t *testing.T) {
	tests := []struct {
		era              string
		year, month, day int
		want             library.Date // zero: there is no such day
	}{
		{"R", 1, 5, 1, library.Date{Year: 2019, Month: 5, Day: 1}},
		{"R", 1, 4, 30, library.Date{}},
		{"H", 31, 4, 30, library.Date{Year: 2019, Month: 4, Day: 30}},
		{"H", 31, 5, 1, library.Date{}},
		{"H", 1, 1, 8, library.Date{Year: 1989, Month: 1, Day: 8}},
		{"H", 1, 1, 7, library.Date{}},
		{"S", 64, 1, 7, library.Date{Year: 1989, Month: 1, Day: 7}},
		{"S", 64, 1, 8, library.Date{}},
		{"S", 1, 12, 25, library.Date{Year: 1926, Month: 12, Day: 25}},
		{"S", 1, 12, 24, library.Date{}},
		{"T", 15, 12, 24, library.Date{Year: 1926, Month: 12, Day: 24}},
		{"T", 15, 12, 25, library.Date{Year: 1926, Month: 12, Day: 25}},
		{"T", 15, 12, 26, library.Date{}},
		{"T", 1, 7, 30, library.Date{Year: 1912, Month: 7, Day: 30}},
		{"T", 1, 7, 29, library.Date{}},
		{"M", 45, 7, 29, library.Date{Year: 1912, Month: 7, Day: 29}},
		{"M", 45, 7, 30, library.Date{Year: 1912, Month: 7, Day: 30}},
		{"M", 45, 7, 31, library.Date{}},
		{"M", 1, 1, 25, library.Date{Year: 1868, Month: 1, Day: 25}},
		{"M", 1, 1, 24, library.Date{}},

		{"H", 12, 2, 29, library.Date{Year: 2000, Month: 2, Day: 29}},
		{"R", 6, 2, 29, library.Date{Year: 2024, Month: 2, Day: 29}},
		{"R", 7, 2, 29, library.Date{}},
		{"M", 33, 2, 29, library.Date{}}, // 1900 was none
		{"S", 51, 2, 29, library.Date{Year: 1976, Month: 2, Day: 29}},
		{"S", 51, 2, 30, library.Date{}},

		{"S", 0, 12, 31, library.Date{}},
		{"S", -1, 6, 1, library.Date{}},
		{"S", 50, 0, 1, library.Date{}},
		{"S", 50, 13, 1, library.Date{}},
		{"S", 50, 4, 31, library.Date{}},
		{"S", 50, 4, 0, library.Date{}},
		{"R", 1 << 40, 1, 1, library.Date{}},
	}
	for _, tt := range tests {
		got, err := era(t, tt.era).Date(tt.year, tt.month, tt.day)
		if got != tt.want || (err == nil) == tt.want.IsZero() {
			t.Errorf("%s%d-%d-%d: %v, %v; want %v", tt.era, tt.year, tt.month, tt.day, got, err, tt.want)
		}
		if tt.want.IsZero() {
			continue
		}
		if e, year, ok := library.EraOf(tt.want); !ok || tt.want != e.First && (e.Code != tt.era || year != tt.year) {
			t.Errorf("%v is in the year %d of %q, want %s%d", tt.want, year, e.Code, tt.era, tt.year)
		}
	}
	if e, _, ok := library.EraOf(library.Date{Year: 1868, Month: 1, Day: 24}); ok {
		t.Errorf("the day before the oldest era is in %s", e.Name)
	}
}

func TestNewDate(t *testing.T) {
	for _, tt := range []struct {
		year, month, day int
		ok               bool
	}{
		{2026, 11, 24, true}, {2024, 2, 29, true}, {2000, 2, 29, true}, {1900, 2, 29, false}, {2026, 2, 29, false},
		{2026, 11, 31, false}, {2026, 0, 1, false}, {2026, 13, 1, false}, {2026, 1, 0, false}, {2026, 1, 32, false},
		{0, 1, 1, false}, {-5, 1, 1, false}, {10000, 1, 1, false}, {1, 1, 1, true}, {9999, 12, 31, true},
	} {
		if _, err := library.NewDate(tt.year, tt.month, tt.day); (err == nil) != tt.ok {
			t.Errorf("%d-%d-%d: %v", tt.year, tt.month, tt.day, err)
		}
	}
}

// Each day since the oldest era is one day of one era.
func TestEveryDayHasOneEra(t *testing.T) {
	first := library.Eras[len(library.Eras)-1].First
	rapid.Check(t, func(t *rapid.T) {
		day := first.Add(rapid.IntRange(0, 70_000).Draw(t, "day"))
		e, year, ok := library.EraOf(day)
		if !ok || year < 1 {
			t.Fatalf("%v: year %d, %v", day, year, ok)
		}
		if back, err := e.Date(year, int(day.Month), day.Day); err != nil || back != day {
			t.Fatalf("%v came back as %v, %v", day, back, err)
		}
		for _, other := range library.Eras {
			if other != e && other.Last != e.First { // no era goes on on the day after its last
				if _, err := other.Date(day.Year-other.First.Year+1, int(day.Month), day.Day); err == nil {
					t.Fatalf("%v is in %s and in %s", day, e.Name, other.Name)
				}
			}
		}
	})
}
