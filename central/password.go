package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/secret"
	"madoguchi/library"
)

// Passwords are the patrons' passwords: of each only a slow hash is kept, over a
// pepper that is not in the database.
type Passwords struct {
	db     *db.DB
	hasher *secret.Hasher
	now    func() time.Time
}

// NewPasswords returns the passwords of a database. A nil now is time.Now. It fails
// when the database's passwords were made with another pepper, with which none of
// them would ever be right again.
func NewPasswords(ctx context.Context, d *db.DB, h *secret.Hasher, now func() time.Time) (*Passwords, error) {
	if now == nil {
		now = time.Now
	}
	mark := h.Name("pepper", "mark")
	err := d.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO pepper (one, mark) VALUES (1, $1) ON CONFLICT (one) DO NOTHING`, mark); err != nil {
			return err
		}
		var stored string
		if err := tx.QueryRowContext(ctx, `SELECT mark FROM pepper WHERE one = 1`).Scan(&stored); err != nil {
			return err
		}
		if stored != mark {
			return errors.New("the passwords in this database were made with another pepper file: put back the one from your backup, or name it with pepper_file in the settings")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &Passwords{db: d, hasher: h, now: now}, nil
}

// SetPassword gives a patron, whom circulation knows, a password, whatever it was
// before. It does not judge whether the password may be chosen.
func (p *Passwords) SetPassword(ctx context.Context, patron library.PatronID, password string) error {
	hash, err := p.hash(ctx, password)
	if err != nil {
		return err
	}
	return p.db.Tx(ctx, func(tx *db.Tx) error { return p.set(ctx, tx, patron, hash) })
}

// hash hashes a password, which takes long: before a transaction, never within.
func (p *Passwords) hash(ctx context.Context, password string) (string, error) {
	hash, err := p.hasher.Hash(ctx, password)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// set stores a patron's password and uses up a temporary one.
func (p *Passwords) set(ctx context.Context, tx *db.Tx, patron library.PatronID, hash string) error {
	err := refer(ctx, tx, patron)
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO patron_password (patron_id, hash, changed_at) VALUES ($1, $2, $3)
			ON CONFLICT (patron_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`,
			string(patron), hash, p.now().UnixMilli())
	}
	if err != nil {
		return fmt.Errorf("store a password: %w", err)
	}
	return dropTemporary(ctx, tx, patron)
}

// hashOf returns the hash of a patron's password, "" for none.
func hashOf(ctx context.Context, tx *db.Tx, patron library.PatronID) (hash string, err error) {
	err = tx.QueryRowContext(ctx, `SELECT hash FROM patron_password WHERE patron_id = $1`, string(patron)).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return hash, err
}

// refresh makes the hash anew at the present cost, after the password was right, and
// returns the one that is stored; unless another password was set meanwhile.
func (p *Passwords) refresh(ctx context.Context, patron library.PatronID, old, password string) (string, error) {
	if !p.hasher.Outdated(old) {
		return old, nil
	}
	hash, err := p.hasher.Hash(ctx, password)
	if err != nil {
		return old, err
	}
	err = p.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE patron_password SET hash = $3 WHERE patron_id = $1 AND hash = $2`, string(patron), old, hash)
		return err
	})
	if err != nil {
		return old, err
	}
	return hash, nil
}
