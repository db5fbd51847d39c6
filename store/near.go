package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// Near returns headings with a word that begins one edit away from what was typed,
// a letter wrong, missing, too many, or two exchanged: for a search without hits.
// It tries the whole input first and then each of its words.
func (c *Catalogue) Near(ctx context.Context, words string, limit int) ([]library.Suggestion, error) {
	if limit <= 0 {
		return nil, nil
	}
	text := kana.Fold(words)
	inputs := []string{text}
	for _, word := range strings.Fields(text) {
		if !slices.Contains(inputs, word) {
			inputs = append(inputs, word)
		}
	}
	return view(ctx, c, "find near words", func(tx *reader) ([]library.Suggestion, error) {
		found := map[int64]*heading{}
		var whole []*heading // near all that was typed, who come first
		for i, input := range inputs {
			for _, key := range nearKeys(input) {
				if err := nearTo(ctx, tx, key, found); err != nil {
					return nil, err
				}
			}
			if i == 0 {
				whole, found = ranked(found, limit), map[int64]*heading{}
			}
			if len(whole)+len(found) >= limit {
				break
			}
		}
		for _, h := range whole {
			delete(found, h.id)
		}
		return shown(append(whole, ranked(found, limit-len(whole))...))
	})
}

// nearKeys returns the keys whose neighbours are looked for: the text, and the
// reading where it is one.
func nearKeys(text string) []string {
	if text == "" {
		return nil
	}
	keys := []string{joined(text)}
	for _, k := range typedReadings(text, false) {
		keys = append(keys, k.key)
	}
	return sortedSet(keys)
}

// A word needs so many letters for one edit to leave it recognisable.
const (
	nearShortest      = 3
	nearShortestKanji = 2
)

// nearTo gathers the headings whose keys begin one edit away from key. One edit
// leaves either the first half of the key as it is, or the second: headings with
// the first half are found by their start, those with the second by the letters
// that may stand in the first.
func nearTo(ctx context.Context, tx *reader, key string, found map[int64]*heading) error {
	runes := []rune(clip(key))
	shortest := nearShortest
	if strings.ContainsFunc(key, kana.IsKanji) {
		shortest = nearShortestKanji
	}
	if len(runes) < shortest {
		return nil
	}
	half := len(runes) / 2
	ranges := []string{string(runes[:half])}
	ranges = append(ranges, editedHeads(runes[:half+1])...)
	if err := gatherNear(ctx, tx, runes, ranges, found); err != nil || !kana.IsKanji(runes[0]) && !kana.IsKanji(runes[half-1]) {
		return err
	}
	return nearKanji(ctx, tx, runes, found)
}

// nearKanji gathers headings of the bibs whose text has the second half of what
// was typed.
func nearKanji(ctx context.Context, tx *reader, typed []rune, found map[int64]*heading) error {
	p := planOf(library.Query{Words: string(typed[len(typed)/2:])})
	if p.nothing || len(p.asked) == 0 {
		return nil
	}
	s := search{ctx: ctx, tx: tx, plan: p}
	near := map[headingKey]bool{}
	bibs := 0
	err := s.rows("SELECT s.rowid, r.bib FROM search s CROSS JOIN record r ON r.rank = s.rowid WHERE s.search MATCH $1 ORDER BY s.rowid",
		&arguments{list: []any{tx.frequent.expression(p.asked)}}, func(r *row) []any { return []any{&r.rank, &r.bib} }, func(r *row) bool {
			if b, err := decodeBib(r.bib); err == nil {
				for k := range headingsOf(b) {
					if beginsNear(k.key, typed) {
						near[k] = true
					}
				}
			}
			bibs++
			return bibs < nearScan
		})
	if err != nil {
		return err
	}
	for k := range near {
		var id int64
		if err := queryRow(ctx, tx, []any{&id}, "SELECT h.id "+whereHeading, k.where()...); err != nil {
			return err
		}
		if err := addHeading(ctx, tx, id, false, found); err != nil {
			return err
		}
	}
	return nil
}

