// Package outbox keeps what patrons left at a terminal for the central server while it
// was away. It exists nowhere else: what was taken is on the disk, in a SQLite file of
// its own whose room was made before.
package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The reasons why an outbox cannot be used, or takes no letter.
var (
	ErrDamaged = errors.New("the file of requests is damaged")
	ErrSchema  = errors.New("the file of requests was made by a newer version of this program")
	ErrFull    = errors.New("as many requests wait as can be kept")
	ErrRoom    = errors.New("there is no room on the disk for another request")
	ErrTooLong = errors.New("the request is too long")
)

// schema is the version of the outbox's format. What a later version changes it
// must change in the file: its letters exist nowhere else.
const schema = 1

// applicationID marks a SQLite file as an outbox.
const applicationID = 0x4d41444f // "MADO"

const tables = `
CREATE TABLE letter (
	n          INTEGER PRIMARY KEY, -- in the order in which they were put
	id         TEXT    NOT NULL UNIQUE,
	key        TEXT    NOT NULL,
	sealed     BLOB    NOT NULL,
	put_at     INTEGER NOT NULL, -- Unix milliseconds
	unreadable INTEGER NOT NULL
);
CREATE TABLE filler ( -- empty but while room is made, see room.go
	bytes BLOB NOT NULL
);
`

// Each commit is brought from the log into the file at once, so that the next begins at
// the start of the log, and neither file grows. Temporary files would need room.
const pragmas = `
PRAGMA page_size = 4096;
PRAGMA auto_vacuum = NONE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA journal_size_limit = -1;
PRAGMA wal_autocheckpoint = 1;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -16384;
`

// pageSize is the size of the file's pages, in bytes.
const pageSize = 4096

// Outbox keeps what patrons left until it is handed over: it exists nowhere else. What
// Put has taken is on the disk, also when the power fails the moment after. The room
// for it was made before, so that a full disk cannot break a promise. Its methods may
// be called from several goroutines.
type Outbox struct {
	path  string
	aside string

	mu sync.Mutex // one at a time: what is asked of the room holds until the letter is put
	db *sql.DB    // one connection, for as long as it is open: the last to close would fold the file up
}

// Open opens the outbox at path, or begins one. A file that is damaged is set
// aside and another one begun, see SetAside; one of a newer version of this program is
// left as it is, and the error is ErrSchema. A disk without room for letters is
// no error: State says so, and MakeRoom tries again.
func Open(path string) (*Outbox, error) {
	o := &Outbox{path: path}
	err := o.open()
	if errors.Is(err, ErrDamaged) {
		if o.aside, err = setAside(path); err == nil {
			err = o.open()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open the file of requests %s: %w", path, err)
	}
	// Whatever keeps it from being made, what is there must be handed over.
	if err := o.MakeRoom(context.Background()); errors.Is(err, ErrDamaged) {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

// SetAside is where Open put a damaged file that it found, with the letters that
// were in it; "" when it found none.
func (o *Outbox) SetAside() string { return o.aside }

func (o *Outbox) open() (err error) {
	defer func() {
		if err != nil && o.db != nil {
			err = errors.Join(damaged(roomError(err)), o.db.Close())
		}
	}()
	if err := begin(o.path); err != nil {
		return err
	}
	// What it is opened with must not touch the file yet, see keepLog.
	if o.db, err = openDB(o.path, "rw", "immediate", "busy_timeout(2000)"); err != nil {
		return err
	}
	o.db.SetMaxOpenConns(1)
	ctx := context.Background()
	if err := keepLog(ctx, o.db); err != nil {
		return err
	}
	if _, err := o.db.ExecContext(ctx, pragmas); err != nil {
		return err
	}
	if err := create(ctx, o.db); err != nil {
		return err
	}
	if err := check(ctx, o.db); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(o.path))
}

// begin makes sure that there is a file, readable by its owner only, as what
// SQLite puts beside it then is too. It looks at the first bytes before SQLite does,
// which beside a new or an empty file deletes a log that still has letters in it.
func begin(path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head := make([]byte, 16)
	n, err := f.ReadAt(head, 0)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case n > 0 && string(head) != "SQLite format 3\x00":
		return fmt.Errorf("%w: it does not begin like a SQLite file", ErrDamaged)
	case n > 0:
		return nil
	}
	log, err := os.Stat(path + "-wal")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case log.Size() > 0:
		return fmt.Errorf("%w: it is empty, but the log beside it is not", ErrDamaged)
	}
	return nil
}

// keepLog has the log stay as it is when the file is closed: with its length, and also
// where SQLite cannot make out the file that it belongs to.
func keepLog(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	err = conn.Raw(func(driver any) error {
		control, ok := driver.(sqlite.FileControl)
		if !ok {
			return errors.New("this SQLite cannot keep its log")
		}
		_, err := control.FileControlPersistWAL("main", 1)
		return err
	})
	return errors.Join(err, conn.Close())
}

// create makes the tables of a file that has nothing in it.
func create(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var id, things int
	if err := errors.Join(
		tx.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id),
		tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&things),
	); err != nil {
		return err
	}
	if id != 0 || things != 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, tables+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, schema)); err != nil {
		return err
	}
	return tx.Commit()
}

// check reads the whole file, which is small.
func check(ctx context.Context, db *sql.DB) error {
	var id, version int
	var integrity string
	if err := errors.Join(
		db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id),
		db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version),
	); err != nil {
		return err
	}
	if id != applicationID {
		return fmt.Errorf("%w: it is something else", ErrDamaged)
	}
	if version != schema {
		return fmt.Errorf("%w: it has schema %d, this program knows %d", ErrSchema, version, schema)
	}
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&integrity); err != nil {
		return err
	}
	if integrity != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, integrity)
	}
	_, err := readLetters(ctx, db)
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_ERROR { // a table or column that is not there
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return damaged(err)
}

// setAside renames a damaged outbox, with its log: what is in them is for whoever can
// read it still.
func setAside(path string) (string, error) {
	aside := path + ".damaged-" + time.Now().UTC().Format("20060102T150405.000Z")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if _, err := os.Lstat(aside + suffix); err == nil {
			return "", fmt.Errorf("%s is there already", aside+suffix)
		}
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("set a damaged file of requests aside: %w", err)
		}
	}
	return aside, syncFolder(filepath.Dir(path))
}

// Close closes the file. What it keeps stays.
func (o *Outbox) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.db.Close()
}

// damaged turns SQLite's ways to say that the file is broken into ErrDamaged.
func damaged(err error) error {
	var e *sqlite.Error
	if errors.Is(err, ErrDamaged) || !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_MISMATCH:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// openDB prepares connections to the file; the first query opens one. mode is SQLite's,
// txlock the way in which transactions begin.
func openDB(path, mode, txlock string, pragmas ...string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	q := url.Values{"mode": {mode}, "_txlock": {txlock}, "_pragma": pragmas}
	return sql.Open("sqlite", (&url.URL{Scheme: "file", Path: abs, RawQuery: q.Encode()}).String())
}

// syncFolder makes the names in a folder survive a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
