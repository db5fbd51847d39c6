package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/db"
	"madoguchi/library"
)

// PlaceHolds places the holds that a patron asks for, each judged by itself, and
// answers line by line. Those of a sequence that could be placed are a sequence. A
// copy that stands on a shelf is given to whoever is first. The whole request is
// refused with library.ErrUnknownPatron, library.ErrUnknownBranch,
// library.ErrNoEmail or library.ErrNoPhone.
func (l *Ledger) PlaceHolds(ctx context.Context, patron library.PatronID, req library.HoldRequest) (answers []library.HoldAnswer, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		answers, err = l.PlaceHoldsTx(ctx, tx, patron, req, time.Time{})
		return err
	})
	return answers, err
}

// PlaceHoldsTx is PlaceHolds in the caller's transaction, for a request that was
// received before: its holds queue from then. A zero receivedAt is now, and no request
// was received later.
func (l *Ledger) PlaceHoldsTx(ctx context.Context, tx *db.Tx, patron library.PatronID, req library.HoldRequest, receivedAt time.Time) ([]library.HoldAnswer, error) {
	if now := l.cfg.Now(); receivedAt.IsZero() || receivedAt.After(now) {
		receivedAt = now
	}
	p, err := l.PatronTx(ctx, tx, patron)
	if err != nil {
		return nil, err
	}
	asked := request{patron: p, pickup: req.Pickup, contact: req.Contact, receivedAt: receivedAt}
	if req.Sequence {
		id, err := uuid.NewRandom()
		if err != nil {
			return nil, err
		}
		asked.sequence = id.String()
	}
	lines, err := l.place(ctx, tx, asked, req.Bibs)
	if err != nil {
		return nil, err
	}
	answers := make([]library.HoldAnswer, len(lines))
	for i, line := range lines {
		answers[i].BibID = req.Bibs[i]
		if line.refusal != nil {
			answers[i].Refusal = line.refusal.Code
			continue
		}
		h, err := l.patronHold(ctx, tx, patron, line.hold)
		if err != nil {
			return nil, err
		}
		answers[i].Hold = &h
	}
	return answers, nil
}

// PaperHolds enters holds that the patron with a card asked for on paper, more than one as
// a sequence, and answers line by line as PlaceHolds does. Their place in the queues is by
// when the form was received; a zero receivedAt is now. It refuses the whole as PlaceHolds
// does, and as library.Policy.FormReceived and library.Patron.MayUseTerminal do.
func (l *Ledger) PaperHolds(ctx context.Context, card string, req library.HoldRequest, receivedAt time.Time) (answers []library.HoldAnswer, patron library.PatronID, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		answers, patron, err = l.PaperHoldsTx(ctx, tx, card, req, receivedAt)
		return err
	})
	return answers, patron, err
}

// PaperHoldsTx is PaperHolds in the caller's transaction.
func (l *Ledger) PaperHoldsTx(ctx context.Context, tx *db.Tx, card string, req library.HoldRequest, receivedAt time.Time) ([]library.HoldAnswer, library.PatronID, error) {
	now := l.cfg.Now()
	if receivedAt.IsZero() {
		receivedAt = now
	}
	if err := l.cfg.Policy().FormReceived(receivedAt.In(l.cfg.Zone), now.In(l.cfg.Zone)); err != nil {
		return nil, "", err
	}
	p, err := l.PatronByCardTx(ctx, tx, card)
	if err != nil {
		return nil, "", err
	}
	if err := p.MayUseTerminal(l.Today()); err != nil {
		return nil, p.ID, err
	}
	req.Sequence = len(req.Bibs) > 1
	answers, err := l.PlaceHoldsTx(ctx, tx, p.ID, req, receivedAt)
	return answers, p.ID, err
}

// request is what the holds that are placed together have in common.
type request struct {
	patron     library.Patron
	pickup     library.BranchCode
	contact    library.Contact
	receivedAt time.Time
	sequence   string // "" for holds by themselves
}

// line is what became of a line of a request: a hold, or why there is none.
type line struct {
	hold    library.HoldID
	refusal *library.Refusal
}

