package intake

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

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
	// Today is the day after which nobody is born yet; zero: that is not looked at.
	Today library.Date
	// Whole says that the file is whole although its last line has no line end.
	Whole bool
	// Note is told what was left out of a patron who went in, or mended; nil when nobody
	// wants to know.
	Note func(Problem)
}

// PatronRow is a patron and where in the file the row stands. Beside a *Problem stand
// card and ID, where they are known.
type PatronRow struct {
	Patron library.Patron // without ID: that is ours
	ID     string         // the library's own, "" where the file gives none
	Unsaid []string       // our columns whose cells could not be read
	At     Problem        // without Fault
	// MayBeCut says that the file ends behind the row, which is broken or has no line end.
	MayBeCut bool
}

// PatronFile is an open file of patrons: a table as CSV reads it, one patron a row. What is wrong with it is told without
// repeating anything of a patron, since that is read on screens and in logs.
type PatronFile struct {
	text   *Text
	s      *splitter
	layout layout
	unread []string
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
	case isData(header):
		return errors.New(noHeader + "; there is no column for the card")
	case !ok:
		return fmt.Errorf("the header line has no column %q", missing)
	case len(l["card"]) == 0:
		return errors.New("the header line has no column for the card: name it with --columns card=…")
	}
	f.s, f.layout, f.unread = s, l, l.unread(header)
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

