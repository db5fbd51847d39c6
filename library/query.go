package library

import "strconv"

// Query is what a patron asks of the catalogue. Every field that is set must be
// met. The text fields hold raw input in any script or width; each of their words
// must be met, in any order.
type Query struct {
	Words     string     `json:"words,omitempty"` // in any field; an ISBN, NDC number or volume is recognised
	Title     string     `json:"title,omitempty"`
	Creator   string     `json:"creator,omitempty"`
	Publisher string     `json:"publisher,omitempty"`
	Subject   string     `json:"subject,omitempty"`
	ISBN      string     `json:"isbn,omitempty"`
	NDC       string     `json:"ndc,omitempty"`       // from its start: "91" finds 910 to 919.9
	YearFrom  int        `json:"year_from,omitempty"` // 0: open
	YearTo    int        `json:"year_to,omitempty"`   // 0: open
	Branch    BranchCode `json:"branch,omitempty"`
	Kind      Kind       `json:"kind,omitempty"`
	Language  string     `json:"language,omitempty"`
	Juvenile  bool       `json:"juvenile,omitempty"`  // only what is made for children
	Available bool       `json:"available,omitempty"` // only what stands on a shelf (of Branch, where that is set)
	Order     Order      `json:"order,omitempty"`
}

// Order is the order in which hits are shown.
type Order string

// The orders.
const (
	ByWanted Order = ""       // exact titles, then whole words, then the most wanted (see Bib.Wanted)
	ByYear   Order = "newest" // the last published, and of a year the last that came
	ByWork   Order = "work"   // of each work all editions and volumes together, the most wanted work first
)

// Orders are all orders.
var Orders = []Order{ByWanted, ByYear, ByWork}

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

// Page is one page of hits.
type Page struct {
	Rows   []Row
	Count  Count // of records
	Folded int   // how many of Count have no row of their own, but stand in that of their work

	// Lacks is the volume that was asked for and that is not among the hits, as it was
	// typed: "110巻"; "" where there is nothing to say.
	Lacks string
}

// RowCount is on how many rows the records stand, as far as they are counted.
func (p Page) RowCount() int { return p.Count.N - p.Folded }

// Row is one row of a page: a record, or a work of many volumes of which one record is
// shown, the volume asked for or else the first.
type Row struct {
	Record
	Volumes int  // of the work, those that the filters leave; 0: the row is the record alone
	Asked   bool // the record is the volume that was asked for
}

// Volumes is a part of the volumes of a work or series, in order.
type Volumes struct {
	Records []Record
	Offset  int // where the first of Records stands among all
	Count   int // of all
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
		return Query{Creator: s.Text, Order: ByWork}
	case SuggestSubject:
		return Query{Subject: s.Text}
	}
	return Query{Title: s.Text}
}
