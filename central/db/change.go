package db

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// Kind says what a change touched. Changes that become visible together are
// numbered in the order of their kinds, so that a bib comes before its items.
type Kind int

// The kinds of changes. Their key is the bib's or the item's ID, or the list's name.
const (
	KindBib          Kind = 1
	KindItem         Kind = 2
	KindAvailability Kind = 3
	KindList         Kind = 4
)

// Change is one numbered change: that something was put or deleted, not what it
// became. Numbers are contiguous and in commit order.
type Change struct {
	Number int64
	Kind   Kind
	Key    string
	Bib    string // the bib that the key is, or belonged to; "" of a list
}

// Log is the state of the change log.
type Log struct {
	Epoch  string // a UUID, made with the database, or when that is restored
	Number int64  // of the newest change, 0 when there was none
	Mark   string // of that number, see HasMark
	Pruned int64  // changes up to this number are no longer kept
}

// Changed notes that the transaction put or deleted something. The note is stored
// with the commit, and numbered by Assign after it.
func (tx *Tx) Changed(kind Kind, key, bib string) {
	tx.changed = append(tx.changed, Change{Kind: kind, Key: key, Bib: bib})
}

// storeChanged stores the notes of Changed.
func (tx *Tx) storeChanged(ctx context.Context) error {
	if len(tx.changed) == 0 {
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an identifier: %w", err)
	}
	rows := make([][]any, len(tx.changed))
	for i, c := range tx.changed {
		rows[i] = []any{id.String(), i, int(c.Kind), c.Key, c.Bib}
	}
	return tx.InsertRows(ctx, `INSERT INTO pending_change (tx_id, seq, kind, key, bib_id)`, rows, ``)
}

// Log reads the change log's state as the transaction sees it.
func (tx *Tx) Log(ctx context.Context) (l Log, err error) {
	err = tx.QueryRowContext(ctx, `SELECT epoch, number, mark, pruned_upto FROM change_log WHERE one = 1`).Scan(&l.Epoch, &l.Number, &l.Mark, &l.Pruned)
	if err != nil {
		return l, fmt.Errorf("read the change log: %w", err)
	}
	return l, nil
}

// Settled reports whether the transaction sees no change without a number: what
// it reads is then exactly the state after the change Log.Number.
func (tx *Tx) Settled(ctx context.Context) (bool, error) {
	var one int
	err := tx.QueryRowContext(ctx, `SELECT 1 FROM pending_change LIMIT 1`).Scan(&one)
	if err == sql.ErrNoRows {
		return true, nil
	}
	return false, err
}

// assignAtOnce bounds how many changes one transaction of Assign numbers.
const assignAtOnce = 10_000

// Assign numbers all changes that were committed before it was called. Callers
// run it after writing, and before they read the log for somebody else.
func (db *DB) Assign(ctx context.Context) error {
	for {
		settled := false
		err := db.View(ctx, func(tx *Tx) (err error) {
			settled, err = tx.Settled(ctx)
			return err
		})
		if err != nil || settled {
			return err
		}
		err = db.Locked(ctx, []string{"assign"}, func(tx *Tx) error { return db.assign(ctx, tx) })
		if err != nil {
			return fmt.Errorf("number the changes: %w", err)
		}
	}
}

func (db *DB) assign(ctx context.Context, tx *Tx) error {
	pending, err := takePending(ctx, tx)
	if err != nil || len(pending) == 0 {
		return err
	}
	log, err := tx.Log(ctx)
	if err != nil {
		return err
	}
	rows := make([][]any, len(pending))
	for i, p := range pending {
		log.Number++
		log.Mark = markAfter(log.Mark, log.Number)
		rows[i] = []any{log.Number, int(p.kind), p.key, p.bib, log.Mark}
	}
	if err := tx.InsertRows(ctx, `INSERT INTO change (number, kind, key, bib_id, mark)`, rows, ``); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE change_log SET number = $1, mark = $2 WHERE one = 1`, log.Number, log.Mark)
	return err
}

type pendingChange struct {
	tx   string
	seq  int
	kind Kind
	key  string
	bib  string
}

func takePending(ctx context.Context, tx *Tx) ([]pendingChange, error) {
	rows, err := tx.QueryContext(ctx, `DELETE FROM pending_change WHERE (tx_id, seq) IN
		(SELECT tx_id, seq FROM pending_change ORDER BY kind, tx_id, seq LIMIT $1)
		RETURNING tx_id, seq, kind, key, bib_id`, assignAtOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []pendingChange
	for rows.Next() {
		var p pendingChange
		if err := rows.Scan(&p.tx, &p.seq, &p.kind, &p.key, &p.bib); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b pendingChange) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.tx, b.tx), cmp.Compare(a.seq, b.seq))
	})
	return all, rows.Err()
}

// Prune drops the changes up to and including a number from the log. A follower
// that is further behind must begin anew.
func (db *DB) Prune(ctx context.Context, upto int64) error {
	return db.Tx(ctx, func(tx *Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE change_log SET pruned_upto = $1 WHERE one = 1 AND pruned_upto < $1 AND $1 <= number`, upto); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM change WHERE number <= (SELECT pruned_upto FROM change_log)`)
		return err
	})
}
