package intake

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"madoguchi/central/marc"
)

// marcText reads the text of records in ISO 2709, whose fields are counted in bytes as
// they stand there, and which are therefore decoded one by one. MARCXML is UTF-8 by now.
type marcText struct {
	encoding string // "" where each record is UTF-8 or what its leader says
	marc8    bool   // records whose leader says MARC-8 are believed
}

// marc8 is the name of an encoding that only records of MARC in ISO 2709 are in.
const marc8 = "marc-8"

const marc8Advice = `convert the file ("yaz-marcdump -f marc-8 -t utf-8 -o marc -l 9=97", or MarcEdit), then import that`

// openMARC finds out what the text of a file is in, and whether it is MARC 21 at all,
// and returns it to be read from its beginning.
func openMARC(file io.ReadSeeker, start int64, opt Options) (in io.Reader, text marcText, err error) {
	name := strings.ToLower(opt.Encoding)
	if known, ok := encodingNames[name]; ok {
		name = known
	} else if name != "" && name != marc8 {
		return nil, text, fmt.Errorf("there is no encoding %q: write one of %s, %s, %s, %s, %s, %s", opt.Encoding, UTF8, CP932, EUCJP, ISO2022JP, UTF16, marc8)
	}
	head := make([]byte, 1024)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, text, fmt.Errorf("the file cannot be read: %w", err)
	}
	rewind := func() error {
		if _, err := file.Seek(start, io.SeekStart); err != nil {
			return fmt.Errorf("the file cannot be read a second time: %w", err)
		}
		return nil
	}
	if err := rewind(); err != nil {
		return nil, text, err
	}
	xml := marc.IsXML(head[:n])
	var s survey
	if !xml || name == "" {
		if s, err = surveyMARC(file); err != nil {
			return nil, text, err
		}
		if err := rewind(); err != nil {
			return nil, text, err
		}
	}
	switch {
	case xml && name == marc8:
		return nil, text, errors.New("MARCXML is never in MARC-8: leave --encoding out")
	case xml:
		in, err = openMARCXML(file, name, s, opt)
		return in, text, err
	case name == UTF16:
		return nil, text, errors.New("MARC in ISO 2709 is never in UTF-16: leave --encoding out")
	case name != "":
		text.encoding = name
	default:
		if text, err = s.verdict(); err != nil {
			return nil, text, err
		}
	}
	if text.marc8 {
		opt.readAs(marc8)
	}
	opt.readAs(text.encoding)
	return file, text, nil
}

// openMARCXML returns MARCXML to be read from its beginning: as UTF-8 where a name of its
// encoding is given, or where the file declares none and one is found out, and else as it is.
func openMARCXML(file io.ReadSeeker, name string, s survey, opt Options) (io.Reader, error) {
	if name == "" && (s.notUTF8 == 0 || s.utf8 > 0) {
		return file, nil
	}
	start, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read a second time: %w", err)
	}
	if name == "" {
		japanese, err := anyJapanese(file)
		if err == nil {
			_, err = file.Seek(start, io.SeekStart)
		}
		if err != nil || !japanese {
			return file, err
		}
	}
	t, err := OpenText(file, name)
	switch {
	case err != nil && name == "" && s.records > 0: // those that are not UTF-8 are left out one by one
		_, err = file.Seek(start, io.SeekStart)
		return file, err
	case err != nil:
		return nil, err
	}
	in, err := t.Reader()
	opt.readAs(t.Encoding())
	// A byte order mark says UTF-8 before any declaration does.
	return io.MultiReader(strings.NewReader("\uFEFF"), in), err
}

var errNotPossible = errors.New("not possible in this encoding")

// reader returns a function that reads text in an encoding, or fails.
func reader(name string) func(string) (string, error) {
	if name == marc8 {
		return func(s string) (string, error) {
			s, _, err := marc.MARC8(s)
			return s, err
		}
	}
	i := slices.IndexFunc(decodings, func(d decoding) bool { return d.name == name })
	return func(s string) (string, error) {
		if i < 0 { // UTF-8
			if !isUTF8(s) {
				return "", errNotPossible
			}
			return s, nil
		}
		out, _, err := transform.String(decodings[i].decoder(), s)
		if err != nil || strings.ContainsFunc(out, func(r rune) bool {
			return r == utf8.RuneError || r >= utf8.RuneSelf && !plain(r) && !ownLetter(r) || r == escape
		}) || inOtherSet(s) {
			return "", errNotPossible
		}
		return out, nil
	}
}

const escape = 0x1B

var escapeSequence = regexp.MustCompile(`\x1B[$(),\-sbpg]`)

// isUTF8 reports whether text is UTF-8 without escape sequences, which belong to
// ISO-2022-JP or MARC-8.
func isUTF8(s string) bool { return utf8.ValidString(s) && !escapeSequence.MatchString(s) }

// inOtherSet reports whether the last escape sequence of a text leaves it in a set
// other than ASCII or JIS X 0201: what follows it would be misread.
func inOtherSet(s string) bool {
	i := strings.LastIndexByte(s, escape)
	return i >= 0 && !strings.HasPrefix(s[i:], "\x1B(B") && !strings.HasPrefix(s[i:], "\x1B(J")
}

