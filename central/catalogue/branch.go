package catalogue

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"madoguchi/central/db"
	"madoguchi/library"
)

var branchCode = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// PutBranch adds a branch after those that are there, or replaces the one with
// the same code in its place.
func (c *Catalogue) PutBranch(ctx context.Context, b library.Branch) error {
	return c.ChangeBranches(ctx, func(all []library.Branch) ([]library.Branch, error) {
		at := slices.IndexFunc(all, func(x library.Branch) bool { return x.Code == b.Code })
		if at < 0 {
			return append(all, b), nil
		}
		all[at] = b
		return all, nil
	})
}

// ChangeBranches stores the branches that change returns of all those that there are, in
// one transaction: changed ones, and new ones after them. It may be called again, when
// others get in the way. What it leaves out stays as it is; see RemoveBranch.
func (c *Catalogue) ChangeBranches(ctx context.Context, change func([]library.Branch) ([]library.Branch, error)) error {
	return c.db.Tx(ctx, func(tx *db.Tx) error {
		all, err := branches(ctx, tx)
		if err != nil {
			return err
		}
		was := map[library.BranchCode][]byte{}
		for _, b := range all {
			if was[b.Code], err = json.Marshal(b); err != nil {
				return err
			}
		}
		if all, err = change(all); err != nil {
			return err
		}
		for _, b := range all {
			record, err := branchRecord(b)
			if err != nil {
				return err
			}
			if bytes.Equal(record, was[b.Code]) {
				continue
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO branch (code, position, record)
				VALUES ($1, (SELECT coalesce(max(position), 0) + 1 FROM branch), $2)
				ON CONFLICT (code) DO UPDATE SET record = excluded.record`, string(b.Code), string(record))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// branchRecord is a branch as it is stored, or why it cannot be.
func branchRecord(b library.Branch) ([]byte, error) {
	if !branchCode.MatchString(string(b.Code)) {
		return nil, fmt.Errorf("the branch code %q must be lower-case letters, digits and hyphens, at most 32", b.Code)
	}
	b.Name = strings.TrimSpace(b.Name)
	if b.Name == "" {
		return nil, fmt.Errorf("the branch %s needs a name", b.Code)
	}
	for day, h := range b.Calendar.Hours {
		if h != (library.Hours{}) && (h.Open < 0 || h.Close > 24*60 || h.Open >= h.Close) {
			return nil, fmt.Errorf("the opening hours of weekday %d of branch %s must lie within one day, opening before closing", day, b.Code)
		}
	}
	for n, p := range b.Plans {
		if err := p.Validate(); err != nil {
			return nil, fmt.Errorf("floor plan %d of branch %s: %w", n+1, b.Code, err)
		}
	}
	return json.Marshal(b)
}

// Branches returns all branches in the order in which they were added.
func (c *Catalogue) Branches(ctx context.Context) ([]library.Branch, error) {
	var all []library.Branch
	err := c.db.View(ctx, func(tx *db.Tx) (err error) {
		all, err = branches(ctx, tx)
		return err
	})
	return all, err
}

// Shelves returns the names of the shelves on which copies of a branch stand, in
// their order.
func (c *Catalogue) Shelves(ctx context.Context, branch library.BranchCode) ([]string, error) {
	var names []string
	err := c.db.View(ctx, func(tx *db.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT DISTINCT shelf FROM item WHERE branch_code = $1 AND shelf <> '' AND NOT withdrawn ORDER BY shelf`, string(branch))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			names = append(names, name)
		}
		return rows.Err()
	})
	return names, err
}

func branches(ctx context.Context, tx *db.Tx) ([]library.Branch, error) {
	rows, err := tx.QueryContext(ctx, `SELECT record FROM branch ORDER BY position, code`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []library.Branch
	for rows.Next() {
		var record string
		if err := rows.Scan(&record); err != nil {
			return nil, err
		}
		var b library.Branch
		if err := json.Unmarshal([]byte(record), &b); err != nil {
			return nil, fmt.Errorf("read a branch: %w", err)
		}
		all = append(all, b)
	}
	return all, rows.Err()
}
