package central

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"

	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// session is who asks: a patron or a staff member, at a terminal.
type session struct {
	terminal Terminal
	patron   library.PatronID // "": staff
	staff    string           // "": a patron
	role     Role             // of staff

	mustChange bool // a patron who logged in with a temporary password
}

// asker names who asks, as the audit log does.
func (x session) asker() string {
	if x.staff != "" {
		return "staff:" + x.staff
	}
	return "patron:" + string(x.patron)
}

// whose names a patron who asks, as circulation knows the patron.
func (x session) whose() circulation.Who { return circulation.Who{Patron: x.patron} }

// How much longer than the terminal's own limit a session lives here, so that the
// terminal's countdown is what ends it; and how exactly its last use is kept.
const (
	sessionSlack = time.Minute
	usedEvery    = 10 * time.Second
)

// limits are how long a session at a kind of terminal lasts in all, and without a
// request. Touches of the screen make no requests, so a patron's at a kiosk may rest for
// half of its life: it is the terminal that ends it after a minute without any.
func limits(p library.Policy, at TerminalKind, staff bool) (total, idle time.Duration) {
	switch {
	case staff:
		return p.StaffLimit.Duration(), p.StaffIdle.Duration()
	case at == KindWeb:
		return p.WebLimit.Duration(), p.WebIdle.Duration()
	}
	total = p.SessionLimit.Duration()
	return total + sessionSlack, max(total/2, p.IdleAfter.Duration()) + sessionSlack
}

// openSession opens a session and returns its token, of which only the hash is
// kept. A kiosk has one screen: its earlier session of the same kind ends. The home page
// has many visitors, each with a session.
func openSession(ctx context.Context, tx *db.Tx, x session, now time.Time) (token string, err error) {
	column, value := "patron_id", string(x.patron)
	if x.staff != "" {
		column, value = "staff_name", x.staff
	} else if err := refer(ctx, tx, x.patron); err != nil {
		return "", err
	}
	if x.terminal.Kind == KindKiosk {
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE terminal_id = $1 AND `+column+` IS NOT NULL`, x.terminal.ID); err != nil {
			return "", err
		}
	}
	token = newSecret()
	_, err = tx.ExecContext(ctx, `INSERT INTO session (token_hash, terminal_id, `+column+`, created_at, used_at, must_change) VALUES ($1, $2, $3, $4, $4, $5)`,
		hash(token), x.terminal.ID, value, now.UnixMilli(), x.mustChange)
	return token, err
}

// endSessions ends all sessions of a patron but the one of a token's hash; "" for
// all.
func endSessions(ctx context.Context, tx *db.Tx, patron library.PatronID, but string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE patron_id = $1 AND token_hash <> $2`, string(patron), but)
	return err
}

// session returns whose session a request comes from. A token that is missing,
// unknown, of another terminal or too old is library.ErrSessionEnded.
func (s *Service) session(r *http.Request) (session, error) {
	ctx, now, x := r.Context(), s.cfg.Now(), session{terminal: terminalOf(r)}
	token := r.Header.Get(protocol.SessionHeader)
	if token == "" {
		return session{}, library.ErrSessionEnded
	}
	id := hash(token)
	var used int64
	err := s.cfg.DB.View(ctx, func(tx *db.Tx) error {
		var patron, staff, role sql.NullString
		var created int64
		err := tx.QueryRowContext(ctx, `SELECT s.patron_id, s.staff_name, staff.role, s.created_at, s.used_at, s.must_change
			FROM session s LEFT JOIN staff ON staff.name = s.staff_name
			WHERE s.token_hash = $1 AND s.terminal_id = $2`, id, x.terminal.ID).Scan(&patron, &staff, &role, &created, &used, &x.mustChange)
		if errors.Is(err, sql.ErrNoRows) {
			return library.ErrSessionEnded
		}
		if err != nil {
			return err
		}
		x.patron, x.staff, x.role = library.PatronID(patron.String), staff.String, Role(role.String)
		total, idle := limits(s.cfg.Site.Policy, x.terminal.Kind, x.staff != "")
		if now.Sub(instant(created)) >= total || now.Sub(instant(used)) >= idle {
			return library.ErrSessionEnded
		}
		return nil
	})
	if err != nil {
		return session{}, err
	}
	if now.Sub(instant(used)) >= usedEvery {
		err = s.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE session SET used_at = $2 WHERE token_hash = $1 AND used_at < $2`, id, now.UnixMilli())
			return err
		})
	}
	return x, err
}

// patron returns the patron who asks, or library.ErrSessionEnded, or
// library.ErrMustChange after a temporary password.
func (s *Service) patron(r *http.Request) (session, error) {
	x, err := s.anyPatron(r)
	if err == nil && x.mustChange {
		err = library.ErrMustChange
	}
	return x, err
}

// anyPatron is patron for what may be done after a temporary password too. Whether the
// patron may use a terminal is asked with every request: a card that was reported lost,
// was blocked or is over by now ends its session, with the refusal that a login gets.
func (s *Service) anyPatron(r *http.Request) (session, error) {
	x, err := s.session(r)
	if err == nil && x.patron == "" {
		err = library.ErrSessionEnded
	}
	if err != nil {
		return session{}, err
	}
	p, err := s.cfg.Circulation.Patron(r.Context(), x.whose())
	if errors.Is(err, library.ErrUnknownPatron) { // who is gone
		err = library.ErrSessionEnded
	}
	if err != nil {
		return session{}, err
	}
	if refusal := p.MayUseTerminal(s.today()); refusal != nil {
		return session{}, cmp.Or(s.endSession(r), refusal)
	}
	return x, nil
}

// staff returns the staff member who asks, or library.ErrStaffOnly where somebody
// else does.
func (s *Service) staff(r *http.Request) (session, error) {
	if r.Header.Get(protocol.SessionHeader) == "" {
		return session{}, library.ErrStaffOnly
	}
	x, err := s.session(r)
	if err == nil && x.staff == "" {
		err = library.ErrStaffOnly
	}
	return x, err
}

// logOut ends the session that asks.
func (s *Service) logOut(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.session(r); err != nil {
		return err
	}
	if err := s.endSession(r); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// endSession ends the session that a request comes from.
func (s *Service) endSession(r *http.Request) error {
	ctx := r.Context()
	return s.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE token_hash = $1`, hash(r.Header.Get(protocol.SessionHeader)))
		return err
	})
}
