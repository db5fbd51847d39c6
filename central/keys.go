package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"madoguchi/central/db"
)

// The pepper and the key of requests are apart from the database, and all servers on it
// need the same. So the database knows a mark of each.

// PepperKnown reports whether passwords in the database were made with a pepper.
func PepperKnown(ctx context.Context, d *db.DB) (bool, error) {
	return known(ctx, d, `SELECT count(*) FROM pepper`)
}

// RequestKeyKnown reports whether terminals seal requests to a key of this database.
func RequestKeyKnown(ctx context.Context, d *db.DB) (bool, error) {
	return known(ctx, d, `SELECT count(*) FROM request_key`)
}

func known(ctx context.Context, d *db.DB, query string) (bool, error) {
	n := 0
	err := d.View(ctx, func(tx *db.Tx) error { return tx.QueryRowContext(ctx, query).Scan(&n) })
	return n > 0, err
}

// ErrOtherRequestKey says that terminals seal requests to another key than this server has.
var ErrOtherRequestKey = errors.New("the request key is another than the one of this database")

// UseRequestKey notes the public key that terminals seal requests to, or returns
// ErrOtherRequestKey where the database has another; with renew it takes the place of that.
func UseRequestKey(ctx context.Context, d *db.DB, siteKey string, renew bool) error {
	return d.Tx(ctx, func(tx *db.Tx) error {
		var stored string
		err := tx.QueryRowContext(ctx, `SELECT site_key FROM request_key WHERE one = 1`).Scan(&stored)
		switch {
		case err == nil && stored == siteKey:
			return nil
		case err == nil && !renew:
			return ErrOtherRequestKey
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("read the request key of the database: %w", err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO request_key (one, site_key) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET site_key = excluded.site_key`, siteKey)
		return err
	})
}
