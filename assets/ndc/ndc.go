// Package ndc names the classes of the Nippon Decimal Classification for the browse
// screen: ten classes, a hundred divisions, and the sections in use, each in words
// short enough for a button and plain enough for a child. The classes are those of the
// Japan Library Association's NDC data (CC BY); the wording, in the files of the folder
// labels, is the project's own.
package ndc

import (
	"embed"
	"path"
	"sort"
	"strings"
	"sync"
)

// A file ja.tsv has a line "code, label" for each class, in the order of the codes,
// parted by a tab.
//
//go:embed labels/*.tsv
var files embed.FS

// How many characters a label has at most, in Latin letters and in others.
const (
	MaxLabel      = 14
	MaxLabelLatin = 34
)

// others is the language of labels for those whose own has none.
const others = "en"

// labels are the classes in one language.
type labels struct {
	codes []string // ascending
	names map[string]string
}

// read reads the files, by language, once.
var read = sync.OnceValue(func() map[string]labels {
	all := map[string]labels{}
	entries, _ := files.ReadDir("labels") // what is embedded can be read
	for _, e := range entries {
		text, _ := files.ReadFile(path.Join("labels", e.Name()))
		l := labels{names: map[string]string{}}
		for line := range strings.Lines(string(text)) {
			code, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			l.codes = append(l.codes, code)
			l.names[code] = name
		}
		all[strings.TrimSuffix(e.Name(), path.Ext(e.Name()))] = l
	}
	return all
})

// in returns the labels in a language, in the one that it is a form of (ja-easy: ja), or
// in English.
func in(lang string) labels {
	base, _, _ := strings.Cut(lang, "-")
	for _, code := range []string{lang, base} {
		if l, ok := read()[code]; ok {
			return l
		}
	}
	return read()[others]
}

// Label returns the name of a class of one to three digits: "9", "91", "913". ok is
// false for numbers that the NDC does not use.
func Label(code, lang string) (label string, ok bool) {
	label, ok = in(lang).names[code]
	return label, ok
}

// Longest returns the narrowest class with a name that a full number belongs to:
// "913.6" is in "913". code is "" where there is none.
func Longest(number, lang string) (code, label string) {
	whole, _, _ := strings.Cut(number, ".")
	for n := min(3, len(whole)); n > 0; n-- {
		if label, ok := Label(whole[:n], lang); ok {
			return whole[:n], label
		}
	}
	return "", ""
}

// Children returns the codes one level below a code, in their order: of "9" the
// divisions "90" to "99", of "" the ten classes. A section has none.
func Children(code string) (codes []string) {
	all := in(others).codes
	for _, c := range all[sort.SearchStrings(all, code):] {
		if !strings.HasPrefix(c, code) {
			break
		}
		if len(c) == len(code)+1 {
			codes = append(codes, c)
		}
	}
	return codes
}
