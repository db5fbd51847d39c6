package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"madoguchi/assets/terms"
	"madoguchi/library"
)

// termsVersion is the setting that names the version of the terms.
const termsVersion = "version"

// termsSettings are the library's own terms of use in the place of ours: a version, and
// for each language, by its code, a file, named from the folder of the settings file. In
// it paragraphs are parted by empty lines, and one that begins with "# " is a heading.
type termsSettings map[string]string

// read reads the texts. Terminals show that in the first language in the place of one
// that is not set.
func (t termsSettings) read(dir string) (library.Terms, error) {
	if len(t) == 0 {
		return library.Terms{Version: terms.Version, Text: terms.Text()}, nil
	}
	first := library.Languages[0].Code
	if t[termsVersion] == "" || t[first] == "" {
		return library.Terms{}, fmt.Errorf("terms need a version, such as the day from which they hold, and a file %s", first)
	}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if name != termsVersion && !isLanguage(name) {
			return library.Terms{}, notALanguage(name)
		}
	}
	read := library.Terms{Version: t[termsVersion], Text: map[string]string{}}
	for _, l := range library.Languages {
		path := t[l.Code]
		if path == "" {
			continue
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
		read.Text[l.Code] = words
	}
	return read, nil
}

// noticesOf checks that the notices are in languages that somebody is shown.
func noticesOf(settings []map[string]string) (all []library.Notice, err error) {
	for _, text := range settings {
		if len(text) == 0 {
			return nil, errors.New("a notice has no text")
		}
		for _, code := range slices.Sorted(maps.Keys(text)) {
			if !isLanguage(code) {
				return nil, notALanguage(code)
			}
		}
		all = append(all, library.Notice{Text: text})
	}
	return all, nil
}

func isLanguage(code string) bool { return library.LanguageWithCode(code).Code == code }

// notALanguage says which languages there are.
func notALanguage(code string) error {
	return fmt.Errorf("%q is no language; there are: %s", code, listed(languageCodes()))
}

func languageCodes() (codes []string) {
	for _, l := range library.Languages {
		codes = append(codes, l.Code)
	}
	return codes
}

// listed writes a list with commas.
func listed[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = string(x)
	}
	return strings.Join(texts, ", ")
}
