package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Checkout lends an item, named by its barcode, to the patron with a card at a branch,
// or where at is "" at the item's own, and returns the loan and the item's title. Of
// what the patron waited for it is collected. It refuses with library.ErrUnknownPatron,
// library.ErrUnknownItem or library.ErrUnknownBranch, as library.Patron.MayBorrow, and
// as library.Policy.Lend does.
func (l *Ledger) Checkout(ctx context.Context, card, item string, at library.BranchCode) (loan library.Loan, title string, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		loan, title, err = l.CheckoutTx(ctx, tx, card, item, at)
		return err
	})
	return loan, title, err
}

// CheckoutTx is Checkout in the caller's transaction.
func (l *Ledger) CheckoutTx(ctx context.Context, tx *db.Tx, card, item string, at library.BranchCode) (loan library.Loan, title string, err error) {
	today := l.Today()
	patron, err := l.PatronByCardTx(ctx, tx, card)
	if err != nil {
		return library.Loan{}, "", err
	}
	if err := patron.MayBorrow(today); err != nil {
		return library.Loan{}, "", err
	}
	if err := lockPatron(ctx, tx, patron.ID); err != nil { // whose loans are counted
		return library.Loan{}, "", err
	}
	it, err := itemByCode(ctx, tx, item)
	if err != nil {
		return library.Loan{}, "", err
	}
	lending, err := lendingAt(ctx, tx, cmp.Or(at, it.Branch), patron.ID)
	if err != nil {
		return library.Loan{}, "", err
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return library.Loan{}, "", err
	}
	asked := it.Item
	if it.hold != "" {
		h, err := l.holdByID(ctx, tx, it.hold)
		if err != nil {
			return library.Loan{}, "", err
		}
		if h.PatronID != patron.ID {
			return library.Loan{}, "", library.ErrItemHeld
		}
		asked.State = library.OnShelf // as far as this patron is concerned
	}
	loan, err = l.cfg.Policy().Lend(library.LoanID(id.String()), patron.ID, asked, lending, today)
	if err != nil {
		return library.Loan{}, "", err
	}
	if err := l.lend(ctx, tx, it, loan); err != nil {
		return library.Loan{}, "", err
	}
	if err := l.cfg.Catalogue.CountLoanTx(ctx, tx, it.BibID, today); err != nil {
		return library.Loan{}, "", err
	}
	return loan, it.title, l.collect(ctx, tx, patron.ID, it)
}

// lendingAt is what the rule of lending asks of a branch and a patron.
func lendingAt(ctx context.Context, tx *db.Tx, at library.BranchCode, patron library.PatronID) (library.Lending, error) {
	if err := knownBranch(ctx, tx, at); err != nil {
		return library.Lending{}, err
	}
	calendar, err := calendarOf(ctx, tx, at)
	if err != nil {
		return library.Lending{}, err
	}
	lending := library.Lending{Branch: at, Calendar: calendar}
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM loan WHERE patron_id = $1`, string(patron)).Scan(&lending.Loans)
	return lending, err
}

// lend stores a loan of an item that nobody has.
func (l *Ledger) lend(ctx context.Context, tx *db.Tx, it held, loan library.Loan) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO loan (id, patron_id, item_id, bib_id, branch_code, lent_on, due_on, renewals) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(loan.ID), string(loan.PatronID), string(loan.ItemID), string(loan.BibID), string(loan.Branch), loan.LentOn, loan.DueOn, loan.Renewals)
	if err != nil {
		return err
	}
	return l.setState(ctx, tx, it, library.OnLoan, loan.DueOn)
}

// Return takes an item back that lies at a branch, or where at is "" at its own,
// and forgets who had it. A copy of the ClearList is taken as one that came back. One that
// was withdrawn meanwhile is then out of the library. It refuses with
// library.ErrUnknownItem, library.ErrUnknownBranch or library.ErrItemNotOnLoan.
func (l *Ledger) Return(ctx context.Context, item string, at library.BranchCode) (r library.Returned, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		r, err = l.ReturnTx(ctx, tx, item, at)
		return err
	})
	return r, err
}

// ReturnTx is Return in the caller's transaction.
func (l *Ledger) ReturnTx(ctx context.Context, tx *db.Tx, item string, at library.BranchCode) (library.Returned, error) {
	it, err := itemByCode(ctx, tx, item)
	if err != nil {
		return library.Returned{}, err
	}
	if it.State != library.OnLoan && it.clearAt == "" {
		return library.Returned{}, library.ErrItemNotOnLoan
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM loan WHERE item_id = $1`, string(it.ID)); err != nil {
		return library.Returned{}, err
	}
	return l.putDown(ctx, tx, it, at)
}

// Arrive says that an item lies at a branch, or where at is "" at its own: it came
// from another branch, or was found. It refuses with library.ErrUnknownItem,
// library.ErrUnknownBranch, library.ErrItemOnLoan (return it instead) or
// library.ErrItemHeld (it waits for a patron where it is). A copy that was fetched for
// a hold, or sent, is delivered; one that was taken off the hold shelf goes home.
func (l *Ledger) Arrive(ctx context.Context, item string, at library.BranchCode) (r library.Returned, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		r, err = l.ArriveTx(ctx, tx, item, at)
		return err
	})
	return r, err
}

// ArriveTx is Arrive in the caller's transaction.
func (l *Ledger) ArriveTx(ctx context.Context, tx *db.Tx, item string, at library.BranchCode) (library.Returned, error) {
	it, err := itemByCode(ctx, tx, item)
	if err != nil {
		return library.Returned{}, err
	}
	switch it.State {
	case library.OnLoan:
		return library.Returned{}, library.ErrItemOnLoan
	case library.OnHoldShelf:
		return library.Returned{}, library.ErrItemHeld
	}
	return l.putDown(ctx, tx, it, at)
}

// FoundTx is Arrive in the caller's transaction, by staff who have the copy in hand: one that
// was said to wait on a hold shelf, and that no hold here has, goes on too.
func (l *Ledger) FoundTx(ctx context.Context, tx *db.Tx, item string, at library.BranchCode) (library.Returned, error) {
	it, err := itemByCode(ctx, tx, item)
	if err != nil {
		return library.Returned{}, err
	}
	if it.State == library.OnHoldShelf && it.hold == "" {
		return l.putDown(ctx, tx, it, at)
	}
	return l.ArriveTx(ctx, tx, item, at)
}

func knownBranch(ctx context.Context, tx *db.Tx, code library.BranchCode) error {
	if !db.Storable(string(code)) {
		return library.ErrUnknownBranch
	}
	var one int
	err := tx.QueryRowContext(ctx, `SELECT 1 FROM branch WHERE code = $1`, string(code)).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return library.ErrUnknownBranch
	}
	return err
}
