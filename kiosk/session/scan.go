package session

import "madoguchi/barcode"

// ActionKind says what a scan asks for.
type ActionKind string

// What a scan can ask for, on every screen that gives it no meaning of its own.
const (
	SearchISBN     ActionKind = "isbn"       // search the catalogue for the book
	SearchMagazine ActionKind = "magazine"   // search the catalogue for the magazine
	ShowItem       ActionKind = "item"       // show the page of one of our own copies
	CardScanned    ActionKind = "card"       // ask for the password of this card
	OwnCard        ActionKind = "own_card"   // the card of who is logged in: show the menu
	StaffScanned   ActionKind = "staff_card" // ask for the password of this staff card
	ServePatron    ActionKind = "serve"      // staff are logged in: this is the patron whom they serve
	PriceRow       ActionKind = "price_row"  // ask for the upper of the two barcodes
	ScanAgain      ActionKind = "scan_again" // the scan was damaged
	UnknownCode    ActionKind = "unknown"    // nothing that a library knows
)

// Action is what a scan asks for, and of what: an ISBN of 13 digits, the EAN of a
// magazine, the barcode of an item, the number of a card.
type Action struct {
	Kind   ActionKind
	Number string
}

// Scanned takes a scan, which counts as a touch, and says what it means. A card of
// somebody else than who is logged in ends that one's session first: it never goes on
// under another's hands. Only while staff are logged in, a patron's card is not one to
// log in with.
func (s *Session) Scanned(code barcode.Code) Action {
	action := Action{Kind: actionOf(code.Kind), Number: code.Text}
	patron, staff := s.Patron(), s.Staff()
	somebody := patron != (Patron{}) || staff != (Staff{})
	switch {
	case action.Kind == CardScanned && staff != (Staff{}):
		action.Kind = ServePatron
	case action.Kind == CardScanned && patron.Card == code.Text,
		action.Kind == StaffScanned && staff.Card == code.Text:
		action.Kind = OwnCard
	case somebody && (action.Kind == CardScanned || action.Kind == StaffScanned):
		s.End(Other)
	}
	s.Touch()
	return action
}

func actionOf(kind barcode.Kind) ActionKind {
	switch kind {
	case barcode.ISBN:
		return SearchISBN
	case barcode.Magazine:
		return SearchMagazine
	case barcode.Item:
		return ShowItem
	case barcode.Card:
		return CardScanned
	case barcode.StaffCard:
		return StaffScanned
	case barcode.PriceRow:
		return PriceRow
	case barcode.Unreadable:
		return ScanAgain
	}
	return UnknownCode
}
