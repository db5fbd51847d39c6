package central

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Temporary is a temporary password that nobody has yet. Make it with
// Passwords.NewTemporary and give it with GiveTemporary.
type Temporary struct{ password, hash string }

// NewTemporary makes a temporary password: digits of chance, of which none says
// anything about a patron.
func (p *Passwords) NewTemporary(ctx context.Context) (Temporary, error) {
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(library.TemporaryDigits), nil)
	n, err := rand.Int(rand.Reader, most) // each is as likely as any other
	if err != nil {
		return Temporary{}, fmt.Errorf("make a temporary password: %w", err)
	}
	t := Temporary{password: fmt.Sprintf("%0*d", library.TemporaryDigits, n)}
	t.hash, err = p.hash(ctx, t.password)
	return t, err
}

// GiveTemporary gives a temporary password to a patron and returns what to show, this
// once. An earlier one and what was begun with it end, and a lock is lifted. It
// refuses as library.Patron.MayUseTerminal does on that day.
func (p *Passwords) GiveTemporary(ctx context.Context, tx *db.Tx, t Temporary, patron library.Patron, policy library.Policy, today library.Date) (library.TemporaryPassword, error) {
	if err := patron.MayUseTerminal(today); err != nil {
		return library.TemporaryPassword{}, err
	}
	now := p.now()
	if err := refer(ctx, tx, patron.ID); err != nil {
		return library.TemporaryPassword{}, err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO temporary_password (patron_id, hash, issued_at) VALUES ($1, $2, $3)
		ON CONFLICT (patron_id) DO UPDATE SET hash = excluded.hash, issued_at = excluded.issued_at`, string(patron.ID), t.hash, now.UnixMilli())
	if err != nil {
		return library.TemporaryPassword{}, fmt.Errorf("store a temporary password: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE patron_id = $1 AND must_change`, string(patron.ID)); err != nil {
		return library.TemporaryPassword{}, err
	}
	if err := p.LiftLock(ctx, tx, patron.Card); err != nil {
		return library.TemporaryPassword{}, err
	}
	return library.TemporaryPassword{Password: t.password, ValidUntil: now.Add(policy.TemporaryFor.Duration())}, nil
}

// temporaryOf returns the hash of the temporary password that is valid for a patron
// now, "" for none.
func temporaryOf(ctx context.Context, tx *db.Tx, patron library.PatronID, policy library.Policy, now time.Time) (hash string, err error) {
	var issued int64
	err = tx.QueryRowContext(ctx, `SELECT hash, issued_at FROM temporary_password WHERE patron_id = $1`, string(patron)).Scan(&hash, &issued)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !policy.TemporaryValid(instant(issued), now) {
		return "", nil
	}
	return hash, err
}

func dropTemporary(ctx context.Context, tx *db.Tx, patron library.PatronID) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM temporary_password WHERE patron_id = $1`, string(patron))
	return err
}
