package ledger

import (
	"context"

	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/library"
)

// Circulation is the ledger as the service asks any circulation system. Each order is a
// transaction, in which it is recorded too.
type Circulation struct{ ledger *Ledger }

// Circulation returns the ledger as a circulation system.
func (l *Ledger) Circulation() Circulation { return Circulation{l} }

// Abilities are all that concern loans and holds.
func (Circulation) Abilities() []library.Ability {
	return []library.Ability{
		library.AbilityRenew, library.AbilityHold, library.AbilityHoldSequence, library.AbilityHoldCancel,
		library.AbilityHoldChange, library.AbilityHoldContact,
	}
}

// Ready returns nil: the ledger is where its database is.
func (Circulation) Ready(context.Context) error { return nil }

// Availability is Ledger.Availability.
func (c Circulation) Availability(ctx context.Context, bib library.BibID) ([]library.Availability, error) {
	return c.ledger.Availability(ctx, bib)
}

// PatronByCard is Ledger.PatronByCard.
func (c Circulation) PatronByCard(ctx context.Context, card string) (library.Patron, error) {
	return c.ledger.PatronByCard(ctx, card)
}

// Patron is Ledger.Patron.
func (c Circulation) Patron(ctx context.Context, who circulation.Who) (library.Patron, error) {
	return c.ledger.Patron(ctx, who.Patron)
}

// Account is Ledger.Account.
func (c Circulation) Account(ctx context.Context, who circulation.Who) (library.Account, error) {
	return c.ledger.Account(ctx, who.Patron)
}

// Loans is Ledger.Loans.
func (c Circulation) Loans(ctx context.Context, who circulation.Who) (library.PatronLoans, error) {
	return c.ledger.Loans(ctx, who.Patron)
}

// Holds is Ledger.Holds.
func (c Circulation) Holds(ctx context.Context, who circulation.Who) (library.PatronHolds, error) {
	return c.ledger.Holds(ctx, who.Patron)
}

// RenewLoan makes the order as Ledger.Renew does.
func (c Circulation) RenewLoan(ctx context.Context, o circulation.Order[library.PatronLoan], loan library.LoanID) (library.PatronLoan, error) {
	return effect(ctx, c.ledger, o, func(ctx context.Context, tx *db.Tx) (library.PatronLoan, error) {
		return c.ledger.RenewTx(ctx, tx, o.Patron, loan)
	})
}

// RenewItem makes the order as Ledger.RenewItemTx does.
func (c Circulation) RenewItem(ctx context.Context, o circulation.Order[library.PatronLoan], item library.ItemID) (library.PatronLoan, error) {
	return effect(ctx, c.ledger, o, func(ctx context.Context, tx *db.Tx) (library.PatronLoan, error) {
		return c.ledger.RenewItemTx(ctx, tx, o.Patron, item, o.ReceivedAt)
	})
}

// PlaceHolds makes the order as Ledger.PlaceHolds does.
func (c Circulation) PlaceHolds(ctx context.Context, o circulation.Order[[]library.HoldAnswer], req library.HoldRequest) ([]library.HoldAnswer, error) {
	return effect(ctx, c.ledger, o, func(ctx context.Context, tx *db.Tx) ([]library.HoldAnswer, error) {
		return c.ledger.PlaceHoldsTx(ctx, tx, o.Patron, req, o.ReceivedAt)
	})
}

// CancelHold makes the order as Ledger.CancelHold does.
func (c Circulation) CancelHold(ctx context.Context, o circulation.Order[library.PatronHold], hold library.HoldID) (library.PatronHold, error) {
	return effect(ctx, c.ledger, o, func(ctx context.Context, tx *db.Tx) (library.PatronHold, error) {
		return c.ledger.CancelHoldTx(ctx, tx, o.Patron, hold)
	})
}

// ChangeHold makes the order as Ledger.ChangeHold does.
func (c Circulation) ChangeHold(ctx context.Context, o circulation.Order[library.PatronHold], hold library.HoldID,
	pickup library.BranchCode, contact library.Contact) (library.PatronHold, error) {
	return effect(ctx, c.ledger, o, func(ctx context.Context, tx *db.Tx) (library.PatronHold, error) {
		return c.ledger.ChangeHoldTx(ctx, tx, o.Patron, hold, pickup, contact)
	})
}

// effect makes an order's effect and records it, in one transaction that no other of the
// same order runs beside. An order that was recorded before leaves the ledger as it is.
// The caller numbers the changes.
func effect[T any](ctx context.Context, l *Ledger, o circulation.Order[T], do func(context.Context, *db.Tx) (T, error)) (answer T, err error) {
	err = l.cfg.DB.Locked(ctx, []string{"order " + o.Key}, func(tx *db.Tx) (err error) {
		if answer, err = do(ctx, tx); err != nil {
			return err
		}
		return o.Record(ctx, tx, answer)
	})
	return answer, err
}
