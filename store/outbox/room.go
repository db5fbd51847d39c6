package outbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// How much an Outbox takes.
const (
	MostLetters = 200     // that wait to be handed over
	MaxLetter   = 8 << 10 // what is sealed in one, in bytes
)

// What a letter needs at most. The file: two overflow pages and a share of the pages of
// the table and its index. The log: each page that a transaction changes, whole.
const (
	letterPages  = 3
	sparePages   = 16 // to split pages into
	letterFrames = 10
	frameSize    = 24 + pageSize
	logHeader    = 32
)

// The room that is made: as many free pages in the file as MostLetters letters need, and
// a log so long that they could be put one after another without the log ever being
// begun anew, which another program that reads the file may prevent.
const (
	roomPages = MostLetters*letterPages + sparePages
	roomLog   = logHeader + MostLetters*letterFrames*frameSize
)

// fillings is how often at most a filler is written: two bring the log to its length.
const fillings = 4

// MakeRoom makes the room for MostLetters letters where it is missing: it writes a
// filler and deletes it again, so that both files keep the size. It returns
// ErrRoom where the disk is too full, and then keeps what room there is.
func (o *Outbox) MakeRoom(ctx context.Context) (err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	enough, err := o.hasRoom(ctx)
	if err != nil || enough {
		return damaged(err)
	}
	if _, err := o.db.ExecContext(ctx, "PRAGMA wal_autocheckpoint = 0"); err != nil {
		return damaged(err)
	}
	defer func() {
		_, end := o.db.ExecContext(context.WithoutCancel(ctx), "PRAGMA wal_autocheckpoint = 1")
		err = damaged(errors.Join(err, end))
	}()
	if _, err := o.restartLog(ctx); err != nil {
		return roomError(err)
	}
	filler := make([]byte, roomPages*pageSize)
	rand.Read(filler) // so that no filesystem takes it for a hole
	for round := 0; !enough; round++ {
		if round == fillings {
			return errors.New("the file of requests does not keep the size that it was given")
		}
		if _, err := o.db.ExecContext(ctx, "INSERT INTO filler (bytes) VALUES ($1)", filler); err != nil {
			return roomError(err)
		}
		if _, err := o.db.ExecContext(ctx, "DELETE FROM filler"); err != nil {
			return roomError(err)
		}
		if enough, err = o.hasRoom(ctx); err != nil {
			return err
		}
	}
	if _, err := o.restartLog(ctx); err != nil {
		return roomError(err)
	}
	return nil
}

// hasRoom reports whether all the room is there that is left to be used.
func (o *Outbox) hasRoom(ctx context.Context) (bool, error) {
	s, err := readState(ctx, o.db)
	if err != nil {
		return false, err
	}
	free, log, err := o.room(ctx)
	if err != nil {
		return false, err
	}
	return log >= roomLog && free >= max(0, MostLetters-s.waiting())*letterPages+sparePages, nil
}

// room returns how many pages of the file are free, and how long the log is, in bytes.
func (o *Outbox) room(ctx context.Context) (pages int, log int64, err error) {
	return readRoom(ctx, o.db, o.path)
}

// restartLog brings all of the log into the file, and has the next transaction begin at
// the start of the log again. It returns where that transaction will begin, in frames:
// not at the start while somebody else reads.
func (o *Outbox) restartLog(ctx context.Context) (begins int, err error) {
	var busy, frames, done int
	if err := o.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(RESTART)").Scan(&busy, &frames, &done); err != nil {
		return 0, err
	}
	if busy == 0 {
		return 0, nil
	}
	return frames, nil
}

// refuses returns why another letter cannot be taken: ErrFull or ErrRoom, or
// nil.
func (o *Outbox) refuses(ctx context.Context, s State) error {
	if s.waiting() >= MostLetters {
		return ErrFull
	}
	begins, err := o.restartLog(ctx)
	if err != nil {
		return roomError(err)
	}
	free, log, err := o.room(ctx)
	if err != nil {
		return err
	}
	if free < letterPages+sparePages/2 || log < int64(logHeader+(begins+letterFrames)*frameSize) {
		return ErrRoom
	}
	return nil
}

func readRoom(ctx context.Context, db *sql.DB, path string) (pages int, log int64, err error) {
	if err := db.QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&pages); err != nil {
		return 0, 0, err
	}
	info, err := os.Stat(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return pages, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	return pages, info.Size(), nil
}

// roomError turns SQLite's ways to say that the disk is full into ErrRoom.
func roomError(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_FULL || e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE) {
		return fmt.Errorf("%w: %w", ErrRoom, err)
	}
	return err
}
