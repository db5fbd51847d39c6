// Package library is the domain: what a public library lends, to whom, and by
// which rules. It holds plain values and pure functions, with the clock as an
// argument; it knows no database, no wire and no screen. The terminal calls its
// rules to show an answer and the central server calls the same ones to decide.
package library

import "strings"

// BibID names one bibliographic record (書誌) for as long as the library keeps it.
type BibID string

// Bib is one bibliographic record: a work as published, of which the library
// owns copies (see Item) or not.
type Bib struct {
	ID           BibID     `json:"id"`
	Kind         Kind      `json:"kind"`
	Title        string    `json:"title"`
	TitleReading string    `json:"title_reading,omitempty"` // katakana or hiragana, words parted by spaces
	Subtitle     string    `json:"subtitle,omitempty"`
	Volume       string    `json:"volume,omitempty"` // as printed: "上", "第3巻", "12"
	Creators     []Creator `json:"creators,omitempty"`
	Publisher    string    `json:"publisher,omitempty"`
	Year         int       `json:"year,omitempty"` // year of publication, 0 when unknown
	Series       []Series  `json:"series,omitempty"`
	ISBNs        []string  `json:"isbns,omitempty"` // 13 digits without hyphens; see ParseISBN
	NDC          []string  `json:"ndc,omitempty"`   // Nippon Decimal Classification: "913.6"
	Subjects     []Subject `json:"subjects,omitempty"`
	Language     string    `json:"language,omitempty"` // ISO 639-2/B: "jpn"
	Juvenile     bool      `json:"juvenile,omitempty"` // made for children
	Extent       string    `json:"extent,omitempty"`   // "300p ; 19cm"
	Description  string    `json:"description,omitempty"`
	AddedOn      Date      `json:"added_on,omitzero"` // the day it came into the catalogue
	Wanted       int       `json:"wanted,omitempty"`  // how much it is asked for, 0 to MostWanted; see Wanting
}

// TitleAndVolume is the title by which a patron tells one loan or hold from another.
func (b Bib) TitleAndVolume() string { return strings.TrimSpace(b.Title + " " + b.Volume) }

// Creator is a person or body that made the work, in the order of the title page.
type Creator struct {
	Name    string `json:"name"`
	Reading string `json:"reading,omitempty"`
	Role    string `json:"role,omitempty"` // as catalogued: "著", "訳", "画"
}

// Series is a series that the bib belongs to, and its number there.
type Series struct {
	Title   string `json:"title"`
	Reading string `json:"reading,omitempty"`
	Volume  string `json:"volume,omitempty"`
}

// Subject is a subject heading (件名).
type Subject struct {
	Term    string `json:"term"`
	Reading string `json:"reading,omitempty"`
}

// Kind is the kind of a bib. Its values are the ones of the CSV import and the
// keys of their wordings.
type Kind string

// The kinds that a terminal can name and filter by.
const (
	Book      Kind = "book"
	Magazine  Kind = "magazine"
	Newspaper Kind = "newspaper"
	CD        Kind = "cd"
	DVD       Kind = "dvd"
	Map       Kind = "map"
	Score     Kind = "score"
	Ebook     Kind = "ebook"
	OtherKind Kind = "other"
)

// Kinds are all kinds, in the order in which they are offered.
var Kinds = []Kind{Book, Magazine, Newspaper, CD, DVD, Map, Score, Ebook, OtherKind}

// Record is a bib with all its items, as the catalogue keeps them together.
type Record struct {
	Bib   Bib    `json:"bib"`
	Items []Item `json:"items,omitempty"`
}
