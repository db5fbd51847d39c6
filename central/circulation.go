package central

import (
	"context"
	"time"

	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/library"
)

// Circulation is the library's circulation system as the service asks it: our own, the
// ledger, or one that the library has. Whoever owns an effect owns its transaction, so no
// method takes the service's, and none is called within one: an answer may take seconds.
//
// A "no" is a *library.Refusal. A system that cannot be reached returns an error that
// wraps library.ErrSystemUnavailable; any other error is trouble. After both the effect
// of an order is made or not, and the same order may be given again.
//
// circulationtest.Run tries an implementation.
type Circulation interface {
	// Abilities are what the system can do for patrons, of library.Abilities.
	Abilities() []library.Ability
	// Ready returns nil where the system answers.
	Ready(ctx context.Context) error

	// Availability says where the items of a bib are now, or library.ErrUnknownBib.
	Availability(ctx context.Context, bib library.BibID) ([]library.Availability, error)
	// PatronByCard returns the patron with a card, or library.ErrUnknownPatron, after the
	// same time.
	PatronByCard(ctx context.Context, card string) (library.Patron, error)
	// Patron returns a patron, or library.ErrUnknownPatron.
	Patron(ctx context.Context, who circulation.Who) (library.Patron, error)
	// Account is what a patron's menu shows, or library.ErrUnknownPatron.
	Account(ctx context.Context, who circulation.Who) (library.Account, error)
	// Loans are a patron's, by due date; none for a patron that is not known.
	Loans(ctx context.Context, who circulation.Who) (library.PatronLoans, error)
	// Holds are a patron's that are shown; none for a patron that is not known.
	Holds(ctx context.Context, who circulation.Who) (library.PatronHolds, error)

	// RenewLoan renews what the order's patron has on loan. It refuses with
	// library.ErrUnknownLoan, also for another patron's loan, and as
	// library.Policy.Renew does.
	RenewLoan(ctx context.Context, o circulation.Order[library.PatronLoan], loan library.LoanID) (library.PatronLoan, error)
	// RenewItem renews what the order's patron has of an item, as of when the order was
	// received. A refusal comes with the bib and its title, where the item has one.
	RenewItem(ctx context.Context, o circulation.Order[library.PatronLoan], item library.ItemID) (library.PatronLoan, error)
	// PlaceHolds judges each line of the request by itself and answers them in order. Its
	// holds queue from when the order was received. It refuses the whole with
	// library.ErrUnknownBranch, library.ErrNoEmail or library.ErrNoPhone.
	PlaceHolds(ctx context.Context, o circulation.Order[[]library.HoldAnswer], req library.HoldRequest) ([]library.HoldAnswer, error)
	// CancelHold refuses with library.ErrUnknownHold, also for another patron's hold, and
	// with library.ErrHoldNotWaiting.
	CancelHold(ctx context.Context, o circulation.Order[library.PatronHold], hold library.HoldID) (library.PatronHold, error)
	// ChangeHold gives a hold another pickup branch and way of contact. It refuses as
	// CancelHold does, and as PlaceHolds does the whole.
	ChangeHold(ctx context.Context, o circulation.Order[library.PatronHold], hold library.HoldID,
		pickup library.BranchCode, contact library.Contact) (library.PatronHold, error)
}

// What only a circulation of our own has, in the service's database: these work in the
// service's transaction.
type (
	// Desk is the counter, to which a card and an item are named by their barcodes; at is
	// the branch where an item lies.
	Desk interface {
		CheckoutTx(ctx context.Context, tx *db.Tx, card, item string, at library.BranchCode) (loan library.Loan, title string, err error)
		ReturnTx(ctx context.Context, tx *db.Tx, item string, at library.BranchCode) (library.Returned, error)
		ArriveTx(ctx context.Context, tx *db.Tx, item string, at library.BranchCode) (library.Returned, error)
		// PaperHoldsTx places holds as of when their paper form was received, several as a
		// sequence.
		PaperHoldsTx(ctx context.Context, tx *db.Tx, card string, req library.HoldRequest, receivedAt time.Time) ([]library.HoldAnswer, library.PatronID, error)

		// CallsTx are the calls that staff of a branch are to make, "" for all branches.
		CallsTx(ctx context.Context, tx *db.Tx, branch library.BranchCode) ([]library.Call, error)
		// ToldTx notes that a patron was told, on a day or today, and NoAnswerTx that the
		// patron did not answer: of all that is to be told at a branch, or of some bibs.
		ToldTx(ctx context.Context, tx *db.Tx, card string, branch library.BranchCode, bibs []library.BibID, on library.Date) ([]library.CallOutcome, library.PatronID, error)
		NoAnswerTx(ctx context.Context, tx *db.Tx, card string, branch library.BranchCode, bibs []library.BibID) ([]library.CallOutcome, library.PatronID, error)
	}

	// HoldMails is told what becomes of the mails that tell of holds.
	HoldMails interface {
		// HoldMailTx brings a mail that tells of a hold up to date as it is worded on a day;
		// false where it would not be true any more.
		HoldMailTx(ctx context.Context, tx *db.Tx, m library.Mail, on library.Date) (library.Mail, bool, error)
		// MailTakenTx: the mail server took it on a day. MailFailedTx: it cannot be sent.
		MailTakenTx(ctx context.Context, tx *db.Tx, hold library.HoldID, on library.Date) error
		MailFailedTx(ctx context.Context, tx *db.Tx, hold library.HoldID) error
	}

	// Expiry is what days that pass or are closed make of holds and loans. It may be asked
	// at any time, and as often as one likes, and says how many there were.
	Expiry interface {
		// ExpireHolds ends the holds whose time on the hold shelf is over.
		ExpireHolds(ctx context.Context, record func(context.Context, *db.Tx, library.Hold) error) (int, error)
		// MoveDueDates moves what falls due on a closed day to an open one.
		MoveDueDates(ctx context.Context) (int, error)
	}

	// Register is where patrons and their addresses are written down. A patron who is not
	// there is library.ErrUnknownPatron.
	Register interface {
		// EmailTx returns a patron's address, "" for none.
		EmailTx(ctx context.Context, tx *db.Tx, patron library.PatronID) (string, error)
		SetEmailTx(ctx context.Context, tx *db.Tx, patron library.PatronID, address string) error
		// WithEmailTx returns the patrons with an address, whatever its case: not every
		// mail server keeps that.
		WithEmailTx(ctx context.Context, tx *db.Tx, address string) ([]library.PatronID, error)
		// MailCameBackTx: a mail to a patron came back, so what it told was not told.
		MailCameBackTx(ctx context.Context, tx *db.Tx, patron library.PatronID) error
		// ContactTx lets a patron be told of holds in another way than by mail, where that was
		// the way; "" lets the rules choose. It refuses with library.ErrNoEmail or
		// library.ErrNoPhone.
		ContactTx(ctx context.Context, tx *db.Tx, patron library.PatronID, contact library.Contact) error
	}
)
