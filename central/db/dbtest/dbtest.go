// Package dbtest runs a test on both of the central server's databases: SQLite in
// a folder of the test, and a real PostgreSQL that it starts on a socket of its own.
package dbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"madoguchi/central/db"
)

// requireEnv makes a missing PostgreSQL a failure instead of a skipped test.
const requireEnv = "MADOGUCHI_REQUIRE_POSTGRES"

// Main runs the tests of a package that uses this one, and stops the PostgreSQL
// that they started. Call it as os.Exit(dbtest.Main(m)) from TestMain.
func Main(m *testing.M) int {
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		return max(code, 1)
	}
	return code
}

// Each runs the test on a fresh, migrated database of each product.
func Each(t *testing.T, test func(*testing.T, *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, Open(t, SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, Open(t, Postgres(t))) })
}

// Open opens and migrates a database and closes it after the test.
func Open(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error("close the database:", err)
		}
	})
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// SQLite returns the DSN of a fresh, migrated database.
func SQLite(t testing.TB) string {
	t.Helper()
	made, err := migratedSQLite()
	if err != nil {
		t.Fatal(err)
	}
	dsn := EmptySQLite(t)
	if err := os.WriteFile(strings.TrimPrefix(dsn, sqlitePrefix), made, 0o600); err != nil {
		t.Fatal(err)
	}
	return dsn
}

const sqlitePrefix = "sqlite:"

// EmptySQLite returns the DSN of a database that does not exist yet.
func EmptySQLite(t testing.TB) string {
	t.Helper()
	return sqlitePrefix + filepath.Join(t.TempDir(), "central.db")
}

// Postgres returns the DSN of a fresh, migrated database on the PostgreSQL of this test
// binary. Without PostgreSQL on the machine the test is skipped, or fails where
// MADOGUCHI_REQUIRE_POSTGRES=1. With -short it is skipped.
func Postgres(t testing.TB) string { return postgres(t, migrated) }

// EmptyPostgres is Postgres, but of a database without tables.
func EmptyPostgres(t testing.TB) string { return postgres(t, empty) }

func postgres(t testing.TB, from template) string {
	t.Helper()
	if why := without(t); why != "" {
		t.Skip(why)
	}
	dsn, err := shared.newDatabase(from)
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

// without says why nothing is tested on PostgreSQL, if so.
func without(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		return "with -short nothing is tested on PostgreSQL"
	}
	if _, err := binaries(); err != nil {
		if os.Getenv(requireEnv) == "1" {
			t.Fatal(err)
		}
		return err.Error()
	}
	return ""
}

// Both returns the DSNs of a fresh, migrated database of each product, for tests that go
// through both at once. Where Postgres would skip, it is SQLite's alone.
func Both(t testing.TB) []string {
	t.Helper()
	dsns := []string{SQLite(t)}
	if why := without(t); why != "" {
		t.Log(why)
		return dsns
	}
	return append(dsns, Postgres(t))
}

// To migrate a database takes longer than to copy one. So each product has one for all
// tests of a binary, made as soon as it is asked for, from which the fresh ones are made.

// migratedSQLite is the file of that of SQLite.
var migratedSQLite = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "madoguchi-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "central.db")
	if err := migrate(sqlitePrefix + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// migrate migrates the database that others are made from, and leaves out what makes each
// of them another one: its epoch, which it is given when it is opened.
func migrate(dsn string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return err
	}
	err = d.Migrate(ctx)
	if err == nil {
		err = d.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM change_log")
			return err
		})
	}
	return errors.Join(err, d.Close())
}
