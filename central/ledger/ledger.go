// Package ledger is the library's circulation as SQL, decided by the rules of
// package library. It says where each item is.
package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode/utf8"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Ledger is the circulation in a database. Make it with New.
type Ledger struct {
	db        *db.DB
	catalogue catalogue
}

// catalogue is told, within the transaction, that a bib's items changed.
type catalogue interface {
	Touch(ctx context.Context, tx *db.Tx, id library.BibID) error
}

// New returns the ledger in the database, which must be migrated.
func New(d *db.DB, c catalogue) *Ledger { return &Ledger{db: d, catalogue: c} }

// Availability says where the items of a bib are now, in the order of their IDs,
// or library.ErrUnknownBib.
func (l *Ledger) Availability(ctx context.Context, bib library.BibID) ([]library.Availability, error) {
	if !utf8.ValidString(string(bib)) || strings.ContainsRune(string(bib), 0) {
		return nil, library.ErrUnknownBib // PostgreSQL would call the text itself an error
	}
	var all []library.Availability
	err := l.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		var one int
		err := tx.QueryRowContext(ctx, `SELECT 1 FROM bib WHERE id = $1`, string(bib)).Scan(&one)
		if err == sql.ErrNoRows {
			return library.ErrUnknownBib
		}
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT id, state, due_on FROM item WHERE bib_id = $1 ORDER BY id`, string(bib))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a library.Availability
			if err := rows.Scan(&a.ItemID, &a.State, &a.DueOn); err != nil {
				return err
			}
			all = append(all, a)
		}
		return rows.Err()
	})
	return all, err
}

// SetState says where an item is from now on. Only an item on loan has a due
// date. It returns library.ErrUnknownItem when there is no such item.
func (l *Ledger) SetState(ctx context.Context, item library.ItemID, state library.ItemState, due library.Date) error {
	if (state == library.OnLoan) == due.IsZero() {
		return fmt.Errorf("item %s: an item on loan has a due date, and no other has", item)
	}
	err := l.db.Tx(ctx, func(tx *db.Tx) error { return l.setState(ctx, tx, item, state, due) })
	if err != nil {
		return err
	}
	return l.db.Assign(ctx)
}

func (l *Ledger) setState(ctx context.Context, tx *db.Tx, item library.ItemID, state library.ItemState, due library.Date) error {
	var bib library.BibID
	var now library.ItemState
	var nowDue library.Date
	err := tx.QueryRowContext(ctx, `SELECT bib_id, state, due_on FROM item WHERE id = $1`, string(item)).Scan(&bib, &now, &nowDue)
	if err == sql.ErrNoRows {
		return library.ErrUnknownItem
	}
	if err != nil || now == state && nowDue == due {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE item SET state = $2, due_on = $3 WHERE id = $1`, string(item), string(state), due); err != nil {
		return err
	}
	if err := l.catalogue.Touch(ctx, tx, bib); err != nil {
		return err
	}
	tx.Changed(db.KindAvailability, string(item), string(bib))
	return nil
}
