package central_test

import (
	"context"
	"testing"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
)

// howMany is what a query counts.
func howMany(t *testing.T, d *db.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) error { return tx.QueryRowContext(t.Context(), query, args...).Scan(&n) }); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// keepOf puts one of each that the service keeps of a patron.
func keepOf(t *testing.T, d *db.DB, patron string) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		for _, query := range []string{
			`INSERT INTO patron_ref (id) VALUES ($1)`,
			`INSERT INTO patron_password (patron_id, hash, changed_at) VALUES ($1, 'hash of ' || $1, 1)`,
			`INSERT INTO session (token_hash, terminal_id, patron_id, created_at, used_at) VALUES ('token of ' || $1, 't', $1, 1, 1)`,
			`INSERT INTO temporary_password (patron_id, hash, issued_at) VALUES ($1, 'hash', 1)`,
			`INSERT INTO terms_agreed (patron_id, version, at) VALUES ($1, 'v1', 1)`,
			`INSERT INTO terms_agreed (patron_id, version, at) VALUES ($1, 'of ' || $1, 1)`,
			`INSERT INTO patron_email (patron_id, address, language, confirmed_at, code_hash, code_until, code_tries, bounces, bounced_at, bouncing)
				VALUES ($1, $1 || '@example.jp', '', 0, '', 0, 0, 0, 0, FALSE)`,
			`INSERT INTO mail (id, patron_id, kind, domain, facts, message, queued_at, next_at, claimed_at, tries) VALUES ('mail of ' || $1, $1, '', '', '', '', 1, 1, 0, 0)`,
			`INSERT INTO request (id, terminal_id, fingerprint, receipt, received_at, delivered_at, patron_id, result) VALUES ('request of ' || $1, 't', '', '', 1, 1, $1, 'sealed')`,
			`INSERT INTO answer (terminal_id, key, fingerprint, status, body, at, patron_id) VALUES ('t', 'key of ' || $1, '', 200, 'sealed', 1, $1)`,
		} {
			if _, err := tx.ExecContext(t.Context(), query, patron); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func keeping(t *testing.T, test func(t *testing.T, d *db.DB, p *central.Passwords, change func(func(context.Context, *db.Tx) error))) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO terminal (id, name, code_expires, created_at, enrolled_at, last_seen_at, revoked_at) VALUES ('t', 't', 0, 1, 1, 1, 0)`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		keepOf(t, d, "keep")
		keepOf(t, d, "gone")
		test(t, d, newPasswords(t, d, nil), func(do func(context.Context, *db.Tx) error) {
			t.Helper()
			if err := d.Tx(t.Context(), func(tx *db.Tx) error { return do(t.Context(), tx) }); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// Of a deleted patron the service keeps nothing, and of others all.
func TestForgetPatron(t *testing.T) {
	keeping(t, func(t *testing.T, d *db.DB, p *central.Passwords, change func(func(context.Context, *db.Tx) error)) {
		change(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO answer (terminal_id, key, fingerprint, status, body, at) VALUES ('t', 'of staff', '', 200, 'sealed', 1)`)
			return err
		})
		change(func(ctx context.Context, tx *db.Tx) error { return p.ForgetPatronTx(ctx, tx, "gone", "1") })
		for table, want := range map[string]int{"patron_password": 1, "session": 1, "temporary_password": 1, "terms_agreed": 2, "patron_email": 1, "mail": 1} {
			if n := howMany(t, d, `SELECT count(*) FROM `+table); n != want {
				t.Errorf("%s has %d rows, want %d", table, n, want)
			}
			if n := howMany(t, d, `SELECT count(*) FROM `+table+` WHERE patron_id = 'keep'`); n != want {
				t.Errorf("%s has %d rows of the other, want %d", table, n, want)
			}
		}
		// That a request was judged is known, lest it happen again; not whose, nor what it was.
		if n := howMany(t, d, `SELECT count(*) FROM request WHERE id = 'request of gone' AND patron_id IS NULL AND result = ''`); n != 1 {
			t.Errorf("%d requests", n)
		}
		if n := howMany(t, d, `SELECT count(*) FROM answer WHERE key = 'key of keep' OR key = 'of staff' AND secret`); n != 2 {
			t.Errorf("%d answers of the others", n)
		}
		if n := howMany(t, d, `SELECT count(*) FROM answer WHERE key = 'key of gone'`); n != 0 {
			t.Errorf("%d answers", n)
		}
	})
}

func TestMovePatron(t *testing.T) {
	keeping(t, func(t *testing.T, d *db.DB, p *central.Passwords, change func(func(context.Context, *db.Tx) error)) {
		keepOf(t, d, "third")
		change(func(ctx context.Context, tx *db.Tx) error { return central.EndSessionsTx(ctx, tx, "third") })
		if n := howMany(t, d, `SELECT count(*) FROM session`); n != 2 {
			t.Errorf("%d sessions", n)
		}
		change(func(ctx context.Context, tx *db.Tx) error {
			if err := central.MovePatronTx(ctx, tx, "keep", "gone"); err != nil {
				return err
			}
			if err := p.ForgetPatronTx(ctx, tx, "gone", "1"); err != nil {
				return err
			}
			return central.MovePatronTx(ctx, tx, "new", "third")
		})
		for query, want := range map[string]int{
			`SELECT count(*) FROM mail WHERE patron_id = 'keep'`:                                      2,
			`SELECT count(*) FROM request WHERE patron_id = 'keep' AND result <> ''`:                  2,
			`SELECT count(*) FROM answer WHERE patron_id = 'keep'`:                                    2,
			`SELECT count(*) FROM terms_agreed WHERE patron_id = 'keep'`:                              3,
			`SELECT count(*) FROM session WHERE patron_id = 'keep'`:                                   1,
			`SELECT count(*) FROM session`:                                                            1,
			`SELECT count(*) FROM patron_password WHERE patron_id = 'keep' AND hash = 'hash of keep'`: 1,
			`SELECT count(*) FROM patron_password WHERE patron_id = 'new' AND hash = 'hash of third'`: 1,
			`SELECT count(*) FROM patron_email WHERE patron_id = 'new' AND address LIKE 'third%'`:     1,
			`SELECT count(*) FROM patron_ref WHERE id = 'gone'`:                                       0,
		} {
			if n := howMany(t, d, query); n != want {
				t.Errorf("%s: %d, want %d", query, n, want)
			}
		}
	})
}
