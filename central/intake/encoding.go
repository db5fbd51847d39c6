package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	textunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The encodings of texts, by the names that --encoding takes and an import says.
const (
	UTF8      = "utf-8"
	CP932     = "cp932"
	EUCJP     = "euc-jp"
	ISO2022JP = "iso-2022-jp"
	UTF16     = "utf-16"
)

// encodingNames are other names for them.
var encodingNames = map[string]string{
	"utf8": UTF8, "utf-8": UTF8, "cp932": CP932, "ms932": CP932, "windows-31j": CP932, "shift_jis": CP932, "shift-jis": CP932, "sjis": CP932,
	"euc-jp": EUCJP, "eucjp": EUCJP, "euc": EUCJP, "iso-2022-jp": ISO2022JP, "jis": ISO2022JP, "utf-16": UTF16, "utf16": UTF16,
}

// A decoding is a way to read bytes as text. What cannot be read becomes U+FFFD.
type decoding struct {
	name    string
	decoder func() transform.Transformer // nil for UTF-8
}

var (
	utf16LE = decoding{UTF16, func() transform.Transformer {
		return textunicode.UTF16(textunicode.LittleEndian, textunicode.IgnoreBOM).NewDecoder()
	}}
	utf16BE = decoding{UTF16, func() transform.Transformer {
		return textunicode.UTF16(textunicode.BigEndian, textunicode.IgnoreBOM).NewDecoder()
	}}
	decodings = []decoding{
		{CP932, func() transform.Transformer { return ownLetters{japanese.ShiftJIS.NewDecoder()} }},
		{EUCJP, func() transform.Transformer { return japanese.EUCJP.NewDecoder() }},
		{ISO2022JP, func() transform.Transformer { return strictISO2022JP{japanese.ISO2022JP.NewDecoder()} }},
		utf16LE, utf16BE,
	}
)

// Text is a file as UTF-8, whatever it is in. It can be read several times.
type Text struct {
	file  io.ReadSeeker
	start int64 // where the text begins, behind a byte order mark
	in    decoding
	close func()
}

// OpenText finds out in which encoding a whole file is, or takes the one that is
// named. Valid UTF-8 without escape sequences is UTF-8, and so is a file that is
// UTF-8 but for some lines; otherwise exactly one of the others must decode all of
// it. Letters that a library has made for itself (外字) count as decoded only where no
// encoding does without them. It returns an error that says what to do where none does
// or several do. The caller closes the Text.
//
// What cannot be read twice, such as a pipe, is first copied to a temporary file.
func OpenText(r io.Reader, encoding string) (*Text, error) {
	name, known := encodingNames[strings.ToLower(encoding)]
	if encoding != "" && !known {
		return nil, fmt.Errorf("there is no encoding %q: write one of %s, %s, %s, %s, %s", encoding, UTF8, CP932, EUCJP, ISO2022JP, UTF16)
	}
	file, start, done, err := rewindable(r)
	if err != nil {
		return nil, err
	}
	t := &Text{file: file, start: start, close: done}
	if err := t.decide(name); err != nil {
		done()
		return nil, err
	}
	return t, nil
}

// Encoding is the name of the encoding that the file is in.
func (t *Text) Encoding() string { return t.in.name }

// Reader returns a reader of the whole text. It ends the one that was returned before.
func (t *Text) Reader() (io.Reader, error) {
	if _, err := t.file.Seek(t.start, io.SeekStart); err != nil {
		return nil, fmt.Errorf("the file cannot be read a second time: %w", err)
	}
	if t.in.decoder == nil {
		return t.file, nil
	}
	return transform.NewReader(t.file, t.in.decoder()), nil
}

// Close ends reading. It does not close the file itself.
func (t *Text) Close() { t.close() }

var byteOrderMarks = []struct {
	mark string
	in   decoding
}{{"\uFEFF", decoding{name: UTF8}}, {"\xFF\xFE", utf16LE}, {"\xFE\xFF", utf16BE}}

