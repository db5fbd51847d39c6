package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// next returns the hold of a bib's queue that gets the next copy.
func next(ctx context.Context, tx *db.Tx, bib library.BibID) (storedHold, bool, error) {
	queue, err := readHolds(ctx, tx, `h.bib_id = $1 AND h.state = 'waiting'`, string(bib))
	if err != nil || len(queue) == 0 {
		return storedHold{}, false, err
	}
	sequences, err := readHolds(ctx, tx, `h.state = 'waiting' AND h.sequence_id IN
		(SELECT q.sequence_id FROM hold q WHERE q.bib_id = $1 AND q.state = 'waiting' AND q.sequence_id IS NOT NULL)`, string(bib))
	if err != nil {
		return storedHold{}, false, err
	}
	first, found := library.Next(plain(queue), plain(sequences))
	return storedHold{Hold: first}, found, nil
}

// serve gives the copies of bibs that stand on shelves to the holds that may have
// them, as long as there are both; and so in the queues that this frees.
func (l *Ledger) serve(ctx context.Context, tx *db.Tx, bibs ...library.BibID) error {
	for len(bibs) > 0 {
		bib := bibs[0]
		freed, err := l.serveQueue(ctx, tx, bib)
		if err != nil {
			return err
		}
		bibs = append(bibs[1:], freed...)
	}
	return nil
}

// serveQueue is serve for one queue; it returns those that it freed.
func (l *Ledger) serveQueue(ctx context.Context, tx *db.Tx, bib library.BibID) (freed []library.BibID, err error) {
	if err := lockQueues(ctx, tx, bib); err != nil {
		return nil, err
	}
	for {
		h, found, err := next(ctx, tx, bib)
		if err != nil || !found {
			return freed, err
		}
		copies, err := copiesOf(ctx, tx, bib)
		if err != nil {
			return nil, err
		}
		chosen, found := library.CopyFor(copies, h.Pickup)
		if !found {
			return freed, nil
		}
		it, err := itemByID(ctx, tx, chosen.ID)
		if err != nil {
			return nil, err
		}
		if err := l.reserve(ctx, tx, h, it, chosen.Branch, it.clearAt != ""); err != nil {
			return nil, err
		}
		more, err := followers(ctx, tx, h.Hold)
		if err != nil {
			return nil, err
		}
		freed = append(freed, more...)
	}
}

// reserve gives a hold a copy that staff of a branch have yet to fetch.
func (l *Ledger) reserve(ctx context.Context, tx *db.Tx, h storedHold, it held, at library.BranchCode, fromHoldShelf bool) error {
	var state library.ItemState
	h.Hold, state = h.Reserve(it.ID)
	h.fetchAt, h.fromHoldShelf = at, fromHoldShelf
	if err := l.storeHold(ctx, tx, h); err != nil {
		return err
	}
	return l.setState(ctx, tx, it, state, library.Date{})
}

// followers returns the bibs for which the later members of a hold's sequence wait.
func followers(ctx context.Context, tx *db.Tx, h library.Hold) ([]library.BibID, error) {
	if h.SequenceID == "" {
		return nil, nil
	}
	later, err := readHolds(ctx, tx, `h.sequence_id = $1 AND h.sequence_place > $2 AND h.state = 'waiting' ORDER BY h.sequence_place`, h.SequenceID, h.Place)
	bibs := make([]library.BibID, len(later))
	for i, x := range later {
		bibs[i] = x.BibID
	}
	return bibs, err
}

// serveFollowers serves the queues that a hold frees which waits no longer.
func (l *Ledger) serveFollowers(ctx context.Context, tx *db.Tx, h library.Hold) error {
	bibs, err := followers(ctx, tx, h)
	if err != nil {
		return err
	}
	return l.serve(ctx, tx, bibs...)
}

// putDown decides where a copy goes that nobody has and that lies at a branch: to
// the patron whose hold has it or gets it now, else to its own shelf.
func (l *Ledger) putDown(ctx context.Context, tx *db.Tx, it held, at library.BranchCode) (library.Returned, error) {
	if at == "" {
		at = it.Branch
	}
	if err := knownBranch(ctx, tx, at); err != nil {
		return library.Returned{}, err
	}
	h, found, err := l.wants(ctx, tx, it)
	if err != nil {
		return library.Returned{}, err
	}
	if found {
		return l.deliver(ctx, tx, h, it, at)
	}
	r := library.Returned{Title: it.title}
	r.State, r.To = home(it, at)
	return r, l.setState(ctx, tx, it, r.State, library.Date{})
}

// home says where a copy belongs that nobody waits for.
func home(it held, at library.BranchCode) (library.ItemState, library.BranchCode) {
	if at != it.Branch {
		return library.InTransit, it.Branch
	}
	return library.OnShelf, ""
}

// wants returns the hold that a copy in somebody's hand goes to.
func (l *Ledger) wants(ctx context.Context, tx *db.Tx, it held) (h storedHold, found bool, err error) {
	switch {
	case it.hold != "":
		h, err = holdByID(ctx, tx, it.hold)
		return h, true, err
	case !it.owned || !it.Lendable:
		return h, false, nil
	}
	return next(ctx, tx, it.BibID)
}

