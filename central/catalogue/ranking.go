package catalogue

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// UpdateRankings makes the rankings of the last month and of the last year, where that was
// not done in this month, or with again once more. Of the rankings before these some months'
// stay. It may be broken off at any time, and returns db.ErrTaken while another process
// makes them.
func (c *Catalogue) UpdateRankings(ctx context.Context, again bool) (made int, updated bool, err error) {
	today := library.DateOf(c.today())
	month := library.MonthOf(today, 0)
	due := func() (bool, error) {
		var last string
		err := c.db.View(ctx, func(tx *db.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT month FROM ranking WHERE one = 1`).Scan(&last)
		})
		return err == nil && (again || last != month), err
	}
	if due, err := due(); !due {
		return 0, false, err
	}
	err = c.db.Exclusive(ctx, "rankings", func(ctx context.Context) error {
		due, err := due() // another process may have made them
		if !due {
			return err
		}
		rankings, err := c.rankings(ctx, today)
		if err != nil {
			return fmt.Errorf("count the most lent: %w", err)
		}
		made, updated = len(rankings), true
		return c.db.Tx(ctx, func(tx *db.Tx) error {
			if err := c.replaceRankings(ctx, tx, rankings, today); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `UPDATE ranking SET month = $1 WHERE one = 1`, month)
			return err
		})
	})
	if err != nil {
		return 0, false, fmt.Errorf("make the rankings: %w", err)
	}
	return made, updated, c.db.Assign(ctx)
}

func (c *Catalogue) replaceRankings(ctx context.Context, tx *db.Tx, rankings []library.List, today library.Date) error {
	old, err := readLists(ctx, tx)
	if err != nil {
		return err
	}
	made := map[string]bool{}
	for _, l := range rankings {
		made[l.Name] = true
		if _, _, err := c.PutListTx(ctx, tx, l); err != nil {
			return err
		}
	}
	for _, l := range old {
		if l.Outdated(today) && !made[l.Name] {
			if err := c.RemoveListTx(ctx, tx, l.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// rankings are those of the month before a day, and of the twelve months before it when more
// than that one was counted. They count what this server lent.
func (c *Catalogue) rankings(ctx context.Context, today library.Date) (all []library.List, err error) {
	last := library.MonthOf(today, 1)
	err = c.db.View(ctx, func(tx *db.Tx) error {
		ofMonth, err := mostLent(ctx, tx, last, last, last)
		if err != nil {
			return err
		}
		var counted int
		err = tx.QueryRowContext(ctx, `SELECT count(DISTINCT month) FROM loan_count WHERE month >= $1 AND month <= $2`,
			library.MonthOf(today, countedMonths), last).Scan(&counted)
		if all = ofMonth; err != nil || counted < 2 {
			return err
		}
		ofYear, err := mostLent(ctx, tx, "", library.MonthOf(today, countedMonths), last)
		all = append(all, ofYear...)
		return err
	})
	return all, err
}

// mostLent returns the rankings of the months from first to last under the name of a month,
// or of the year (""): of each kind what is for children, and the rest. The most lent stand
// first, and of those lent equally often the one with the lesser ID.
func mostLent(ctx context.Context, tx *db.Tx, month, first, last string) (all []library.List, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT b.record
		FROM (SELECT bib_id, sum(loans) AS loans FROM loan_count WHERE month >= $1 AND month <= $2 GROUP BY bib_id HAVING sum(loans) >= $3) t
		JOIN bib b ON b.id = t.bib_id WHERE NOT b.withdrawn ORDER BY t.loans DESC, b.id`, first, last, library.LeastRanked(month))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	type group struct {
		Kind     library.Kind
		Juvenile bool
	}
	ranked := map[group][]library.BibID{}
	for rows.Next() {
		var text sql.RawBytes
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		var b struct {
			ID library.BibID
			group
		}
		if err := json.Unmarshal(text, &b); err != nil {
			return nil, fmt.Errorf("read a bib: %w", err)
		}
		if bibs := ranked[b.group]; len(bibs) < library.RankedBibs {
			ranked[b.group] = append(bibs, b.ID)
		}
	}
	for _, of := range library.Kinds {
		for _, juvenile := range []bool{false, true} {
			if bibs := ranked[group{of, juvenile}]; len(bibs) >= library.LeastRankedBibs {
				all = append(all, library.NewRanking(month, of, juvenile, bibs))
			}
		}
	}
	return all, rows.Err()
}
