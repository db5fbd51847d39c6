package screen

import (
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// Page names a screen.
type Page string

// The screens.
const (
	PageHome     Page = "home"
	PageSearch   Page = "search"
	PageAdvanced Page = "advanced"
	PageResults  Page = "results"
	PageFilter   Page = "filter"
	PageDetail   Page = "detail"
	PageVolumes  Page = "volumes"
	PageBrowse   Page = "browse"
	PageArrivals Page = "arrivals"
	PageGuide    Page = "guide"
	PageDisplay  Page = "display"
	PageCard     Page = "card"
	PagePassword Page = "password"
	PageMenu     Page = "menu"
	PageLoans    Page = "loans"
	PageCart     Page = "cart"
	PageSequence Page = "sequence"
	PageConfirm  Page = "confirm"
	PageHeld     Page = "held"
	PageHolds    Page = "holds"
	PageHold     Page = "hold"

	PageRequest         Page = "request"
	PageRequestPickup   Page = "request_pickup"
	PageRequestCard     Page = "request_card"
	PageRequestPassword Page = "request_password"
	PageRequested       Page = "requested"
	PageRequestResults  Page = "request_results"

	PageTerms       Page = "terms"
	PageApplyCard   Page = "apply_card"
	PageBirth       Page = "birth"
	PagePhone       Page = "phone"
	PageNewPassword Page = "new_password"
	PageApplied     Page = "applied"
	PageNotApplied  Page = "not_applied"
	PageMustChange  Page = "must_change"
	PageChange      Page = "change"

	PageEmail       Page = "email"
	PageEmailEdit   Page = "email_edit"
	PageEmailMeant  Page = "email_meant"
	PageEmailCode   Page = "email_code"
	PageEmailAdvice Page = "email_advice"

	PageStaffName     Page = "staff_name"
	PageStaffPassword Page = "staff_password"
	PageStaff         Page = "staff"
	PageStaffCard     Page = "staff_card"
	PageStaffPatron   Page = "staff_patron"
	PageTemporary     Page = "temporary"
	PageMachine       Page = "machine"
	PageScanTest      Page = "scan_test"
	PageSlip          Page = "slip"
)

// Route is a screen and all that it needs to stand as it stood: going back shows
// the same words, the same page. Only the fields that its Page uses are set. It holds
// nothing of a patron.
type Route struct {
	Page     Page
	Query    library.Query
	Bib      library.BibID
	Barcode  string             // PageDetail: of the copy that was scanned, "" where none was
	NDC      string             // PageBrowse: what was chosen so far, 0 to 2 digits
	Offset   int                // first record, copy or line shown
	Keyboard widget.Layout      // PageSearch, PageAdvanced
	Field    string             // PageAdvanced: the field that is typed into; PageGuide: the topic
	Heading  string             // PageResults: what the list is, where it is no search
	Sequence bool               // PageConfirm: 順番予約, in the order of the cart
	Pickup   library.BranchCode // PageConfirm, PageHold, and those of a request: chosen so far
	Contact  library.Contact    // likewise
	Hold     library.HoldID     // PageHold
}
