package central

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"madoguchi/central/db"
	"madoguchi/central/secret"
	"madoguchi/library"
)

// PasswordChecker says whether what somebody typed is a patron's password: by the hashes
// that are kept here, or by asking the library's system. It may take seconds, and is asked
// outside of any transaction.
type PasswordChecker interface {
	// Check compares a password, after the same time whoever the patron is; the zero
	// Patron is of a card that nobody has, and has none.
	Check(ctx context.Context, p library.Patron, password string) (Checked, error)
	// UnchangedTx reports whether what Check found still holds, in the transaction of what
	// is then done.
	UnchangedTx(ctx context.Context, tx *db.Tx, patron library.PatronID, c Checked) (bool, error)
}

// Checked is what became of a check of a password.
type Checked struct {
	Permanent bool // it is the patron's password
	Temporary bool // it is the one that staff issued, which serves to set a permanent one
	Stored    any  // what it was compared with, for the checker's own use; comparable
}

// ownChecker compares with the hashes of Passwords.
type ownChecker struct {
	*Passwords
	policy library.Policy
	log    *slog.Logger
}

// hashes are of somebody's passwords, "" for nobody's or none.
type hashes struct {
	permanent string
	temporary string // only while it is valid
}

func (c ownChecker) stored(ctx context.Context, tx *db.Tx, patron library.PatronID) (h hashes, err error) {
	if h.permanent, err = hashOf(ctx, tx, patron); err != nil {
		return hashes{}, err
	}
	h.temporary, err = temporaryOf(ctx, tx, patron, c.policy, c.now())
	return h, err
}

// Check hashes as often as the form of what was typed says: the second time only for
// what could be a temporary password, and then whether there is one or not.
func (c ownChecker) Check(ctx context.Context, p library.Patron, password string) (Checked, error) {
	var stored hashes
	err := c.db.View(ctx, func(tx *db.Tx) (err error) {
		stored, err = c.stored(ctx, tx, p.ID)
		return err
	})
	var found Checked
	if err == nil {
		found.Permanent, err = c.verify(ctx, stored.permanent, password)
	}
	if err == nil && library.IsTemporary(password) {
		found.Temporary, err = c.verify(ctx, stored.temporary, password)
	}
	if err != nil {
		return Checked{}, err
	}
	if found.Permanent {
		if stored.permanent, err = c.refresh(ctx, p.ID, stored.permanent, password); err != nil {
			c.log.Warn("a password could not be hashed anew at the present cost", "err", err)
		}
	}
	found.Stored = stored
	return found, nil
}

func (c ownChecker) UnchangedTx(ctx context.Context, tx *db.Tx, patron library.PatronID, found Checked) (bool, error) {
	now, err := c.stored(ctx, tx, patron)
	return now == found.Stored, err
}

// verify is Hasher.Verify where a damaged hash is of no password.
func (c ownChecker) verify(ctx context.Context, stored, password string) (bool, error) {
	right, err := c.hasher.Verify(ctx, stored, password)
	if errors.Is(err, secret.ErrDamaged) {
		c.log.Error("a stored password hash is damaged; the password must be set anew", "err", err)
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("check a password: %w", err)
	}
	return right, nil
}