// place judges the lines of a request, stores the holds that may be, and serves
// their queues.
func (l *Ledger) place(ctx context.Context, tx *db.Tx, asked request, bibs []library.BibID) ([]line, error) {
	if !slices.Contains(library.Contacts, asked.contact) {
		return nil, fmt.Errorf("a patron cannot be told of a hold by %q", asked.contact)
	}
	if err := knownBranch(ctx, tx, asked.pickup); err != nil {
		return nil, err
	}
	reach, err := l.reach(ctx, tx, asked.patron)
	if err != nil {
		return nil, err
	}
	if err := reach.May(asked.contact); err != nil {
		return nil, err
	}
	if err := lockPatron(ctx, tx, asked.patron.ID); err != nil {
		return nil, err
	}
	if err := lockQueues(ctx, tx, bibs...); err != nil {
		return nil, err
	}
	active, err := l.activeHolds(ctx, tx, asked.patron.ID)
	if err != nil {
		return nil, err
	}
	loans, err := loansOf(ctx, tx, asked.patron.ID)
	if err != nil {
		return nil, err
	}
	policy := l.cfg.Policy()
	lines := make([]line, len(bibs))
	var placed []library.Hold
	for i, bib := range bibs {
		copies, err := copiesOf(ctx, tx, bib)
		if err == nil {
			err = policy.MayHold(bib, copies, active, loans)
		}
		if errors.As(err, &lines[i].refusal) {
			continue
		}
		if err != nil {
			return nil, err
		}
		// In the order of the lines, also among holds of the same millisecond.
		id, err := uuid.NewV7()
		if err != nil {
			return nil, err
		}
		h := library.Hold{
			ID: library.HoldID(id.String()), BibID: bib, PatronID: asked.patron.ID,
			Pickup: asked.pickup, Contact: asked.contact, State: library.Waiting, ReceivedAt: asked.receivedAt,
		}
		lines[i].hold = h.ID
		active, placed = append(active, h), append(placed, h)
	}
	var queues []library.BibID
	for n, h := range placed {
		if asked.sequence != "" && len(placed) > 1 {
			h.SequenceID, h.Place = asked.sequence, n+1
		}
		if err := insertHold(ctx, tx, h); err != nil {
			return nil, err
		}
		queues = append(queues, h.BibID)
	}
	return lines, l.serve(ctx, tx, queues...)
}

// CancelHold cancels a patron's hold and returns it as it then stands. It refuses
// with library.ErrUnknownHold, also for another patron's, and library.ErrHoldNotWaiting.
func (l *Ledger) CancelHold(ctx context.Context, patron library.PatronID, hold library.HoldID) (h library.PatronHold, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		h, err = l.CancelHoldTx(ctx, tx, patron, hold)
		return err
	})
	return h, err
}

// CancelHoldTx is CancelHold in the caller's transaction.
func (l *Ledger) CancelHoldTx(ctx context.Context, tx *db.Tx, patron library.PatronID, hold library.HoldID) (library.PatronHold, error) {
	was, err := l.lockHold(ctx, tx, patron, hold)
	if err != nil {
		return library.PatronHold{}, err
	}
	h := was
	if h.Hold, err = was.Cancel(l.Today()); err != nil {
		return library.PatronHold{}, err
	}
	if err := l.ended(ctx, tx, was, h); err != nil {
		return library.PatronHold{}, err
	}
	return l.patronHold(ctx, tx, patron, hold)
}

// WithdrawHold cancels the hold on a bib of the patron with a card, who asked staff
// to: in any state, also when its copy is on its way or ready, which then goes to the
// next. It refuses with library.ErrUnknownPatron, and with library.ErrUnknownHold where
// the patron has no active one.
func (l *Ledger) WithdrawHold(ctx context.Context, card string, bib library.BibID) (h library.PatronHold, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		h, err = l.WithdrawHoldTx(ctx, tx, card, bib)
		return err
	})
	return h, err
}

// WithdrawHoldTx is WithdrawHold in the caller's transaction.
func (l *Ledger) WithdrawHoldTx(ctx context.Context, tx *db.Tx, card string, bib library.BibID) (library.PatronHold, error) {
	was, err := l.holdOfCard(ctx, tx, card, bib)
	if err != nil {
		return library.PatronHold{}, err
	}
	h := was
	if h.Hold, err = was.Withdraw(l.Today()); err != nil {
		return library.PatronHold{}, err
	}
	if err := l.ended(ctx, tx, was, h); err != nil {
		return library.PatronHold{}, err
	}
	return l.patronHold(ctx, tx, h.PatronID, h.ID)
}

// holdOfCard finds and locks the active hold on a bib of the patron with a card.
func (l *Ledger) holdOfCard(ctx context.Context, tx *db.Tx, card string, bib library.BibID) (storedHold, error) {
	p, err := l.PatronByCardTx(ctx, tx, card)
	if err != nil {
		return storedHold{}, err
	}
	active, err := l.activeHolds(ctx, tx, p.ID)
	if err != nil {
		return storedHold{}, err
	}
	i := slices.IndexFunc(active, func(h library.Hold) bool { return h.BibID == bib })
	if i < 0 {
		return storedHold{}, library.ErrUnknownHold
	}
	return l.lockHold(ctx, tx, p.ID, active[i].ID)
}

