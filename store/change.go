package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"madoguchi/library"
)

// changeSet applies changes within one transaction. It reads each bib that they
// touch once, changes it in memory, and writes what became of all of them at the end,
// table by table in the order in which FTS5 can take them in fastest.
type changeSet struct {
	ctx     context.Context
	tx      *sql.Tx
	w       *writer
	stmts   map[string]*sql.Stmt
	touched map[library.BibID]*touched
	order   []library.BibID                  // in which bibs were touched
	holders map[library.ItemID]library.BibID // of the items of all touched bibs, "" for one deleted
}

// touched is a bib that changes: what is stored, and what is to be.
type touched struct {
	old      *row // nil: none
	oldBib   library.Bib
	oldJSON  []byte         // for digests
	oldItems []library.Item // in the order of their IDs, as items
	put      *library.Bib   // in place of old
	gone     bool           // old was deleted, and none put since
	items    []library.Item
}

// newChangeSet begins a set of changes. Its statements cannot be called off one by
// one, which would cost each of them a goroutine.
func newChangeSet(ctx context.Context, tx *sql.Tx) (*changeSet, error) {
	ctx = context.WithoutCancel(ctx)
	w, err := newWriter(ctx, tx)
	if err != nil {
		return nil, err
	}
	return &changeSet{
		ctx: ctx, tx: tx, w: w, stmts: map[string]*sql.Stmt{},
		touched: map[library.BibID]*touched{}, holders: map[library.ItemID]library.BibID{},
	}, nil
}

func (s *changeSet) close() {
	s.w.close()
	for _, stmt := range s.stmts {
		stmt.Close()
	}
	clear(s.stmts)
}

// prepared returns a statement that is prepared once.
func (s *changeSet) prepared(text string) (*sql.Stmt, error) {
	if stmt, ok := s.stmts[text]; ok {
		return stmt, nil
	}
	stmt, err := s.tx.PrepareContext(s.ctx, text)
	if err == nil {
		s.stmts[text] = stmt
	}
	return stmt, err
}

func (s *changeSet) exec(text string, args ...any) error {
	stmt, err := s.prepared(text)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(s.ctx, args...)
	return err
}

// queryRow reads one row, or returns sql.ErrNoRows.
func (s *changeSet) queryRow(into []any, text string, args ...any) error {
	stmt, err := s.prepared(text)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(s.ctx, args...).Scan(into...)
}

func (s *changeSet) apply(ch library.Change) error {
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
	case ch.PutList != nil:
		text, err := encodeList(*ch.PutList)
		if err != nil {
			return err
		}
		return s.exec(putList, ch.PutList.Name, text)
	case ch.DeleteList != "":
		return s.exec("DELETE FROM list WHERE name = $1", ch.DeleteList)
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
	err := s.queryRow(append(r.columns(), &r.addedOn, &r.copies, &r.bib),
		"SELECT "+rowColumns+", b.added_on, b.copies, r.bib FROM bib b CROSS JOIN record r ON r.rank = b.rank WHERE b.id = $1", string(id))
	switch {
	case err == nil:
		t.old = &r
	case err != sql.ErrNoRows:
		return nil, err
	}
	stmt, err := s.prepared(itemsOfBib)
	if err != nil {
		return nil, err
	}
	if t.oldItems, err = scanItems(stmt.QueryContext(s.ctx, string(id))); err != nil {
		return nil, err
	}
	if t.old != nil {
		if t.oldBib, err = decodeBib(r.bib); err != nil {
			return nil, fmt.Errorf("bib %s: %w", id, err)
		}
		if t.oldJSON, err = json.Marshal(t.oldBib); err != nil {
			return nil, err
		}
		r.digest = library.DigestOfJSON(t.oldJSON, t.oldItems)
	}
	t.items = slices.Clone(t.oldItems)
	for _, it := range t.items {
		s.holders[it.ID] = id
	}
	s.touched[id] = t
	s.order = append(s.order, id)
	return t, nil
}

// holder touches the bib of an item, and returns nil for an item that is unknown.
func (s *changeSet) holder(id library.ItemID) (*touched, error) {
	bib, known := s.holders[id]
	if !known {
		err := s.queryRow([]any{&bib}, "SELECT bib_id FROM item WHERE id = $1", string(id))
		if err != nil && err != sql.ErrNoRows {
			return nil, err
		}
	}
	if bib == "" {
		return nil, nil
	}
	return s.touch(bib)
}

func (s *changeSet) putBib(b library.Bib) error {
	if b.ID == "" {
		return fmt.Errorf("the bib %q has no id", b.Title)
	}
	t, err := s.touch(b.ID)
	if err != nil {
		return err
	}
	t.put, t.gone = &b, false
	return nil
}

func (s *changeSet) deleteBib(id library.BibID) error {
	t, err := s.touch(id)
	if err != nil {
		return err
	}
	for _, it := range t.items {
		s.holders[it.ID] = ""
	}
	t.put, t.gone, t.items = nil, true, nil
	return nil
}

func (s *changeSet) putItem(it library.Item) error {
	if it.ID == "" || it.BibID == "" {
		return fmt.Errorf("the item %q of bib %q lacks an id", it.ID, it.BibID)
	}
	if err := s.deleteItem(it.ID); err != nil { // it may have been another bib's
		return err
	}
	t, err := s.touch(it.BibID)
	if err != nil {
		return err
	}
	at, _ := t.find(it.ID)
	t.items = slices.Insert(t.items, at, it)
	s.holders[it.ID] = it.BibID
	return nil
}

func (s *changeSet) deleteItem(id library.ItemID) error {
	t, err := s.holder(id)
	if err != nil || t == nil {
		return err
	}
	if at, ok := t.find(id); ok {
		t.items = slices.Delete(t.items, at, at+1)
	}
	s.holders[id] = ""
	return nil
}

func (s *changeSet) setAvailability(a library.Availability) error {
	t, err := s.holder(a.ItemID)
	if err != nil || t == nil {
		return err // an item unknown here comes with its own state
	}
	if at, ok := t.find(a.ItemID); ok {
		t.items[at].State, t.items[at].DueOn = a.State, a.DueOn
	}
	return nil
}

// find returns where an item stands, or would.
func (t *touched) find(id library.ItemID) (at int, ok bool) { return findItem(t.items, id) }

func findItem(items []library.Item, id library.ItemID) (at int, ok bool) {
	return slices.BinarySearchFunc(items, id, func(it library.Item, id library.ItemID) int { return cmp.Compare(it.ID, id) })
}

// next makes the row that a touched bib is to have: nil for none, t.old for the same.
func (t *touched) next() (*row, error) {
	switch {
	case t.put != nil:
		return rowOf(library.Record{Bib: *t.put, Items: t.items})
	case t.old == nil || t.gone:
		return nil, nil
	case slices.Equal(t.items, t.oldItems):
		return t.old, nil
	}
	r := *t.old
	r.setItems(t.items)
	r.digest = library.DigestOfJSON(t.oldJSON, t.items)
	return &r, nil
}

// bibs returns the bib before and after, for when it is not the same.
func (t *touched) bibs() (old, next *library.Bib) {
	if t.old != nil {
		old = &t.oldBib
	}
	return old, t.put
}
