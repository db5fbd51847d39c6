package central

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

const (
	retryFirst  = time.Minute // after the first try that failed; then twice as long each time
	retryMost   = 4 * time.Hour
	giveUpAfter = 3 * 24 * time.Hour

	// lease is how long a mail is its sender's. After it another takes it for left
	// behind by a process that ended. It is longer than sendLimit.
	lease = 10 * time.Minute

	// The pause after the mail server was not there, for all mails.
	pauseFirst = 5 * time.Second
	pauseMost  = 5 * time.Minute
)

// queued is a mail that this process has claimed.
type queued struct {
	id        string
	kind      library.MailKind
	facts     library.Mail
	message   []byte // as it is sent each time
	queuedAt  time.Time
	claimedAt int64
	tries     int
	err       error // why there is no message
	void      bool  // there is nothing to tell any more
}

// claim takes the next due mail for this process, worded. Confirmation codes go first:
// somebody stands at a terminal and waits.
func (mq *MailQueue) claim(ctx context.Context) (q queued, found bool, err error) {
	now := mq.cfg.Now()
	due := []any{now.UnixMilli(), now.Add(-lease).UnixMilli()}
	waiting := false
	err = mq.cfg.DB.View(ctx, func(tx *db.Tx) error { // cheaper than the lock, and nearly always enough
		return tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM mail WHERE next_at <= $1 AND claimed_at <= $2)`, due...).Scan(&waiting)
	})
	if err != nil || !waiting {
		return q, false, err
	}
	err = mq.cfg.DB.Locked(ctx, []string{"mail"}, func(tx *db.Tx) (err error) {
		q, found = queued{}, false
		var domain string
		if q.id, domain, err = mq.next(ctx, tx, due, now); err != nil || q.id == "" {
			return err
		}
		var sealed, message string
		var queuedAt int64
		err = tx.QueryRowContext(ctx, `SELECT kind, facts, message, queued_at, tries FROM mail WHERE id = $1`, q.id).
			Scan(&q.kind, &sealed, &message, &queuedAt, &q.tries)
		if err != nil {
			return err
		}
		found, q.queuedAt, q.claimedAt = true, time.UnixMilli(queuedAt), now.UnixMilli()
		if message, err = mq.read(ctx, tx, &q, sealed, message); err != nil {
			return err
		}
		mq.rate.take(domain, now)
		_, err = tx.ExecContext(ctx, `UPDATE mail SET claimed_at = $2, message = $3 WHERE id = $1`, q.id, q.claimedAt, message)
		return err
	})
	if err != nil {
		return q, false, fmt.Errorf("claim a mail: %w", err)
	}
	return q, found, nil
}

// next returns the first due mail whose domain may get one now, "" for none.
func (mq *MailQueue) next(ctx context.Context, tx *db.Tx, due []any, now time.Time) (id, domain string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, domain FROM mail WHERE next_at <= $1 AND claimed_at <= $2
		ORDER BY CASE kind WHEN 'confirm' THEN 0 ELSE 1 END, next_at, id`, due...)
	if err != nil {
		return "", "", err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&id, &domain); err != nil {
			return "", "", err
		}
		if mq.rate.may(domain, now) {
			return id, domain, nil
		}
	}
	return "", "", rows.Err()
}

// read opens what is stored of a mail, and words it where that was not done before. It
// returns the message as it is to be stored.
func (mq *MailQueue) read(ctx context.Context, tx *db.Tx, q *queued, sealed, message string) (string, error) {
	text, err := mq.cfg.Hasher.Open(sealed)
	if err == nil {
		err = json.Unmarshal(text, &q.facts)
	}
	if err != nil {
		q.err = fmt.Errorf("what the mail is about cannot be read: %w", err)
		return message, nil
	}
	if q.facts.Hold != "" && mq.cfg.Holds != nil {
		again, err := mq.asOfToday(ctx, tx, q)
		if err != nil || q.void {
			return message, err
		}
		if again {
			message = ""
		}
	}
	if message != "" {
		if q.message, err = mq.cfg.Hasher.Open(message); err != nil {
			q.err = fmt.Errorf("the mail cannot be read: %w", err)
		}
		return message, nil
	}
	at, err := branchOf(ctx, tx, q.facts.Branch)
	if err != nil {
		return "", err
	}
	if q.message, q.err = mq.cfg.Composer.Compose(q.id, q.facts, at); q.err != nil {
		return "", nil
	}
	return mq.cfg.Hasher.Seal(q.message), nil
}

