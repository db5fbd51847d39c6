package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Why a patron's card cannot be replaced, and patrons not be merged.
var (
	ErrSameCard    = errors.New("that is the card that the patron has already")
	ErrCardTaken   = errors.New("that card is another patron's, or was until it was replaced; see: central patron find")
	ErrSamePatron  = errors.New("both cards are one patron's; there is nothing to merge")
	errTextOfCards = errors.New("a card that cannot be stored")
)

// ReplaceCardTx gives a patron another card, in the caller's transaction: the old one is
// dead from then on, and a file that still names it means this patron. It refuses with
// library.ErrUnknownPatron, ErrSameCard or ErrCardTaken. The block of a lost card goes
// with that card.
func (l *Ledger) ReplaceCardTx(ctx context.Context, tx *db.Tx, old, card string) (library.PatronID, error) {
	if card == "" || len(card) > library.MaxPatronText || !db.Storable(card) {
		return "", errTextOfCards
	}
	p, err := l.PatronByCardTx(ctx, tx, old)
	if err != nil {
		return "", err
	}
	if old == card {
		return "", ErrSameCard
	}
	stored, err := l.lockedPatron(ctx, tx, p.ID)
	if err != nil {
		return "", err
	}
	var taken bool
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM patron WHERE card = $1) OR EXISTS (SELECT 1 FROM patron_old_card WHERE card = $1 AND patron_id <> $2)`,
		card, string(p.ID)).Scan(&taken)
	if err != nil {
		return "", err
	}
	if taken {
		return "", ErrCardTaken
	}
	stored.Card, stored.Blocks = card, without(stored.Blocks, library.BlockLostCard)
	if _, err := tx.ExecContext(ctx, `UPDATE patron SET card = $2, blocks = $3 WHERE id = $1`, string(p.ID), card, FieldBlocks.text(stored.Patron)); err != nil {
		return "", err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM patron_old_card WHERE card = $1`, card); err != nil { // it was found again
		return "", err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO patron_old_card (card, patron_id) VALUES ($1, $2)`, old, string(p.ID))
	return p.ID, err
}

// Merged is what became of two patrons that are one person.
type Merged struct {
	Loans, Holds int // that went over
	Ended        int // holds that ended, since the other patron had the same title
}

// MergePatronsTx gives, in the caller's transaction, all that is a patron's to another:
// loans and holds go over, and what the one who is kept has not, such as a telephone
// number. Of two holds for one title that which came further remains, and none for what
// is on loan. Blocks go over too, but that of a lost card. The other patron is deleted, and
// a file that names that one's ID or cards means who is kept. What the service itself
// keeps, it moves itself. It refuses with library.ErrUnknownPatron or ErrSamePatron.
func (l *Ledger) MergePatronsTx(ctx context.Context, tx *db.Tx, keep, gone library.PatronID) (m Merged, err error) {
	if keep == gone {
		return m, ErrSamePatron
	}
	stored := map[library.PatronID]storedPatron{}
	for _, id := range slices.Sorted(slices.Values([]library.PatronID{keep, gone})) { // in one order by everybody
		if stored[id], err = l.lockedPatron(ctx, tx, id); err != nil {
			return m, err
		}
	}
	active, err := l.lockHoldsOf(ctx, tx, keep, gone)
	if err != nil {
		return m, err
	}
	done, err := tx.ExecContext(ctx, `UPDATE loan SET patron_id = $1 WHERE patron_id = $2`, string(keep), string(gone))
	if err != nil {
		return m, err
	}
	loans, err := done.RowsAffected()
	if err != nil {
		return m, err
	}
	m.Loans = int(loans)
	if m.Ended, err = l.endDoubles(ctx, tx, keep, active); err != nil {
		return m, err
	}
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM hold h WHERE h.patron_id = $1 AND `+activeHold, string(gone)).Scan(&m.Holds)
	if err != nil {
		return m, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE hold SET patron_id = $1 WHERE patron_id = $2`, string(keep), string(gone)); err != nil {
		return m, err
	}
	if err := l.fill(ctx, tx, stored[keep], stored[gone]); err != nil {
		return m, err
	}
	return m, rename(ctx, tx, keep, stored[gone])
}

// rename deletes a patron whose cards and IDs name another one from then on.
func rename(ctx context.Context, tx *db.Tx, keep library.PatronID, gone storedPatron) error {
	for _, table := range []string{"patron_old_card", "patron_old_id"} {
		if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET patron_id = $1 WHERE patron_id = $2`, string(keep), string(gone.ID)); err != nil {
			return err
		}
	}
	if err := deletePatron(ctx, tx, gone.ID); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO patron_old_card (card, patron_id) VALUES ($1, $2) ON CONFLICT (card) DO UPDATE SET patron_id = excluded.patron_id`, gone.Card, string(keep))
	if err == nil && gone.fileID != "" {
		_, err = tx.ExecContext(ctx, `INSERT INTO patron_old_id (file_id, patron_id) VALUES ($1, $2) ON CONFLICT (file_id) DO UPDATE SET patron_id = excluded.patron_id`, gone.fileID, string(keep))
	}
	return err
}

// endDoubles ends those of two patrons' active holds which one patron could not have.
func (l *Ledger) endDoubles(ctx context.Context, tx *db.Tx, keep library.PatronID, active []storedHold) (ended int, err error) {
	lent, err := loansOf(ctx, tx, keep) // the other's are among them
	if err != nil {
		return 0, err
	}
	further := []library.HoldState{library.ReadyHold, library.Preparing, library.Waiting}
	slices.SortStableFunc(active, func(a, b storedHold) int { // who came first is first among equals
		return cmp.Compare(slices.Index(further, a.State), slices.Index(further, b.State))
	})
	has := map[library.BibID]bool{}
	for _, x := range lent {
		has[x.BibID] = true
	}
	for _, h := range active {
		if !has[h.BibID] {
			has[h.BibID] = true
			continue
		}
		ended++
		if h, err = l.holdByID(ctx, tx, h.ID); err != nil { // as the end of the one before left it
			return ended, err
		}
		if err := l.dropHold(ctx, tx, h); err != nil {
			return ended, err
		}
	}
	return ended, nil
}

// fill gives a patron what another has and the patron has not.
func (l *Ledger) fill(ctx context.Context, tx *db.Tx, keep, gone storedPatron) error {
	now := keep
	for _, f := range AllPatronFields() {
		if f != FieldBlocks && f != FieldValidUntil && f.text(keep.Patron) == "" { // no last day is an answer too
			f.copy(&now.Patron, gone.Patron)
		}
	}
	now.Blocks = append(slices.Clone(now.Blocks), without(gone.Blocks, library.BlockLostCard)...)
	_, err := store(ctx, tx, keep, now, true)
	if err != nil {
		return fmt.Errorf("merge patrons: %w", err)
	}
	return nil
}
