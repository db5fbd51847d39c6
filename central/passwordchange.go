package central

import (
	"context"
	"net/http"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// changePassword sets another password of who is logged in. Whoever does not know the
// present one is a guesser: it counts as a failed login.
func (s *Service) changePassword(w http.ResponseWriter, r *http.Request) error {
	who, err := s.anyPatron(r)
	if err != nil {
		return err
	}
	c := &passwordChange{service: s, who: who, token: hash(r.Header.Get(protocol.SessionHeader))}
	text, err := readInto(w, r, &c.PasswordChange)
	if err != nil {
		return err
	}
	if c.patron, err = s.cfg.Circulation.Patron(r.Context(), who.whose()); err != nil {
		return err
	}
	if err := checkCredentials("", c.Present, c.New); err != nil {
		return err
	}
	at, err := s.placeOf(r)
	if err != nil {
		return err
	}
	c.attempt = s.attempt(at, kindCard, c.patron.Card)
	return s.once(w, r, asking{who: who, body: text, secret: true, before: c.judge, locks: c.attempt.locks()}, c.make)
}

// passwordChange is a change of password under way.
type passwordChange struct {
	protocol.PasswordChange
	service *Service
	who     session
	token   string // its hash
	patron  library.Patron
	attempt attempt
	hash    string
}

func (c *passwordChange) judge(ctx context.Context) (err error) {
	s := c.service
	if err := s.cfg.Site.Policy.MayChoose(c.New, c.patron); err != nil {
		return err
	}
	switch {
	case !c.who.mustChange:
		err = c.checkPresent(ctx)
	case c.Terms != s.cfg.Site.Terms.Version:
		err = library.ErrTerms
	default:
		err = c.checkTemporary(ctx)
	}
	if err != nil {
		return err
	}
	c.hash, err = s.cfg.Passwords.hash(ctx, c.New)
	return err
}

// checkPresent counts the try as the login's throttle does.
func (c *passwordChange) checkPresent(ctx context.Context) error {
	s := c.service
	var stored string
	err := s.cfg.DB.Locked(ctx, c.attempt.locks(), func(tx *db.Tx) (err error) {
		if err := c.attempt.count(ctx, tx, s.cfg.Site.Policy, s.cfg.Now()); err != nil {
			return err
		}
		stored, err = hashOf(ctx, tx, c.patron.ID)
		return err
	})
	if err != nil {
		return err
	}
	right, err := s.own().verify(ctx, stored, c.Present)
	if err == nil && !right {
		err = library.ErrPresent
	}
	if err != nil {
		return s.ended(ctx, c.attempt, err)
	}
	if c.New == c.Present {
		err = library.ErrSamePassword
	}
	return s.noGuess(ctx, c.attempt, err)
}

// checkTemporary refuses a temporary password as the permanent one: staff have seen
// it.
func (c *passwordChange) checkTemporary(ctx context.Context) error {
	s := c.service
	var temporary string
	err := s.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		temporary, err = temporaryOf(ctx, tx, c.patron.ID, s.cfg.Site.Policy, s.cfg.Now())
		return err
	})
	if err != nil || !library.IsTemporary(c.New) {
		return err
	}
	same, err := s.own().verify(ctx, temporary, c.New)
	if same {
		return library.ErrSamePassword
	}
	return err
}

func (c *passwordChange) make(ctx context.Context, tx *db.Tx) (any, error) {
	s := c.service
	done, err := tx.ExecContext(ctx, `UPDATE session SET must_change = FALSE WHERE token_hash = $1`, c.token)
	if err := oneRow(done, err, library.ErrSessionEnded); err != nil {
		return nil, err // by another change, or by another temporary password
	}
	if err := c.attempt.forgive(ctx, tx); err != nil {
		return nil, err
	}
	if err := s.setPassword(ctx, tx, c.patron, c.hash, c.token); err != nil {
		return nil, err
	}
	if !c.who.mustChange {
		return nil, s.audit(ctx, tx, c.who, "password.change", c.who.asker())
	}
	if err := s.agreed(ctx, tx, c.patron.ID, c.Terms); err != nil {
		return nil, err
	}
	return nil, s.audit(ctx, tx, c.who, "password.permanent", c.who.asker(), "terms", c.Terms) // in the place of a temporary one
}