// decide sets start and in.
func (t *Text) decide(name string) error {
	head := make([]byte, 512)
	n, err := io.ReadFull(t.file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the file cannot be read: %w", err)
	}
	head = head[:n]
	if what := notText(head); what != "" {
		return fmt.Errorf("the file is %s", what)
	}
	for _, b := range byteOrderMarks {
		if bytes.HasPrefix(head, []byte(b.mark)) && (name == "" || name == b.in.name) {
			t.start += int64(len(b.mark))
			t.in = b.in
			return nil
		}
	}
	if name == UTF8 {
		t.in = decoding{name: UTF8}
		return nil
	}
	if name == "" {
		t.in = decoding{name: UTF8}
		if sure, err := t.isUTF8(); sure || err != nil {
			return err
		}
	}
	return t.choose(name, head)
}

// notText names a file that is no text by its first bytes, with advice; "" for all others.
func notText(head []byte) string {
	for _, kind := range []struct{ begin, what string }{
		{"PK\x03\x04", "a workbook of a spreadsheet (or another ZIP archive): save it as CSV and import that"},
		{"\xD0\xCF\x11\xE0", "an old workbook of a spreadsheet: save it as CSV and import that"},
		{"%PDF", "a PDF: ask for the data as CSV"},
		{"\x1F\x8B", "compressed (gzip): unpack it and import what is in it"},
		{"\x7FELF", "a program, and no text"},
		{"\x89PNG", "a picture, and no text"},
		{"\xFF\xD8\xFF", "a picture, and no text"},
		{"\xFF\xFE\x00\x00", utf32},
		{"\x00\x00\xFE\xFF", utf32},
		{"SQLite format 3", "a database of SQLite: export its table as CSV and import that"},
	} {
		if bytes.HasPrefix(head, []byte(kind.begin)) {
			return kind.what
		}
	}
	if isUTF32(head) {
		return utf32
	}
	return ""
}

const utf32 = "in UTF-32: save it as UTF-8"

// isUTF32 reports whether the first bytes of a file without a byte order mark are UTF-32:
// every letter of a table has two bytes of it that are zero, and others that are not.
func isUTF32(head []byte) bool {
	little, big, letters := true, true, 0
	for b := range slices.Chunk(head[:len(head)/4*4], 4) {
		little = little && b[2] == 0 && b[3] == 0 && b[0]|b[1] != 0
		big = big && b[0] == 0 && b[1] == 0 && b[2]|b[3] != 0
		letters++
	}
	return letters > 1 && (little || big)
}

// binary reports whether bytes are rather no text in any encoding of one or two bytes: more
// than one in fifty is a control character that no table has.
func binary(head []byte) bool {
	n := 0
	for _, c := range head {
		if c < ' ' && !bytes.ContainsRune([]byte("\t\n\f\r\x1A\x1B"), rune(c)) || c == 0x7F {
			n++
		}
	}
	return n*50 > len(head)
}

// isUTF8 reports whether a file without a byte order mark is in UTF-8 beyond doubt.
// It returns an error where it is so in part.
func (t *Text) isUTF8() (bool, error) {
	n, err := t.count()
	switch {
	case err != nil:
		return false, err
	case n.bad == 0 && (n.nul*3 < n.runes || n.runes == 0):
		return true, nil
	case n.bad > 0 && n.wide >= n.bad:
		return true, nil // but for some lines
	case n.bad > 0 && n.wide*100 >= n.bad:
		return false, fmt.Errorf("of the lines of the file %d are UTF-8 and %d are not: it was put together from several encodings; save all of it as UTF-8, or name one with --encoding, and the lines that are in another are left out", n.lines-n.bad, n.bad)
	}
	return false, nil
}

// escaped reports whether a text has an escape sequence of ISO-2022-JP.
func escaped(text []byte) bool {
	return bytes.Contains(text, []byte("\x1b$")) || bytes.Contains(text, []byte("\x1b("))
}