// deliver brings a hold its copy, which lies at a branch, or sends it to the pickup
// branch.
func (l *Ledger) deliver(ctx context.Context, tx *db.Tx, h storedHold, it held, at library.BranchCode) (library.Returned, error) {
	pickup, err := calendarOf(ctx, tx, h.Pickup)
	if err != nil {
		return library.Returned{}, err
	}
	r := library.Returned{Title: it.title}
	h.Hold, r.State = l.cfg.Policy().Deliver(h.Hold, it.ID, at, pickup, l.Today())
	h.fetchAt, h.fromHoldShelf = "", false
	if err := l.storeHold(ctx, tx, h); err != nil {
		return library.Returned{}, err
	}
	if err := l.setState(ctx, tx, it, r.State, library.Date{}); err != nil {
		return library.Returned{}, err
	}
	if r.State == library.OnHoldShelf {
		p, err := l.PatronTx(ctx, tx, h.PatronID)
		if err != nil {
			return library.Returned{}, err
		}
		r.HoldFor = p.Card
		if err := l.tell(ctx, tx, library.MailHoldReady, h.Hold, it.title); err != nil {
			return library.Returned{}, err
		}
	} else {
		r.To = h.Pickup
	}
	return r, l.serveFollowers(ctx, tx, h.Hold)
}

// release lets go of a copy that no hold has any longer, and that stands on a hold
// shelf, waits to be fetched or is on its way. The next in the queue gets it; where
// there is none, staff are to take it off the hold shelf (see ClearList).
func (l *Ledger) release(ctx context.Context, tx *db.Tx, it held, was storedHold) error {
	at, fromHoldShelf := was.fetchAt, was.fromHoldShelf
	switch {
	case it.State == library.OnHoldShelf:
		at, fromHoldShelf = was.Pickup, true
	case at == "":
		return nil // on its way: where it arrives, it goes to whoever is first then
	}
	it.hold = ""
	h, found, err := l.wants(ctx, tx, it)
	if err != nil {
		return err
	}
	switch {
	case !found && fromHoldShelf:
		if err := l.setState(ctx, tx, it, library.InTransit, library.Date{}); err != nil {
			return err
		}
		return setClearAt(ctx, tx, it.ID, at)
	case !found:
		state, _ := home(it, at)
		return l.setState(ctx, tx, it, state, library.Date{})
	}
	if err := l.reserve(ctx, tx, h, it, at, fromHoldShelf); err != nil {
		return err
	}
	return l.serveFollowers(ctx, tx, h.Hold)
}

// collect ends what a patron who now has a copy of a bib waited for: nothing is kept
// of it, as of a loan that ended.
func (l *Ledger) collect(ctx context.Context, tx *db.Tx, patron library.PatronID, it held) error {
	found, err := readHolds(ctx, tx, `h.patron_id = $1 AND h.bib_id = $2 AND `+activeHold, string(patron), string(it.BibID))
	if err != nil {
		return err
	}
	for _, h := range found {
		if _, err := tx.ExecContext(ctx, `DELETE FROM hold WHERE id = $1`, string(h.ID)); err != nil {
			return err
		}
		if h.ItemID != "" && h.ItemID != it.ID { // the patron took another copy
			other, err := itemByID(ctx, tx, h.ItemID)
			if err != nil {
				return err
			}
			if err := l.release(ctx, tx, other, h); err != nil {
				return err
			}
		}
		if err := l.serveFollowers(ctx, tx, h.Hold); err != nil {
			return err
		}
	}
	return nil
}

func holdByID(ctx context.Context, tx *db.Tx, id library.HoldID) (storedHold, error) {
	return scanHold(tx.QueryRowContext(ctx, `SELECT `+holdColumns+` FROM hold h WHERE h.id = $1`, string(id)))
}

func calendarOf(ctx context.Context, tx *db.Tx, code library.BranchCode) (library.Calendar, error) {
	var record string
	if err := tx.QueryRowContext(ctx, `SELECT record FROM branch WHERE code = $1`, string(code)).Scan(&record); err != nil {
		return library.Calendar{}, err
	}
	var b library.Branch
	if err := json.Unmarshal([]byte(record), &b); err != nil {
		return library.Calendar{}, fmt.Errorf("read the branch %s: %w", code, err)
	}
	return b.Calendar, nil
}

// calendars are those of branches, of which each is read once.
type calendars map[library.BranchCode]library.Calendar

func (c calendars) of(ctx context.Context, tx *db.Tx, code library.BranchCode) (library.Calendar, error) {
	if calendar, read := c[code]; read {
		return calendar, nil
	}
	calendar, err := calendarOf(ctx, tx, code)
	if err == nil {
		c[code] = calendar
	}
	return calendar, err
}

// NotFound says that a copy, named as at a desk, is not where staff looked for it: it
// is missing, and the hold that it was for gets another copy or waits again in its
// place. It refuses with library.ErrUnknownItem or library.ErrItemOnLoan.
func (l *Ledger) NotFound(ctx context.Context, item string) (r library.Returned, err error) {
	err = l.change(ctx, func(tx *db.Tx) (err error) {
		r, err = l.NotFoundTx(ctx, tx, item)
		return err
	})
	return r, err
}

// NotFoundTx is NotFound in the caller's transaction.
func (l *Ledger) NotFoundTx(ctx context.Context, tx *db.Tx, item string) (library.Returned, error) {
	it, err := itemByCode(ctx, tx, item)
	if err != nil {
		return library.Returned{}, err
	}
	if it.State == library.OnLoan {
		return library.Returned{}, library.ErrItemOnLoan
	}
	return library.Returned{Title: it.title, State: library.Missing}, l.miss(ctx, tx, it)
}

// miss makes a copy missing.
func (l *Ledger) miss(ctx context.Context, tx *db.Tx, it held) error {
	if err := l.setState(ctx, tx, it, library.Missing, library.Date{}); err != nil {
		return err
	}
	if it.hold == "" {
		return nil
	}
	h, err := holdByID(ctx, tx, it.hold)
	if err != nil {
		return err
	}
	h.Hold, h.fetchAt, h.fromHoldShelf = h.Requeue(), "", false
	if err := l.storeHold(ctx, tx, h); err != nil {
		return err
	}
	return l.serve(ctx, tx, h.BibID)
}
