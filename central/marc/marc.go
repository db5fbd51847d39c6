// Package marc reads MARC 21 records in ISO 2709 and in MARCXML, both in UTF-8,
// strictly and without ever giving up: a broken record is reported with its
// number, its place and its reason, and reading goes on with the next one. The Go
// modules to be had for MARC are unmaintained, read leniently and tell no offsets,
// hence this one. It knows the form of records, not their meaning: see intake.
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

// Record is one MARC record.
type Record struct {
	Leader string // 24 characters
	Fields []Field
	Number int   // in the file, from 1, broken records counted
	Offset int64 // of its first byte in the file
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

// RecordError says why a record could not be read. The records after it can.
type RecordError struct {
	Number int   // in the file, from 1
	Offset int64 // of its first byte in the file
	Reason string
}

func (e *RecordError) Error() string {
	return fmt.Sprintf("record %d at byte %d: %s", e.Number, e.Offset, e.Reason)
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

// Records reads all records of r, in ISO 2709 or MARCXML, whichever it turns out
// to be. A record that cannot be read is yielded as a *RecordError, and reading
// goes on; any other error ends it. No more than a few records are in memory.
func Records(r io.Reader) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		br := bufio.NewReaderSize(r, 64<<10)
		head, err := br.Peek(1024)
		if err != nil && !errors.Is(err, io.EOF) {
			head = bytes.Clone(head)
			br.Reset(io.MultiReader(bytes.NewReader(head), failing{err}))
		}
		if bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}) {
			yield(nil, errors.New("the file is in UTF-16: save it as UTF-8 and import it again"))
			return
		}
		var offset int64
		if bom := []byte("\uFEFF"); bytes.HasPrefix(head, bom) {
			offset = int64(len(bom))
			head = head[len(bom):]
			br.Discard(len(bom))
		}
		if bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<")) {
			x := xmlReader{r: br, base: offset}
			x.read(yield)
			return
		}
		iso := isoReader{r: br, offset: offset}
		iso.read(yield)
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
