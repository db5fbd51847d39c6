package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"madoguchi/library"
)

// indexed is a row of the full-text index to take out or to put in.
type indexed struct {
	rank   int64
	put    bool
	tokens string
}

// outcome gathers what the touched bibs change beside their own rows.
type outcome struct {
	index       []indexed
	headings    headingChanges
	digests     map[int]library.Digest
	bibs, items int
	years       map[int64]int64 // first rank of a year of a class → the lowest given out
}

// finish writes what became of the touched bibs and of everything that stands for
// them. It returns how many rows of the full-text index changed.
func (s *changeSet) finish() (indexed int, err error) {
	if err := s.writeItems(); err != nil {
		return 0, fmt.Errorf("write items: %w", err)
	}
	out := outcome{headings: newHeadingChanges(), digests: map[int]library.Digest{}, years: map[int64]int64{}}
	for _, id := range s.order {
		if err := s.finishBib(s.touched[id], &out); err != nil {
			return 0, fmt.Errorf("write bib %s: %w", id, err)
		}
	}
	if err := out.headings.write(s.ctx, s.tx); err != nil {
		return 0, fmt.Errorf("write headings: %w", err)
	}
	if err := s.writeDigests(out.digests); err != nil {
		return 0, fmt.Errorf("write digests: %w", err)
	}
	if err := s.exec("UPDATE info SET bibs = bibs + $1, items = items + $2", out.bibs, out.items); err != nil {
		return 0, err
	}
	s.close()
	return len(out.index), writeIndex(s.ctx, s.tx, out.index)
}

