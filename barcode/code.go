// Package barcode turns what a scanner sends into a Code that says what was
// scanned. It reads serial scanners (Serial) and those that pose as a keyboard
// (Wedge), and knows the check digits in use on library cards. It never looks a
// number up and never writes one to a log.
package barcode

import "log/slog"

// Code is one scan.
type Code struct {
	Text      string    // the number: without AIM and code identifier, prefix, suffix, start and stop
	Symbology Symbology // as far as the scanner said
	Kind      Kind
}

// LogValue keeps the number out of logs: it may be a patron's card.
func (c Code) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("kind", string(c.Kind)),
		slog.String("symbology", string(c.Symbology)),
		slog.Int("length", len(c.Text)),
	)
}

// Kind says what a code is to a library.
type Kind string

// The kinds of codes.
const (
	Card       Kind = "card"
	StaffCard  Kind = "staff_card"
	Item       Kind = "item"       // the barcode of one of our own copies
	ISBN       Kind = "isbn"       // Text is its 13 digits
	PriceRow   Kind = "price_row"  // the lower barcode of a Japanese book
	Magazine   Kind = "magazine"   // Text is the 13 digits of its EAN, without the add-on
	Unreadable Kind = "unreadable" // damaged on the way; scanning again may help
	Unknown    Kind = "unknown"    // whole, but nothing that the settings know
)

// Symbology is a kind of barcode.
type Symbology string

// The symbologies that matter to a library. AnySymbology is one that the scanner
// did not name.
const (
	AnySymbology   Symbology = ""
	EAN            Symbology = "ean" // JAN, UPC
	NW7            Symbology = "nw7" // Codabar
	Code39         Symbology = "code39"
	Code128        Symbology = "code128"
	ITF            Symbology = "itf"
	QR             Symbology = "qr"
	OtherSymbology Symbology = "other"
)

// aimSymbology reads the letter of an AIM identifier: "F" of "]F0".
func aimSymbology(letter byte) Symbology {
	switch letter {
	case 'E':
		return EAN
	case 'F':
		return NW7
	case 'A':
		return Code39
	case 'C':
		return Code128
	case 'I':
		return ITF
	case 'Q':
		return QR
	}
	return OtherSymbology
}

// knownSymbology reports whether settings may name s.
func knownSymbology(s Symbology) bool {
	switch s {
	case EAN, NW7, Code39, Code128, ITF, QR, OtherSymbology:
		return true
	}
	return false
}