// choose takes the one encoding that decodes the whole file, or of the one that is
// named the way that does it best.
func (t *Text) choose(name string, head []byte) error {
	var whole, own []decoding
	nearest, fewest, of := decoding{}, math.MaxInt, 0
	for _, d := range decodings {
		if name != "" && d.name != name {
			continue
		}
		t.in = d
		n, err := t.count()
		if err != nil {
			return err
		}
		if name == "" && d.name == CP932 && n.bad == n.own {
			if japanese, err := t.anyJapanese(); err != nil {
				return err
			} else if !japanese {
				continue
			}
		}
		if n.bad < fewest {
			nearest, fewest, of = d, n.bad, n.lines
		}
		switch {
		case n.bad == 0:
			whole = append(whole, d)
		case n.bad == n.own && n.own*2 <= n.lines:
			own = append(own, d)
		}
	}
	if len(whole) == 0 {
		whole = own
	}
	switch {
	case name != "" || len(whole) == 1:
		t.in = nearest
		if len(whole) == 1 {
			t.in = whole[0]
		}
		return nil
	case len(whole) > 1:
		var names []string
		for _, d := range whole {
			names = appendNew(names, d.name)
		}
		return fmt.Errorf("the file may be in %s: name the right one with --encoding", strings.Join(names, " or in "))
	}
	t.in = decoding{name: UTF8}
	n, err := t.count()
	if err != nil || n.bad <= fewest && n.bad*2 < n.lines {
		return err
	}
	if fewest*2 > of && binary(head) {
		return errors.New("the file is no text but binary, such as a program, a picture or what some program keeps for itself: have the data exported as CSV or MARC")
	}
	return fmt.Errorf("the file is in none of %s, %s, %s, %s, %s as a whole, and %s fits best, but for %s: save it as UTF-8, or import it with --encoding %s, and what is in another is left out",
		UTF8, CP932, EUCJP, ISO2022JP, UTF16, nearest.name, lines(fewest), nearest.name)
}

func lines(n int) string {
	if n == 1 {
		return "one line"
	}
	return fmt.Sprintf("%d lines", n)
}

// counts is what a text consists of.
type counts struct {
	runes, nul int
	lines, bad int // bad ones are no text in the encoding
	own        int // bad ones that are so for letters of the library's own alone
	wide       int // good ones with a letter that takes three bytes in UTF-8
	ascii      bool
}

// count reads the whole file as what t.in says.
func (t *Text) count() (n counts, err error) {
	all, err := t.Reader()
	if err != nil {
		return n, err
	}
	in := bufio.NewReaderSize(all, 64<<10)
	bad, own, wide, last := false, false, false, '\n'
	end := func() {
		n.lines++
		switch {
		case bad:
			n.bad++
		case own:
			n.bad, n.own = n.bad+1, n.own+1
		case wide:
			n.wide++
		}
		bad, own, wide = false, false, false
	}
	for {
		r, size, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return n, fmt.Errorf("the file cannot be read: %w", err)
		}
		n.runes++
		n.ascii = n.ascii || r < utf8.RuneSelf
		wide = wide || r >= 0x800 && size > 1
		switch {
		case r == 0:
			n.nul++
			bad = bad || t.in.decoder != nil
		case r == utf8.RuneError:
			bad = bad || size == 1 || t.in.decoder != nil
		case t.in.decoder == nil:
			bad = bad || last == '\x1B' && (r == '$' || r == '(')
		case ownLetter(r):
			own = true
		default:
			bad = bad || !plain(r)
		}
		if r == '\n' && last != '\r' || r == '\r' {
			end()
		}
		last = r
	}
	if last != '\n' && last != '\r' {
		end()
	}
	if t.in.name == UTF16 && !n.ascii {
		n.bad = n.lines // any bytes are UTF-16, but no table is without a comma or a line's end
	}
	return n, nil
}

// plain reports whether a letter may stand in a text that is not UTF-8: no control
// letters, which the encodings that decode nearly anything make of foreign bytes, nor
// what Unicode leaves undefined.
func plain(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r != '\x0E' && r != '\x0F' && r != '\x1B' // the shifts of ISO-2022
	case r < 0xA0:
		return false
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cf)
}

// ownLetter reports whether a letter is for private use: a library, or the maker of its
// system, has drawn it (外字).
func ownLetter(r rune) bool { return unicode.Is(unicode.Co, r) }

