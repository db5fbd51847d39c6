package screen

import (
	"slices"
	"strings"

	"madoguchi/library"
)

// branchName is the name of a branch in the language of the screen.
func (v *visit) branchName(b library.Branch) string {
	return b.NameIn(v.language())
}

// branchShort is the name of a branch where there is little room.
func (v *visit) branchShort(b library.Branch) string {
	return b.ShortIn(v.language())
}

// branchesNearFirst are all branches, this one first.
func (v *visit) branchesNearFirst() []library.Branch {
	all := v.app.cfg.Site().Branches
	out := make([]library.Branch, 0, len(all))
	for _, b := range all {
		if b.Code == v.branch() {
			out = append(out, b)
		}
	}
	for _, b := range all {
		if b.Code != v.branch() {
			out = append(out, b)
		}
	}
	return out
}

// branchesFrom are all branches: one first, then those that are near.
func (v *visit) branchesFrom(first library.BranchCode) []library.Branch {
	all := v.branchesNearFirst()
	if i := slices.IndexFunc(all, func(b library.Branch) bool { return b.Code == first }); i > 0 {
		b := all[i]
		all = slices.Insert(slices.Delete(slices.Clone(all), i, i+1), 0, b)
	}
	return all
}

// openingDays are the hours of each day of the week, from Monday on.
func (v *visit) openingDays(c library.Calendar) string {
	var parts []string
	name := func(n int) string {
		return v.t("date.weekday." + [...]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}[n])
	}
	hours := func(n int) library.Hours { return c.Hours[(n+1)%7] }
	for first := 0; first < 7; {
		last := first
		for last < 6 && hours(last+1) == hours(first) {
			last++
		}
		days := name(first)
		if last > first {
			days = v.t("confirm.days", days, name(last))
		}
		if h := hours(first); h.Close > h.Open {
			parts = append(parts, v.t("confirm.day_hours", days, minutes(h.Open), minutes(h.Close)))
		} else {
			parts = append(parts, v.t("confirm.closed_day", days))
		}
		first = last + 1
	}
	return strings.Join(parts, "　")
}

// openToday says when a branch is open today.
func (v *visit) openToday(b library.Branch) string {
	if h, open := b.Calendar.On(library.DateOf(v.now())); open {
		return v.t("home.open_today", minutes(h.Open), minutes(h.Close))
	}
	return v.t("home.closed_today")
}

// nextClosed says when a branch is closed next, "" where that is not known.
func (v *visit) nextClosed(b library.Branch) string {
	if d, closed := b.Calendar.NextClosed(library.DateOf(v.now())); closed {
		return v.t("home.next_closed", v.day(d))
	}
	return ""
}

// branchOf is the short name of a branch, or its code where it is not known.
func (v *visit) branchOf(code library.BranchCode) string {
	if b, ok := v.app.cfg.Site().Branch(code); ok {
		return v.branchShort(b)
	}
	return string(code)
}
