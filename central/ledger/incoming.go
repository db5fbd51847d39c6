package ledger

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"madoguchi/central/db"
	"madoguchi/library"
)

// CopiesTx follows, in the transaction of who put or changed copies, what became of them: a
// loan goes with its copy to another bib, a hold lets go of a copy that it can no longer
// have, and copies that stand on a shelf go to the holds that wait for them.
func (l *Ledger) CopiesTx(ctx context.Context, tx *db.Tx, items []library.ItemID) error {
	for part := range slices.Chunk(items, itemsAtOnce) {
		in, args := listed(part)
		for _, follow := range []func(context.Context, *db.Tx, string, ...any) error{l.moved, l.notLent, l.wanted} {
			if err := follow(ctx, tx, `i.id IN `+in, args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// itemsAtOnce is of how many items one statement asks.
const itemsAtOnce = 500

// listed writes an IN list.
func listed[T ~string](ids []T) (in string, args []any) {
	args = make([]any, len(ids))
	for i, id := range ids {
		args[i] = string(id)
		in += ", $" + strconv.Itoa(i+1)
	}
	return "(" + in[2:] + ")", args
}

// moved follows the copies i of a condition that are another bib's now: their loans are of
// that bib, for which their patrons need not wait, and holds on the other one let go.
func (l *Ledger) moved(ctx context.Context, tx *db.Tx, where string, args ...any) error {
	ids, err := idsOf[library.ItemID](ctx, tx, `SELECT i.id FROM item i LEFT JOIN loan o ON o.item_id = i.id LEFT JOIN hold h ON h.item_id = i.id
		WHERE (o.bib_id <> i.bib_id OR h.bib_id <> i.bib_id) AND `+where+` ORDER BY i.id`, args...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := lockItem(ctx, tx, `id = $1`, string(id)); err != nil {
			return err
		}
		it, err := itemByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := l.letGoOfMoved(ctx, tx, it); err != nil {
			return err
		}
		if it.loan == "" {
			continue
		}
		var patron library.PatronID
		err = tx.QueryRowContext(ctx, `UPDATE loan SET bib_id = $2 WHERE item_id = $1 RETURNING patron_id`, string(id), string(it.BibID)).Scan(&patron)
		if err != nil {
			return err
		}
		if err := l.collect(ctx, tx, patron, it); err != nil {
			return err
		}
	}
	return nil
}

// letGoOfMoved lets a hold on another bib let go of a copy.
func (l *Ledger) letGoOfMoved(ctx context.Context, tx *db.Tx, it held) error {
	if it.hold == "" {
		return nil
	}
	h, err := l.holdByID(ctx, tx, it.hold)
	if err != nil || h.BibID == it.BibID {
		return err
	}
	if err := lockQueues(ctx, tx, h.BibID, it.BibID); err != nil {
		return err
	}
	was := it
	if was.title, err = titleOf(ctx, tx, h.BibID); err != nil { // of which its patron is told
		return err
	}
	if _, err := l.fallBack(ctx, tx, was); err != nil {
		return err
	}
	return l.release(ctx, tx, it, h)
}

// wanted serves the queues of the copies i of a condition.
func (l *Ledger) wanted(ctx context.Context, tx *db.Tx, where string, args ...any) error {
	bibs, err := idsOf[library.BibID](ctx, tx, `SELECT DISTINCT h.bib_id FROM item i JOIN hold h ON h.bib_id = i.bib_id
		WHERE h.state = 'waiting' AND h.item_id IS NULL AND (i.state = 'on_shelf' OR i.clear_at IS NOT NULL) AND `+mayServe+` AND `+where+`
		ORDER BY h.bib_id`, args...)
	if err != nil {
		return err
	}
	return l.serve(ctx, tx, bibs...)
}

// StatesTx says, in the transaction of an import, where copies are by its file. One that is
// on loan with us stays so, and one that is held, or still stands on a hold shelf, unless it
// is missing. What stands on a shelf goes to the hold that is next, to be fetched: a file has
// no copy in hand. Those that are gone meanwhile are no error. It returns those that are
// elsewhere now, or due on another day.
func (l *Ledger) StatesTx(ctx context.Context, tx *db.Tx, said []library.Availability) (changed []library.ItemID, err error) {
	for _, a := range said {
		if err := lockItem(ctx, tx, `id = $1`, string(a.ItemID)); err != nil {
			return nil, err
		}
		it, err := itemByID(ctx, tx, a.ItemID)
		switch {
		case errors.Is(err, library.ErrUnknownItem):
			continue
		case err != nil:
			return nil, err
		case it.loan != "" || it.withdrawn:
			continue
		case a.State == library.Missing:
			_, err = l.miss(ctx, tx, it)
		case it.hold != "" || it.clearAt != "":
			continue
		default:
			if err = l.setState(ctx, tx, it, a.State, a.DueOn); err == nil {
				err = l.serve(ctx, tx, it.BibID)
			}
		}
		if err != nil {
			return nil, err
		}
		if it.State != a.State || it.DueOn != a.DueOn {
			changed = append(changed, a.ItemID)
		}
	}
	return changed, nil
}
