package marc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"
)

const (
	subfieldDelimiter = 0x1F
	fieldTerminator   = 0x1E
	recordTerminator  = 0x1D

	leaderLength = 24
	entryLength  = 12
	padding      = "\r\n\t \x00\x1A" // what some systems write between records
)

// isoReader cuts a stream at its record terminators.
type isoReader struct {
	r      *bufio.Reader
	buf    []byte
	offset int64 // of what has not been read yet
	number int
}

func (s *isoReader) read(yield func(*Record, error) bool) {
	for {
		seg, start, err := s.segment()
		if err != nil && !errors.Is(err, io.EOF) {
			yield(nil, fmt.Errorf("the MARC file cannot be read after byte %d: %w", s.offset, err))
			return
		}
		if len(seg) > 0 && !s.deliver(seg, start, err != nil, yield) {
			return
		}
		if err != nil {
			return
		}
	}
}

// segment reads up to and with the next record terminator and returns what it has
// read without the padding before it, and the offset of that. Of a segment too long
// for a record only the end is kept. With io.EOF it returns what was left.
func (s *isoReader) segment() (seg []byte, start int64, err error) {
	s.buf = s.buf[:0]
	start = s.offset
	for {
		var part []byte
		part, err = s.r.ReadSlice(recordTerminator)
		s.buf = append(s.buf, part...)
		s.offset += int64(len(part))
		if !errors.Is(err, bufio.ErrBufferFull) {
			break
		}
		if n := len(s.buf); n > 4*MaxRecord {
			s.buf = append(s.buf[:0], s.buf[n-2*MaxRecord:]...)
		}
	}
	start = max(start, s.offset-int64(len(s.buf)))
	seg = bytes.TrimLeft(s.buf, padding)
	return seg, start + int64(len(s.buf)-len(seg)), err
}

// deliver yields the record that the segment is. If it is none, the segment may
// still be a broken record that lost its terminator and then a good one. Last tells
// that the file ends with it.
func (s *isoReader) deliver(seg []byte, start int64, last bool, yield func(*Record, error) bool) bool {
	rec, fault := parseISO(seg)
	if fault == nil {
		return s.yieldRecord(rec, start, yield)
	}
	at, good := goodEnd(seg)
	if good == nil {
		fault.CutOff = last
		return s.yieldError(seg, start, fault, yield)
	}
	if n, ok := number(seg, 0, 5); ok && n > at {
		fault = cutOff(at, n)
	} else {
		fault = &RecordError{Fault: "there are bytes here that are no record"}
	}
	return s.yieldError(seg[:at], start, fault, yield) && s.yieldRecord(good, start+int64(at), yield)
}

func (s *isoReader) yieldRecord(rec *Record, offset int64, yield func(*Record, error) bool) bool {
	s.number++
	rec.Number, rec.Offset = s.number, offset
	return yield(rec, nil)
}

func (s *isoReader) yieldError(seg []byte, offset int64, fault *RecordError, yield func(*Record, error) bool) bool {
	s.number++
	fault.Number, fault.Offset, fault.Control = s.number, offset, control(seg)
	fault.foreign = !hasLeader(seg)
	return yield(nil, fault)
}

// goodEnd finds a whole record that ends where the segment ends.
func goodEnd(seg []byte) (at int, rec *Record) {
	for at = max(1, len(seg)-MaxRecord); at+leaderLength < len(seg); at++ {
		if n, ok := number(seg, at, 5); ok && n == len(seg)-at {
			if rec, fault := parseISO(seg[at:]); fault == nil {
				return at, rec
			}
		}
	}
	return 0, nil
}

// hasLeader reports whether bytes begin with what may have been meant as a leader.
func hasLeader(b []byte) bool {
	_, ok := number(b, 0, 5)
	return ok && len(b) >= leaderLength && (string(b[10:12]) == "22" || string(b[20:22]) == "45")
}

// control finds field 001 in a broken record. It is the first of its fields, and so
// follows the directory at once, whatever the numbers in that say.
func control(b []byte) string {
	if !hasLeader(b) || !bytes.HasPrefix(b[leaderLength:], []byte("001")) {
		return ""
	}
	_, data, _ := bytes.Cut(b[leaderLength:], []byte{fieldTerminator})
	value, _, whole := bytes.Cut(data, []byte{fieldTerminator})
	if !whole || len(value) > maxControl || !utf8.Valid(value) || bytes.IndexFunc(value, unicode.IsControl) >= 0 {
		return ""
	}
	return string(value)
}

