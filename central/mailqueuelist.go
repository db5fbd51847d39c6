package central

import (
	"context"
	"fmt"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// QueuedMail says how many mails of a kind wait to be sent, by their age.
type QueuedMail struct {
	Kind             library.MailKind
	Hour, Day, Older int // under an hour, under a day, and all others
	Failed           int // of all these: tried in vain before
}

// QueuedMails counts the mails that wait.
func QueuedMails(ctx context.Context, d *db.DB, now time.Time) (all []QueuedMail, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		all = nil
		rows, err := tx.QueryContext(ctx, `SELECT kind,
				sum(CASE WHEN queued_at > $1 THEN 1 ELSE 0 END),
				sum(CASE WHEN queued_at > $2 AND queued_at <= $1 THEN 1 ELSE 0 END),
				sum(CASE WHEN queued_at <= $2 THEN 1 ELSE 0 END),
				sum(CASE WHEN tries > 0 THEN 1 ELSE 0 END)
			FROM mail GROUP BY kind ORDER BY kind`, now.Add(-time.Hour).UnixMilli(), now.Add(-24*time.Hour).UnixMilli())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var q QueuedMail
			if err := rows.Scan(&q.Kind, &q.Hour, &q.Day, &q.Older, &q.Failed); err != nil {
				return err
			}
			all = append(all, q)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("count the mails: %w", err)
	}
	return all, nil
}

// RetryMails makes the mails due that wait for another try, and returns how many.
func RetryMails(ctx context.Context, d *db.DB, now time.Time) (n int64, err error) {
	err = d.Locked(ctx, []string{"mail"}, func(tx *db.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE mail SET next_at = $1 WHERE next_at > $1`, now.UnixMilli())
		if err != nil {
			return err
		}
		n, err = done.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("let mails be tried again: %w", err)
	}
	return n, nil
}
