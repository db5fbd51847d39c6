package intake

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
)

// endsTooLate is the fault of a row that swallows those behind it.
const endsTooLate = "a field that begins with a quotation mark does not end before the next row"

// swallowed reports whether a row of several lines is rather several rows, of which the first has a quotation mark that is not closed and a later one has one too many.
//
// A cell may go on over lines, and its text may have commas, so that one line alone proves
// nothing. A line is like a row when it has, quotation marks taken as letters, as many cells
// as the header line, and none begins with a space, as what follows the comma of a sentence
// does (unless the header line has such commas). Lines were swallowed
//
//   - where one behind the first is like a row and begins as its neighbour would: its first
//     cell is of the form of this row's (B3 and B17, 0012 and 0013), or
//   - where all of them, the first included, are like rows of three columns or more, and
//     have four commas beyond those of the first, each in its place.
//
// So a list of words and meanings in a file of two columns is text, a chronology too, unless
// the ids are such years; rows whose ids are not alike in form are found from three columns on.
func (s *splitter) swallowed(lines []line) bool {
	if len(lines) < 2 || s.columns < 2 {
		return false
	}
	own := s.firstCell(lines[0].text)
	all := s.columns >= 3 && (len(lines)-1)*(s.columns-1) >= 4
	for i, l := range lines {
		like := s.likeRow(l.text)
		all = all && like
		if i > 0 && like && neighbours(own, s.firstCell(l.text)) {
			return true
		}
	}
	return all
}

// likeRow reports whether a line has the form of a row.
func (s *splitter) likeRow(text []byte) bool {
	n := s.columns - 1
	return bytes.Count(text, []byte{s.comma}) == n && separators(text, s.comma, s.spaced) == n
}

func (s *splitter) firstCell(text []byte) string {
	first, _, _ := bytes.Cut(text, []byte{s.comma})
	return strings.Trim(string(first), `=" `)
}

// separators counts the commas of a text that may part cells.
func separators(text []byte, comma byte, spaced bool) int {
	n := bytes.Count(text, []byte{comma})
	if !spaced {
		n -= bytes.Count(text, []byte{comma, ' '})
	}
	return n
}

// near is how far apart the numbers of neighbours are at most, where they are not alike in
// form otherwise.
const near = 100

// neighbours reports whether two first cells look like identifiers of the same file. Short
// numbers may be years or amounts: they must follow each other closely.
func neighbours(a, b string) bool {
	if a == b || strings.Contains(a+b, " ") {
		return false
	}
	before, n := lastNumber(a)
	after, m := lastNumber(b)
	if before == after && n >= 0 && n < m && m-n <= near {
		return true
	}
	return form(a) == form(b) && strings.Contains(form(a), "0") && (before != "" || len(a) > 4)
}

// lastNumber parts a number from what stands before it; it is -1 where there is none.
func lastNumber(s string) (before string, n int) {
	before = strings.TrimRight(s, "0123456789")
	n, err := strconv.Atoi(s[len(before):])
	if err != nil {
		return s, -1
	}
	return before, n
}

// form is what identifiers of a kind have in common: a 0 for each digit, letters as they are.
func form(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0'
		}
		return r
	}, s)
}
