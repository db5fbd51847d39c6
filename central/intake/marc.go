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
// not go in is yielded as a *Problem and reading goes on; any other error ends it.
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
		text, err := surveyMARC(file, opt)
		if err != nil {
			yield(catalogue.Incoming{}, err)
			return
		}
		if _, err := file.Seek(start, io.SeekStart); err != nil {
			yield(catalogue.Incoming{}, fmt.Errorf("the file cannot be read a second time: %w", err))
			return
		}
		opt.readAs(text.encoding)
		d := newDesk(opt)
		seen := map[uint64]int{} // the number of the record with that ID
		for rec, err := range marc.Records(file) {
			var bad *marc.RecordError
			if errors.As(err, &bad) {
				err = &Problem{Number: bad.Number, Offset: bad.Offset, Bib: bibID(bad.Control), Fault: bad.Fault, Value: bad.Value}
			}
			var out catalogue.Incoming
			if err == nil {
				p := Problem{Number: rec.Number, Offset: rec.Offset, Bib: bibID(rec.Control("001"))}
				var copies []copied
				out, copies, p.Fault, p.Value = fromMARC(rec, text, opt)
				if out.Bib.ID != "" {
					p.Bib = out.Bib.ID
				}
				id := d.hash(string(out.Bib.ID))
				if n, twice := seen[id]; twice && p.Fault == "" {
					p.Fault, p.Value = "it has the same identifier as another record", fmt.Sprintf("%s, record %d", out.Bib.ID, n)
				}
				if p.Fault == "" && !out.Deleted {
					p.Fault, p.Value = d.finish(&out, copies, p)
				}
				if p.Fault != "" {
					out, err = catalogue.Incoming{}, &p
				} else {
					seen[id] = rec.Number
				}
			}
			if !yield(out, err) {
				return
			}
		}
	}
}

// bibID is the identifier that a field 001 gives; "" where it is no text.
func bibID(control string) library.BibID {
	if !utf8.ValidString(control) {
		return ""
	}
	return library.BibID(clean(control))
}

// fromMARC maps a record, or says why it may not go in.
func fromMARC(rec *marc.Record, text marcText, opt Options) (out catalogue.Incoming, copies []copied, fault, value string) {
	if fault := otherFormat(rec); fault != "" {
		return out, nil, fault, ""
	}
	if fault, value := text.read(rec); fault != "" {
		return out, nil, fault, value
	}
	l := link(rec)
	out.Bib.ID = bibID(rec.Control("001"))
	l.say = func(fault, value string) {
		opt.note(Problem{Number: rec.Number, Offset: rec.Offset, Bib: out.Bib.ID}, fault, value)
	}
	if rec.Leader[5] == 'd' {
		if out.Deleted = out.Bib.ID != ""; !out.Deleted {
			return out, nil, "it is marked as deleted, but has no identifier (field 001)", ""
		}
		return out, nil, "", ""
	}
	for _, flaw := range rec.Flaws {
		switch flaw.Tag {
		case "245":
			return out, nil, "its title (field 245) is broken", ""
		case "852", "952":
			out.Partial = true
		}
		l.say(flaw.Fault, flaw.Tag)
	}
	if out.Bib = l.bib(); out.Bib.Title == "" {
		return out, nil, "it has no title (field 245)", ""
	}
	if out.Bib.ID == "" {
		out.Bib.ID = contentID(out.Bib)
	}
	return out, l.copies(&out.Bib, opt), "", ""
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
