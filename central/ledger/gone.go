package ledger

import (
	"context"

	"madoguchi/central/db"
	"madoguchi/library"
)

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
	return l.miss(ctx, tx, it)
}

// miss makes a copy missing, and says whose hold had it.
func (l *Ledger) miss(ctx context.Context, tx *db.Tx, it held) (library.Returned, error) {
	if err := l.setState(ctx, tx, it, library.Missing, library.Date{}); err != nil {
		return library.Returned{}, err
	}
	r := library.Returned{Title: it.title, State: library.Missing}
	return r, l.loses(ctx, tx, it, &r)
}

// loses lets the hold that has a copy wait again, as fallBack does, and says whose it is, and
// how that patron is told where it was told to be ready.
func (l *Ledger) loses(ctx context.Context, tx *db.Tx, it held, r *library.Returned) error {
	was, err := l.fallBack(ctx, tx, it)
	if err != nil || was.ID == "" {
		return err
	}
	p, reach, err := l.reachOf(ctx, tx, was.Hold)
	if r.HoldFor = p.Card; !was.ContactedOn.IsZero() {
		r.Tell = was.TellBy(reach)
	}
	return err
}

// fallBack lets the hold that has a copy wait again, since the copy is gone or is lent no
// longer, and returns it as it was; later members of its sequence let go of theirs. The
// caller has said already where the copy is.
func (l *Ledger) fallBack(ctx context.Context, tx *db.Tx, it held) (was storedHold, err error) {
	if it.hold == "" {
		return was, nil
	}
	if was, err = l.holdByID(ctx, tx, it.hold); err != nil {
		return was, err
	}
	sequence, err := l.sequenceOf(ctx, tx, was.Hold)
	if err != nil {
		return was, err
	}
	if err := lockQueues(ctx, tx, bibsOf(sequence)...); err != nil {
		return was, err
	}
	if sequence, err = l.sequenceOf(ctx, tx, was.Hold); err != nil {
		return was, err
	}
	h := was
	h.Hold, h.fetchAt, h.fromHoldShelf = was.Requeue(l.Today()), "", false
	if !was.ContactedOn.IsZero() { // nobody is to come in vain; who was not told of it yet has nothing to unlearn
		if err := l.news(ctx, tx, library.MailHoldFellBack, &h, it.title); err != nil {
			return was, err
		}
	}
	if err := l.storeHold(ctx, tx, h); err != nil {
		return was, err
	}
	return was, l.letGo(ctx, tx, h, sequence)
}

// letGo lets the members after a hold that waits again wait too, and gives their copies,
// and copies of its own bib, to whoever may have them.
func (l *Ledger) letGo(ctx context.Context, tx *db.Tx, h storedHold, sequence []storedHold) error {
	stored := map[library.HoldID]storedHold{}
	for _, x := range sequence {
		stored[x.ID] = x
	}
	later := library.LetGo(h.Hold, plain(sequence))
	for _, x := range later {
		waits := stored[x.ID]
		waits.Hold, waits.fetchAt, waits.fromHoldShelf = x.Requeue(l.Today()), "", false
		if err := l.storeHold(ctx, tx, waits); err != nil {
			return err
		}
	}
	for _, x := range later {
		it, err := itemByID(ctx, tx, x.ItemID)
		if err != nil {
			return err
		}
		if err := l.release(ctx, tx, it, stored[x.ID]); err != nil {
			return err
		}
	}
	return l.serve(ctx, tx, h.BibID)
}

// notLent lets go of the copies i of a condition which holds have and can no longer have.
func (l *Ledger) notLent(ctx context.Context, tx *db.Tx, where string, args ...any) error {
	gone, err := idsOf[library.ItemID](ctx, tx, `SELECT i.id FROM item i JOIN hold h ON h.item_id = i.id WHERE NOT (`+mayServe+`) AND `+where, args...)
	if err != nil {
		return err
	}
	for _, id := range gone {
		if err := lockItem(ctx, tx, `id = $1`, string(id)); err != nil {
			return err
		}
		it, err := itemByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if it.hold == "" || it.mayServe() { // changed meanwhile
			continue
		}
		was, err := l.fallBack(ctx, tx, it)
		if err != nil {
			return err
		}
		if err := l.release(ctx, tx, it, was); err != nil {
			return err
		}
	}
	return nil
}

// idsOf reads a column of IDs.
func idsOf[T ~string](ctx context.Context, tx *db.Tx, query string, args ...any) (ids []T, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id T
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
