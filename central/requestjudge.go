package central

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// leftRequest is a request under way that was left at a terminal.
type leftRequest struct {
	library.Request
	service     *Service
	id          uuid.UUID
	terminal    Terminal
	now         time.Time
	fingerprint string // of the sealed bytes
	attempt     attempt

	patron library.Patron // with the card, the zero value for none
	stored hashes
	proven bool             // the password was right
	locked *library.Refusal // why no password was looked at
}

// take judges the request, once, and says in a word what became of it.
func (q *leftRequest) take(ctx context.Context, body protocol.SealedRequest) (outcome string, err error) {
	s, before := q.service, false
	err = s.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		before, err = q.find(ctx, tx)
		return err
	})
	if err != nil || before {
		return outcomeAgain, err
	}
	if err := q.open(body); err != nil {
		return "", err
	}
	if before, err = q.count(ctx); err != nil || before {
		return outcomeAgain, err
	}
	if q.locked == nil {
		// Of a card that is not known as slowly as of one that is. A temporary password
		// serves to set a permanent one and for nothing else.
		if q.proven, err = s.verify(ctx, q.stored.permanent, q.Password); err != nil {
			return "", err
		}
	}
	result, err := q.settle(ctx)
	if err != nil && q.proven {
		// The terminal asks again by itself: trouble of ours must not lock the card.
		err = s.noGuess(ctx, q.attempt, err)
	}
	if err != nil || result == nil {
		return outcomeAgain, err
	}
	// As in makeChange.
	if err := s.cfg.DB.Assign(context.WithoutCancel(ctx)); err != nil {
		s.cfg.Log.Warn("a request's changes are not numbered yet", "err", err)
	}
	return outcomeOf(*result), nil
}

// open reads the request. One that makes no sense is as unreadable as one that is sealed
// to another key: no patron typed it, but a terminal that is broken or newer than this
// server made it. As a result that is refused it would be gone with nobody told, since
// whose it is cannot be known; so the terminal keeps it and shows staff that it does,
// and a newer server may read it.
func (q *leftRequest) open(body protocol.SealedRequest) (err error) {
	s := q.service
	if s.cfg.Requests == nil {
		return library.ErrRequestUnreadable
	}
	if q.Request, err = s.cfg.Requests.Open(q.id.String(), body); err != nil {
		return err
	}
	sensible := (q.Holds == nil) != (q.RenewItem == "") && checkCredentials(q.Card, q.Password) == nil
	if h := q.Holds; h != nil {
		sensible = sensible && len(h.Bibs) > 0 && len(h.Bibs) <= maxLines && checkContact(h.Contact) == nil
	}
	if !sensible {
		return library.ErrRequestUnreadable
	}
	q.attempt = attempt{terminal: q.terminal.ID, name: s.cfg.Passwords.hasher.Name(kindCard, q.Card)}
	return nil
}

// locks are those under which the request is counted and judged.
func (q *leftRequest) locks() []string {
	return append(q.attempt.locks(), "request "+q.id.String())
}

// count counts the request as a try to log in, before its password is looked at, and
// finds the patron. It reports whether the request was judged meanwhile.
func (q *leftRequest) count(ctx context.Context) (before bool, err error) {
	s := q.service
	err = s.cfg.DB.Locked(ctx, q.locks(), func(tx *db.Tx) (err error) {
		if before, err = q.find(ctx, tx); err != nil || before {
			return err
		}
		q.locked = nil
		err = q.attempt.count(ctx, tx, s.cfg.Site.Policy, q.now)
		if errors.Is(err, library.ErrCardLocked) {
			q.locked, err = library.ErrCardLocked, nil // to wait would not help
		}
		if err != nil {
			return err
		}
		q.patron, q.stored, err = s.byCard(ctx, tx, q.Card)
		return err
	})
	return before, err
}

// settle lets the request happen and tells its patron, all in one transaction. Where it
// fails, the request comes again. The result is nil where another asking was faster.
func (q *leftRequest) settle(ctx context.Context) (result *library.RequestResult, err error) {
	s := q.service
	err = s.cfg.DB.Locked(ctx, q.locks(), func(tx *db.Tx) error {
		result = nil
		if before, err := q.find(ctx, tx); err != nil || before {
			return err
		}
		patron, stored, err := s.byCard(ctx, tx, q.Card)
		if err != nil {
			return err
		}
		if q.proven && (patron.ID != q.patron.ID || stored.permanent != q.stored.permanent) {
			// Hashed anew by a login, or another password was set: the terminal asks again.
			return &protocol.Problem{Status: http.StatusServiceUnavailable, Code: protocol.CodeUnavailable, Detail: "the password was changed in this moment; try again"}
		}
		r := library.RequestResult{
			Receipt: library.ReceiptCode(q.id), Renewal: q.Holds == nil, Lines: []library.RequestLine{},
			ReceivedAt: library.RequestReceived(q.ReceivedAt, q.now).In(s.cfg.Site.Location()).Truncate(time.Millisecond),
		}
		tell := patron.ID
		if q.proven {
			err = q.grant(ctx, tx, patron, &r)
		} else {
			tell, err = q.refuse(ctx, tx, patron, &r)
		}
		if err != nil {
			return err
		}
		if err := q.tell(ctx, tx, tell, r); err != nil {
			return err
		}
		result = &r
		return q.store(ctx, tx, tell, r)
	})
	return result, err
}

