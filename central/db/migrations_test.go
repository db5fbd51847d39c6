package db_test

import (
	"testing"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
)

// TestTerminalsBecomeKiosks: terminals, and what hangs on them, come through the
// migration that knows of home pages, and back; a home page does not become a kiosk.
func TestTerminalsBecomeKiosks(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.EmptySQLite, "postgres": dbtest.EmptyPostgres} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			d, err := db.Open(ctx, dsn(t))
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			version := func(n int64) {
				t.Helper()
				if err := d.MigrateTo(ctx, n); err != nil {
					t.Fatal(err)
				}
			}
			exec := func(query string) error {
				return d.Tx(ctx, func(tx *db.Tx) error { _, err := tx.ExecContext(ctx, query); return err })
			}
			must := func(query string) {
				t.Helper()
				if err := exec(query); err != nil {
					t.Fatal(err)
				}
			}
			holds := func(query string) {
				t.Helper()
				var n int
				err := d.View(ctx, func(tx *db.Tx) error { return tx.QueryRowContext(ctx, `SELECT count(*) `+query).Scan(&n) })
				if err != nil || n != 1 {
					t.Errorf("%d rows %s, %v", n, query, err)
				}
			}
			version(11)
			must(`INSERT INTO branch (code, position, record) VALUES ('chuo', 1, '{}'), ('kita', 2, '{}')`)
			must(`INSERT INTO terminal (id, branch_code, name, code_expires, secret_hash, created_at, enrolled_at, last_seen_at, revoked_at) VALUES ('t1', 'kita', 'entrance', 1, 's1', 2, 3, 4, 0)`)
			must(`INSERT INTO terminal_failure (terminal_id, name, at) VALUES ('t1', 'card', 5)`)

			version(13)
			holds(`FROM terminal WHERE id = 't1' AND kind = 'kiosk' AND branch_code = 'kita' AND secret_hash = 's1' AND revoked_at = 0`)
			holds(`FROM terminal_failure WHERE terminal_id = 't1' AND visitor = '' AND name = 'card' AND at = 5`)
			if exec(`UPDATE terminal SET branch_code = 'nowhere'`) == nil {
				t.Error("a terminal stands in a branch that is not there")
			}
			must(`INSERT INTO terminal (id, kind, name, code_expires, secret_hash, created_at, enrolled_at, last_seen_at, revoked_at) VALUES ('t2', 'web', 'page', 1, 's2', 2, 3, 4, 0)`)
			must(`INSERT INTO terminal_failure (terminal_id, visitor, name, at) VALUES ('t2', 'a', 'card', 6), ('t2', 'b', 'card', 7)`)

			version(11)
			holds(`FROM terminal WHERE id = 't1' AND branch_code = 'kita' AND secret_hash = 's1' AND revoked_at = 0`)
			holds(`FROM terminal WHERE id = 't2' AND secret_hash IS NULL AND revoked_at > 0`)
			holds(`FROM terminal_failure WHERE terminal_id = 't2' AND at = 7`)
			version(13)
			holds(`FROM terminal WHERE id = 't1' AND branch_code = 'kita' AND secret_hash = 's1'`)
		})
	}
}

// TestOldLoansAreOfTheItemsBranch: a loan of before version 9, which says nothing of the
// branch that lent it, counts as lent by the item's own; and it survives the way back.
func TestOldLoansAreOfTheItemsBranch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		exec := func(statements ...string) {
			t.Helper()
			err := d.Tx(ctx, func(tx *db.Tx) error {
				for _, s := range statements {
					if _, err := tx.ExecContext(ctx, s); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		to := func(version int64) {
			t.Helper()
			if err := d.MigrateTo(ctx, version); err != nil {
				t.Fatal(err)
			}
		}
		to(8)
		exec(
			`INSERT INTO branch (code, position, record) VALUES ('chuo', 1, '{}')`,
			`INSERT INTO branch (code, position, record) VALUES ('kita', 2, '{}')`,
			`INSERT INTO bib (id, bucket, digest, added_on, record) VALUES ('b1', 0, '', '', '{}')`,
			`INSERT INTO item (id, bib_id, branch_code, call_number, shelf, lendable, state, due_on) VALUES ('i1', 'b1', 'kita', '', '', TRUE, 'on_loan', '2026-12-08')`,
			`INSERT INTO patron (id, card, name, reading, born_on, phones, email, category, valid_until, blocks, imported) VALUES ('p1', '1', 'a', '', '', '', '', '', '', '', '')`,
			`INSERT INTO loan (id, patron_id, item_id, bib_id, lent_on, due_on, renewals) VALUES ('l1', 'p1', 'i1', 'b1', '2026-11-24', '2026-12-08', 1)`,
		)
		read := func(columns string) (row string) {
			t.Helper()
			err := d.View(ctx, func(tx *db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT `+columns+` FROM loan`).Scan(&row)
			})
			if err != nil {
				t.Fatal(err)
			}
			return row
		}
		const old = `id || ' ' || patron_id || ' ' || item_id || ' ' || bib_id || ' ' || lent_on || ' ' || due_on || ' ' || renewals`
		const want = "l1 p1 i1 b1 2026-11-24 2026-12-08 1"
		to(9)
		if got := read(old); got != want {
			t.Errorf("the loan became %s", got)
		}
		if got := read(`branch_code`); got != "kita" {
			t.Errorf("it is of branch %s", got)
		}
		to(8)
		if got := read(old); got != want {
			t.Errorf("on the way back it became %s", got)
		}
		if err := d.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		if got := read(`branch_code`); got != "kita" {
			t.Errorf("it is of branch %s", got)
		}
	})
}