// Unread are the headers of the file's columns that stand for none of ours.
func (f *PatronFile) Unread() []string { return f.unread }

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
			row := PatronRow{At: at, MayBeCut: r.cut || r.open && !f.opt.Whole}
			if at.Fault == "" {
				at.Fault = f.patron(r.cells, &row)
			}
			if at.Fault != "" {
				if !yield(row, &at) {
					return
				}
				continue
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// patron maps a row, or says why it may not go in. A cell that the patron can do without
// and that cannot be read is left out with a note, and what is stored of it stays.
func (f *PatronFile) patron(cells []string, row *PatronRow) (fault string) {
	get := func(ours string) string { return f.layout.cell(cells, ours) }
	note := func(fault string) {
		if f.opt.Note != nil {
			at := row.At
			at.Fault = fault
			f.opt.Note(at)
		}
	}
	leaveOut := func(ours, fault string) {
		row.Unsaid = append(row.Unsaid, ours)
		note(fault)
	}
	p := &row.Patron
	if row.ID = narrow(get("id")); mangled(row.ID) != "" {
		fault := "id: " + mangled(row.ID) + "; it is left out, and the patron known by the card"
		row.ID = ""
		leaveOut("id", fault)
	}
	if isPlaceholder(get("id")) && row.ID != "" {
		row.ID = ""
		leaveOut("id", "id has a word or mark that stands for none: it is left out, and the patron known by the card")
	}
	var err error
	if narrow(get("card")) == "" {
		return "it has no card"
	}
	if fault := mangled(get("card")); fault != "" {
		return "the card: " + fault
	}
	if p.Card, err = f.opt.Card(get("card")); err != nil {
		p.Card = ""
		return "the card: " + err.Error()
	}
	if p.Name = clean(get("name")); p.Name == "" && len(f.layout["name"]) > 0 {
		return "it has no name"
	}
	if isPlaceholder(get("name")) {
		p.Name = ""
		leaveOut("name", "name has a word or mark that stands for none: it is left out")
	}
	p.Reading = reading(get("reading"))
	p.Category = clean(get("category"))
	for _, ours := range []string{"name", "reading", "category"} {
		if p.Name == "" && ours == "name" {
			continue
		}
		for _, fault := range textFaults(get(ours)) {
			note(ours + ": " + fault)
		}
	}
	for _, x := range []struct {
		ours string
		text *string
	}{{"reading", &p.Reading}, {"category", &p.Category}} {
		if len(*x.text) > library.MaxPatronText {
			*x.text = ""
			leaveOut(x.ours, fmt.Sprintf("%s is longer than %d bytes: it is left out", x.ours, library.MaxPatronText))
		}
	}
	date := func(ours string) (d library.Date) {
		if cell := get(ours); narrow(cell) != "" {
			if d, err = library.ReadDate(cell); err != nil {
				leaveOut(ours, ours+" is "+err.Error()+"; it is left out")
			}
		}
		return d
	}
	if cell := get("valid_until"); narrow(cell) != "" {
		var countedOn bool
		switch p.ValidUntil, countedOn, err = library.ReadComingDate(cell); {
		case err != nil:
			leaveOut("valid_until", "valid_until is "+err.Error()+"; it is left out")
		case !f.mayEnd(p.ValidUntil):
			p.ValidUntil = library.Date{}
			leaveOut("valid_until", "valid_until is before 1950 or more than 100 years away: it is left out; for always write 9999-12-31")
		case countedOn:
			note("valid_until counts the years of an era that has ended: it is read as if that went on")
		}
	}
	switch p.BornOn = date("born_on"); {
	case !f.opt.Today.IsZero() && f.opt.Today.Before(p.BornOn):
		p.BornOn = library.Date{}
		leaveOut("born_on", "born_on is a day that is still to come: it is left out")
	case !p.BornOn.IsZero() && p.BornOn.Year < firstBirth:
		p.BornOn = library.Date{}
		leaveOut("born_on", "born_on is before 1900: it is left out")
	}
	phones, faults := library.ReadPhones(f.list(cells, "phones"))
	for _, fault := range faults {
		note(string(fault))
	}
	if p.Phones = phones; len(phones) == 0 && len(faults) > 0 {
		row.Unsaid = append(row.Unsaid, "phones")
	} else if len(phones) == 0 && !f.hasNoPhone(cells) {
		leaveOut("phones", "phones has something that is no telephone number and does not say that there is none: it is left out")
	}
	if cell := get("email"); narrow(cell) != "" && !isNothing(cell) {
		if p.Email, err = library.ParseEmail(clean(cell)); err != nil {
			leaveOut("email", "email is not one e-mail address to which mails can be sent: it is left out")
		}
	}
	if cell := get("branch"); narrow(cell) != "" && !isNothing(cell) {
		var ok bool
		if p.Branch, ok = f.opt.Branches.Find(cell); !ok {
			leaveOut("branch", `branch is none that there is: it is left out; name it in [intake.branches], or add it with "central branch add"`)
		}
	}
	var unknown bool
	if cell := get("blocks"); onlyParts(cell) || isPlaceholder(cell) && !isNothing(cell) {
		leaveOut("blocks", "blocks has a word or marks that say nothing: it is left out")
	} else if p.Blocks, unknown = blocks(cell); unknown {
		note("blocks has a word that is not known: it counts as staff, who speak to the patron first; words that are known are " + blockList())
	}
	return ""
}

// firstBirth is the first year in which somebody who is alive can be born.
const firstBirth = 1900

// mayEnd reports whether a day can be the last one of a card: also one of those that mean
// always.
func (f *PatronFile) mayEnd(d library.Date) bool {
	always := d.Year == 9999 || d.Year >= 2999 && d.Month == time.December && d.Day == 31
	return d.Year >= 1950 && (always || f.opt.Today.IsZero() || d.Year <= f.opt.Today.Year+100)
}

// hasNoPhone reports whether the row says that there is no telephone number.
func (f *PatronFile) hasNoPhone(cells []string) bool {
	return !slices.ContainsFunc(f.layout["phones"], func(i int) bool { return !hasNoPhone(cells[i]) })
}

// list returns our column of a row as a list: each of theirs holds at least one value.
func (f *PatronFile) list(cells []string, ours string) string {
	var parts []string
	for _, i := range f.layout[ours] {
		parts = append(parts, cells[i])
	}
	return strings.Join(parts, ";")
}

func blockList() string {
	words := make([]string, len(library.FileBlocks))
	for i, b := range library.FileBlocks {
		words[i] = string(b)
	}
	return strings.Join(words, ", ")
}
