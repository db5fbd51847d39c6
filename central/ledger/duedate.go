package ledger

import (
	"context"

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
		all = nil
		rows, err := tx.QueryContext(ctx, `SELECT d.branch_code, d.due_on, r.record
			FROM (SELECT DISTINCT branch_code, due_on FROM loan) d JOIN branch r ON r.code = d.branch_code ORDER BY d.branch_code, d.due_on`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var d dueDate
			var record string
			if err := rows.Scan(&d.branch, &d.due, &record); err != nil {
				return err
			}
			calendar, err := readCalendar(d.branch, record)
			if err != nil {
				return err
			}
			if d.moved = policy.DueDay(calendar, d.due); d.due.Before(d.moved) {
				all = append(all, d)
			}
		}
		return rows.Err()
	})
	return all, err
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
