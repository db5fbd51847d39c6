package intake

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"madoguchi/library"
)

// PatronColumns returns our columns of a file of patrons.
func PatronColumns() []string {
	return []string{"id", "card", "name", "reading", "born_on", "phones", "email", "branch", "category", "valid_until", "blocks"}
}

// ParsePatronColumns is ParseColumns for a file of patrons.
func ParsePatronColumns(s string) (map[string]string, error) {
	return parseColumns(s, PatronColumns())
}

// PatronOptions say how a file of patrons is to be read.
type PatronOptions struct {
	// Encoding is the name of the one that the file is in; "" where it is to be found out.
	Encoding string
	// Columns tells in which of the file's columns ours stand, as in Options.
	Columns map[string]string
	// Card brings a card number into normal form or says why it is none, without
	// repeating it.
	Card func(string) (string, error)
	// Branches finds the patron's branch.
	Branches Branches
}

// PatronRow is a patron and where in the file the row stands.
type PatronRow struct {
	Patron library.Patron // without ID where the file gives none
	At     Problem        // without Fault
}

// PatronFile is an open file of patrons: a table as CSV reads it, one patron a row. What is wrong with it is told without
// repeating anything of a patron, since that is read on screens and in logs.
type PatronFile struct {
	text   *Text
	s      *splitter
	layout layout
	opt    PatronOptions
}

// OpenPatrons reads the header line. The caller closes the PatronFile.
func OpenPatrons(r io.Reader, opt PatronOptions) (*PatronFile, error) {
	text, err := OpenText(r, opt.Encoding)
	if err != nil {
		return nil, err
	}
	f := &PatronFile{text: text, opt: opt}
	if err := f.readHeader(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (f *PatronFile) readHeader() error {
	s, header, err := openCSV(f.text)
	if err != nil {
		return err
	}
	l, missing, ok := find(header, PatronColumns(), f.opt.Columns)
	switch {
	case !ok:
		return fmt.Errorf("the header line has no column %q", missing)
	case len(l["card"]) == 0:
		return errors.New("the header line has no column for the card: name it with --columns card=…")
	}
	f.s, f.layout = s, l
	return nil
}

// Encoding is the name of the encoding that the file is in (see OpenText).
func (f *PatronFile) Encoding() string { return f.text.Encoding() }

// Close ends reading. It does not close the file itself.
func (f *PatronFile) Close() { f.text.Close() }

// Columns are those of ours that the file has.
func (f *PatronFile) Columns() []string {
	return slices.DeleteFunc(PatronColumns(), func(ours string) bool { return len(f.layout[ours]) == 0 })
}

// Rows yields the patrons, once. A row that may not go in is yielded as a *Problem
// and reading goes on; any other error ends it.
func (f *PatronFile) Rows() iter.Seq2[PatronRow, error] {
	return func(yield func(PatronRow, error) bool) {
		for {
			r, err := f.s.next()
			if errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				yield(PatronRow{}, fmt.Errorf("the file cannot be read after line %d: %w", f.s.line, err))
				return
			}
			at := r.problem()
			at.Value = ""
			var p library.Patron
			if at.Fault == "" {
				p, at.Fault = f.patron(r.cells)
			}
			if at.Fault != "" {
				if !yield(PatronRow{}, &at) {
					return
				}
				continue
			}
			if !yield(PatronRow{Patron: p, At: at}, nil) {
				return
			}
		}
	}
}

// patron maps a row, or says why it may not go in.
func (f *PatronFile) patron(cells []string) (p library.Patron, fault string) {
	get := func(ours string) string { return f.layout.cell(cells, ours) }
	var err error
	if p.Card, err = f.opt.Card(get("card")); err != nil {
		return p, "the card: " + err.Error()
	}
	p.ID = library.PatronID(narrow(get("id")))
	p.Name = clean(get("name"))
	p.Reading = reading(get("reading"))
	p.Category = clean(get("category"))
	var ok bool
	if p.Name == "" && len(f.layout["name"]) > 0 {
		return p, "it has no name"
	}
	if p.ID == "" && len(f.layout["id"]) > 0 {
		return p, "it has no id"
	}
	if p.BornOn, ok = parseDate(get("born_on")); !ok {
		return p, notADate("born_on")
	}
	if p.ValidUntil, ok = parseDate(get("valid_until")); !ok {
		return p, notADate("valid_until")
	}
	if p.Phones, ok = phones(f.list(cells, "phones")); !ok {
		return p, "a telephone number in phones has too few or too many digits; part several with ;"
	}
	if p.Email, ok = email(get("email")); !ok {
		return p, "email is not one e-mail address"
	}
	if p.Branch, ok = f.opt.Branches.Find(get("branch")); !ok && get("branch") != "" {
		return p, noBranch
	}
	if p.Blocks, ok = blocks(get("blocks")); !ok {
		return p, "blocks has a word that is not known: write " + blockList()
	}
	return p, ""
}

// list returns our column of a row as a list: each of theirs holds at least one value.
func (f *PatronFile) list(cells []string, ours string) string {
	var parts []string
	for _, i := range f.layout[ours] {
		parts = append(parts, cells[i])
	}
	return strings.Join(parts, ";")
}

func notADate(column string) string {
	return column + " is not a date: write it like 2026-11-24, 2026/11/24 or 20261124"
}

func blockList() string {
	words := make([]string, len(library.Blocks))
	for i, b := range library.Blocks {
		words[i] = string(b)
	}
	return strings.Join(words, ", ")
}
