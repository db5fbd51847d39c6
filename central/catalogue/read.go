package catalogue

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Record returns a bib with its items, or library.ErrUnknownBib.
func (c *Catalogue) Record(ctx context.Context, id library.BibID) (library.Record, error) {
	var r library.Record
	err := c.db.View(ctx, func(tx *db.Tx) (err error) {
		r, err = record(ctx, tx, id)
		return err
	})
	return r, err
}

// TitleTx returns, in the caller's transaction, the title by which patrons know a bib,
// "" for one that is not known. One that is hidden has its title still: patrons read it of
// what they asked for.
func (c *Catalogue) TitleTx(ctx context.Context, tx *db.Tx, id library.BibID) (string, error) {
	if !db.Storable(string(id)) {
		return "", nil
	}
	var text string
	err := tx.QueryRowContext(ctx, `SELECT record FROM bib WHERE id = $1`, string(id)).Scan(&text)
	if err == sql.ErrNoRows {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var b library.Bib
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return "", fmt.Errorf("read bib %s: %w", id, err)
	}
	return b.TitleAndVolume(), nil
}

func record(ctx context.Context, tx *db.Tx, id library.BibID) (library.Record, error) {
	var text string
	err := tx.QueryRowContext(ctx, `SELECT record FROM bib WHERE id = $1 AND NOT withdrawn`, string(id)).Scan(&text)
	if err == sql.ErrNoRows {
		return library.Record{}, library.ErrUnknownBib
	}
	if err != nil {
		return library.Record{}, err
	}
	var r library.Record
	if err := json.Unmarshal([]byte(text), &r.Bib); err != nil {
		return r, fmt.Errorf("read bib %s: %w", id, err)
	}
	r.Items, err = items(ctx, tx, `bib_id = $1 ORDER BY id`, string(id))
	return r, err
}

// items reads the items of a condition, but those that are hidden.
func items(ctx context.Context, tx *db.Tx, where string, args ...any) ([]library.Item, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, bib_id, branch_code, barcode, call_number, shelf, lendable, state, due_on FROM item WHERE NOT withdrawn AND `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []library.Item
	for rows.Next() {
		var it library.Item
		var barcode sql.NullString
		if err := rows.Scan(&it.ID, &it.BibID, &it.Branch, &barcode, &it.CallNumber, &it.Shelf, &it.Lendable, &it.State, &it.DueOn); err != nil {
			return nil, err
		}
		it.Barcode = barcode.String
		all = append(all, it)
	}
	return all, rows.Err()
}

const (
	readAtOnce = 1000 // bibs with one statement
	readPart   = 100  // keys that one statement asks for
)

// Snapshot is the whole catalogue in one state.
type Snapshot struct {
	Epoch   string
	Number  int64 // the records have at least the changes up to this one
	Mark    string
	Bibs    int
	Lists   []library.List
	Records iter.Seq2[library.Record, error]
}

// Snapshot calls fn with the catalogue in one unchanging state, to be read while
// fn runs, in the order in which the bibs came in.
func (c *Catalogue) Snapshot(ctx context.Context, fn func(Snapshot) error) error {
	if err := c.db.Assign(ctx); err != nil {
		return err
	}
	return c.db.View(ctx, func(tx *db.Tx) error {
		log, err := tx.Log(ctx)
		if err != nil {
			return err
		}
		s := Snapshot{Epoch: log.Epoch, Number: log.Number, Mark: log.Mark, Records: all(ctx, tx)}
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM bib WHERE NOT withdrawn`).Scan(&s.Bibs); err != nil {
			return err
		}
		if s.Lists, err = readLists(ctx, tx); err != nil {
			return err
		}
		return fn(s)
	})
}

func all(ctx context.Context, tx *db.Tx) iter.Seq2[library.Record, error] {
	return func(yield func(library.Record, error) bool) {
		var added library.Date
		for after := ""; ; {
			page, err := readRecords(ctx, tx, `(added_on, id) > ($1, $2) ORDER BY added_on, id LIMIT $3`, added, after, readAtOnce)
			if err != nil {
				yield(library.Record{}, err)
				return
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
			if len(page) < readAtOnce {
				return
			}
			last := page[len(page)-1].Bib
			added, after = last.AddedOn, string(last.ID)
		}
	}
}

// readRecords reads the bibs of a condition with their items, but what is hidden of both.
func readRecords(ctx context.Context, tx *db.Tx, where string, args ...any) ([]library.Record, error) {
	rows, err := tx.QueryContext(ctx, `SELECT record FROM bib WHERE NOT withdrawn AND `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var page []library.Record
	var ids []string
	index := map[library.BibID]int{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		var r library.Record
		if err := json.Unmarshal([]byte(text), &r.Bib); err != nil {
			return nil, fmt.Errorf("read a bib: %w", err)
		}
		index[r.Bib.ID] = len(page)
		ids = append(ids, string(r.Bib.ID))
		page = append(page, r)
	}
	if err := rows.Close(); err != nil || len(page) == 0 {
		return nil, err
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for part := range slices.Chunk(ids, readPart) {
		in, args := list(part)
		copies, err := items(ctx, tx, `bib_id IN `+in+` ORDER BY id`, args...)
		if err != nil {
			return nil, err
		}
		for _, it := range copies {
			r := &page[index[it.BibID]]
			r.Items = append(r.Items, it)
		}
	}
	return page, nil
}
