package catalogue

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// PutListTx puts a list in the place of the one of its name, in the caller's transaction,
// and reports whether there was one, and whether it was another. What of it cannot be is an
// error of library.List.Validate.
func (c *Catalogue) PutListTx(ctx context.Context, tx *db.Tx, l library.List) (was, changed bool, err error) {
	if err := l.Validate(); err != nil {
		return false, false, err
	}
	text, err := json.Marshal(l)
	if err != nil {
		return false, false, err
	}
	var old string
	err = tx.QueryRowContext(ctx, `SELECT list FROM list WHERE name = $1`, l.Name).Scan(&old)
	if err != nil && err != sql.ErrNoRows {
		return false, false, err
	}
	if was = err == nil; was && old == string(text) {
		return true, false, nil
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO list (name, list) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET list = excluded.list`, l.Name, string(text))
	if err != nil {
		return was, false, err
	}
	tx.Changed(db.KindList, l.Name, "")
	return was, true, nil
}

// RemoveListTx takes a list away, in the caller's transaction, or returns
// library.ErrUnknownList.
func (c *Catalogue) RemoveListTx(ctx context.Context, tx *db.Tx, name string) error {
	if !db.Storable(name) {
		return library.ErrUnknownList
	}
	err := tx.QueryRowContext(ctx, `DELETE FROM list WHERE name = $1 RETURNING name`, name).Scan(&name)
	if err == sql.ErrNoRows {
		return library.ErrUnknownList
	}
	if err == nil {
		tx.Changed(db.KindList, name, "")
	}
	return err
}

// Lists returns all lists, by name.
func (c *Catalogue) Lists(ctx context.Context) (all []library.List, err error) {
	err = c.db.View(ctx, func(tx *db.Tx) error {
		all, err = readLists(ctx, tx)
		return err
	})
	return all, err
}

// ListsNow returns all lists with the change after which they are so.
func (c *Catalogue) ListsNow(ctx context.Context) (Lists, error) {
	var l Lists
	err := c.settled(ctx, func(tx *db.Tx, log db.Log) (err error) {
		l.Epoch, l.Number, l.Mark = log.Epoch, log.Number, log.Mark
		l.Lists, err = readLists(ctx, tx)
		return err
	})
	return l, err
}

func listsByName(ctx context.Context, tx *db.Tx, names []string) (map[string]library.List, error) {
	found := make(map[string]library.List, len(names))
	if len(names) == 0 {
		return found, nil
	}
	in, args := list(names)
	all, err := scanLists(tx.QueryContext(ctx, `SELECT list FROM list WHERE name IN `+in, args...))
	for _, l := range all {
		found[l.Name] = l
	}
	return found, err
}

func readLists(ctx context.Context, tx *db.Tx) ([]library.List, error) {
	return scanLists(tx.QueryContext(ctx, `SELECT list FROM list ORDER BY name`))
}

func scanLists(rows *sql.Rows, err error) (all []library.List, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		var l library.List
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			return nil, fmt.Errorf("read a list: %w", err)
		}
		all = append(all, l)
	}
	return all, rows.Err()
}
