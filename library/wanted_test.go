package library_test

import (
	"testing"

	"pgregory.net/rapid"

	"madoguchi/library"
)

func TestClass(t *testing.T) {
	const year = 2026
	for _, x := range []struct {
		w    library.Wanting
		want int
	}{
		{library.Wanting{}, 0},
		{library.Wanting{Year: year}, 0}, // without a copy
		{library.Wanting{Counted: true, Copies: 40, Year: year}, 0},
		{library.Wanting{Counted: true, Copies: 1, Loans: 1}, 1},
		{library.Wanting{Counted: true, Copies: 1, Loans: 2}, 1},
		{library.Wanting{Counted: true, Copies: 1, Loans: 3}, 2},
		{library.Wanting{Counted: true, Copies: 1, Loans: 11}, 3},
		{library.Wanting{Counted: true, Copies: 1, Loans: 26}, 5}, // always out
		{library.Wanting{Counted: true, Copies: 3, Loans: 60}, 6},
		{library.Wanting{Counted: true, Copies: 8, Loans: 149}, 6},
		{library.Wanting{Counted: true, Copies: 8, Loans: 150}, 7},
		{library.Wanting{Counted: true, Loans: 1 << 40}, 7},
		{library.Wanting{Copies: 1, Year: 1950}, 1},
		{library.Wanting{Copies: 1}, 1}, // of no known year
		{library.Wanting{Copies: 1, Year: year - 4}, 1},
		{library.Wanting{Copies: 1, Year: year - 3}, 2},
		{library.Wanting{Copies: 1, Year: year - 1}, 3},
		{library.Wanting{Copies: 1, Year: year}, 3},
		{library.Wanting{Copies: 1, Year: year + 1}, 3},
		{library.Wanting{Copies: 1, Year: year + 50}, 3},
		{library.Wanting{Copies: 3, Year: 1950}, 2},
		{library.Wanting{Copies: 500, Year: 1950}, 5},
		{library.Wanting{Copies: 16, Year: year}, 7},
		{library.Wanting{Copies: 1, Year: year, Loans: 2}, 3}, // a part of its loans: it is new
		{library.Wanting{Copies: 1, Year: 1950, Loans: 7}, 3}, // a part of its loans: they are more already
	} {
		if got := x.w.Class(year); got != x.want {
			t.Errorf("%+v: class %d, want %d", x.w, got, x.want)
		}
	}
}

// TestMoves: what is near the border of its class stays in it.
func TestMoves(t *testing.T) {
	for _, x := range []struct{ class, loans, want int }{
		{0, 1, 0}, {0, 2, 1}, {1, 1, 1}, {1, 0, 0},
		{3, 12, 3}, {3, 15, 3}, {3, 16, 4}, {4, 12, 4}, {4, 9, 4}, {4, 8, 3},
		{6, 150, 6}, {6, 200, 7}, {7, 120, 7}, {7, 119, 6}, {7, 0, 0}, {0, 1000, 7},
	} {
		w := library.Wanting{Copies: 1, Loans: x.loans, Counted: true}
		if got := w.Moves(x.class, 2026); got != x.want {
			t.Errorf("%d loans in class %d: class %d, want %d", x.loans, x.class, got, x.want)
		}
	}
}

// TestClassIsMonotonous: more loans, copies or a later year never make a bib less wanted,
// and what moved to its class stays there.
func TestClassIsMonotonous(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		year := rapid.IntRange(2000, 2030).Draw(rt, "this year")
		w := library.Wanting{
			Copies: rapid.IntRange(0, 40).Draw(rt, "copies"), Loans: rapid.IntRange(0, 400).Draw(rt, "loans"),
			Year: rapid.IntRange(1990, 2031).Draw(rt, "year"), Counted: rapid.Bool().Draw(rt, "counted"),
		}
		more := w
		more.Copies += rapid.IntRange(0, 20).Draw(rt, "more copies")
		more.Loans += rapid.IntRange(0, 200).Draw(rt, "more loans")
		more.Year += rapid.IntRange(0, 5).Draw(rt, "later")
		was := rapid.IntRange(0, library.MostWanted).Draw(rt, "class")
		class, higher := w.Class(year), more.Class(year)
		if class < 0 || class > higher || higher > library.MostWanted {
			rt.Errorf("%+v: class %d; %+v: %d", w, class, more, higher)
		}
		if a, b := w.Moves(was, year), more.Moves(was, year); a > b {
			rt.Errorf("from class %d: %+v: class %d; %+v: %d", was, w, a, more, b)
		}
		moved := w.Moves(was, year)
		if moved != was && moved != class {
			rt.Errorf("%+v moves from %d to %d, which is not its class %d", w, was, moved, class)
		}
		if again := w.Moves(moved, year); again != moved {
			rt.Errorf("%+v moves from %d to %d and on to %d", w, was, moved, again)
		}
	})
}

func TestMayMove(t *testing.T) {
	for bibs, want := range map[int]int{0: 1, 49: 1, 99: 1, 100: 2, 10_049: 200, 1_000_000: 20_000} {
		if got := library.MayMove(bibs); got != want {
			t.Errorf("of %d bibs %d may move, want %d", bibs, got, want)
		}
	}
}

func TestMonthOf(t *testing.T) {
	for n, want := range map[int]string{0: "2026-01", 1: "2025-12", 12: "2025-01", 13: "2024-12"} {
		if got := library.MonthOf(library.Date{Year: 2026, Month: 1, Day: 31}, n); got != want {
			t.Errorf("%d months before: %s, want %s", n, got, want)
		}
	}
}
