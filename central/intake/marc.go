package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"

	"madoguchi/central/catalogue"
	"madoguchi/central/marc"
	"madoguchi/library"
)

// MARC reads the records of a MARC 21 file in ISO 2709 or MARCXML. A record that may
// not go in is yielded as a *Problem, beside what is known of it, and reading goes on;
// any other error ends it.
//
// The file is read twice, first to learn its encoding and whether it is MARC 21 at
// all. What cannot be read twice, such as a pipe, is first copied to a temporary file.
func MARC(r io.Reader, opt Options) iter.Seq2[catalogue.Incoming, error] {
	return func(yield func(catalogue.Incoming, error) bool) {
		file, start, done, err := rewindable(r)
		if err != nil {
			yield(catalogue.Incoming{}, err)
			return
		}
		defer done()
		in, text, err := openMARC(file, start, opt)
		if err != nil {
			yield(catalogue.Incoming{}, err)
			return
		}
		m := marcReader{desk: newDesk(opt), text: text, seen: map[uint64]int{}}
		for rec, err := range marc.Records(in) {
			var bad *marc.RecordError
			var out catalogue.Incoming
			switch {
			case errors.As(err, &bad):
				out.Bib.ID = bibID(bad.Control)
				err = &Problem{Number: bad.Number, Offset: bad.Offset, Bib: out.Bib.ID, Fault: bad.Fault, Value: bad.Value, Cut: bad.CutOff}
			case err == nil:
				var p *Problem
				if out, p = m.record(rec); p != nil {
					err = p
				}
			}
			if !yield(out, err) {
				return
			}
		}
	}
}

// marcReader makes the records of one file.
type marcReader struct {
	*desk
	text marcText
	seen map[uint64]int // the number of the record with that ID
}

// record makes a record to go in. Where it may not, it says why, and returns what is
// known of it: its identifier and its copies.
func (m marcReader) record(rec *marc.Record) (catalogue.Incoming, *Problem) {
	p := Problem{Number: rec.Number, Offset: rec.Offset, Bib: bibID(rec.Control("001"))}
	out, copies, notes, fault, value := fromMARC(rec, m.text, m.opt)
	if out.Bib.ID != "" {
		p.Bib = out.Bib.ID
	}
	id := m.hash(string(p.Bib))
	if n, twice := m.seen[id]; twice && fault == "" {
		fault, value = "it has the same identifier as another record", fmt.Sprintf("%s, record %d", p.Bib, n)
	}
	if fault == "" && !out.Deleted {
		fault, value = m.finish(&out, copies, p)
	}
	if fault != "" {
		p.Fault, p.Value = fault, value
		return leftOut(p, copies), &p
	}
	for _, n := range notes {
		m.opt.note(p, n.fault, n.value)
	}
	m.seen[id] = rec.Number
	out.Place = p.Place()
	return out, nil
}

// bibID is the identifier that a field 001 gives; "" where it is no text.
func bibID(control string) library.BibID {
	if !utf8.ValidString(control) {
		return ""
	}
	return library.BibID(clean(control))
}

// fromMARC maps a record, or says why it may not go in.
func fromMARC(rec *marc.Record, in marcText, opt Options) (out catalogue.Incoming, copies []copied, notes []note, fault, value string) {
	if fault := otherFormat(rec); fault != "" {
		return out, nil, nil, fault, ""
	}
	deleted := rec.Leader[5] == 'd'
	if fault, value := in.read(rec); fault != "" && !(deleted && isASCII(rec.Control("001"))) { // then nothing else counts
		return out, nil, nil, fault, value
	}
	l := link(rec)
	l.today = opt.Today
	l.say = func(fault, value string) { notes = append(notes, note{fault, value}) }
	out.Bib.ID = bibID(rec.Control("001"))
	if deleted {
		if out.Deleted = out.Bib.ID != ""; !out.Deleted {
			return out, nil, nil, "it is marked as deleted, but has no identifier (field 001)", ""
		}
		return out, nil, nil, "", ""
	}
	for _, flaw := range rec.Flaws {
		switch flaw.Tag {
		case "245":
			fault = "its title (field 245) is broken"
		case "852", "952":
			out.Partial = true
		}
		l.say(flaw.Fault, flaw.Tag)
	}
	l.sayText()
	if spoiled := mangled(l.Control("001")); spoiled != "" {
		return out, nil, nil, "its identifier (field 001): " + spoiled, l.Control("001")
	}
	if title := l.first("245"); fault == "" && isoWithoutEscapes.MatchString(text(title.Field)) {
		fault, value = "the title: "+lostEscapes, title.Get('a')
	}
	out.Bib = l.bib()
	copies = l.copies(&out.Bib, opt)
	switch {
	case fault != "":
	case out.Bib.Title == "":
		fault = "it has no title (field 245)"
	case out.Bib.ID == "":
		out.Bib.ID = contentID(out.Bib)
	}
	return out, copies, notes, fault, value
}

// contentID names a bib that came without an identifier by what it is, so that the
// same book gets the same name whenever it comes.
func contentID(b library.Bib) library.BibID {
	names := make([]string, 0, len(b.Creators))
	for _, c := range b.Creators {
		names = append(names, c.Name)
	}
	text, err := json.Marshal([]any{b.Title, b.Subtitle, b.Volume, names, b.Publisher, b.Year, b.ISBNs, b.Kind})
	if err != nil {
		panic(err) // strings and numbers
	}
	sum := sha256.Sum256(text)
	return library.BibID("x" + hex.EncodeToString(sum[:10]))
}