// read makes the text of a record UTF-8, or says why it cannot.
func (t marcText) read(rec *marc.Record) (fault, value string) {
	if t.encoding != "" && t.encoding != marc8 {
		if rec.Decode(reader(t.encoding)) != nil {
			return "its text is not in the encoding of the file", t.encoding
		}
		return "", ""
	}
	if each(rec, isUTF8) && (t.encoding == "" || rec.Leader[9] == 'a') {
		return "", ""
	}
	if t.encoding == "" && (rec.Leader[9] == 'a' || !t.marc8) {
		_, err := inMARC8(rec)
		var script *marc.ScriptError
		if errors.As(err, &script) && rec.Leader[9] != 'a' {
			return script.Error() + ": " + marc8Advice, ""
		}
		return "its text is not UTF-8, and nothing says for certain what it is: name it with --encoding, or convert the file to UTF-8", ""
	}
	if err := rec.Decode(reader(marc8)); err != nil {
		return "its text is not the Latin MARC-8 that it should be: " + marc8Advice, err.Error()
	}
	return "", ""
}

// each reports whether all text of a record is such.
func each(rec *marc.Record, is func(string) bool) bool {
	for _, f := range rec.Fields {
		if !is(f.Value) {
			return false
		}
		for _, s := range f.Subfields {
			if !is(s.Value) {
				return false
			}
		}
	}
	return true
}

// surveyMARC reads a file through to learn what its text is, and returns an error where
// none of its records is of MARC 21. What cannot be read is left to the second reading.
func surveyMARC(file io.Reader) (survey, error) {
	s := survey{formats: map[string]int{}, possible: []string{CP932, EUCJP, ISO2022JP}, withOwn: []string{CP932, EUCJP, ISO2022JP}}
	for rec, err := range marc.Records(file) {
		var bad *marc.RecordError
		if err == nil {
			s.take(rec)
		} else if errors.As(err, &bad) && bad.Fault == marc.NotUTF8 {
			s.notUTF8++
		}
	}
	for format, n := range s.formats {
		if n == s.records {
			return s, errors.New("no record of the file can go in: " + format)
		}
	}
	return s, nil
}

// survey counts what the records of a file are. Without escape sequences what can be
// UTF-8 is UTF-8, for hardly any other text can be.
type survey struct {
	records  int
	formats  map[string]int // of other formats than MARC 21
	utf8     int            // records with more than ASCII in UTF-8
	notUTF8  int            // records of MARCXML that should be, and are not
	others   int            // records that are not UTF-8
	possible []string       // legacy encodings in which all of these can be
	withOwn  []string       // the same, where letters that a library has made count too
	sure     int            // of these, those in Latin MARC-8, as their leader says
	unsure   int            // which could be, with letters that no language has
	scripts  int            // which are in another script of MARC-8
	japanese bool           // any of these looks Japanese in cp932
}

func (s *survey) take(rec *marc.Record) {
	s.records++
	if format := otherFormat(rec); format != "" {
		s.formats[format]++
		return
	}
	if each(rec, isUTF8) {
		if !each(rec, isASCII) {
			s.utf8++
		}
		return
	}
	s.others++
	s.japanese = s.japanese || !each(rec, func(text string) bool { return !looksJapanese(text) })
	s.withOwn = slices.DeleteFunc(s.withOwn, func(name string) bool {
		decode := reader(name)
		return !each(rec, func(text string) bool { _, err := decode(text); return err == nil })
	})
	s.possible = slices.DeleteFunc(s.possible, func(name string) bool {
		decode := reader(name)
		return !each(rec, func(text string) bool {
			out, err := decode(text)
			return err == nil && !strings.ContainsFunc(out, ownLetter)
		})
	})
	if rec.Leader[9] != ' ' {
		return
	}
	var script *marc.ScriptError
	switch sure, err := inMARC8(rec); {
	case errors.As(err, &script):
		s.scripts++
	case err == nil && sure:
		s.sure++
	case err == nil:
		s.unsure++
	}
}

// mostly is how many times more records must be so than otherwise to make a file so.
const mostly = 10

func (s *survey) verdict() (marcText, error) {
	text := marcText{marc8: s.sure > s.unsure*mostly}
	if len(s.possible) == 0 {
		s.possible = s.withOwn
	}
	if !s.japanese {
		s.possible = slices.DeleteFunc(s.possible, func(name string) bool { return name == CP932 })
	}
	switch {
	case s.others == 0, s.utf8*mostly > s.others:
		return text, nil
	case text.marc8 && s.sure+s.unsure+s.scripts == s.others:
		if !slices.Contains(s.possible, EUCJP) {
			return text, nil // Japanese text in cp932 has bytes that MARC-8 lacks
		}
		s.possible = append(s.possible, marc8)
	}
	if len(s.possible) > 1 {
		return marcText{}, fmt.Errorf("the text of the records may be in %s: name the right one with --encoding", strings.Join(s.possible, " or in "))
	}
	if len(s.possible) == 1 {
		return marcText{encoding: s.possible[0]}, nil
	}
	return text, nil
}

// looksJapanese reports whether a text has a byte of the kana and common kanji of cp932.
// Small letters of Latin-1 with an accent are above them, and with the letter behind them
// would make rare kanji.
func looksJapanese(text string) bool {
	for i := range len(text) {
		if c := text[i]; c > 0x80 && c < 0xE0 {
			return true
		}
	}
	return false
}

// anyJapanese reports whether anything in a file looks Japanese.
func anyJapanese(file io.Reader) (bool, error) {
	buf := make([]byte, 64<<10)
	for {
		n, err := file.Read(buf)
		switch {
		case looksJapanese(string(buf[:n])):
			return true, nil
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, fmt.Errorf("the file cannot be read: %w", err)
		}
	}
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// inMARC8 reports whether the text of a record can be MARC-8, and surely is.
func inMARC8(rec *marc.Record) (sure bool, err error) {
	sure = true
	each(rec, func(text string) bool {
		var ok bool
		_, ok, err = marc.MARC8(text)
		sure = sure && ok
		return err == nil
	})
	return sure, err
}
