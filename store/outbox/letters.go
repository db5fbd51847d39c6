package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Letter is something sealed that waits to be handed over.
type Letter struct {
	ID         string    // unique
	Key        string    // names the key that it is sealed to
	Sealed     []byte    // at most MaxLetter
	At         time.Time // when it was left, to the millisecond
	Unreadable bool      // see MarkUnreadable
}

// State is how an outbox stands.
type State struct {
	Letters    int       // all of them
	Oldest     time.Time // when the first of them was left
	Unreadable int       // of them
	Refuses    error     // why another letter would not be taken: ErrFull or ErrRoom; nil: it would
}

// waiting is how many may still be delivered any time.
func (s State) waiting() int { return s.Letters - s.Unreadable }

// Put keeps a letter, which is on the disk when it returns nil. It refuses with
// ErrFull, ErrRoom and ErrTooLong. After an error the letter is not
// kept.
func (o *Outbox) Put(ctx context.Context, l Letter) error {
	if len(l.Sealed) > MaxLetter || len(l.ID)+len(l.Key) > 256 {
		return fmt.Errorf("keep a request: %w: %d bytes of at most %d", ErrTooLong, len(l.Sealed), MaxLetter)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	s, err := readState(ctx, o.db)
	if err == nil {
		err = o.refuses(ctx, s)
	}
	if err == nil {
		_, err = o.db.ExecContext(ctx, "INSERT INTO letter (id, key, sealed, put_at, unreadable) VALUES ($1, $2, $3, $4, $5)",
			l.ID, l.Key, l.Sealed, l.At.UnixMilli(), l.Unreadable)
	}
	if err != nil {
		return fmt.Errorf("keep a request: %w", damaged(roomError(err)))
	}
	return nil
}

// Letters returns all letters in the order in which they were put.
func (o *Outbox) Letters(ctx context.Context) ([]Letter, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	all, err := readLetters(ctx, o.db)
	if err != nil {
		return nil, fmt.Errorf("read the requests: %w", damaged(err))
	}
	return all, nil
}

// Remove forgets a letter that was delivered, also one that is not there any more.
func (o *Outbox) Remove(ctx context.Context, id string) error {
	return o.change(ctx, "forget a request", "DELETE FROM letter WHERE id = $1", id)
}

// MarkUnreadable notes that whoever a letter is for could not read it. It stays, and no
// longer counts among the MostLetters.
func (o *Outbox) MarkUnreadable(ctx context.Context, id string) error {
	return o.change(ctx, "mark a request", "UPDATE letter SET unreadable = 1 WHERE id = $1", id)
}

func (o *Outbox) change(ctx context.Context, what, query, id string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, err := o.db.ExecContext(ctx, query, id); err != nil {
		return fmt.Errorf("%s: %w", what, damaged(roomError(err)))
	}
	return nil
}

// State says how the outbox stands.
func (o *Outbox) State(ctx context.Context) (State, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s, err := readState(ctx, o.db)
	if err == nil {
		s.Refuses = o.refuses(ctx, s)
		if err = s.Refuses; errors.Is(err, ErrFull) || errors.Is(err, ErrRoom) {
			err = nil
		}
	}
	if err != nil {
		return State{}, fmt.Errorf("look at the file of requests: %w", damaged(err))
	}
	return s, nil
}

// Examine says how the outbox at path stands, also while another program has it
// open, and changes nothing. The error is fs.ErrNotExist where there is none,
// ErrDamaged or ErrSchema.
func Examine(ctx context.Context, path string) (s State, err error) {
	defer func() {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("look at the file of requests %s: %w", path, damaged(err))
		}
	}()
	if _, err := os.Stat(path); err != nil {
		return s, err
	}
	db, err := openDB(path, "ro", "deferred", "busy_timeout(2000)", "temp_store(2)")
	if err != nil {
		return s, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := check(ctx, db); err != nil {
		return s, err
	}
	if s, err = readState(ctx, db); err != nil {
		return s, err
	}
	free, log, err := readRoom(ctx, db, path)
	switch {
	case err != nil:
		return State{}, err
	case s.waiting() >= MostLetters:
		s.Refuses = ErrFull
	case free < letterPages+sparePages/2 || log < logHeader+letterFrames*frameSize:
		s.Refuses = ErrRoom
	}
	return s, nil
}

func readState(ctx context.Context, db *sql.DB) (s State, err error) {
	var oldest sql.NullInt64
	err = db.QueryRowContext(ctx, "SELECT count(*), min(put_at), count(*) FILTER (WHERE unreadable) FROM letter").Scan(&s.Letters, &oldest, &s.Unreadable)
	if oldest.Valid {
		s.Oldest = time.UnixMilli(oldest.Int64)
	}
	return s, err
}

func readLetters(ctx context.Context, db *sql.DB) (all []Letter, err error) {
	rows, err := db.QueryContext(ctx, "SELECT id, key, sealed, put_at, unreadable FROM letter ORDER BY n")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l Letter
		var at int64
		if err := rows.Scan(&l.ID, &l.Key, &l.Sealed, &at, &l.Unreadable); err != nil {
			return nil, err
		}
		l.At = time.UnixMilli(at)
		all = append(all, l)
	}
	return all, rows.Err()
}
