package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
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

// endOfFile is the letter with which DOS ends a text.
const endOfFile = "\x1A"

// splitter cuts a file of values parted by one sign into rows (RFC 4180), whose lines
// end with LF, CR LF or CR. It is
// strict about quotation marks, and a row that has them wrong costs only itself:
// reading goes on with the line after the one it began on. The parser of the
// standard library would take the rest of the file for one field.
type splitter struct {
	r       *bufio.Reader
	in      string // the name of the encoding
	comma   byte
	columns int    // of the header; 0 before it has been read
	spaced  bool   // and a space follows a comma there
	back    []line // to be read again, the next one first
	line    int    // lines read
	offset  int64  // bytes read
	ended   bool   // the file ended, without a line end
	rows    int    // rows returned, the header not counted
}

// line is one physical line, without its end.
type line struct {
	text   []byte
	number int
	offset int64
	long   bool // and cut
	open   bool // the file ends with it, and it has no end
}

// row is one row, or why it is none and the cells before the fault.
type row struct {
	cells  []string
	number int // from 1, the header not counted
	line   int // the first
	offset int64
	fault  string
	value  string // what the fault is about
	cut    bool   // it has a fault, and the file ends within it
	open   bool   // the file ends with it, and it has no line end
}

// problem is the row's place and fault.
func (r row) problem() Problem {
	return Problem{Number: r.number, Line: r.line, Offset: r.offset, Fault: r.fault, Value: r.value, Cut: r.cut}
}

// openCSV reads the header line and finds out what parts the columns.
func openCSV(text *Text) (*splitter, []string, error) {
	all, err := text.Reader()
	if err != nil {
		return nil, nil, err
	}
	s := &splitter{r: bufio.NewReaderSize(all, 64<<10), in: text.Encoding(), comma: ',', offset: text.start}
	first, err := s.take()
	for err == nil && len(bytes.TrimSpace(first.text)) == 0 {
		first, err = s.take()
	}
	if errors.Is(err, io.EOF) {
		return nil, nil, errors.New("the file is empty: it needs a header line that names its columns")
	} else if err != nil {
		return nil, nil, fmt.Errorf("the file cannot be read: %w", err)
	}
	if what := noTable(first.text); what != "" {
		return nil, nil, fmt.Errorf("the file is %s", what)
	}
	for _, sign := range []byte("\t;") {
		if bytes.Count(first.text, []byte{sign}) > bytes.Count(first.text, []byte{s.comma}) {
			s.comma = sign
		}
	}
	s.spaced = bytes.Contains(first.text, []byte{s.comma, ' '})
	s.giveBack([]line{first})
	header, err := s.next()
	if err == nil && header.fault != "" {
		err = errors.New(header.fault)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the header line cannot be read: %w", err)
	}
	s.columns = len(header.cells)
	return s, header.cells, nil
}

var isoLeader = regexp.MustCompile(`^\d{5}[a-z][a-z ]{4}22`)

// noTable names a text that is no table by its first line, with advice; "" for all others.
func noTable(first []byte) string {
	begin := bytes.ToLower(bytes.TrimSpace(first))
	switch {
	case isoLeader.Match(first):
		return "MARC: import it with \"central import marc\""
	case bytes.HasPrefix(begin, []byte("=ldr")):
		return "MARC as text for people (mnemonic): save it as MARC (.mrc) or MARCXML, and import it with \"central import marc\""
	case bytes.HasPrefix(begin, []byte("<!doctype html")), bytes.HasPrefix(begin, []byte("<html")):
		return "a web page (HTML), perhaps an error message of the system that it was to come from"
	case bytes.HasPrefix(begin, []byte("<")):
		return "XML, and no table: MARCXML is imported with \"central import marc\""
	case bytes.HasPrefix(begin, []byte("{")), bytes.HasPrefix(begin, []byte("[{")):
		return "JSON, and no table: save it as CSV"
	}
	return ""
}

// next returns the next row that is not empty, and io.EOF after the last.
func (s *splitter) next() (row, error) {
	for {
		first, err := s.take()
		if err != nil {
			return row{}, err
		}
		if len(bytes.Trim(first.text, " \t,"+endOfFile+string(s.comma))) == 0 {
			continue
		}
		if s.columns > 0 {
			s.rows++
		}
		r := row{number: s.rows, line: first.number}
		if s.in == UTF8 {
			r.offset = first.offset
		}
		r.cells, r.fault, r.value, err = s.row(first)
		r.open = len(s.back) == 0 && s.ended
		r.cut = r.fault != "" && first.open
		return r, err
	}
}

// row reads the row that begins with the line.
func (s *splitter) row(first line) (cells []string, fault, value string, err error) {
	p := rowParser{comma: s.comma, columns: s.columns, spaced: s.spaced}
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
	if s.swallowed(lines) {
		s.giveBack(lines[1:])
		before := slices.IndexFunc(p.cells, func(cell string) bool { return strings.Contains(cell, "\n") })
		return p.cells[:before], s.orEncoding(first, endsTooLate), "", nil
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
	switch {
	case l.long:
	case s.in != UTF8 && bytes.ContainsRune(l.text, utf8.RuneError):
		return "it is not " + s.in + ", as the file is"
	case !utf8.Valid(l.text):
		return "it is not UTF-8, as the file is (it may be in Shift_JIS)"
	case s.in == UTF8 && escaped(l.text):
		return "it has an escape sequence of ISO-2022-JP, and the file is UTF-8"
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
		if _, err := s.r.Peek(1); err != nil {
			if !errors.Is(err, io.EOF) || s.offset == l.offset {
				return line{}, err
			}
			s.line++
			whole := bytes.TrimRight(l.text, endOfFile)
			l.open, l.text = len(whole) == len(l.text), whole
			s.ended = l.open
			return l, nil
		}
		part, _ := s.r.Peek(s.r.Buffered())
		end := bytes.IndexAny(part, "\r\n")
		if end >= 0 {
			part = part[:end]
		}
		if l.long = l.long || len(l.text)+len(part) > maxLine; !l.long {
			l.text = append(l.text, part...)
		}
		s.skip(len(part))
		if end < 0 {
			continue
		}
		sign, _ := s.r.ReadByte()
		s.offset++
		if next, _ := s.r.Peek(1); sign == '\r' && len(next) > 0 && next[0] == '\n' {
			s.skip(1)
		}
		s.line++
		return l, nil
	}
}

// skip goes over bytes that are in the buffer.
func (s *splitter) skip(n int) {
	n, _ = s.r.Discard(n)
	s.offset += int64(n)
}

// rowParser reads the lines of one row.
type rowParser struct {
	comma   byte
	columns int
	spaced  bool
	cells   []string
	cell    strings.Builder
	quoted  bool // within a quoted field
}

// feed reads a line and reports whether the row is complete with it.
func (p *rowParser) feed(text []byte) (complete bool, fault string) {
	if p.quoted {
		p.cell.WriteByte('\n')
		inside, _, _ := bytes.Cut(text, []byte(`"`))
		if p.columns >= 6 && separators(inside, p.comma, p.spaced) >= p.columns-1 {
			return false, endsTooLate
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
		} else if trimmed := bytes.TrimPrefix(bytes.TrimLeft(text, " "), []byte("=")); len(trimmed) > 0 && trimmed[0] == '"' {
			p.quoted = true // as ="0012" is, of which only the quotation marks are to be taken off
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
