package central

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// CodeLifetime is how long an enrolment code can be used.
const CodeLifetime = 24 * time.Hour

// TerminalKind is what a terminal is.
type TerminalKind string

// The kinds of terminals.
const (
	KindKiosk TerminalKind = protocol.KindKiosk // stands in a branch, with one screen for one patron
	KindWeb   TerminalKind = protocol.KindWeb   // the library's home page, which asks for all of its visitors
)

// Terminal is a terminal as the server knows it. A zero time: never.
type Terminal struct {
	ID       string
	Kind     TerminalKind
	Branch   library.BranchCode // in which it stands; "": the home page, which stands in none
	Name     string
	Created  time.Time
	Enrolled time.Time
	LastSeen time.Time // to the minute
	Version  string    // of its program when it was last seen, as it said itself; "" when it did not
	Revoked  time.Time
}

// mayAsk reports whether a terminal may ask a route of an audience.
func (t Terminal) mayAsk(from audience) bool {
	return from == fromTerminals || from == fromKiosks && t.Kind == KindKiosk
}

// Terminals are the terminals in the database. Of codes and secrets it keeps only
// the hashes.
type Terminals struct {
	db  *db.DB
	now func() time.Time
}

// NewTerminals returns the terminals of the database. A nil now is time.Now.
func NewTerminals(d *db.DB, now func() time.Time) *Terminals {
	if now == nil {
		now = time.Now
	}
	return &Terminals{db: d, now: now}
}

// Add registers a terminal that will stand in a branch and returns its enrolment
// code, which is valid for CodeLifetime and once.
func (t *Terminals) Add(ctx context.Context, branch library.BranchCode, name string) (Terminal, string, error) {
	return t.add(ctx, Terminal{Kind: KindKiosk, Branch: branch, Name: name})
}

// AddWeb registers a home page and returns its enrolment code, as Add does.
func (t *Terminals) AddWeb(ctx context.Context, name string) (Terminal, string, error) {
	return t.add(ctx, Terminal{Kind: KindWeb, Name: name})
}

func (t *Terminals) add(ctx context.Context, added Terminal) (Terminal, string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Terminal{}, "", err
	}
	now := t.now()
	code := newCode()
	added.ID, added.Created = id.String(), now
	branch := sql.NullString{String: string(added.Branch), Valid: added.Kind != KindWeb}
	err = t.db.Tx(ctx, func(tx *db.Tx) error {
		var known bool
		err := tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM branch WHERE code = $1`, branch).Scan(&known)
		if err == nil && branch.Valid && !known {
			err = library.ErrUnknownBranch
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO terminal
			(id, kind, branch_code, name, code_hash, code_expires, created_at, enrolled_at, last_seen_at, revoked_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0)`,
			added.ID, string(added.Kind), branch, added.Name, codeHash(code), now.Add(CodeLifetime).UnixMilli(), now.UnixMilli())
		return err
	})
	if err != nil {
		return Terminal{}, "", fmt.Errorf("add a terminal: %w", err)
	}
	return added, code, nil
}

// Enrol takes an enrolment code and gives the terminal its secret. The code is
// used up. Any code that will not do is library.ErrEnrolmentCode.
func (t *Terminals) Enrol(ctx context.Context, code string) (Terminal, string, error) {
	secret := newSecret()
	now := t.now()
	var enrolled Terminal
	err := t.db.Tx(ctx, func(tx *db.Tx) error {
		enrolled = Terminal{Enrolled: now}
		err := tx.QueryRowContext(ctx, `UPDATE terminal
			SET secret_hash = $2, code_hash = NULL, enrolled_at = $3
			WHERE code_hash = $1 AND code_expires > $3 AND revoked_at = 0
			RETURNING id, kind, coalesce(branch_code, ''), name`,
			codeHash(code), hash(secret), now.UnixMilli()).Scan(&enrolled.ID, &enrolled.Kind, &enrolled.Branch, &enrolled.Name)
		if err == sql.ErrNoRows {
			return library.ErrEnrolmentCode
		}
		return err
	})
	if err != nil {
		return Terminal{}, "", err
	}
	return enrolled, secret, nil
}

