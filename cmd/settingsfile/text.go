package settingsfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
)

// decode returns the text of a file in UTF-8, or says what it is in.
func decode(raw []byte) (string, error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(raw))
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")), halfZeros(raw):
		return "", errors.New("it is in UTF-16; save it as UTF-8")
	case bytes.IndexByte(raw, 0) >= 0:
		return "", errors.New("it is not a text; is it another file?")
	case bytes.Contains(raw, []byte("\x1b$")), bytes.Contains(raw, []byte("\x1b(")):
		return "", errors.New("it is in ISO-2022-JP; save it as UTF-8")
	case utf8.Valid(raw):
		return text, nil
	}
	var may []string
	for _, one := range []struct {
		name string
		encoding.Encoding
	}{{"Shift_JIS", japanese.ShiftJIS}, {"EUC-JP", japanese.EUCJP}} {
		if read, err := one.NewDecoder().Bytes(raw); err == nil && !bytes.ContainsRune(read, utf8.RuneError) {
			may = append(may, one.name)
		}
	}
	if len(may) == 0 {
		return "", errors.New("it is not a text in UTF-8; save it as UTF-8")
	}
	return "", fmt.Errorf("it is in %s; save it as UTF-8", strings.Join(may, " or "))
}

// halfZeros reports whether every second byte is mostly 0, as in UTF-16 without a mark.
func halfZeros(raw []byte) bool {
	var zeros [2]int
	for i, b := range raw {
		if b == 0 {
			zeros[i%2]++
		}
	}
	return len(raw) > 3 && max(zeros[0], zeros[1]) > len(raw)/4
}

// syntax words an error of the parser.
func (f *File) syntax(err error, usual any) error {
	var parse toml.ParseError
	if !errors.As(err, &parse) {
		return fmt.Errorf("the settings file %s cannot be read: %w", f.path, err)
	}
	n := min(max(parse.Position.Line, 1), len(f.lines))
	line := f.lines[n-1]
	said := parse.Message
	is := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(said, p) {
				return true
			}
		}
		return false
	}
	name, value, assigned := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	if n > 1 && openTable(f.lines[n-2]) {
		return f.at(n-1, "this is no setting; write a table like [policy], and # before what is none")
	}
	switch {
	case is("already been defined", "already exists", "was already created", "defined twice"):
		return f.at(n, "%s stands in the file twice; leave one out", parse.LastKey)
	case wide(line) != 0:
		r := wide(line)
		return f.at(n, "the character %c is not the usual one; write %s", r, usualFor(r))
	case is("control characters", "NULL"):
		return f.at(n, "there is a character that cannot be seen; type the line anew")
	case is("invalid escape"):
		return f.at(n, `in a text in "…" a \ begins something special; put a text that has one in '…'`)
	case assigned && strings.TrimSpace(value) == "":
		return f.at(n, "what stands behind %s = is no value; write it like %s", name, example(usual, f.table(n), name))
	case assigned && is("newlines", "unexpected EOF", "expected a comma", "instead of ',' or ']'", "to terminate"):
		return f.at(n, `what begins here has no end: a text ends with the " that it begins with, a list with ]`)
	case is("key separator") || !assigned && !strings.HasPrefix(strings.TrimSpace(line), "["):
		return f.at(n, "this is no setting; write it like %s, a table like [policy], and # before what is none", example(usual, f.table(n), before(name, " ")))
	case assigned && strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) && !strings.HasPrefix(name, `"`):
		return f.at(n, `a name with such letters stands in quotation marks, like "本館" = …`)
	case assigned:
		return f.at(n, "what stands behind %s = is no value; write it like %s", name, example(usual, f.table(n), name))
	}
	return f.at(n, "this is no setting; write a table like [policy], and # before what is none")
}

// openTable reports whether a line begins a table and lacks its end.
func openTable(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "[") && !strings.ContainsAny(line, "]=")
}

// table is the one that a line stands in.
func (f *File) table(line int) (in []string) {
	for _, text := range f.lines[:line-1] {
		if text = strings.TrimSpace(text); strings.HasPrefix(text, "[") {
			in = names(strings.Trim(before(text, "#"), "[] \t"))
		}
	}
	return in
}

// wide is the first full-width or typographic character of a line where it does not
// belong, outside of texts and comments.
func wide(line string) rune {
	var in rune
	for _, r := range line {
		switch {
		case in != 0:
			if r == in {
				in = 0
			}
		case r == '"' || r == '\'':
			in = r
		case r == '#':
			return 0
		case usualFor(r) != "":
			return r
		}
	}
	return 0
}

// usualFor is what is meant by a character that an input method or a word processor has
// put, and "" for others.
func usualFor(r rune) string {
	switch {
	case strings.ContainsRune("“”„〝〟＂", r):
		return `"`
	case strings.ContainsRune("‘’＇", r):
		return "'"
	case strings.ContainsRune("「」『』", r):
		return `" around a text`
	case r == '、' || r == '，':
		return ","
	case r != ' ' && unicode.IsSpace(r) && r != '\t':
		return "a usual space"
	case r >= '！' && r <= '～':
		return norm.NFKC.String(string(r))
	}
	return ""
}