// editedHeads returns the heads that are one edit away from this one. A wrong or
// missing letter may be any kana in a kana word and any Latin letter in a Latin
// one; of kanji there are too many to try, see nearKanji.
func editedHeads(head []rune) (out []string) {
	var alphabet string
	switch r := head[0]; {
	case isHiragana(r):
		alphabet = nearKana
	case r >= 'a' && r <= 'z':
		alphabet = "abcdefghijklmnopqrstuvwxyz"
	}
	last := len(head) - 1
	for i := range head {
		without := string(head[:i]) + string(head[i+1:])
		if without != "" {
			out = append(out, without)
		}
		if i < last {
			out = append(out, string(head[:i])+string(head[i+1])+string(head[i])+string(head[i+2:]))
		}
		for _, r := range alphabet {
			out = append(out, string(head[:i])+string(r)+string(head[i+1:]), string(head[:i])+string(r)+string(head[i:]))
		}
	}
	return sortedSet(out)
}

const nearKana = "あいうえおかきくけこがぎぐげごさしすせそざじずぜぞたちつてとだでどなにぬねのはひふへほばびぶべぼぱぴぷぺぽまみむめもやゆよらりるれろわん"

// nearScan is how many keys with one beginning are compared.
const nearScan = 1000

func gatherNear(ctx context.Context, tx *reader, typed []rune, ranges []string, found map[int64]*heading) error {
	ids := map[int64]bool{} // of headings, and whether only a later word is near
	for _, head := range ranges {
		for _, place := range startPlaces {
			if err := scanNear(ctx, tx, place, head, typed, ids); err != nil {
				return err
			}
		}
	}
	for id, inner := range ids {
		if err := addHeading(ctx, tx, id, inner, found); err != nil {
			return err
		}
	}
	return nil
}

// addHeading reads a heading that was found.
func addHeading(ctx context.Context, tx *reader, id int64, inner bool, found map[int64]*heading) error {
	if found[id] != nil {
		return nil
	}
	h := heading{id: id, inner: inner}
	if err := queryRow(ctx, tx, []any{&h.field, &h.key, &h.count, &h.forms}, "SELECT field, key, count, forms FROM heading WHERE id = $1", id); err != nil {
		return err
	}
	found[id] = &h
	return nil
}

func scanNear(ctx context.Context, tx *reader, place startPlace, head string, typed []rune, ids map[int64]bool) error {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf("SELECT key, heading FROM start WHERE place = $1 AND key >= $2 AND key < $3 LIMIT %d", nearScan), place, head, after(head))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var id int64
		if err := rows.Scan(&key, &id); err != nil {
			return err
		}
		if was, have := ids[id]; (!have || was && !place.inner()) && beginsNear(key, typed) {
			ids[id] = place.inner()
		}
	}
	return rows.Err()
}

// beginsNear reports whether key begins with a word one edit away from typed.
func beginsNear(key string, typed []rune) bool {
	var runes []rune
	for _, r := range key {
		if len(runes) == len(typed)+1 {
			break
		}
		runes = append(runes, r)
	}
	same := 0
	for same < min(len(runes), len(typed)) && runes[same] == typed[same] {
		same++
	}
	begins := func(key, want []rune) bool {
		return len(key) >= len(want) && string(key[:len(want)]) == string(want)
	}
	if same == len(typed) {
		return true
	}
	rest, want := runes[same:], typed[same:]
	switch {
	case begins(rest, want[1:]): // one too many was typed
		return true
	case len(rest) > 0 && begins(rest[1:], want[1:]): // a wrong one
		return true
	case len(rest) > 0 && begins(rest[1:], want): // one was left out
		return true
	case len(rest) > 1 && len(want) > 1 && rest[0] == want[1] && rest[1] == want[0]:
		return begins(rest[2:], want[2:])
	}
	return false
}
