package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Availability says where the items of a bib are now, in the order of their IDs,
// or library.ErrUnknownBib.
func (l *Ledger) Availability(ctx context.Context, bib library.BibID) ([]library.Availability, error) {
	var all []library.Availability
	err := l.cfg.DB.View(ctx, func(tx *db.Tx) error {
		all = nil
		if err := knownBib(ctx, tx, bib); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT id, state, due_on FROM item WHERE bib_id = $1 AND NOT withdrawn ORDER BY id`, string(bib))
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
// date. It returns library.ErrUnknownItem when there is no such item,
// library.ErrItemOnLoan for one that a patron has, which must be returned first, and
// library.ErrItemHeld for one that is kept for a patron, unless it is missing.
func (l *Ledger) SetState(ctx context.Context, item library.ItemID, state library.ItemState, due library.Date) error {
	if (state == library.OnLoan) == due.IsZero() {
		return fmt.Errorf("item %s: an item on loan has a due date, and no other has", item)
	}
	if !db.Storable(string(item)) {
		return library.ErrUnknownItem
	}
	return l.change(ctx, func(tx *db.Tx) error {
		if err := lockItem(ctx, tx, `id = $1`, string(item)); err != nil {
			return err
		}
		it, err := itemByID(ctx, tx, item)
		if err != nil {
			return err
		}
		switch {
		case it.withdrawn && state != library.OnLoan:
			return l.cfg.Catalogue.DeleteItemTx(ctx, tx, it.ID)
		case it.loan != "" && (state != it.State || due != it.DueOn):
			return library.ErrItemOnLoan
		case state == library.Missing:
			_, err := l.miss(ctx, tx, it)
			return err
		case it.hold != "" && state != it.State:
			return library.ErrItemHeld
		}
		if err := l.setState(ctx, tx, it, state, due); err != nil {
			return err
		}
		return l.serve(ctx, tx, it.BibID)
	})
}

// SetOwned says whether an item belongs to this library, or to another one that
// lent it to us. It returns library.ErrUnknownItem when there is no such item.
func (l *Ledger) SetOwned(ctx context.Context, item library.ItemID, owned bool) error {
	return l.change(ctx, func(tx *db.Tx) error {
		it, err := itemByID(ctx, tx, item)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE item SET owned = $2 WHERE id = $1`, string(it.ID), owned); err != nil {
			return err
		}
		return l.CopiesTx(ctx, tx, []library.ItemID{it.ID})
	})
}

// held is an item and who has it.
type held struct {
	library.Item
	title string
	owned bool
	// withdrawn: it has left the library, and is hidden until it comes back.
	withdrawn bool

	loan library.LoanID // "" for none
	hold library.HoldID // that has the copy, "" for none
	// clearAt is the branch on whose hold shelf it stands though no hold has it, to be
	// taken off by staff; "" for none.
	clearAt library.BranchCode
}

// mayServe reports whether a hold may have it.
func (it held) mayServe() bool { return it.owned && it.Lendable && !it.withdrawn }

// mayServe is held.mayServe in SQL of an item i; servable is the condition that it can serve holds,
// now or when it comes back.
const (
	mayServe = `i.owned AND i.lendable AND NOT i.withdrawn`
	servable = mayServe + ` AND i.state <> 'missing'`
)

func itemByID(ctx context.Context, tx *db.Tx, id library.ItemID) (held, error) {
	return findItem(ctx, tx, `i.id = $1`, string(id))
}

// itemByCode finds and locks an item as it is named at a desk: by its barcode, and
// one that has none by its ID.
func itemByCode(ctx context.Context, tx *db.Tx, code string) (held, error) {
	if !db.Storable(code) {
		return held{}, library.ErrUnknownItem
	}
	if err := lockItem(ctx, tx, `barcode = $1 OR id = $1 AND barcode IS NULL`, code); err != nil {
		return held{}, err
	}
	it, err := findItem(ctx, tx, `i.barcode = $1`, code)
	if errors.Is(err, library.ErrUnknownItem) {
		return findItem(ctx, tx, `i.id = $1 AND i.barcode IS NULL`, code)
	}
	return it, err
}

// lockItem lets whoever comes next to lend, return or renew the same item wait, or
// begin anew, until this transaction ends; whoever comes to the queue of its bib too,
// which is locked first. It is SELECT FOR UPDATE in words that SQLite knows too.
func lockItem(ctx context.Context, tx *db.Tx, where string, args ...any) error {
	_, err := tx.ExecContext(ctx, `UPDATE bib SET bucket = bucket WHERE id IN (SELECT bib_id FROM item WHERE `+where+`)`, args...)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE item SET state = state WHERE `+where, args...)
	return err
}

func findItem(ctx context.Context, tx *db.Tx, where, key string) (held, error) {
	if !db.Storable(key) {
		return held{}, library.ErrUnknownItem
	}
	var it held
	var loan, hold, clear sql.NullString
	var record string
	err := tx.QueryRowContext(ctx, `SELECT i.id, i.bib_id, i.branch_code, i.lendable, i.state, i.due_on, i.owned, i.withdrawn, i.clear_at, l.id, h.id, b.record
		FROM item i JOIN bib b ON b.id = i.bib_id LEFT JOIN loan l ON l.item_id = i.id LEFT JOIN hold h ON h.item_id = i.id WHERE `+where, key).
		Scan(&it.ID, &it.BibID, &it.Branch, &it.Lendable, &it.State, &it.DueOn, &it.owned, &it.withdrawn, &clear, &loan, &hold, &record)
	if errors.Is(err, sql.ErrNoRows) {
		return held{}, library.ErrUnknownItem
	}
	if err != nil {
		return held{}, err
	}
	it.loan, it.hold, it.clearAt = library.LoanID(loan.String), library.HoldID(hold.String), library.BranchCode(clear.String)
	bib, err := readBib(record)
	it.title = bib.TitleAndVolume()
	return it, err
}

// setState stores where the item is, and lets terminals know. It no longer stands
// on a hold shelf for nobody.
func (l *Ledger) setState(ctx context.Context, tx *db.Tx, it held, state library.ItemState, due library.Date) error {
	if it.clearAt != "" {
		if err := setClearAt(ctx, tx, it.ID, ""); err != nil {
			return err
		}
	}
	if it.State == state && it.DueOn == due {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `UPDATE item SET state = $2, due_on = $3 WHERE id = $1`, string(it.ID), string(state), due); err != nil {
		return err
	}
	if err := l.cfg.Catalogue.Touch(ctx, tx, it.BibID); err != nil {
		return err
	}
	tx.Changed(db.KindAvailability, string(it.ID), string(it.BibID))
	return nil
}

// setClearAt puts an item on the list of those that a branch takes off its hold
// shelf, or off it.
func setClearAt(ctx context.Context, tx *db.Tx, item library.ItemID, at library.BranchCode) error {
	_, err := tx.ExecContext(ctx, `UPDATE item SET clear_at = $2 WHERE id = $1`, string(item), null(at))
	return err
}
