package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Dump writes a copy of the database into a file that is not there yet, in one state, while
// others read and write, and checks it: of SQLite a database, of PostgreSQL what its pg_dump
// makes. The chunks of editions are left out, which can be built again.
func (db *DB) Dump(ctx context.Context, path string) error {
	if err := db.dialect.dump(ctx, path); err != nil {
		return fmt.Errorf("copy the %s database: %w", db.Name(), err)
	}
	return nil
}

// Product is the one that a dsn names, "SQLite" or "PostgreSQL".
func Product(dsn string) (string, error) {
	d, err := dialectOf(dsn)
	if err != nil {
		return "", err
	}
	return d.name(), nil
}

// ErrNotEmpty says that a database is there already.
var ErrNotEmpty = errors.New("there is a database already")

// Load makes the database that dsn names from a file of Dump. It returns ErrNotEmpty where
// there is one; where it fails, none is there afterwards.
func Load(ctx context.Context, dsn, path string) error {
	d, err := dialectOf(dsn)
	if err != nil {
		return err
	}
	if err := d.load(ctx, path); err != nil {
		return fmt.Errorf("fill the %s database: %w", d.name(), err)
	}
	return nil
}

// Check looks for damage inside the database, and returns what it found, "" for nothing.
func (db *DB) Check(ctx context.Context) (damage string, err error) {
	return db.dialect.check(ctx, db.read)
}

func (s sqliteFile) dump(ctx context.Context, path string) error {
	// A connection of its own: it must not hold up the one that writes.
	from, err := sql.Open("sqlite", "file:"+(&url.URL{Path: s.path}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer from.Close()
	if _, err := from.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return err
	}
	copied, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer copied.Close()
	damage, err := s.check(ctx, copied)
	if err == nil && damage != "" {
		err = errors.New("the copy is damaged: " + damage)
	}
	return err
}

func (sqliteFile) check(ctx context.Context, pool *sql.DB) (damage string, err error) {
	if err := pool.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&damage); err != nil {
		return "", err
	}
	if damage == "ok" {
		damage = ""
	}
	return damage, nil
}

func (s sqliteFile) load(_ context.Context, path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o750); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm", "-journal"} { // SQLite would bring them into the new file
		if _, err := os.Lstat(s.path + suffix); err == nil {
			return fmt.Errorf("%w: %s is left of one", ErrNotEmpty, s.path+suffix)
		}
	}
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(s.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%w: %s", ErrNotEmpty, s.path)
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		os.Remove(s.path)
	}
	return err
}

func (p postgres) dump(ctx context.Context, path string) error {
	if err := p.client(ctx, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--exclude-table-data=chunk", "--file="+path); err != nil {
		return err
	}
	return p.client(ctx, "pg_restore", "--list", path)
}

func (p postgres) load(ctx context.Context, path string) error {
	pool, _, err := p.open()
	if err != nil {
		return err
	}
	defer pool.Close()
	var tables int
	if err := pool.QueryRowContext(ctx, `SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()`).Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		return fmt.Errorf("%w: it has %d tables", ErrNotEmpty, tables)
	}
	config, err := pgx.ParseConfig(p.dsn)
	if err != nil {
		return err
	}
	return p.client(ctx, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--dbname="+config.Database, path)
}

// check asks for indexes that are broken off, and for pages whose checksum was wrong, where
// the database keeps checksums.
func (postgres) check(ctx context.Context, pool *sql.DB) (damage string, err error) {
	var index sql.NullString
	err = pool.QueryRowContext(ctx, `SELECT min(indexrelid::regclass::text) FROM pg_index WHERE NOT indisvalid`).Scan(&index)
	if err != nil || index.Valid {
		return "the index " + index.String + " is not valid", err
	}
	var failures sql.NullInt64
	err = pool.QueryRowContext(ctx, `SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()`).Scan(&failures)
	if err == nil && failures.Int64 > 0 {
		damage = fmt.Sprintf("%d pages had a wrong checksum", failures.Int64)
	}
	return damage, err
}

// client runs one of PostgreSQL's own programs. Where the database is and the password go
// by the environment, which others cannot read as they can a command line.
func (p postgres) client(ctx context.Context, program string, args ...string) error {
	path, err := exec.LookPath(program)
	if err != nil {
		return fmt.Errorf("%s is missing; install PostgreSQL's programs: apt-get install postgresql-client", program)
	}
	config, err := pgx.ParseConfig(p.dsn)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "PGHOST="+config.Host, fmt.Sprintf("PGPORT=%d", config.Port), "PGUSER="+config.User, "PGDATABASE="+config.Database, "LC_ALL=C.UTF-8")
	if config.Password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+config.Password)
	}
	if in, err := url.Parse(p.dsn); err == nil {
		for _, name := range []string{"sslmode", "sslrootcert", "sslcert", "sslkey"} {
			if value := in.Query().Get(name); value != "" {
				cmd.Env = append(cmd.Env, "PG"+strings.ToUpper(name)+"="+value)
			}
		}
	}
	var told bytes.Buffer
	cmd.Stderr = &told
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, strings.TrimSpace(told.String()))
	}
	return nil
}
