package library

import (
	"slices"
	"testing"
	"time"
)

func TestRankings(t *testing.T) {
	today := Date{Year: 2026, Month: time.January, Day: 1}
	for _, x := range []struct {
		month    string
		of       Kind
		juvenile bool
		name     string
		outdated bool
	}{
		{"2025-12", Book, false, "ranking-2025-12-book", true}, // made anew
		{"2026-01", Book, false, "ranking-2026-01-book", true}, // by a clock that went wrong
		{"2025-11", CD, true, "ranking-2025-11-cd-children", false},
		{"2025-10", Book, true, "ranking-2025-10-book-children", false},
		{"2025-09", Book, false, "ranking-2025-09-book", true},
		{"", Magazine, false, "ranking-year-magazine", true},
	} {
		l := NewRanking(x.month, x.of, x.juvenile, []BibID{"b1"})
		if err := l.Validate(); err != nil || l.Name != x.name || l.Outdated(today) != x.outdated {
			t.Errorf("%q: is %q, outdated %v, %v", x.name, l.Name, l.Outdated(today), err)
		}
		l.Kind, l.Title = ThemeList, map[string]string{"ja": "棚"}
		if err := l.Validate(); err == nil {
			t.Errorf("a theme shelf may be called %q", l.Name)
		}
		if l.Outdated(today) {
			t.Errorf("the theme shelf %q goes with time", l.Name)
		}
	}
	for _, of := range Kinds {
		l := NewRanking("", of, true, slices.Repeat([]BibID{"b"}, 1))
		if err := l.Validate(); err != nil {
			t.Errorf("the ranking of %s: %v", of, err)
		}
	}
}
