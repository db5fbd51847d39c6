package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Account returns what a patron's menu shows, or library.ErrUnknownPatron.
func (l *Ledger) Account(ctx context.Context, patron library.PatronID) (a library.Account, err error) {
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		a, err = l.AccountTx(ctx, tx, patron)
		return err
	})
	return a, err
}

// AccountTx is Account in the caller's transaction.
func (l *Ledger) AccountTx(ctx context.Context, tx *db.Tx, patron library.PatronID) (library.Account, error) {
	p, err := l.PatronTx(ctx, tx, patron)
	if err != nil {
		return library.Account{}, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT due_on FROM loan WHERE patron_id = $1`, string(patron))
	if err != nil {
		return library.Account{}, err
	}
	defer rows.Close()
	var due []library.Date
	for rows.Next() {
		var d library.Date
		if err := rows.Scan(&d); err != nil {
			return library.Account{}, err
		}
		due = append(due, d)
	}
	if err := rows.Err(); err != nil {
		return library.Account{}, err
	}
	ready, err := readyHolds(ctx, tx, patron)
	if err != nil {
		return library.Account{}, err
	}
	reach, err := l.reach(ctx, tx, p)
	if err != nil {
		return library.Account{}, err
	}
	a := p.Account(due, ready, reach, l.Today())
	holds, err := l.HoldsTx(ctx, tx, patron)
	a.Messages = append(a.Messages, library.HoldMessages(holds.Holds)...)
	return a, err
}

// Loans returns all loans of a patron, by due date, as judged today; none for a
// patron that is not known.
func (l *Ledger) Loans(ctx context.Context, patron library.PatronID) (all library.PatronLoans, err error) {
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		all, err = l.LoansTx(ctx, tx, patron)
		return err
	})
	return all, err
}

// LoansTx is Loans in the caller's transaction.
func (l *Ledger) LoansTx(ctx context.Context, tx *db.Tx, patron library.PatronID) (library.PatronLoans, error) {
	all := library.PatronLoans{Today: l.Today(), Loans: []library.PatronLoan{}}
	if !db.Storable(string(patron)) {
		return all, nil
	}
	found, err := readLoans(ctx, tx, time.Time{}, `l.patron_id = $1 ORDER BY l.due_on, l.lent_on, l.item_id`, string(patron))
	if err != nil {
		return library.PatronLoans{}, err
	}
	policy := l.cfg.Policy()
	for _, x := range found {
		all.Loans = append(all.Loans, x.Judged(policy, x.asked, all.Today))
	}
	return all, nil
}

// Renew renews a patron's loan and returns it as it then stands. It refuses with
// library.ErrUnknownLoan, also for another patron's loan, and as
// library.Policy.Renew does.
func (l *Ledger) Renew(ctx context.Context, patron library.PatronID, loan library.LoanID) (now library.PatronLoan, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		now, err = l.RenewTx(ctx, tx, patron, loan)
		return err
	})
	return now, err
}

// RenewTx is Renew in the caller's transaction.
func (l *Ledger) RenewTx(ctx context.Context, tx *db.Tx, patron library.PatronID, loan library.LoanID) (library.PatronLoan, error) {
	if !db.Storable(string(patron)) || !db.Storable(string(loan)) {
		return library.PatronLoan{}, library.ErrUnknownLoan
	}
	if err := lockItem(ctx, tx, `id IN (SELECT item_id FROM loan WHERE id = $1 AND patron_id = $2)`, string(loan), string(patron)); err != nil {
		return library.PatronLoan{}, err
	}
	found, err := readLoans(ctx, tx, time.Time{}, `l.id = $1 AND l.patron_id = $2`, string(loan), string(patron))
	if err != nil {
		return library.PatronLoan{}, err
	}
	if len(found) == 0 {
		return library.PatronLoan{}, library.ErrUnknownLoan
	}
	return l.renew(ctx, tx, found[0], l.Today())
}

// renew renews a loan, whose item is locked, as of a day.
func (l *Ledger) renew(ctx context.Context, tx *db.Tx, x lent, day library.Date) (library.PatronLoan, error) {
	policy := l.cfg.Policy()
	var err error
	if x.Loan, err = policy.Renew(x.Loan, x.asked, day); err != nil {
		return library.PatronLoan{}, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE loan SET due_on = $2, renewals = $3 WHERE id = $1`, string(x.ID), x.DueOn, x.Renewals); err != nil {
		return library.PatronLoan{}, err
	}
	it, err := itemByID(ctx, tx, x.ItemID)
	if err != nil {
		return library.PatronLoan{}, err
	}
	if err := l.setState(ctx, tx, it, library.OnLoan, x.DueOn); err != nil {
		return library.PatronLoan{}, err
	}
	return x.Judged(policy, x.asked, l.Today()), nil
}

// lent is a loan with what the rule of renewing asks about it.
type lent struct {
	library.PatronLoan
	asked library.Renewal
}

// readLoans reads the loans l of a condition, with how many others waited for each
// before a time, or wait now where that is zero.
func readLoans(ctx context.Context, tx *db.Tx, before time.Time, where string, args ...any) ([]lent, error) {
	until := int64(math.MaxInt64)
	if !before.IsZero() {
		until = before.UnixMilli()
	}
	args = append(args, until)
	rows, err := tx.QueryContext(ctx, `SELECT l.id, l.patron_id, l.item_id, l.bib_id, l.branch_code, l.lent_on, l.due_on, l.renewals, b.record, i.owned, i.withdrawn,
			(SELECT count(*) FROM hold h WHERE h.bib_id = l.bib_id AND h.state = 'waiting' AND h.item_id IS NULL AND h.patron_id <> l.patron_id AND h.received_at < $`+strconv.Itoa(len(args))+`)
		FROM loan l JOIN item i ON i.id = l.item_id JOIN bib b ON b.id = l.bib_id WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []lent
	for rows.Next() {
		var x lent
		var record string
		if err := rows.Scan(&x.ID, &x.PatronID, &x.ItemID, &x.BibID, &x.Branch, &x.LentOn, &x.DueOn, &x.Renewals, &record, &x.asked.Owned, &x.asked.Withdrawn, &x.asked.Waiting); err != nil {
			return nil, err
		}
		bib, err := readBib(record)
		if err != nil {
			return nil, err
		}
		x.Title, x.Creators = bib.TitleAndVolume(), creatorsOf(bib)
		all = append(all, x)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	open := calendars{}
	for i := range all {
		if all[i].asked.Calendar, err = open.of(ctx, tx, all[i].Branch); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func readyHolds(ctx context.Context, tx *db.Tx, patron library.PatronID) (n int, err error) {
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM hold WHERE patron_id = $1 AND state = $2`, string(patron), string(library.ReadyHold)).Scan(&n)
	return n, err
}

func readBib(record string) (b library.Bib, err error) {
	if err := json.Unmarshal([]byte(record), &b); err != nil {
		return b, fmt.Errorf("read a bib: %w", err)
	}
	return b, nil
}

func creatorsOf(b library.Bib) string {
	names := make([]string, len(b.Creators))
	for i, c := range b.Creators {
		names[i] = c.Name
	}
	return strings.Join(names, "・")
}
