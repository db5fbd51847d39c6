package library

import "strconv"

// Query is what a patron asks of the catalogue. Every field that is set must be
// met. The text fields hold raw input in any script or width; each of their words
// must be met, in any order.
type Query struct {
	Words     string // in any field; an ISBN or NDC number is recognised
	Title     string
	Creator   string
	Publisher string
	Subject   string
	ISBN      string
	NDC       string // from its start: "91" finds 910 to 919.9
	YearFrom  int    // 0: open
	YearTo    int    // 0: open
	Branch    BranchCode
	Kind      Kind
	Language  string
	Juvenile  bool // only what is made for children
	Available bool // only what stands on a shelf (of Branch, where that is set)
}

// IsZero reports whether nothing is asked.
func (q Query) IsZero() bool { return q == Query{} }

// CountCap is where counting hits stops.
const CountCap = 1000

// Count is a number of hits that stops at CountCap, or earlier where counting on
// would take too long.
type Count struct {
	N    int
	More bool // there are more than N
}

func (c Count) String() string {
	if c.More {
		return strconv.Itoa(c.N) + "+"
	}
	return strconv.Itoa(c.N)
}

// Page is one page of hits, newest first, exact titles before all others.
type Page struct {
	Records []Record
	Count   Count
}

// Suggestion is a heading of the catalogue that begins with what was typed.
type Suggestion struct {
	Field   SuggestionField
	Text    string // as catalogued, to be shown and searched for
	Reading string
}

// SuggestionField says which kind of heading a suggestion is.
type SuggestionField string

// The headings that are suggested.
const (
	SuggestTitle   SuggestionField = "title"
	SuggestCreator SuggestionField = "creator"
	SuggestSubject SuggestionField = "subject"
)

// Query returns the search that a tap on the suggestion starts.
func (s Suggestion) Query() Query {
	switch s.Field {
	case SuggestCreator:
		return Query{Creator: s.Text}
	case SuggestSubject:
		return Query{Subject: s.Text}
	}
	return Query{Title: s.Text}
}