// maxControl is the longest field 001 in bytes that is taken for one in what is broken.
const maxControl = 100

func cutOff(n, size int) *RecordError {
	return &RecordError{Fault: "it is cut off", Value: fmt.Sprintf("after %d of its %d bytes", n, size)}
}

// parseISO reads one record, its terminator included, or says why it is none.
func parseISO(b []byte) (*Record, *RecordError) {
	fail := func(fault, format string, args ...any) (*Record, *RecordError) {
		return nil, &RecordError{Fault: fault, Value: fmt.Sprintf(format, args...)}
	}
	size, ok := number(b, 0, 5)
	switch {
	case !ok || len(b) <= leaderLength && b[len(b)-1] == recordTerminator:
		return fail("it does not begin with a leader", "")
	case b[len(b)-1] != recordTerminator:
		return nil, cutOff(len(b), size)
	case size < len(b)-1 || size > len(b)+1:
		return fail("its leader says another length than it has", "%d bytes, but it has %d", size, len(b))
	}
	base, ok := number(b, 12, 5)
	switch {
	case !ok || base <= leaderLength || base >= len(b):
		return fail("the base address in its leader is wrong", "")
	case string(b[10:12]) != "22" || string(b[20:22]) != "45":
		return fail("its leader is not that of a MARC 21 record", "")
	case b[base-1] != fieldTerminator || (base-1-leaderLength)%entryLength != 0:
		return fail("its directory is damaged", "")
	}
	rec := &Record{Leader: string(b[:leaderLength])}
	if size != len(b) {
		rec.Flaws = append(rec.Flaws, Flaw{Fault: "the length in its leader is off by one"})
	}
	data := b[base : len(b)-1]
	covered := 0
	for at := leaderLength; at < base-1; at += entryLength {
		tag := string(b[at : at+3])
		length, ok1 := number(b, at+3, 4)
		start, ok2 := number(b, at+7, 5)
		if !validTag(tag) || !ok1 || !ok2 || length == 0 || start+length > len(data) {
			return fail("an entry of its directory is wrong", "entry %d", (at-leaderLength)/entryLength+1)
		}
		field := data[start : start+length]
		body := field[:length-1]
		if field[length-1] != fieldTerminator || bytes.IndexByte(body, fieldTerminator) >= 0 ||
			bytes.IndexByte(body, recordTerminator) >= 0 {
			return fail("a field does not end where the directory says", "field %s", tag)
		}
		covered += length
		if f, fault := parseField(tag, body); fault != "" {
			rec.Flaws = append(rec.Flaws, Flaw{Tag: tag, Fault: fault})
		} else {
			rec.Fields = append(rec.Fields, f)
		}
	}
	if covered != len(data) {
		return fail("its directory does not fit its fields", "")
	}
	return rec, nil
}

const (
	noIndicators = "a field without two indicators was left out"
	noCode       = "a field with a subfield without a code was left out"
)

// parseField reads one field without its terminator.
func parseField(tag string, body []byte) (f Field, fault string) {
	f = Field{Tag: tag, Ind1: ' ', Ind2: ' '}
	if isControl(tag) {
		f.Value = string(body)
		return f, ""
	}
	parts := bytes.Split(body, []byte{subfieldDelimiter})
	if len(parts[0]) != 2 || parts[0][0] >= utf8.RuneSelf || parts[0][1] >= utf8.RuneSelf {
		return f, noIndicators
	}
	f.Ind1, f.Ind2 = parts[0][0], parts[0][1]
	for _, p := range parts[1:] {
		if len(p) == 0 || !graphic(p[0]) {
			return f, noCode
		}
		f.Subfields = append(f.Subfields, Subfield{Code: p[0], Value: string(p[1:])})
	}
	return f, ""
}

// number reads n digits at b[at:].
func number(b []byte, at, n int) (int, bool) {
	if len(b) < at+n {
		return 0, false
	}
	v := 0
	for _, c := range b[at : at+n] {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int(c-'0')
	}
	return v, true
}
