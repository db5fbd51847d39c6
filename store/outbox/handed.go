package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"
)

// mostHanded is how many copies are kept at most; the oldest go first. They take no room
// from letters that wait, which have theirs in a file of their own.
const mostHanded = 2000

// Handed keeps copies of letters that were handed over, for the case that who has them
// loses them: until a backup has them, which Drop is told. What cannot be kept is no
// reason to keep the letter waiting.
type Handed struct{ db *sql.DB }

// OpenHanded opens the copies at path, or begins them; where they are damaged, anew.
func OpenHanded(path string) (*Handed, error) {
	h, err := openHanded(path)
	if errors.Is(err, ErrDamaged) {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(path + suffix)
		}
		h, err = openHanded(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open the copies of requests %s: %w", path, err)
	}
	return h, nil
}

func openHanded(path string) (*Handed, error) {
	if err := begin(path); err != nil {
		return nil, err
	}
	db, err := openDB(path, "rw", "immediate", "busy_timeout(2000)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE IF NOT EXISTS handed (
		id     TEXT PRIMARY KEY,
		key    TEXT NOT NULL,
		sealed BLOB NOT NULL,
		put_at INTEGER NOT NULL, -- Unix milliseconds
		at     INTEGER NOT NULL, -- when it was handed over, likewise
		epoch  TEXT NOT NULL     -- of who has it
	)`)
	if err != nil {
		return nil, errors.Join(damaged(err), db.Close())
	}
	return &Handed{db}, nil
}

// Keep keeps a copy of a letter that was handed over at a time, in an epoch.
func (h *Handed) Keep(ctx context.Context, l Letter, at time.Time, epoch string) error {
	_, err := h.db.ExecContext(ctx, `INSERT INTO handed (id, key, sealed, put_at, at, epoch) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET at = excluded.at, epoch = excluded.epoch`, l.ID, l.Key, l.Sealed, l.At.UnixMilli(), at.UnixMilli(), epoch)
	if err == nil {
		_, err = h.db.ExecContext(ctx, `DELETE FROM handed WHERE id NOT IN (SELECT id FROM handed ORDER BY at DESC LIMIT $1)`, mostHanded)
	}
	return wrapHanded("keep a copy of a request", err)
}

// Letters returns what was handed over in another epoch, the oldest first.
func (h *Handed) Letters(ctx context.Context, epoch string) (all []Letter, err error) {
	rows, err := h.db.QueryContext(ctx, `SELECT id, key, sealed, put_at FROM handed WHERE epoch <> $1 ORDER BY put_at, id`, epoch)
	if err != nil {
		return nil, wrapHanded("read the copies of requests", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l Letter
		var at int64
		if err := rows.Scan(&l.ID, &l.Key, &l.Sealed, &at); err != nil {
			return nil, wrapHanded("read the copies of requests", err)
		}
		l.At = time.UnixMilli(at)
		all = append(all, l)
	}
	return all, wrapHanded("read the copies of requests", rows.Err())
}

// Forget makes all copies such as were handed over in another epoch: who has them lost some.
func (h *Handed) Forget(ctx context.Context) error {
	_, err := h.db.ExecContext(ctx, `UPDATE handed SET epoch = ''`)
	return wrapHanded("offer the copies of requests", err)
}

// Drop deletes the copies of what was handed over before oldest, and in an epoch before its
// backup: one of another epoch, which came back from an older backup, says nothing of it.
func (h *Handed) Drop(ctx context.Context, oldest time.Time, epoch string, backup time.Time) error {
	_, err := h.db.ExecContext(ctx, `DELETE FROM handed WHERE at < $1 OR epoch = $2 AND at < $3`, oldest.UnixMilli(), epoch, backup.UnixMilli())
	return wrapHanded("drop the copies of requests", err)
}

// Close closes the file.
func (h *Handed) Close() error { return h.db.Close() }

func wrapHanded(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, damaged(roomError(err)))
}
