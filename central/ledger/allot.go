package ledger

import (
	"context"
	"slices"

	"madoguchi/central/db"
	"madoguchi/library"
)

// next returns the hold of a bib's queue that gets the next copy.
func (l *Ledger) next(ctx context.Context, tx *db.Tx, bib library.BibID) (storedHold, bool, error) {
	queue, err := l.readHolds(ctx, tx, `h.bib_id = $1 AND h.state = 'waiting' AND h.item_id IS NULL`, string(bib))
	if err != nil || len(queue) == 0 {
		return storedHold{}, false, err
	}
	sequences, err := l.readHolds(ctx, tx, activeHold+` AND h.sequence_id IN
		(SELECT q.sequence_id FROM hold q WHERE q.bib_id = $1 AND q.state = 'waiting' AND q.sequence_id IS NOT NULL)`, string(bib))
	if err != nil {
		return storedHold{}, false, err
	}
	first, found := l.cfg.Policy().Next(plain(queue), plain(sequences))
	if !found {
		return storedHold{}, false, nil
	}
	return queue[slices.IndexFunc(queue, func(h storedHold) bool { return h.ID == first.ID })], true, nil
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
		h, found, err := l.next(ctx, tx, bib)
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
		if err := l.setAside(ctx, tx, h, it, chosen.Branch, it.clearAt != ""); err != nil {
			return nil, err
		}
		more, err := l.followers(ctx, tx, h.Hold)
		if err != nil {
			return nil, err
		}
		freed = append(freed, more...)
	}
}

// setAside gives a hold a copy that staff of a branch have yet to fetch.
func (l *Ledger) setAside(ctx context.Context, tx *db.Tx, h storedHold, it held, at library.BranchCode, fromHoldShelf bool) error {
	var state library.ItemState
	h.Hold, state = l.cfg.Policy().SetAside(h.Hold, it.ID, l.cfg.Now())
	h.fetchAt, h.fromHoldShelf = at, fromHoldShelf
	if err := l.storeHold(ctx, tx, h); err != nil {
		return err
	}
	return l.setState(ctx, tx, it, state, library.Date{})
}

// followers returns the bibs for which the later members of a hold's sequence wait.
func (l *Ledger) followers(ctx context.Context, tx *db.Tx, h library.Hold) ([]library.BibID, error) {
	if h.SequenceID == "" {
		return nil, nil
	}
	later, err := l.readHolds(ctx, tx, `h.sequence_id = $1 AND h.sequence_place > $2 AND h.state = 'waiting' AND h.item_id IS NULL
		ORDER BY h.sequence_place`, h.SequenceID, h.Place)
	return bibsOf(later), err
}

func bibsOf(holds []storedHold) []library.BibID {
	bibs := make([]library.BibID, len(holds))
	for i, h := range holds {
		bibs[i] = h.BibID
	}
	return bibs
}

// moveOn goes on with the later members of a sequence when a member has come, or ended, on
// a day: who waits may have a copy now, and what is ready is kept long enough to be fetched
// together.
func (l *Ledger) moveOn(ctx context.Context, tx *db.Tx, h library.Hold, on library.Date) error {
	if h.SequenceID == "" {
		return nil
	}
	later, err := l.readHolds(ctx, tx, `h.sequence_id = $1 AND h.sequence_place > $2 AND h.state = 'ready'`, h.SequenceID, h.Place)
	if err != nil {
		return err
	}
	for _, x := range later {
		pickup, err := calendarOf(ctx, tx, x.Pickup)
		if err != nil {
			return err
		}
		if kept := l.cfg.Policy().Together(x.Hold, h, on, pickup); kept != x.Hold {
			if err := keepReady(ctx, tx, kept); err != nil {
				return err
			}
		}
	}
	bibs, err := l.followers(ctx, tx, h)
	if err != nil {
		return err
	}
	return l.serve(ctx, tx, bibs...)
}
