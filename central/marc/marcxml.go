package marc

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// xmlReader cuts the records out of a MARCXML stream by their tags and has
// encoding/xml judge each on its own, so that one that is not well-formed costs
// no other, and none is larger in memory than MaxXMLRecord.
type xmlReader struct {
	r      *bufio.Reader
	buf    []byte // what has been read and is still needed
	base   int64  // the offset of buf[0]
	err    error  // the end of the stream
	number int
}

// markup is one tag, comment or the like: buf[start:end].
type markup struct {
	kind       markupKind
	start, end int
	local      string // the name of a tag without its prefix
}

type markupKind int

const (
	endOfFile markupKind = iota
	startTag
	endTag
	emptyTag
	instruction // <?…?>
	declaration // <!DOCTYPE…>
	ignorable   // comment or CDATA
	broken      // a "<" that begins nothing whole
)

var encodingName = regexp.MustCompile(`encoding\s*=\s*["']([^"']*)["']`)

func (x *xmlReader) read(yield func(*Record, error) bool) {
	record := -1     // where the open record begins in buf
	holds := false   // whether it has a leader or a field yet; the outer record of OAI-PMH has none
	open := int64(0) // collections not closed
	at := 0
	for {
		if record < 0 && at > 64<<10 {
			x.discard(at)
			at = 0
		}
		m := x.next(at)
		if record >= 0 && m.end-record > MaxXMLRecord {
			if !x.yieldError(record, fmt.Sprintf("it is longer than %d bytes", MaxXMLRecord), yield) {
				return
			}
			x.discard(record + 1)
			at, record = max(0, at-record-1), -1
			continue
		}
		at = m.end
		switch {
		case m.kind == endOfFile:
			x.finish(record, open, yield)
			return
		case m.kind == declaration:
			yield(nil, fmt.Errorf("the file has a document type declaration at byte %d, which is refused: take it out", x.base+int64(m.start)))
			return
		case m.kind == instruction:
			if e := encodingName.FindSubmatch(x.buf[m.start:m.end]); bytes.HasPrefix(x.buf[m.start:], []byte("<?xml ")) &&
				e != nil && !strings.EqualFold(string(e[1]), "UTF-8") {
				yield(nil, fmt.Errorf("the file says that it is in %q: save it as UTF-8 and import it again", e[1]))
				return
			}
		case m.local == "collection" && m.kind == startTag:
			open++
		case m.local == "collection" && m.kind == endTag:
			open--
		case m.local == "record" && m.kind == startTag:
			if record >= 0 && holds && !x.yieldError(record, "it has no end tag", yield) {
				return
			}
			x.discard(m.start)
			record, at, holds = 0, m.end-m.start, false
		case m.local == "record" && m.kind == endTag && record >= 0:
			if !x.deliver(record, m.end, yield) {
				return
			}
			record = -1
		case m.local == "record" && m.kind == emptyTag && record < 0:
			if !x.yieldError(m.start, "it is empty", yield) {
				return
			}
		case m.local == "leader" || m.local == "controlfield" || m.local == "datafield":
			holds = true
		}
	}
}

func (x *xmlReader) finish(record int, open int64, yield func(*Record, error) bool) {
	if !errors.Is(x.err, io.EOF) {
		yield(nil, fmt.Errorf("the MARC file cannot be read after byte %d: %w", x.base+int64(len(x.buf)), x.err))
		return
	}
	switch {
	case record >= 0:
		x.yieldError(record, "it is cut off at the end of the file", yield)
	case open > 0:
		x.yieldError(len(x.buf), "the file ends before its last collection is closed: records may be missing", yield)
	}
}

// next finds the next markup in buf[at:], reading on as needed. Text without a "<"
// comes as broken markup, piece by piece.
func (x *xmlReader) next(at int) markup {
	i := bytes.IndexByte(x.buf[at:], '<')
	if i < 0 {
		read := len(x.buf)
		if !x.fill(read + 1) {
			return markup{kind: endOfFile, start: read, end: read}
		}
		return markup{kind: broken, start: at, end: read}
	}
	i += at
	x.fill(i + len("<![CDATA["))
	rest := x.buf[i:]
	for _, form := range []struct {
		open, close string
		kind        markupKind
	}{
		{"<!--", "-->", ignorable},
		{"<![CDATA[", "]]>", ignorable},
		{"<?", "?>", instruction},
		{"<!", ">", declaration},
	} {
		if bytes.HasPrefix(rest, []byte(form.open)) {
			if end := x.find(form.close, i+len(form.open)); end >= 0 {
				return markup{kind: form.kind, start: i, end: end + len(form.close)}
			}
			return markup{kind: broken, start: i, end: i + 1}
		}
	}
	end := x.tagEnd(i)
	if end < 0 {
		return markup{kind: broken, start: i, end: i + 1}
	}
	tag := x.buf[i+1 : end-1]
	m := markup{kind: startTag, start: i, end: end}
	if bytes.HasPrefix(tag, []byte("/")) {
		m.kind, tag = endTag, tag[1:]
	} else if bytes.HasSuffix(tag, []byte("/")) {
		m.kind, tag = emptyTag, tag[:len(tag)-1]
	}
	if cut := bytes.IndexAny(tag, " \t\r\n"); cut >= 0 {
		tag = tag[:cut]
	}
	m.local = string(tag[bytes.IndexByte(tag, ':')+1:])
	return m
}

