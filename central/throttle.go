package central

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// judgedWithin is after how long a try that is still open is nobody's any more: its
// process ended, or lost the database. No request takes so long. Where one does all the
// same, or another process's clock is ahead, its try is counted again when it is judged.
const judgedWithin = 4 * short

// attempt is one try to log in: with a card or a staff name, made unreadable, in a
// place.
type attempt struct {
	place
	id   string
	name string
}

// attempt is a try with a card or a staff name.
func (s *Service) attempt(at place, kind, name string) attempt {
	return attempt{place: at, id: uuid.NewString(), name: s.cfg.Passwords.hasher.Name(kind, name)}
}

// locks are those of all that the throttle counts for the attempt. Attempts with one
// card at many terminals, and of many cards at one terminal, so count in turn.
func (a attempt) locks() []string {
	return []string{"login at " + a.terminal, lockOfName(a.name)}
}

func lockOfName(name string) string { return "login as " + name }

// count refuses the attempt where the policy does, and otherwise opens it: until it is
// judged it counts as failed, so however many are under way at once, no more of them get
// to see whether their password is right than one after the other would. It ends by
// failed, forgive or takeBack, before anybody is told how.
func (a attempt) count(ctx context.Context, tx *db.Tx, p library.Policy, now time.Time) error {
	if err := takeLeftBack(ctx, tx, a.name, p, now); err != nil {
		return err
	}
	f, err := failuresOf(ctx, tx, a.name)
	if err != nil {
		return err
	}
	if err := a.place.mayTry(ctx, tx, p, now); err != nil {
		return err
	}
	if wait, err := p.MayTry(f, now); errors.Is(err, library.ErrTryLater) {
		return &protocol.TryLater{Wait: wait}
	} else if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO login_try (id, name, terminal_id, visitor, at) VALUES ($1, $2, $3, $4, $5)`,
		a.id, a.name, a.terminal, a.visitor, now.UnixMilli())
	return err
}

// count counts an attempt, or refuses it.
func (s *Service) count(ctx context.Context, a attempt) error {
	return s.cfg.DB.Locked(ctx, a.locks(), func(tx *db.Tx) error {
		return a.count(ctx, tx, s.cfg.Site.Policy, s.cfg.Now())
	})
}

// ended ends an attempt by the error with which it was judged, or could not be, and
// returns that error; an attempt that has ended is left as it is. Where the library's
// system could not be asked the attempt counts no longer: nobody has learned anything by
// it, and a patron who tries it again must not be locked out. Otherwise it has failed.
func (s *Service) ended(ctx context.Context, a attempt, err error) error {
	if err == nil {
		return nil
	}
	end := func(tx *db.Tx) error { return a.failed(ctx, tx, s.cfg.Now()) }
	if errors.Is(err, library.ErrSystemUnavailable) {
		end = func(tx *db.Tx) error { return a.takeBack(ctx, tx) }
	}
	// Also where nobody waits for the answer any more.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), short)
	defer cancel()
	return cmp.Or(s.cfg.DB.Locked(ctx, a.locks(), end), err)
}

// failed makes of an open attempt a failure, also of one that was taken back meanwhile.
func (a attempt) failed(ctx context.Context, tx *db.Tx, now time.Time) error {
	done, err := tx.ExecContext(ctx, `DELETE FROM login_try WHERE id = $1`, a.id)
	if err := oneRow(done, err, errNotOpen); err != nil {
		if err == errNotOpen { // refused, or forgiven by another that was right
			return nil
		}
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO login_failure (name, failures, last_at) VALUES ($1, 1, $2)
		ON CONFLICT (name) DO UPDATE SET failures = login_failure.failures + 1, last_at = excluded.last_at`, a.name, now.UnixMilli())
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO terminal_failure (terminal_id, visitor, name, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (terminal_id, visitor, name) DO UPDATE SET at = excluded.at`, a.terminal, a.visitor, a.name, now.UnixMilli())
	return err
}

var errNotOpen = errors.New("no such try is open")

// takeBack makes it as if the attempt had not been counted.
func (a attempt) takeBack(ctx context.Context, tx *db.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM login_try WHERE id = $1`, a.id)
	if err != nil {
		return fmt.Errorf("take a try back: %w", err)
	}
	return nil
}

