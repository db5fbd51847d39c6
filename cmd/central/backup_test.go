package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
)

// keyPair makes the key of backups, and settings that name its recipient.
func keyPair(t *testing.T, more string) (identity, config string) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return file(t, "backup.key", "# made for a test\n"+id.String()+"\n"), file(t, "central.toml", more+fmt.Sprintf("[backup]\nrecipients = [%q]\n", id.Recipient()))
}

func logOf(t *testing.T, dsn string) (log db.Log, last time.Time) {
	t.Helper()
	d, err := db.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.View(t.Context(), func(tx *db.Tx) (err error) {
		log, err = tx.Log(t.Context())
		return err
	})
	if err == nil {
		last, err = central.LastBackup(t.Context(), d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return log, last
}

// TestBackupAndRestore: what a server is comes out of a backup on another machine, at
// another epoch.
func TestBackupAndRestore(t *testing.T) {
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		t.Run(kind, func(t *testing.T) {
			root := t.TempDir()
			data, again := filepath.Join(root, "data"), filepath.Join(root, "again")
			from, to := filepath.Join(data, "central.db"), filepath.Join(again, "central.db")
			if kind == "PostgreSQL" {
				from, to = dbtest.Postgres(t), dbtest.EmptyPostgres(t)
			}
			identity, config := keyPair(t, "edition_after = 777\n")
			must(t, data, "--db", from, "branch", "add", "chuo", "中央図書館", "--hours", "9:30-19:00")
			if _, told, code := command(t, data, "--db", from, "import", "csv", file(t, "books.csv", books)); code != leftOut {
				t.Fatal(told)
			}
			for name, text := range map[string]string{"pepper": strings.Repeat("p", 32), "requests.key": "r", "tls/authority.pem": "a", "tls/authority.key": "k"} {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(data, name)), 0o750); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(data, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			archive := filepath.Join(root, "night.backup")
			began := time.Now()
			if out := must(t, data, "--db", from, "--config", config, "backup", archive); !strings.Contains(out, kind) || !strings.Contains(out, "5 files") {
				t.Errorf("backup: %s", out)
			}
			before, last := logOf(t, from)
			if last.Before(began.Truncate(time.Millisecond)) {
				t.Errorf("the last backup was at %v", last)
			}
			must(t, data, "--db", from, "branch", "add", "kita", "北図書館") // after the backup

			out := must(t, again, "--db", to, "restore", archive, "--identity", identity)
			if !strings.Contains(out, "3 bibs") || !strings.Contains(out, "central.toml.restored") {
				t.Errorf("restore: %s", out)
			}
			if list := must(t, again, "--db", to, "branch", "list"); !strings.Contains(list, "中央図書館") || strings.Contains(list, "北図書館") {
				t.Errorf("restored branches:\n%s", list)
			}
			after, _ := logOf(t, to)
			if after.Epoch == before.Epoch || after.Number < before.Number {
				t.Errorf("restored at %+v, backed up at %+v", after, before)
			}
			for _, name := range []string{"pepper", "requests.key", "tls/authority.pem", "tls/authority.key"} {
				was, err := os.ReadFile(filepath.Join(data, name))
				is, err2 := os.ReadFile(filepath.Join(again, name))
				if err != nil || err2 != nil || !bytes.Equal(was, is) {
					t.Errorf("%s: %q, %v; was %q, %v", name, is, err2, was, err)
				}
			}
			if text, err := os.ReadFile(filepath.Join(again, "central.toml.restored")); err != nil || !strings.Contains(string(text), "777") {
				t.Errorf("the settings: %s, %v", text, err)
			}
			if all, err := filepath.Glob(filepath.Join(again, "database*")); err != nil || all != nil {
				t.Errorf("left of the work: %v, %v", all, err)
			}
			if info, err := os.Stat(to); kind == "SQLite" && (err != nil || info.Mode().Perm() != 0o600) {
				t.Errorf("the database: %v, %v", info, err)
			}

			if _, told, code := command(t, again, "--db", to, "restore", archive, "--identity", identity); code != failed || !strings.Contains(told, "not empty") {
				t.Errorf("over what is there: status %d, %s", code, told)
			}
			third := filepath.Join(root, "third")
			if kind == "PostgreSQL" {
				if _, told, code := command(t, third, "--db", to, "restore", archive, "--identity", identity); code != failed || !strings.Contains(told, "there is a database already") {
					t.Errorf("into a full database: status %d, %s", code, told)
				}
				if left, _ := filepath.Glob(third + "/*"); left != nil {
					t.Errorf("left behind: %v", left)
				}
			}
			other := map[string]string{"SQLite": "postgres://nobody@127.0.0.1:1/none", "PostgreSQL": filepath.Join(third, "central.db")}[kind]
			if _, told, code := command(t, third, "--db", other, "restore", archive, "--identity", identity); code != failed || !strings.Contains(told, "is of a "+kind+" database") {
				t.Errorf("into the other product: status %d, %s", code, told)
			}
			if kind == "SQLite" {
				old := filepath.Join(root, "elsewhere.db")
				if err := os.WriteFile(old+"-wal", []byte("log"), 0o600); err != nil {
					t.Fatal(err)
				}
				if _, told, code := command(t, third, "--db", old, "restore", archive, "--identity", identity); code != failed || !strings.Contains(told, "elsewhere.db-wal") {
					t.Errorf("beside the log of another: status %d, %s", code, told)
				}
			}
			stranger, _ := keyPair(t, "")
			if _, told, code := command(t, third, "restore", archive, "--identity", stranger); code != failed || !strings.Contains(told, "does not open this backup") {
				t.Errorf("with another key: status %d, %s", code, told)
			}
			if left, _ := filepath.Glob(filepath.Join(root, ".*-*")); left != nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestBackupsThatNobodyCouldOpen(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	to := filepath.Join(data, "backup")
	if _, told, code := command(t, data, "backup", to); code != failed || !strings.Contains(told, "age-keygen") {
		t.Errorf("without recipients: status %d, %s", code, told)
	}
	for wrong, says := range map[string]string{"AGE-SECRET-KEY-1QQQ": "secret key", "me@example.jp": "no age recipient"} {
		config := file(t, "central.toml", fmt.Sprintf("[backup]\nrecipients = [%q]\n", wrong))
		_, told, code := command(t, data, "--config", config, "backup", to)
		if code != failed || !strings.Contains(told, says) || strings.Contains(told, "AGE-SECRET-KEY-1QQQ") {
			t.Errorf("%s: status %d, %s", wrong, code, told)
		}
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("something was written")
	}
	_, config := keyPair(t, "")
	letter := file(t, "letter", "dear all")
	if _, told, code := command(t, data, "--config", config, "backup", letter); code != failed || !strings.Contains(told, "no backup") {
		t.Errorf("over another file: status %d, %s", code, told)
	}
	if _, told, code := command(t, data, "--config", config, "backup", filepath.Join(data, "nowhere", "backup")); code != failed {
		t.Errorf("into no folder: status %d, %s", code, told)
	}
}

// TestABackupWhileOthersWrite: it has one state of the database.
func TestABackupWhileOthersWrite(t *testing.T) {
	for kind, dsn := range map[string]func(testing.TB) string{"SQLite": dbtest.EmptySQLite, "PostgreSQL": dbtest.EmptyPostgres} {
		t.Run(kind, func(t *testing.T) {
			data, from := t.TempDir(), dsn(t)
			identity, config := keyPair(t, "")
			must(t, data, "--db", from, "branch", "add", "chuo", "中央図書館")
			d, err := db.Open(t.Context(), from)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			begun, stop, stopped := make(chan struct{}), make(chan struct{}), make(chan int)
			go func() {
				n := 0
				for ; ; n++ {
					select {
					case <-stop:
						stopped <- n
						return
					default:
					}
					err := d.Tx(t.Context(), func(tx *db.Tx) error { // both or neither
						for _, kind := range []db.Kind{db.KindBib, db.KindItem} {
							tx.Changed(kind, fmt.Sprint(n), fmt.Sprint(n))
						}
						return nil
					})
					if err == nil {
						err = d.Assign(t.Context())
					}
					if err != nil {
						t.Error(err)
					}
					if n == 0 {
						close(begun)
					}
				}
			}()
			<-begun
			archive := filepath.Join(data, "backup")
			must(t, data, "--db", from, "--config", config, "backup", archive)
			close(stop)
			if n := <-stopped; n == 0 {
				t.Error("nothing was written meanwhile")
			}
			again, to := filepath.Join(t.TempDir(), "again"), dsn(t)
			must(t, again, "--db", to, "restore", archive, "--identity", identity)
			r, err := db.Open(t.Context(), to)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			err = r.View(t.Context(), func(tx *db.Tx) error {
				var torn, missing int
				if err := tx.QueryRowContext(t.Context(), `SELECT count(*) FROM (SELECT key FROM change GROUP BY key HAVING count(*) <> 2) t`).Scan(&torn); err != nil {
					return err
				}
				if err := tx.QueryRowContext(t.Context(), `SELECT (SELECT max(number) FROM change) - (SELECT count(*) FROM change)`).Scan(&missing); err != nil {
					return err
				}
				if torn != 0 || missing != 0 {
					t.Errorf("%d transactions are there in part, %d numbers are missing", torn, missing)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestDoctorOnWhatIsKept: it warns before a night in which a backup is needed.
func TestDoctorOnWhatIsKept(t *testing.T) {
	data := t.TempDir()
	_, config := keyPair(t, "")
	path := filepath.Join(data, "central.db")
	must(t, data, "branch", "add", "chuo", "中央図書館")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the database is made %v, %v", info.Mode(), err)
	}
	says := func(config, want string) {
		t.Helper()
		args := []string{"doctor"}
		if config != "" {
			args = append([]string{"--config", config}, args...)
		}
		if out, _, _ := command(t, data, args...); !strings.Contains(out, want) {
			t.Errorf("doctor does not say %q:\n%s", want, out)
		}
	}
	says("", "ok     No backups are made")
	says("", "ok     There is no damage")
	says("", "ok     Nobody else")
	says(config, "WRONG  No backup was made yet")
	must(t, data, "--config", config, "backup", filepath.Join(data, "backup"))
	says(config, "ok     The last backup is of ")
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	err = d.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE backup SET made_at = made_at - $1`, (26 * time.Hour).Milliseconds())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
	says(config, "older than a day")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	says("", "WRONG  Others on this machine may read or write "+path)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "pepper"), make([]byte, 32), 0o640); err != nil {
		t.Fatal(err)
	}
	says("", "pepper. Take that away")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := len(raw) / 3; n < len(raw)/3+5000; n++ {
		raw[n] = 0xff
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _, code := command(t, data, "doctor"); code != failed || !strings.Contains(out, "WRONG  The database") && !strings.Contains(out, "is damaged") {
		t.Errorf("of a damaged database: status %d\n%s", code, out)
	}
}
