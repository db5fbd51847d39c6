package ledger

import (
	"context"
	"errors"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// RenewItemTx renews, in the caller's transaction, what a patron has of an item, as of
// when the patron asked for it: by that day, and by the holds that were received
// before, as a form of paper counts from when it was received (guide: 申込書での予約も受付日時で
// 入力される). It refuses as Renew does; a loan that began on a later day is not the one that
// was meant: library.ErrUnknownLoan. The answer names the bib also where it refuses. A zero
// receivedAt is now.
func (l *Ledger) RenewItemTx(ctx context.Context, tx *db.Tx, patron library.PatronID, item library.ItemID, receivedAt time.Time) (library.PatronLoan, error) {
	if !db.Storable(string(patron)) || !db.Storable(string(item)) {
		return library.PatronLoan{}, library.ErrUnknownLoan
	}
	if receivedAt.IsZero() {
		receivedAt = l.cfg.Now()
	}
	if err := lockItem(ctx, tx, `id = $1`, string(item)); err != nil {
		return library.PatronLoan{}, err
	}
	it, err := itemByID(ctx, tx, item)
	if errors.Is(err, library.ErrUnknownItem) {
		return library.PatronLoan{}, library.ErrUnknownLoan
	}
	if err != nil {
		return library.PatronLoan{}, err
	}
	named := library.PatronLoan{Loan: library.Loan{ItemID: it.ID, BibID: it.BibID}, Title: it.title}
	day := l.dayOf(receivedAt)
	found, err := readLoans(ctx, tx, receivedAt, `l.item_id = $1 AND l.patron_id = $2 AND l.lent_on <= $3`, string(item), string(patron), day)
	if err != nil {
		return library.PatronLoan{}, err
	}
	if len(found) == 0 {
		return named, library.ErrUnknownLoan
	}
	renewed, err := l.renew(ctx, tx, found[0], day)
	if err != nil {
		return named, err
	}
	return renewed, nil
}
