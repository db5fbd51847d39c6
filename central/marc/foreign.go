package marc

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// headLength is how much of a file is looked at to say what it is.
const headLength = 1024

var errUTF16 = errors.New("the file is in UTF-16, in which there is no ISO 2709: convert it to UTF-8 with what wrote it, or ask there for MARCXML, then import it again")

var xmlRoot = regexp.MustCompile(`<([A-Za-z_][\w.:-]*)[\s/>]`)

// isUTF16 reports whether a file begins like one in UTF-16.
func isUTF16(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}) ||
		len(head) >= 4 && (head[0] == 0 && head[2] == 0 && head[1] != 0 && head[3] != 0 ||
			head[1] == 0 && head[3] == 0 && head[0] != 0 && head[2] != 0)
}

// IsXML reports whether a file begins like XML, in whatever encoding.
func IsXML(head []byte) bool {
	if isUTF16(head) {
		head = bytes.TrimLeft(head, "\xFF\xFE")
		head = bytes.ReplaceAll(head, []byte{0}, nil)
	}
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<"))
}

// notMARC says of a file that is not MARC what it seems to be, and what to do.
func notMARC(head []byte) error {
	text := strings.TrimLeft(string(head), padding)
	lower := strings.ToLower(text)
	has := func(begins ...string) bool {
		for _, s := range begins {
			if strings.HasPrefix(lower, s) {
				return true
			}
		}
		return false
	}
	line, _, _ := strings.Cut(strings.ReplaceAll(text, "\r", "\n"), "\n")
	switch {
	case text == "":
		return errors.New("the file is empty: fetch or export it again")
	case has("<!doctype html", "<html"), strings.Contains(lower, "<html"):
		return errors.New("the file is a web page (HTML), perhaps one that tells of an error: fetch the records again and look at what comes")
	case has("<"):
		if m := xmlRoot.FindStringSubmatch(text); m != nil {
			return fmt.Errorf("the file is XML (<%s>), but no MARCXML record is in it: export the records as MARCXML or as MARC 21 (ISO 2709)", shortened(m[1]))
		}
		return errors.New("the file seems to be XML, but no MARCXML record is in it: export the records as MARCXML or as MARC 21 (ISO 2709)")
	case has("=ldr", "=001", "=000"):
		return errors.New("the file is MARC as text (.mrk), as MarcEdit edits it: make it MARC 21 there with MarcMaker, then import the .mrc")
	case strings.HasPrefix(text, "\x1F\x8B"), strings.HasPrefix(text, "\x28\xB5\x2F\xFD"), strings.HasPrefix(text, "BZh"), strings.HasPrefix(text, "\xFD7zXZ"):
		return errors.New("the file is compressed: unpack it, then import what is in it")
	case strings.HasPrefix(text, "PK\x03\x04"):
		return errors.New("the file is a ZIP archive or a workbook: unpack it and import the records, or save the workbook as CSV and use \"central import csv\"")
	case has("{", "["):
		return errors.New("the file seems to be JSON: export the records as MARC 21 (ISO 2709) or MARCXML")
	case !printable(text):
		return errors.New("the file is not MARC: nothing in it is a record of MARC 21 (ISO 2709) or MARCXML; look at how it was exported")
	case strings.ContainsAny(line, ",\t;"):
		return errors.New("the file is not MARC; it seems to be CSV: use \"central import csv\"")
	}
	return errors.New("the file is text, not MARC: export the records as MARC 21 (ISO 2709) or MARCXML")
}

// printable reports whether a head of a file is text in some encoding.
func printable(head string) bool {
	return strings.IndexFunc(head, func(r rune) bool {
		return r != utf8.RuneError && unicode.IsControl(r) && !strings.ContainsRune("\t\r\n\f\x1B", r)
	}) < 0
}

// shortened makes a value from a file fit into a sentence.
func shortened(s string) string {
	const most = 60
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
