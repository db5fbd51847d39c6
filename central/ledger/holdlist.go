package ledger

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Holds returns a patron's holds as judged today, by the time of their request, and
// those of a sequence in its order: the active ones, and cancelled and expired ones
// for as long as they are shown.
func (l *Ledger) Holds(ctx context.Context, patron library.PatronID) (all library.PatronHolds, err error) {
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		all, err = l.HoldsTx(ctx, tx, patron)
		return err
	})
	return all, err
}

// HoldsTx is Holds in the caller's transaction.
func (l *Ledger) HoldsTx(ctx context.Context, tx *db.Tx, patron library.PatronID) (library.PatronHolds, error) {
	all := library.PatronHolds{Today: l.Today(), Holds: []library.PatronHold{}}
	if !db.Storable(string(patron)) {
		return all, nil
	}
	found, err := l.patronHolds(ctx, tx, `h.patron_id = $1`, string(patron))
	if err != nil {
		return library.PatronHolds{}, err
	}
	policy := l.cfg.Policy()
	for _, h := range found {
		if policy.ShowsHold(h.Hold, all.Today) {
			all.Holds = append(all.Holds, h)
		}
	}
	slices.SortFunc(all.Holds, func(a, b library.PatronHold) int {
		return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), strings.Compare(a.SequenceID, b.SequenceID), a.Place-b.Place, cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

func (l *Ledger) patronHold(ctx context.Context, tx *db.Tx, patron library.PatronID, id library.HoldID) (library.PatronHold, error) {
	found, err := l.patronHolds(ctx, tx, `h.patron_id = $1 AND h.id = $2`, string(patron), string(id))
	if err != nil {
		return library.PatronHold{}, err
	}
	if len(found) == 0 {
		return library.PatronHold{}, library.ErrUnknownHold
	}
	return found[0], nil
}

// patronHolds reads the holds h of a condition as their patrons see them. The place
// in the queue is counted as library.Position counts it.
func (l *Ledger) patronHolds(ctx context.Context, tx *db.Tx, where string, args ...any) ([]library.PatronHold, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+holdColumns+`, h.title, coalesce(b.record, ''),
			(SELECT count(*) FROM hold q WHERE q.bib_id = h.bib_id AND q.state = 'waiting' AND q.item_id IS NULL AND h.state = 'waiting' AND h.item_id IS NULL
				AND (q.received_at < h.received_at OR q.received_at = h.received_at AND q.id <= h.id)),
			(SELECT count(*) FROM item i WHERE i.bib_id = h.bib_id AND `+servable+`)
		FROM hold h LEFT JOIN bib b ON b.id = h.bib_id WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []library.PatronHold
	for rows.Next() {
		var x library.PatronHold
		var title, record string
		h, err := l.scanHold(rows, &title, &record, &x.Position, &x.Copies)
		if err != nil {
			return nil, err
		}
		if x.Title, x.Creators, err = namesOf(title, record); err != nil {
			return nil, err
		}
		if x.Hold = h.Hold; !h.endedAt.IsZero() {
			x.EndedOn = l.dayOf(h.endedAt)
		}
		x.MayChange = h.MayChange() == nil
		all = append(all, x)
	}
	return all, rows.Err()
}

func (l *Ledger) dayOf(t time.Time) library.Date { return library.DateOf(t.In(l.cfg.Zone)) }

// PickList returns the copies that stand at a branch and that staff there are to
// fetch for holds, in the order of the shelves; when they have one in hand, Arrive
// says where it goes. It refuses with library.ErrUnknownBranch.
func (l *Ledger) PickList(ctx context.Context, branch library.BranchCode) (list []library.Pick, err error) {
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		if err := knownBranch(ctx, tx, branch); err != nil {
			return err
		}
		list, err = l.pickList(ctx, tx, branch)
		return err
	})
	return list, err
}

// pickList leaves out what was set aside so shortly before that its patron may still change
// the hold. A copy that an import moved stands where that says.
func (l *Ledger) pickList(ctx context.Context, tx *db.Tx, branch library.BranchCode) ([]library.Pick, error) {
	return readPicks(ctx, tx, `SELECT i.id, coalesce(i.barcode, ''), b.record, i.call_number, i.shelf, h.from_hold_shelf, h.pickup_branch
		FROM hold h JOIN item i ON i.id = h.item_id JOIN bib b ON b.id = h.bib_id
		WHERE h.fetch_at IS NOT NULL AND CASE WHEN h.from_hold_shelf THEN h.fetch_at ELSE i.branch_code END = $1
			AND (h.state = 'preparing' OR h.pick_at <= $2)`, string(branch), l.cfg.Now().UnixMilli())
}

// WithoutCopiesTx returns, in the caller's transaction, the holds that wait to be picked up at
// a branch, "" for all, and for which no copy is left: staff end them, see EndHoldTx. It
// refuses with library.ErrUnknownBranch.
func (l *Ledger) WithoutCopiesTx(ctx context.Context, tx *db.Tx, branch library.BranchCode) ([]library.LostHold, error) {
	where, args := ``, []any{}
	if branch != "" {
		if err := knownBranch(ctx, tx, branch); err != nil {
			return nil, err
		}
		where, args = ` AND h.pickup_branch = $1`, append(args, string(branch))
	}
	found, err := l.titled(ctx, tx, `h.state = 'waiting' AND h.item_id IS NULL
		AND NOT EXISTS (SELECT 1 FROM item i WHERE i.bib_id = h.bib_id AND `+servable+`)`+where+` ORDER BY h.received_at, h.id`, args...)
	if err != nil {
		return nil, err
	}
	all := make([]library.LostHold, len(found))
	for i, h := range found {
		p, err := l.PatronTx(ctx, tx, h.PatronID)
		if err != nil {
			return nil, err
		}
		all[i] = library.LostHold{Card: p.Card, BibID: h.BibID, Title: h.title, Pickup: h.Pickup, ReceivedOn: l.dayOf(h.ReceivedAt)}
	}
	return all, nil
}

// ClearList returns the copies that staff of a branch are to take off its hold shelf
// because their holds have ended and nobody is next, in the order of the call numbers;
// To is the branch where each belongs. Arrive, or Return, says where it goes. It
// refuses with library.ErrUnknownBranch.
func (l *Ledger) ClearList(ctx context.Context, branch library.BranchCode) (list []library.Pick, err error) {
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		if err := knownBranch(ctx, tx, branch); err != nil {
			return err
		}
		list, err = readPicks(ctx, tx, `SELECT i.id, coalesce(i.barcode, ''), b.record, i.call_number, '', TRUE, i.branch_code
			FROM item i JOIN bib b ON b.id = i.bib_id WHERE i.clear_at = $1`, string(branch))
		return err
	})
	return list, err
}

// readPicks reads a list that staff go along, and sorts it as the shelves stand.
func readPicks(ctx context.Context, tx *db.Tx, query string, args ...any) ([]library.Pick, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []library.Pick{}
	for rows.Next() {
		var p library.Pick
		var record string
		if err := rows.Scan(&p.ItemID, &p.Barcode, &record, &p.CallNumber, &p.Shelf, &p.FromHoldShelf, &p.To); err != nil {
			return nil, err
		}
		bib, err := readBib(record)
		if err != nil {
			return nil, err
		}
		p.Title = bib.TitleAndVolume()
		list = append(list, p)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b library.Pick) int {
		return cmp.Or(strings.Compare(a.Shelf, b.Shelf), strings.Compare(a.CallNumber, b.CallNumber), cmp.Compare(a.ItemID, b.ItemID))
	})
	return list, nil
}
