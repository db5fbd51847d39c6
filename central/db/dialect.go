package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"golang.org/x/sys/unix"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is all that SQLite and PostgreSQL do differently.
type dialect interface {
	name() string
	// shared reports whether processes on several machines may have the database open.
	shared() bool
	exists() (bool, error)
	hasTable(ctx context.Context, pool *sql.DB, name string) (bool, error)
	goose() goose.Dialect
	open() (write, read *sql.DB, err error)
	writeOptions() *sql.TxOptions
	viewOptions() *sql.TxOptions
	// lockedOptions are those of a transaction that takes locks. Every one of its
	// statements after lockTx must see all that was committed before it.
	lockedOptions() *sql.TxOptions
	// lockTx waits for the lock of a name, which the transaction then holds to its end.
	lockTx(ctx context.Context, tx *sql.Tx, name string) error
	retryable(error) bool
	insertRows(ctx context.Context, tx *sql.Tx, head string, rows [][]any, tail string) error
	lock(ctx context.Context, pool *sql.DB, name string) (unlock func(), err error)
	// scrub takes away what was deleted and still stands in a log.
	scrub(ctx context.Context, pool *sql.DB) (done bool, err error)

	dump(ctx context.Context, path string) error
	load(ctx context.Context, path string) error
	check(ctx context.Context, pool *sql.DB) (damage string, err error)
}

// looksLikePostgres matches what is meant for PostgreSQL and would be the name of a file.
var looksLikePostgres = regexp.MustCompile(`(?i)^\s*(?:postgres|postgresql|pgsql|pg|psql) *(?::|//)|^\s*jdbc:|\b(?:host|dbname|sslmode)\s*=`)

func dialectOf(dsn string) (dialect, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		dsn = path
	} else if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return postgres{dsn}, nil
	} else if looksLikePostgres.MatchString(dsn) {
		return nil, errors.New("this looks like a PostgreSQL database, but is not written like one: write postgres://USER@HOST/NAME, or sqlite:PATH for a file of this name")
	} else if scheme, _, ok := strings.Cut(dsn, "://"); ok {
		return nil, fmt.Errorf("the database cannot be of the kind %q: give a path, sqlite:PATH or postgres://…", scheme)
	}
	if dsn == "" {
		return nil, errors.New("no database is named: give a path, sqlite:PATH or postgres://…")
	}
	path, err := filepath.Abs(dsn)
	if err != nil {
		return nil, err
	}
	return sqliteFile{path}, nil
}

// sqliteFile is a SQLite database in a file: one writer at a time, readers beside it.
type sqliteFile struct{ path string }

func (sqliteFile) name() string         { return "SQLite" }
func (sqliteFile) shared() bool         { return false }
func (sqliteFile) goose() goose.Dialect { return goose.DialectSQLite3 }

func (s sqliteFile) open() (write, read *sql.DB, err error) {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o750); err != nil {
		return nil, nil, err
	}
	if err := s.make(); err != nil {
		return nil, nil, err
	}
	dsn := func(params ...string) string {
		q := url.Values{"_pragma": {
			"busy_timeout(10000)",
			"foreign_keys(1)",
			"journal_mode(WAL)",
			"synchronous(FULL)", // the truth about the library survives a power cut
			"cache_size(-65536)",
			"secure_delete(1)", // of a patron who is deleted nothing remains in the file
		}}
		for _, p := range params {
			k, v, _ := strings.Cut(p, "=")
			q.Add(k, v)
		}
		return "file:" + (&url.URL{Path: s.path}).EscapedPath() + "?" + q.Encode()
	}
	// IMMEDIATE: a transaction that read first and then writes would otherwise fail
	// with SQLITE_BUSY whatever the timeout.
	if write, err = sql.Open("sqlite", dsn("_txlock=immediate")); err != nil {
		return nil, nil, err
	}
	write.SetMaxOpenConns(1)
	if read, err = sql.Open("sqlite", dsn("_pragma=query_only(1)")); err != nil {
		write.Close()
		return nil, nil, err
	}
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	return write, read, nil
}

