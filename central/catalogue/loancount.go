package catalogue

import (
	"context"
	"encoding/json"
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// CountLoanTx counts a loan of a bib's copy on a day, in the caller's transaction, which has
// locked the bib. What is stored is a number of the month: nobody can be found by it.
func (c *Catalogue) CountLoanTx(ctx context.Context, tx *db.Tx, bib library.BibID, on library.Date) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO loan_count (bib_id, month, loans) VALUES ($1, $2, 1)
		ON CONFLICT (bib_id, month) DO UPDATE SET loans = loan_count.loans + 1`, string(bib), library.MonthOf(on, 0))
	return err
}

// DropLoanCounts forgets the counts of more than a year ago.
func (c *Catalogue) DropLoanCounts(ctx context.Context) error {
	return c.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM loan_count WHERE month < $1`, library.MonthOf(library.DateOf(c.today()), countedMonths))
		return err
	})
}

// countedMonths is how many whole months a year of loans has: those before the current one.
const countedMonths = 12

// InheritTx gives the loan counts of a bib that has no copies any more to the one to which
// the last of them moved, as when two records were one. A copy that leaves others behind
// takes nothing along: which of them was lent is not known.
func (c *Catalogue) InheritTx(ctx context.Context, tx *db.Tx, from, to library.BibID) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO loan_count (bib_id, month, loans)
		SELECT $2, month, loans FROM loan_count WHERE bib_id = $1 AND NOT EXISTS (SELECT 1 FROM item WHERE bib_id = $1)
		ON CONFLICT (bib_id, month) DO UPDATE SET loans = loan_count.loans + excluded.loans`, string(from), string(to))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM loan_count WHERE bib_id = $1 AND NOT EXISTS (SELECT 1 FROM item WHERE bib_id = $1)`, string(from))
	return err
}

// Lent is how often the copies of a bib were lent.
type Lent struct {
	Bib   library.BibID
	Loans int
}

// leastRanked is how often a bib was lent at least to stand in a ranking: that something was
// lent once is no ranking.
const leastRanked = 2

// MostLent returns the bibs of a kind ("": of any) that were lent most often in a month,
// "2026-11", or with "" in the twelve whole months before this one, the most lent first, at
// most n: of those for children, or of the others. It counts what this server lent.
func (c *Catalogue) MostLent(ctx context.Context, month string, of library.Kind, juvenile bool, n int) (all []Lent, err error) {
	today := library.DateOf(c.today())
	first, last := month, month
	if month == "" {
		first, last = library.MonthOf(today, countedMonths), library.MonthOf(today, 1)
	}
	err = c.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		rows, err := tx.QueryContext(ctx, `SELECT b.record, t.loans
			FROM (SELECT bib_id, sum(loans) AS loans FROM loan_count WHERE month >= $1 AND month <= $2 GROUP BY bib_id HAVING sum(loans) >= $3) t
			JOIN bib b ON b.id = t.bib_id WHERE NOT b.withdrawn ORDER BY t.loans DESC, b.id`, first, last, leastRanked)
		if err != nil {
			return err
		}
		defer rows.Close()
		for len(all) < n && rows.Next() {
			var text string
			var loans int
			if err := rows.Scan(&text, &loans); err != nil {
				return err
			}
			var b struct {
				ID       library.BibID
				Kind     library.Kind
				Juvenile bool
			}
			if err := json.Unmarshal([]byte(text), &b); err != nil {
				return fmt.Errorf("read a bib: %w", err)
			}
			if (of == "" || b.Kind == of) && b.Juvenile == juvenile {
				all = append(all, Lent{b.ID, loans})
			}
		}
		return rows.Err()
	})
	return all, err
}
