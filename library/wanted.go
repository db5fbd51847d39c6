package library

import "time"

// MostWanted is the highest of the classes 0 to MostWanted by which hits are ordered.
const MostWanted = 7

// Wanting is what is known of how much a bib is asked for: counts, never who.
type Wanting struct {
	Copies int // that the library owns
	Loans  int // of them, in the last year
	Year   int // of publication, 0 when unknown
}

// Class returns the class of a bib in a year, 0 to MostWanted: by its loans, or by its
// copies and its year in a library that counts no loans.
func (w Wanting) Class(counted bool, thisYear int) int {
	class := doublings(w.Loans)
	if !counted {
		class = doublings(w.Copies)
		if w.Year > 0 {
			class += max(0, 2-(thisYear-w.Year)/2)
		}
	}
	return min(class, MostWanted)
}

// doublings is 0 for 0, 1 for 1, 2 for 2 and 3, 3 for 4 to 7, and so on.
func doublings(n int) (d int) {
	for ; n > 0; n /= 2 {
		d++
	}
	return d
}

// MonthOf names the month that is some months before that of a day: "2026-11".
func MonthOf(d Date, before int) string {
	return time.Date(d.Year, d.Month-time.Month(before), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}
