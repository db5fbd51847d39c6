package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Standing is circulation that began before this ledger: in the system that the
// library used until now, or in an invented past.
type Standing struct {
	Loans []StandingLoan
	Holds []StandingHold
}

// StandingLoan is a copy in a patron's hands.
type StandingLoan struct {
	Card     string
	Item     string             // barcode
	Branch   library.BranchCode // that lent it, "" for the item's own
	LentOn   library.Date
	DueOn    library.Date
	Renewals int
}

// StandingHold is a patron's active hold.
type StandingHold struct {
	Card       string
	Bib        library.BibID
	Pickup     library.BranchCode
	ReceivedAt time.Time

	// Item is the barcode of the copy that the hold got, "" while it waits. The copy
	// stands ready at Pickup when the patron was contacted, and is on its way there
	// before.
	Item        string
	ContactedOn library.Date
	ShelfUntil  library.Date // last day, inclusive; of ready holds only
}

// TakeOver takes in what stands, all of it or nothing. Patrons and items must be
// known and the items must stand on their shelves; whether these patrons may borrow
// today is not asked, since they have borrowed. Its due date is what the patron was told.
func (l *Ledger) TakeOver(ctx context.Context, standing Standing) error {
	return l.change(ctx, func(tx *db.Tx) error {
		for _, s := range standing.Loans {
			if err := l.takeOverLoan(ctx, tx, s); err != nil {
				return fmt.Errorf("the loan of item %s: %w", s.Item, err)
			}
		}
		for _, s := range standing.Holds {
			if err := l.takeOverHold(ctx, tx, s); err != nil {
				return fmt.Errorf("a hold for bib %s: %w", s.Bib, err)
			}
		}
		return nil
	})
}

func (l *Ledger) takeOverLoan(ctx context.Context, tx *db.Tx, s StandingLoan) error {
	if s.LentOn.IsZero() || s.DueOn.Before(s.LentOn) {
		return errors.New("it has a day on which it began and a due date that is not before it")
	}
	patron, err := l.PatronByCardTx(ctx, tx, s.Card)
	if err != nil {
		return err
	}
	it, err := itemByCode(ctx, tx, s.Item)
	if err != nil {
		return err
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return err
	}
	if s.Branch != "" {
		if err := knownBranch(ctx, tx, s.Branch); err != nil {
			return err
		}
	}
	loan, err := l.cfg.Policy().Lend(library.LoanID(id.String()), patron.ID, it.Item, library.Lending{Branch: cmp.Or(s.Branch, it.Branch)}, s.LentOn)
	if err != nil {
		return err
	}
	loan.DueOn, loan.Renewals = s.DueOn, s.Renewals
	return l.lend(ctx, tx, it, loan)
}

func (l *Ledger) takeOverHold(ctx context.Context, tx *db.Tx, s StandingHold) error {
	patron, err := l.PatronByCardTx(ctx, tx, s.Card)
	if err != nil {
		return err
	}
	if err := knownBranch(ctx, tx, s.Pickup); err != nil {
		return err
	}
	if err := knownBib(ctx, tx, s.Bib); err != nil {
		return err
	}
	state, item := library.Waiting, sql.NullString{}
	if s.Item != "" {
		it, err := itemByCode(ctx, tx, s.Item)
		if err != nil {
			return err
		}
		if it.BibID != s.Bib || it.State != library.OnShelf || !it.Lendable {
			return fmt.Errorf("item %s is no copy of it that stands on its shelf and is lent", s.Item)
		}
		var where library.ItemState
		state, where = library.Preparing, library.InTransit
		if !s.ContactedOn.IsZero() {
			state, where = library.ReadyHold, library.OnHoldShelf
		}
		if err := l.setState(ctx, tx, it, where, library.Date{}); err != nil {
			return err
		}
		item = sql.NullString{String: string(it.ID), Valid: true}
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO hold (id, bib_id, patron_id, pickup_branch, contact, state, received_at,
			sequence_place, item_id, ready_on, contacted_on, shelf_until, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $9, $10, 0)`,
		id.String(), string(s.Bib), string(patron.ID), string(s.Pickup), string(library.NoNews), string(state), s.ReceivedAt.UnixMilli(),
		item, s.ContactedOn, s.ShelfUntil)
	return err
}

// knownBib returns library.ErrUnknownBib for one that is not there, or has left the library.
func knownBib(ctx context.Context, tx *db.Tx, id library.BibID) error {
	if !db.Storable(string(id)) {
		return library.ErrUnknownBib
	}
	var one int
	err := tx.QueryRowContext(ctx, `SELECT 1 FROM bib WHERE id = $1 AND NOT withdrawn`, string(id)).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return library.ErrUnknownBib
	}
	return err
}
