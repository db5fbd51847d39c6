package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// Suggest returns headings that begin with what was typed: by reading, in kana or
// in romaji that may still be incomplete, or by text. The heading that is just
// this comes first, then those that begin so, the most frequent first, then those
// with a later word that does.
func (c *Catalogue) Suggest(ctx context.Context, words string, limit int) ([]library.Suggestion, error) {
	keys := suggestKeys(words)
	if len(keys) == 0 || limit <= 0 {
		return nil, nil
	}
	return view(ctx, c, "suggest", func(tx *sql.Tx) ([]library.Suggestion, error) {
		s := suggest{ctx: ctx, tx: tx, keys: keys, limit: limit}
		return s.run()
	})
}

// suggestKeys returns the keys that a start of a heading may have.
func suggestKeys(words string) []string {
	text := kana.Fold(words)
	if text == "" {
		return nil
	}
	long := strings.ContainsRune(norm.NFKC.String(words), 'ー')
	keys := []string{squeeze(text)}
	for _, k := range readingKeys(joinRomaji(text), long) {
		key := clip(k.key)
		keys = append(keys, key)
		if k.loose {
			keys = append(keys, looseKey+key)
		}
	}
	for i, k := range keys {
		keys[i] = clip(k)
	}
	return withoutEmpty(sortedSet(keys))
}

// joinRomaji writes words one after the other as in a key. Romaji words but the
// last are whole: their n is ん, whatever follows.
func joinRomaji(text string) string {
	words := strings.Fields(text)
	for i, w := range words[:len(words)-1] {
		if k, rest := kana.FromRomaji(w); rest == "" || rest == "n" {
			words[i] = kana.Fold(k + strings.Replace(rest, "n", "ん", 1))
		}
	}
	return strings.Join(words, "")
}

// heading is a heading that may be suggested.
type heading struct {
	id    int64
	field library.SuggestionField
	key   string
	count int
	forms string // JSON
	whole bool   // it is just what was typed
	inner bool
}

type suggest struct {
	ctx   context.Context
	tx    *sql.Tx
	keys  []string
	limit int
}

// scanCap is how many headings of a tier with one beginning are compared. Rarer tiers
// are only asked where the more frequent ones, which have indexes of their own, have
// too few.
const scanCap = 2000

func (s *suggest) run() ([]library.Suggestion, error) {
	found := map[int64]*heading{}
	for _, key := range s.keys { // just this, however rare
		if err := s.gather(found, "s.key = $2", []any{key}, 0, false); err != nil {
			return nil, err
		}
	}
	for _, h := range found {
		h.whole = true
	}
	for _, inner := range []bool{false, true} {
		for tier := topTier; tier >= 0 && len(found) < s.limit; tier-- {
			for _, key := range s.keys {
				if err := s.gather(found, "s.key >= $2 AND s.key < $3", []any{key, after(key)}, tier, inner); err != nil {
					return nil, err
				}
			}
		}
	}
	return ranked(found, s.limit)
}

// after is the first key behind all those that begin with key.
func after(key string) string { return key + "\U0010FFFF" }

func (s *suggest) gather(found map[int64]*heading, condition string, keys []any, tier int, inner bool) error {
	frequent := ""
	if tier > 0 {
		frequent = fmt.Sprintf(" AND s.tier >= %d", tier)
	}
	query := "SELECT DISTINCT h.id, h.field, h.key, h.count, h.forms FROM (SELECT s.heading FROM start s WHERE s.inner = $1 AND " + condition + frequent +
		fmt.Sprintf(" LIMIT %d) AS f CROSS JOIN heading h ON h.id = f.heading", scanCap)
	rows, err := s.tx.QueryContext(s.ctx, query, append([]any{inner}, keys...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var h heading
		if err := rows.Scan(&h.id, &h.field, &h.key, &h.count, &h.forms); err != nil {
			return err
		}
		if _, have := found[h.id]; have {
			continue
		}
		h.inner = inner
		found[h.id] = &h
	}
	return rows.Err()
}

// ranked orders headings and shows the first of them.
func ranked(found map[int64]*heading, limit int) ([]library.Suggestion, error) {
	list := make([]*heading, 0, len(found))
	for _, h := range found {
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b *heading) int {
		return cmp.Or(
			first(a.whole, b.whole),
			first(!a.inner, !b.inner),
			cmp.Compare(b.count, a.count),
			cmp.Compare(len(a.key), len(b.key)),
			cmp.Compare(a.key, b.key),
			cmp.Compare(a.field, b.field),
		)
	})
	out := make([]library.Suggestion, 0, min(limit, len(list)))
	for _, h := range list[:min(limit, len(list))] {
		var fs forms
		if err := json.Unmarshal([]byte(h.forms), &fs); err != nil || len(fs) == 0 {
			return nil, fmt.Errorf("%w: read heading %s: %w", ErrDamaged, h.key, err)
		}
		text, reading := fs.shown()
		out = append(out, library.Suggestion{Field: h.field, Text: text, Reading: reading})
	}
	return out, nil
}

// first orders true before false.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
