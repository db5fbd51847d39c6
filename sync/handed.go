package sync

import (
	"context"
	"path/filepath"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/store/outbox"
)

// What patrons left and the server has judged may be lost there, with a database that is
// put back from a backup. So a copy is kept, as sealed as it was, until the server tells of
// a backup that is younger, and offered to a server with another history. By its id it is
// judged once.

const handedName = "handed.db"

// handedFor is how long a copy is kept at most: a backup that old is restored by nobody.
const handedFor = 7 * 24 * time.Hour

// openHanded opens the copies. Without them all else goes on.
func (c *Client) openHanded() {
	h, err := outbox.OpenHanded(filepath.Join(c.cfg.Dir, handedName))
	if err != nil {
		c.cfg.Log.Warn("no copies are kept of requests that are handed over", "err", err)
		return
	}
	c.handed = h
}

// keepHanded keeps a copy of what the server has, since a time of its clock.
func (c *Client) keepHanded(ctx context.Context, l outbox.Letter, at time.Time) {
	if c.handed == nil {
		return
	}
	if err := c.handed.Keep(ctx, l, at, c.epoch(ctx)); err != nil {
		c.cfg.Log.Warn("no copy was kept of a request that was handed over", "request", l.ID, "err", err)
	}
}

// epoch is that of the catalogue, "" without one.
func (c *Client) epoch(ctx context.Context) string {
	in, err := c.info(ctx)
	if err != nil {
		return ""
	}
	return in.Epoch
}

// dropHanded drops the copies that a backup of an epoch has, which the server began at a
// time of its clock, and those that are too old. The clock of an answer has whole seconds.
func (c *Client) dropHanded(ctx context.Context, epoch string, backedUp int64) {
	if c.handed == nil {
		return
	}
	backup := time.UnixMilli(backedUp).Add(-time.Second)
	if err := c.handed.Drop(ctx, time.Now().Add(-handedFor), epoch, backup); err != nil {
		c.cfg.Log.Warn("copies of requests stay", "err", err)
	}
}

// offerHanded offers the copies to a server that may have lost what was handed over.
func (c *Client) offerHanded(ctx context.Context) {
	epoch := c.epoch(ctx)
	if c.handed == nil || epoch == "" {
		return
	}
	letters, err := c.handed.Letters(ctx, epoch)
	if err != nil {
		c.cfg.Log.Warn("copies of requests are not offered", "err", err)
		return
	}
	for _, l := range letters {
		if time.Now().Before(c.tries[l.ID].next) {
			continue
		}
		in, cancel := context.WithTimeout(ctx, handOverWithin)
		at, err := c.wire.Request(in, l.ID, protocol.SealedRequest{Key: l.Key, Sealed: l.Sealed, Again: true})
		cancel()
		if err != nil {
			c.failed(ctx, l, err)
			return
		}
		delete(c.tries, l.ID)
		c.keepHanded(ctx, l, at)
		c.cfg.Log.Info("a request was handed over again, since the server has another history", "request", l.ID)
	}
}
