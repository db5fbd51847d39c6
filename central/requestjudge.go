package central

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/circulation"
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
	again       bool   // it was handed over before, and may have been lost
	attempt     attempt

	patron   library.Patron   // with the card, the zero value for none
	found    Checked          // what the check of the password found
	locked   *library.Refusal // why no password was looked at
	recorded bool             // what became of it is written down
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
	if err := q.check(ctx); err != nil {
		return "", s.ended(ctx, q.attempt, err)
	}
	result, err := q.settle(ctx)
	switch {
	case err != nil && q.proven():
		// The terminal asks again by itself: trouble of ours must not lock the card.
		err = s.noGuess(ctx, q.attempt, err)
	case err != nil:
		err = s.ended(ctx, q.attempt, err)
	}
	switch {
	case errors.Is(err, circulation.ErrRecorded): // another asking was faster
		return outcomeAgain, nil
	case err != nil:
		return "", err
	}
	s.number(ctx)
	return outcomeOf(*result), nil
}

// proven reports whether the password was right. A temporary one serves to set a
// permanent one and for nothing else.
func (q *leftRequest) proven() bool { return q.found.Permanent }

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
	q.attempt = s.attempt(place{terminal: q.terminal.ID}, kindCard, q.Card)
	return nil
}

// locks are those under which the request is counted and judged.
func (q *leftRequest) locks() []string {
	return append(q.attempt.locks(), "request "+q.id.String())
}

// count counts the request as a try to log in, before its password is looked at. It
// reports whether the request was judged meanwhile.
func (q *leftRequest) count(ctx context.Context) (before bool, err error) {
	s := q.service
	err = s.cfg.DB.Locked(ctx, q.locks(), func(tx *db.Tx) (err error) {
		if before, err = q.find(ctx, tx); err != nil || before {
			return err
		}
		q.locked = nil
		if q.again { // whoever left it has typed the password once
			return nil
		}
		err = q.attempt.count(ctx, tx, s.cfg.Site.Policy, q.now)
		if errors.Is(err, library.ErrCardLocked) {
			q.locked, err = library.ErrCardLocked, nil // to wait would not help
		}
		return err
	})
	return before, err
}

// check finds the patron, and compares the password unless the card is locked: of a card
// that is not known as slowly as of one that is.
func (q *leftRequest) check(ctx context.Context) (err error) {
	if q.patron, err = q.service.byCard(ctx, q.Card); err != nil || q.locked != nil {
		return err
	}
	q.found, err = q.service.cfg.Checker.Check(ctx, q.patron, q.Password)
	return err
}

// settle lets the request happen and tells its patron, all as one order. Where it fails,
// the request comes again.
func (q *leftRequest) settle(ctx context.Context) (*library.RequestResult, error) {
	r := &library.RequestResult{
		Receipt: library.ReceiptCode(q.id), Renewal: q.Holds == nil, Lines: []library.RequestLine{},
		ReceivedAt: library.RequestReceived(q.ReceivedAt, q.now).In(q.service.cfg.Site.Location()).Truncate(time.Millisecond),
	}
	err := q.refuse(r)
	switch {
	case err != nil:
	case q.Holds != nil:
		err = q.hold(ctx, r)
	default:
		err = q.renew(ctx, r)
	}
	var refusal *library.Refusal
	switch {
	case errors.Is(err, library.ErrSystemUnavailable):
	case errors.As(err, &refusal):
		r.Refusal, r.Lines = refusal.Code, []library.RequestLine{}
		if q.proven() && q.Holds != nil {
			for _, bib := range q.Holds.Bibs {
				r.Lines = append(r.Lines, library.RequestLine{BibID: bib})
			}
		}
		err = q.recordAlone(ctx, r)
	case err == nil && !q.recorded:
		err = errors.New("circulation made an order and did not record it")
	}
	return r, err
}

// refuse says why the request is not even asked. What was asked for is not said of one
// without the right password: it may be a stranger's, who mistyped the card.
func (q *leftRequest) refuse(r *library.RequestResult) error {
	switch {
	case q.locked != nil:
		return q.locked
	case !q.proven():
		return library.ErrLogin
	}
	return q.patron.MayUseTerminal(library.DateOf(r.ReceivedAt))
}

// record writes down what became of the request and tells the patron, in the transaction
// in which it happens.
func (q *leftRequest) record(ctx context.Context, tx *db.Tx, r *library.RequestResult) error {
	if before, err := q.find(ctx, tx); err != nil || before {
		return cmp.Or(err, circulation.ErrRecorded)
	}
	patron, err := q.whoIsTold(ctx, tx)
	if err != nil {
		return err
	}
	if err := q.endAttempt(ctx, tx); err != nil {
		return err
	}
	if err := q.name(ctx, tx, r.Lines); err != nil {
		return err
	}
	if err := q.tell(ctx, tx, patron, *r); err != nil {
		return err
	}
	q.recorded = true
	return q.store(ctx, tx, patron.ID, *r)
}

