package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"madoguchi/library"
)

// Cursor is a place in the server's history of changes.
type Cursor struct {
	Epoch  string
	Number int64
	Mark   string // of the number, "" when it has none
}

// Apply applies changes of the epoch in their order and moves the cursor to upto. Many
// of them are applied in parts, each in a transaction of its own: the cursor moves in
// the last. Whatever happens, the file is as before or after a part, and as changes say
// what shall be, to apply them again from the first on leads to the same. Changes
// that were applied already do nothing. Another epoch than the file's is
// library.ErrReset: the edition must be fetched again.
func (c *Catalogue) Apply(ctx context.Context, upto Cursor, rows []library.Change) error {
	for {
		left, indexed, err := c.applyNext(ctx, upto, rows)
		if err != nil {
			return err
		}
		if err := c.merge(ctx, indexed); err != nil {
			return err
		}
		if len(left) == 0 {
			return nil
		}
		rows = left
	}
}

// applyNext applies the next part of the changes. It returns what is left of them, and
// how many rows of the full-text index changed.
func (c *Catalogue) applyNext(ctx context.Context, upto Cursor, rows []library.Change) (left []library.Change, indexed int, err error) {
	err = c.update(ctx, "apply changes", func(tx *sql.Tx) error {
		in, err := readInfo(ctx, tx)
		if err != nil {
			return err
		}
		if in.Epoch != upto.Epoch {
			return fmt.Errorf("the changes are of epoch %s, the catalogue of %s: %w", upto.Epoch, in.Epoch, library.ErrReset)
		}
		if upto.Number <= in.Number {
			return nil
		}
		var applied int
		if applied, indexed, err = applyPart(ctx, tx, rows); err != nil {
			return err
		}
		if left = rows[applied:]; len(left) > 0 {
			return nil
		}
		_, err = tx.ExecContext(ctx, "UPDATE info SET number = $1, mark = $2", upto.Number, upto.Mark)
		return err
	})
	return left, indexed, err
}

// A part ends when it has cost so much, or has taken so long to read on a slow disk;
// to write it takes about as long again. So no transaction makes others wait, nor a
// search whose part of the file it replaces.
const (
	partCost = 600 // of availability alone that many changes
	bibCost  = 4
	partTime = 100 * time.Millisecond
)

// applyPart applies the first of rows, at least one. It returns how many, and how many
// rows of the full-text index changed.
func applyPart(ctx context.Context, tx *sql.Tx, rows []library.Change) (applied, indexed int, err error) {
	s, err := newChangeSet(ctx, tx)
	if err != nil {
		return 0, 0, err
	}
	defer s.close()
	began := time.Now()
	for cost := 0; applied < len(rows) && cost < partCost && time.Since(began) < partTime; applied++ {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		if err := s.apply(rows[applied]); err != nil {
			return 0, 0, err
		}
		cost++
		if ch := rows[applied]; ch.PutBib != nil || ch.DeleteBib != "" {
			cost += bibCost - 1
		}
	}
	indexed, err = s.finish()
	return applied, indexed, err
}

// applyAll is applyPart for all of rows.
func applyAll(ctx context.Context, tx *sql.Tx, rows []library.Change) (indexed int, err error) {
	for len(rows) > 0 {
		applied, n, err := applyPart(ctx, tx, rows)
		if err != nil {
			return 0, err
		}
		rows, indexed = rows[applied:], indexed+n
	}
	return indexed, nil
}

// mergePages is how many pages of the index one transaction of tidying writes: about
// 30 ms of work.
const mergePages = 300

// merge tidies the index after so many of its rows changed: in proportion to them, or
// the pieces that changes leave would become more and more. It does so in short
// transactions of its own, so that no search waits. Changes are safe without it: a
// step that fails, or never comes, is made up for by the next.
func (c *Catalogue) merge(ctx context.Context, indexed int) error {
	if indexed == 0 {
		return nil
	}
	// Four rows make about a page, which is written anew about eight times until it is
	// part of the large piece that the file was built with.
	for pages := 2*indexed + 16; pages > 0; pages -= mergePages {
		worked, err := c.mergeStep(ctx, min(pages, mergePages))
		if errors.Is(err, ErrDamaged) {
			return err
		}
		if err != nil || !worked {
			return nil
		}
	}
	return nil
}

// mergeStep merges pieces of the index that are of a size, until it has written so
// many pages, and reports whether there were any.
func (c *Catalogue) mergeStep(ctx context.Context, pages int) (worked bool, err error) {
	err = c.update(ctx, "tidy index", func(tx *sql.Tx) error {
		changes := func() (n int, err error) {
			err = tx.QueryRowContext(ctx, "SELECT total_changes()").Scan(&n)
			return n, err
		}
		before, err := changes()
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO search (search, rank) VALUES ('merge', $1)", pages); err != nil {
			return err
		}
		after, err := changes()
		worked = after-before >= 2 // one is this statement's own
		return err
	})
	return worked, err
}

