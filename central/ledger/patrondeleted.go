package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

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

// have reports whether a file's patron was deleted here, by the ID or the card, and then
// remembers the other of them too: the next file may have that one alone.
func (d deletions) have(ctx context.Context, tx *db.Tx, p FilePatron, known bool, now time.Time) (bool, error) {
	if !d.look || known {
		return false, nil
	}
	if any, err := anyDeleted(ctx, tx); err != nil || !any {
		return false, err
	}
	if d.mark == nil {
		return false, errors.New("somebody was deleted while the import ran; import the file again")
	}
	all := marksOf(d.mark, []string{p.Card}, []string{p.FileID})
	for _, m := range all {
		var deletion string
		err := tx.QueryRowContext(ctx, `SELECT deletion FROM patron_deleted WHERE mark = $1`, m.mark).Scan(&deletion)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err == nil {
			err = putMarks(ctx, tx, all, deletion, now)
		}
		return err == nil, err
	}
	return false, nil
}

// marked is a mark, and of what kind of text.
type marked struct{ mark, kind string }

// marksOf are the marks of cards and of IDs, which count whatever their case: another
// export may write that otherwise.
func marksOf(mark Mark, cards, ids []string) (all []marked) {
	for _, card := range cards {
		all = append(all, marked{mark(markCard, card), "card"})
	}
	for _, id := range ids {
		if id == "" {
			continue
		}
		all = append(all, marked{mark(markID, id), "id"})
		if lower := strings.ToLower(id); lower != id {
			all = append(all, marked{mark(markID, lower), "id"})
		}
	}
	return all
}

// putMarks stores the marks of a deletion, but those that are another's already.
func putMarks(ctx context.Context, tx *db.Tx, all []marked, deletion string, now time.Time) error {
	for _, m := range all {
		_, err := tx.ExecContext(ctx, `INSERT INTO patron_deleted (mark, kind, deletion, deleted_at) VALUES ($1, $2, $3, $4) ON CONFLICT (mark) DO NOTHING`,
			m.mark, m.kind, deletion, now.UnixMilli())
		if err != nil {
			return fmt.Errorf("remember who was deleted: %w", err)
		}
	}
	return nil
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
	ids, err := idsOf[string](ctx, tx, `SELECT file_id FROM patron_old_id WHERE patron_id = $1`, string(p.ID))
	if err != nil {
		return err
	}
	all := marksOf(mark, append(cards, p.Card), append(ids, p.fileID))
	for _, m := range all { // who comes back and is deleted again is another deletion
		if _, err := tx.ExecContext(ctx, `DELETE FROM patron_deleted WHERE mark = $1`, m.mark); err != nil {
			return err
		}
	}
	return putMarks(ctx, tx, all, deletion.String(), l.cfg.Now())
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
	return len(active), deletePatron(ctx, tx, id)
}

// deletePatron deletes what is stored of a patron.
func deletePatron(ctx context.Context, tx *db.Tx, id library.PatronID) error {
	for _, table := range []string{"hold WHERE patron_id", "patron_old_card WHERE patron_id", "patron_old_id WHERE patron_id", "patron WHERE id"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` = $1`, string(id)); err != nil {
			return fmt.Errorf("delete a patron: %w", err)
		}
	}
	return nil
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