// takeLeftBack takes back what processes that ended left open of a name, the oldest
// first, as far as the policy does. The others stay open.
func takeLeftBack(ctx context.Context, tx *db.Tx, name string, p library.Policy, now time.Time) error {
	rows, err := tx.QueryContext(ctx, `SELECT id, at, taken_back_at FROM login_try WHERE name = $1 ORDER BY at, id`, name)
	if err != nil {
		return err
	}
	defer rows.Close()
	var left []string
	var earlier []time.Time
	for rows.Next() {
		var id string
		var at, takenBack int64
		if err := rows.Scan(&id, &at, &takenBack); err != nil {
			return err
		}
		switch {
		case takenBack != 0:
			earlier = append(earlier, instant(takenBack))
		case !now.Before(instant(at).Add(judgedWithin)):
			left = append(left, id)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range left[:min(len(left), p.MayTakeBack(earlier, now))] {
		if _, err := tx.ExecContext(ctx, `UPDATE login_try SET taken_back_at = $2 WHERE id = $1`, id, now.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

// takeAllLeftBack is takeLeftBack for all names: what was left open also counts at the
// terminal, for other cards.
func (s *Service) takeAllLeftBack(ctx context.Context) error {
	now := s.cfg.Now()
	var names []string
	err := s.cfg.DB.View(ctx, func(tx *db.Tx) error {
		names = nil
		rows, err := tx.QueryContext(ctx, `SELECT DISTINCT name FROM login_try WHERE taken_back_at = 0 AND at <= $1`, now.Add(-judgedWithin).UnixMilli())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			names = append(names, name)
		}
		return rows.Err()
	})
	for _, name := range names {
		err = cmp.Or(err, s.cfg.DB.Locked(ctx, []string{lockOfName(name)}, func(tx *db.Tx) error {
			return takeLeftBack(ctx, tx, name, s.cfg.Site.Policy, now)
		}))
	}
	if err != nil {
		return fmt.Errorf("take back tries that were left open: %w", err)
	}
	return nil
}

// failuresOf reads the failures of a name, with the tries that are open.
func failuresOf(ctx context.Context, tx *db.Tx, name string) (f library.Failures, err error) {
	var last int64
	err = tx.QueryRowContext(ctx, `SELECT coalesce(sum(n), 0), coalesce(max(at), 0) FROM (
			SELECT failures AS n, last_at AS at FROM login_failure WHERE name = $1
			UNION ALL SELECT 1, at FROM login_try WHERE name = $1 AND taken_back_at = 0) AS failed`, name).Scan(&f.Count, &last)
	f.Last = instant(last)
	return f, err
}

// locked reports whether only staff can let a card be tried again.
func (s *Service) locked(ctx context.Context, tx *db.Tx, card string) (bool, error) {
	f, err := failuresOf(ctx, tx, s.cfg.Passwords.hasher.Name(kindCard, card))
	_, refusal := s.cfg.Site.Policy.MayTry(f, s.cfg.Now())
	return errors.Is(refusal, library.ErrCardLocked), err
}

// forgive forgets the failures of a name, after its password was right.
func (a attempt) forgive(ctx context.Context, tx *db.Tx) error {
	if err := forgive(ctx, tx, a.name); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM terminal_failure WHERE terminal_id = $1 AND visitor = $2 AND name = $3`, a.terminal, a.visitor, a.name)
	return err
}

func forgive(ctx context.Context, tx *db.Tx, name string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM login_try WHERE name = $1 AND taken_back_at = 0`, name); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM login_failure WHERE name = $1`, name)
	return err
}

// LiftLock lets a card that is locked after too many failed logins be tried again.
func (p *Passwords) LiftLock(ctx context.Context, tx *db.Tx, card string) error {
	return forgive(ctx, tx, p.hasher.Name(kindCard, card))
}