// unprovenADay is how many requests a patron had in a day when no more are told of that
// came with the patron's card and without the password: whoever types somebody else's
// card number fills nobody's mailbox and no menu.
const unprovenADay = 10

// refuse says why the password was not right, and who is to be told of it: the patron
// of the card, who may have mistyped it. What was asked for is not said: it may be a
// stranger's, who mistyped the card.
func (q *leftRequest) refuse(ctx context.Context, tx *db.Tx, patron library.Patron, r *library.RequestResult) (library.PatronID, error) {
	r.Refusal = library.ErrLogin.Code
	if q.locked != nil {
		r.Refusal = q.locked.Code
	}
	var today int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM request WHERE patron_id = $1 AND delivered_at > $2`,
		string(patron.ID), q.now.Add(-24*time.Hour).UnixMilli()).Scan(&today)
	if today >= unprovenADay {
		return "", err
	}
	return patron.ID, err
}

// grant lets happen what the patron asked for, as far as the rules allow.
func (q *leftRequest) grant(ctx context.Context, tx *db.Tx, patron library.Patron, r *library.RequestResult) (err error) {
	if err := q.attempt.forgive(ctx, tx); err != nil {
		return err
	}
	err = patron.MayUseTerminal(library.DateOf(r.ReceivedAt))
	if err == nil && q.Holds != nil {
		err = q.hold(ctx, tx, patron, r)
	} else if err == nil {
		return q.renew(ctx, tx, patron.ID, r)
	}
	var refusal *library.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	r.Refusal = refusal.Code
	if q.Holds == nil {
		return nil
	}
	for _, bib := range q.Holds.Bibs {
		r.Lines = append(r.Lines, library.RequestLine{BibID: bib})
	}
	return q.name(ctx, tx, r.Lines)
}

// hold places the holds. Where the patron cannot be told in the way that was asked for,
// they are placed all the same: nobody could say so when the request was left.
func (q *leftRequest) hold(ctx context.Context, tx *db.Tx, patron library.Patron, r *library.RequestResult) error {
	req := *q.Holds
	if patron.MayContact(req.Contact) != nil {
		req.Contact, r.NoContact = library.NoNews, true
	}
	answers, err := q.service.cfg.Circulation.PlaceHoldsTx(ctx, tx, patron.ID, req, r.ReceivedAt)
	if err != nil {
		r.NoContact = false
		return err
	}
	for _, a := range answers {
		line := library.RequestLine{BibID: a.BibID, Refusal: a.Refusal}
		if a.Hold != nil {
			line.Title = a.Hold.Title
		}
		r.Lines = append(r.Lines, line)
	}
	granted := func(l library.RequestLine) bool { return l.Refusal == "" }
	r.NoContact = r.NoContact && slices.ContainsFunc(r.Lines, granted)
	return q.name(ctx, tx, r.Lines)
}

// renew renews what the patron has of the item.
func (q *leftRequest) renew(ctx context.Context, tx *db.Tx, patron library.PatronID, r *library.RequestResult) error {
	loan, err := q.service.cfg.Circulation.RenewItemTx(ctx, tx, patron, q.RenewItem, r.ReceivedAt)
	line := library.RequestLine{BibID: loan.BibID, Title: loan.Title}
	var refusal *library.Refusal
	switch {
	case errors.As(err, &refusal):
		line.Refusal = refusal.Code
	case err != nil:
		return err
	default:
		line.DueOn = loan.DueOn
	}
	r.Lines = []library.RequestLine{line}
	return nil
}

// name gives lines the titles that they lack.
func (q *leftRequest) name(ctx context.Context, tx *db.Tx, lines []library.RequestLine) (err error) {
	for i := range lines {
		if l := &lines[i]; l.Title == "" {
			if l.Title, err = q.service.cfg.Circulation.TitleTx(ctx, tx, l.BibID); err != nil {
				return err
			}
		}
	}
	return nil
}

// tell has the patron told by mail, where there is an address.
func (q *leftRequest) tell(ctx context.Context, tx *db.Tx, patron library.PatronID, r library.RequestResult) error {
	if patron == "" {
		return nil
	}
	e, err := q.service.readEmail(ctx, tx, patron)
	if err != nil {
		return err
	}
	return q.service.mail(ctx, tx, library.Mail{Kind: library.MailRequest, Patron: patron, To: e.address, Language: e.language, Request: &r})
}
