package ledger

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// storedHold is a hold with what only the ledger knows of it.
type storedHold struct {
	library.Hold
	fetchAt library.BranchCode // where its copy still stands, to be fetched by staff; "" for nowhere
	// fromHoldShelf: it stands there on the hold shelf, for a patron who did not come.
	fromHoldShelf bool
	callDue       bool      // not ready: its patron is still to be told by telephone what became of it
	endedAt       time.Time // zero while it is active
}

const holdColumns = `h.id, h.bib_id, h.patron_id, h.pickup_branch, h.contact, h.state, h.received_at, h.sequence_id, h.sequence_place,
	h.item_id, h.pick_at, h.ready_on, h.contacted_on, h.shelf_until, h.mail_failed, h.calls, h.called_on, h.call_due, h.fell_back_on,
	h.end_reason, h.ended_at, h.fetch_at, h.from_hold_shelf`

// activeHold is the condition that the hold h is active: library.HoldState.Active in
// SQL. The index hold_once lets a patron have one such hold of a bib.
const activeHold = `h.state IN ('waiting', 'preparing', 'ready')`

// scanHold reads holdColumns, and further columns into more. The hold is as it is now,
// which is not always how it was stored: see library.Hold.At.
func (l *Ledger) scanHold(row interface{ Scan(...any) error }, more ...any) (h storedHold, err error) {
	var received, pick, ended int64
	var sequence, item, fetch sql.NullString
	err = row.Scan(append([]any{&h.ID, &h.BibID, &h.PatronID, &h.Pickup, &h.Contact, &h.State, &received, &sequence, &h.Place,
		&item, &pick, &h.ReadyOn, &h.ContactedOn, &h.ShelfUntil, &h.MailFailed, &h.Calls, &h.CalledOn, &h.callDue, &h.FellBackOn,
		&h.EndReason, &ended, &fetch, &h.fromHoldShelf}, more...)...)
	h.ReceivedAt = time.UnixMilli(received).UTC()
	h.SequenceID, h.ItemID, h.fetchAt = sequence.String, library.ItemID(item.String), library.BranchCode(fetch.String)
	if pick != 0 {
		h.PickAt = time.UnixMilli(pick).UTC()
	}
	if ended != 0 {
		h.endedAt = time.UnixMilli(ended)
	}
	h.Hold = h.At(l.cfg.Now())
	return h, err
}

// readHolds reads the holds h of a condition. What the condition says of states is as they
// are stored.
func (l *Ledger) readHolds(ctx context.Context, tx *db.Tx, where string, args ...any) ([]storedHold, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+holdColumns+` FROM hold h WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []storedHold
	for rows.Next() {
		h, err := l.scanHold(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, rows.Err()
}

// sequenceOf reads the active members of the sequence that a hold is of, in their order.
func (l *Ledger) sequenceOf(ctx context.Context, tx *db.Tx, h library.Hold) ([]storedHold, error) {
	if h.SequenceID == "" {
		return nil, nil
	}
	return l.readHolds(ctx, tx, `h.sequence_id = $1 AND `+activeHold+` ORDER BY h.sequence_place`, h.SequenceID)
}

func plain(stored []storedHold) []library.Hold {
	holds := make([]library.Hold, len(stored))
	for i, h := range stored {
		holds[i] = h.Hold
	}
	return holds
}

func (l *Ledger) activeHolds(ctx context.Context, tx *db.Tx, patron library.PatronID) ([]library.Hold, error) {
	active, err := l.readHolds(ctx, tx, `h.patron_id = $1 AND `+activeHold, string(patron))
	return plain(active), err
}

// loansOf returns which bibs a patron has, as loans that say nothing else.
func loansOf(ctx context.Context, tx *db.Tx, patron library.PatronID) ([]library.Loan, error) {
	rows, err := tx.QueryContext(ctx, `SELECT bib_id FROM loan WHERE patron_id = $1`, string(patron))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []library.Loan
	for rows.Next() {
		var x library.Loan
		if err := rows.Scan(&x.BibID); err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// copiesOf returns the copies of a bib that the library owns and has not withdrawn, or
// library.ErrUnknownBib. One that stands on a hold shelf for nobody can be fetched
// from there as from a shelf of that branch.
func copiesOf(ctx context.Context, tx *db.Tx, bib library.BibID) ([]library.Item, error) {
	if err := knownBib(ctx, tx, bib); err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, branch_code, lendable, state, clear_at FROM item WHERE bib_id = $1 AND owned AND NOT withdrawn`, string(bib))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []library.Item
	for rows.Next() {
		it := library.Item{BibID: bib}
		var clear sql.NullString
		if err := rows.Scan(&it.ID, &it.Branch, &it.Lendable, &it.State, &clear); err != nil {
			return nil, err
		}
		if clear.Valid {
			it.Branch, it.State = library.BranchCode(clear.String), library.OnShelf
		}
		all = append(all, it)
	}
	return all, rows.Err()
}

