package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"madoguchi/library"
)

// Change is one put or delete of the central server's catalogue. Exactly one field
// is set.
type Change struct {
	PutBib       *library.Bib
	DeleteBib    library.BibID // with its items
	PutItem      *library.Item
	DeleteItem   library.ItemID
	Availability *library.Availability
}

// changeSet applies changes within one transaction: the items at once, the bibs,
// their index and their headings together at the end, in the order that FTS5 can
// take them in fastest.
type changeSet struct {
	ctx     context.Context
	tx      *sql.Tx
	w       *writer
	touched map[library.BibID]*touched
	order   []library.BibID // in which bibs were touched
	digests map[int]library.Digest
}

// touched is a bib that changes: what is stored, and what is to be.
type touched struct {
	old    *row
	oldBib library.Bib
	bib    *library.Bib // nil: none
	isNew  bool         // bib was put
}

func newChangeSet(ctx context.Context, tx *sql.Tx) (*changeSet, error) {
	w, err := newWriter(ctx, tx)
	if err != nil {
		return nil, err
	}
	return &changeSet{ctx: ctx, tx: tx, w: w, touched: map[library.BibID]*touched{}, digests: map[int]library.Digest{}}, nil
}

func (s *changeSet) apply(ch Change) error {
	switch {
	case ch.PutBib != nil:
		return s.putBib(*ch.PutBib)
	case ch.DeleteBib != "":
		return s.deleteBib(ch.DeleteBib)
	case ch.PutItem != nil:
		return s.putItem(*ch.PutItem)
	case ch.DeleteItem != "":
		return s.deleteItem(ch.DeleteItem)
	case ch.Availability != nil:
		return s.setAvailability(*ch.Availability)
	}
	return errors.New("a change says neither what to put nor what to delete")
}

// touch reads what is stored of a bib, once.
func (s *changeSet) touch(id library.BibID) (*touched, error) {
	if t, ok := s.touched[id]; ok {
		return t, nil
	}
	t := &touched{}
	r := row{id: id}
	err := s.tx.QueryRowContext(s.ctx, "SELECT "+rowColumns+", b.added_on, b.copies, r.bib FROM bib b CROSS JOIN record r ON r.rank = b.rank WHERE b.id = $1", id).
		Scan(append(r.columns(), &r.addedOn, &r.copies, &r.bib)...)
	switch {
	case err == nil:
		if err := json.Unmarshal([]byte(r.bib), &t.oldBib); err != nil {
			return nil, fmt.Errorf("%w: read bib %s: %w", ErrDamaged, id, err)
		}
		items, err := loadItems(s.ctx, s.tx, id)
		if err != nil {
			return nil, err
		}
		r.digest = library.DigestOf(library.Record{Bib: t.oldBib, Items: items})
		bib := t.oldBib
		t.old, t.bib = &r, &bib
	case err != sql.ErrNoRows:
		return nil, err
	}
	s.touched[id] = t
	s.order = append(s.order, id)
	return t, nil
}

func (s *changeSet) putBib(b library.Bib) error {
	if b.ID == "" {
		return fmt.Errorf("the bib %q has no id", b.Title)
	}
	t, err := s.touch(b.ID)
	if err != nil {
		return err
	}
	t.bib, t.isNew = &b, true
	return nil
}

func (s *changeSet) deleteBib(id library.BibID) error {
	t, err := s.touch(id)
	if err != nil {
		return err
	}
	t.bib = nil
	_, err = s.tx.ExecContext(s.ctx, "DELETE FROM item WHERE bib_id = $1", id)
	return err
}

func (s *changeSet) putItem(it library.Item) error {
	if it.ID == "" || it.BibID == "" {
		return fmt.Errorf("the item %q of bib %q lacks an id", it.ID, it.BibID)
	}
	if err := s.deleteItem(it.ID); err != nil { // it may have been another bib's
		return err
	}
	if _, err := s.touch(it.BibID); err != nil {
		return err
	}
	return s.w.putItem(it)
}

