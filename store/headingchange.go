package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"madoguchi/library"
)

// headingChanges gathers how many bibs of each spelling of a heading come and go.
type headingChanges map[headingKey]map[form]int

func newHeadingChanges() headingChanges { return headingChanges{} }

func (c headingChanges) add(b library.Bib, n int) {
	for k, f := range headingsOf(b) {
		f.Count = 0
		if c[k] == nil {
			c[k] = map[form]int{}
		}
		c[k][f] += n
	}
}

func (c headingChanges) write(ctx context.Context, tx *sql.Tx) error {
	keys := slices.SortedFunc(maps.Keys(c), func(a, b headingKey) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.key, b.key))
	})
	for _, k := range keys {
		maps.DeleteFunc(c[k], func(_ form, n int) bool { return n == 0 })
		if len(c[k]) == 0 {
			continue
		}
		if err := changeHeading(ctx, tx, k, c[k]); err != nil {
			return fmt.Errorf("heading %s: %w", k.key, err)
		}
	}
	return nil
}

func changeHeading(ctx context.Context, tx *sql.Tx, k headingKey, by map[form]int) error {
	var id int64
	var encoded []byte
	var before forms
	err := tx.QueryRowContext(ctx, "SELECT h.id, h.forms "+whereHeading, k.where()...).Scan(&id, &encoded)
	switch {
	case err == nil:
		if err := json.Unmarshal(encoded, &before); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	case err != sql.ErrNoRows:
		return err
	}
	after := slices.Clone(before)
	for f, n := range by {
		after = after.with(f, n)
	}
	if encoded, err = json.Marshal(after); err != nil {
		return err
	}
	switch {
	case len(after) == 0:
		_, err = tx.ExecContext(ctx, "DELETE FROM heading WHERE id = $1", id)
	case len(before) == 0:
		err = tx.QueryRowContext(ctx, "INSERT INTO heading (field, key, count, forms) VALUES ($1, $2, $3, $4) RETURNING id", k.field, k.key, after.count(), string(encoded)).Scan(&id)
	default:
		_, err = tx.ExecContext(ctx, "UPDATE heading SET count = $2, forms = $3 WHERE id = $1", id, after.count(), string(encoded))
	}
	if err != nil {
		return err
	}
	return changeStarts(ctx, tx, k.field, id, before, after)
}

// changeStarts writes the starts of a heading that came, went, or changed tier.
func changeStarts(ctx context.Context, tx *sql.Tx, field library.SuggestionField, id int64, before, after forms) error {
	old, next := before.starts(field), after.starts(field)
	if tier(before.count()) == tier(after.count()) && slices.Equal(old, next) {
		return nil
	}
	for _, s := range old {
		if _, err := tx.ExecContext(ctx, "DELETE FROM start WHERE place = $1 AND key = $2 AND heading = $3", s.place, s.key, id); err != nil {
			return err
		}
	}
	for _, s := range next {
		if _, err := tx.ExecContext(ctx, "INSERT INTO start (place, key, heading, tier) VALUES ($1, $2, $3, $4)", s.place, s.key, id, tier(after.count())); err != nil {
			return err
		}
	}
	return nil
}
