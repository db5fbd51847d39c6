package catalogue

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Wanted says how the wanted classes of the bibs stand (see library.Wanting).
type Wanted struct {
	Month   string    // in which they were computed last, "2026-11"; "": not yet to the end
	Done    bool      // to the end
	Moved   int       // bibs that got another class in that month; the first time is not counted
	Waiting int       // that would have another one, and get it in a later month
	At      time.Time // when they were computed
	Classes [library.MostWanted + 1]int
}

// classedAtOnce is how many bibs get their class in one transaction: a checkout waits no
// longer than for that.
const classedAtOnce = 200

// Wanted returns how the classes stood when they were computed last.
func (c *Catalogue) Wanted(ctx context.Context) (w Wanted, err error) {
	err = c.db.View(ctx, func(tx *db.Tx) error {
		w = Wanted{}
		var classes string
		var at int64
		err := tx.QueryRowContext(ctx, `SELECT month, done, moved, waiting, classes, at FROM wanted WHERE one = 1`).
			Scan(&w.Month, &w.Done, &w.Moved, &w.Waiting, &classes, &at)
		if err != nil || at == 0 {
			return err
		}
		w.At = time.UnixMilli(at)
		return json.Unmarshal([]byte(classes), &w.Classes)
	})
	if err != nil {
		return w, fmt.Errorf("read how the wanted classes stand: %w", err)
	}
	return w, nil
}

// UpdateWanted computes the wanted classes where that was not done in this month, or with
// again once more. In a month no more bibs get another class than library.MayMove says, those
// that are furthest from theirs first; the first time all do. It does nothing in an empty
// catalogue, may be broken off at any time, and returns db.ErrTaken while another process
// does it.
func (c *Catalogue) UpdateWanted(ctx context.Context, again bool) (w Wanted, updated bool, err error) {
	month := library.MonthOf(library.DateOf(c.today()), 0)
	due := func() (bool, error) {
		w, err = c.Wanted(ctx)
		return err == nil && (again || w.Month != month || !w.Done), err
	}
	if due, err := due(); !due {
		return w, false, err
	}
	err = c.db.Exclusive(ctx, "wanted", func(ctx context.Context) error {
		due, err := due() // another process may have done it
		if !due {
			return err
		}
		updated, err = c.updateWanted(ctx, &w, month)
		return err
	})
	return w, updated, err
}

func (c *Catalogue) updateWanted(ctx context.Context, w *Wanted, month string) (bool, error) {
	first := w.Month == ""
	if !first && w.Month != month {
		w.Month, w.Done, w.Moved = month, false, 0
		if err := c.storeWanted(ctx, w); err != nil {
			return false, err
		}
	}
	moves, bibs, err := c.moves(ctx, first, w)
	if err != nil || bibs == 0 {
		return false, err
	}
	may := len(moves)
	if !first {
		may = min(may, max(0, library.MayMove(bibs)-w.Moved))
	}
	w.Waiting = len(moves) - may
	for part := range slices.Chunk(moves[:may], classedAtOnce) {
		if err := c.move(ctx, part, first); err != nil {
			return false, err
		}
		for _, m := range part {
			w.Classes[m.was]--
			w.Classes[m.to]++
		}
	}
	if !first {
		w.Moved += may
	}
	w.Month, w.Done, w.At = month, true, c.today()
	return true, c.storeWanted(ctx, w)
}

func (c *Catalogue) storeWanted(ctx context.Context, w *Wanted) error {
	classes, err := json.Marshal(w.Classes)
	if err != nil {
		return err
	}
	return c.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE wanted SET month = $1, done = $2, moved = $3, waiting = $4, classes = $5, at = $6 WHERE one = 1`,
			w.Month, w.Done, w.Moved, w.Waiting, string(classes), max(0, w.At.UnixMilli()))
		return err
	})
}

// classMove is a bib that is to have another class.
type classMove struct {
	bib     string
	was, to int
}

func (m classMove) far() int { return max(m.to-m.was, m.was-m.to) }

// moves returns the bibs that are to have another class, those furthest from it first, of
// these the most wanted; and how many bibs there are and into w how many are of each class.
func (c *Catalogue) moves(ctx context.Context, first bool, w *Wanted) (moves []classMove, bibs int, err error) {
	today := library.DateOf(c.today())
	var y loanYear
	err = c.db.View(ctx, func(tx *db.Tx) (err error) {
		y, err = yearOfLoans(ctx, tx, today)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read since when loans are counted: %w", err)
	}
	w.Classes = [library.MostWanted + 1]int{}
	for after, more := "", true; more; {
		err := c.db.View(ctx, func(tx *db.Tx) error {
			page, err := wantings(ctx, tx, y, after)
			if err != nil {
				return err
			}
			for _, x := range page {
				to := x.Class(today.Year)
				if !first {
					to = x.Moves(x.class, today.Year)
				}
				if to != x.class {
					moves = append(moves, classMove{x.bib, x.class, to})
				}
				w.Classes[x.class]++
			}
			bibs += len(page)
			if more = len(page) == readAtOnce; more {
				after = page[len(page)-1].bib
			}
			return nil
		})
		if err != nil {
			return nil, 0, fmt.Errorf("read how much bibs are wanted: %w", err)
		}
	}
	slices.SortFunc(moves, func(a, b classMove) int {
		return cmp.Or(cmp.Compare(b.far(), a.far()), cmp.Compare(b.to, a.to), cmp.Compare(a.bib, b.bib))
	})
	return moves, bibs, nil
}

// loanYear is what is known of the loans of the twelve whole months before the current one.
type loanYear struct {
	from, to  string // months
	counted   int    // of these, months that were counted here
	elsewhere bool   // files say how often copies were lent
}

func yearOfLoans(ctx context.Context, tx *db.Tx, today library.Date) (y loanYear, err error) {
	y.from, y.to = library.MonthOf(today, countedMonths), library.MonthOf(today, 1)
	var begin sql.NullString
	if err := tx.QueryRowContext(ctx, `SELECT min(month) FROM loan_count`).Scan(&begin); err != nil {
		return y, err
	}
	for begin.Valid && y.counted < countedMonths && begin.String <= library.MonthOf(today, y.counted+1) {
		y.counted++
	}
	err = tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM (SELECT 1 FROM item WHERE loans > 0 LIMIT 1) t`).Scan(&y.elsewhere)
	return y, err
}

