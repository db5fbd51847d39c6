package central

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
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

	// check finds out whose name it is and compares the password, outside of any
	// transaction. It must take the same time whoever it finds.
	check func(ctx context.Context) (Checked, error)
	// unchanged reports whether what check found still holds.
	unchanged func(ctx context.Context, tx *db.Tx, found Checked) (bool, error)
	// admit says after the right password whose session to open, or why not.
	admit func() (session, error)
}

func (s *Service) logIn(w http.ResponseWriter, r *http.Request) error {
	var body protocol.Login
	if err := decode(w, r, &body); err != nil {
		return err
	}
	var patron library.Patron
	in, err := s.open(r, login{
		kind: kindCard, name: body.Card, password: body.Password,
		check: func(ctx context.Context) (found Checked, err error) {
			if patron, err = s.byCard(ctx, body.Card); err != nil {
				return Checked{}, err
			}
			return s.cfg.Checker.Check(ctx, patron, body.Password)
		},
		unchanged: func(ctx context.Context, tx *db.Tx, found Checked) (bool, error) {
			return s.cfg.Checker.UnchangedTx(ctx, tx, patron.ID, found)
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
	who := circulation.Who{Patron: patron.ID, Card: body.Card, PIN: body.Password}
	if answer.Account, err = s.account(r.Context(), who); err != nil {
		return err
	}
	return reply(w, r, answer)
}

// byCard returns the patron with a card, and nobody for a card that is not known.
func (s *Service) byCard(ctx context.Context, card string) (library.Patron, error) {
	patron, err := s.cfg.Circulation.PatronByCard(ctx, card)
	if errors.Is(err, library.ErrUnknownPatron) {
		return library.Patron{}, nil
	}
	return patron, err
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
	var member Staff
	in, err := s.open(r, login{
		kind: kindStaff, name: name, password: body.Password,
		check: func(ctx context.Context) (found Checked, err error) {
			member, found, err = s.checkStaff(ctx, name, body.Password)
			return found, err
		},
		unchanged: func(ctx context.Context, tx *db.Tx, found Checked) (bool, error) {
			_, hash, err := findStaff(ctx, tx, name)
			return hash == found.Stored, err
		},
		admit: func() (session, error) {
			return session{terminal: terminalOf(r), staff: member.Name, role: member.Role}, nil
		},
	})
	if err != nil {
		return err
	}
	return reply(w, r, protocol.StaffLoggedIn{Token: in.token, Name: member.Name, Role: string(member.Role)})
}

// checkStaff finds a staff member and compares the password, as slowly for a name that
// nobody has.
func (s *Service) checkStaff(ctx context.Context, name, password string) (member Staff, found Checked, err error) {
	var hash string
	err = s.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		member, hash, err = findStaff(ctx, tx, name)
		return err
	})
	if err == nil {
		found.Permanent, err = s.own().verify(ctx, hash, password)
	}
	found.Stored = hash
	return member, found, err
}

// opened is a session that was opened.
type opened struct {
	token      string
	mustChange bool // by a temporary password
}

// open opens a session for whoever knows the password. Unknown name, wrong password
// and no password are one refusal, library.ErrLogin, after the same questions and as
// many hashes; what else stands in the way is said only after the right password. The
// log learns the terminal and the outcome.
func (s *Service) open(r *http.Request, l login) (opened, error) {
	at, err := s.placeOf(r)
	if err != nil {
		return opened{}, err
	}
	in, err := s.openQuietly(r.Context(), at, l)
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

func (s *Service) openQuietly(ctx context.Context, at place, l login) (opened, error) {
	if err := checkCredentials(l.name, l.password); err != nil {
		return opened{}, err
	}
	a := s.attempt(at, l.kind, l.name)
	if err := s.count(ctx, a); err != nil {
		return opened{}, err
	}
	in, err := s.tryToOpen(ctx, a, l)
	if err = s.ended(ctx, a, err); err != nil {
		return opened{}, err
	}
	return in, nil
}

// tryToOpen opens a session where the password of an attempt, which is counted, is right.
func (s *Service) tryToOpen(ctx context.Context, a attempt, l login) (opened, error) {
	found, err := l.check(ctx)
	if err != nil {
		return opened{}, err
	}
	if !found.Permanent && !found.Temporary {
		return opened{}, library.ErrLogin
	}
	admitted, refusal := l.admit()
	admitted.mustChange = !found.Permanent
	in := opened{mustChange: admitted.mustChange}
	err = s.cfg.DB.Locked(ctx, a.locks(), func(tx *db.Tx) error {
		// Another password may have been set since, which ended all sessions but this one.
		if same, err := l.unchanged(ctx, tx, found); err != nil || !same {
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
