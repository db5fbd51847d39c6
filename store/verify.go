package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"madoguchi/library"
)

// Verify reads the whole file: SQLite's own check, which includes the structure of
// the full-text index, and of every bib whether its folded text, its digest, the
// digest of its bucket and the counts are those of the record. It takes seconds on
// a large catalogue. The error is ErrDamaged when something is wrong.
//
// It uses a connection of its own. On one that has searched before, FTS5 compares the
// file with the outline of the index that it remembers, and reports damage where
// another connection has only written since; and the whole file would go through its
// cache and stay there.
func (c *Catalogue) Verify(ctx context.Context) (err error) {
	db, err := openDB(c.path, "rw", "deferred", "busy_timeout(10000)", "query_only(1)")
	if err != nil {
		return fmt.Errorf("verify catalogue: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := quickCheck(ctx, db); err != nil {
		return fmt.Errorf("verify catalogue: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("verify catalogue: %w", damaged(err))
	}
	defer tx.Rollback() // nothing was written
	if err := verifyRecords(ctx, tx); err != nil {
		return fmt.Errorf("verify catalogue: %w", damaged(err))
	}
	if _, err := readLists(tx.QueryContext(ctx, "SELECT list FROM list")); err != nil {
		return fmt.Errorf("verify catalogue: %w", damaged(err))
	}
	return nil
}

func quickCheck(ctx context.Context, db *sql.DB) error {
	var result string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&result); err != nil {
		return damaged(err)
	}
	if result != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, result)
	}
	return nil
}

// verifyRecords makes every row anew from its record and compares.
func verifyRecords(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, "SELECT "+rowColumns+", b.copies, r.bib FROM bib b LEFT JOIN record r ON r.rank = b.rank ORDER BY b.rank")
	if err != nil {
		return err
	}
	defer rows.Close()
	sums := map[int]library.Digest{}
	bibs, items := 0, 0
	for rows.Next() {
		var r row
		var encoded sql.NullString
		if err := rows.Scan(append(r.columns(), &r.copies, &encoded)...); err != nil {
			return err
		}
		var rec library.Record
		if rec.Bib, err = decodeBib(encoded.String); err != nil {
			return fmt.Errorf("bib %s: %w", r.id, err)
		}
		if rec.Items, err = loadItems(ctx, tx, r.id); err != nil {
			return err
		}
		want, err := rowOf(rec)
		if err != nil {
			return fmt.Errorf("%w: bib %s: %w", ErrDamaged, r.id, err)
		}
		if want.id != r.id || want.folded != r.folded || want.branches != r.branches || want.shelves != r.shelves || want.ndc != r.ndc || want.year != r.year || want.volumes != r.volumes || want.work != r.work || want.copies != r.copies {
			return fmt.Errorf("%w: bib %s is not as it was written", ErrDamaged, r.id)
		}
		bucket := library.BucketOf(r.id)
		sums[bucket] = sums[bucket].XOR(want.digest)
		bibs, items = bibs+1, items+r.copies
	}
	if err := rows.Err(); err != nil {
		return err
	}
	in, err := readInfo(ctx, tx)
	if err != nil {
		return err
	}
	if in.Bibs != bibs || in.Items != items {
		return fmt.Errorf("%w: it holds %d bibs and %d items where %d and %d are counted", ErrDamaged, bibs, items, in.Bibs, in.Items)
	}
	return compareDigests(ctx, tx, sums)
}

func compareDigests(ctx context.Context, tx *sql.Tx, sums map[int]library.Digest) error {
	rows, err := tx.QueryContext(ctx, "SELECT bucket, digest FROM digest")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var bucket int
		var digest []byte
		if err := rows.Scan(&bucket, &digest); err != nil {
			return err
		}
		sum := sums[bucket]
		if string(digest) != string(sum[:]) {
			return fmt.Errorf("%w: the digest of bucket %d does not fit its bibs", ErrDamaged, bucket)
		}
		delete(sums, bucket)
	}
	for _, bucket := range slices.Sorted(maps.Keys(sums)) {
		if sums[bucket] != (library.Digest{}) {
			return fmt.Errorf("%w: bucket %d has no digest", ErrDamaged, bucket)
		}
	}
	return rows.Err()
}