// wanting is a bib with its class and what that is computed by.
type wanting struct {
	library.Wanting
	bib   string
	class int
}

// wantings reads a page of readAtOnce bibs. Of the loans that files say, as many parts of
// twelve count as months were not counted here: loans are not counted twice, and an old file
// is forgotten after a year.
func wantings(ctx context.Context, tx *db.Tx, y loanYear, after string) (page []wanting, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, added_on, record,
			(SELECT count(*) FROM item WHERE bib_id = b.id AND NOT withdrawn),
			(SELECT coalesce(sum(loans), 0) FROM item WHERE bib_id = b.id AND NOT withdrawn),
			(SELECT coalesce(sum(loans), 0) FROM loan_count WHERE bib_id = b.id AND month >= $2 AND month <= $3)
		FROM bib b WHERE NOT withdrawn AND id > $1 ORDER BY id LIMIT $4`, after, y.from, y.to, readAtOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x wanting
		var added library.Date
		var record sql.RawBytes
		var elsewhere, here int
		if err := rows.Scan(&x.bib, &added, &record, &x.Copies, &elsewhere, &here); err != nil {
			return nil, err
		}
		var b struct{ Year, Wanted int }
		if err := json.Unmarshal(record, &b); err != nil {
			return nil, fmt.Errorf("read bib %s: %w", x.bib, err)
		}
		x.Year, x.class = b.Year, min(max(b.Wanted, 0), library.MostWanted)
		x.Loans = here + elsewhere*(countedMonths-y.counted)/countedMonths
		x.Counted = (y.counted == countedMonths || y.elsewhere) && library.MonthOf(added, 0) < y.from
		page = append(page, x)
	}
	return page, rows.Err()
}

// move gives bibs their classes in one transaction, and numbers the changes.
func (c *Catalogue) move(ctx context.Context, moves []classMove, first bool) error {
	var ids []string
	to := map[library.BibID]int{}
	for _, m := range moves {
		ids = append(ids, m.bib)
		to[library.BibID(m.bib)] = m.to
	}
	err := c.db.Tx(ctx, func(tx *db.Tx) error {
		in, args := list(ids)
		records, err := readRecords(ctx, tx, `id IN `+in+` ORDER BY id`, args...)
		if err != nil {
			return err
		}
		var rows [][]any
		for _, r := range records {
			id := string(r.Bib.ID)
			r.Bib.Wanted = to[r.Bib.ID]
			text, bad := encode(&r.Bib)
			if bad != nil {
				return bad
			}
			rows = append(rows, []any{id, library.BucketOf(r.Bib.ID), library.DigestOf(r).String(), r.Bib.AddedOn, text})
			tx.Changed(db.KindBib, id, id)
		}
		err = tx.InsertRows(ctx, `INSERT INTO bib (id, bucket, digest, added_on, record)`, rows,
			`ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, record = excluded.record`)
		if err != nil || first {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE wanted SET moved = moved + $1 WHERE one = 1`, len(moves))
		return err
	})
	if err != nil {
		return fmt.Errorf("store wanted classes: %w", err)
	}
	return c.db.Assign(ctx)
}

// firstClass is the class of a bib that comes with its first copies, before any loan of
// it is counted here.
func firstClass(r Incoming, today library.Date) int {
	w := library.Wanting{
		Copies: len(r.Items), Year: r.Bib.Year,
		Counted: len(r.Loans) > 0 && library.MonthOf(r.Bib.AddedOn, 0) < library.MonthOf(today, countedMonths),
	}
	for _, n := range r.Loans {
		w.Loans += n
	}
	return w.Class(today.Year)
}
