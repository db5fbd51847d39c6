package central

import (
	"cmp"
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

	// find reads the hashes. It must do the same work whoever it finds.
	find func(ctx context.Context, tx *db.Tx) (hashes, error)
	// admit says after the right password whose session to open, or why not.
	admit func() (session, error)
}

// hashes are of somebody's passwords, "" for nobody's or none.
type hashes struct {
	permanent string
	temporary string // only while it is valid
}

func (s *Service) logIn(w http.ResponseWriter, r *http.Request) error {
	var body protocol.Login
	if err := decode(w, r, &body); err != nil {
		return err
	}
	var patron library.Patron
	var stored hashes
	in, err := s.open(r, login{
		kind: kindCard, name: body.Card, password: body.Password,
		find: func(ctx context.Context, tx *db.Tx) (found hashes, err error) {
			patron, stored, err = s.byCard(ctx, tx, body.Card)
			return stored, err
		},
		admit: func() (session, error) {
			return session{terminal: terminalOf(r), patron: patron.ID}, patron.MayUseTerminal(s.today())
		},
	})
	if err != nil {
		return err
	}
	answer := protocol.LoggedIn{Token: in.token, MustChange: in.mustChange}
	if in.mustChange {
		answer.Account.Name = patron.Name
		return reply(w, r, answer)
	}
	if err := s.cfg.Passwords.refresh(r.Context(), patron.ID, stored.permanent, body.Password); err != nil {
		s.cfg.Log.Warn("a password could not be hashed anew at the present cost", "err", err)
	}
	err = s.cfg.DB.View(r.Context(), func(tx *db.Tx) (err error) {
		answer.Account, err = s.account(r.Context(), tx, patron.ID)
		return err
	})
	if err != nil {
		return err
	}
	return reply(w, r, answer)
}

// byCard reads the patron with a card and the hashes of the passwords; nobody with
// none for a card that is not known, after the same questions.
func (s *Service) byCard(ctx context.Context, tx *db.Tx, card string) (library.Patron, hashes, error) {
	patron, err := s.cfg.Circulation.PatronByCardTx(ctx, tx, card)
	if err != nil && !errors.Is(err, library.ErrUnknownPatron) {
		return library.Patron{}, hashes{}, err
	}
	var found hashes
	if found.permanent, err = hashOf(ctx, tx, patron.ID); err != nil {
		return library.Patron{}, hashes{}, err
	}
	found.temporary, err = temporaryOf(ctx, tx, patron.ID, s.cfg.Site.Policy, s.cfg.Now())
	return patron, found, err
}

func (s *Service) staffLogIn(w http.ResponseWriter, r *http.Request) error {
	var body protocol.StaffLogin
	if err := decode(w, r, &body); err != nil {
		return err
	}
	name, err := s.staffName(r.Context(), body.Name)
	if err != nil {
		return err
	}
	var found Staff
	in, err := s.open(r, login{
		kind: kindStaff, name: name, password: body.Password,
		find: func(ctx context.Context, tx *db.Tx) (stored hashes, err error) {
			found, stored.permanent, err = findStaff(ctx, tx, name)
			return stored, err
		},
		admit: func() (session, error) {
			return session{terminal: terminalOf(r), staff: found.Name, role: found.Role}, nil
		},
	})
	if err != nil {
		return err
	}
	return reply(w, r, protocol.StaffLoggedIn{Token: in.token, Name: found.Name, Role: string(found.Role)})
}

// opened is a session that was opened.
type opened struct {
	token      string
	mustChange bool // by a temporary password
}

// open opens a session for whoever knows the password. Unknown name, wrong password
// and no password are one refusal, library.ErrLogin, after the same questions to the
// database and as many hashes; what else stands in the way is said only after the
// right password. The log learns the terminal and the outcome.
func (s *Service) open(r *http.Request, l login) (opened, error) {
	in, err := s.openQuietly(r.Context(), terminalOf(r).ID, l)
	if !s.logOutcome("a login", err, "kind", l.kind, "terminal", terminalOf(r).ID) {
		return opened{}, err
	}
	return in, err
}

// logOutcome writes down how a try ended, and reports false where trouble of our own
// ended it.
func (s *Service) logOutcome(what string, err error, args ...any) bool {
	outcome := "granted"
	var refusal *library.Refusal
	if errors.As(err, &refusal) {
		outcome = refusal.Code
	} else if err != nil {
		return false
	}
	s.cfg.Log.Info(what, append(args, "outcome", outcome)...)
	return true
}

func (s *Service) openQuietly(ctx context.Context, terminal string, l login) (opened, error) {
	if err := checkCredentials(l.name, l.password); err != nil {
		return opened{}, err
	}
	a := attempt{terminal: terminal, name: s.cfg.Passwords.hasher.Name(l.kind, l.name)}
	var stored hashes
	err := s.cfg.DB.Locked(ctx, a.locks(), func(tx *db.Tx) (err error) {
		if err := a.count(ctx, tx, s.cfg.Site.Policy, s.cfg.Now()); err != nil {
			return err
		}
		stored, err = l.find(ctx, tx)
		return err
	})
	if err != nil {
		return opened{}, err
	}
	right, temporary, err := s.check(ctx, stored, l.password)
	if err != nil {
		return opened{}, err
	}
	if !right && !temporary {
		return opened{}, library.ErrLogin
	}
	admitted, refusal := l.admit()
	admitted.mustChange = !right
	in := opened{mustChange: admitted.mustChange}
	err = s.cfg.DB.Locked(ctx, a.locks(), func(tx *db.Tx) error {
		// Another password may have been set since, which ended all sessions but this one.
		if now, err := l.find(ctx, tx); err != nil || now != stored {
			return cmp.Or[error](err, library.ErrLogin)
		}
		if err := a.forgive(ctx, tx); err != nil || refusal != nil {
			return err
		}
		if in.token, err = openSession(ctx, tx, admitted, s.cfg.Now()); err != nil || admitted.staff == "" {
			return err
		}
		return s.audit(ctx, tx, admitted, "staff.login", admitted.asker())
	})
	if err != nil {
		return opened{}, err
	}
	return in, refusal
}

// check reports whether a password is the permanent or the temporary one. How many
// hashes that takes depends on nothing but the form of what was typed: the second one
// is only asked for what could be a temporary password, and then whether there is one
// or not.
func (s *Service) check(ctx context.Context, stored hashes, password string) (permanent, temporary bool, err error) {
	permanent, err = s.verify(ctx, stored.permanent, password)
	if err == nil && library.IsTemporary(password) {
		temporary, err = s.verify(ctx, stored.temporary, password)
	}
	return permanent, temporary, err
}

// verify is Hasher.Verify where a damaged hash is of no password.
func (s *Service) verify(ctx context.Context, stored, password string) (bool, error) {
	right, err := s.cfg.Passwords.hasher.Verify(ctx, stored, password)
	if errors.Is(err, secret.ErrDamaged) {
		s.cfg.Log.Error("a stored password hash is damaged; the password must be set anew", "err", err)
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("check a password: %w", err)
	}
	return right, nil
}

// checkCredentials refuses what nobody's name and password can be.
func checkCredentials(name string, passwords ...string) error {
	for _, p := range passwords {
		if len(name) > maxName || len(p) > maxPassword {
			return badRequest("a name may have at most %d bytes, a password %d", maxName, maxPassword)
		}
	}
	if strings.ContainsRune(name, 0) {
		return badRequest("a name cannot have the character U+0000")
	}
	return nil
}

// today is the day at the library.
func (s *Service) today() library.Date {
	return library.DateOf(s.cfg.Now().In(s.cfg.Site.Location()))
}
