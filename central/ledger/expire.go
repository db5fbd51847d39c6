package ledger

import (
	"context"
	"maps"
	"slices"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// ExpireHolds ends the holds whose patrons did not come while their copy was on the
// shelf, gives the copies to the next in their queues, and returns how many ended. record is
// called with each as it was, in the transaction that ends it; nil: nobody is told.
// Before, it gives more time where a branch was closed on a day that the calendar did
// not have yet when the patron was told. It also gives away copies that came onto
// shelves by an import, and forgets ended holds that are no longer shown. Each step is a transaction of its own; several
// processes may do it at once, at any time of the day.
func (l *Ledger) ExpireHolds(ctx context.Context, record func(context.Context, *db.Tx, library.Hold) error) (int, error) {
	n := 0
	if err := l.ExtendShelfTimes(ctx); err != nil {
		return n, err
	}
	if err := l.settleAll(ctx); err != nil {
		return n, err
	}
	err := l.change(ctx, func(tx *db.Tx) error { return l.notLent(ctx, tx, `TRUE`) })
	if err != nil {
		return n, err
	}
	late, err := l.keys(ctx, `SELECT id FROM hold WHERE state = 'ready' AND contacted_on <> '' AND shelf_until < $1 ORDER BY received_at, id`, l.Today())
	if err != nil {
		return n, err
	}
	for _, id := range late {
		expired := false
		err := l.change(ctx, func(tx *db.Tx) (err error) {
			expired, err = l.expire(ctx, tx, library.HoldID(id), record)
			return err
		})
		if err != nil {
			return n, err
		}
		if expired {
			n++
		}
	}
	wanted, err := l.keys(ctx, `SELECT DISTINCT h.bib_id FROM hold h JOIN item i ON i.bib_id = h.bib_id
		WHERE h.state = 'waiting' AND h.item_id IS NULL AND (i.state = 'on_shelf' OR i.clear_at IS NOT NULL) AND `+mayServe)
	if err != nil {
		return n, err
	}
	for _, bib := range wanted {
		err := l.change(ctx, func(tx *db.Tx) error { return l.serve(ctx, tx, library.BibID(bib)) })
		if err != nil {
			return n, err
		}
	}
	return n, l.sweepHolds(ctx)
}

// ExtendShelfTimes moves the last day of ready holds to where the calendar of today
// puts it, if that is later: nobody is to lose a day that was promised.
func (l *Ledger) ExtendShelfTimes(ctx context.Context) error {
	later := map[library.HoldID]library.Hold{}
	err := l.cfg.DB.View(ctx, func(tx *db.Tx) error {
		clear(later)
		ready, err := l.readHolds(ctx, tx, `h.state = 'ready' AND h.contacted_on <> ''`)
		if err != nil {
			return err
		}
		open, days := calendars{}, l.cfg.Policy().ShelfDays
		for _, h := range ready {
			c, err := open.of(ctx, tx, h.Pickup)
			if err != nil {
				return err
			}
			if until := library.ShelfUntil(c, h.ContactedOn, days); h.ShelfUntil.Before(until) {
				h.ShelfUntil = until
				later[h.ID] = h.Hold
			}
		}
		return nil
	})
	if err != nil || len(later) == 0 {
		return err
	}
	return l.cfg.DB.Locked(ctx, nil, func(tx *db.Tx) error {
		for _, id := range slices.Sorted(maps.Keys(later)) {
			_, err := tx.ExecContext(ctx, `UPDATE hold SET shelf_until = $2 WHERE id = $1 AND state = 'ready' AND contacted_on = $3 AND shelf_until < $2`,
				string(id), later[id].ShelfUntil, later[id].ContactedOn)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// expire ends one hold, if it is still to end.
func (l *Ledger) expire(ctx context.Context, tx *db.Tx, id library.HoldID, record func(context.Context, *db.Tx, library.Hold) error) (bool, error) {
	if _, err := tx.ExecContext(ctx, `UPDATE bib SET bucket = bucket WHERE id = (SELECT bib_id FROM hold WHERE id = $1)`, string(id)); err != nil {
		return false, err
	}
	found, err := l.readHolds(ctx, tx, `h.id = $1`, string(id))
	if err != nil || len(found) == 0 {
		return false, err // collected since
	}
	was := found[0]
	sequence, err := l.sequenceOf(ctx, tx, was.Hold)
	if err != nil {
		return false, err
	}
	h, expired := was, false
	if h.Hold, expired = was.Expire(l.Today(), plain(sequence)); !expired {
		return false, nil
	}
	it, err := itemByID(ctx, tx, was.ItemID)
	if err != nil {
		return false, err
	}
	if err := l.tellExpired(ctx, tx, was.Hold, it.title); err != nil {
		return false, err
	}
	if err := l.ended(ctx, tx, was, h); err != nil || record == nil {
		return true, err
	}
	return true, record(ctx, tx, was.Hold)
}

// sweepHolds forgets ended holds that their patrons no longer see.
func (l *Ledger) sweepHolds(ctx context.Context) error {
	d := l.Today().Add(-l.cfg.Policy().HoldShownDays)
	shown := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, l.cfg.Zone)
	return l.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM hold AS h WHERE NOT `+activeHold+` AND h.ended_at < $1`, shown.UnixMilli())
		return err
	})
}

// keys reads a column of keys.
func (l *Ledger) keys(ctx context.Context, query string, args ...any) (keys []string, err error) {
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) error {
		keys = nil
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			if err := rows.Scan(&key); err != nil {
				return err
			}
			keys = append(keys, key)
		}
		return rows.Err()
	})
	return keys, err
}
