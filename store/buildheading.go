package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"

	"madoguchi/library"
)

// writeHeadings counts the headings of all bibs and writes them in order.
func (b *builder) writeHeadings(ctx context.Context, tx *sql.Tx) error {
	stmt, err := tx.PrepareContext(ctx, "INSERT INTO heading (id, field, key, count, forms) VALUES ($1, $2, $3, $4, $5)")
	if err != nil {
		return err
	}
	defer stmt.Close()
	id, write := int64(0), inserter(ctx, stmt)
	err = inOrder(ctx, grouped(b.spelled.rows()), spellings, func(h *spelling) error {
		id++
		if err := write([]any{id, string(h.field), h.key, h.forms.count(), h.encoded}); err != nil {
			return err
		}
		for _, s := range h.starts {
			key := rankKey(id, string(rune('0'+s.place))+s.key)
			if err := b.starts.add(key, []byte{byte(tier(h.forms.count()))}); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, b.starts.finish())
}

// grouped joins the rows with the same key.
func grouped(rows iter.Seq2[sorted, error]) iter.Seq2[[]sorted, error] {
	return func(yield func([]sorted, error) bool) {
		var group []sorted
		for s, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(group) > 0 && !bytes.Equal(group[0].key, s.key) {
				if !yield(group, nil) {
					return
				}
				group = nil
			}
			group = append(group, s)
		}
		if len(group) > 0 {
			yield(group, nil)
		}
	}
}

// spelling is a heading with all its spellings.
type spelling struct {
	headingKey
	forms   forms
	encoded string
	starts  []startKey
}

func spellings(group []sorted) (*spelling, error) {
	h := &spelling{}
	for i := 0; i < len(group); {
		same := 1 // with the same spelling
		for i+same < len(group) && bytes.Equal(group[i].value, group[i+same].value) {
			same++
		}
		var field string
		var f form
		if err := cutFields(group[i].value, &field, &h.key, &f.Text, &f.Reading); err != nil {
			return nil, err
		}
		h.field = library.SuggestionField(field)
		h.forms = h.forms.with(f, same)
		i += same
	}
	encoded, err := json.Marshal(h.forms)
	h.encoded, h.starts = string(encoded), h.forms.starts(h.field)
	return h, err
}

func (b *builder) writeStarts(ctx context.Context, tx *sql.Tx) error {
	return insert(ctx, tx, b.starts, "INSERT INTO start (place, key, heading, tier) VALUES ($1, $2, $3, $4)", func(s sorted) ([]any, error) {
		return []any{int64(s.key[0] - '0'), string(s.key[1 : len(s.key)-9]), rankIn(s.key), int64(s.value[0])}, nil
	})
}
