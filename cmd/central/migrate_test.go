package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
)

// readingCommands are those that only read, with arguments that they take.
var readingCommands = [][]string{
	{"branch", "list"}, {"branch", "show", "chuo"}, {"calendar", "list"}, {"terminal", "list"}, {"staff", "list"}, {"patron", "show", "1"},
	{"patron", "find", "x"}, {"item", "show", "1"}, {"bib", "show", "1"}, {"hold", "list", "--branch", "chuo"}, {"list", "show"}, {"request", "K7M-4QX"}, {"mail", "list"},
	{"audit", "verify"}, {"audit", "list"}, {"wanted", "show"}, {"doctor"},
}

// TestWhoOnlyReadsMakesNothing: a mistyped --data is told, and leaves no folder behind.
func TestWhoOnlyReadsMakesNothing(t *testing.T) {
	for _, args := range readingCommands {
		data := filepath.Join(t.TempDir(), "mistyped")
		out, told, code := command(t, data, args...)
		if code != failed || !strings.Contains(out+told, "central branch add") && !strings.Contains(out+told, "is not there") {
			t.Errorf("%v: status %d, %s%s", args, code, out, told)
		}
		if _, err := os.Stat(data); !os.IsNotExist(err) {
			t.Errorf("%v made the folder: %v", args, err)
		}
	}
}

// TestAnOlderDatabase: only serve and migrate change it.
func TestAnOlderDatabase(t *testing.T) {
	for kind, dsn := range map[string]func(testing.TB) string{"SQLite": dbtest.SQLite, "PostgreSQL": dbtest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			data, at := t.TempDir(), dsn(t)
			version := func(change string) {
				t.Helper()
				d, err := db.Open(t.Context(), at)
				if err != nil {
					t.Fatal(err)
				}
				defer d.Close()
				err = d.Tx(t.Context(), func(tx *db.Tx) error {
					_, err := tx.ExecContext(t.Context(), change)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			// The last migration has not been made.
			version(`DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`)
			version(`ALTER TABLE terminal DROP COLUMN version`)
			for _, args := range append(readingCommands, []string{"branch", "add", "chuo", "中央図書館"}) {
				out, told, code := command(t, data, append([]string{"--db", at}, args...)...)
				if code != failed || !strings.Contains(out+told, "central migrate") {
					t.Errorf("%v: status %d, %s%s", args, code, out, told)
				}
			}
			if out := must(t, data, "--db", at, "migrate"); !strings.Contains(out, "now") {
				t.Errorf("migrate: %s", out)
			}
			if out := must(t, data, "--db", at, "migrate"); !strings.Contains(out, "already") {
				t.Errorf("migrate again: %s", out)
			}
			must(t, data, "--db", at, "branch", "add", "chuo", "中央図書館")
			must(t, data, "--db", at, "branch", "list")
			version(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`)
			for _, args := range [][]string{{"branch", "list"}, {"migrate"}, {"serve", "--listen", "127.0.0.1:0"}} {
				if _, told, code := command(t, data, append([]string{"--db", at}, args...)...); code != failed || !strings.Contains(told, "newer program") {
					t.Errorf("%v of a newer one: status %d, %s", args, code, told)
				}
			}
		})
	}
}

func TestVersion(t *testing.T) {
	if out := must(t, t.TempDir(), "--version"); !strings.HasPrefix(out, "central ") || !strings.Contains(out, ", go") {
		t.Errorf("--version: %q", out)
	}
	if _, told, code := command(t, t.TempDir(), "--config", filepath.Join(t.TempDir(), "mistyped.toml"), "branch", "list"); code != failed || !strings.Contains(told, "mistyped.toml") {
		t.Errorf("a settings file that is not there: status %d, %s", code, told)
	}
}

func TestLogFormat(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	in := func(format string) string {
		_, told, _ := command(t, data, "--config", file(t, "central.toml", "log_format = \""+format+"\"\nlisten = \"192.0.2.1:1\"\nplain_http = true"), "edition", "build")
		return told
	}
	if told := in("json"); !strings.HasPrefix(told, `{"time":`) {
		t.Errorf("as JSON: %s", told)
	}
	if told := in("text"); !strings.HasPrefix(told, "time=") {
		t.Errorf("as text: %s", told)
	}
	if told := in("xml"); !strings.Contains(told, `"text" or "json"`) {
		t.Errorf("as something else: %s", told)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestAnAnswerThatCannotBeWritten(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	for _, args := range [][]string{{"branch", "list"}, {"branch", "list", "--json"}, {"terminal", "list"}, {"audit", "list"}} {
		var told strings.Builder
		code := run(t.Context(), append([]string{"--data", data}, args...), strings.NewReader(""), full{}, &told)
		if code != failed || !strings.Contains(told.String(), "no space left") {
			t.Errorf("%v: status %d, %s", args, code, &told)
		}
	}
}
