package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// What clean changes in a text, and what may be wrong with it as a whole.
const (
	lostLetters  = "letters were lost before the file was made (U+FFFD), and 〓 stands in their place"
	madeLetters  = "there were letters in it that somebody has made (外字), and 〓 stands in their place"
	controls     = "there were control characters in it, which were left out"
	turned       = "there were marks in it that turn the direction of text, which were left out"
	mojibake     = "it looks like UTF-8 that was taken for another encoding and saved again: look where the file comes from"
	lostEscapes  = "it is ISO-2022-JP whose escape characters were lost: have the file written as UTF-8"
	sheetsError  = "it is an error message of a spreadsheet"
	mangledValue = "it was made a number by a spreadsheet, and its digits are lost: give the column the format text there"
)

var isoWithoutEscapes = regexp.MustCompile(`\$[@B](?:[!-~]{2})+\([BJ]`)

// textFaults says what of a text a note is due for, nil for most.
func textFaults(s string) (faults []string) {
	plain := true
	for i := range len(s) {
		if plain = s[i] >= ' ' && s[i] < 0x7F && s[i] != '$' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r'; !plain {
			break
		}
	}
	if plain {
		return nil
	}
	add := func(fault string, there bool) {
		if there {
			faults = append(faults, fault)
		}
	}
	add(lostLetters, strings.Contains(s, "\uFFFD"))
	add(madeLetters, strings.ContainsFunc(s, ownLetter))
	add(turned, strings.ContainsFunc(s, turnsText))
	add(lostEscapes, isoWithoutEscapes.MatchString(s))
	if isMojibake(s) {
		return append(faults, mojibake)
	}
	add(controls, strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }))
	return faults
}

// turnsText reports whether a letter only turns the direction of text.
func turnsText(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' || r == '\u200E' || r == '\u200F' || r == '\u061C'
}

// isMojibake reports whether a text becomes UTF-8 with letters of its own when it is
// written in an encoding that it may have been read in by mistake.
func isMojibake(s string) bool {
	for _, e := range []struct {
		bytes func(string) (string, error)
		least int // such letters, of at least so many bytes
		width int
	}{
		{latin1, 1, 2},
		{charmap.Windows1252.NewEncoder().String, 1, 2},
		{japanese.ShiftJIS.NewEncoder().String, 2, 3},
	} {
		b, err := e.bytes(s)
		if err != nil || !utf8.ValidString(b) {
			continue
		}
		n := 0
		for _, r := range b {
			if utf8.RuneLen(r) >= e.width {
				n++
			}
		}
		if n >= e.least {
			return true
		}
	}
	return false
}

// latin1 writes the letters up to U+00FF as bytes, the controls among them too.
func latin1(s string) (string, error) {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			return "", errNotPossible
		}
		b = append(b, byte(r))
	}
	return string(b), nil
}

var (
	scientific  = regexp.MustCompile(`(?i)^[+-]?\d(?:[.,]\d+)?E[+-]\d+$`)
	sheetErrors = []string{"#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
	formula     = regexp.MustCompile(`^="(.*)"$`)
	apostrophe  = regexp.MustCompile(`^'\d+$`)
)

// mangled says how a spreadsheet has spoiled an identifier, an ISBN or a number of a
// card, and "" for one that it has not.
func mangled(s string) (fault string) {
	switch s = narrow(s); {
	case scientific.MatchString(s):
		return mangledValue
	case isSheetError(s):
		return sheetsError
	}
	return ""
}

// Mangled says how a spreadsheet has spoiled a number that somebody copied out of one, ""
// where it has not.
func Mangled(number string) (fault string) { return mangled(number) }

// isSheetError reports whether a cell has nothing but an error message of a spreadsheet,
// or the signs for a column that is too narrow.
func isSheetError(s string) bool {
	return slices.Contains(sheetErrors, s) || len(s) > 2 && strings.Trim(s, "#") == ""
}

// unformula takes off what people write into a spreadsheet to keep the digits of a
// number: ="0012", '0012.
func unformula(cell string) string {
	if m := formula.FindStringSubmatch(cell); m != nil {
		return strings.ReplaceAll(m[1], `""`, `"`)
	}
	if apostrophe.MatchString(cell) {
		return cell[1:]
	}
	return cell
}