func (s *changeSet) deleteItem(id library.ItemID) error {
	it, err := s.item(id)
	if err != nil || it == nil {
		return err
	}
	if _, err := s.touch(it.BibID); err != nil {
		return err
	}
	_, err = s.tx.ExecContext(s.ctx, "DELETE FROM item WHERE id = $1", id)
	return err
}

func (s *changeSet) setAvailability(a library.Availability) error {
	it, err := s.item(a.ItemID)
	if err != nil || it == nil {
		return err // an item unknown here comes with its own state
	}
	it.State, it.DueOn = a.State, a.DueOn
	return s.putItem(*it)
}

// item reads an item, nil when there is none.
func (s *changeSet) item(id library.ItemID) (*library.Item, error) {
	items, err := queryItems(s.ctx, s.tx, "WHERE id = $1", id)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	return &items[0], nil
}

// indexed is a row of the full-text index to take out or to put in.
type indexed struct {
	rank   int64
	put    bool
	tokens string
}

// finish brings everything that stands for the touched bibs up to date.
func (s *changeSet) finish() error {
	var index []indexed
	headings := newHeadingChanges()
	years := map[int64]int64{} // highest rank given out
	bibs, items := 0, 0
	for _, id := range s.order {
		t := s.touched[id]
		next, err := s.next(id, t)
		if err != nil {
			return err
		}
		if t.old == nil && next == nil {
			continue
		}
		if next != nil {
			if err := s.rank(next, t, years); err != nil {
				return err
			}
		}
		if err := s.writeBib(t, next); err != nil {
			return fmt.Errorf("write bib %s: %w", id, err)
		}
		index = append(index, indexChanges(t.old, next)...)
		bucket := library.BucketOf(id)
		if t.old != nil {
			bibs, items = bibs-1, items-t.old.copies
			s.digests[bucket] = s.digests[bucket].XOR(t.old.digest)
			headings.add(t.oldBib, -1)
		}
		if next != nil {
			bibs, items = bibs+1, items+next.copies
			s.digests[bucket] = s.digests[bucket].XOR(next.digest)
			headings.add(*t.bib, 1)
		}
	}
	if err := headings.write(s.ctx, s.tx); err != nil {
		return fmt.Errorf("write headings: %w", err)
	}
	if err := s.writeDigests(); err != nil {
		return fmt.Errorf("write digests: %w", err)
	}
	if _, err := s.tx.ExecContext(s.ctx, "UPDATE info SET bibs = bibs + $1, items = items + $2", bibs, items); err != nil {
		return err
	}
	s.w.close()
	return writeIndex(s.ctx, s.tx, index)
}

// next makes the row that a touched bib is to have, nil for none.
func (s *changeSet) next(id library.BibID, t *touched) (*row, error) {
	if t.bib == nil {
		return nil, nil
	}
	items, err := loadItems(s.ctx, s.tx, id)
	if err != nil {
		return nil, err
	}
	return rowOf(library.Record{Bib: *t.bib, Items: items})
}

// rank gives a row the place of its old one, or the newest of its year.
func (s *changeSet) rank(next *row, t *touched, years map[int64]int64) error {
	year := yearRank(t.bib.Year)
	if t.old != nil && yearRank(t.oldBib.Year) == year {
		next.rank = t.old.rank
		return nil
	}
	highest, known := years[year]
	if !known {
		if err := s.tx.QueryRowContext(s.ctx, "SELECT coalesce(max(rank), $1) FROM bib WHERE rank BETWEEN $1 AND $2", year, year+rankYear-1).Scan(&highest); err != nil {
			return err
		}
	}
	if highest >= year+rankYear-1 {
		return fmt.Errorf("there is no room for bib %s among those of its year; build the catalogue anew", next.id)
	}
	next.rank = highest + 1
	years[year] = next.rank
	return nil
}

