package library

import "time"

// MailKind says what a mail to a patron is about.
type MailKind string

// The kinds of mail.
const (
	MailConfirm      MailKind = "confirm"        // to a new address: Code turns it 確認済み
	MailMoved        MailKind = "moved"          // to the old address, when another was registered or it was deleted
	MailPasswordSet  MailKind = "password_set"   // a password was applied for, or set or changed
	MailHoldReady    MailKind = "hold_ready"     // Title waits at Branch until Until
	MailHoldExpired  MailKind = "hold_expired"   // Title waited and was not collected
	MailHoldFellBack MailKind = "hold_fell_back" // Title was ready at Branch and no longer is; the hold waits again
	MailHoldEnded    MailKind = "hold_ended"     // staff ended the hold of Title, for Reason
	MailRequest      MailKind = "request"        // what became of a Request
)

// MailKinds are all kinds.
var MailKinds = []MailKind{MailConfirm, MailMoved, MailPasswordSet, MailHoldReady, MailHoldExpired, MailHoldFellBack, MailHoldEnded, MailRequest}

// Mail is what a patron is told by mail, before it is worded. Only the fields of its
// kind are set.
type Mail struct {
	Kind     MailKind       `json:"kind"`
	Patron   PatronID       `json:"-"`
	To       string         `json:"to"`
	Language string         `json:"language,omitempty"` // code of the patron's, "" where it is not known
	At       time.Time      `json:"at"`                 // when it happened
	Code     string         `json:"code,omitempty"`     // six digits
	Title    string         `json:"title,omitempty"`
	Hold     HoldID         `json:"hold,omitempty"` // of which it tells
	Reason   EndReason      `json:"reason,omitempty"`
	Branch   BranchCode     `json:"branch,omitempty"`
	Until    Date           `json:"until,omitzero"`
	Request  *RequestResult `json:"request,omitempty"`
}
