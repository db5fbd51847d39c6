package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"madoguchi/central/db"
)

// Listed is an entry of the log with its number.
type Listed struct {
	Number int64
	Entry
}

// Which says which entries are listed; what is zero is not asked.
type Which struct {
	Since, Until           time.Time // at Since or later, and before Until
	Actor, Action, Subject string
	Last                   int // no more than so many, the newest of them
}

// List returns entries, the oldest first.
func List(ctx context.Context, d *db.DB, which Which) (all []Listed, err error) {
	query, args := `SELECT number, at, actor, action, subject, detail FROM audit WHERE TRUE`, []any{}
	where := func(condition string, value any) {
		args = append(args, value)
		query += fmt.Sprintf(" AND %s $%d", condition, len(args))
	}
	if !which.Since.IsZero() {
		where("at >=", which.Since.UnixMilli())
	}
	if !which.Until.IsZero() {
		where("at <", which.Until.UnixMilli())
	}
	for _, is := range []struct{ column, value string }{{"actor", which.Actor}, {"action", which.Action}, {"subject", which.Subject}} {
		if is.value != "" {
			where(is.column+" =", is.value)
		}
	}
	query += " ORDER BY number DESC"
	if which.Last > 0 {
		query += fmt.Sprintf(" LIMIT %d", which.Last)
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		all = nil
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var l Listed
			var at int64
			var detail string
			if err := rows.Scan(&l.Number, &at, &l.Actor, &l.Action, &l.Subject, &detail); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(detail), &l.Detail); err != nil {
				return fmt.Errorf("read entry %d: %w", l.Number, err)
			}
			l.At = time.UnixMilli(at)
			all = append(all, l)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	slices.Reverse(all)
	return all, nil
}
