package screen

import (
	"context"

	"fyne.io/fyne/v2"

	"madoguchi/library"
)

// LogIn asks the central server for the account behind a card, or returns why not: a
// library.Refusal, or library.ErrUnreachable.
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

// know remembers of an account what other screens say too.
func (a *App) know(shown library.Account) { a.blocked = shown.BlockedAsOverdue() }

// cannotCollect says that holds can be placed, and not be collected before something long
// overdue is back; nil where that is not so, or not known.
func (v *visit) cannotCollect() fyne.CanvasObject {
	if !v.app.blocked {
		return nil
	}
	return v.kit.Second("▲ " + v.t("holds.blocked")).In(v.look().Bad).Lines(3)
}

// fetch asks the central server for what belongs to the patron, and gives it to show. In
// the slot stands meanwhile that it takes a moment, and where it is refused, why.
func fetch[T any](v *visit, slot *fyne.Container, ask func(context.Context, Account) (T, error), show func(T)) {
	account := v.app.account
	load(v, func() { put(slot, v.kit.Second(v.t("wait.moment"))) }, func(ctx context.Context) (none T, err error) {
		if account == nil {
			return none, errNobody
		}
		return ask(ctx, account)
	}, func(result T, err error) {
		switch {
		case err == nil:
			show(result)
		case !v.app.lost(err):
			put(slot, v.kit.Text(v.refusal(err)))
		}
	})
}
