package screen

import (
	"context"
	"errors"
	"time"

	"madoguchi/library"
)

// LogIn asks the central server for the account behind a card, or returns why not: a
// library.Refusal, or ErrUnreachable.
type LogIn func(ctx context.Context, card, password string) (Account, library.Account, error)

// Account is what a patron who is logged in may ask of the central server.
type Account interface {
	Account(ctx context.Context) (library.Account, error)
	Loans(ctx context.Context) (library.PatronLoans, error)
	Renew(ctx context.Context, loan library.LoanID) (library.PatronLoan, error)
	Holds(ctx context.Context) (library.PatronHolds, error)
	PlaceHolds(ctx context.Context, req library.HoldRequest) ([]library.HoldAnswer, error)
	CancelHold(ctx context.Context, hold library.HoldID) (library.PatronHold, error)
	ChangeHold(ctx context.Context, hold library.HoldID, pickup library.BranchCode, contact library.Contact) (library.PatronHold, error)
	Secrets
	End() // forgets the account at once, and tells the server in its own time
}

// Leave keeps a request, sealed, until the central server can be reached, and returns
// the code of its receipt; or library.ErrNoRequests.
type Leave func(ctx context.Context, r library.Request) (receipt string, err error)

// ErrUnreachable is wrapped where the central server does not answer.
var ErrUnreachable = errors.New("the central server does not answer")

// A later knows how long to wait before the next try.
type later interface{ RetryAfter() time.Duration }

// A problem is an answer of the central server that is no rule's refusal: its code is
// one of the wire's.
type problem interface{ ProblemCode() string }

// refusal words why something was refused: what it means, and what to do next.
func (v *visit) refusal(err error) string {
	var refused *library.Refusal
	var wait later
	var other problem
	switch {
	case errors.As(err, &wait):
		if minutes := int((wait.RetryAfter() + time.Minute - 1) / time.Minute); minutes > 1 {
			return v.t("refusal.try_later_minutes", minutes)
		}
		return v.t("refusal.try_later")
	case errors.As(err, &refused):
		return v.worded("refusal." + refused.Code)
	case errors.Is(err, ErrUnreachable) && v.app.takesRequests():
		return v.t("refusal.unreachable_requests")
	case errors.Is(err, ErrUnreachable):
		return v.t("refusal.unreachable")
	}
	v.app.cfg.Log.Warn("the central server refused in an unknown way", "page", v.route.Page, "err", err)
	if errors.As(err, &other) {
		return v.worded("problem." + other.ProblemCode())
	}
	return v.t("problem.other")
}

// worded is the wording of the first of some keys that has one. Of a newer server's code
// there is none: then it says to ask staff, and never shows a key.
func (v *visit) worded(keys ...string) string {
	for _, key := range keys {
		if v.app.printer.Has(key) {
			return v.t(key)
		}
	}
	return v.t("problem.other")
}

// refusalCode is the code of a refusal.
func refusalCode(err error) (string, bool) {
	var refused *library.Refusal
	if !errors.As(err, &refused) {
		return "", false
	}
	return refused.Code, true
}

// over reports whether an error means that the account must be asked for anew.
func over(err error) bool { return errors.Is(err, library.ErrSessionEnded) }