// Optimise tidies the index as far as that is of use: at night. Of pieces of one size it
// makes a larger one, and of all of them one again every few nights, when there are too
// many, which takes some 6 s at a million bibs. Each piece beside the first makes a search
// 4 % slower; to write all of a large index anew each night would wear out the disk for
// that. It works in short transactions, so that searches and changes go on meanwhile.
func (c *Catalogue) Optimise(ctx context.Context) error {
	const atNight, byDay = 2, 4 // pieces of a size that are merged
	if err := c.setMergeFrom(ctx, atNight); err != nil {
		return err
	}
	if err := c.mergeAll(ctx, mergePages); err != nil {
		return err
	}
	n, err := c.pieces(ctx)
	if err != nil {
		return err
	}
	if n > maxPieces {
		if err := c.mergeAll(ctx, -mergePages); err != nil { // negative: of any size
			return err
		}
	}
	if err := c.setMergeFrom(ctx, byDay); err != nil {
		return err
	}
	if _, err := c.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return fmt.Errorf("optimise index: %w", damaged(err))
	}
	return nil
}

// maxPieces is of how many pieces the index may be after a night.
const maxPieces = 3

// pieces is of how many pieces the index is.
func (c *Catalogue) pieces(ctx context.Context) (int, error) {
	return view(ctx, c, "look at the index", func(tx *reader) (n int, err error) {
		err = queryRow(ctx, tx, []any{&n}, "SELECT count(DISTINCT segid) FROM search_idx")
		return n, err
	})
}

// mergeAll merges until there is nothing to merge.
func (c *Catalogue) mergeAll(ctx context.Context, pages int) error {
	for {
		worked, err := c.mergeStep(ctx, pages)
		if err != nil || !worked {
			return err
		}
		pages = max(pages, -pages) // a negative one begins only
	}
}

// setMergeFrom sets how many pieces of a size there must be for mergeStep to merge them.
func (c *Catalogue) setMergeFrom(ctx context.Context, pieces int) error {
	return c.update(ctx, "tidy index", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO search (search, rank) VALUES ('usermerge', $1)", pieces)
		return err
	})
}

// ReplaceBucket makes the bibs of a bucket, and their items, exactly records: the
// repair when its digest differs from the server's. The cursor stays.
func (c *Catalogue) ReplaceBucket(ctx context.Context, bucket int, records ...library.Record) error {
	indexed := 0
	err := c.update(ctx, "repair bucket", func(tx *sql.Tx) error {
		changes, err := replacement(ctx, tx, bucket, records)
		if err != nil {
			return err
		}
		indexed, err = applyAll(ctx, tx, changes)
		return err
	})
	if err != nil {
		return err
	}
	return c.merge(ctx, indexed)
}

// Move moves the cursor of a catalogue whose buckets and lists were made equal to the
// server's to the place where these stood: the changes from there on are the next.
func (c *Catalogue) Move(ctx context.Context, to Cursor) error {
	return c.update(ctx, "move the cursor", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE info SET epoch = $1, number = $2, mark = $3", to.Epoch, to.Number, to.Mark)
		return err
	})
}

// replacement returns the changes that make a bucket into records.
func replacement(ctx context.Context, tx *sql.Tx, bucket int, records []library.Record) ([]library.Change, error) {
	keep := map[library.ItemID]bool{}
	wanted := map[library.BibID]bool{}
	var puts []library.Change
	for _, r := range records {
		if library.BucketOf(r.Bib.ID) != bucket {
			return nil, fmt.Errorf("bib %s does not belong to bucket %d", r.Bib.ID, bucket)
		}
		wanted[r.Bib.ID] = true
		puts = append(puts, library.Change{PutBib: &r.Bib})
		for _, it := range r.Items {
			keep[it.ID] = true
			puts = append(puts, library.Change{PutItem: &it})
		}
	}
	rows, err := tx.QueryContext(ctx, "SELECT id, '' FROM bib UNION ALL SELECT bib_id, id FROM item")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var deletes []library.Change
	for rows.Next() {
		var bib library.BibID
		var item library.ItemID
		if err := rows.Scan(&bib, &item); err != nil {
			return nil, err
		}
		switch {
		case library.BucketOf(bib) != bucket:
		case item != "" && !keep[item]:
			deletes = append(deletes, library.Change{DeleteItem: item})
		case item == "" && !wanted[bib]:
			deletes = append(deletes, library.Change{DeleteBib: bib})
		}
	}
	return append(deletes, puts...), rows.Err()
}

// Digests returns the digest of every bucket, to be compared with the server's.
func (c *Catalogue) Digests(ctx context.Context) ([library.Buckets]library.Digest, error) {
	return view(ctx, c, "read digests", func(tx *reader) (out [library.Buckets]library.Digest, err error) {
		rows, err := tx.QueryContext(ctx, "SELECT bucket, digest FROM digest")
		if err != nil {
			return out, err
		}
		defer rows.Close()
		for rows.Next() {
			var bucket int
			var digest []byte
			if err := rows.Scan(&bucket, &digest); err != nil {
				return out, err
			}
			if bucket < 0 || bucket >= len(out) || len(digest) != len(out[0]) {
				return out, fmt.Errorf("%w: bucket %d has no digest", ErrDamaged, bucket)
			}
			copy(out[bucket][:], digest)
		}
		return out, rows.Err()
	})
}
