// Package store is the city's whole catalogue in one SQLite file, searchable from the
// first character typed: a cache, which the central server builds with this package as
// well, and which may be thrown away and fetched again at any time.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The reasons why a file cannot serve as a catalogue. Either way it is to be set
// aside and fetched again.
var (
	ErrDamaged = errors.New("the catalogue file is damaged and must be fetched again")
	ErrSchema  = errors.New("the catalogue file is of another version and must be fetched again")
)

// Info says which catalogue this is and how far it has come.
type Info struct {
	Epoch   string    // of the central server's numbering of changes
	Edition int64     // the change up to which the file was built
	Number  int64     // the last change applied since; Edition when there was none
	Mark    string    // of that number, by which the server knows its own; "" when it has none
	Bibs    int       // bibs held
	Items   int       // their items
	BuiltAt time.Time // when the edition was built
}

// Catalogue is an open catalogue file. Its methods may be called from several
// goroutines: searches run beside Apply, each of them on one state of the file.
type Catalogue struct {
	path  string
	read  *readers
	write *sql.DB // one connection
}

// Open opens the catalogue at path. The error is os.ErrNotExist when there is no
// file, ErrSchema when it was built by another version of this package, and
// ErrDamaged when it is no catalogue or its outline is broken; damage further
// inside shows as ErrDamaged where it is met, and in Verify.
func Open(path string) (*Catalogue, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open catalogue: %w", err)
	}
	c := &Catalogue{path: path}
	if err := c.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("open catalogue %s: %w", path, err), c.Close())
	}
	return c, nil
}

func (c *Catalogue) open() (err error) {
	if err := checkHeader(c.path); err != nil {
		return err
	}
	if c.write, err = openDB(c.path, "rw", "immediate", "busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "cache_size(-32768)", "journal_size_limit(67108864)", "wal_autocheckpoint(4096)"); err != nil {
		return err
	}
	c.write.SetMaxOpenConns(1)
	if err := checkOutline(c.write); err != nil {
		return err
	}
	read, err := openDB(c.path, "rw", "deferred", "busy_timeout(10000)", "query_only(1)", "cache_size(-4096)")
	if err != nil {
		return err
	}
	frequent, err := readFrequent(read)
	if err != nil {
		return errors.Join(misfit(err), read.Close())
	}
	c.read = newReaders(read, frequent)
	return nil
}

// openDB prepares connections to the file; the first query opens one. mode is
// SQLite's, txlock the way in which transactions begin.
func openDB(path, mode, txlock string, pragmas ...string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	q := url.Values{"mode": {mode}, "_txlock": {txlock}, "_pragma": pragmas}
	return sql.Open("sqlite", (&url.URL{Scheme: "file", Path: abs, RawQuery: q.Encode()}).String())
}

// checkHeader looks at the first bytes before SQLite does: it takes an empty file
// for a new database.
func checkHeader(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 16)
	if _, err := f.ReadAt(head, 0); err != nil || string(head) != "SQLite format 3\x00" {
		return fmt.Errorf("%w: it does not begin like a SQLite file", ErrDamaged)
	}
	return nil
}

// checkOutline reads what a damaged or foreign file is unlikely to have right: the
// marks in the header, the size, the schema, and a row through each index.
func checkOutline(db *sql.DB) error {
	var app, version, pages, pageSize int64
	for _, pragma := range []struct {
		name string
		into *int64
	}{{"application_id", &app}, {"user_version", &version}, {"page_count", &pages}, {"page_size", &pageSize}} {
		if err := db.QueryRow("PRAGMA " + pragma.name).Scan(pragma.into); err != nil {
			return misfit(err)
		}
	}
	if app != applicationID {
		return fmt.Errorf("%w: it is not a catalogue", ErrDamaged)
	}
	if version != Schema {
		return fmt.Errorf("%w: it has schema %d, this program needs %d", ErrSchema, version, Schema)
	}
	for _, query := range []string{
		"SELECT epoch, number FROM info",
		"SELECT b.rank, b.folded, r.bib FROM bib b JOIN record r ON r.rank = b.rank ORDER BY b.rank LIMIT 1",
		"SELECT id FROM bib ORDER BY id LIMIT 1",
		"SELECT state FROM item ORDER BY id LIMIT 1",
		"SELECT rowid FROM search WHERE search MATCH '\"x\"' LIMIT 1",
		"SELECT key FROM start LIMIT 1",
		"SELECT token FROM frequent LIMIT 1",
		"SELECT digest FROM digest LIMIT 1",
	} {
		rows, err := db.Query(query)
		if err != nil {
			return misfit(err)
		}
		for rows.Next() {
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return misfit(err)
		}
	}
	var n int
	if err := db.QueryRow("SELECT count(*) FROM info").Scan(&n); err != nil || n != 1 {
		return fmt.Errorf("%w: it does not say which catalogue it is", ErrDamaged)
	}
	return nil
}

// damaged turns SQLite's ways to say that the file is broken into ErrDamaged.
func damaged(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_MISMATCH:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// misfit is damaged for a query that any catalogue answers: a table or column that
// is not there is damage as well.
func misfit(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_ERROR {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return damaged(err)
}

// Close ends all use of the file. Afterwards it is a single file again.
func (c *Catalogue) Close() error {
	var errs []error
	if c.read != nil {
		errs = append(errs, c.read.close())
	}
	if c.write != nil { // last: it tidies up
		errs = append(errs, c.write.Close())
	}
	return errors.Join(errs...)
}

// Info says which catalogue this is.
func (c *Catalogue) Info(ctx context.Context) (Info, error) {
	return view(ctx, c, "read info", func(r *reader) (Info, error) { return readInfo(ctx, r) })
}

func readInfo(ctx context.Context, q querier) (in Info, err error) {
	var built int64
	err = queryRow(ctx, q, []any{&in.Epoch, &in.Edition, &in.Number, &in.Mark, &in.Bibs, &in.Items, &built},
		"SELECT epoch, edition, number, mark, bibs, items, built_at FROM info")
	in.BuiltAt = time.UnixMilli(built)
	return in, err
}

// update runs f in one transaction of the writer.
func (c *Catalogue) update(ctx context.Context, what string, f func(*sql.Tx) error) error {
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", what, damaged(err))
	}
	if err := f(tx); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", what, damaged(err)), tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", what, damaged(err))
	}
	return nil
}
