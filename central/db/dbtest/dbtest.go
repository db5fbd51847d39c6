// Package dbtest runs a test on both of the central server's databases: SQLite in
// a folder of the test, and a real PostgreSQL that it starts on a socket of its own.
package dbtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
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

// SQLite returns the DSN of a database that does not exist yet.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "central.db")
}

// Postgres returns the DSN of a new, empty database on the PostgreSQL of this
// test binary. Without PostgreSQL on the machine the test is skipped, or fails
// where MADOGUCHI_REQUIRE_POSTGRES=1.
func Postgres(t testing.TB) string {
	t.Helper()
	dsn, err := shared.newDatabase()
	if errors.Is(err, errNotInstalled) && os.Getenv(requireEnv) != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}
