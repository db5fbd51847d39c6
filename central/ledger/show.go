package ledger

import (
	"context"
	"database/sql"
	"errors"

	"madoguchi/central/db"
	"madoguchi/library"
)

// ItemStanding is what staff see of a copy without asking whose it is just now.
type ItemStanding struct {
	library.Item
	Title     string             `json:"title"`
	Owned     bool               `json:"owned"`              // not another library's
	Withdrawn bool               `json:"withdrawn"`          // while it is on loan: out of the library when it comes back
	Held      bool               `json:"held"`               // a hold has it
	ClearAt   library.BranchCode `json:"clear_at,omitempty"` // on whose hold shelf it stands for nobody
	Source    string             `json:"source"`             // the import that named it last
	Loans     int                `json:"loans"`              // in the last year, as that said
	Waiting   int                `json:"waiting"`            // holds of the bib that have no copy yet
}

// BibStanding is what staff see of a bib.
type BibStanding struct {
	Bib       library.Bib    `json:"bib"`
	Withdrawn bool           `json:"withdrawn"` // hidden until the last of its copies is back
	Source    string         `json:"source"`    // the import that named it last
	Waiting   int            `json:"waiting"`   // holds that have no copy yet
	Items     []ItemStanding `json:"items"`
}

// ItemStanding shows a copy, named as at a desk; one that is hidden too. It refuses with
// library.ErrUnknownItem.
func (l *Ledger) ItemStanding(ctx context.Context, item string) (x ItemStanding, err error) {
	if !db.Storable(item) {
		return x, library.ErrUnknownItem
	}
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) error {
		found, err := standings(ctx, tx, `i.barcode = $1 OR i.id = $1 AND i.barcode IS NULL ORDER BY CASE WHEN i.barcode = $1 THEN 0 ELSE 1 END`, item)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return library.ErrUnknownItem
		}
		x = found[0]
		return nil
	})
	return x, err
}

// BibStanding shows a bib with its copies, in the order of their IDs; what is hidden too. It
// refuses with library.ErrUnknownBib.
func (l *Ledger) BibStanding(ctx context.Context, bib library.BibID) (x BibStanding, err error) {
	if !db.Storable(string(bib)) {
		return x, library.ErrUnknownBib
	}
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		x = BibStanding{Items: []ItemStanding{}}
		var record string
		err = tx.QueryRowContext(ctx, `SELECT b.record, b.withdrawn, b.source, `+waiting+` FROM bib b WHERE b.id = $1`, string(bib)).
			Scan(&record, &x.Withdrawn, &x.Source, &x.Waiting)
		if errors.Is(err, sql.ErrNoRows) {
			return library.ErrUnknownBib
		}
		if err != nil {
			return err
		}
		if x.Bib, err = readBib(record); err != nil {
			return err
		}
		found, err := standings(ctx, tx, `i.bib_id = $1 ORDER BY i.id`, string(bib))
		x.Items = append(x.Items, found...)
		return err
	})
	return x, err
}

// waiting is how many holds of a bib b have no copy yet.
const waiting = `(SELECT count(*) FROM hold q WHERE q.bib_id = b.id AND q.state = 'waiting' AND q.item_id IS NULL)`

func standings(ctx context.Context, tx *db.Tx, where string, args ...any) (all []ItemStanding, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT i.id, i.bib_id, i.branch_code, coalesce(i.barcode, ''), i.call_number, i.shelf, i.lendable, i.state, i.due_on,
			i.owned, i.withdrawn, coalesce(i.clear_at, ''), i.source, i.loans, h.id IS NOT NULL, b.record, `+waiting+`
		FROM item i JOIN bib b ON b.id = i.bib_id LEFT JOIN hold h ON h.item_id = i.id WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x ItemStanding
		var record string
		err := rows.Scan(&x.ID, &x.BibID, &x.Branch, &x.Barcode, &x.CallNumber, &x.Shelf, &x.Lendable, &x.State, &x.DueOn,
			&x.Owned, &x.Withdrawn, &x.ClearAt, &x.Source, &x.Loans, &x.Held, &record, &x.Waiting)
		if err != nil {
			return nil, err
		}
		b, err := readBib(record)
		if err != nil {
			return nil, err
		}
		x.Title = b.TitleAndVolume()
		all = append(all, x)
	}
	return all, rows.Err()
}
