// Package settingsfile reads the settings of a program from a TOML file, and says of
// whatever is wrong in it where that stands, what is expected, and how to write it. It
// never repeats a value: that may be a secret.
package settingsfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"

	"github.com/BurntSushi/toml"
)

// File is a settings file that has been read.
type File struct {
	path  string
	lines []string
}

// Read reads the file into a pointer to a struct whose fields are called as their tag
// "toml" says. usual is a struct of the same type with the values that are shown as
// examples. A file that is not there is fs.ErrNotExist; a setting that does not exist is
// an error: it would be one that does nothing.
func Read(path string, into, usual any) (*File, error) {
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, syscall.EISDIR):
		return nil, fmt.Errorf("the settings file %s cannot be read: it is a folder; name the file in it", path)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("the settings file %s cannot be read: this user may not; give the user the right to read it", path)
	case err != nil:
		return nil, fmt.Errorf("the settings file %s cannot be read: %w", path, err)
	}
	text, err := decode(raw)
	if err != nil {
		return nil, fmt.Errorf("the settings file %s cannot be read: %w", path, err)
	}
	f := &File{path: path, lines: strings.Split(text, "\n")}
	all := map[string]any{}
	meta, err := toml.Decode(text, &all)
	if err != nil {
		return nil, f.syntax(err, usual)
	}
	if err := f.check(all, meta.Keys(), usual); err != nil {
		return nil, err
	}
	if _, err := toml.Decode(text, into); err != nil {
		return nil, fmt.Errorf("the settings file %s cannot be read: %w", path, err)
	}
	return f, nil
}

// settingName is the setting with which the sentence of an error begins: "loan_days = 0: …".
var settingName = regexp.MustCompile(`^[a-z][a-z0-9_.]*`)

// Wrong says where in the file something stands that is wrong with the settings of a
// table, "" for those of none. The error begins with the setting's name where it is about
// one.
func (f *File) Wrong(table string, err error) error {
	if err == nil {
		return nil
	}
	where := "[" + table + "] "
	if table == "" {
		where = ""
	}
	if f == nil { // no file: a flag, or a default
		return fmt.Errorf("%s%w", where, err)
	}
	key := strings.Split(joined(table, settingName.FindString(err.Error())), ".")
	if n := f.line(key); n > 0 {
		return fmt.Errorf("%s, line %d: %s%w", f.path, n, where, err)
	}
	if where != "" {
		return fmt.Errorf("%sin %s: %w", where, f.path, err)
	}
	return fmt.Errorf("%s: %w", f.path, err)
}

func joined(table, setting string) string {
	if table == "" {
		return setting
	}
	return table + "." + setting
}

// at says where something is wrong.
func (f *File) at(line int, format string, args ...any) error {
	if line == 0 {
		return fmt.Errorf("%s: %s", f.path, fmt.Sprintf(format, args...))
	}
	return fmt.Errorf("%s, line %d: %s", f.path, line, fmt.Sprintf(format, args...))
}

// line returns the line on which a setting is set, from 1, and 0 where none is found. A
// number in the key is that of a table among several of one name, from 0.
func (f *File) line(key []string) int {
	var table []string
	nth := map[string]int{}
	for i, text := range f.lines {
		text = strings.TrimSpace(text)
		if strings.HasPrefix(text, "[") {
			several := strings.HasPrefix(text, "[[")
			table = names(strings.TrimRight(strings.TrimLeft(strings.TrimSpace(before(text, "#")), "["), "]"))
			if several {
				name := strings.Join(table, ".")
				table = append(table, fmt.Sprint(nth[name]))
				nth[name]++
			}
			if equal(table, key) {
				return i + 1
			}
			continue
		}
		if name, _, ok := strings.Cut(text, "="); ok && !strings.HasPrefix(text, "#") {
			if set := append(table[:len(table):len(table)], names(name)...); len(set) <= len(key) && equal(set, key[:len(set)]) {
				return i + 1
			}
		}
	}
	return 0
}

func before(text, sep string) string {
	text, _, _ = strings.Cut(text, sep)
	return text
}

// names are the parts of a dotted name.
func names(text string) (all []string) {
	for _, part := range strings.Split(text, ".") {
		all = append(all, strings.Trim(strings.TrimSpace(part), `"'`))
	}
	return all
}

func equal(a, b []string) bool {
	return strings.Join(a, "\x00") == strings.Join(b, "\x00")
}
