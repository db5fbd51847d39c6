package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"madoguchi/library"
)

// Apply applies changes of the epoch in their order and moves the cursor to upto,
// all in one transaction: whatever happens, the file is as before or as after.
// Changes that were applied already do nothing. Another epoch than the file's is
// library.ErrReset: the edition must be fetched again.
func (c *Catalogue) Apply(ctx context.Context, epoch string, upto int64, rows []Change) error {
	changed := false
	err := c.update(ctx, "apply changes", func(tx *sql.Tx) error {
		in, err := readInfo(ctx, tx)
		if err != nil {
			return err
		}
		if in.Epoch != epoch {
			return fmt.Errorf("the changes are of epoch %s, the catalogue of %s: %w", epoch, in.Epoch, library.ErrReset)
		}
		if upto <= in.Number {
			return nil
		}
		if err := applyAll(ctx, tx, rows); err != nil {
			return err
		}
		changed = len(rows) > 0
		_, err = tx.ExecContext(ctx, "UPDATE info SET number = $1", upto)
		return err
	})
	if err != nil || !changed {
		return err
	}
	return c.merge(ctx)
}

func applyAll(ctx context.Context, tx *sql.Tx, rows []Change) error {
	s, err := newChangeSet(ctx, tx)
	if err != nil {
		return err
	}
	defer s.w.close()
	for _, ch := range rows {
		if err := s.apply(ch); err != nil {
			return err
		}
	}
	return s.finish()
}

// merge takes a few steps at tidying the index, each in a short transaction of its
// own, so that no search waits. Changes are safe without it: a step that fails,
// or never comes, is made up for by the next.
func (c *Catalogue) merge(ctx context.Context) error {
	const steps, pages = 4, 300
	for range steps {
		err := c.update(ctx, "tidy index", func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO search (search, rank) VALUES ('merge', $1)", pages)
			return err
		})
		if errors.Is(err, ErrDamaged) {
			return err
		}
		if err != nil {
			return nil
		}
	}
	return nil
}

// Optimise merges the index into one piece, which takes seconds on a large
// catalogue: at night. Searches go on meanwhile.
func (c *Catalogue) Optimise(ctx context.Context) error {
	err := c.update(ctx, "optimise index", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO search (search) VALUES ('optimize')")
		return err
	})
	if err != nil {
		return err
	}
	if _, err := c.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return fmt.Errorf("optimise index: %w", damaged(err))
	}
	return nil
}

// ReplaceBucket makes the bibs of a bucket, and their items, exactly records: the
// repair when its digest differs from the server's. The cursor stays.
func (c *Catalogue) ReplaceBucket(ctx context.Context, bucket int, records ...library.Record) error {
	err := c.update(ctx, "repair bucket", func(tx *sql.Tx) error {
		changes, err := replacement(ctx, tx, bucket, records)
		if err != nil {
			return err
		}
		return applyAll(ctx, tx, changes)
	})
	if err != nil {
		return err
	}
	return c.merge(ctx)
}

// replacement returns the changes that make a bucket into records.
func replacement(ctx context.Context, tx *sql.Tx, bucket int, records []library.Record) ([]Change, error) {
	keep := map[library.ItemID]bool{}
	wanted := map[library.BibID]bool{}
	var puts []Change
	for _, r := range records {
		if library.BucketOf(r.Bib.ID) != bucket {
			return nil, fmt.Errorf("bib %s does not belong to bucket %d", r.Bib.ID, bucket)
		}
		wanted[r.Bib.ID] = true
		puts = append(puts, Change{PutBib: &r.Bib})
		for _, it := range r.Items {
			keep[it.ID] = true
			puts = append(puts, Change{PutItem: &it})
		}
	}
	rows, err := tx.QueryContext(ctx, "SELECT id, '' FROM bib UNION ALL SELECT bib_id, id FROM item")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var deletes []Change
	for rows.Next() {
		var bib library.BibID
		var item library.ItemID
		if err := rows.Scan(&bib, &item); err != nil {
			return nil, err
		}
		switch {
		case library.BucketOf(bib) != bucket:
		case item != "" && !keep[item]:
			deletes = append(deletes, Change{DeleteItem: item})
		case item == "" && !wanted[bib]:
			deletes = append(deletes, Change{DeleteBib: bib})
		}
	}
	return append(deletes, puts...), rows.Err()
}

// Digests returns the digest of every bucket, to be compared with the server's.
func (c *Catalogue) Digests(ctx context.Context) ([library.Buckets]library.Digest, error) {
	return view(ctx, c, "read digests", func(tx *sql.Tx) (out [library.Buckets]library.Digest, err error) {
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
