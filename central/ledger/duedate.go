package ledger

import (
	"context"
	"slices"

	"madoguchi/central/db"
	"madoguchi/library"
)

// MoveDueDates moves each due date that lies on a day on which the branch that lent the
// item is closed to where library.Policy.DueDay puts it, and returns how many moved: the
// calendar did not have that day yet when the patron was told. A due date never gets
// earlier. It moves also when it has passed: on that day nobody could bring the item
// back there, and the days after it count as before. Each loan is a transaction of its
// own; several processes may do it at once, at any time of the day.
func (l *Ledger) MoveDueDates(ctx context.Context) (int, error) {
	n := 0
	closed, err := l.closedDueDates(ctx)
	if err != nil {
		return n, err
	}
	for _, d := range closed {
		loans, err := l.keys(ctx, `SELECT id FROM loan WHERE branch_code = $1 AND due_on = $2 ORDER BY id`, string(d.branch), d.due)
		if err != nil {
			return n, err
		}
		for _, id := range loans {
			moved := false
			err := l.change(ctx, func(tx *db.Tx) (err error) {
				moved, err = l.moveDueDate(ctx, tx, library.LoanID(id), d)
				return err
			})
			if err != nil {
				return n, err
			}
			if moved {
				n++
			}
		}
	}
	return n, nil
}

// dueDate is a day on which loans of a branch fall due.
type dueDate struct {
	branch library.BranchCode
	due    library.Date
	moved  library.Date // where it belongs
}

// closedDueDates are the due dates that move.
func (l *Ledger) closedDueDates(ctx context.Context) (all []dueDate, err error) {
	policy := l.cfg.Policy()
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) error {
		if all, err = dueDates(ctx, tx); err != nil {
			return err
		}
		open := calendars{}
		for i := range all {
			calendar, err := open.of(ctx, tx, all[i].branch)
			if err != nil {
				return err
			}
			all[i].moved = policy.DueDay(calendar, all[i].due)
		}
		return nil
	})
	return slices.DeleteFunc(all, func(d dueDate) bool { return !d.due.Before(d.moved) }), err
}

// dueDates are the days on which something falls due, by branch.
func dueDates(ctx context.Context, tx *db.Tx) (all []dueDate, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT branch_code, due_on FROM loan ORDER BY branch_code, due_on`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d dueDate
		if err := rows.Scan(&d.branch, &d.due); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, rows.Err()
}

// moveDueDate moves the due date of a loan, if it still stands as it was read.
func (l *Ledger) moveDueDate(ctx context.Context, tx *db.Tx, id library.LoanID, d dueDate) (bool, error) {
	if err := lockItem(ctx, tx, `id IN (SELECT item_id FROM loan WHERE id = $1)`, string(id)); err != nil {
		return false, err
	}
	done, err := tx.ExecContext(ctx, `UPDATE loan SET due_on = $3 WHERE id = $1 AND due_on = $2`, string(id), d.due, d.moved)
	if err != nil {
		return false, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return false, err // given back or renewed since
	}
	it, err := findItem(ctx, tx, `l.id = $1`, string(id))
	if err != nil {
		return false, err
	}
	return true, l.setState(ctx, tx, it, library.OnLoan, d.moved)
}
