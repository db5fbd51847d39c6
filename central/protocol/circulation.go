package protocol

import "madoguchi/library"

// The headers of requests beside Authorization, which is the terminal's.
const (
	SessionHeader     = "Madoguchi-Session" // token of a patron's or staff's session
	IdempotencyHeader = "Idempotency-Key"   // a UUIDv7 made before the first try of a change
)

// Login is the body of POST /v1/sessions.
type Login struct {
	Card     string `json:"card"` // normal form, see barcode.Settings.ParseCard
	Password string `json:"password"`
}

// LoggedIn answers it. The token works only from the terminal that asked, until the
// session ends: in memory on both sides of the screen, never on a disk.
type LoggedIn struct {
	Token string `json:"token"`
	Me    Me     `json:"me"`
}

// Me is the answer of GET /v1/me: what the patron's menu shows.
type Me struct {
	Name       string       `json:"name"`
	Loans      int          `json:"loans"`
	Overdue    int          `json:"overdue"`
	HoldsReady int          `json:"holds_ready"`
	ValidUntil library.Date `json:"valid_until,omitzero"`
	Messages   []string     `json:"messages,omitempty"` // codes of what the patron should know: "overdue", "card_expires_soon"
}

// Loans is the answer of GET /v1/me/loans, by due date.
type Loans struct {
	Today library.Date `json:"today"` // the library's, by which all is judged
	Loans []Loan       `json:"loans"`
}

// Loan is a loan as its patron sees it.
type Loan struct {
	library.Loan
	Title    string `json:"title"`
	Creators string `json:"creators,omitempty"`
	Refusal  string `json:"refusal,omitempty"` // code of why it may not be renewed; "" when it may
}

// Renewed answers POST /v1/me/loans/{id}/renewal.
type Renewed struct {
	Loan Loan `json:"loan"`
}

// StaffLogin is the body of POST /v1/staff/sessions.
type StaffLogin struct {
	Name     string `json:"name"`
	Password string `json:"password"`
}

// StaffLoggedIn answers it.
type StaffLoggedIn struct {
	Token string `json:"token"`
	Name  string `json:"name"`
	Role  string `json:"role"`
}

// Checkout is the body of POST /v1/desk/checkouts.
type Checkout struct {
	Card string `json:"card"`
	Item string `json:"item"` // barcode
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
	State library.ItemState  `json:"state"`        // on_shelf: put it on its shelf; in_transit: send it
	To    library.BranchCode `json:"to,omitempty"` // where it is sent
}
