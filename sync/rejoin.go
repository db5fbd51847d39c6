package sync

import (
	"context"

	"madoguchi/library"
	"madoguchi/store"
)

// rejoinBuckets is how many buckets at most are fetched one by one; where more differ an
// edition is the shorter way.
const rejoinBuckets = library.Buckets / 10

// rejoin leads the catalogue from another history of changes to the server's, whose
// database was put back: what differs is replaced, and the cursor moved to where the
// server stood before. Broken off, the next question begins it anew. It returns
// library.ErrReset where the edition is to be fetched.
func (c *Client) rejoin(ctx context.Context) error {
	theirs, err := c.wire.Digests(ctx)
	if err != nil {
		return err
	}
	var ours [library.Buckets]library.Digest
	err = c.With(func(cat *store.Catalogue) (err error) {
		ours, err = cat.Digests(ctx)
		return err
	})
	if err != nil {
		return c.local(err)
	}
	var differ []int
	for n := range ours {
		if ours[n].String() != theirs.Buckets[n] {
			differ = append(differ, n)
		}
	}
	c.cfg.Log.Warn("the server's database was put back; the catalogue is compared", "buckets", len(differ))
	if len(differ) > rejoinBuckets {
		return library.ErrReset
	}
	// What is fetched may be newer than the digests: the changes that follow say it again.
	newer := func(epoch string, number int64) bool { return epoch == theirs.Epoch && number >= theirs.Number }
	for _, n := range differ {
		bucket, err := c.wire.Bucket(ctx, n)
		if err != nil {
			return err
		}
		if !newer(bucket.Epoch, bucket.Number) {
			return library.ErrReset
		}
		if err := c.replace(ctx, n, bucket); err != nil {
			return err
		}
	}
	lists, err := c.wire.Lists(ctx)
	if err != nil {
		return err
	}
	if !newer(lists.Epoch, lists.Number) {
		return library.ErrReset
	}
	to := store.Cursor{Epoch: theirs.Epoch, Number: theirs.Number, Mark: theirs.Mark}
	err = c.With(func(cat *store.Catalogue) error {
		if err := cat.ReplaceLists(ctx, lists.Lists); err != nil {
			return err
		}
		return cat.Move(ctx, to)
	})
	if err != nil {
		return c.local(err)
	}
	if c.handed != nil {
		if err := c.handed.Forget(ctx); err != nil {
			return c.local(err)
		}
	}
	c.mustVerify = true
	c.wakeUp()
	return c.showNumbers()
}
