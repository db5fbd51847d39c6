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
	MessageHoldFellBack = "hold_fell_back"    // what was ready no longer is
	MessageHoldEnded    = "hold_ended"        // staff ended a hold, for a reason
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

	// RenewsUntil is the due date that a renewal on the day of the answer brings: no day
	// where it would be refused, or where the library's system does not say.
	RenewsUntil Date `json:"renews_until,omitzero"`
}

// Judged returns the loan with whether it may be renewed on a day, and until when, by
// the rule of Policy.Renew.
func (l PatronLoan) Judged(p Policy, r Renewal, today Date) PatronLoan {
	renewed, err := p.Renew(l.Loan, r, today)
	l.Refusal, l.RenewsUntil = CodeOf(err), Date{}
	if err == nil {
		l.RenewsUntil = renewed.DueOn
	}
	return l
}

// RenewsWithAll reports whether 「まとめて延長」 takes the loan along: it may be renewed,
// and lasts at least RenewAllDays longer then. It may be renewed RenewalLimit times, and
// a touch that is meant for others is not to use that up for a day or two. A loan of
// which it is not said until when is taken along.
func (p Policy) RenewsWithAll(l PatronLoan) bool {
	return l.Refusal == "" && (l.RenewsUntil.IsZero() || l.RenewsUntil.Sub(l.DueOn) >= p.RenewAllDays)
}

// PatronLoans are all loans of a patron, by due date, as judged on a day.
type PatronLoans struct {
	Today Date         `json:"today"`
	Loans []PatronLoan `json:"loans"`
}

// HoldMessages are the messages of an Account about the holds that its patron is shown.
func HoldMessages(holds []PatronHold) (messages []string) {
	if slices.ContainsFunc(holds, func(h PatronHold) bool { return h.State.Active() && !h.FellBackOn.IsZero() }) {
		messages = append(messages, MessageHoldFellBack)
	}
	if slices.ContainsFunc(holds, func(h PatronHold) bool { return h.EndReason != "" }) {
		messages = append(messages, MessageHoldEnded)
	}
	return messages
}
