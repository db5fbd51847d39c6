package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"madoguchi/assets/terms"
	"madoguchi/library"
)

// termsSettings are the library's own terms of use in the place of ours. A text is a
// file, named from the folder of the settings file; paragraphs are parted by empty
// lines, and one that begins with "# " is a heading.
type termsSettings struct {
	Version string `toml:"version"` // another one with each change of a text: it is recorded who agreed to which
	Ja      string `toml:"ja"`
	En      string `toml:"en"`
}

// read reads the texts.
func (t termsSettings) read(dir string) (library.Terms, error) {
	if t == (termsSettings{}) {
		return library.Terms{Version: terms.Version, Text: terms.Text()}, nil
	}
	if t.Version == "" || t.Ja == "" {
		return library.Terms{}, errors.New("terms need a version, such as the day from which they hold, and a file ja")
	}
	read := library.Terms{Version: t.Version, Text: map[string]string{}}
	for language, path := range map[string]string{"ja": t.Ja, "en": t.En} {
		if path == "" {
			continue // terminals show the Japanese text
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return library.Terms{}, err
		}
		if !utf8.Valid(text) {
			return library.Terms{}, fmt.Errorf("the file %s is not written in UTF-8", path)
		}
		words := strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n"))
		if words == "" {
			return library.Terms{}, fmt.Errorf("the file %s is empty", path)
		}
		read.Text[language] = words
	}
	return read, nil
}
