package library

import "strings"

// What stands in the rankings that the server makes. Nobody is to be told by them, in a
// small town neither: something that few borrowed is in none, and none says how often
// anything was lent.
const (
	RankedBibs      = 20 // at most in a ranking
	LeastRankedBibs = 3  // fewer are no ranking
	leastInMonth    = 3  // loans in a month; of one copy one reader can hardly make as many
	leastInYear     = 6
	RankedMonths    = 3 // months whose rankings are kept
)

// LeastRanked is how often a bib was lent at least to stand in a ranking of a month, or of
// the last year (""): what was lent less often could tell who likes to read it.
func LeastRanked(month string) int {
	if month == "" {
		return leastInYear
	}
	return leastInMonth
}

// rankingName begins the name of each ranking, and of no other list.
const rankingName = "ranking-"

// NewRanking returns the ranking of a month, "2026-11", or with "" of the last year, of what
// is of a kind, for children or not. Terminals have the wording of its title.
func NewRanking(month string, of Kind, juvenile bool, bibs []BibID) List {
	name := []string{"year", string(of)}
	if month != "" {
		name[0] = month
	}
	if juvenile {
		name = append(name, "children")
	}
	return List{Name: rankingName + strings.Join(name, "-"), Kind: Ranking, Bibs: bibs, Month: month, Of: of, Juvenile: juvenile}
}

// Outdated reports whether a ranking that was made earlier goes when those of the month
// before a day are made: it is of this or a later time, or of too long ago. The others stay
// as they were made.
func (l List) Outdated(today Date) bool {
	return l.Kind == Ranking && (l.Month >= MonthOf(today, 1) || l.Month < MonthOf(today, RankedMonths))
}
