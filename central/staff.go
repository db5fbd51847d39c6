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
	"madoguchi/central/protocol"
)

// Role is what a staff member may do.
type Role string

// The roles. An admin may do what a desk may, and look after terminals.
const (
	RoleDesk  Role = protocol.RoleDesk
	RoleAdmin Role = protocol.RoleAdmin
)

// Staff is a staff member who may log in.
type Staff struct {
	Name    string
	Role    Role
	Card    string // number of the staff card, "" for none
	Created time.Time
}

// What can be wrong with a name or a card.
var (
	ErrStaffThere     = errors.New("there is a staff member of this name already")
	ErrStaffUnknown   = errors.New("there is no staff member of this name")
	ErrStaffCardTaken = errors.New("this card number is another staff member's card or name")
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

// Add lets a staff member log in by name and, where there is one, by card. by is who
// did it, for the audit log. A name that is taken is ErrStaffThere, a card that is
// ErrStaffCardTaken.
func (m *StaffMembers) Add(ctx context.Context, by string, x Staff, password string) error {
	if err := checkStaffName(x.Name); err != nil {
		return err
	}
	if x.Role != RoleDesk && x.Role != RoleAdmin {
		return fmt.Errorf("a role is %s or %s, not %q", RoleDesk, RoleAdmin, x.Role)
	}
	hash, err := m.hash(ctx, password)
	if err != nil {
		return err
	}
	now := m.passwords.now()
	return m.db.Tx(ctx, func(tx *db.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO staff (name, role, hash, created_at, changed_at) VALUES ($1, $2, $3, $4, $4)
			ON CONFLICT (name) DO NOTHING`, x.Name, string(x.Role), hash, now.UnixMilli())
		if err := oneRow(done, err, ErrStaffThere); err != nil {
			return err
		}
		if err := setStaffCard(ctx, tx, x.Name, x.Card); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{At: now, Actor: by, Action: "staff.add", Subject: "staff:" + x.Name, Detail: map[string]string{"role": string(x.Role)}})
	})
}

// SetCard lets a staff member log in by another card, or by none where its number is
// "". A name that nobody has is ErrStaffUnknown, a card that is taken
// ErrStaffCardTaken.
func (m *StaffMembers) SetCard(ctx context.Context, by, name, card string) error {
	now := m.passwords.now()
	return m.db.Tx(ctx, func(tx *db.Tx) error {
		if err := setStaffCard(ctx, tx, name, card); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{At: now, Actor: by, Action: "staff.card", Subject: "staff:" + name})
	})
}

// setStaffCard stores a card, so that no number and no name lead to two people.
func setStaffCard(ctx context.Context, tx *db.Tx, name, card string) error {
	if err := checkCredentials(card, ""); err != nil {
		return err
	}
	var taken int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM staff WHERE name <> $2 AND (card = $1 OR name = $1 OR card = $2)`, card, name).Scan(&taken)
	if err == nil && taken > 0 {
		err = ErrStaffCardTaken
	}
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, `UPDATE staff SET card = $2 WHERE name = $1`, name, sql.NullString{String: card, Valid: card != ""})
	return oneRow(done, err, ErrStaffUnknown)
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
		rows, err := tx.QueryContext(ctx, `SELECT name, role, coalesce(card, ''), created_at FROM staff ORDER BY name`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var x Staff
			var created int64
			if err := rows.Scan(&x.Name, &x.Role, &x.Card, &created); err != nil {
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
	return m.passwords.hash(ctx, password)
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

// staffName returns the name of the staff member with a card, and what was typed
// where it is no card's number: so failed logins by card and by name are counted
// together.
func (s *Service) staffName(ctx context.Context, typed string) (name string, err error) {
	if err := checkCredentials(typed, ""); err != nil {
		return "", err
	}
	err = s.cfg.DB.View(ctx, func(tx *db.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT name FROM staff WHERE card = $1`, typed).Scan(&name)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return typed, nil
	}
	return name, err
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