// seenEvery is how exactly LastSeen is kept.
const seenEvery = time.Minute

// Authenticate returns the terminal of a secret, or library.ErrTerminalUnknown. program is
// what it says of itself.
func (t *Terminals) Authenticate(ctx context.Context, secret, program string) (Terminal, error) {
	want := hash(secret)
	var found Terminal
	var stored string
	var seen int64
	err := t.db.View(ctx, func(tx *db.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT id, kind, coalesce(branch_code, ''), name, secret_hash, last_seen_at, version FROM terminal
			WHERE secret_hash = $1 AND revoked_at = 0`, want).Scan(&found.ID, &found.Kind, &found.Branch, &found.Name, &stored, &seen, &found.Version)
		if err == sql.ErrNoRows {
			return library.ErrTerminalUnknown
		}
		return err
	})
	if err != nil {
		return Terminal{}, err
	}
	if subtle.ConstantTimeCompare([]byte(stored), []byte(want)) != 1 {
		return Terminal{}, library.ErrTerminalUnknown
	}
	if now := t.now(); now.Sub(time.UnixMilli(seen)) >= seenEvery {
		found.Version = versionIn(program)
		err = t.db.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE terminal SET last_seen_at = $2, version = $3 WHERE id = $1`, found.ID, now.UnixMilli(), found.Version)
			return err
		})
	}
	return found, err
}

// versionIn is what stands behind a slash in the header User-Agent of a terminal, as far as
// it can be one: madoguchi-kiosk/v0.2.0.
func versionIn(program string) string {
	version, ok := strings.CutPrefix(program, protocol.Kiosk+"/")
	const most = 60
	if !ok || len(version) > most || strings.ContainsFunc(version, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return version
}

// List returns all terminals, the oldest first.
func (t *Terminals) List(ctx context.Context) ([]Terminal, error) {
	var all []Terminal
	err := t.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		rows, err := tx.QueryContext(ctx, `SELECT id, kind, coalesce(branch_code, ''), name, created_at, enrolled_at, last_seen_at, revoked_at, version
			FROM terminal ORDER BY created_at, id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var x Terminal
			var created, enrolled, seen, revoked int64
			if err := rows.Scan(&x.ID, &x.Kind, &x.Branch, &x.Name, &created, &enrolled, &seen, &revoked, &x.Version); err != nil {
				return err
			}
			x.Created, x.Enrolled, x.LastSeen, x.Revoked = instant(created), instant(enrolled), instant(seen), instant(revoked)
			all = append(all, x)
		}
		return rows.Err()
	})
	return all, err
}

// Revoke takes the terminal's secret and code from it for good, and ends all sessions
// at it. A terminal that is not there is library.ErrTerminalUnknown.
func (t *Terminals) Revoke(ctx context.Context, id string) error {
	return t.db.Tx(ctx, func(tx *db.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE terminal SET secret_hash = NULL, code_hash = NULL,
			revoked_at = CASE WHEN revoked_at = 0 THEN $2 ELSE revoked_at END WHERE id = $1`, id, t.now().UnixMilli())
		if err := oneRow(done, err, library.ErrTerminalUnknown); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM session WHERE terminal_id = $1`, id)
		return err
	})
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// newCode makes an enrolment code.
func newCode() string {
	var raw [10]byte
	rand.Read(raw[:])
	return protocol.NewEnrolmentCode(raw)
}

// codeHash is what is kept of an enrolment code, whatever typing did to it.
func codeHash(code string) string {
	code, _ = protocol.SplitEnrolmentCode(code)
	return hash(code)
}

// newSecret makes a terminal's secret of 256 random bits.
func newSecret() string {
	var raw [32]byte
	rand.Read(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// hash is enough for codes and secrets, which are random and not chosen by people.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
