// Package demo holds a small invented city library, みなと市立図書館: the one that
// "make demo" shows and that the guided tour photographs. Its classics are real
// works; their editions, publishers and ISBNs are not, and neither is any of its
// other titles, and neither is any of its patrons. It knows no other package: who
// sets the demo up imports the files as those of any library.
//
// Days are told from today on, so that the demo looks the same on every day.
package demo

import _ "embed"

// The library, and the branch at which the demo's terminal stands.
const (
	Name         = "みなと市立図書館"
	TimeZone     = "Asia/Tokyo"
	TerminalAt   = "chuo"
	BarcodeCheck = "m10w21split" // the check digit of the item barcodes, ten digits that begin with 1
	CardCheck    = "7dr"         // the check digit of the cards, eleven digits that begin with 2
)

// The member of staff who may do everything, by whose card, eight digits that begin
// with 9, the staff menu opens.
const (
	StaffName     = "sato"
	StaffCard     = "90000001"
	StaffPassword = "1029384756"
)

//go:embed books.csv
var books string

//go:embed branches.json
var branches string

//go:embed lists.json
var lists string

//go:embed states.csv
var states string

// Books returns the catalogue as CSV in UTF-8, with the columns and the rules of
// "central import csv": rows with the same id are one bib, with its further
// creators and copies.
func Books() []byte { return []byte(books) }

// Branches returns the branches as a JSON array of library.Branch, in the order in
// which they are offered.
func Branches() []byte { return []byte(branches) }

// Lists returns the theme shelves as a JSON array of library.List.
func Lists() []byte { return []byte(lists) }

// State is where a copy is that nobody has and that does not stand on its shelf.
type State struct {
	Barcode string
	State   string // a library.ItemState
}

// States returns the copies that are on their way home, or missing. Those on loan
// are in Loans, those that wait for a patron in Holds.
func States() ([]State, error) {
	rows, err := read("states.csv", states, "barcode", "state")
	if err != nil {
		return nil, err
	}
	list := make([]State, 0, len(rows))
	for _, row := range rows {
		list = append(list, State{Barcode: row.text("barcode"), State: row.text("state")})
	}
	return list, nil
}
