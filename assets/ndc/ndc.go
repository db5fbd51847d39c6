// Package ndc names the classes of the Nippon Decimal Classification for the browse
// screen: ten classes, a hundred divisions, and the sections in use, each in words
// short enough for a button and plain enough for a child. The classes are those of the
// Japan Library Association's NDC data (CC BY); the wording, in labels.tsv, is the
// project's own.
package ndc

import (
	_ "embed"
	"strings"
)

// labels has a line "code, Japanese, English" for each class, in the order of the
// codes, parted by tabs. It is searched as it is.
//
//go:embed labels.tsv
var labels string

// MaxLabel is how many characters a label has at most, in Japanese and in others.
const (
	MaxLabelJa = 14
	MaxLabelEn = 34
)

// Label returns the name of a class of one to three digits: "9", "91", "913". It is
// in Japanese where lang begins with "ja", and else in English. ok is false for
// numbers that the NDC does not use.
func Label(code, lang string) (label string, ok bool) {
	line := line(find(code))
	found, names, _ := strings.Cut(line, "\t")
	if code == "" || found != code {
		return "", false
	}
	ja, en, _ := strings.Cut(names, "\t")
	if strings.HasPrefix(lang, "ja") {
		return ja, true
	}
	return en, true
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
	for at := find(code); at < len(labels); {
		l := line(at)
		c, _, _ := strings.Cut(l, "\t")
		if !strings.HasPrefix(c, code) {
			break
		}
		if len(c) == len(code)+1 {
			codes = append(codes, c)
		}
		at += len(l) + 1
	}
	return codes
}

// find returns where the first line begins whose code is not less than the code.
func find(code string) int {
	low, high := 0, len(labels) // line beginnings
	for low < high {
		middle := strings.LastIndexByte(labels[:(low+high)/2], '\n') + 1
		if middle < low {
			middle = low
		}
		l := line(middle)
		if c, _, _ := strings.Cut(l, "\t"); c < code {
			low = middle + len(l) + 1
		} else {
			high = middle
		}
	}
	return low
}

// line returns the line that begins at a place, without its end.
func line(at int) string {
	l, _, _ := strings.Cut(labels[at:], "\n")
	return l
}
