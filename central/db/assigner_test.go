package db_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
)

// TestAssignerAgainstSerial has 8 writers commit 50,000 transactions to PostgreSQL. One
// follower reads by the assigner's numbers and misses none. The other, the control,
// reads the same transactions by a bigserial and misses those that commit after a
// later number was read: were it to miss none, the test would prove nothing.
func TestAssignerAgainstSerial(t *testing.T) {
	const transactions, writers = 50_000, 8
	d, ctx := dbtest.Open(t, dbtest.Postgres(t)), t.Context()
	err := d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `CREATE TABLE probe (n BIGSERIAL PRIMARY KEY, key TEXT NOT NULL)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var left atomic.Int64
	left.Store(transactions)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := left.Add(-1); n >= 0; n = left.Add(-1) {
				key := fmt.Sprintf("%d/%d", w, n)
				err := d.Tx(ctx, func(tx *db.Tx) error {
					tx.Changed(db.KindItem, key, "b")
					if _, err := tx.ExecContext(ctx, `INSERT INTO probe (key) VALUES ($1)`, key); err != nil || n%25 != 0 {
						return err
					}
					var x int // work that keeps the transaction open while others commit
					return tx.QueryRowContext(ctx, `SELECT count(*) FROM generate_series(1, 20000)`).Scan(&x)
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var done atomic.Bool
	go func() { all.Wait(); done.Store(true) }()

	var assigned, serial follower
	for last := false; ; last = done.Load() {
		if err := d.Assign(ctx); err != nil {
			t.Fatal(err)
		}
		err := d.View(ctx, func(tx *db.Tx) error {
			if err := assigned.read(ctx, tx, `SELECT number, key FROM change WHERE number > $1 ORDER BY number`); err != nil {
				return err
			}
			return serial.read(ctx, tx, `SELECT n, key FROM probe WHERE n > $1 ORDER BY n`)
		})
		if err != nil {
			t.Fatal(err)
		}
		if last {
			break
		}
	}
	t.Logf("of %d transactions of %d writers the assigner's follower missed %d, that of a bigserial %d",
		transactions, writers, transactions-assigned.seen, transactions-serial.seen)
	if assigned.seen != transactions || assigned.cursor != transactions {
		t.Errorf("by the assigner's numbers %d of %d came, up to number %d", assigned.seen, transactions, assigned.cursor)
	}
	if serial.seen == transactions {
		t.Error("the control missed nothing: this run does not show that the assigner is needed")
	}
}

// follower reads a log onwards from a cursor.
type follower struct {
	cursor int64
	seen   int
}

func (f *follower) read(ctx context.Context, tx *db.Tx, query string) error {
	rows, err := tx.QueryContext(ctx, query, f.cursor)
	if err != nil {
		return err
	}
	defer rows.Close()
	var key string
	for rows.Next() {
		if err := rows.Scan(&f.cursor, &key); err != nil {
			return err
		}
		f.seen++
	}
	return rows.Err()
}
