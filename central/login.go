package central

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/central/secret"
	"madoguchi/library"
)

// The kinds of names that log in.
const (
	kindCard  = "card"
	kindStaff = "staff"
)

// The longest card number or name, and the longest password, that are looked at.
const (
	maxName     = 100
	maxPassword = 200
)

// login is what a login needs to know of one kind of people.
type login struct {
	kind, name, password string

	// find reads the password's hash, "" for nobody or for none. It must do the same
	// work whoever it finds.
	find func(ctx context.Context, tx *db.Tx) (hash string, err error)
	// admit says after the right password whose session to open, or why not.
	admit func() (session, error)
}

func (s *Service) logIn(w http.ResponseWriter, r *http.Request) error {
	var body protocol.Login
	if err := decode(w, r, &body); err != nil {
		return err
	}
	var patron library.Patron
	var stored string
	token, err := s.open(r, login{
		kind: kindCard, name: body.Card, password: body.Password,
		find: func(ctx context.Context, tx *db.Tx) (hash string, err error) {
			patron, err = s.cfg.Circulation.PatronByCardTx(ctx, tx, body.Card)
			if err != nil && !errors.Is(err, library.ErrUnknownPatron) {
				return "", err
			}
			stored, err = hashOf(ctx, tx, patron.ID)
			return stored, err
		},
		admit: func() (session, error) {
			today := library.DateOf(s.cfg.Now().In(s.cfg.Site.Location()))
			return session{terminal: terminalOf(r), patron: patron.ID}, patron.MayUseTerminal(today)
		},
	})
	if err != nil {
		return err
	}
	if err := s.cfg.Passwords.refresh(r.Context(), patron.ID, stored, body.Password); err != nil {
		s.cfg.Log.Warn("a password could not be hashed anew at the present cost", "err", err)
	}
	answer := protocol.LoggedIn{Token: token}
	err = s.cfg.DB.View(r.Context(), func(tx *db.Tx) (err error) {
		answer.Account, err = s.cfg.Circulation.AccountTx(r.Context(), tx, patron.ID)
		return err
	})
	if err != nil {
		return err
	}
	return reply(w, r, answer)
}

func (s *Service) staffLogIn(w http.ResponseWriter, r *http.Request) error {
	var body protocol.StaffLogin
	if err := decode(w, r, &body); err != nil {
		return err
	}
	var found Staff
	token, err := s.open(r, login{
		kind: kindStaff, name: body.Name, password: body.Password,
		find: func(ctx context.Context, tx *db.Tx) (hash string, err error) {
			found, hash, err = findStaff(ctx, tx, body.Name)
			return hash, err
		},
		admit: func() (session, error) {
			return session{terminal: terminalOf(r), staff: found.Name, role: found.Role}, nil
		},
	})
	if err != nil {
		return err
	}
	return reply(w, r, protocol.StaffLoggedIn{Token: token, Name: found.Name, Role: string(found.Role)})
}

// open opens a session for whoever knows the password. Unknown name, wrong password
// and no password are one refusal, library.ErrLogin, after the same questions to the
// database and one hash; what else stands in the way is said only after the right
// password. The log learns the terminal and the outcome.
func (s *Service) open(r *http.Request, l login) (token string, err error) {
	token, err = s.openQuietly(r.Context(), terminalOf(r).ID, l)
	outcome := "opened"
	var refusal *library.Refusal
	if errors.As(err, &refusal) {
		outcome = refusal.Code
	} else if err != nil {
		return "", err
	}
	s.cfg.Log.Info("a login", "kind", l.kind, "terminal", terminalOf(r).ID, "outcome", outcome)
	return token, err
}

func (s *Service) openQuietly(ctx context.Context, terminal string, l login) (token string, err error) {
	if len(l.name) > maxName || len(l.password) > maxPassword {
		return "", badRequest("a name may have at most %d bytes, a password %d", maxName, maxPassword)
	}
	if strings.ContainsRune(l.name, 0) {
		return "", badRequest("a name cannot have the character U+0000")
	}
	hasher := s.cfg.Passwords.hasher
	a := attempt{terminal: terminal, name: hasher.Name(l.kind, l.name)}
	var stored string
	err = s.cfg.DB.Locked(ctx, a.locks(), func(tx *db.Tx) (err error) {
		if err := a.count(ctx, tx, s.cfg.Site.Policy, s.cfg.Now()); err != nil {
			return err
		}
		stored, err = l.find(ctx, tx)
		return err
	})
	if err != nil {
		return "", err
	}
	right, err := hasher.Verify(ctx, stored, l.password)
	if errors.Is(err, secret.ErrDamaged) {
		s.cfg.Log.Error("a login met a damaged hash", "kind", l.kind, "err", err)
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("check a password: %w", err)
	}
	if !right {
		return "", library.ErrLogin
	}
	admitted, refusal := l.admit()
	err = s.cfg.DB.Locked(ctx, a.locks(), func(tx *db.Tx) (err error) {
		if err := a.forgive(ctx, tx); err != nil || refusal != nil {
			return err
		}
		token, err = openSession(ctx, tx, admitted, s.cfg.Now())
		return err
	})
	if err != nil {
		return "", err
	}
	return token, refusal
}
