package central

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"time"

	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// email is a patron's registered address and what is known of it.
type email struct {
	patron    library.PatronID
	address   string // "": none
	language  string // of the mails to it
	confirmed time.Time

	code       string // hash of the code that confirms it, "" for none
	codeUntil  time.Time
	codeTries  int       // how often a wrong code was entered
	codeSent   time.Time // zero: no code was ever sent to it
	codes      int       // how many codes were sent …
	codesOn    library.Date
	bouncedAt  time.Time
	isBouncing bool
}

// state returns how far the address can be relied on.
func (e email) state() library.EmailState {
	switch {
	case e.address == "":
		return library.NoEmail
	case e.isBouncing:
		return library.EmailBouncing
	case !e.confirmed.IsZero():
		return library.EmailConfirmed
	case !e.codeSent.IsZero():
		return library.EmailUnconfirmed
	}
	return library.EmailRegistered
}

// open reports whether a code can be entered now.
func (e email) open(p library.Policy, now time.Time) bool {
	return e.code != "" && e.codeTries < p.EmailCodeTries && now.Before(e.codeUntil)
}

// readEmail reads a patron's address: the one in our register, where we have it, and
// otherwise the one that circulation said. What is known of another address is void, but
// for how many codes were sent.
func (s *Service) readEmail(ctx context.Context, tx *db.Tx, p library.Patron) (_ email, err error) {
	if s.cfg.Register != nil {
		if p.Email, err = s.cfg.Register.EmailTx(ctx, tx, p.ID); err != nil {
			return email{}, err
		}
	}
	e := email{patron: p.ID}
	var confirmed, until, sent, bounced int64
	err = tx.QueryRowContext(ctx, `SELECT address, language, confirmed_at, code_hash, code_until, code_tries, code_sent, codes, codes_on, bounced_at, bouncing
		FROM patron_email WHERE patron_id = $1`, string(p.ID)).Scan(&e.address, &e.language, &confirmed, &e.code, &until, &e.codeTries, &sent,
		&e.codes, &e.codesOn, &bounced, &e.isBouncing)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return email{}, err
	}
	if e.address != p.Email {
		return email{patron: p.ID, address: p.Email, codes: e.codes, codesOn: e.codesOn}, nil
	}
	e.confirmed, e.codeUntil, e.codeSent, e.bouncedAt = instant(confirmed), instant(until), instant(sent), instant(bounced)
	return e, nil
}