// tagEnd returns the index behind the ">" of the tag at buf[i:], or -1 when
// another "<" or the end comes first.
func (x *xmlReader) tagEnd(i int) int {
	quote := byte(0)
	for j := i + 1; j-i < MaxXMLRecord && x.fill(j+1); j++ {
		switch c := x.buf[j]; {
		case c == '<':
			return -1
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return j + 1
		}
	}
	return -1
}

// find returns the index of s in buf[at:], reading on until it is there, or -1 when
// the stream ends or MaxXMLRecord bytes do not hold it.
func (x *xmlReader) find(s string, at int) int {
	limit := at + MaxXMLRecord
	for at < limit && x.fill(at+len(s)) {
		if i := bytes.Index(x.buf[at:], []byte(s)); i >= 0 {
			return at + i
		}
		at = len(x.buf) - len(s) + 1
	}
	return -1
}

// fill reads until buf has n bytes.
func (x *xmlReader) fill(n int) bool {
	for len(x.buf) < n && x.err == nil {
		if _, x.err = x.r.Peek(1); x.err == nil {
			part, _ := x.r.Peek(x.r.Buffered())
			x.buf = append(x.buf, part...)
			x.r.Discard(len(part))
		}
	}
	return len(x.buf) >= n
}

// discard forgets the first n bytes of buf.
func (x *xmlReader) discard(n int) {
	x.buf = append(x.buf[:0], x.buf[n:]...)
	x.base += int64(n)
}

func (x *xmlReader) deliver(start, end int, yield func(*Record, error) bool) bool {
	rec, reason := parseXML(x.buf[start:end])
	if reason != "" {
		return x.yieldError(start, reason, yield)
	}
	x.number++
	rec.Number, rec.Offset = x.number, x.base+int64(start)
	return yield(rec, nil)
}

func (x *xmlReader) yieldError(at int, reason string, yield func(*Record, error) bool) bool {
	x.number++
	return yield(nil, &RecordError{Number: x.number, Offset: x.base + int64(at), Reason: reason})
}

// xmlRecord is a record in the MARCXML schema of the Library of Congress.
type xmlRecord struct {
	Leader  []string `xml:"leader"`
	Control []struct {
		Tag   string `xml:"tag,attr"`
		Value string `xml:",chardata"`
	} `xml:"controlfield"`
	Data []struct {
		Tag       string `xml:"tag,attr"`
		Ind1      string `xml:"ind1,attr"`
		Ind2      string `xml:"ind2,attr"`
		Subfields []struct {
			Code  string `xml:"code,attr"`
			Value string `xml:",chardata"`
		} `xml:"subfield"`
	} `xml:"datafield"`
}

// parseXML reads one record element, or says why it is none.
func parseXML(b []byte) (rec *Record, reason string) {
	if !utf8.Valid(b) {
		return nil, "it is not UTF-8"
	}
	var in xmlRecord
	if err := xml.Unmarshal(b, &in); err != nil {
		return nil, "it is not well-formed: " + strings.TrimPrefix(err.Error(), "XML syntax error on ")
	}
	if len(in.Leader) != 1 || len(in.Leader[0]) != leaderLength {
		return nil, fmt.Sprintf("it has no leader of %d characters", leaderLength)
	}
	rec = &Record{Leader: in.Leader[0]}
	for _, c := range in.Control {
		if !validTag(c.Tag) || !isControl(c.Tag) {
			return nil, fmt.Sprintf("it has a control field with the tag %q", c.Tag)
		}
		rec.Fields = append(rec.Fields, Field{Tag: c.Tag, Ind1: ' ', Ind2: ' ', Value: c.Value})
	}
	for _, d := range in.Data {
		if !validTag(d.Tag) || isControl(d.Tag) {
			return nil, fmt.Sprintf("it has a data field with the tag %q", d.Tag)
		}
		ind1, ok1 := indicator(d.Ind1)
		ind2, ok2 := indicator(d.Ind2)
		if !ok1 || !ok2 {
			return nil, fmt.Sprintf("its field %s has an indicator of more than one character", d.Tag)
		}
		f := Field{Tag: d.Tag, Ind1: ind1, Ind2: ind2}
		for _, s := range d.Subfields {
			if len(s.Code) != 1 || !graphic(s.Code[0]) {
				return nil, fmt.Sprintf("its field %s has a subfield without a code", d.Tag)
			}
			f.Subfields = append(f.Subfields, Subfield{Code: s.Code[0], Value: s.Value})
		}
		rec.Fields = append(rec.Fields, f)
	}
	return rec, ""
}

func indicator(s string) (byte, bool) {
	switch {
	case s == "":
		return ' ', true
	case len(s) == 1 && s[0] >= ' ' && s[0] < utf8.RuneSelf:
		return s[0], true
	}
	return 0, false
}
