package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"madoguchi/library"
)

// writer writes bibs and items into the ordinary tables within one transaction;
// the full-text index and the headings are its callers' business.
type writer struct {
	ctx  context.Context
	tx   *sql.Tx
	bib  *sql.Stmt
	item *sql.Stmt
	side [3]*sql.Stmt
}

func newWriter(ctx context.Context, tx *sql.Tx) (*writer, error) {
	w := &writer{ctx: ctx, tx: tx}
	for _, s := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&w.bib, `INSERT INTO bib (rank, id, bib, folded, kind, language, juvenile, ndc, branches, added_on, copies, digest)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`},
		{&w.item, `INSERT INTO item (id, bib_id, branch, barcode, state, item) VALUES ($1, $2, $3, $4, $5, $6)`},
		{&w.side[0], `INSERT INTO isbn (isbn, rank) VALUES ($1, $2)`},
		{&w.side[1], `INSERT INTO whole (key, rank) VALUES ($1, $2)`},
		{&w.side[2], `INSERT INTO volume (work, volume, rank) VALUES ($1, $2, $3)`},
	} {
		stmt, err := tx.PrepareContext(ctx, s.text)
		if err != nil {
			w.close()
			return nil, err
		}
		*s.stmt = stmt
	}
	return w, nil
}

func (w *writer) close() {
	for _, s := range append([]*sql.Stmt{w.bib, w.item}, w.side[:]...) {
		if s != nil {
			s.Close()
		}
	}
}

// insertBib writes a bib that is not there.
func (w *writer) insertBib(r *row, b library.Bib) error {
	if _, err := w.bib.ExecContext(w.ctx, r.rank, r.id, r.bib, r.folded, r.kind, r.language, r.juvenile, r.ndc, r.branches, r.addedOn, r.copies, r.digest[:]); err != nil {
		return fmt.Errorf("write bib %s: %w", r.id, err)
	}
	return w.insertSides(r.rank, b)
}

func (w *writer) insertSides(rank int64, b library.Bib) error {
	for _, isbn := range isbnsOf(b) {
		if _, err := w.side[0].ExecContext(w.ctx, isbn, rank); err != nil {
			return fmt.Errorf("write ISBN of %s: %w", b.ID, err)
		}
	}
	for _, key := range wholeKeys(b) {
		if _, err := w.side[1].ExecContext(w.ctx, key, rank); err != nil {
			return fmt.Errorf("write title of %s: %w", b.ID, err)
		}
	}
	for _, p := range placesOf(b) {
		if _, err := w.side[2].ExecContext(w.ctx, p.work, p.volume, rank); err != nil {
			return fmt.Errorf("write volume of %s: %w", b.ID, err)
		}
	}
	return nil
}

// deleteSides takes out what insertSides wrote for the same bib.
func (w *writer) deleteSides(rank int64, b library.Bib) error {
	for _, isbn := range isbnsOf(b) {
		if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM isbn WHERE isbn = $1 AND rank = $2", isbn, rank); err != nil {
			return err
		}
	}
	for _, key := range wholeKeys(b) {
		if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM whole WHERE key = $1 AND rank = $2", key, rank); err != nil {
			return err
		}
	}
	for _, p := range placesOf(b) {
		if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM volume WHERE work = $1 AND volume = $2 AND rank = $3", p.work, p.volume, rank); err != nil {
			return err
		}
	}
	return nil
}

// putItem writes an item that is not there.
func (w *writer) putItem(it library.Item) error {
	encoded, err := json.Marshal(it)
	if err != nil {
		return fmt.Errorf("encode item %s: %w", it.ID, err)
	}
	if _, err := w.item.ExecContext(w.ctx, it.ID, it.BibID, it.Branch, it.Barcode, it.State, string(encoded)); err != nil {
		return fmt.Errorf("write item %s: %w", it.ID, err)
	}
	return nil
}
