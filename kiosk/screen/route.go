package screen

import (
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// Route is a screen and all that it needs to stand as it stood: going back shows
// the same words, the same page. Only the fields that its Page uses are set. It holds
// nothing of a patron.
type Route struct {
	Page     Page
	Query    library.Query // PageLists: Juvenile for what is for children alone
	Bib      library.BibID
	Barcode  string             // PageDetail: of the copy that was scanned, "" where none was
	NDC      string             // PageBrowse: what was chosen so far, 0 to 2 digits
	Offset   int                // first record, copy or line shown; PageVolumes: whereBibIs
	Keyboard widget.Layout      // PageSearch, PageAdvanced
	Field    string             // PageAdvanced: the field that is typed into; PageGuide: the topic
	Heading  string             // PageResults: what the list is, where it is no search; the creator, where it is all of one
	Volume   string             // PageVolumes: the number that was typed, of the one that is marked
	List     string             // PageList: its name
	Marked   bool               // PageVolumes: Bib is marked, as where one came from
	Sequence bool               // PageConfirm: 順番予約, in the order of the cart
	Pickup   library.BranchCode // PageConfirm, PageHold, and those of a request: chosen so far
	Contact  library.Contact    // likewise
	Hold     library.HoldID     // PageHold
}
