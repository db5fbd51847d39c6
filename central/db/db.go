// Package db opens the central server's database, SQLite or PostgreSQL, with one
// SQL text for both: it migrates it, runs its transactions, and numbers the
// changes that terminals follow. It knows no rule and none of our types; what the
// two databases really do differently is in dialect.go.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// DB is an open database. Its methods may be called from many goroutines, and
// several processes may have the same database open.
type DB struct {
	dialect dialect
	write   *sql.DB
	read    *sql.DB
}

// Open opens the database that dsn names: a path, "sqlite:PATH" or
// "postgres://…". It does not migrate: see Migrate.
func Open(ctx context.Context, dsn string) (*DB, error) {
	d, err := dialectOf(dsn)
	if err != nil {
		return nil, err
	}
	write, read, err := d.open()
	if err != nil {
		return nil, fmt.Errorf("open the %s database: %w", d.name(), err)
	}
	db := &DB{dialect: d, write: write, read: read}
	if err := write.PingContext(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("the %s database does not answer: %w", d.name(), err)
	}
	return db, nil
}

// Close closes the database.
func (db *DB) Close() error {
	err := db.write.Close()
	if db.read != db.write {
		err = errors.Join(db.read.Close(), err)
	}
	return err
}

// Name is the product's name, "SQLite" or "PostgreSQL".
func (db *DB) Name() string { return db.dialect.name() }

// Shared reports whether processes on several machines may have the database open, so that
// what all need must be in it.
func (db *DB) Shared() bool { return db.dialect.shared() }

// Tx is a transaction: of Tx one that may write, of View one that may not.
type Tx struct {
	*sql.Tx
	changed    []Change // noted, without numbers
	insertRows func(ctx context.Context, tx *sql.Tx, head string, rows [][]any, tail string) error
}

// attempts is how often a transaction is tried when others get in its way.
const attempts = 12

// Tx runs fn in a transaction that may write, serializable on both databases, and
// commits when fn returns nil. When the database asks for it fn is run again, so
// it must not leave anything behind outside of its transaction.
func (db *DB) Tx(ctx context.Context, fn func(*Tx) error) error {
	return db.retry(ctx, func() error {
		return db.run(ctx, db.write, db.dialect.writeOptions(), fn)
	})
}

// Locked runs fn in a transaction that may write and holds the locks of some names.
// Of the transactions that hold the same lock one runs after the other, in all
// processes, and sees what those before it committed; nobody is sent back to try
// again. Beside other transactions it is not serializable, so what it decides by
// must be written under the same lock only.
func (db *DB) Locked(ctx context.Context, names []string, fn func(*Tx) error) error {
	names = slices.Sorted(slices.Values(names)) // in the same order by everybody, or two would wait for each other
	return db.retry(ctx, func() error {
		return db.run(ctx, db.write, db.dialect.lockedOptions(), func(tx *Tx) error {
			for _, name := range names {
				if err := db.dialect.lockTx(ctx, tx.Tx, name); err != nil {
					return fmt.Errorf("lock %q: %w", name, err)
				}
			}
			return fn(tx)
		})
	})
}

// View runs fn in a transaction that sees one unchanging state of the database
// and cannot write.
func (db *DB) View(ctx context.Context, fn func(*Tx) error) error {
	return db.retry(ctx, func() error {
		return db.run(ctx, db.read, db.dialect.viewOptions(), fn)
	})
}

func (db *DB) retry(ctx context.Context, once func() error) error {
	var err error
	for n := range attempts {
		if err = once(); err == nil || !db.dialect.retryable(err) {
			return err
		}
		wait := time.Duration(rand.Int64N(int64(5*time.Millisecond) << min(n, 7)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
	return fmt.Errorf("the database was too busy, tried %d times: %w", attempts, err)
}

func (db *DB) run(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, fn func(*Tx) error) error {
	tx, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	t := &Tx{Tx: tx, insertRows: db.dialect.insertRows}
	if err := fn(t); err != nil {
		return err
	}
	if err := t.storeChanged(ctx); err != nil {
		return err
	}
	return tx.Commit()
}

// Exclusive runs fn while no other process or goroutine runs an Exclusive of the
// same name on this database. It returns ErrTaken at once when another does. The
// lock goes with the process that held it.
func (db *DB) Exclusive(ctx context.Context, name string, fn func(context.Context) error) error {
	unlock, err := db.dialect.lock(ctx, db.write, name)
	if err != nil {
		return err
	}
	defer unlock()
	return fn(ctx)
}

// Scrub takes away what was deleted and still stands in the log of the database. It
// reports false where others read all the time: then it goes with the next checkpoint.
func (db *DB) Scrub(ctx context.Context) (done bool, err error) {
	return db.dialect.scrub(ctx, db.write)
}

// ErrTaken says that another process or goroutine does the same work right now.
var ErrTaken = errors.New("another process is doing this right now")

// Storable reports whether a text that came from outside can stand in the database, and
// so be a key there: PostgreSQL calls any other an error instead of finding nothing.
func Storable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// InsertRows inserts many rows: head is the statement up to VALUES, tail what
// follows the rows.
func (tx *Tx) InsertRows(ctx context.Context, head string, rows [][]any, tail string) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.insertRows(ctx, tx.Tx, head, rows, tail)
}
