// Package demo holds a small invented city library, みなと市立図書館: the one that
// "make demo" shows and that the guided tour photographs. Its classics are real
// works; their editions, publishers and ISBNs are not, and neither is any of its
// other titles. It knows no other package: who sets the demo up imports the
// files as those of any library.
package demo

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The library, and the branch at which the demo's terminal stands.
const (
	Name         = "みなと市立図書館"
	TimeZone     = "Asia/Tokyo"
	TerminalAt   = "chuo"
	BarcodeCheck = "m10w21split" // the check digit of the item barcodes, ten digits that begin with 1
)

//go:embed books.csv
var books string

//go:embed branches.json
var branches string

//go:embed states.csv
var states string

// Books returns the catalogue as CSV in UTF-8, with the columns and the rules of
// "central import csv": rows with the same id are one bib, with its further
// creators and copies.
func Books() []byte { return []byte(books) }

// Branches returns the branches as a JSON array of library.Branch, in the order in
// which they are offered.
func Branches() []byte { return []byte(branches) }

// State is where a copy is that does not stand on its shelf.
type State struct {
	Barcode string
	State   string // a library.ItemState
	DueIn   int    // days from today to the due date, negative when overdue; only on loan
}

// States returns the copies that do not stand on their shelves. Due dates are told
// in days, so that the demo looks the same on every day.
func States() ([]State, error) {
	rows, err := csv.NewReader(strings.NewReader(states)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read states.csv: %w", err)
	}
	if len(rows) == 0 {
		return nil, errors.New("states.csv has no header line")
	}
	list := make([]State, 0, len(rows)-1)
	for _, row := range rows[1:] {
		s := State{Barcode: row[0], State: row[1]}
		if row[2] != "" {
			if s.DueIn, err = strconv.Atoi(row[2]); err != nil {
				return nil, fmt.Errorf("states.csv: barcode %s: %w", s.Barcode, err)
			}
		}
		list = append(list, s)
	}
	return list, nil
}
