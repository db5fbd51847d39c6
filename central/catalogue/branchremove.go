package catalogue

import (
	"context"
	"fmt"
	"strings"

	"madoguchi/central/db"
	"madoguchi/library"
)

// BranchInUseError is why a branch cannot be removed: how much of each kind still stands
// on it.
type BranchInUseError struct {
	Branch library.BranchCode
	Uses   []BranchUse
}

// BranchUse is so much of one kind that stands on a branch, such as 3 "copies", and what
// to do about it.
type BranchUse struct {
	Count int
	What  string
	Do    string
}

func (e *BranchInUseError) Error() string {
	text := fmt.Sprintf("the branch %s is still in use:", e.Branch)
	for _, u := range e.Uses {
		text += fmt.Sprintf("\n  %d %s: %s", u.Count, u.What, u.Do)
	}
	return text
}

// branchUses are the columns that name a branch, each with what its rows are. A test
// holds them against the tables.
var branchUses = []struct{ column, where, what, do string }{
	{"item.branch_code", "NOT withdrawn", "copies", "import them with another branch, or withdraw them"},
	{"item.branch_code", "withdrawn", "withdrawn copies that are still on loan", "take them back first"},
	{"item.clear_at", "", "copies on its hold shelf for nobody", "take them off; see: central hold list"},
	{"loan.branch_code", "", "loans that it lent", "take them back first"},
	{"hold.pickup_branch", "state IN ('waiting', 'preparing', 'ready')", "holds to be picked up there", "let their patrons choose another branch, or cancel them; see: central hold cancel"},
	{"hold.pickup_branch", "state NOT IN ('waiting', 'preparing', 'ready')", "ended holds that their patrons still see", "they go by themselves after the days of hold_shown_days"},
	{"hold.fetch_at", "", "holds whose copies stand there", "fetch them first; see: central hold list"},
	{"patron.branch_code", "", "patrons of it", "import them with another branch"},
	{"terminal.branch_code", "revoked_at = 0", "terminals", "revoke them; see: central terminal list"},
}

// RemoveBranch removes a branch on which nothing stands any more. It returns
// library.ErrUnknownBranch, or a *BranchInUseError that says what does. Terminals that
// were revoked keep their place in the list, but not their branch.
func (c *Catalogue) RemoveBranch(ctx context.Context, code library.BranchCode) error {
	return c.db.Tx(ctx, func(tx *db.Tx) error {
		inUse := &BranchInUseError{Branch: code}
		for _, use := range branchUses {
			table, column, _ := strings.Cut(use.column, ".")
			query := "SELECT count(*) FROM " + table + " WHERE " + column + " = $1"
			if use.where != "" {
				query += " AND " + use.where
			}
			var n int
			if err := tx.QueryRowContext(ctx, query, string(code)).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				inUse.Uses = append(inUse.Uses, BranchUse{Count: n, What: use.what, Do: use.do})
			}
		}
		if len(inUse.Uses) > 0 {
			return inUse
		}
		if _, err := tx.ExecContext(ctx, `UPDATE terminal SET branch_code = NULL WHERE branch_code = $1`, string(code)); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `DELETE FROM branch WHERE code = $1`, string(code))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return library.ErrUnknownBranch
	})
}