// writeItems takes out all items that went before it puts in those that came: some
// may only have moved to another bib.
func (s *changeSet) writeItems() error {
	for _, id := range s.order {
		t := s.touched[id]
		for _, it := range t.oldItems {
			if _, stays := t.find(it.ID); stays {
				continue
			}
			if err := s.exec("DELETE FROM item WHERE bib_id = $1 AND id = $2", string(it.BibID), string(it.ID)); err != nil {
				return err
			}
		}
	}
	for _, id := range s.order {
		t := s.touched[id]
		for _, it := range t.items {
			at, was := findItem(t.oldItems, it.ID)
			var err error
			switch {
			case !was:
				err = s.w.putItem(it)
			case t.oldItems[at] != it:
				err = s.exec(`UPDATE item SET branch = $3, barcode = $4, call_number = $5, shelf = $6, lendable = $7, state = $8, due_on = $9
					WHERE bib_id = $1 AND id = $2`, itemValues(it)...)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *changeSet) finishBib(t *touched, out *outcome) error {
	next, err := t.next()
	if err != nil || next == t.old {
		return err
	}
	var oldBib, nextBib *library.Bib // only where the bib changes
	if t.old == nil || next == nil || t.old.bib != next.bib {
		oldBib, nextBib = t.bibs()
	}
	if next != nil {
		if t.old != nil {
			next.rank = t.old.rank
		}
		if nextBib != nil && (oldBib == nil || firstRank(*oldBib) != firstRank(*nextBib)) {
			if next.rank, err = s.newRank(firstRank(*nextBib), out.years); err != nil {
				return fmt.Errorf("%w; build the catalogue anew", err)
			}
		}
	}
	if err := s.writeBib(t.old, next, oldBib, nextBib); err != nil {
		return err
	}
	out.index = append(out.index, indexChanges(t.old, next)...)
	count := func(r *row, b *library.Bib, n int) {
		if r == nil {
			return
		}
		out.bibs, out.items = out.bibs+n, out.items+n*r.copies
		bucket := library.BucketOf(r.id)
		out.digests[bucket] = out.digests[bucket].XOR(r.digest)
		if b != nil {
			out.headings.add(*b, n)
		}
	}
	count(t.old, oldBib, -1)
	count(next, nextBib, 1)
	return nil
}

// newRank gives out the newest rank of a year of a class, which begins with first.
func (s *changeSet) newRank(first int64, years map[int64]int64) (int64, error) {
	lowest, known := years[first]
	if !known {
		if err := s.queryRow([]any{&lowest}, "SELECT coalesce(min(rank), $2) FROM bib WHERE rank >= $1 AND rank < $2", first, first+rankYear); err != nil {
			return 0, err
		}
	}
	if lowest <= first {
		return 0, fmt.Errorf("there is no room for it among the bibs of the year %d", maxYear-first%rankClass/rankYear)
	}
	years[first] = lowest - 1
	return lowest - 1, nil
}

// writeBib brings the ordinary tables from old to next, the bibs being given where
// they differ.
func (s *changeSet) writeBib(old, next *row, oldBib, nextBib *library.Bib) error {
	switch {
	case old != nil && next != nil && old.rank == next.rank:
		if !old.same(next) {
			if err := s.exec(`UPDATE bib SET folded = $2, ndc = $3, shelves = $4, branches = $5, kind = $6, language = $7, juvenile = $8,
				year = $9, volumes = $10, work = $11, added_on = $12, copies = $13 WHERE rank = $1`,
				next.rank, next.folded, next.ndc, next.shelves, next.branches, next.kind, next.language, next.juvenile, next.year, next.volumes, next.work, next.addedOn, next.copies); err != nil {
				return err
			}
		}
		if old.bib == next.bib {
			return nil
		}
		if err := s.exec("UPDATE record SET bib = $2 WHERE rank = $1", next.rank, []byte(next.bib)); err != nil {
			return err
		}
		if err := s.w.deleteSides(old.rank, *oldBib); err != nil {
			return err
		}
		return s.w.insertSides(next.rank, *nextBib)
	case old != nil:
		if err := s.w.deleteSides(old.rank, *oldBib); err != nil {
			return err
		}
		for _, table := range []string{"bib", "record"} {
			if err := s.exec("DELETE FROM "+table+" WHERE rank = $1", old.rank); err != nil {
				return err
			}
		}
	}
	if next == nil {
		return nil
	}
	return s.w.insertBib(next, *nextBib)
}

// same reports whether two rows of table bib are the same.
func (r *row) same(s *row) bool {
	a, b := *r, *s
	a.bib, a.digest, b.bib, b.digest = "", library.Digest{}, "", library.Digest{}
	return a == b
}

// indexChanges returns what the full-text index needs; nothing for a bib whose
// items only went out or came back.
func indexChanges(old, next *row) (out []indexed) {
	if old != nil && next != nil && old.rank == next.rank && old.sameTokens(next) {
		return nil
	}
	if old != nil {
		out = append(out, indexed{old.rank, false, old.tokens()})
	}
	if next != nil {
		out = append(out, indexed{next.rank, true, next.tokens()})
	}
	return out
}

// sameTokens reports whether the columns that tokens depends on are the same.
func (r *row) sameTokens(s *row) bool {
	return r.folded == s.folded && r.ndc == s.ndc && r.branches == s.branches &&
		r.kind == s.kind && r.language == s.language && r.juvenile == s.juvenile && r.volumes == s.volumes
}

// writeIndex writes in ascending order of ranks, deletions first: FTS5 begins a
// new segment whenever a row number goes down.
func writeIndex(ctx context.Context, tx *sql.Tx, index []indexed) error {
	slices.SortStableFunc(index, func(a, b indexed) int {
		switch {
		case a.rank != b.rank:
			return cmp.Compare(a.rank, b.rank)
		case a.put == b.put:
			return 0
		case a.put:
			return 1
		}
		return -1
	})
	remove, err := tx.PrepareContext(ctx, "INSERT INTO search (search, rowid, t) VALUES ('delete', $1, $2)")
	if err != nil {
		return err
	}
	defer remove.Close()
	put, err := tx.PrepareContext(ctx, "INSERT INTO search (rowid, t) VALUES ($1, $2)")
	if err != nil {
		return err
	}
	defer put.Close()
	for _, x := range index {
		stmt := remove
		if x.put {
			stmt = put
		}
		if _, err := stmt.ExecContext(ctx, x.rank, x.tokens); err != nil {
			return fmt.Errorf("write index at %d: %w", x.rank, err)
		}
	}
	return nil
}

// writeDigests changes the digests of buckets.
func (s *changeSet) writeDigests(by map[int]library.Digest) error {
	for bucket, change := range by {
		if change == (library.Digest{}) {
			continue
		}
		var stored []byte
		err := s.queryRow([]any{&stored}, "SELECT digest FROM digest WHERE bucket = $1", bucket)
		if err != nil && err != sql.ErrNoRows {
			return err
		}
		var d library.Digest
		copy(d[:], stored)
		d = d.XOR(change)
		if err := s.exec("INSERT INTO digest (bucket, digest) VALUES ($1, $2) ON CONFLICT (bucket) DO UPDATE SET digest = excluded.digest", bucket, d[:]); err != nil {
			return err
		}
	}
	return nil
}
