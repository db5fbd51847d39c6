package library

import "slices"

// Account is what a patron's menu shows of the patron.
type Account struct {
	Name       string     `json:"name"`
	Loans      int        `json:"loans"`
	Overdue    int        `json:"overdue"`
	HoldsReady int        `json:"holds_ready"`
	ValidUntil Date       `json:"valid_until,omitzero"`
	HomeBranch BranchCode `json:"home_branch,omitempty"`
	Contacts   []Contact  `json:"contacts,omitempty"` // how the patron can be told that a hold is ready
	Messages   []string   `json:"messages,omitempty"` // what the patron should know, see the Message constants

	// Requests are what became of requests that were left while the server could not be
	// reached, the newest first, for as long as ended holds are shown.
	Requests []RequestResult `json:"requests,omitempty"`
}

// BlockedAsOverdue is Patron.BlockedAsOverdue of the account's patron.
func (a Account) BlockedAsOverdue() bool { return slices.Contains(a.Messages, MessageBlockOverdue) }

// The messages of an Account.
const (
	MessageOverdue      = "overdue"           // something is overdue
	MessageCardExpires  = "card_expires_soon" // ValidUntil is within ExpiryNotice
	MessageBlockOverdue = "block_overdue"     // nothing more is lent until the overdue is back: holds may be placed, and not be collected
	MessageBouncing     = "email_bouncing"    // mails to the registered address came back
	MessageUnconfirmed  = "email_unconfirmed" // the code of the confirmation mail was not entered yet
)

// ExpiryNotice is how many days before its end a card's end is announced.
const ExpiryNotice = 30

// PatronLoan is a loan as its patron sees it.
type PatronLoan struct {
	Loan
	Title    string `json:"title"`
	Creators string `json:"creators,omitempty"`
	Refusal  string `json:"refusal,omitempty"` // code of why it may not be renewed, "" when it may
}

// PatronLoans are all loans of a patron, by due date, as judged on a day.
type PatronLoans struct {
	Today Date         `json:"today"`
	Loans []PatronLoan `json:"loans"`
}