// asOfToday brings a mail that tells of a hold up to date, and reports whether it says
// something else than before: the days on the hold shelf are counted from the day on
// which the mail server takes it.
func (mq *MailQueue) asOfToday(ctx context.Context, tx *db.Tx, q *queued) (again bool, err error) {
	m, ok, err := mq.cfg.Holds.HoldMailTx(ctx, tx, q.facts, mq.day(mq.cfg.Now()))
	if err != nil {
		return false, err
	}
	q.void = !ok
	again = m != q.facts
	q.facts = m
	return again, nil
}

func (mq *MailQueue) day(t time.Time) library.Date { return library.DateOf(t.In(mq.cfg.Zone)) }

// branchOf returns a branch, with its code for its name where there is none any more.
func branchOf(ctx context.Context, tx *db.Tx, code library.BranchCode) (library.Branch, error) {
	b := library.Branch{Code: code, Name: string(code)}
	var record string
	err := tx.QueryRowContext(ctx, `SELECT record FROM branch WHERE code = $1`, string(code)).Scan(&record)
	if errors.Is(err, sql.ErrNoRows) {
		return b, nil
	}
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal([]byte(record), &b)
}

// drop takes a mail off the queue of which nothing is to be noted.
func (mq *MailQueue) drop(ctx context.Context, q queued) error { return mq.end(ctx, q, nil) }

// taken takes a mail off the queue that the mail server took. A hold of which it tells is
// told of on the day on which it was handed over.
func (mq *MailQueue) taken(ctx context.Context, q queued) error {
	return mq.end(ctx, q, func(tx *db.Tx) error {
		if q.kind != library.MailHoldReady {
			return nil
		}
		return mq.cfg.Holds.MailTakenTx(ctx, tx, q.facts.Hold, mq.day(mq.cfg.Now()))
	})
}

// giveUp takes a mail off the queue that cannot be sent: of a hold somebody else must tell.
func (mq *MailQueue) giveUp(ctx context.Context, q queued) error {
	return mq.end(ctx, q, func(tx *db.Tx) error { return mq.cfg.Holds.MailFailedTx(ctx, tx, q.facts.Hold) })
}

// end takes a mail off the queue and notes, in the same transaction, what became of it of
// the hold of which it tells.
func (mq *MailQueue) end(ctx context.Context, q queued, note func(tx *db.Tx) error) error {
	return mq.settled(ctx, q, func(tx *db.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM mail WHERE id = $1 AND claimed_at = $2`, q.id, q.claimedAt)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil || n == 0 || note == nil || q.facts.Hold == "" || mq.cfg.Holds == nil {
			return err // n = 0: another process has it meanwhile
		}
		return note(tx)
	})
}

// giveBack lets go of a mail that was not tried to its end.
func (mq *MailQueue) giveBack(ctx context.Context, q queued) error {
	return mq.settle(ctx, q, `UPDATE mail SET claimed_at = 0 WHERE id = $1 AND claimed_at = $2`)
}

// postpone lets a mail be tried again later.
func (mq *MailQueue) postpone(ctx context.Context, q queued) error {
	next := mq.cfg.Now().Add(retryAfter(q.tries + 1)).UnixMilli()
	return mq.settle(ctx, q, `UPDATE mail SET claimed_at = 0, tries = tries + 1, next_at = $3 WHERE id = $1 AND claimed_at = $2`, next)
}

// refuse marks an address that is refused for good, and takes the mail off the queue.
func (mq *MailQueue) refuse(ctx context.Context, q queued) error {
	if mq.cfg.Register != nil {
		if _, err := Bounced(ctx, mq.cfg.DB, mq.cfg.Register, q.facts.To, true, mq.cfg.Now()); err != nil {
			return err
		}
	}
	return mq.giveUp(ctx, q)
}

func (mq *MailQueue) settle(ctx context.Context, q queued, query string, more ...any) error {
	return mq.settled(ctx, q, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, query, append([]any{q.id, q.claimedAt}, more...)...)
		return err
	})
}

// settled notes what became of a mail, and numbers the changes that follow from it.
func (mq *MailQueue) settled(ctx context.Context, q queued, note func(tx *db.Tx) error) error {
	err := mq.cfg.DB.Locked(ctx, []string{"mail"}, note)
	if err == nil {
		err = mq.cfg.DB.Assign(ctx)
	}
	if err != nil {
		return fmt.Errorf("note what became of the mail %s: %w", q.id, err)
	}
	return nil
}

// retryAfter is how long a mail waits after so many tries, a fifth more or less, so
// that not all come back at once.
func retryAfter(tries int) time.Duration {
	wait := retryMost
	if n := tries - 1; n < 16 {
		wait = min(retryFirst<<n, retryMost)
	}
	return wait*4/5 + rand.N(wait*2/5)
}
