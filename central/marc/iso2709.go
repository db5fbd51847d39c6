package marc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

const (
	subfieldDelimiter = 0x1F
	fieldTerminator   = 0x1E
	recordTerminator  = 0x1D
	escape            = 0x1B

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
		if len(seg) > 0 && !s.deliver(seg, start, yield) {
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
// still be a broken record that lost its terminator and then a good one.
func (s *isoReader) deliver(seg []byte, start int64, yield func(*Record, error) bool) bool {
	rec, reason := parseISO(seg)
	if reason == "" {
		return s.yieldRecord(rec, start, yield)
	}
	at, good := goodEnd(seg)
	if good == nil {
		return s.yieldError(start, reason, yield)
	}
	if n, ok := number(seg, 0, 5); ok && n > at {
		reason = fmt.Sprintf("it is cut off after %d of its %d bytes", at, n)
	} else {
		reason = "there are bytes here that are no record"
	}
	return s.yieldError(start, reason, yield) && s.yieldRecord(good, start+int64(at), yield)
}

func (s *isoReader) yieldRecord(rec *Record, offset int64, yield func(*Record, error) bool) bool {
	s.number++
	rec.Number, rec.Offset = s.number, offset
	return yield(rec, nil)
}

func (s *isoReader) yieldError(offset int64, reason string, yield func(*Record, error) bool) bool {
	s.number++
	return yield(nil, &RecordError{Number: s.number, Offset: offset, Reason: reason})
}

// goodEnd finds a whole record that ends where the segment ends.
func goodEnd(seg []byte) (at int, rec *Record) {
	for at = max(1, len(seg)-MaxRecord); at+leaderLength < len(seg); at++ {
		if n, ok := number(seg, at, 5); ok && n == len(seg)-at {
			if rec, reason := parseISO(seg[at:]); reason == "" {
				return at, rec
			}
		}
	}
	return 0, nil
}

// parseISO reads one record, its terminator included, or says why it is none.
func parseISO(b []byte) (rec *Record, reason string) {
	size, ok := number(b, 0, 5)
	switch {
	case !ok:
		return nil, "it does not begin with a leader"
	case b[len(b)-1] != recordTerminator:
		return nil, fmt.Sprintf("it is cut off after %d of its %d bytes", len(b), size)
	case size != len(b):
		return nil, fmt.Sprintf("its leader says %d bytes, but it has %d", size, len(b))
	}
	base, ok := number(b, 12, 5)
	switch {
	case !ok || base <= leaderLength || base >= size:
		return nil, "the base address in its leader is wrong"
	case string(b[10:12]) != "22" || string(b[20:22]) != "45":
		return nil, "its leader is not that of a MARC 21 record"
	case b[base-1] != fieldTerminator || (base-1-leaderLength)%entryLength != 0:
		return nil, "its directory is damaged"
	case bytes.IndexByte(b, escape) >= 0:
		return nil, "it is not UTF-8: its escape sequences are those of MARC-8 or ISO-2022-JP"
	case !utf8.Valid(b):
		return nil, "it is not UTF-8"
	}
	rec = &Record{Leader: string(b[:leaderLength])}
	data := b[base : size-1]
	covered := 0
	for at := leaderLength; at < base-1; at += entryLength {
		tag := string(b[at : at+3])
		length, ok1 := number(b, at+3, 4)
		start, ok2 := number(b, at+7, 5)
		if !validTag(tag) || !ok1 || !ok2 || length == 0 || start+length > len(data) {
			return nil, fmt.Sprintf("entry %d of its directory is wrong", (at-leaderLength)/entryLength+1)
		}
		f, reason := parseField(tag, data[start:start+length])
		if reason != "" {
			return nil, reason
		}
		covered += length
		rec.Fields = append(rec.Fields, f)
	}
	if covered != len(data) {
		return nil, "its directory does not fit its fields"
	}
	return rec, ""
}

// parseField reads one field with its terminator.
func parseField(tag string, b []byte) (f Field, reason string) {
	body := b[:len(b)-1]
	if b[len(b)-1] != fieldTerminator || bytes.IndexByte(body, fieldTerminator) >= 0 ||
		bytes.IndexByte(body, recordTerminator) >= 0 {
		return f, fmt.Sprintf("its field %s does not end where the directory says", tag)
	}
	f = Field{Tag: tag, Ind1: ' ', Ind2: ' '}
	if isControl(tag) {
		f.Value = string(body)
		return f, ""
	}
	parts := bytes.Split(body, []byte{subfieldDelimiter})
	if len(parts[0]) != 2 || parts[0][0] >= utf8.RuneSelf || parts[0][1] >= utf8.RuneSelf {
		return f, fmt.Sprintf("its field %s has no two indicators", tag)
	}
	f.Ind1, f.Ind2 = parts[0][0], parts[0][1]
	for _, p := range parts[1:] {
		if len(p) == 0 || !graphic(p[0]) {
			return f, fmt.Sprintf("its field %s has a subfield without a code", tag)
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
