package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the tables to the form that this program knows. It waits while
// another process does the same, and refuses a database of a newer program.
func (db *DB) Migrate(ctx context.Context) error {
	for {
		err := db.Exclusive(ctx, "migrate", db.migrate)
		if !errors.Is(err, ErrTaken) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (db *DB) migrate(ctx context.Context) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	if have > want {
		return fmt.Errorf("%w: its form is %d, this program's %d", ErrNewer, have, want)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return db.Tx(ctx, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO change_log (one, epoch, number, pruned_upto) VALUES (1, $1, 0, 0)
			ON CONFLICT (one) DO NOTHING`, uuid.NewString())
		return err
	})
}

// The reasons why a program cannot use a database as it is.
var (
	ErrEmpty = errors.New("there is no library in the database yet")
	ErrOlder = errors.New("the database is of an older program")
	ErrNewer = errors.New("the database is of a newer program")
)

// Fits returns nil where the tables have the form that this program knows, else ErrEmpty,
// ErrOlder or ErrNewer. It changes nothing.
func (db *DB) Fits(ctx context.Context) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	sources := p.ListSources()
	want := sources[len(sources)-1].Version
	there, err := db.dialect.hasTable(ctx, db.read, goose.DefaultTablename)
	if err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	if !there {
		return ErrEmpty
	}
	var have int64
	if err := db.read.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM `+goose.DefaultTablename+` WHERE is_applied`).Scan(&have); err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	switch {
	case have == 0:
		return ErrEmpty
	case have < want:
		return fmt.Errorf("%w: its form is %d, this program's %d", ErrOlder, have, want)
	case have > want:
		return fmt.Errorf("%w: its form is %d, this program's %d", ErrNewer, have, want)
	}
	var begun bool // to the end of Migrate
	err = db.read.QueryRowContext(ctx, `SELECT count(*) > 0 FROM change_log`).Scan(&begun)
	if err == nil && !begun {
		err = ErrEmpty
	}
	return err
}

// Exists reports whether a dsn names a database that is there. Of PostgreSQL that shows
// when it is opened.
func Exists(dsn string) (bool, error) {
	d, err := dialectOf(dsn)
	if err != nil {
		return false, err
	}
	return d.exists()
}

func (db *DB) provider() (*goose.Provider, error) {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(db.dialect.goose(), db.write, sub, goose.WithDisableGlobalRegistry(true))
}
