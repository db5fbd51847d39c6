// Package marc reads MARC records in ISO 2709 and in MARCXML, strictly and without
// ever giving up: a broken record is reported with its number, its place and its
// fault, and reading goes on with the next one. The Go modules to be had for MARC
// are unmaintained, read leniently and tell no offsets, hence this one. It knows the
// form of records, not their meaning: see intake.
package marc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// MaxRecord is the longest record in bytes that ISO 2709 can express.
const MaxRecord = 99_999

// MaxXMLRecord is the longest MARCXML record in bytes, tags included, that is read.
const MaxXMLRecord = 1 << 20

// Record is one MARC record. Out of MARCXML its text is UTF-8; out of ISO 2709 it is
// the bytes that stand there, until Decode has made it UTF-8.
type Record struct {
	Leader string // 24 characters
	Fields []Field
	Flaws  []Flaw // what is wrong with it, although it could be read
	Number int    // in the file, from 1, broken records counted
	Offset int64  // of its first byte in the file, as decoded where that is MARCXML
}

// Field is a control field (tags 001 to 009), which has a Value, or a data field,
// which has indicators and subfields.
type Field struct {
	Tag        string
	Ind1, Ind2 byte // ' ' where not defined
	Value      string
	Subfields  []Subfield
}

// Subfield is one part of a data field.
type Subfield struct {
	Code  byte
	Value string
}

// Flaw is a fault of a record that could be read in spite of it.
type Flaw struct {
	Tag   string // the field that was left out for it; "" where it is not a field's
	Fault string // in the same words for every record
}

// RecordError says why a record could not be read. The records after it can.
type RecordError struct {
	Number  int    // in the file, from 1
	Offset  int64  // of its first byte in the file
	Control string // its field 001, where that can be found in it
	Fault   string // in the same words for every record
	Value   string // what the fault is about in this one; "" for nothing
	CutOff  bool   // the file ends here before its end: records are missing

	foreign bool // it does not even look like MARC
}

func (e *RecordError) Error() string {
	text := fmt.Sprintf("record %d at byte %d: %s", e.Number, e.Offset, e.Fault)
	if e.Value != "" {
		text += fmt.Sprintf(" (%s)", e.Value)
	}
	return text
}

// Control returns the value of the first control field with the tag, or "".
func (r *Record) Control(tag string) string {
	for i := range r.Fields {
		if r.Fields[i].Tag == tag {
			return r.Fields[i].Value
		}
	}
	return ""
}

// Data iterates over the data fields that have one of the tags, in their order in
// the record.
func (r *Record) Data(tags ...string) iter.Seq[*Field] {
	return func(yield func(*Field) bool) {
		for i := range r.Fields {
			for _, t := range tags {
				if r.Fields[i].Tag == t {
					if !yield(&r.Fields[i]) {
						return
					}
					break
				}
			}
		}
	}
}

// Get returns the value of the first subfield with the code, or "".
func (f *Field) Get(code byte) string {
	for _, s := range f.Subfields {
		if s.Code == code {
			return s.Value
		}
	}
	return ""
}

// All returns the values of all subfields with the code.
func (f *Field) All(code byte) (values []string) {
	for _, s := range f.Subfields {
		if s.Code == code {
			values = append(values, s.Value)
		}
	}
	return values
}

// Decode makes the text of the record UTF-8 by a function that is given each value.
// Where that fails the record is not to be used any more.
func (r *Record) Decode(decode func(string) (string, error)) (err error) {
	for i := range r.Fields {
		f := &r.Fields[i]
		if f.Value, err = decode(f.Value); err != nil {
			return err
		}
		for j := range f.Subfields {
			if f.Subfields[j].Value, err = decode(f.Subfields[j].Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// Records reads all records of r, in ISO 2709 or MARCXML, whichever it turns out
// to be. A record that cannot be read is yielded as a *RecordError, and reading
// goes on; any other error ends it, and so a file ends of which nothing could be
// read. No more than a few records are in memory.
func Records(r io.Reader) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		br := bufio.NewReaderSize(r, 64<<10)
		head, err := br.Peek(headLength)
		if err != nil && !errors.Is(err, io.EOF) {
			br.Reset(io.MultiReader(bytes.NewReader(bytes.Clone(head)), failing{err}))
		}
		in := input{head: bytes.Clone(head), yield: yield}
		var offset int64
		if bom := []byte("\uFEFF"); bytes.HasPrefix(head, bom) {
			offset = int64(len(bom))
			in.head = in.head[len(bom):]
			br.Discard(len(bom))
		}
		switch {
		case isUTF16(in.head) && !IsXML(in.head):
			yield(nil, errUTF16)
			return
		case IsXML(in.head):
			x, err := openXML(br, in.head, offset)
			if err != nil {
				yield(nil, err)
				return
			}
			x.read(in.take)
		default:
			iso := isoReader{r: br, offset: offset}
			iso.read(in.take)
		}
		in.end()
	}
}

// input is what has been understood of a file so far. As long as nothing looks like
// MARC it keeps to itself what is wrong with each piece: of a file that is something
// else one error is enough.
type input struct {
	head    []byte
	yield   func(*Record, error) bool
	records int
	foreign []*RecordError // what is kept
	marc    bool           // something looked like MARC
	ended   bool           // by an error, or because nobody wants more
}

// maxForeign is how many pieces of a file that do not look like MARC are enough to
// know that it is not.
const maxForeign = 100

func (in *input) take(rec *Record, err error) bool {
	var bad *RecordError
	if errors.As(err, &bad) {
		if !in.marc && bad.foreign {
			if in.foreign = append(in.foreign, bad); len(in.foreign) < maxForeign {
				return true
			}
			err = notMARC(in.head)
		}
	}
	if err == nil {
		in.records++
	}
	if err == nil || bad != nil && !bad.foreign {
		in.marc = true
		for _, e := range in.foreign {
			if !in.pass(nil, e) {
				return false
			}
		}
		in.foreign = nil
	}
	return in.pass(rec, err) && (err == nil || in.marc)
}

func (in *input) pass(rec *Record, err error) bool {
	var bad *RecordError
	in.ended = !in.yield(rec, err) || err != nil && !errors.As(err, &bad)
	return !in.ended
}

// end says that nothing was understood, where it was so.
func (in *input) end() {
	switch {
	case in.ended || in.records > 0:
	case in.marc:
		in.yield(nil, errors.New("no record of the file could be read"))
	default:
		in.yield(nil, notMARC(in.head))
	}
}

func validTag(tag string) bool {
	if len(tag) != 3 {
		return false
	}
	for i := range 3 {
		if c := tag[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func isControl(tag string) bool { return tag[:2] == "00" }

func graphic(c byte) bool { return c > ' ' && c < 0x7F }

// failing is a reader that has failed.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
