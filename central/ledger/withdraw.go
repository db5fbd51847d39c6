package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Withdraw takes a copy, named as at a desk, out of the library for good. Its hold gets
// another copy or waits again in its place. One that is on loan is hidden at once, and out of
// the library when it comes back: its State is then library.OnLoan. It refuses with
// library.ErrUnknownItem.
func (l *Ledger) Withdraw(ctx context.Context, item string) (r library.Returned, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		r, err = l.WithdrawTx(ctx, tx, item)
		return err
	})
	return r, err
}

// WithdrawTx is Withdraw in the caller's transaction.
func (l *Ledger) WithdrawTx(ctx context.Context, tx *db.Tx, item string) (library.Returned, error) {
	it, err := itemByCode(ctx, tx, item)
	if err != nil {
		return library.Returned{}, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE item SET withdrawn = TRUE WHERE id = $1`, string(it.ID)); err != nil {
		return library.Returned{}, err
	}
	return l.leave(ctx, tx, it.ID)
}

// DeleteItemTx takes, in the caller's transaction, a copy that was entered by mistake, named
// as at a desk, out of the library at once: its hold gets another copy or waits again in its
// place. It refuses with library.ErrUnknownItem, and with library.ErrItemOnLoan while a
// patron has it.
func (l *Ledger) DeleteItemTx(ctx context.Context, tx *db.Tx, item string) (library.Returned, error) {
	it, err := itemByCode(ctx, tx, item)
	if err != nil {
		return library.Returned{}, err
	}
	if it.loan != "" {
		return library.Returned{Title: it.title}, library.ErrItemOnLoan
	}
	r, err := l.miss(ctx, tx, it) // nobody gets it from here on
	if err != nil {
		return r, err
	}
	return r, l.cfg.Catalogue.DeleteItemTx(ctx, tx, it.ID)
}

// WithdrawItemsTx takes, in the transaction of an import, copies out of the library as
// Withdraw does. Those that are gone already are no error.
func (l *Ledger) WithdrawItemsTx(ctx context.Context, tx *db.Tx, items []library.ItemID) error {
	items = slices.Sorted(slices.Values(items))
	for part := range slices.Chunk(items, itemsAtOnce) {
		in, args := listed(part)
		if err := lockItem(ctx, tx, `id IN `+in, args...); err != nil {
			return err
		}
		// First all of them, so that none is given to the hold that lets go of another.
		if _, err := tx.ExecContext(ctx, `UPDATE item SET withdrawn = TRUE WHERE id IN `+in, args...); err != nil {
			return err
		}
	}
	for _, id := range items {
		if _, err := l.leave(ctx, tx, id); err != nil && !errors.Is(err, library.ErrUnknownItem) {
			return err
		}
	}
	return nil
}

// leave lets a copy that is locked and marked as withdrawn vanish: for now what is on loan,
// all else for good.
func (l *Ledger) leave(ctx context.Context, tx *db.Tx, id library.ItemID) (library.Returned, error) {
	it, err := itemByID(ctx, tx, id)
	if err != nil {
		return library.Returned{}, err
	}
	r := library.Returned{Title: it.title, Withdrawn: true}
	if it.State == library.OnLoan {
		r.State = library.OnLoan
		return r, l.cfg.Catalogue.HideItemTx(ctx, tx, id)
	}
	if err := l.loses(ctx, tx, it, &r); err != nil {
		return r, err
	}
	return r, l.cfg.Catalogue.DeleteItemTx(ctx, tx, it.ID)
}

// GoneBib is what became of a bib that has left the library.
type GoneBib struct {
	Title  string
	Ended  int // holds
	OnLoan int // copies that patrons have still: with the last of them the bib is gone
}

// DeleteBib takes a bib and all its copies out of the library. Its holds end, and their
// patrons are told. Where patrons have copies, all is hidden at once, and gone when they are
// back. It refuses with library.ErrUnknownBib.
func (l *Ledger) DeleteBib(ctx context.Context, bib library.BibID) (gone GoneBib, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		gone, err = l.DeleteBibTx(ctx, tx, bib)
		return err
	})
	return gone, err
}

// WithdrawBibTx is DeleteBib in the transaction of an import. One that is gone already is no
// error.
func (l *Ledger) WithdrawBibTx(ctx context.Context, tx *db.Tx, bib library.BibID) error {
	_, err := l.DeleteBibTx(ctx, tx, bib)
	if errors.Is(err, library.ErrUnknownBib) {
		return nil
	}
	return err
}

// DeleteBibTx is DeleteBib in the caller's transaction.
func (l *Ledger) DeleteBibTx(ctx context.Context, tx *db.Tx, bib library.BibID) (gone GoneBib, err error) {
	if err := lockQueues(ctx, tx, bib); err != nil {
		return gone, err
	}
	if gone.Title, err = titleOf(ctx, tx, bib); err != nil {
		return gone, err
	}
	// First all copies go, so that none is given from one hold that ends to the next.
	if _, err := tx.ExecContext(ctx, `UPDATE item SET withdrawn = TRUE WHERE bib_id = $1`, string(bib)); err != nil {
		return gone, err
	}
	if gone.Ended, err = l.endAll(ctx, tx, bib, gone.Title); err != nil {
		return gone, err
	}
	copies, err := idsOf[library.ItemID](ctx, tx, `SELECT id FROM item WHERE bib_id = $1 ORDER BY id`, string(bib))
	if err != nil {
		return gone, err
	}
	for _, id := range copies {
		r, err := l.leave(ctx, tx, id)
		if err != nil {
			return gone, err
		}
		if r.State == library.OnLoan {
			gone.OnLoan++
		}
	}
	if gone.OnLoan > 0 {
		return gone, l.cfg.Catalogue.HideBibTx(ctx, tx, bib)
	}
	return gone, l.cfg.Catalogue.DeleteTx(ctx, tx, bib)
}

// endAll ends all holds on a bib, whose queue is locked, and says how many they were. They
// keep its title.
func (l *Ledger) endAll(ctx context.Context, tx *db.Tx, bib library.BibID, title string) (int, error) {
	active, err := l.readHolds(ctx, tx, `h.bib_id = $1 AND `+activeHold+` ORDER BY h.received_at, h.id`, string(bib))
	if err != nil {
		return 0, err
	}
	for _, h := range active {
		if err := l.end(ctx, tx, h, title, library.EndNoCopies); err != nil {
			return 0, err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE hold SET title = $2 WHERE bib_id = $1`, string(bib), title)
	return len(active), err
}

// titleOf is the title of a bib, or library.ErrUnknownBib.
func titleOf(ctx context.Context, tx *db.Tx, bib library.BibID) (string, error) {
	if !db.Storable(string(bib)) {
		return "", library.ErrUnknownBib
	}
	var record string
	err := tx.QueryRowContext(ctx, `SELECT record FROM bib WHERE id = $1`, string(bib)).Scan(&record)
	if errors.Is(err, sql.ErrNoRows) {
		return "", library.ErrUnknownBib
	}
	if err != nil {
		return "", err
	}
	b, err := readBib(record)
	return b.TitleAndVolume(), err
}
