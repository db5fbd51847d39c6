package library

import "time"

// MostWanted is the highest of the classes 0 to MostWanted by which hits are ordered.
const MostWanted = 7

// Wanting is what is known of how much a bib is asked for: counts, never who.
type Wanting struct {
	Copies int // that the library has
	Loans  int // of them, in the last year, as far as they are known
	Year   int // of publication, 0 when unknown
	// Counted: the loans are those of a whole year, in which the bib was there. Else what
	// is known of them is a part.
	Counted bool
}

// fromLoans are the loans of a year from which on a bib has the classes 1 to MostWanted. A
// copy that is always out for two weeks is lent 24 times or little more, so that what is of
// class 6 and 7 keeps three and six copies busy: in a city these are few, and a small
// library, of which each book has one copy, has the classes up to 5.
var fromLoans = [MostWanted]int{1, 3, 6, 12, 24, 60, 150}

// fromCopies are the copies from which on a bib has the classes 1 to 5, as long as it is
// not known how often they are lent. What is new has one or two more.
var fromCopies = [MostWanted - 2]int{1, 2, 4, 8, 16}

// Class returns the class of a bib in a year, 0 to MostWanted: by its loans, and where these
// are not those of a whole year by its copies and its year if that is more. More loans or
// copies never make it less.
func (w Wanting) Class(thisYear int) int {
	class := reached(fromLoans[:], w.Loans)
	if w.Counted || w.Copies == 0 {
		return class
	}
	expected := reached(fromCopies[:], w.Copies)
	if w.Year > 0 {
		expected += max(0, 2-max(0, thisYear-w.Year)/2) // 2 of this year and the last, 1 of the two before
	}
	return max(class, expected)
}

// Moves returns the class of a bib that has one. By loans that differ little from where its
// class ends, by less than a quarter, it does not leave it: what is on the border would go
// up and down from month to month.
func (w Wanting) Moves(class, thisYear int) int {
	fewer, more := w, w
	fewer.Loans -= (w.Loans + 3) / 4
	more.Loans += (w.Loans + 3) / 4
	if fewer.Class(thisYear) <= class && class <= more.Class(thisYear) {
		return class
	}
	return w.Class(thisYear)
}

// MayMove is how many of some bibs may get another class in a month: 2 in 100, so that one
// day's edition is like the next; of fewer than 50 one.
func MayMove(bibs int) int { return max(1, bibs/50) }

// reached is how many of the rising thresholds a number reaches.
func reached(from []int, n int) int {
	for i, least := range from {
		if n < least {
			return i
		}
	}
	return len(from)
}

// MonthOf names the month that is some months before that of a day: "2026-11".
func MonthOf(d Date, before int) string {
	return time.Date(d.Year, d.Month-time.Month(before), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}