// anyJapanese reports whether anything in the file looks Japanese in cp932.
func (t *Text) anyJapanese() (bool, error) {
	if _, err := t.file.Seek(t.start, io.SeekStart); err != nil {
		return false, fmt.Errorf("the file cannot be read a second time: %w", err)
	}
	return anyJapanese(t.file)
}

// ownLetters reads the letters of cp932 that a library or maker has made for itself
// (外字) as those for private use that Windows has for them.
type ownLetters struct{ transform.Transformer }

func (d ownLetters) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		end, own, short := nSrc, false, false
		for end < len(src) && !own && !short {
			c := src[end]
			switch single := c <= 0x80 || c >= 0xA0 && c <= 0xDF || c >= 0xFD; {
			case single:
				end++
			case end+1 == len(src):
				short = true
			case c >= 0xF0 && c <= 0xF9 && src[end+1] >= 0x40 && src[end+1] != 0x7F && src[end+1] <= 0xFC:
				own = true
			default:
				end += 2
			}
		}
		if short && atEOF {
			end, short = len(src), false
		}
		if end > nSrc {
			wrote, read, err := d.Transformer.Transform(dst[nDst:], src[nSrc:end], true)
			nDst, nSrc = nDst+wrote, nSrc+read
			if err != nil {
				return nDst, nSrc, err
			}
		}
		switch {
		case own && len(dst)-nDst < 3:
			return nDst, nSrc, transform.ErrShortDst
		case own:
			place := int(src[nSrc+1]) - 0x40
			if place > 0x3F {
				place-- // 0x7F is none
			}
			nDst += utf8.EncodeRune(dst[nDst:], '\uE000'+rune(int(src[nSrc]-0xF0)*188+place))
			nSrc += 2
		case short:
			return nDst, nSrc, transform.ErrShortSrc
		}
	}
	return nDst, nSrc, nil
}

// strictISO2022JP takes care that no letter of two bytes goes over the end of a line,
// where the decoder would read some other letter.
type strictISO2022JP struct{ transform.Transformer }

func (d strictISO2022JP) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	between := func(r rune) bool { return r <= ' ' && r != '\x1B' || r == '\x7F' }
	for nSrc < len(src) {
		rest, last := src[nSrc:], atEOF
		end := bytes.IndexFunc(rest, between)
		if end == 0 {
			if nDst == len(dst) {
				return nDst, nSrc, transform.ErrShortDst
			}
			if rest[0] == '\n' || rest[0] == '\r' {
				d.Reset()
			}
			dst[nDst] = rest[0]
			nDst, nSrc = nDst+1, nSrc+1
			continue
		}
		if end > 0 {
			rest, last = rest[:end], true
		}
		wrote, read, err := d.Transformer.Transform(dst[nDst:], rest, last)
		nDst, nSrc = nDst+wrote, nSrc+read
		if err != nil {
			return nDst, nSrc, err
		}
	}
	return nDst, nSrc, nil
}

// rewindable returns the file itself where it can be read twice, else a copy.
func rewindable(r io.Reader) (file io.ReadSeeker, start int64, done func(), err error) {
	if s, ok := r.(io.ReadSeeker); ok {
		if start, err := s.Seek(0, io.SeekCurrent); err == nil {
			return s, start, func() {}, nil
		}
	}
	tmp, err := os.CreateTemp("", "madoguchi-import-*")
	if err != nil {
		return nil, 0, nil, fmt.Errorf("the file cannot be copied to be read twice: %w", err)
	}
	gone := os.Remove(tmp.Name()) == nil // now, where that is possible: nothing stays, however this ends
	done = func() {
		tmp.Close()
		if !gone {
			os.Remove(tmp.Name())
		}
	}
	if _, err = io.Copy(tmp, r); err == nil {
		_, err = tmp.Seek(0, io.SeekStart)
	}
	if err != nil {
		done()
		return nil, 0, nil, fmt.Errorf("the file cannot be read: %w", err)
	}
	return tmp, 0, done, nil
}
