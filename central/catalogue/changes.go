package catalogue

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// ChangesPerPage is the most changes that one answer of Changes covers.
const ChangesPerPage = 1000

// Log returns the state of the change log, with all changes so far numbered.
func (c *Catalogue) Log(ctx context.Context) (db.Log, error) {
	var log db.Log
	if err := c.db.Assign(ctx); err != nil {
		return log, err
	}
	err := c.db.View(ctx, func(tx *db.Tx) (err error) {
		log, err = tx.Log(ctx)
		return err
	})
	return log, err
}

// Changes returns what became of everything that changed after a number, at most
// ChangesPerPage changes at once. Each thing comes once, as it is now. It returns
// library.ErrReset for another epoch, or a number of which the changes are no longer kept,
// and library.ErrOtherHistory where the number has another mark, or is still to come.
func (c *Catalogue) Changes(ctx context.Context, epoch string, after int64, mark string) (protocol.Changes, error) {
	if err := c.db.Assign(ctx); err != nil {
		return protocol.Changes{}, err
	}
	var answer protocol.Changes
	err := c.db.View(ctx, func(tx *db.Tx) error {
		log, err := tx.Log(ctx)
		if err != nil {
			return err
		}
		if epoch != log.Epoch || after < log.Pruned {
			return library.ErrReset
		}
		if same, err := tx.HasMark(ctx, log, after, mark); err != nil || !same {
			return cmp.Or(err, error(library.ErrOtherHistory))
		}
		answer = protocol.Changes{Epoch: log.Epoch, After: after, Upto: min(after+c.page, log.Number)}
		if answer.Mark, err = tx.Mark(ctx, log, answer.Upto); err != nil {
			return err
		}
		answer.More = answer.Upto < log.Number
		touched, err := touchedBetween(ctx, tx, after, answer.Upto)
		if err != nil {
			return err
		}
		answer.Rows, err = touched.rows(ctx, tx)
		return err
	})
	return answer, err
}

// touched is what a range of changes put or deleted. A bib comes with the first of
// its changes, an item only with its last of all: so an item's bib is always there
// before it, also when the range ends between them.
type touched struct {
	bibs, items, moved, lists []string
}

func touchedBetween(ctx context.Context, tx *db.Tx, after, upto int64) (touched, error) {
	var t touched
	// An availability also waits for a later change of its item, which carries it.
	rows, err := tx.QueryContext(ctx, `SELECT kind, key FROM change c WHERE number > $1 AND number <= $2
		AND (kind IN ($3, $4) OR NOT EXISTS (
			SELECT 1 FROM change d WHERE d.key = c.key AND d.kind <> $3 AND d.kind <= c.kind AND d.number > c.number))
		ORDER BY number`, after, upto, db.KindBib, db.KindList)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	seen := map[db.Kind]map[string]bool{db.KindBib: {}, db.KindList: {}}
	for rows.Next() {
		var kind db.Kind
		var key string
		if err := rows.Scan(&kind, &key); err != nil {
			return t, err
		}
		if seen[kind][key] {
			continue
		}
		switch kind {
		case db.KindBib:
			seen[kind][key] = true
			t.bibs = append(t.bibs, key)
		case db.KindList:
			seen[kind][key] = true
			t.lists = append(t.lists, key)
		case db.KindItem:
			t.items = append(t.items, key)
		case db.KindAvailability:
			t.moved = append(t.moved, key)
		default:
			return t, fmt.Errorf("change of an unknown kind %d", kind)
		}
	}
	return t, rows.Err()
}

// rows returns the newest state of all, what is gone first.
func (t touched) rows(ctx context.Context, tx *db.Tx) ([]library.Change, error) {
	bibs, err := bibsByID(ctx, tx, t.bibs)
	if err != nil {
		return nil, err
	}
	copies, err := itemsByID(ctx, tx, append(append([]string(nil), t.items...), t.moved...))
	if err != nil {
		return nil, err
	}
	var gone, put []library.Change
	for _, id := range t.items {
		if _, ok := copies[id]; !ok {
			gone = append(gone, library.Change{DeleteItem: library.ItemID(id)})
		}
	}
	for _, id := range t.bibs {
		if b, ok := bibs[id]; ok {
			put = append(put, library.Change{PutBib: b})
		} else {
			gone = append(gone, library.Change{DeleteBib: library.BibID(id)})
		}
	}
	for _, id := range t.items {
		if it, ok := copies[id]; ok {
			put = append(put, library.Change{PutItem: it})
		}
	}
	for _, id := range t.moved {
		if it, ok := copies[id]; ok {
			put = append(put, library.Change{Availability: &library.Availability{ItemID: it.ID, State: it.State, DueOn: it.DueOn}})
		}
	}
	lists, err := listsByName(ctx, tx, t.lists)
	if err != nil {
		return nil, err
	}
	for _, name := range t.lists {
		if l, ok := lists[name]; ok {
			put = append(put, library.Change{PutList: &l})
		} else {
			gone = append(gone, library.Change{DeleteList: name})
		}
	}
	return append(gone, put...), nil
}

func bibsByID(ctx context.Context, tx *db.Tx, ids []string) (map[string]*library.Bib, error) {
	found := make(map[string]*library.Bib, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	in, args := list(ids)
	rows, err := tx.QueryContext(ctx, `SELECT id, record FROM bib WHERE NOT withdrawn AND id IN `+in, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var text sql.RawBytes
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		b := new(library.Bib)
		if err := json.Unmarshal(text, b); err != nil {
			return nil, fmt.Errorf("read bib %s: %w", id, err)
		}
		found[id] = b
	}
	return found, rows.Err()
}

func itemsByID(ctx context.Context, tx *db.Tx, ids []string) (map[string]*library.Item, error) {
	found := make(map[string]*library.Item, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	in, args := list(ids)
	all, err := items(ctx, tx, `id IN `+in, args...)
	if err != nil {
		return nil, err
	}
	for i := range all {
		found[string(all[i].ID)] = &all[i]
	}
	return found, nil
}

// list writes the placeholders of an IN list.
func list(ids []string) (in string, args []any) {
	var b strings.Builder
	b.WriteByte('(')
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("$" + strconv.Itoa(i+1))
		args = append(args, id)
	}
	b.WriteByte(')')
	return b.String(), args
}
