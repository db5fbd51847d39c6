package catalogue

import (
	"context"

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