// endAttempt ends the try as which the request was counted.
func (q *leftRequest) endAttempt(ctx context.Context, tx *db.Tx) error {
	if !q.proven() {
		return q.attempt.failed(ctx, tx, q.now)
	}
	same, err := q.service.cfg.Checker.UnchangedTx(ctx, tx, q.patron.ID, q.found)
	if err != nil {
		return err
	}
	if !same { // hashed anew by a login, or another one was set: the terminal asks again
		return &protocol.Problem{Status: http.StatusServiceUnavailable, Code: protocol.CodeUnavailable, Detail: "the password was changed in this moment; try again"}
	}
	return q.attempt.forgive(ctx, tx)
}

// recordAlone is record where nothing happens.
func (q *leftRequest) recordAlone(ctx context.Context, r *library.RequestResult) error {
	return q.service.cfg.DB.Locked(ctx, q.locks(), func(tx *db.Tx) error { return q.record(ctx, tx, r) })
}

// leftOrder is the order that a request comes to; result puts what circulation answers
// into what became of it.
func leftOrder[T any](q *leftRequest, r *library.RequestResult, result func(T)) circulation.Order[T] {
	return circulation.Order[T]{
		Who: circulation.Who{Patron: q.patron.ID, Card: q.Card, PIN: q.Password},
		Key: "request " + q.id.String(), ReceivedAt: r.ReceivedAt,
		Record: func(ctx context.Context, tx *db.Tx, answer T) error {
			result(answer)
			return q.record(ctx, tx, r)
		},
	}
}

// unprovenADay is how many requests a patron had in a day when no more are told of that
// came with the patron's card and without the password: whoever types somebody else's
// card number fills nobody's mailbox and no menu.
const unprovenADay = 10

// whoIsTold is the patron of the card, who may have mistyped the password, and nobody
// where that may be somebody's game.
func (q *leftRequest) whoIsTold(ctx context.Context, tx *db.Tx) (library.Patron, error) {
	if q.proven() {
		return q.patron, nil
	}
	var today int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM request WHERE patron_id = $1 AND delivered_at > $2`,
		string(q.patron.ID), q.now.Add(-24*time.Hour).UnixMilli()).Scan(&today)
	if err != nil || today >= unprovenADay {
		return library.Patron{}, err
	}
	return q.patron, nil
}

// hold places the holds. Where the patron cannot be told in the way that was asked for,
// they are placed all the same: nobody could say so when the request was left.
func (q *leftRequest) hold(ctx context.Context, r *library.RequestResult) error {
	req, noContact := *q.Holds, false
	account, err := q.service.cfg.Circulation.Account(ctx, circulation.Who{Patron: q.patron.ID, Card: q.Card, PIN: q.Password})
	if err != nil {
		return err
	}
	if !slices.Contains(account.Contacts, req.Contact) {
		req.Contact, noContact = library.NoNews, true
	}
	_, err = q.service.cfg.Circulation.PlaceHolds(ctx, leftOrder(q, r, func(answers []library.HoldAnswer) {
		r.Lines, r.NoContact, r.Blocked = r.Lines[:0], false, false
		for _, a := range answers {
			line := library.RequestLine{BibID: a.BibID, Refusal: a.Refusal}
			if a.Hold != nil {
				line.Title = a.Hold.Title
			}
			r.Lines = append(r.Lines, line)
			r.NoContact = r.NoContact || noContact && a.Refusal == ""
			r.Blocked = r.Blocked || q.patron.BlockedAsOverdue() && a.Refusal == ""
		}
	}), req)
	return err
}

// renew renews what the patron has of the item.
func (q *leftRequest) renew(ctx context.Context, r *library.RequestResult) error {
	renewed, err := q.service.cfg.Circulation.RenewItem(ctx, leftOrder(q, r, func(loan library.PatronLoan) {
		r.Lines = []library.RequestLine{{BibID: loan.BibID, Title: loan.Title, DueOn: loan.DueOn}}
	}), q.RenewItem)
	var refusal *library.Refusal
	if !errors.As(err, &refusal) || errors.Is(err, library.ErrSystemUnavailable) {
		return err
	}
	r.Lines = []library.RequestLine{{BibID: renewed.BibID, Title: renewed.Title, Refusal: refusal.Code}}
	return q.recordAlone(ctx, r)
}

// name gives lines the titles that they lack.
func (q *leftRequest) name(ctx context.Context, tx *db.Tx, lines []library.RequestLine) (err error) {
	for i := range lines {
		if l := &lines[i]; l.Title == "" {
			if l.Title, err = q.service.cfg.Catalogue.TitleTx(ctx, tx, l.BibID); err != nil {
				return err
			}
		}
	}
	return nil
}

// tell has the patron told by mail, where there is one and an address.
func (q *leftRequest) tell(ctx context.Context, tx *db.Tx, patron library.Patron, r library.RequestResult) error {
	if patron.ID == "" {
		return nil
	}
	e, err := q.service.readEmail(ctx, tx, patron)
	if err != nil {
		return err
	}
	return q.service.mail(ctx, tx, library.Mail{Kind: library.MailRequest, Patron: patron.ID, To: e.address, Language: e.language, Request: &r})
}
