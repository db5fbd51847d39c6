package marc

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
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

	encoding string // that the file declares and r has decoded; "" for UTF-8
	sure     bool   // a byte order mark says UTF-8, whatever the file declares
}

// openXML reads the declaration at the head of the file, in which its encoding stands.
func openXML(r *bufio.Reader, head []byte, offset int64) (*xmlReader, error) {
	x := &xmlReader{r: r, base: offset, sure: offset > 0}
	name := ""
	switch m := xmlDeclaration.FindSubmatch(head); {
	case x.sure:
		return x, nil
	case isUTF16(head):
		name = "UTF-16LE"
		if head[0] == 0xFE || head[0] == 0 {
			name = "UTF-16BE"
		}
	case m == nil || isUTF8(string(m[1])):
		return x, nil
	default:
		name = string(m[1])
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil, fmt.Errorf("the file says that it is in %q, which is not known: save it as UTF-8 and import it again", shortened(name))
	}
	x.encoding = name
	x.r = bufio.NewReaderSize(transform.NewReader(r, unicode.BOMOverride(enc.NewDecoder())), 64<<10)
	return x, nil
}

// isUTF8 reports whether a declared encoding is UTF-8 or within it. What says UTF-16
// in letters of one byte each was made UTF-8 by a program that left the text alone.
func isUTF8(name string) bool {
	switch strings.ToLower(name) {
	case "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "utf16":
		return true
	}
	return false
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

const htmlDeclaration = "<!DOCTYPE html"

var xmlDeclaration = regexp.MustCompile(`^\s*<\?xml\s[^<>]*encoding\s*=\s*["']([^"']*)["']`)

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
			if !x.yieldError(record, holds, &RecordError{Fault: fmt.Sprintf("it is longer than %d bytes", MaxXMLRecord)}, yield) {
				return
			}
			x.discard(record + 1)
			at, record = max(0, at-record-1), -1
			continue
		}
		at = m.end
		switch {
		case m.kind == endOfFile:
			x.finish(record, holds, open, yield)
			return
		case m.kind == declaration && x.number == 0 && bytes.EqualFold(x.buf[m.start:min(m.end, m.start+len(htmlDeclaration))], []byte(htmlDeclaration)):
			return
		case m.kind == declaration:
			yield(nil, fmt.Errorf("the file has a document type declaration at byte %d, which is refused: take it out", x.base+int64(m.start)))
			return
		case m.kind == instruction:
			if d := xmlDeclaration.FindSubmatch(x.buf[m.start:m.end]); d != nil && !x.sure && !isUTF8(string(d[1])) && string(d[1]) != x.encoding {
				yield(nil, fmt.Errorf("the file says at byte %d that it goes on in %q: import its parts one by one", x.base+int64(m.start), shortened(string(d[1]))))
				return
			}
		case m.local == "collection" && m.kind == startTag:
			open++
		case m.local == "collection" && m.kind == endTag:
			open--
		case m.local == "record" && m.kind == startTag:
			if record >= 0 && holds && !x.yieldError(record, holds, &RecordError{Fault: "it has no end tag"}, yield) {
				return
			}
			x.discard(m.start)
			record, at, holds = 0, m.end-m.start, false
		case m.local == "record" && m.kind == endTag && record >= 0:
			if !x.deliver(record, m.end, holds, yield) {
				return
			}
			record = -1
		case m.local == "record" && m.kind == emptyTag && record < 0:
			if !x.yieldError(m.start, false, &RecordError{Fault: "it is empty"}, yield) {
				return
			}
		case m.local == "leader" || m.local == "controlfield" || m.local == "datafield":
			holds = true
		}
	}
}

