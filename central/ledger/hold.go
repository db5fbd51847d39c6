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

// PaperHold enters a hold that the patron with a card asked for on paper. Its place
// in the queue is by when the form was received; a zero receivedAt is now. It
// refuses as PlaceHolds does the request and its line.
func (l *Ledger) PaperHold(ctx context.Context, card string, bib library.BibID, pickup library.BranchCode, contact library.Contact, receivedAt time.Time) (h library.PatronHold, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		h, err = l.PaperHoldTx(ctx, tx, card, bib, pickup, contact, receivedAt)
		return err
	})
	return h, err
}

// PaperHoldTx is PaperHold in the caller's transaction.
func (l *Ledger) PaperHoldTx(ctx context.Context, tx *db.Tx, card string, bib library.BibID, pickup library.BranchCode, contact library.Contact, receivedAt time.Time) (library.PatronHold, error) {
	now := l.cfg.Now()
	if receivedAt.IsZero() {
		receivedAt = now
	}
	if receivedAt.After(now) {
		return library.PatronHold{}, errors.New("a form was received in the past: give the time at which the library received it")
	}
	p, err := l.PatronByCardTx(ctx, tx, card)
	if err != nil {
		return library.PatronHold{}, err
	}
	lines, err := l.place(ctx, tx, request{patron: p, pickup: pickup, contact: contact, receivedAt: receivedAt}, []library.BibID{bib})
	if err != nil {
		return library.PatronHold{}, err
	}
	if lines[0].refusal != nil {
		return library.PatronHold{}, lines[0].refusal
	}
	return l.patronHold(ctx, tx, p.ID, lines[0].hold)
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
	if err := asked.patron.MayContact(asked.contact); err != nil {
		return nil, err
	}
	if err := lockPatron(ctx, tx, asked.patron.ID); err != nil {
		return nil, err
	}
	if err := lockQueues(ctx, tx, bibs...); err != nil {
		return nil, err
	}
	active, err := activeHolds(ctx, tx, asked.patron.ID)
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
	h, err := lockHold(ctx, tx, patron, hold)
	if err != nil {
		return library.PatronHold{}, err
	}
	if h.Hold, err = h.Cancel(l.Today()); err != nil {
		return library.PatronHold{}, err
	}
	if err := l.storeHold(ctx, tx, h); err != nil {
		return library.PatronHold{}, err
	}
	if err := l.serveFollowers(ctx, tx, h.Hold); err != nil {
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
	p, err := l.PatronByCardTx(ctx, tx, card)
	if err != nil {
		return library.PatronHold{}, err
	}
	active, err := activeHolds(ctx, tx, p.ID)
	if err != nil {
		return library.PatronHold{}, err
	}
	i := slices.IndexFunc(active, func(h library.Hold) bool { return h.BibID == bib })
	if i < 0 {
		return library.PatronHold{}, library.ErrUnknownHold
	}
	was, err := lockHold(ctx, tx, p.ID, active[i].ID)
	if err != nil {
		return library.PatronHold{}, err
	}
	h := storedHold{}
	if h.Hold, err = was.Withdraw(l.Today()); err != nil {
		return library.PatronHold{}, err
	}
	if err := l.storeHold(ctx, tx, h); err != nil {
		return library.PatronHold{}, err
	}
	if was.ItemID != "" {
		it, err := itemByID(ctx, tx, was.ItemID)
		if err != nil {
			return library.PatronHold{}, err
		}
		if err := l.release(ctx, tx, it, was); err != nil {
			return library.PatronHold{}, err
		}
	}
	if err := l.serveFollowers(ctx, tx, h.Hold); err != nil {
		return library.PatronHold{}, err
	}
	return l.patronHold(ctx, tx, p.ID, h.ID)
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
	h, err := lockHold(ctx, tx, patron, hold)
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
	if err := p.MayContact(contact); err != nil {
		return library.PatronHold{}, err
	}
	together := []storedHold{h}
	if h.SequenceID != "" {
		if together, err = readHolds(ctx, tx, `h.sequence_id = $1 AND h.state = 'waiting'`, h.SequenceID); err != nil {
			return library.PatronHold{}, err
		}
	}
	for _, x := range together {
		if x.Hold, err = x.Change(pickup, contact); err != nil {
			return library.PatronHold{}, err
		}
		if err := l.storeHold(ctx, tx, x); err != nil {
			return library.PatronHold{}, err
		}
	}
	return l.patronHold(ctx, tx, patron, hold)
}
