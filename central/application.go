package central

import (
	"context"
	"net/http"

	"madoguchi/central/db"
	"madoguchi/library"
)

// apply gives a new password to whoever knows what is registered of a patron. What
// breaks a rule that has nothing to do with the patron is said at once. After that it
// is a try like a login, counted with the logins of the card: whatever does not match
// is one refusal, library.ErrApplication, after the same questions to the database and
// one hash.
func (s *Service) apply(w http.ResponseWriter, r *http.Request) error {
	var body library.Application
	text, err := readInto(w, r, &body)
	if err != nil {
		return err
	}
	if err := checkCredentials(body.Card, body.Password, body.Phone); err != nil {
		return err
	}
	if body.Terms != s.cfg.Site.Terms.Version {
		return library.ErrTerms
	}
	// Judged by what was typed, so that the answer says nothing of who is registered.
	typed := library.Patron{Card: body.Card, BornOn: body.BornOn, Phones: []string{body.Phone}}
	if err := s.cfg.Site.Policy.MayChoose(body.Password, typed); err != nil {
		return err
	}
	at, err := s.placeOf(r)
	if err != nil {
		return err
	}
	a := &application{
		Application: body, service: s, terminal: terminalOf(r),
		attempt: s.attempt(at, kindCard, body.Card),
	}
	return s.once(w, r, asking{
		who: session{terminal: a.terminal}, body: text, secret: true,
		before: a.judge, locks: a.attempt.locks(),
	}, a.grant)
}

// application is an application under way.
type application struct {
	library.Application
	service  *Service
	terminal Terminal
	attempt  attempt

	patron library.Patron
	hash   string
}

func (a *application) judge(ctx context.Context) error {
	err := a.match(ctx)
	a.service.logOutcome("a password application", err, "terminal", a.terminal.ID)
	return err
}

// match returns why the application is not granted.
func (a *application) match(ctx context.Context) error {
	s := a.service
	if err := s.count(ctx, a.attempt); err != nil {
		return err
	}
	if err := a.tryToMatch(ctx); err != nil {
		return s.ended(ctx, a.attempt, err)
	}
	err := s.cfg.Site.Policy.MayChoose(a.Password, a.patron)
	if err == nil {
		err = a.patron.MayUseTerminal(s.today())
	}
	return s.noGuess(ctx, a.attempt, err)
}

// tryToMatch compares what was typed with what is registered.
func (a *application) tryToMatch(ctx context.Context) (err error) {
	s := a.service
	if a.patron, err = s.byCard(ctx, a.Card); err != nil { // nobody, whom no application matches, for an unknown card
		return err
	}
	if a.hash, err = s.cfg.Passwords.hash(ctx, a.Password); err != nil {
		return err
	}
	if !a.patron.Matches(a.Application) {
		return library.ErrApplication
	}
	return nil
}

// noGuess forgives the failures of a card whose holder has shown to be the patron, and
// returns why the patron is refused all the same, nil for not at all.
func (s *Service) noGuess(ctx context.Context, a attempt, refusal error) error {
	if err := s.cfg.DB.Locked(ctx, a.locks(), func(tx *db.Tx) error { return a.forgive(ctx, tx) }); err != nil {
		return err
	}
	return refusal
}

func (a *application) grant(ctx context.Context, tx *db.Tx) (any, error) {
	s := a.service
	if err := s.setPassword(ctx, tx, a.patron, a.hash, ""); err != nil {
		return nil, err
	}
	if err := s.agreed(ctx, tx, a.patron.ID, a.Terms); err != nil {
		return nil, err
	}
	who := session{terminal: a.terminal, patron: a.patron.ID}
	return nil, s.audit(ctx, tx, who, "password.apply", who.asker(), "terms", a.Terms)
}

// agreed writes down that a patron agreed to a version of the terms.
func (s *Service) agreed(ctx context.Context, tx *db.Tx, patron library.PatronID, version string) error {
	if err := refer(ctx, tx, patron); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO terms_agreed (patron_id, version, at) VALUES ($1, $2, $3)
		ON CONFLICT (patron_id, version) DO UPDATE SET at = excluded.at`, string(patron), version, s.cfg.Now().UnixMilli())
	return err
}

// setPassword sets a patron's password, ends the other sessions than the one of a
// token's hash, and tells the patron by mail.
func (s *Service) setPassword(ctx context.Context, tx *db.Tx, patron library.Patron, hash, but string) error {
	if err := s.cfg.Passwords.set(ctx, tx, patron.ID, hash); err != nil {
		return err
	}
	if err := endSessions(ctx, tx, patron.ID, but); err != nil {
		return err
	}
	e, err := s.readEmail(ctx, tx, patron)
	if err != nil {
		return err
	}
	return s.mail(ctx, tx, library.Mail{Kind: library.MailPasswordSet, Patron: patron.ID, To: e.address, Language: e.language})
}

// mail queues a mail, where mails are sent and there is an address for it.
func (s *Service) mail(ctx context.Context, tx *db.Tx, m library.Mail) error {
	if s.cfg.Mail == nil || m.To == "" {
		return nil
	}
	m.At = s.cfg.Now()
	return s.cfg.Mail.Queue(ctx, tx, m)
}
