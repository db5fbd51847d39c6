// Package intake turns the files of other systems into library records: MARC 21 as
// national libraries and cataloguing agencies deliver it, and CSV as every other
// system writes it. It decides what a patron will read: punctuation of the
// catalogue card is taken off, readings find their headings, years become numbers.
// It keeps nothing and asks no database; "central import" stores what it yields.
package intake

import (
	"fmt"
	"hash/maphash"
	"strconv"
	"unicode/utf8"

	"madoguchi/central/catalogue"
	"madoguchi/library"
)

// Options say how a file is to be read. The zero value reads it as it is.
type Options struct {
	// Branch gets one copy of every record that comes without copies; "" for none.
	Branch library.BranchCode

	// Encoding is the name of the one that the file is in; "" where it is to be found
	// out (see OpenText).
	Encoding string

	// ReadAs is told the encoding of a file that is not in UTF-8; nil when nobody
	// wants to know.
	ReadAs func(encoding string)

	// Columns tells in which of the file's columns ours stand (see ParseColumns).
	// Columns that it does not name are looked for under their own names, and under
	// usual Japanese ones.
	Columns map[string]string

	// Unread is told the headers of the file's columns that stand for none of ours, where
	// there are any; nil when nobody wants to know.
	Unread func(headers []string)

	// WithoutID is told of a CSV file that has no column for the id; nil when nobody wants to
	// know.
	WithoutID func()

	// Branches finds the branch of a copy. A record with a copy at a branch that is not
	// found is a Problem.
	Branches Branches

	// States finds what a file's words say of a copy.
	States States

	// Barcode brings the barcode of a copy into normal form or says why it is none; nil
	// takes every one.
	Barcode func(string) (string, error)

	// Today is the day by which years and days are too far off; the zero value leaves
	// them alone.
	Today library.Date

	// Whole says that a CSV file is whole although its last line has no line end.
	Whole bool

	// Note is told what was left out of a record that itself went in, such as an
	// ISBN with a wrong check digit; nil when nobody wants to know.
	Note func(Problem)
}

// Problem is why a record was left out, or as a note, what was left out of one. The
// records after it are not concerned.
type Problem struct {
	Number int           // the record or row in the file, from 1, a header line not counted
	Offset int64         // of its first byte in the file; of a row 0 where the file is not in UTF-8
	Line   int           // its first line in the file, from 1; 0 where the file has no lines
	Bib    library.BibID // whose record it is; "" where that is not known
	Fault  string        // what is wrong, in the same words for every record, by which it is counted
	Value  string        // what it is about in this record; "" for nothing, and of a patron always
	Cut    bool          // the file ends within the record, or before its end
}

// Unwrap returns catalogue.ErrCutOff where the file is cut off there.
func (p *Problem) Unwrap() error {
	if p.Cut {
		return catalogue.ErrCutOff
	}
	return nil
}

func (p *Problem) Error() string {
	text := p.Place() + ": " + p.Fault
	if p.Value != "" {
		text += ": " + p.Quoted()
	}
	return text
}

// Place is where in the file it is.
func (p *Problem) Place() string {
	switch {
	case p.Line > 0 && p.Offset > 0:
		return fmt.Sprintf("row %d (line %d, byte %d)", p.Number, p.Line, p.Offset)
	case p.Line > 0:
		return fmt.Sprintf("row %d (line %d)", p.Number, p.Line)
	}
	return fmt.Sprintf("record %d (byte %d)", p.Number, p.Offset)
}

// Quoted is what it is about, cut where it is long and fit for one line, "" for nothing.
func (p *Problem) Quoted() string {
	if p.Value == "" {
		return ""
	}
	return strconv.Quote(shortened(p.Value))
}

// shortened is what of a value helps to find it.
func shortened(s string) string {
	const longest = 80
	for i, n := 0, 0; i < len(s); n++ {
		if n == longest {
			return s[:i] + "…"
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return s
}

func (o Options) readAs(encoding string) {
	if o.ReadAs != nil && encoding != UTF8 && encoding != "" {
		o.ReadAs(encoding)
	}
}

func (o Options) note(at Problem, fault, value string) {
	if o.Note != nil {
		at.Fault, at.Value = fault, value
		o.Note(at)
	}
}

// desk is where the records of one file pass on their way out.
type desk struct {
	opt      Options
	seed     maphash.Seed
	barcodes map[uint64]struct{} // hashes of those seen in this file
}

func newDesk(opt Options) *desk {
	return &desk{opt: opt, seed: maphash.MakeSeed(), barcodes: map[uint64]struct{}{}}
}

func (d *desk) hash(s string) uint64 { return maphash.String(d.seed, s) }
