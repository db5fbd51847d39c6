package protocol

import "madoguchi/library"

// The headers of requests beside Authorization, which is the terminal's.
const (
	SessionHeader     = "Madoguchi-Session" // token of a patron's or staff's session
	IdempotencyHeader = "Idempotency-Key"   // a UUIDv7 made before the first try of a change
	VisitorHeader     = "Madoguchi-Visitor" // the home page's mark of the visitor for whom it asks
)

// Login is the body of POST /v1/sessions.
type Login struct {
	Card     string `json:"card"` // normal form, see barcode.Settings.ParseCard
	Password string `json:"password"`
}

// LoggedIn answers it. The token works only from the terminal that asked, until the
// session ends: in memory on both sides of the screen, never on a disk.
// GET /v1/me answers with the library.Account, GET /v1/me/loans with
// library.PatronLoans, POST /v1/me/loans/{id}/renewal with the library.PatronLoan as
// it stands then.
type LoggedIn struct {
	Token   string          `json:"token"`
	Account library.Account `json:"account"`

	// MustChange: the password was a temporary one. The session may set a permanent one
	// and do nothing else; Account bears only the name.
	MustChange bool `json:"must_change,omitempty"`
}

// StaffLogin is the body of POST /v1/staff/sessions.
type StaffLogin struct {
	Name     string `json:"name"` // or the number of the staff card
	Password string `json:"password"`
}

// StaffLoggedIn answers it.
type StaffLoggedIn struct {
	Token string `json:"token"`
	Name  string `json:"name"`
	Role  string `json:"role"` // RoleDesk or RoleAdmin
}

// The roles of staff. An admin may do what a desk may, and look after machines.
const (
	RoleDesk  = "desk"
	RoleAdmin = "admin"
)

// Checkout is the body of POST /v1/desk/checkouts: the item is lent by the branch of the
// terminal that asks, or by Branch where it is set. It falls due on an open day of that
// branch.
type Checkout struct {
	Card   string             `json:"card"`
	Item   string             `json:"item"` // barcode
	Branch library.BranchCode `json:"branch,omitempty"`
}

// CheckedOut answers it.
type CheckedOut struct {
	DueOn library.Date `json:"due_on"`
	Title string       `json:"title"`
}

// Return is the body of POST /v1/desk/returns and of POST /v1/desk/arrivals: the
// copy lies at the branch of the terminal that asks, or at Branch where it is set.
type Return struct {
	Item   string             `json:"item"`
	Branch library.BranchCode `json:"branch,omitempty"`
}

// Returned answers it: what to do with the copy.
type Returned struct {
	Title string             `json:"title"`
	State library.ItemState  `json:"state,omitempty"` // on_shelf: put it on its shelf; in_transit: send it; none where it is withdrawn
	To    library.BranchCode `json:"to,omitempty"`    // where it is sent

	HoldFor string `json:"hold_for,omitempty"` // on_hold_shelf: the card of the patron for whom

	Tell library.Contact `json:"tell,omitempty"` // on_hold_shelf: how that patron is told; by phone staff do, see /v1/desk/calls

	Withdrawn bool `json:"withdrawn,omitempty"` // it has left the library while it was on loan: put it aside, not on a shelf
}
