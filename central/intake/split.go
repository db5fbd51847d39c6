package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// What a row may take up. A quoted field that goes on beyond has lost its end.
const (
	maxLine     = 1 << 20
	maxRowLines = 100
	maxRowBytes = 64 << 10
)

// splitter cuts a file of comma- or tab-separated values into rows (RFC 4180). It is
// strict about quotation marks, and a row that has them wrong costs only itself:
// reading goes on with the line after the one it began on. The parser of the
// standard library would take the rest of the file for one field.
type splitter struct {
	r       *bufio.Reader
	comma   byte
	columns int    // of the header; 0 before it has been read
	back    []line // to be read again, the next one first
	line    int    // lines read
	offset  int64  // bytes read
	rows    int    // rows returned, the header not counted
}

// line is one physical line, without its end.
type line struct {
	text   []byte
	number int
	offset int64
	long   bool // and cut
}

// row is one row, or why it is none and the cells before the fault.
type row struct {
	cells  []string
	number int // from 1, the header not counted
	line   int // the first
	offset int64
	fault  string
	value  string // what the fault is about
}

// problem is the row's place and fault.
func (r row) problem() Problem {
	return Problem{Number: r.number, Line: r.line, Offset: r.offset, Fault: r.fault, Value: r.value}
}

// next returns the next row that is not empty, and io.EOF after the last.
func (s *splitter) next() (row, error) {
	for {
		first, err := s.take()
		if err != nil {
			return row{}, err
		}
		if len(bytes.Trim(first.text, " \t\r,")) == 0 {
			continue
		}
		if s.columns > 0 {
			s.rows++
		}
		r := row{number: s.rows, line: first.number, offset: first.offset}
		r.cells, r.fault, r.value, err = s.row(first)
		return r, err
	}
}

// row reads the row that begins with the line.
func (s *splitter) row(first line) (cells []string, fault, value string, err error) {
	p := rowParser{comma: s.comma, columns: s.columns}
	lines := []line{first}
	size := 0
	for l := first; ; {
		size += len(l.text)
		complete, fault := p.feed(l.text)
		switch {
		case l.long:
			fault = fmt.Sprintf("the line is longer than %d bytes", maxLine)
		case fault == "" && !complete && (len(lines) == maxRowLines || size > maxRowBytes):
			fault = "a field that begins with a quotation mark does not end with one"
		}
		if fault != "" {
			s.giveBack(lines[1:])
			return p.cells, s.orEncoding(first, fault), "", nil
		}
		if complete {
			break
		}
		if l, err = s.take(); errors.Is(err, io.EOF) {
			s.giveBack(lines[1:])
			return p.cells, s.orEncoding(first, "a field that begins with a quotation mark does not end with one"), "", nil
		} else if err != nil {
			return nil, "", "", err
		}
		lines = append(lines, l)
	}
	for s.columns > 0 && len(p.cells) > s.columns && strings.TrimSpace(p.cells[len(p.cells)-1]) == "" {
		p.cells = p.cells[:len(p.cells)-1]
	}
	if s.columns > 0 && len(p.cells) != s.columns {
		s.giveBack(lines[1:])
		fault = "it has fewer fields than the header line"
		if len(p.cells) > s.columns {
			fault = "it has more fields than the header line"
		}
		return p.cells, s.orEncoding(first, fault), fmt.Sprintf("%d instead of %d", len(p.cells), s.columns), nil
	}
	for _, l := range lines {
		if fault := s.orEncoding(l, ""); fault != "" {
			return p.cells, fault, "", nil
		}
	}
	return p.cells, "", "", nil
}

// orEncoding prefers to blame the encoding of a line for whatever is wrong with it.
func (s *splitter) orEncoding(l line, fault string) string {
	if !utf8.Valid(l.text) && !l.long {
		return "it is not UTF-8: save the file as UTF-8 (it may be in Shift_JIS)"
	}
	return fault
}

func (s *splitter) giveBack(lines []line) { s.back = slices.Concat(lines, s.back) }

// take returns the next line.
func (s *splitter) take() (line, error) {
	if len(s.back) > 0 {
		l := s.back[0]
		s.back = s.back[1:]
		return l, nil
	}
	l := line{number: s.line + 1, offset: s.offset}
	for {
		part, err := s.r.ReadSlice('\n')
		s.offset += int64(len(part))
		if l.long = l.long || len(l.text)+len(part) > maxLine; !l.long {
			l.text = append(l.text, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || s.offset == l.offset):
			return line{}, err
		}
		s.line++
		l.text = bytes.TrimSuffix(bytes.TrimSuffix(l.text, []byte("\n")), []byte("\r"))
		return l, nil
	}
}

// rowParser reads the lines of one row.
type rowParser struct {
	comma   byte
	columns int
	cells   []string
	cell    strings.Builder
	quoted  bool // within a quoted field
}

// feed reads a line and reports whether the row is complete with it.
func (p *rowParser) feed(text []byte) (complete bool, fault string) {
	if p.quoted {
		p.cell.WriteByte('\n')
		inside, _, _ := bytes.Cut(text, []byte(`"`))
		if p.columns >= 6 && bytes.Count(inside, []byte{p.comma}) >= p.columns-1 {
			return false, "a field that begins with a quotation mark does not end before the next row"
		}
	}
	for {
		if p.quoted {
			end := bytes.IndexByte(text, '"')
			if end < 0 {
				p.cell.Write(text)
				return false, ""
			}
			p.cell.Write(text[:end])
			text = text[end+1:]
			if len(text) > 0 && text[0] == '"' {
				p.cell.WriteByte('"')
				text = text[1:]
				continue
			}
			p.quoted = false
			if text = bytes.TrimLeft(text, " "); len(text) > 0 && text[0] != p.comma {
				return false, "a quotation mark stands inside a quoted field: it must be doubled"
			}
		} else if trimmed := bytes.TrimLeft(text, " "); len(trimmed) > 0 && trimmed[0] == '"' {
			p.quoted = true
			text = trimmed[1:]
			continue
		} else {
			end := bytes.IndexByte(text, p.comma)
			if end < 0 {
				end = len(text)
			}
			if bytes.IndexByte(text[:end], '"') >= 0 {
				return false, "a quotation mark stands inside a field that does not begin with one"
			}
			p.cell.Write(text[:end])
			text = text[end:]
		}
		p.cells = append(p.cells, p.cell.String())
		p.cell.Reset()
		if len(text) == 0 {
			return true, ""
		}
		text = text[1:]
	}
}
