package central

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"madoguchi/central/db"
)

// keptBackups is of how many backups it is known that they were made.
const keptBackups = 30

// NoteBackup notes in the database that a backup was written and checked which has all that
// was there at a time.
func NoteBackup(ctx context.Context, d *db.DB, at time.Time, log db.Log) error {
	err := d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO backup (made_at, epoch, number) VALUES ($1, $2, $3) ON CONFLICT (made_at) DO NOTHING`,
			at.UnixMilli(), log.Epoch, log.Number)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM backup WHERE made_at NOT IN (SELECT made_at FROM backup ORDER BY made_at DESC LIMIT $1)`, keptBackups)
		return err
	})
	if err != nil {
		return fmt.Errorf("note that a backup was made: %w", err)
	}
	return nil
}

// LastBackup is when the newest backup was made, the zero time for never.
func LastBackup(ctx context.Context, d *db.DB) (at time.Time, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		var ms sql.NullInt64
		if err := tx.QueryRowContext(ctx, `SELECT max(made_at) FROM backup`).Scan(&ms); err != nil {
			return err
		}
		at = time.Time{}
		if ms.Valid {
			at = time.UnixMilli(ms.Int64)
		}
		return nil
	})
	if err != nil {
		return at, fmt.Errorf("read when the last backup was made: %w", err)
	}
	return at, nil
}
