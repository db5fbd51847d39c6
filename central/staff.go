package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"madoguchi/central/audit"
	"madoguchi/central/db"
)

// Role is what a staff member may do.
type Role string

// The roles. An admin may do what a desk may.
const (
	RoleDesk  Role = "desk"
	RoleAdmin Role = "admin"
)

// Staff is a staff member who may log in.
type Staff struct {
	Name    string
	Role    Role
	Created time.Time
}

// What can be wrong with a name.
var (
	ErrStaffThere   = errors.New("there is a staff member of this name already")
	ErrStaffUnknown = errors.New("there is no staff member of this name")
)

// minStaffPassword is how many characters a staff member's password has at least.
const minStaffPassword = 10

// StaffMembers are the staff in the database.
type StaffMembers struct {
	db        *db.DB
	passwords *Passwords
}

// NewStaff returns the staff of the database of the passwords.
func NewStaff(p *Passwords) *StaffMembers { return &StaffMembers{db: p.db, passwords: p} }

// Add lets a staff member log in. by is who did it, for the audit log. A name that
// is taken is ErrStaffThere.
func (m *StaffMembers) Add(ctx context.Context, by, name string, role Role, password string) error {
	if err := checkStaffName(name); err != nil {
		return err
	}
	if role != RoleDesk && role != RoleAdmin {
		return fmt.Errorf("a role is %s or %s, not %q", RoleDesk, RoleAdmin, role)
	}
	hash, err := m.hash(ctx, password)
	if err != nil {
		return err
	}
	now := m.passwords.now()
	return m.db.Tx(ctx, func(tx *db.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO staff (name, role, hash, created_at, changed_at) VALUES ($1, $2, $3, $4, $4)
			ON CONFLICT (name) DO NOTHING`, name, string(role), hash, now.UnixMilli())
		if err := oneRow(done, err, ErrStaffThere); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{At: now, Actor: by, Action: "staff.add", Subject: "staff:" + name, Detail: map[string]string{"role": string(role)}})
	})
}

// SetPassword gives a staff member another password, ends all sessions under the old
// one and lifts a lock. A name that nobody has is ErrStaffUnknown.
func (m *StaffMembers) SetPassword(ctx context.Context, by, name, password string) error {
	hash, err := m.hash(ctx, password)
	if err != nil {
		return err
	}
	now := m.passwords.now()
	return m.db.Tx(ctx, func(tx *db.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE staff SET hash = $2, changed_at = $3 WHERE name = $1`, name, hash, now.UnixMilli())
		if err := oneRow(done, err, ErrStaffUnknown); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE staff_name = $1`, name); err != nil {
			return err
		}
		if err := forgive(ctx, tx, m.passwords.hasher.Name(kindStaff, name)); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{At: now, Actor: by, Action: "staff.password", Subject: "staff:" + name})
	})
}

// Remove shuts a staff member out at once. A name that nobody has is
// ErrStaffUnknown.
func (m *StaffMembers) Remove(ctx context.Context, by, name string) error {
	now := m.passwords.now()
	return m.db.Tx(ctx, func(tx *db.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM staff WHERE name = $1`, name) // and the sessions with it
		if err := oneRow(done, err, ErrStaffUnknown); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{At: now, Actor: by, Action: "staff.remove", Subject: "staff:" + name})
	})
}

// List returns all staff by name.
func (m *StaffMembers) List(ctx context.Context) ([]Staff, error) {
	var all []Staff
	err := m.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		rows, err := tx.QueryContext(ctx, `SELECT name, role, created_at FROM staff ORDER BY name`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var x Staff
			var created int64
			if err := rows.Scan(&x.Name, &x.Role, &created); err != nil {
				return err
			}
			x.Created = instant(created)
			all = append(all, x)
		}
		return rows.Err()
	})
	return all, err
}

func (m *StaffMembers) hash(ctx context.Context, password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < minStaffPassword || len(password) > maxPassword {
		return "", fmt.Errorf("a staff member's password has %d characters at least, and %d bytes at most", minStaffPassword, maxPassword)
	}
	hash, err := m.passwords.hasher.Hash(ctx, password)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

func checkStaffName(name string) error {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
	}
	if name == "" || len(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, odd) {
		return fmt.Errorf("a staff member's name is made of letters, digits, dots and hyphens, and has %d bytes at most", maxName)
	}
	return nil
}

// findStaff returns a staff member and the password's hash, "" for nobody.
func findStaff(ctx context.Context, tx *db.Tx, name string) (x Staff, hash string, err error) {
	err = tx.QueryRowContext(ctx, `SELECT name, role, hash FROM staff WHERE name = $1`, name).Scan(&x.Name, &x.Role, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Staff{}, "", nil
	}
	return x, hash, err
}

// oneRow returns the error of a statement, or otherwise when it touched no row.
func oneRow(done sql.Result, err, otherwise error) error {
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		err = otherwise
	}
	return err
}