// EndHoldTx ends, in the caller's transaction, the hold on a bib of the patron with a card,
// for a reason that the patron is told. It refuses as WithdrawHold does.
func (l *Ledger) EndHoldTx(ctx context.Context, tx *db.Tx, card string, bib library.BibID, reason library.EndReason) (library.PatronHold, error) {
	if !slices.Contains(library.EndReasons, reason) {
		return library.PatronHold{}, fmt.Errorf("a hold cannot be ended for the reason %q", reason)
	}
	h, err := l.holdOfCard(ctx, tx, card, bib)
	if err != nil {
		return library.PatronHold{}, err
	}
	title, err := titleOf(ctx, tx, h.BibID)
	if err != nil {
		return library.PatronHold{}, err
	}
	if err := l.end(ctx, tx, h, title, reason); err != nil {
		return library.PatronHold{}, err
	}
	return l.patronHold(ctx, tx, h.PatronID, h.ID)
}

// end ends an active hold, whose queue is locked, for a reason that its patron is told.
func (l *Ledger) end(ctx context.Context, tx *db.Tx, was storedHold, title string, reason library.EndReason) (err error) {
	h := was
	if h.Hold, err = was.End(reason, l.Today()); err != nil {
		return err
	}
	if err := l.news(ctx, tx, library.MailHoldEnded, &h, title); err != nil {
		return err
	}
	return l.ended(ctx, tx, was, h)
}

// ended stores a hold that has just ended, and lets go of the copy that it had before.
func (l *Ledger) ended(ctx context.Context, tx *db.Tx, was, h storedHold) error {
	h.fetchAt, h.fromHoldShelf = "", false
	h.callDue = h.callDue && h.EndReason != "" // nothing else is news to who ended it
	if err := l.storeHold(ctx, tx, h); err != nil {
		return err
	}
	if was.ItemID != "" {
		it, err := itemByID(ctx, tx, was.ItemID)
		if err != nil {
			return err
		}
		if err := l.release(ctx, tx, it, was); err != nil {
			return err
		}
	}
	return l.moveOn(ctx, tx, h.Hold, l.Today())
}

// ChangeHold gives a patron's hold another pickup branch and way of contact, and so
// all that wait of its sequence: a sequence has one pickup branch. It returns the
// hold as it then stands, and refuses as CancelHold does and with
// library.ErrUnknownBranch, library.ErrNoEmail or library.ErrNoPhone.
func (l *Ledger) ChangeHold(ctx context.Context, patron library.PatronID, hold library.HoldID, pickup library.BranchCode, contact library.Contact) (h library.PatronHold, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		h, err = l.ChangeHoldTx(ctx, tx, patron, hold, pickup, contact)
		return err
	})
	return h, err
}

// ChangeHoldTx is ChangeHold in the caller's transaction.
func (l *Ledger) ChangeHoldTx(ctx context.Context, tx *db.Tx, patron library.PatronID, hold library.HoldID, pickup library.BranchCode, contact library.Contact) (library.PatronHold, error) {
	h, err := l.lockHold(ctx, tx, patron, hold)
	if err != nil {
		return library.PatronHold{}, err
	}
	if err := h.MayChange(); err != nil {
		return library.PatronHold{}, err
	}
	if err := knownBranch(ctx, tx, pickup); err != nil {
		return library.PatronHold{}, err
	}
	p, err := l.PatronTx(ctx, tx, patron)
	if err != nil {
		return library.PatronHold{}, err
	}
	reach, err := l.reach(ctx, tx, p)
	if err != nil {
		return library.PatronHold{}, err
	}
	if err := reach.May(contact); err != nil {
		return library.PatronHold{}, err
	}
	together := []storedHold{h}
	if h.SequenceID != "" {
		if together, err = l.sequenceOf(ctx, tx, h.Hold); err != nil {
			return library.PatronHold{}, err
		}
	}
	for _, x := range together {
		if x.MayChange() != nil {
			continue // a copy is on its way already, or waits there
		}
		if x.Hold, err = x.Change(pickup, contact); err != nil {
			return library.PatronHold{}, err
		}
		if err := l.storeHold(ctx, tx, x); err != nil {
			return library.PatronHold{}, err
		}
	}
	return l.patronHold(ctx, tx, patron, hold)
}
