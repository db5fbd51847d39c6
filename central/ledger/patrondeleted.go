package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Mark makes of a card or an ID a text by which it is known again, and from which nobody
// can tell what it was.
type Mark func(kind, text string) string

// The kinds of marks.
const (
	markCard = "deleted-card"
	markID   = "deleted-id"
)

// deletions are who was deleted here.
type deletions struct {
	look bool
	mark Mark // nil where nobody was when the import began
}

// deletions asks for the mark where somebody was deleted. It is no business of a
// transaction: to get it may take one.
func (l *Ledger) deletions(ctx context.Context, ask func() (Mark, error)) (d deletions, err error) {
	if ask == nil {
		return d, nil
	}
	d.look = true
	var any bool
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		any, err = anyDeleted(ctx, tx)
		return err
	})
	if err == nil && any {
		d.mark, err = ask()
	}
	return d, err
}

func anyDeleted(ctx context.Context, tx *db.Tx) (any bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM patron_deleted)`).Scan(&any)
	return any, err
}

// have reports whether a file's patron was deleted here: by the ID, and by the card where
// not both sides have an ID, since a card's number may be given to somebody else.
func (d deletions) have(ctx context.Context, tx *db.Tx, p FilePatron, known bool) (bool, error) {
	if !d.look || known {
		return false, nil
	}
	if any, err := anyDeleted(ctx, tx); err != nil || !any {
		return false, err
	}
	if d.mark == nil {
		return false, errors.New("somebody was deleted while the import ran; import the file again")
	}
	mark := d.mark
	var gone bool
	if p.FileID != "" {
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM patron_deleted WHERE mark = $1)`, mark(markID, p.FileID)).Scan(&gone)
		if err != nil || gone {
			return gone, err
		}
	}
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM patron_deleted d WHERE d.mark = $1
		AND NOT ($2 AND EXISTS (SELECT 1 FROM patron_deleted i WHERE i.deletion = d.deletion AND i.kind = 'id')))`,
		mark(markCard, p.Card), p.FileID != "").Scan(&gone)
	return gone, err
}

// remember keeps the marks of a patron who is deleted now.
func (l *Ledger) remember(ctx context.Context, tx *db.Tx, p storedPatron, mark Mark) error {
	cards, err := idsOf[string](ctx, tx, `SELECT card FROM patron_old_card WHERE patron_id = $1`, string(p.ID))
	if err != nil {
		return err
	}
	deletion, err := uuid.NewRandom()
	if err != nil {
		return err
	}
	type marked struct{ mark, kind string }
	var all []marked
	for _, card := range append(cards, p.Card) {
		all = append(all, marked{mark(markCard, card), "card"})
	}
	if p.fileID != "" {
		all = append(all, marked{mark(markID, p.fileID), "id"})
	}
	for _, m := range all {
		_, err := tx.ExecContext(ctx, `INSERT INTO patron_deleted (mark, kind, deletion, deleted_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (mark) DO UPDATE SET deletion = excluded.deletion, deleted_at = excluded.deleted_at`,
			m.mark, m.kind, deletion.String(), l.cfg.Now().UnixMilli())
		if err != nil {
			return fmt.Errorf("remember who was deleted: %w", err)
		}
	}
	return nil
}

// ErrNotDeleted says that nobody with a card was deleted here.
var ErrNotDeleted = errors.New("nobody with this card was deleted here")

// ReadmitTx lets files take in again, in the caller's transaction, who was deleted with a
// card, or returns ErrNotDeleted.
func (l *Ledger) ReadmitTx(ctx context.Context, tx *db.Tx, card string, mark Mark) error {
	var deletion string
	err := tx.QueryRowContext(ctx, `SELECT deletion FROM patron_deleted WHERE mark = $1`, mark(markCard, card)).Scan(&deletion)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotDeleted
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM patron_deleted WHERE deletion = $1`, deletion)
	return err
}

// ErrPatronHasLoans refuses to delete a patron who has something on loan.
var ErrPatronHasLoans = errors.New("the patron has something on loan; take it back first: central return")

// DeletePatronTx forgets a patron, in the caller's transaction: holds end, and the copies
// that they had go to others; of the patron remain marks, by which no file brings the
// patron back. What the service keeps, it drops itself. It refuses with
// library.ErrUnknownPatron or ErrPatronHasLoans, and returns how many holds ended.
func (l *Ledger) DeletePatronTx(ctx context.Context, tx *db.Tx, id library.PatronID, mark Mark) (ended int, err error) {
	p, err := l.lockedPatron(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	var loans int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM loan WHERE patron_id = $1`, string(id)).Scan(&loans); err != nil {
		return 0, err
	}
	if loans > 0 {
		return 0, ErrPatronHasLoans
	}
	active, err := l.lockHoldsOf(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	for _, h := range active {
		if h, err = l.holdByID(ctx, tx, h.ID); err != nil { // as the end of the one before left it
			return 0, err
		}
		if err := l.dropHold(ctx, tx, h); err != nil {
			return 0, err
		}
	}
	if err := l.remember(ctx, tx, p, mark); err != nil {
		return 0, err
	}
	for _, query := range []string{`DELETE FROM hold WHERE patron_id = $1`, `DELETE FROM patron_old_card WHERE patron_id = $1`, `DELETE FROM patron WHERE id = $1`} {
		if _, err := tx.ExecContext(ctx, query, string(id)); err != nil {
			return 0, fmt.Errorf("delete a patron: %w", err)
		}
	}
	return len(active), nil
}

// lockedPatron locks a patron and reads what is stored.
func (l *Ledger) lockedPatron(ctx context.Context, tx *db.Tx, id library.PatronID) (storedPatron, error) {
	if !db.Storable(string(id)) {
		return storedPatron{}, library.ErrUnknownPatron
	}
	if err := lockPatron(ctx, tx, id); err != nil {
		return storedPatron{}, err
	}
	return oneStored(ctx, tx, `id = $1`, string(id))
}

// lockHoldsOf locks the queues in which patrons have active holds, and reads those.
func (l *Ledger) lockHoldsOf(ctx context.Context, tx *db.Tx, patrons ...library.PatronID) ([]storedHold, error) {
	in, args := listed(patrons)
	read := func() ([]storedHold, error) {
		return l.readHolds(ctx, tx, `h.patron_id IN `+in+` AND `+activeHold+` ORDER BY h.received_at, h.id`, args...)
	}
	active, err := read()
	if err != nil {
		return nil, err
	}
	if err := lockQueues(ctx, tx, bibsOf(active)...); err != nil {
		return nil, err
	}
	return read()
}
