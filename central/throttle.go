package central

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// attempt is one try to log in: with a card or a staff name, made unreadable, at a
// terminal.
type attempt struct {
	terminal string
	name     string
	tally    *tally
}

// tally is whether and after what an attempt was counted.
type tally struct {
	counted bool
	before  library.Failures // of the name
}

// attempt is a try with a card or a staff name.
func (s *Service) attempt(terminal, kind, name string) attempt {
	return attempt{terminal: terminal, name: s.cfg.Passwords.hasher.Name(kind, name), tally: new(tally)}
}

// locks are those of all that the throttle counts for the attempt. Attempts with one
// card at many terminals, and of many cards at one terminal, so count in turn.
func (a attempt) locks() []string {
	return []string{"login at " + a.terminal, "login as " + a.name}
}

// count refuses the attempt where the policy does, and otherwise counts it as failed
// beforehand: however many are under way at once, no more of them get to see
// whether their password is right than one after the other would. forgive takes it
// back.
func (a attempt) count(ctx context.Context, tx *db.Tx, p library.Policy, now time.Time) error {
	f, err := failuresOf(ctx, tx, a.name)
	if err != nil {
		return err
	}
	*a.tally = tally{before: f}
	var failing int
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM terminal_failure WHERE terminal_id = $1 AND at > $2`,
		a.terminal, now.Add(-p.TerminalWindow.Duration()).UnixMilli()).Scan(&failing)
	if err != nil {
		return err
	}
	if err := p.TerminalMayTry(failing); err != nil {
		return err
	}
	if wait, err := p.MayTry(f, now); errors.Is(err, library.ErrTryLater) {
		return &protocol.TryLater{Wait: wait}
	} else if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO login_failure (name, failures, last_at) VALUES ($1, 1, $2)
		ON CONFLICT (name) DO UPDATE SET failures = login_failure.failures + 1, last_at = excluded.last_at`, a.name, now.UnixMilli())
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO terminal_failure (terminal_id, name, at) VALUES ($1, $2, $3)
		ON CONFLICT (terminal_id, name) DO UPDATE SET at = excluded.at`, a.terminal, a.name, now.UnixMilli())
	a.tally.counted = err == nil
	return err
}

// count counts an attempt, or refuses it.
func (s *Service) count(ctx context.Context, a attempt) error {
	return s.cfg.DB.Locked(ctx, a.locks(), func(tx *db.Tx) error {
		return a.count(ctx, tx, s.cfg.Site.Policy, s.cfg.Now())
	})
}

// notTried returns the error that kept a counted attempt from being judged. Where that is
// the library's system, which could not be asked, the attempt counts no longer: nobody has
// learned anything by it, and a patron who tries it again must not be locked out.
func (s *Service) notTried(ctx context.Context, a attempt, err error) error {
	if !errors.Is(err, library.ErrSystemUnavailable) || !a.tally.counted {
		return err
	}
	undo := s.cfg.DB.Locked(context.WithoutCancel(ctx), a.locks(), func(tx *db.Tx) error { return a.takeBack(ctx, tx) })
	return cmp.Or(undo, err)
}

// takeBack makes it as if the attempt had not been counted. Those that were counted
// since are left.
func (a attempt) takeBack(ctx context.Context, tx *db.Tx) error {
	for _, undo := range []struct {
		query string
		args  []any
	}{
		{`UPDATE login_failure SET failures = failures - 1, last_at = CASE WHEN failures = $2 THEN $3 ELSE last_at END WHERE name = $1`,
			[]any{a.name, a.tally.before.Count + 1, a.tally.before.Last.UnixMilli()}},
		{`DELETE FROM terminal_failure WHERE terminal_id = $1 AND name = $2 AND EXISTS (SELECT 1 FROM login_failure WHERE name = $2 AND failures <= 0)`,
			[]any{a.terminal, a.name}},
		{`DELETE FROM login_failure WHERE name = $1 AND failures <= 0`, []any{a.name}},
	} {
		if _, err := tx.ExecContext(ctx, undo.query, undo.args...); err != nil {
			return fmt.Errorf("take a try back: %w", err)
		}
	}
	return nil
}

// failuresOf reads the failures of a name.
func failuresOf(ctx context.Context, tx *db.Tx, name string) (f library.Failures, err error) {
	var last int64
	err = tx.QueryRowContext(ctx, `SELECT failures, last_at FROM login_failure WHERE name = $1`, name).Scan(&f.Count, &last)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	f.Last = time.UnixMilli(last)
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
	_, err := tx.ExecContext(ctx, `DELETE FROM terminal_failure WHERE terminal_id = $1 AND name = $2`, a.terminal, a.name)
	return err
}

func forgive(ctx context.Context, tx *db.Tx, name string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM login_failure WHERE name = $1`, name)
	return err
}

// LiftLock lets a card that is locked after too many failed logins be tried again.
func (p *Passwords) LiftLock(ctx context.Context, tx *db.Tx, card string) error {
	return forgive(ctx, tx, p.hasher.Name(kindCard, card))
}