func (x *xmlReader) finish(record int, holds bool, open int64, yield func(*Record, error) bool) {
	if !errors.Is(x.err, io.EOF) {
		yield(nil, fmt.Errorf("the MARC file cannot be read after byte %d: %w", x.base+int64(len(x.buf)), x.err))
		return
	}
	switch {
	case record >= 0:
		x.yieldError(record, holds, &RecordError{Fault: "it is cut off at the end of the file", CutOff: true}, yield)
	case open > 0:
		x.yieldError(len(x.buf), false, &RecordError{Fault: "the file ends before its last collection is closed: records may be missing", CutOff: true}, yield)
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

func (x *xmlReader) deliver(start, end int, holds bool, yield func(*Record, error) bool) bool {
	rec, fault := x.parse(x.buf[start:end])
	if fault != nil {
		return x.yieldError(start, holds, fault, yield)
	}
	x.number++
	rec.Number, rec.Offset = x.number, x.base+int64(start)
	return yield(rec, nil)
}

// yieldError tells of the record at buf[at:]. holds is whether anything in it is MARC.
func (x *xmlReader) yieldError(at int, holds bool, fault *RecordError, yield func(*Record, error) bool) bool {
	x.number++
	fault.Number, fault.Offset, fault.foreign = x.number, x.base+int64(at), !holds && fault.Fault != oaiGone
	if m := xmlControl.FindSubmatch(x.buf[at:]); holds && m != nil && len(m[1]) <= maxControl && utf8.Valid(m[1]) {
		if next := xmlRecordTag.FindIndex(x.buf[at+1:]); next == nil || next[0]+at+1 > at+bytes.Index(x.buf[at:], m[0]) {
			fault.Control = strings.TrimSpace(html.UnescapeString(string(m[1])))
		}
	}
	return yield(nil, fault)
}

const oaiGone = "OAI-PMH says that it was deleted, but not which record of ours that was"

var (
	xmlControl   = regexp.MustCompile(`<(?:[\w.-]+:)?controlfield\s[^<>]*?tag\s*=\s*["']001["'][^<>]*>([^<>]*)</`)
	xmlRecordTag = regexp.MustCompile(`<(?:[\w.-]+:)?record[\s>]`)
	oaiDeleted   = regexp.MustCompile(`<header\s[^<>]*status\s*=\s*["']deleted["'][^<>]*>`)
	oaiName      = regexp.MustCompile(`<identifier>([^<>]*)</identifier>`)
)

// xmlRecord is a record in the MARCXML schema of the Library of Congress.
type xmlRecord struct {
	Leader  []string `xml:"leader"`
	Control []struct {
		Tag   string `xml:"tag,attr"`
		Value string `xml:",chardata"`
	} `xml:"controlfield"`
	Data []xmlData `xml:"datafield"`
}

type xmlData struct {
	Tag       string `xml:"tag,attr"`
	Ind1      string `xml:"ind1,attr"`
	Ind2      string `xml:"ind2,attr"`
	Subfields []struct {
		Code  string `xml:"code,attr"`
		Value string `xml:",chardata"`
	} `xml:"subfield"`
}

// NotUTF8 is the fault of a record in MARCXML that the file's declaration says to be
// UTF-8, or says nothing of.
const NotUTF8 = "it is not UTF-8"

// parse reads one record element, or says why it is none.
func (x *xmlReader) parse(b []byte) (*Record, *RecordError) {
	fail := func(fault, value string) (*Record, *RecordError) {
		return nil, &RecordError{Fault: fault, Value: shortened(value)}
	}
	switch {
	case !utf8.Valid(b):
		return fail(NotUTF8, "")
	case x.encoding != "" && bytes.ContainsRune(b, utf8.RuneError):
		return fail("there are bytes in it that the encoding which the file declares does not have", x.encoding)
	}
	var in xmlRecord
	if err := xml.Unmarshal(b, &in); err != nil {
		return fail("it is not well-formed XML", strings.TrimPrefix(err.Error(), "XML syntax error on "))
	}
	if len(in.Leader) != 1 || len(in.Leader[0]) != leaderLength {
		if oaiDeleted.Match(b) {
			name := ""
			if m := oaiName.FindSubmatch(b); m != nil {
				name = string(m[1])
			}
			return fail(oaiGone, name)
		}
		return fail(fmt.Sprintf("it has no leader of %d characters", leaderLength), "")
	}
	rec := &Record{Leader: in.Leader[0]}
	for _, c := range in.Control {
		if !validTag(c.Tag) || !isControl(c.Tag) {
			return fail("it has a control field with a tag that is none", c.Tag)
		}
		rec.Fields = append(rec.Fields, Field{Tag: c.Tag, Ind1: ' ', Ind2: ' ', Value: c.Value})
	}
	for _, d := range in.Data {
		if !validTag(d.Tag) || isControl(d.Tag) {
			return fail("it has a data field with a tag that is none", d.Tag)
		}
		if f, fault := d.field(); fault != "" {
			rec.Flaws = append(rec.Flaws, Flaw{Tag: d.Tag, Fault: fault})
		} else {
			rec.Fields = append(rec.Fields, f)
		}
	}
	return rec, nil
}

func (d xmlData) field() (f Field, fault string) {
	ind1, ok1 := indicator(d.Ind1)
	ind2, ok2 := indicator(d.Ind2)
	if !ok1 || !ok2 {
		return f, noIndicators
	}
	f = Field{Tag: d.Tag, Ind1: ind1, Ind2: ind2}
	for _, s := range d.Subfields {
		if len(s.Code) != 1 || !graphic(s.Code[0]) {
			return f, noCode
		}
		f.Subfields = append(f.Subfields, Subfield{Code: s.Code[0], Value: s.Value})
	}
	return f, ""
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
