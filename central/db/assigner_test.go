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

// TestAssignerAgainstSerial has 8 writers commit 50,000 transactions to PostgreSQL, some
// of which stay open until a later one has been read. One follower reads by the assigner's
// numbers and misses none. The other, the control, reads the same transactions by a
// bigserial and misses those that commit after a later number was read: were it to miss
// none, the test would prove nothing.
func TestAssignerAgainstSerial(t *testing.T) {
	const transactions, writers, late = 50_000, 8, 10
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
	control := newPassing()
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := left.Add(-1); n >= 0; n = left.Add(-1) {
				key := fmt.Sprintf("%d/%d", w, n)
				err := d.Tx(ctx, func(tx *db.Tx) error {
					tx.Changed(db.KindItem, key, "b")
					var number int64
					if err := tx.QueryRowContext(ctx, `INSERT INTO probe (key) VALUES ($1) RETURNING n`, key).Scan(&number); err != nil {
						return err
					}
					switch {
					case n%(transactions/late) == transactions/late/2:
						return control.wait(ctx, number)
					case n%25 == 0: // work that keeps the transaction open while others commit
						var x int
						return tx.QueryRowContext(ctx, `SELECT count(*) FROM generate_series(1, 20000)`).Scan(&x)
					}
					return nil
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
		control.passes(serial.cursor)
		if last {
			break
		}
	}
	t.Logf("of %d transactions of %d writers the assigner's follower missed %d, that of a bigserial %d",
		transactions, writers, transactions-assigned.seen, transactions-serial.seen)
	if assigned.seen != transactions || assigned.cursor != transactions {
		t.Errorf("by the assigner's numbers %d of %d came, up to number %d", assigned.seen, transactions, assigned.cursor)
	}
	if missed := transactions - serial.seen; missed < late {
		t.Errorf("the control missed %d, at least %d were committed too late for it", missed, late)
	}
}

// follower reads a log onwards from a cursor.
type follower struct {
	cursor int64
	seen   int
}

// passing is where a follower has come to, for those that wait until it has passed them.
type passing struct {
	mu    sync.Mutex
	at    int64
	moved chan struct{} // closed when at moves
}

func newPassing() *passing { return &passing{moved: make(chan struct{})} }

func (p *passing) passes(at int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = at
	close(p.moved)
	p.moved = make(chan struct{})
}

// wait returns when the follower has read a later number.
func (p *passing) wait(ctx context.Context, number int64) error {
	for {
		p.mu.Lock()
		at, moved := p.at, p.moved
		p.mu.Unlock()
		if at > number {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
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
