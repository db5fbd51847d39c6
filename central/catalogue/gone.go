package catalogue

import (
	"context"
	"database/sql"
	"errors"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Delete takes a bib and all its items, of which nobody has one, out of the catalogue.
func (c *Catalogue) Delete(ctx context.Context, id library.BibID) error {
	if err := c.db.Tx(ctx, func(tx *db.Tx) error { return c.DeleteTx(ctx, tx, id) }); err != nil {
		return err
	}
	return c.db.Assign(ctx)
}

// DeleteTx is Delete in the caller's transaction. It returns library.ErrUnknownBib where
// there is no such bib, hidden or not.
func (c *Catalogue) DeleteTx(ctx context.Context, tx *db.Tx, id library.BibID) error {
	if err := changedItems(ctx, tx, id, `DELETE FROM item WHERE bib_id = $1 RETURNING id`); err != nil {
		return err
	}
	return changedBib(ctx, tx, id, `DELETE FROM bib WHERE id = $1 RETURNING id`)
}

// DeleteItemTx takes an item that nobody has out of the catalogue, in the caller's
// transaction. It returns library.ErrUnknownItem where there is no such item, hidden or not.
func (c *Catalogue) DeleteItemTx(ctx context.Context, tx *db.Tx, id library.ItemID) error {
	return c.changedItem(ctx, tx, id, `DELETE FROM item WHERE id = $1 RETURNING bib_id`)
}

// HideBibTx lets a bib and all its items, of which patrons still have some, vanish from
// whatever the catalogue tells, in the caller's transaction, until the last item is deleted:
// it has left the library. It returns library.ErrUnknownBib as DeleteTx does.
func (c *Catalogue) HideBibTx(ctx context.Context, tx *db.Tx, id library.BibID) error {
	if err := changedItems(ctx, tx, id, `UPDATE item SET withdrawn = TRUE WHERE bib_id = $1 RETURNING id`); err != nil {
		return err
	}
	return changedBib(ctx, tx, id, `UPDATE bib SET withdrawn = TRUE WHERE id = $1 RETURNING id`)
}

// HideItemTx lets an item that a patron still has vanish as HideBibTx does, until
// DeleteItemTx. It returns library.ErrUnknownItem as that does.
func (c *Catalogue) HideItemTx(ctx context.Context, tx *db.Tx, id library.ItemID) error {
	return c.changedItem(ctx, tx, id, `UPDATE item SET withdrawn = TRUE WHERE id = $1 RETURNING bib_id`)
}

// changedItems runs what changes the items of a bib, and notes which they were.
func changedItems(ctx context.Context, tx *db.Tx, bib library.BibID, change string) error {
	rows, err := tx.QueryContext(ctx, change, string(bib))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		tx.Changed(db.KindItem, id, string(bib))
	}
	return rows.Err()
}

func changedBib(ctx context.Context, tx *db.Tx, id library.BibID, change string) error {
	var changed string
	err := tx.QueryRowContext(ctx, change, string(id)).Scan(&changed)
	if errors.Is(err, sql.ErrNoRows) {
		return library.ErrUnknownBib
	}
	if err != nil {
		return err
	}
	tx.Changed(db.KindBib, string(id), string(id))
	return nil
}

func (c *Catalogue) changedItem(ctx context.Context, tx *db.Tx, id library.ItemID, change string) error {
	var bib library.BibID
	err := tx.QueryRowContext(ctx, change, string(id)).Scan(&bib)
	if errors.Is(err, sql.ErrNoRows) {
		return library.ErrUnknownItem
	}
	if err != nil {
		return err
	}
	tx.Changed(db.KindItem, string(id), string(bib))
	return c.Touch(ctx, tx, bib)
}

// Touch brings a bib's digest up to date within a transaction that changed something of
// its items. One that is hidden is gone with the last of them.
func (c *Catalogue) Touch(ctx context.Context, tx *db.Tx, id library.BibID) error {
	r, err := record(ctx, tx, id)
	if errors.Is(err, library.ErrUnknownBib) {
		_, err := tx.ExecContext(ctx, `DELETE FROM bib WHERE id = $1 AND withdrawn AND NOT EXISTS (SELECT 1 FROM item WHERE bib_id = $1)`, string(id))
		return err
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE bib SET digest = $2 WHERE id = $1`, string(id), library.DigestOf(r).String())
	return err
}