// writeBib brings the ordinary tables from t.old to next.
func (s *changeSet) writeBib(t *touched, next *row) error {
	switch {
	case t.old != nil && next != nil && t.old.rank == next.rank:
		if _, err := s.tx.ExecContext(s.ctx, `UPDATE bib SET folded = $2, ndc = $3, shelves = $4, branches = $5, kind = $6, language = $7, juvenile = $8,
			added_on = $9, copies = $10 WHERE rank = $1`,
			next.rank, next.folded, next.ndc, next.shelves, next.branches, next.kind, next.language, next.juvenile, next.addedOn, next.copies); err != nil {
			return err
		}
		if t.old.bib == next.bib {
			return nil
		}
		if _, err := s.tx.ExecContext(s.ctx, "UPDATE record SET bib = $2 WHERE rank = $1", next.rank, next.bib); err != nil {
			return err
		}
		if err := s.w.deleteSides(t.old.rank, t.oldBib); err != nil {
			return err
		}
		return s.w.insertSides(next.rank, *t.bib)
	case t.old != nil:
		if err := s.w.deleteSides(t.old.rank, t.oldBib); err != nil {
			return err
		}
		for _, table := range []string{"bib", "record"} {
			if _, err := s.tx.ExecContext(s.ctx, "DELETE FROM "+table+" WHERE rank = $1", t.old.rank); err != nil {
				return err
			}
		}
	}
	if next == nil {
		return nil
	}
	return s.w.insertBib(next, *t.bib)
}

// indexChanges returns what the full-text index needs; nothing for a bib whose
// items only went out or came back.
func indexChanges(old, next *row) (out []indexed) {
	var before, after string
	if old != nil {
		before = old.tokens()
	}
	if next != nil {
		after = next.tokens()
	}
	if old != nil && next != nil && old.rank == next.rank && before == after {
		return nil
	}
	if old != nil {
		out = append(out, indexed{old.rank, false, before})
	}
	if next != nil {
		out = append(out, indexed{next.rank, true, after})
	}
	return out
}

// writeIndex writes in ascending order of ranks, deletions first: FTS5 begins a
// new segment whenever a row number goes down.
func writeIndex(ctx context.Context, tx *sql.Tx, index []indexed) error {
	slices.SortStableFunc(index, func(a, b indexed) int {
		switch {
		case a.rank != b.rank:
			return int(min(max(a.rank-b.rank, -1), 1))
		case a.put == b.put:
			return 0
		case a.put:
			return 1
		}
		return -1
	})
	remove, err := tx.PrepareContext(ctx, "INSERT INTO search (search, rowid, t) VALUES ('delete', $1, $2)")
	if err != nil {
		return err
	}
	defer remove.Close()
	put, err := tx.PrepareContext(ctx, "INSERT INTO search (rowid, t) VALUES ($1, $2)")
	if err != nil {
		return err
	}
	defer put.Close()
	for _, x := range index {
		stmt := remove
		if x.put {
			stmt = put
		}
		if _, err := stmt.ExecContext(ctx, x.rank, x.tokens); err != nil {
			return fmt.Errorf("write index at %d: %w", x.rank, err)
		}
	}
	return nil
}

func (s *changeSet) writeDigests() error {
	for bucket, change := range s.digests {
		if change == (library.Digest{}) {
			continue
		}
		var stored []byte
		err := s.tx.QueryRowContext(s.ctx, "SELECT digest FROM digest WHERE bucket = $1", bucket).Scan(&stored)
		if err != nil && err != sql.ErrNoRows {
			return err
		}
		var d library.Digest
		copy(d[:], stored)
		d = d.XOR(change)
		if _, err := s.tx.ExecContext(s.ctx, "INSERT INTO digest (bucket, digest) VALUES ($1, $2) ON CONFLICT (bucket) DO UPDATE SET digest = excluded.digest", bucket, d[:]); err != nil {
			return err
		}
	}
	return nil
}
