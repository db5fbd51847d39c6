package barcode

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Parse reads one scan, without its terminator. A scan that cannot be used comes
// back as an Unreadable code together with the reason.
func (s Settings) Parse(raw string) (Code, error) {
	code := Code{Kind: Unreadable}
	switch {
	case len(raw) > MaxScan:
		return code, ErrTooLong
	case !utf8.ValidString(raw) || strings.ContainsFunc(raw, isNoise):
		return code, ErrNoise
	}
	code.Text, code.Symbology = s.unwrap(strings.TrimSpace(halfWidth(raw)))
	if code.Text == "" {
		return code, ErrEmpty
	}
	if kind, text := publicKind(code.Text, code.Symbology); kind != "" && len(code.Text) == eanLength {
		code.Kind, code.Text = kind, text
		return code, nil
	}
	start, number, stop := splitStartStop(code.Text, code.Symbology)
	card, cardFit := s.Card.read(start, dropSpaces(number, s.Card.Check), stop, code.Symbology)
	staff, staffFit := s.Staff.read(start, dropSpaces(number, s.Staff.Check), stop, code.Symbology)
	item, itemFit := s.Item.read(start, number, stop, code.Symbology)
	withAddOn, ean := publicKind(code.Text, code.Symbology)
	switch {
	case cardFit == fits && (itemFit == fits || staffFit == fits), staffFit == fits && itemFit == fits:
		return code, ErrAmbiguous
	case cardFit == fits:
		code.Kind, code.Text = Card, card
	case staffFit == fits:
		code.Kind, code.Text = StaffCard, staff
	case itemFit == fits:
		code.Kind, code.Text = Item, item
	case withAddOn != "":
		code.Kind, code.Text = withAddOn, ean
	case cardFit == wrongDigit || staffFit == wrongDigit || itemFit == wrongDigit || damagedEAN(code.Text, code.Symbology):
		code.Text = number
		return code, ErrCheckDigit
	default:
		code.Kind, code.Text = Unknown, number
	}
	return code, nil
}

// ParseCard reads a card number that a person typed, as printed on the card: full
// width counts as half width; spaces, hyphens and NW-7 start and stop letters do
// not count.
func (s Settings) ParseCard(typed string) (string, error) {
	return s.Card.parse(typed, ErrNoCardRule, ErrNotACard)
}

// ParseStaffCard reads the number of a staff card as ParseCard does.
func (s Settings) ParseStaffCard(typed string) (string, error) {
	return s.Staff.parse(typed, ErrNoStaff, ErrNotStaff)
}

// ParseItem reads the barcode number of an item as ParseCard does.
func (s Settings) ParseItem(typed string) (string, error) {
	return s.Item.parse(typed, ErrNoItemRule, ErrNotAnItem)
}

// parse reads a number that a person typed.
func (r Rule) parse(typed string, noRule, misfits error) (string, error) {
	text := strings.TrimSpace(halfWidth(typed))
	if r.IsZero() {
		return "", noRule
	}
	start, number, stop := splitStartStop(text, AnySymbology)
	number = dropSpaces(number, r.Check)
	if number == "" {
		return "", ErrEmpty
	}
	card, fit := r.read(start, number, stop, AnySymbology)
	switch fit {
	case fits:
		return card, nil
	case wrongDigit:
		return "", ErrCheckDigit
	}
	return "", misfits
}

// unwrap takes off what the scanner put around the code. Makers differ in whether
// the prefix or an identifier comes first, so each may, once.
func (s Settings) unwrap(text string) (string, Symbology) {
	symbology := AnySymbology
	prefix, aim, id := s.Prefix != "", true, true
	for {
		key := s.codeID(text)
		switch {
		case prefix && strings.HasPrefix(text, s.Prefix):
			prefix, text = false, text[len(s.Prefix):]
		case aim && isAIM(text):
			aim, symbology, text = false, aimSymbology(text[1]), text[3:]
		case id && key != "":
			id, symbology, text = false, s.CodeIDs[key], text[len(key):]
		default:
			return strings.TrimSuffix(text, s.Suffix), symbology
		}
	}
}

// codeID returns the longest code identifier that text begins with, and "" for none.
func (s Settings) codeID(text string) string {
	longest := ""
	for id := range s.CodeIDs {
		if strings.HasPrefix(text, id) && len(id) > len(longest) {
			longest = id
		}
	}
	return longest
}

// isAIM reports whether text begins with an AIM identifier: "]", a letter, a digit
// or letter.
func isAIM(text string) bool {
	return len(text) >= 3 && text[0] == ']' && isLetter(text[1]) && (isLetter(text[2]) || isDigits(text[2:3]))
}

func isLetter(b byte) bool { return 'A' <= b&^0x20 && b&^0x20 <= 'Z' }

// fit says how far a number fits a Rule.
type fit int

const (
	misfit fit = iota
	wrongDigit
	fits
)

// read returns the number as the library writes it.
func (r Rule) read(start, number, stop string, symbology Symbology) (string, fit) {
	switch {
	case r.IsZero(),
		symbology != AnySymbology && len(r.Symbologies) > 0 && !slices.Contains(r.Symbologies, symbology),
		start != "" && r.StartStop != "" && start+stop != upperStartStop(r.StartStop),
		len(r.Lengths) > 0 && !slices.Contains(r.Lengths, len(number)),
		!strings.HasPrefix(number, r.Prefix),
		!isNumber(number):
		return "", misfit
	}
	checked := number
	if r.Check == M16 {
		if start == "" && r.StartStop != "" {
			edges := upperStartStop(r.StartStop)
			start, stop = edges[:1], edges[1:]
		}
		checked = start + number + stop
	}
	if !r.Check.Valid(checked) {
		return "", wrongDigit
	}
	return number, fits
}

// splitStartStop parts NW-7 start and stop letters, as A to D, from the number
// between them. A code that has none, or is known to be no NW-7, comes back whole.
func splitStartStop(text string, symbology Symbology) (start, number, stop string) {
	if symbology != AnySymbology && symbology != NW7 || len(text) < 3 {
		return "", text, ""
	}
	last := len(text) - 1
	if !isStartStop(text[0]) || !isStartStop(text[last]) {
		return "", text, ""
	}
	number = text[1:last]
	if strings.Trim(number, "0123456789-$:/.+ ") != "" {
		return "", text, ""
	}
	return upperStartStop(text[:1]), number, upperStartStop(text[last:])
}

// startStops are the start and stop letters in their three notations.
const startStops = "ABCDabcdtn*e"

func isStartStop(b byte) bool { return strings.IndexByte(startStops, b) >= 0 }

func upperStartStop(letters string) string {
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune(startStops, r); i >= 0 {
			return rune(startStops[i%4])
		}
		return r
	}, letters)
}

// isNumber reports whether s has only characters that numbers of libraries have.
func isNumber(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) && strings.IndexByte("0123456789-$:/.+", s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

// dropSpaces drops spaces and hyphens, which only part a number for the eye. Under
// M16 a hyphen has a value of its own and stays.
func dropSpaces(number string, check Scheme) string {
	number = strings.ReplaceAll(number, " ", "")
	if check != M16 {
		number = strings.ReplaceAll(number, "-", "")
	}
	return number
}

// halfWidth makes full-width characters half-width ones, and hyphens, dashes and
// the long vowel mark (a hyphen typed in kana mode) plain hyphens.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case '！' <= r && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		case '\u2010' <= r && r <= '\u2015', r == '\u2212', r == 'ー', r == 'ｰ':
			return '-'
		}
		return r
	}, s)
}
