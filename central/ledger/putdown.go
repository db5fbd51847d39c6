package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// putDown decides where a copy goes that nobody has and that lies at a branch: to
// the patron whose hold has it or gets it now, else to its own shelf. One that was withdrawn
// meanwhile goes out of the catalogue.
func (l *Ledger) putDown(ctx context.Context, tx *db.Tx, it held, at library.BranchCode) (library.Returned, error) {
	if at == "" {
		at = it.Branch
	}
	if err := knownBranch(ctx, tx, at); err != nil {
		return library.Returned{}, err
	}
	if it.withdrawn {
		return library.Returned{Title: it.title, Withdrawn: true}, l.cfg.Catalogue.DeleteItemTx(ctx, tx, it.ID)
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
		h, err = l.holdByID(ctx, tx, it.hold)
		return h, true, err
	case !it.mayServe():
		return h, false, nil
	}
	return l.next(ctx, tx, it.BibID)
}

// deliver brings a hold its copy, which lies at a branch, or sends it to the pickup
// branch.
func (l *Ledger) deliver(ctx context.Context, tx *db.Tx, h storedHold, it held, at library.BranchCode) (library.Returned, error) {
	r := library.Returned{Title: it.title}
	h.Hold, r.State = h.Deliver(it.ID, at, l.Today())
	h.fetchAt, h.fromHoldShelf = "", false
	if r.State == library.OnHoldShelf {
		if err := l.ready(ctx, tx, &h, it.title, &r); err != nil {
			return library.Returned{}, err
		}
	} else {
		r.To = h.Pickup
	}
	if err := l.storeHold(ctx, tx, h); err != nil {
		return library.Returned{}, err
	}
	if err := l.setState(ctx, tx, it, r.State, library.Date{}); err != nil {
		return library.Returned{}, err
	}
	return r, l.moveOn(ctx, tx, h.Hold, l.Today())
}

// release lets go of a copy that no hold has any longer, and that stands on a hold
// shelf, waits to be fetched or is on its way. The next in the queue gets it; where
// there is none, staff are to take it off the hold shelf (see ClearList).
func (l *Ledger) release(ctx context.Context, tx *db.Tx, it held, was storedHold) error {
	at, fromHoldShelf := was.fetchAt, was.fromHoldShelf
	if at != "" && !fromHoldShelf {
		at = it.Branch // an import may have moved it since
	}
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
	if err := l.setAside(ctx, tx, h, it, at, fromHoldShelf); err != nil {
		return err
	}
	return l.moveOn(ctx, tx, h.Hold, l.Today())
}

// collect ends what a patron who now has a copy of a bib waited for: nothing is kept
// of it, as of a loan that ended.
func (l *Ledger) collect(ctx context.Context, tx *db.Tx, patron library.PatronID, it held) error {
	found, err := l.readHolds(ctx, tx, `h.patron_id = $1 AND h.bib_id = $2 AND `+activeHold, string(patron), string(it.BibID))
	if err != nil {
		return err
	}
	for _, h := range found {
		if h.ItemID == it.ID { // it is what the patron took
			h.ItemID = ""
		}
		if err := l.dropHold(ctx, tx, h); err != nil {
			return err
		}
	}
	return nil
}

// dropHold ends an active hold, whose queue is locked, and keeps nothing of it. The copy
// that it had goes to whoever is next.
func (l *Ledger) dropHold(ctx context.Context, tx *db.Tx, h storedHold) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM hold WHERE id = $1`, string(h.ID)); err != nil {
		return err
	}
	if h.ItemID != "" {
		it, err := itemByID(ctx, tx, h.ItemID)
		if err != nil {
			return err
		}
		if err := l.release(ctx, tx, it, h); err != nil {
			return err
		}
	}
	return l.moveOn(ctx, tx, h.Hold, l.Today())
}

func (l *Ledger) holdByID(ctx context.Context, tx *db.Tx, id library.HoldID) (storedHold, error) {
	return l.scanHold(tx.QueryRowContext(ctx, `SELECT `+holdColumns+` FROM hold h WHERE h.id = $1`, string(id)))
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