func (s sqliteFile) exists() (bool, error) {
	_, err := os.Stat(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (sqliteFile) hasTable(ctx context.Context, pool *sql.DB, name string) (there bool, err error) {
	err = pool.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = $1`, name).Scan(&there)
	return there, err
}

// make makes the file where there is none, for its owner only; SQLite's own beside it have
// its mode.
func (s sqliteFile) make() error {
	f, err := os.OpenFile(s.path, os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (sqliteFile) writeOptions() *sql.TxOptions  { return nil }
func (sqliteFile) viewOptions() *sql.TxOptions   { return nil }
func (sqliteFile) lockedOptions() *sql.TxOptions { return nil }

// lockTx has nothing to do: BEGIN IMMEDIATE took the only write lock.
func (sqliteFile) lockTx(context.Context, *sql.Tx, string) error { return nil }

func (sqliteFile) retryable(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	primary := e.Code() & 0xff
	return primary == sqlite3.SQLITE_BUSY || primary == sqlite3.SQLITE_LOCKED
}

// insertRows runs one prepared statement row by row: there are no round trips to
// save, and SQLite finds the place of $n by its name, in a time that grows with
// the square of their number.
func (sqliteFile) insertRows(ctx context.Context, tx *sql.Tx, head string, rows [][]any, tail string) error {
	stmt, err := tx.PrepareContext(ctx, head+" VALUES "+placeholders(1, len(rows[0]))+" "+tail)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, row := range rows {
		if _, err := stmt.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return nil
}

func (s sqliteFile) lock(_ context.Context, _ *sql.DB, name string) (func(), error) {
	f, err := os.OpenFile(s.path+"."+name+".lock", os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("lock %q: %w", name, err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, ErrTaken
		}
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	return func() { f.Close() }, nil
}

// scrub empties the write-ahead log, in which pages stand as they were. The statement
// waits for readers as long as for any lock, and gives up where there are some all the time.
func (sqliteFile) scrub(ctx context.Context, pool *sql.DB) (done bool, err error) {
	var busy, pages, moved int
	err = pool.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved)
	return err == nil && busy == 0, err
}

// postgres is a PostgreSQL database, perhaps shared by several central processes.
type postgres struct{ dsn string }

func (postgres) name() string         { return "PostgreSQL" }
func (postgres) shared() bool         { return true }
func (postgres) goose() goose.Dialect { return goose.DialectPostgres }

func (p postgres) open() (write, read *sql.DB, err error) {
	config, err := pgx.ParseConfig(p.dsn)
	if err != nil {
		return nil, nil, err
	}
	// A plan that is kept was made when the tables were empty: during a first import
	// it reads them from end to end for every row, foreign keys included.
	pool := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, `SET plan_cache_mode = force_custom_plan`)
		return err
	}))
	pool.SetMaxOpenConns(24)
	pool.SetMaxIdleConns(8)
	return pool, pool, nil
}

func (postgres) exists() (bool, error) { return true, nil }

func (postgres) hasTable(ctx context.Context, pool *sql.DB, name string) (there bool, err error) {
	err = pool.QueryRowContext(ctx, `SELECT count(*) > 0 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1`, name).Scan(&there)
	return there, err
}

func (postgres) writeOptions() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelSerializable}
}

func (postgres) viewOptions() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// lockedOptions do not ask for one snapshot: it would be taken before the lock is
// granted, and fail on what the holder before us took away.
func (postgres) lockedOptions() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelReadCommitted}
}

func (postgres) lockTx(ctx context.Context, tx *sql.Tx, name string) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockKey(name))
	return err
}

func (postgres) retryable(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01") // serialization failure, deadlock
}

// insertRows saves round trips; the driver keeps the statement for the next time.
func (postgres) insertRows(ctx context.Context, tx *sql.Tx, head string, rows [][]any, tail string) error {
	for part := range slices.Chunk(rows, 200) {
		query := head + " VALUES " + placeholders(len(part), len(part[0])) + " " + tail
		if _, err := tx.ExecContext(ctx, query, slices.Concat(part...)...); err != nil {
			return err
		}
	}
	return nil
}

func (postgres) lock(ctx context.Context, pool *sql.DB, name string) (func(), error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock %q: %w", name, err)
	}
	var got bool
	if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, lockKey(name)).Scan(&got); err != nil {
		conn.Close()
		return nil, fmt.Errorf("lock %q: %w", name, err)
	}
	if !got {
		conn.Close()
		return nil, ErrTaken
	}
	return func() {
		// The caller's context may be over; the lock must go all the same, and goes
		// with the connection at the latest.
		if _, err := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, lockKey(name)); err != nil {
			conn.Raw(func(any) error { return driver.ErrBadConn }) // makes the pool drop it
		}
		conn.Close()
	}, nil
}

// scrub has nothing to do: dead rows go with autovacuum, and logs when they are recycled.
func (postgres) scrub(context.Context, *sql.DB) (bool, error) { return true, nil }

// lockKey is the number of an advisory lock. Locks belong to one database.
func lockKey(name string) int64 {
	h := fnv.New64a()
	h.Write([]byte("madoguchi/" + name))
	return int64(h.Sum64())
}

// placeholders writes ($1,$2),($3,$4)… for rows of so many columns.
func placeholders(rows, columns int) string {
	var b strings.Builder
	for n := range rows * columns {
		switch {
		case n == 0:
			b.WriteByte('(')
		case n%columns == 0:
			b.WriteString("),(")
		default:
			b.WriteByte(',')
		}
		b.WriteString("$" + strconv.Itoa(n+1))
	}
	b.WriteByte(')')
	return b.String()
}
