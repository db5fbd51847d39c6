package catalogue

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Digests are the digests of all buckets after the change Number.
type Digests struct {
	Epoch   string
	Number  int64
	Mark    string
	Buckets [library.Buckets]library.Digest
	Lists   library.Digest
}

// Lists are all lists after the change Number.
type Lists struct {
	Epoch  string
	Number int64
	Mark   string
	Lists  []library.List
}

// Bucket is all records of a bucket after the change Number.
type Bucket struct {
	Epoch   string
	Number  int64
	Mark    string
	Records []library.Record
}

// ErrBusy says that changes come so fast that no state between them could be read.
var ErrBusy = errors.New("the catalogue is changing too fast; try again in a moment")

// digestCache holds the last digests that were asked for. Its buckets are read
// anew only where a change touched them.
type digestCache struct {
	mu    sync.Mutex
	valid bool
	last  Digests
}

// Digests returns the digests of the newest state.
func (c *Catalogue) Digests(ctx context.Context) (Digests, error) {
	c.digests.mu.Lock()
	defer c.digests.mu.Unlock()
	next := c.digests.last
	err := c.settled(ctx, func(tx *db.Tx, log db.Log) error {
		next = c.digests.last
		stale, err := c.stale(ctx, tx, log)
		if err != nil {
			return err
		}
		next.Epoch, next.Number, next.Mark = log.Epoch, log.Number, log.Mark
		lists, err := readLists(ctx, tx)
		if err != nil {
			return err
		}
		next.Lists = library.DigestOfLists(lists)
		if len(stale) > library.Buckets/4 {
			next.Buckets = [library.Buckets]library.Digest{}
			return digests(ctx, tx, &next, `TRUE`)
		}
		for bucket := range stale {
			next.Buckets[bucket] = library.Digest{}
			if err := digests(ctx, tx, &next, `bucket = $1`, bucket); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Digests{}, err
	}
	c.digests.last, c.digests.valid = next, true
	return next, nil
}

// stale returns the buckets that changed since the cached digests.
func (c *Catalogue) stale(ctx context.Context, tx *db.Tx, log db.Log) (map[int]bool, error) {
	stale := map[int]bool{}
	last := c.digests.last
	same, err := tx.HasMark(ctx, log, last.Number, last.Mark)
	if err != nil {
		return nil, err
	}
	if !c.digests.valid || !same || last.Epoch != log.Epoch || last.Number < log.Pruned {
		for b := range library.Buckets {
			stale[b] = true
		}
		return stale, nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT bib_id FROM change WHERE number > $1 AND kind <> $2`, last.Number, db.KindList)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id library.BibID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		stale[library.BucketOf(id)] = true
	}
	return stale, rows.Err()
}

func digests(ctx context.Context, tx *db.Tx, into *Digests, where string, args ...any) error {
	rows, err := tx.QueryContext(ctx, `SELECT bucket, digest FROM bib WHERE NOT withdrawn AND `+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var bucket int
		var text string
		if err := rows.Scan(&bucket, &text); err != nil {
			return err
		}
		d, err := library.ParseDigest(text)
		if err != nil {
			return fmt.Errorf("a digest in bucket %d: %w", bucket, err)
		}
		into.Buckets[bucket] = into.Buckets[bucket].XOR(d)
	}
	return rows.Err()
}

// Bucket returns the records of a bucket, 0 to library.Buckets-1.
func (c *Catalogue) Bucket(ctx context.Context, bucket int) (Bucket, error) {
	var b Bucket
	err := c.settled(ctx, func(tx *db.Tx, log db.Log) (err error) {
		b.Epoch, b.Number, b.Mark = log.Epoch, log.Number, log.Mark
		b.Records, err = readRecords(ctx, tx, `bucket = $1 ORDER BY id`, bucket)
		return err
	})
	return b, err
}

// settled runs fn in a state that is exactly the one after the change log.Number.
func (c *Catalogue) settled(ctx context.Context, fn func(*db.Tx, db.Log) error) error {
	for range 20 {
		if err := c.db.Assign(ctx); err != nil {
			return err
		}
		settled := false
		err := c.db.View(ctx, func(tx *db.Tx) (err error) {
			if settled, err = tx.Settled(ctx); err != nil || !settled {
				return err
			}
			log, err := tx.Log(ctx)
			if err != nil {
				return err
			}
			return fn(tx, log)
		})
		if err != nil || settled {
			return err
		}
	}
	return ErrBusy
}
