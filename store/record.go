package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"madoguchi/library"
)

// Record returns a bib with its items in the order of their IDs, or
// library.ErrUnknownBib.
func (c *Catalogue) Record(ctx context.Context, id library.BibID) (library.Record, error) {
	return view(ctx, c, "read bib", func(tx *reader) (library.Record, error) {
		rank, err := rankOf(ctx, tx, id)
		if err != nil {
			return library.Record{}, err
		}
		records, err := loadRecords(ctx, tx, []int64{rank})
		if err != nil {
			return library.Record{}, err
		}
		return records[0], nil
	})
}

func rankOf(ctx context.Context, tx *reader, id library.BibID) (rank int64, err error) {
	err = queryRow(ctx, tx, []any{&rank}, "SELECT rank FROM bib WHERE id = $1", id)
	if err == sql.ErrNoRows {
		return 0, library.ErrUnknownBib
	}
	return rank, err
}

// ItemBib returns the bib of the item with a barcode, or library.ErrUnknownItem.
func (c *Catalogue) ItemBib(ctx context.Context, barcode string) (library.BibID, error) {
	return view(ctx, c, "find item", func(tx *reader) (id library.BibID, err error) {
		err = queryRow(ctx, tx, []any{&id}, `SELECT i.bib_id FROM (
				SELECT id, bib_id FROM item WHERE barcode = $1 AND barcode <> ''
				UNION ALL SELECT id, bib_id FROM item WHERE id = $1 AND barcode IS NULL
			) i JOIN bib b ON b.id = i.bib_id ORDER BY i.id LIMIT 1`, barcode)
		if err == sql.ErrNoRows {
			return "", library.ErrUnknownItem
		}
		return id, err
	})
}

// loadRecords reads the bibs of these ranks with their items, in this order.
func loadRecords(ctx context.Context, tx *reader, ranks []int64) ([]library.Record, error) {
	out := make([]library.Record, 0, len(ranks))
	for part := range slices.Chunk(ranks, recordsAtOnce) {
		records, err := loadPart(ctx, tx, part)
		if err != nil {
			return nil, err
		}
		out = append(out, records...)
	}
	return out, nil
}

// recordsAtOnce is how many records one statement reads.
const recordsAtOnce = 100

func loadPart(ctx context.Context, tx *reader, ranks []int64) ([]library.Record, error) {
	bibs, err := loadBibs(ctx, tx, ranks)
	if err != nil {
		return nil, err
	}
	return withItems(ctx, tx, bibs)
}

// withItems reads the items of bibs.
func withItems(ctx context.Context, tx *reader, bibs []library.Bib) ([]library.Record, error) {
	out := make([]library.Record, len(bibs))
	in, ids := make([]string, len(bibs)), newArgs()
	for i, b := range bibs {
		out[i].Bib = b
		in[i] = ids.add(string(b.ID))
	}
	items, err := scanItems(tx.QueryContext(ctx, selectItems+"WHERE bib_id IN ("+strings.Join(in, ", ")+") ORDER BY bib_id, id", ids.list...))
	if err != nil {
		return nil, err
	}
	of := map[library.BibID]*library.Record{}
	for i := range out {
		of[out[i].Bib.ID] = &out[i]
	}
	for _, it := range items {
		of[it.BibID].Items = append(of[it.BibID].Items, it)
	}
	return out, nil
}

// loadBibs reads the bibs of these ranks, at most recordsAtOnce, in this order.
func loadBibs(ctx context.Context, tx *reader, ranks []int64) ([]library.Bib, error) {
	args, at := newArgs(), map[int64]int{}
	in := make([]string, len(ranks))
	for i, rank := range ranks {
		in[i], at[rank] = args.add(rank), i
	}
	rows, err := tx.QueryContext(ctx, "SELECT rank, bib FROM record WHERE rank IN ("+strings.Join(in, ", ")+")", args.list...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out, n := make([]library.Bib, len(ranks)), 0
	for ; rows.Next(); n++ {
		var rank int64
		var encoded string
		if err := rows.Scan(&rank, &encoded); err != nil {
			return nil, err
		}
		if out[at[rank]], err = decodeBib(encoded); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if n < len(ranks) {
		return nil, fmt.Errorf("%w: %d of %d bibs have no record", ErrDamaged, len(ranks)-n, len(ranks))
	}
	return out, nil
}

// loadItems reads the items of a bib in the order of their IDs.
func loadItems(ctx context.Context, q querier, id library.BibID) ([]library.Item, error) {
	return scanItems(q.QueryContext(ctx, itemsOfBib, string(id)))
}

const (
	selectItems = "SELECT bib_id, id, branch, barcode, call_number, shelf, lendable, state, due_on FROM item "
	itemsOfBib  = selectItems + "WHERE bib_id = $1 ORDER BY id"
)

// scanItems reads all rows of a query that begins with selectItems.
func scanItems(rows *sql.Rows, err error) (items []library.Item, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var it library.Item
		var barcode sql.NullString
		if err := rows.Scan(&it.BibID, &it.ID, &it.Branch, &barcode, &it.CallNumber, &it.Shelf, &it.Lendable, &it.State, &it.DueOn); err != nil {
			return nil, err
		}
		if it.Barcode = barcode.String; !barcode.Valid {
			it.Barcode = string(it.ID)
		}
		items = append(items, it)
	}
	return items, rows.Err()
}
