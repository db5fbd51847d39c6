package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"madoguchi/library"
)

// Lists returns the lists of books that came with the catalogue: theme shelves before
// rankings, of the first by name, of the others the newest month first, and the last year
// behind all months.
func (c *Catalogue) Lists(ctx context.Context) ([]library.List, error) {
	return view(ctx, c, "read lists", func(tx *reader) ([]library.List, error) {
		out, err := readLists(tx.QueryContext(ctx, "SELECT list FROM list ORDER BY name"))
		slices.SortStableFunc(out, byKindAndMonth)
		return out, err
	})
}

func byKindAndMonth(a, b library.List) int {
	return cmp.Or(
		cmp.Compare(slices.Index(library.ListKinds, a.Kind), slices.Index(library.ListKinds, b.Kind)),
		cmp.Compare(b.Month, a.Month),
	)
}

func readLists(rows *sql.Rows, err error) (out []library.List, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		l, err := decodeList(text)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

func decodeList(text string) (l library.List, err error) {
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return l, fmt.Errorf("%w: read a list: %w", ErrDamaged, err)
	}
	return l, nil
}

// ListPage returns bibs offset to offset+limit of a list: of those that it names the ones
// that the catalogue has, or what its query finds. It returns library.ErrUnknownList when
// there is no such list.
func (c *Catalogue) ListPage(ctx context.Context, name string, offset, limit int) (library.Page, error) {
	var query *library.Query
	page, err := view(ctx, c, "read a list", func(tx *reader) (page library.Page, err error) {
		var text string
		err = queryRow(ctx, tx, []any{&text}, "SELECT list FROM list WHERE name = $1", name)
		if err == sql.ErrNoRows {
			return page, library.ErrUnknownList
		}
		if err != nil {
			return page, err
		}
		l, err := decodeList(text)
		if err != nil {
			return page, err
		}
		if query = l.Query; query != nil {
			return page, nil
		}
		ranks, err := ranksOf(ctx, tx, l.Bibs)
		if err != nil {
			return page, err
		}
		s := search{offset: max(offset, 0), limit: max(limit, 0)}
		s.show(ranks)
		records, err := loadRecords(ctx, tx, s.page)
		return library.Page{Rows: rowsOf(records), Count: library.Count{N: len(ranks)}}, err
	})
	if err == nil && query != nil {
		return c.Search(ctx, *query, offset, limit)
	}
	return page, err
}

// ranksOf returns the ranks of the bibs that are there, in the order of their ids.
func ranksOf(ctx context.Context, tx *reader, ids []library.BibID) (ranks []int64, err error) {
	for _, id := range ids {
		rank, err := rankOf(ctx, tx, id)
		switch err {
		case nil:
			ranks = append(ranks, rank)
		case library.ErrUnknownBib:
		default:
			return nil, err
		}
	}
	return ranks, nil
}

// ListsDigest returns the digest of all lists, to be compared with the server's.
func (c *Catalogue) ListsDigest(ctx context.Context) (library.Digest, error) {
	lists, err := c.Lists(ctx)
	return library.DigestOfLists(lists), err
}

// ReplaceLists makes the lists exactly these: the repair when their digest differs from
// the server's.
func (c *Catalogue) ReplaceLists(ctx context.Context, lists []library.List) error {
	return c.update(ctx, "repair lists", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM list"); err != nil {
			return err
		}
		return putLists(ctx, tx, lists)
	})
}

func putLists(ctx context.Context, tx *sql.Tx, lists []library.List) error {
	for _, l := range lists {
		text, err := encodeList(l)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, putList, l.Name, text); err != nil {
			return err
		}
	}
	return nil
}

const putList = "INSERT INTO list (name, list) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET list = excluded.list"

func encodeList(l library.List) (string, error) {
	if l.Name == "" {
		return "", fmt.Errorf("a list has no name")
	}
	text, err := json.Marshal(l)
	return string(text), err
}