// writeEmail stores what is known of an address. Mails that came back before are
// forgotten: it was just registered, or confirmed.
func writeEmail(ctx context.Context, tx *db.Tx, e email) error {
	if err := refer(ctx, tx, e.patron); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO patron_email (patron_id, address, language, confirmed_at, code_hash, code_until, code_tries, code_sent,
			codes, codes_on, bounces, bounced_at, bouncing)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, FALSE)
		ON CONFLICT (patron_id) DO UPDATE SET address = excluded.address, language = excluded.language, confirmed_at = excluded.confirmed_at,
			code_hash = excluded.code_hash, code_until = excluded.code_until, code_tries = excluded.code_tries, code_sent = excluded.code_sent,
			codes = excluded.codes, codes_on = excluded.codes_on, bounces = 0, bounced_at = 0, bouncing = FALSE`,
		string(e.patron), e.address, e.language, millis(e.confirmed), e.code, millis(e.codeUntil), e.codeTries, millis(e.codeSent), e.codes, e.codesOn)
	if err != nil {
		return fmt.Errorf("store what is known of an address: %w", err)
	}
	return nil
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// status is what the patron sees.
func (s *Service) status(e email) library.EmailStatus {
	status := library.EmailStatus{
		Address: e.address, State: e.state(), Carrier: library.CarrierOf(e.address), From: s.cfg.Site.MailFrom,
		CodeSent: e.open(s.cfg.Site.Policy, s.cfg.Now()),
	}
	if status.State == library.EmailBouncing && !e.bouncedAt.IsZero() {
		status.BouncedOn = library.DateOf(e.bouncedAt.In(s.cfg.Site.Location()))
	}
	return status
}

func (s *Service) email(w http.ResponseWriter, r *http.Request) error {
	return own(s, w, r, func(ctx context.Context, who circulation.Who) (status library.EmailStatus, err error) {
		err = s.cfg.DB.View(ctx, func(tx *db.Tx) error {
			e, err := s.readEmail(ctx, tx, library.Patron{ID: who.Patron})
			status = s.status(e)
			return err
		})
		return status, err
	})
}

// setEmail registers an address and sends it a code. The registered address again is
// no change: it gets another code unless it is confirmed.
func (s *Service) setEmail(w http.ResponseWriter, r *http.Request) error {
	who, err := s.patron(r)
	if err != nil {
		return err
	}
	var body protocol.EmailChange
	text, err := readInto(w, r, &body)
	if err != nil {
		return err
	}
	body.Language = library.LanguageWithCode(body.Language).Code
	address, err := library.ParseEmail(body.Address)
	if err != nil {
		return err
	}
	return s.once(w, r, asking{who: who, body: text, secret: true}, func(ctx context.Context, tx *db.Tx) (any, error) {
		e, err := s.readEmail(ctx, tx, library.Patron{ID: who.patron})
		if err != nil {
			return nil, err
		}
		same := e.address == address
		switch {
		case same && e.state() == library.EmailConfirmed:
			e.language = body.Language
			if err := writeEmail(ctx, tx, e); err != nil {
				return nil, err
			}
			return s.status(e), nil
		case !same:
			if err := s.moved(ctx, tx, e, address); err != nil {
				return nil, err
			}
			e = email{patron: e.patron, address: address, codes: e.codes, codesOn: e.codesOn}
		}
		e.language = body.Language
		if e, err = s.sendCode(ctx, tx, e); err != nil {
			return nil, err
		}
		return s.status(e), s.audit(ctx, tx, who, "email.set", who.asker())
	})
}

// moved registers another address, "" for none, and tells the old one.
func (s *Service) moved(ctx context.Context, tx *db.Tx, old email, address string) error {
	if err := s.cfg.Register.SetEmailTx(ctx, tx, old.patron, address); err != nil {
		return err
	}
	return s.mail(ctx, tx, library.Mail{Kind: library.MailMoved, Patron: old.patron, To: old.address, Language: old.language})
}

// sendCode makes a code, queues the mail with it and stores the address with both. To
// the same address it is not sent again at once, and to all of a patron's so often a
// day: nobody's mailbox is filled from here. Where no mail is sent nobody could
// confirm, so the address is just stored.
func (s *Service) sendCode(ctx context.Context, tx *db.Tx, e email) (email, error) {
	p, now, today := s.cfg.Site.Policy, s.cfg.Now(), s.today()
	if s.cfg.Mail == nil {
		e = email{patron: e.patron, address: e.address, language: e.language, codes: e.codes, codesOn: e.codesOn}
		return e, writeEmail(ctx, tx, e)
	}
	e.confirmed, e.isBouncing, e.bouncedAt = time.Time{}, false, time.Time{}
	if e.codesOn != today {
		e.codesOn, e.codes = today, 0
	}
	switch {
	case e.codes >= p.EmailCodesADay:
		return e, library.ErrEmailTooMany
	case !e.codeSent.IsZero() && now.Before(e.codeSent.Add(p.EmailCodeAgain.Duration())):
		return e, library.ErrEmailSoon
	}
	code, err := newEmailCode()
	if err != nil {
		return e, err
	}
	e.codes++
	e.code, e.codeTries, e.codeSent, e.codeUntil = s.codeHash(e, code), 0, now, now.Add(p.EmailCodeFor.Duration())
	if err := writeEmail(ctx, tx, e); err != nil {
		return e, err
	}
	return e, s.mail(ctx, tx, library.Mail{Kind: library.MailConfirm, Patron: e.patron, To: e.address, Language: e.language, Code: code})
}

// newEmailCode makes six digits, each as likely as any other.
func newEmailCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("make a code: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}

// codeHash is what is kept of a code: good for this address of this patron only, and
// not to be found by trying all codes without the pepper.
func (s *Service) codeHash(e email, code string) string {
	return s.cfg.Passwords.hasher.Name("email code", string(e.patron)+"\x00"+e.address+"\x00"+code)
}

// deleteEmail deletes the address; the query's contact says how the patron is told instead
// of holds that were to be told of by mail, and where it says nothing the rules do.
func (s *Service) deleteEmail(w http.ResponseWriter, r *http.Request) error {
	who, err := s.patron(r)
	if err != nil {
		return err
	}
	contact := library.Contact(r.URL.Query().Get("contact"))
	if contact != "" {
		if err := checkContact(contact); err != nil {
			return err
		}
	}
	return s.once(w, r, asking{who: who, body: []byte(contact), secret: true}, func(ctx context.Context, tx *db.Tx) (any, error) {
		old, err := s.readEmail(ctx, tx, library.Patron{ID: who.patron})
		if err != nil || old.address == "" {
			return s.status(old), err
		}
		if err := s.moved(ctx, tx, old, ""); err != nil {
			return nil, err
		}
		none := email{patron: old.patron, codes: old.codes, codesOn: old.codesOn}
		if err := writeEmail(ctx, tx, none); err != nil {
			return nil, err
		}
		if err := s.cfg.Register.ContactTx(ctx, tx, who.patron, contact); err != nil {
			return nil, err
		}
		return s.status(none), s.audit(ctx, tx, who, "email.delete", who.asker())
	})
}

// confirmEmail takes the code of the mail, or sends another one.
func (s *Service) confirmEmail(w http.ResponseWriter, r *http.Request) error {
	who, err := s.patron(r)
	if err != nil {
		return err
	}
	var body protocol.EmailCode
	text, err := readInto(w, r, &body)
	if err != nil {
		return err
	}
	if body.Code == "" {
		return s.once(w, r, asking{who: who, body: text, secret: true}, func(ctx context.Context, tx *db.Tx) (any, error) { return s.anotherCode(ctx, tx, who) })
	}
	c := &confirmation{service: s, who: who, code: body.Code}
	return s.once(w, r, asking{who: who, body: text, secret: true, before: c.judge}, c.make)
}

// anotherCode sends another code to an address that is not confirmed.
func (s *Service) anotherCode(ctx context.Context, tx *db.Tx, who session) (any, error) {
	e, err := s.readEmail(ctx, tx, library.Patron{ID: who.patron})
	if err != nil {
		return nil, err
	}
	switch e.state() {
	case library.NoEmail:
		return nil, library.ErrNoEmail
	case library.EmailConfirmed:
		return s.status(e), nil
	}
	if e, err = s.sendCode(ctx, tx, e); err != nil {
		return nil, err
	}
	return s.status(e), s.audit(ctx, tx, who, "email.code", who.asker())
}

// confirmation is a code that is being entered.
type confirmation struct {
	service *Service
	who     session
	code    string
	found   email
}

// judge judges a code and counts it where it is wrong, both in one transaction: however
// many are under way at once no more of them learn whether they are right than may, and
// no server that breaks off in between counts a try that nobody had.
func (c *confirmation) judge(ctx context.Context) error {
	s, p := c.service, c.service.cfg.Site.Policy
	var wrong error
	err := s.cfg.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		wrong = nil
		if c.found, err = s.readEmail(ctx, tx, library.Patron{ID: c.who.patron}); err != nil {
			return err
		}
		switch {
		case c.found.address == "":
			return library.ErrNoEmail
		case c.found.state() == library.EmailConfirmed:
			return nil // make has nothing to do
		case !c.found.open(p, s.cfg.Now()):
			return library.ErrEmailCodeOver
		case subtle.ConstantTimeCompare([]byte(s.codeHash(c.found, c.code)), []byte(c.found.code)) == 1:
			return nil
		case c.found.codeTries+1 >= p.EmailCodeTries:
			wrong = library.ErrEmailCodeOver
		default:
			wrong = library.ErrEmailCode
		}
		_, err = tx.ExecContext(ctx, `UPDATE patron_email SET code_tries = code_tries + 1 WHERE patron_id = $1`, string(c.found.patron))
		return err
	})
	return cmp.Or(err, wrong)
}

func (c *confirmation) make(ctx context.Context, tx *db.Tx) (any, error) {
	s := c.service
	e, err := s.readEmail(ctx, tx, library.Patron{ID: c.who.patron})
	if err != nil {
		return nil, err
	}
	if e.state() == library.EmailConfirmed {
		return s.status(e), nil
	}
	if e.address != c.found.address || e.code != c.found.code {
		return nil, library.ErrEmailCodeOver // another address was registered, or another code sent, meanwhile
	}
	e.confirmed, e.code, e.isBouncing = s.cfg.Now(), "", false
	if err := writeEmail(ctx, tx, e); err != nil {
		return nil, err
	}
	return s.status(e), s.audit(ctx, tx, c.who, "email.confirm", c.who.asker())
}
