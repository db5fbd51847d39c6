package store

import (
	"context"
	"database/sql"
	"fmt"

	"madoguchi/library"
)

// writer writes bibs and items into the ordinary tables within one transaction;
// the full-text index and the headings are its callers' business.
type writer struct {
	ctx    context.Context
	tx     *sql.Tx
	bib    *sql.Stmt
	record *sql.Stmt
	item   *sql.Stmt
	side   [3]*sql.Stmt
}

// The statements that put rows into the ordinary tables.
const (
	insertBib = `INSERT INTO bib (rank, id, folded, ndc, shelves, branches, kind, language, juvenile, year, volumes, work, added_on, copies)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	insertRecord = `INSERT INTO record (rank, bib) VALUES ($1, $2)`
	insertItem   = `INSERT INTO item (bib_id, id, branch, barcode, call_number, shelf, lendable, state, due_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	insertISBN   = `INSERT INTO isbn (isbn, rank) VALUES ($1, $2)`
	insertWhole  = `INSERT INTO whole (key, rank, volumes) VALUES ($1, $2, $3)`
	insertVolume = `INSERT INTO volume (work, volume, rank) VALUES ($1, $2, $3)`
)

// bibValues are the values of insertBib.
func (r *row) bibValues() []any {
	return []any{r.rank, string(r.id), r.folded, r.ndc, r.shelves, r.branches, r.kind, r.language, r.juvenile, r.year, r.volumes, r.work, r.addedOn, r.copies}
}

// itemValues are the values of insertItem.
func itemValues(it library.Item) []any {
	barcode := sql.NullString{String: it.Barcode, Valid: it.Barcode != string(it.ID)}
	due := "" // as library.Date stores no day
	if !it.DueOn.IsZero() {
		due = it.DueOn.String()
	}
	return []any{string(it.BibID), string(it.ID), string(it.Branch), barcode, it.CallNumber, it.Shelf, it.Lendable, string(it.State), due}
}

func newWriter(ctx context.Context, tx *sql.Tx) (*writer, error) {
	w := &writer{ctx: ctx, tx: tx}
	for _, s := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&w.bib, insertBib}, {&w.record, insertRecord}, {&w.item, insertItem},
		{&w.side[0], insertISBN}, {&w.side[1], insertWhole}, {&w.side[2], insertVolume},
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
	for _, s := range append([]*sql.Stmt{w.bib, w.record, w.item}, w.side[:]...) {
		if s != nil {
			s.Close()
		}
	}
}

// insertBib writes a bib that is not there.
func (w *writer) insertBib(r *row, b library.Bib) error {
	if _, err := w.bib.ExecContext(w.ctx, r.bibValues()...); err != nil {
		return fmt.Errorf("write bib %s: %w", r.id, err)
	}
	if _, err := w.record.ExecContext(w.ctx, r.rank, []byte(r.bib)); err != nil {
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
	volumes := ownNumbers(volumeNumbers(b))
	for _, key := range wholeKeys(b) {
		if _, err := w.side[1].ExecContext(w.ctx, key, rank, volumes); err != nil {
			return fmt.Errorf("write title of %s: %w", b.ID, err)
		}
	}
	for _, p := range placesOf(b) {
		if _, err := w.side[2].ExecContext(w.ctx, p.key(), p.volume, rank); err != nil {
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
		if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM volume WHERE work = $1 AND volume = $2 AND rank = $3", p.key(), p.volume, rank); err != nil {
			return err
		}
	}
	return nil
}

// putItem writes an item that is not there.
func (w *writer) putItem(it library.Item) error {
	if _, err := w.item.ExecContext(w.ctx, itemValues(it)...); err != nil {
		return fmt.Errorf("write item %s: %w", it.ID, err)
	}
	return nil
}
