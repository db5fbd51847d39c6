package ledger

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"unicode"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Placement is where a copy belongs. What is "" or nil stays as it is.
type Placement struct {
	Branch            library.BranchCode
	Shelf, CallNumber *string
	Bib               library.BibID // whose copy it is
}

// maxPlace is the longest name of a shelf or call number, in bytes.
const maxPlace = 512

// MoveItemTx gives a copy, named as at a desk, another place in the caller's transaction, and
// returns the title of the bib whose copy it then is. A hold of another bib lets go of it,
// and a loan goes with it. It refuses with library.ErrUnknownItem, library.ErrWithdrawn (it
// is on loan, and has no place any more), library.ErrUnknownBranch or library.ErrUnknownBib.
func (l *Ledger) MoveItemTx(ctx context.Context, tx *db.Tx, item string, to Placement) (title string, err error) {
	for _, text := range []*string{to.Shelf, to.CallNumber} {
		if text != nil && (len(*text) > maxPlace || !db.Storable(*text) || strings.ContainsFunc(*text, unicode.IsControl)) {
			return "", errors.New("a shelf or call number is too long, or has characters that cannot be printed")
		}
	}
	it, err := itemByCode(ctx, tx, item)
	if err != nil {
		return "", err
	}
	if it.withdrawn {
		return it.title, library.ErrWithdrawn
	}
	branch, bib := cmp.Or(to.Branch, it.Branch), cmp.Or(to.Bib, it.BibID)
	if err := knownBranch(ctx, tx, branch); err != nil {
		return "", err
	}
	if bib != it.BibID {
		if err := knownBib(ctx, tx, bib); err != nil {
			return "", err
		}
		if err := lockQueues(ctx, tx, it.BibID, bib); err != nil {
			return "", err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE item SET branch_code = $2, bib_id = $3, shelf = coalesce($4, shelf), call_number = coalesce($5, call_number) WHERE id = $1`,
		string(it.ID), string(branch), string(bib), to.Shelf, to.CallNumber)
	if err != nil {
		return "", err
	}
	if bib != it.BibID {
		tx.Changed(db.KindBib, string(it.BibID), string(it.BibID)) // whose bucket is another
		if err := l.cfg.Catalogue.InheritTx(ctx, tx, it.BibID, bib); err != nil {
			return "", err
		}
		if err := l.cfg.Catalogue.Touch(ctx, tx, it.BibID); err != nil {
			return "", err
		}
	}
	tx.Changed(db.KindItem, string(it.ID), string(bib))
	if err := l.cfg.Catalogue.Touch(ctx, tx, bib); err != nil {
		return "", err
	}
	if err := l.CopiesTx(ctx, tx, []library.ItemID{it.ID}); err != nil {
		return "", err
	}
	return titleOf(ctx, tx, bib)
}
