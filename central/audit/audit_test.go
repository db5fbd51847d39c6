package audit_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

func entry(n int) audit.Entry {
	return audit.Entry{
		At: time.UnixMilli(1_790_000_000_000 + int64(n)), Actor: "staff:sato", Action: "password.temporary",
		Subject: fmt.Sprint("patron:", n), Detail: map[string]string{"terminal": "t1", "document": "運転免許証"},
	}
}

func write(ctx context.Context, d *db.DB, e audit.Entry) error {
	return d.Tx(ctx, func(tx *db.Tx) error { return audit.Append(ctx, tx, e) })
}

// filled is a log of ten entries.
func filled(t *testing.T, d *db.DB) audit.Mark {
	t.Helper()
	for n := range 10 {
		if err := write(t.Context(), d, entry(n+1)); err != nil {
			t.Fatal(err)
		}
	}
	m, err := audit.Verify(t.Context(), d, audit.Mark{})
	if err != nil || m.Number != 10 || len(m.Hash) != 64 {
		t.Fatalf("%+v, %v", m, err)
	}
	return m
}

func exec(t *testing.T, d *db.DB, statements ...string) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(t.Context(), s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTampering(t *testing.T) {
	cutOff := []string{`DELETE FROM audit WHERE number > 7`, `UPDATE audit_head SET number = 7, hash = (SELECT hash FROM audit WHERE number = 7)`}
	tests := []struct {
		name string
		do   []string
		at   int64
		says string
		kept bool // shows only against a kept mark
	}{
		{"changed time", []string{`UPDATE audit SET at = at + 1 WHERE number = 4`}, 4, "changed", false},
		{"changed actor", []string{`UPDATE audit SET actor = 'staff:ito' WHERE number = 4`}, 4, "changed", false},
		{"changed action", []string{`UPDATE audit SET action = 'nothing' WHERE number = 1`}, 1, "changed", false},
		{"changed subject", []string{`UPDATE audit SET subject = 'patron:9' WHERE number = 10`}, 10, "changed", false},
		{"changed detail", []string{`UPDATE audit SET detail = '{}' WHERE number = 4`}, 4, "changed", false},
		{"text moved between fields", []string{`UPDATE audit SET actor = 'staff', action = ':satopassword.temporary' WHERE number = 4`}, 4, "changed", false},
		{"changed hash", []string{`UPDATE audit SET hash = 'x' WHERE number = 4`}, 4, "changed", false},
		{"changed link", []string{`UPDATE audit SET previous = 'x' WHERE number = 4`}, 4, "follow", false},
		{"deleted first", []string{`DELETE FROM audit WHERE number = 1`}, 1, "missing", false},
		{"deleted in the middle", []string{`DELETE FROM audit WHERE number = 5`}, 5, "missing", false},
		{"deleted and closed up", []string{`DELETE FROM audit WHERE number = 10`, `UPDATE audit SET number = 10 WHERE number = 9`}, 9, "missing", false},
		{"swapped", []string{`UPDATE audit SET number = 99 WHERE number = 5`, `UPDATE audit SET number = 5 WHERE number = 6`, `UPDATE audit SET number = 6 WHERE number = 99`}, 5, "follow", false},
		{"swapped what they say", []string{`UPDATE audit SET subject = 'patron:6' WHERE number = 5`, `UPDATE audit SET subject = 'patron:5' WHERE number = 6`}, 5, "changed", false},
		{"cut off", []string{`DELETE FROM audit WHERE number > 7`}, 8, "deleted", false},
		{"emptied", []string{`DELETE FROM audit`}, 1, "deleted", false},
		{"one more", []string{`INSERT INTO audit SELECT 11, at, actor, action, subject, detail, hash, hash FROM audit WHERE number = 10`}, 11, "changed", false},
		{"newest forgotten", []string{`UPDATE audit_head SET number = 9`}, 10, "newest", false},
		{"cut off with care", cutOff, 8, "longer", true},
		{"emptied with care", []string{`DELETE FROM audit`, `UPDATE audit_head SET number = 0, hash = ''`}, 1, "longer", true},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		kept := filled(t, d)
		exec(t, d, `CREATE TABLE kept AS SELECT * FROM audit`, `CREATE TABLE kept_head AS SELECT * FROM audit_head`)
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				exec(t, d, `DELETE FROM audit`, `INSERT INTO audit SELECT * FROM kept`, `DELETE FROM audit_head`, `INSERT INTO audit_head SELECT * FROM kept_head`)
				if m, err := audit.Verify(t.Context(), d, kept); err != nil || m != kept {
					t.Fatalf("before it: %v, %v", m, err)
				}
				exec(t, d, test.do...)
				_, err := audit.Verify(t.Context(), d, audit.Mark{})
				if test.kept {
					if err != nil {
						t.Fatalf("it shows even without the mark, say so in the package: %v", err)
					}
					_, err = audit.Verify(t.Context(), d, kept)
				}
				var broken *audit.Broken
				if !errors.As(err, &broken) || broken.Number != test.at || !strings.Contains(broken.Reason, test.says) {
					t.Errorf("got %v, want entry %d, %q", err, test.at, test.says)
				}
			})
		}
	})
}

