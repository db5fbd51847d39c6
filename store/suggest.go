package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// Suggest returns headings that begin with what was typed: by reading, in kana or
// in romaji that may still be incomplete, or by text. The heading that is just
// this comes first, then the creators of this family name, then headings that begin so,
// of each the most frequent first, then those with a later word that does. A creator of
// more bibs than the heading that is just this stands before it: 夏目 means 夏目漱石,
// and こころ a title.
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
	keys := []string{kana.Signs(words)}
	long := strings.ContainsRune(norm.NFKC.String(words), 'ー')
	for _, text := range append([]string{kana.Fold(words)}, otherwise(words)...) {
		if text == "" {
			continue
		}
		keys = append(keys, joined(text))
		for _, k := range spelledOut(typedReadings(text, long)) {
			key := clip(k.key)
			keys = append(keys, key)
			if k.loose {
				keys = append(keys, looseKey+key)
			}
		}
	}
	for i, k := range keys {
		keys[i] = clip(k)
	}
	return withoutEmpty(sortedSet(keys))
}

// spelledOut adds to keys those whose letters before kana are written out as they are
// read: what is typed Cげ may be catalogued シー ゲンゴ.
func spelledOut(keys []typedKey) []typedKey {
	for _, k := range keys {
		spelled, ok := kana.SpellOut(k.key)
		if !ok {
			continue
		}
		long, _ := kana.Lengthen(spelled)
		key := kana.Key(kana.Fold(long))
		if !k.loose {
			keys = append(keys, typedKey{key, false})
		}
		if loose := kana.Loose(key); utf8.RuneCountInString(loose) >= knownSound {
			keys = append(keys, typedKey{loose, true}) // the name of j is じぇい as well
		}
	}
	return keys
}

// knownSound is how many kana there are of a loose key at least that stands for letters,
// since しげ of Cげ is the beginning of much else.
const knownSound = 4

// typedReadings reads words as the beginning of one reading: those before the last are
// whole. What is read two ways, as kana or as Latin letters, is tried in both.
func typedReadings(text string, lengthened bool) (keys []typedKey) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil
	}
	starts, last := []string{""}, words[len(words)-1]
	for _, w := range words[:len(words)-1] {
		starts = joinedParts(starts, sortedSet(append(partsOfReading(w), w)))
	}
	for _, start := range starts {
		keys = append(keys, readingKeys(start+last, lengthened)...)
		if start == "" {
			continue
		}
		keys = append(keys, typedKey{kana.Key(start + last), false})
		for _, k := range readingKeys(last, lengthened) {
			key := kana.Key(start + k.key)
			if k.loose {
				key = kana.Loose(key)
			}
			keys = append(keys, typedKey{key, k.loose})
		}
	}
	return keys
}

// heading is a heading that may be suggested.
type heading struct {
	id    int64
	field library.SuggestionField
	key   string
	count int
	forms string // JSON
	whole bool   // it is just what was typed
	named bool   // a creator whose family name was typed
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
	if err := s.gather(found, just, 0, wholeScan, startOfHeading, startOfCreator); err != nil {
		return nil, err
	}
	for _, h := range found {
		h.whole = true
	}
	if err := s.families(found); err != nil {
		return nil, err
	}
	for _, places := range [][]startPlace{{startOfHeading, startOfCreator}, {laterInHeading, laterInCreator}} {
		for tier := topTier; tier >= 0 && len(found) < s.limit; tier-- {
			if err := s.gather(found, after, tier, scanCap(tier), places...); err != nil {
				return nil, err
			}
		}
	}
	list := ranked(found, s.limit)
	for _, h := range list {
		if _, err := s.spellings(h); err != nil {
			return nil, err
		}
	}
	return shown(list)
}

// familyScan is how many creators of a tier are compared whose name begins so, and
// familyLook of how many, the most frequent, the name is read.
const (
	familyScan = 50
	familyLook = 16
)

