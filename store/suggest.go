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
	return view(ctx, c, "suggest", func(tx *reader) ([]library.Suggestion, error) {
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
	keys := []string{joined(text)}
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
	tx    *reader
	keys  []string
	limit int
}

// scanCap is how many headings with one beginning are compared at a tier. Rarer tiers
// are only asked where the more frequent ones, which have indexes of their own, have
// too few; and the rarer the headings, the less it tells which of them is shown.
func scanCap(tier int) int { return []int{100, 500, wholeScan, wholeScan}[tier] }

// wholeScan is the same for headings that are just what was typed.
const wholeScan = 2000

func (s *suggest) run() ([]library.Suggestion, error) {
	found := map[int64]*heading{}
	// Just this, however rare.
	if err := s.gather(found, func(key string) string { return key }, 0, false, wholeScan); err != nil {
		return nil, err
	}
	for _, h := range found {
		h.whole = true
	}
	for _, inner := range []bool{false, true} {
		for tier := topTier; tier >= 0 && len(found) < s.limit; tier-- {
			if err := s.gather(found, after, tier, inner, scanCap(tier)); err != nil {
				return nil, err
			}
		}
	}
	list := ranked(found, s.limit)
	for _, h := range list {
		if err := queryRow(s.ctx, s.tx, []any{&h.forms}, "SELECT forms FROM heading WHERE id = $1", h.id); err != nil {
			return nil, err
		}
	}
	return shown(list)
}

// after is behind all keys that begin with key.
func after(key string) string { return key + "\U0010FFFF" }

// tierIndex names the index of the starts of a tier and above, which SQLite would not
// choose by itself.
func tierIndex(tier int) string {
	return []string{"", "INDEXED BY start_common", "INDEXED BY start_often", "INDEXED BY start_most"}[tier]
}

// gather finds the headings of a tier with a start from one of the keys up to its last.
func (s *suggest) gather(found map[int64]*heading, last func(key string) string, tier int, inner bool, most int) error {
	query := fmt.Sprintf(`SELECT h.id, h.field, h.key, h.count FROM (
			SELECT DISTINCT s.heading FROM start s %s WHERE s.inner = $1 AND s.key BETWEEN $2 AND $3 AND s.tier >= %d LIMIT %d
		) AS f CROSS JOIN heading h ON h.id = f.heading`, tierIndex(tier), tier, most)
	for _, key := range s.keys {
		rows, err := s.tx.QueryContext(s.ctx, query, inner, key, last(key))
		if err != nil {
			return err
		}
		if err := addFound(rows, found, inner); err != nil {
			return err
		}
	}
	return nil
}

func addFound(rows *sql.Rows, found map[int64]*heading, inner bool) error {
	defer rows.Close()
	for rows.Next() {
		var h heading
		if err := rows.Scan(&h.id, &h.field, &h.key, &h.count); err != nil {
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

// ranked orders headings and returns the first of them.
func ranked(found map[int64]*heading, limit int) []*heading {
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
	return list[:min(limit, len(list))]
}

// shown shows headings as they are catalogued.
func shown(list []*heading) ([]library.Suggestion, error) {
	out := make([]library.Suggestion, 0, len(list))
	for _, h := range list {
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