func insertHold(ctx context.Context, tx *db.Tx, h library.Hold) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO hold (id, bib_id, patron_id, pickup_branch, contact, state, received_at,
			sequence_id, sequence_place, item_id, contacted_on, shelf_until, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, '', '', 0)`,
		string(h.ID), string(h.BibID), string(h.PatronID), string(h.Pickup), string(h.Contact), string(h.State), h.ReceivedAt.UnixMilli(),
		null(h.SequenceID), h.Place)
	return err
}

// storeHold stores what may change in a hold. One that has just ended, ended now.
func (l *Ledger) storeHold(ctx context.Context, tx *db.Tx, h storedHold) error {
	ended := int64(0)
	switch {
	case h.State.Active():
	case h.endedAt.IsZero():
		ended = l.cfg.Now().UnixMilli()
	default:
		ended = h.endedAt.UnixMilli()
	}
	pick := int64(0)
	if !h.PickAt.IsZero() {
		pick = h.PickAt.UnixMilli()
	}
	_, err := tx.ExecContext(ctx, `UPDATE hold SET pickup_branch = $2, contact = $3, state = $4, item_id = $5, pick_at = $6,
			ready_on = $7, contacted_on = $8, shelf_until = $9, mail_failed = $10, calls = $11, called_on = $12, call_due = $13, fell_back_on = $14,
			end_reason = $15, ended_at = $16, fetch_at = $17, from_hold_shelf = $18 WHERE id = $1`,
		string(h.ID), string(h.Pickup), string(h.Contact), string(h.State), null(h.ItemID), pick,
		h.ReadyOn, h.ContactedOn, h.ShelfUntil, h.MailFailed, h.Calls, h.CalledOn, h.callDue, h.FellBackOn,
		string(h.EndReason), ended, null(h.fetchAt), h.fromHoldShelf)
	return err
}

// null is a key, or NULL for none.
func null[T ~string](key T) sql.NullString {
	return sql.NullString{String: string(key), Valid: key != ""}
}

// lockQueues lets whoever comes next to the queues of bibs wait, or begin anew,
// until this transaction ends; so nobody gives away what another does. It also holds
// where the transaction is not serializable (see db.DB.Locked): all that is decided
// of a queue, and of the copies for it, is read after this. Patrons are locked before
// queues, and queues before items; several of them in one order by everybody.
func lockQueues(ctx context.Context, tx *db.Tx, bibs ...library.BibID) error {
	for _, bib := range slices.Compact(slices.Sorted(slices.Values(bibs))) {
		if !db.Storable(string(bib)) {
			continue
		}
		if _, err := tx.ExecContext(ctx, `UPDATE bib SET bucket = bucket WHERE id = $1`, string(bib)); err != nil {
			return err
		}
	}
	return nil
}

// lockPatron lets whoever places holds for the same patron wait, or begin anew, so
// that nobody gets more than one may have.
func lockPatron(ctx context.Context, tx *db.Tx, patron library.PatronID) error {
	_, err := tx.ExecContext(ctx, `UPDATE patron SET name = name WHERE id = $1`, string(patron))
	return err
}

// lockHold finds a patron's hold, with its queue locked and those of its sequence.
func (l *Ledger) lockHold(ctx context.Context, tx *db.Tx, patron library.PatronID, id library.HoldID) (storedHold, error) {
	if !db.Storable(string(patron)) || !db.Storable(string(id)) {
		return storedHold{}, library.ErrUnknownHold
	}
	together, err := l.readHolds(ctx, tx, `h.id = $1 OR h.sequence_id = (SELECT sequence_id FROM hold WHERE id = $1)`, string(id))
	if err != nil {
		return storedHold{}, err
	}
	bibs := make([]library.BibID, len(together))
	for i, h := range together {
		bibs[i] = h.BibID
	}
	if err := lockQueues(ctx, tx, bibs...); err != nil {
		return storedHold{}, err
	}
	found, err := l.readHolds(ctx, tx, `h.id = $1 AND h.patron_id = $2`, string(id), string(patron))
	if err != nil {
		return storedHold{}, err
	}
	if len(found) == 0 {
		return storedHold{}, library.ErrUnknownHold
	}
	return found[0], nil
}