// One entry that was written anew, hash and all, does not fit the one after it: all
// that follow would have to be written anew too.
func TestOneEntryWrittenAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		exec(t, d, `CREATE TABLE saved AS SELECT * FROM audit WHERE number > 4`, `DELETE FROM audit WHERE number > 3`,
			`UPDATE audit_head SET number = 3, hash = (SELECT hash FROM audit WHERE number = 3)`)
		other := entry(4)
		other.Actor = "staff:ito"
		if err := write(t.Context(), d, other); err != nil {
			t.Fatal(err)
		}
		exec(t, d, `INSERT INTO audit SELECT * FROM saved`, `UPDATE audit SET previous = (SELECT hash FROM audit_head) WHERE number = 5`,
			`UPDATE audit_head SET number = 10, hash = (SELECT hash FROM audit WHERE number = 10)`)
		var broken *audit.Broken
		if _, err := audit.Verify(t.Context(), d, audit.Mark{}); !errors.As(err, &broken) || broken.Number != 5 || !strings.Contains(broken.Reason, "changed") {
			t.Errorf("got %v, want entry 5 changed", err)
		}
	})
}

// A log that was written anew from an entry on is whole in itself.
func TestWrittenAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		kept := filled(t, d)
		exec(t, d, `DELETE FROM audit WHERE number > 7`, `UPDATE audit_head SET number = 7, hash = (SELECT hash FROM audit WHERE number = 7)`)
		for n := range 5 {
			if err := write(t.Context(), d, entry(100+n)); err != nil {
				t.Fatal(err)
			}
		}
		newest, err := audit.Verify(t.Context(), d, audit.Mark{})
		if err != nil || newest.Number != 12 {
			t.Fatalf("%v, %v", newest, err)
		}
		var broken *audit.Broken
		if _, err := audit.Verify(t.Context(), d, kept); !errors.As(err, &broken) || broken.Number != 10 {
			t.Errorf("against the kept mark: %v", err)
		}
		for _, m := range []audit.Mark{newest, {}} {
			again, err := audit.ParseMark(m.String())
			if err != nil || again != m {
				t.Errorf("%v is read back as %v, %v", m, again, err)
			}
		}
		if _, err := audit.Verify(t.Context(), d, newest); err != nil {
			t.Errorf("against its own mark: %v", err)
		}
		for _, text := range []string{"", "x", "12", "12:", "-1:ab", "0:ab", ":ab"} {
			if _, err := audit.ParseMark(text); err == nil {
				t.Errorf("%q was taken for a mark", text)
			}
		}
	})
}

// Several processes append at once, in both kinds of transactions, some of which fail.
func TestAppendFromManySides(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			at, no := dsn(t), errors.New("no")
			sides := []*db.DB{dbtest.Open(t, at), dbtest.Open(t, at)}
			const writers, each = 8, 15
			var wg sync.WaitGroup
			for w := range writers {
				wg.Go(func() {
					d := sides[w%2]
					run := d.Tx
					if w%4 > 1 {
						run = func(ctx context.Context, fn func(*db.Tx) error) error { return d.Locked(ctx, nil, fn) }
					}
					for n := range each {
						fails := n%5 == 0
						err := run(t.Context(), func(tx *db.Tx) error {
							if err := audit.Append(t.Context(), tx, entry(w*100+n)); err != nil || !fails {
								return err
							}
							return no
						})
						if fails != errors.Is(err, no) || !fails && err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			m, err := audit.Verify(t.Context(), sides[0], audit.Mark{})
			if want := int64(writers * each * 4 / 5); err != nil || m.Number != want {
				t.Errorf("%d entries, %v, want %d", m.Number, err, want)
			}
		})
	}
}

func TestAppendRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, e := range []audit.Entry{{}, {Actor: "a"}, {Action: "a"}, {Actor: "a\x00", Action: "a"}, {Actor: "a", Action: "a", Subject: "\xff"}} {
			if err := write(t.Context(), d, e); err == nil {
				t.Errorf("%+v was taken", e)
			}
		}
		if err := write(t.Context(), d, audit.Entry{Actor: "a", Action: "b", Detail: map[string]string{"typed": "\x00\xff"}}); err != nil {
			t.Errorf("what was typed goes into the detail, whatever it is: %v", err)
		}
		if m, err := audit.Verify(t.Context(), d, audit.Mark{}); err != nil || m.Number != 1 {
			t.Errorf("%v, %v", m, err)
		}
	})
}
