package intake

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"

	"madoguchi/central/marc"
)

// marcText reads the text of records in ISO 2709, whose fields are counted in bytes as
// they stand there, and which are therefore decoded one by one. MARCXML is UTF-8 by now.
type marcText struct {
	encoding string // "" where each record is UTF-8 or what its leader says
	marc8    bool   // records whose leader says MARC-8 are believed
}

// legacy are the encodings besides UTF-8 that records of Japanese libraries come in.
var legacy = []struct {
	name string
	enc  encoding.Encoding
}{
	{"cp932", japanese.ShiftJIS},
	{"euc-jp", japanese.EUCJP},
	{"iso-2022-jp", japanese.ISO2022JP},
}

const marc8Advice = `convert the file ("yaz-marcdump -f marc-8 -t utf-8 -o marc -l 9=97", or MarcEdit), then import that`

var errNotPossible = errors.New("not possible in this encoding")

// decoder returns a function that reads text in an encoding, or fails.
func decoder(name string) func(string) (string, error) {
	switch name {
	case "", "utf-8":
		return func(s string) (string, error) {
			if !isUTF8(s) {
				return "", errNotPossible
			}
			return s, nil
		}
	case "marc-8":
		return func(s string) (string, error) {
			s, _, err := marc.MARC8(s)
			return s, err
		}
	}
	for _, l := range legacy {
		if l.name == name {
			return func(s string) (string, error) {
				out, err := l.enc.NewDecoder().String(s)
				if err != nil || strings.ContainsRune(out, utf8.RuneError) || l.name != "iso-2022-jp" && strings.ContainsRune(s, escape) || inOtherSet(s) {
					return "", errNotPossible
				}
				return out, nil
			}
		}
	}
	return func(string) (string, error) { return "", errNotPossible }
}

const escape = 0x1B

// isUTF8 reports whether text is UTF-8 without escape sequences, which belong to
// ISO-2022-JP or MARC-8.
func isUTF8(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, escape) < 0 }

// inOtherSet reports whether the last escape sequence of a text leaves it in a set
// other than ASCII or JIS X 0201: what follows it would be misread.
func inOtherSet(s string) bool {
	i := strings.LastIndexByte(s, escape)
	return i >= 0 && !strings.HasPrefix(s[i:], "\x1B(B") && !strings.HasPrefix(s[i:], "\x1B(J")
}

// read makes the text of a record UTF-8, or says why it cannot.
func (t marcText) read(rec *marc.Record) (fault, value string) {
	if t.encoding != "" && t.encoding != "marc-8" {
		if rec.Decode(decoder(t.encoding)) != nil {
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
	if err := rec.Decode(decoder("marc-8")); err != nil {
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
// it says so, or where none of its records is of MARC 21. What cannot be read is left
// to the second reading.
func surveyMARC(file io.Reader, opt Options) (marcText, error) {
	s := survey{formats: map[string]int{}}
	for i := range legacy {
		s.possible = append(s.possible, legacy[i].name)
	}
	for rec, err := range marc.Records(file) {
		if err == nil {
			s.take(rec)
		}
	}
	for format, n := range s.formats {
		if n == s.records {
			return marcText{}, fmt.Errorf("not one of the %d records in the file can go in: %s", n, format)
		}
	}
	if opt.Encoding != "" {
		return marcText{encoding: opt.Encoding}, nil
	}
	return s.verdict()
}

// survey counts what the records of a file are. Without escape sequences what can be
// UTF-8 is UTF-8, for hardly any other text can be.
type survey struct {
	records  int
	formats  map[string]int // of other formats than MARC 21
	utf8     int            // records with more than ASCII in UTF-8
	others   int            // records that are not UTF-8
	possible []string       // legacy encodings in which all of these can be
	sure     int            // of these, those in Latin MARC-8, as their leader says
	unsure   int            // which could be, with letters that no language has
	scripts  int            // which are in another script of MARC-8
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
	s.possible = slices.DeleteFunc(s.possible, func(name string) bool {
		decode := decoder(name)
		return !each(rec, func(text string) bool { _, err := decode(text); return err == nil })
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
	marc8 := marcText{marc8: s.sure > s.unsure*mostly}
	switch {
	case s.others == 0, s.utf8*mostly > s.others:
		return marc8, nil
	case marc8.marc8 && s.sure+s.unsure+s.scripts == s.others:
		if !slices.Contains(s.possible, "euc-jp") {
			return marc8, nil // Japanese text in cp932 has bytes that MARC-8 lacks
		}
		s.possible = append(s.possible, "marc-8")
	}
	if len(s.possible) > 1 {
		return marcText{}, fmt.Errorf("the text of the records may be in %s: name the right one with --encoding", strings.Join(s.possible, " or in "))
	}
	if len(s.possible) == 1 {
		return marcText{encoding: s.possible[0]}, nil
	}
	return marc8, nil
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
