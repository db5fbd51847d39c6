// Package slip draws what the terminal prints: a strip of paper, from the top down,
// as a picture of black and white dots. What it says is made by the screens, in the
// patron's language; a slip never bears a name, a card number or an address.
package slip

import "madoguchi/library"

// Slip is the content of one slip of paper.
type Slip struct {
	Title string
	Lines []Line
	Foot  []string // small, below a rule: the library, when it was printed
}

// Line is one part of a slip. Only the fields of its kind are set.
type Line struct {
	Kind  Kind
	Text  string // all but Rule and Plan
	Label string // Pair: what Text is; Blank: what is to be written there
	Rows  int    // Blank: how many lines to write on, 0 is one
	Plan  library.FloorPlan
	Shelf string // Plan: the shelf that is marked
	Here  string // Plan: what stands beside the point where the terminal is
}

// Kind says what a Line is.
type Kind int

// The kinds of lines. Text wraps; nothing is cut off.
const (
	Text   Kind = iota // running text
	Strong             // a title among others
	Small              // a second line
	Pair               // Label and Text beside each other, below each other where they need the room
	Large              // a number or word to be read from afar
	CallNo             // a call number as on the label of a book, its parts parted by "/"
	Plan               // a floor plan with one shelf marked
	Blank              // Label and room to write by hand
	Rule               // a line across
)