// families gathers the creators of the family name that was typed. One kana is none yet,
// nor is a letter.
func (s *suggest) families(found map[int64]*heading) error {
	if slices.ContainsFunc(s.keys, func(key string) bool {
		r, n := utf8.DecodeRuneInString(key)
		return n == len(key) && !kana.IsKanji(r)
	}) {
		return nil
	}
	gather := func(last func(key string) string, tier int, place startPlace, most int) (named int, err error) {
		creators := map[int64]*heading{}
		if err := s.gather(creators, last, tier, most, place); err != nil {
			return 0, err
		}
		for _, h := range ranked(creators, familyLook) {
			if found[h.id] != nil {
				continue
			}
			fs, err := s.spellings(h)
			if err != nil {
				return 0, err
			}
			if fs.familyOf(s.keys) {
				h.named, h.inner = true, false
				found[h.id] = h
				if named++; named == s.limit {
					break
				}
			}
		}
		return named, nil
	}
	if _, err := gather(just, 0, laterInCreator, familyScan); err != nil {
		return err
	}
	begin := 0
	for tier := topTier; tier >= 0 && begin < s.limit; tier-- {
		n, err := gather(after, tier, startOfCreator, familyScan)
		if err != nil {
			return err
		}
		begin += n
	}
	return nil
}

// just is the last key that is key.
func just(key string) string { return key }

// after is behind all keys that begin with key.
func after(key string) string { return key + "\U0010FFFF" }

// tierIndex names the index of the starts of a tier and above, which SQLite would not
// choose by itself.
func tierIndex(tier int) string {
	return []string{"", "INDEXED BY start_common", "INDEXED BY start_often", "INDEXED BY start_most"}[tier]
}

// gather finds the headings of a tier with a start from one of the keys up to its last, at
// most so many of each place. The places are all inner or none.
func (s *suggest) gather(found map[int64]*heading, last func(key string) string, tier, most int, places ...startPlace) error {
	var starts []string
	for _, place := range places {
		starts = append(starts, fmt.Sprintf("SELECT heading FROM (SELECT DISTINCT s.heading FROM start s %s WHERE s.place = %d AND s.key BETWEEN $1 AND $2 AND s.tier >= %d LIMIT %d)", tierIndex(tier), place, tier, most))
	}
	query := "SELECT h.id, h.field, h.key, h.count FROM (" + strings.Join(starts, " UNION ") + ") AS f CROSS JOIN heading h ON h.id = f.heading"
	for _, key := range s.keys {
		rows, err := s.tx.QueryContext(s.ctx, query, key, last(key))
		if err != nil {
			return err
		}
		if err := addFound(rows, found, places[0].inner()); err != nil {
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
			first(a.named, b.named),
			first(!a.inner, !b.inner),
			cmp.Compare(b.count, a.count),
			cmp.Compare(len(a.key), len(b.key)),
			cmp.Compare(a.key, b.key),
			cmp.Compare(a.field, b.field),
		)
	})
	if i := slices.IndexFunc(list, func(h *heading) bool { return !h.whole }); i > 0 && list[i].named && list[i].count > list[0].count {
		creator := list[i]
		copy(list[1:], list[:i])
		list[0] = creator
	}
	return list[:min(limit, len(list))]
}

// shown shows headings as they are catalogued.
func shown(list []*heading) ([]library.Suggestion, error) {
	out := make([]library.Suggestion, 0, len(list))
	for _, h := range list {
		fs, err := h.spellings()
		if err != nil {
			return nil, err
		}
		text, reading := fs.shown()
		out = append(out, library.Suggestion{Field: h.field, Text: text, Reading: reading})
	}
	return out, nil
}

// spellings reads the forms of a heading, from the catalogue where they were not yet.
func (s *suggest) spellings(h *heading) (forms, error) {
	if h.forms == "" {
		if err := queryRow(s.ctx, s.tx, []any{&h.forms}, "SELECT forms FROM heading WHERE id = $1", h.id); err != nil {
			return nil, err
		}
	}
	return h.spellings()
}

// spellings reads the forms.
func (h *heading) spellings() (fs forms, err error) {
	if err = json.Unmarshal([]byte(h.forms), &fs); err == nil && len(fs) == 0 {
		err = errors.New("it has none")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: read the spellings of heading %s: %w", ErrDamaged, h.key, err)
	}
	return fs, nil
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
