package ledger

import (
	"context"
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// again tries the rows once more that had to wait for others: for whose card a patron gives
// up with this file, and for the own row of a patron whom they name otherwise.
func (r *patronRun) again(ctx context.Context) error {
	r.batch, r.numbers, r.late, r.lateNumbers = r.late, r.lateNumbers, nil, nil
	r.put.last = true
	return r.flush(ctx)
}

// move is a patron who gives up a card with this file, and who has the one that comes in
// its place.
type move struct {
	from  storedPatron
	owner library.PatronID // "" for nobody
}

// freeCards takes from those patrons of the last batch their cards whom it gives others,
// so that cards may go from one to the next, and round. restore gives a card back to whom
// it did not give one after all.
func (r *patronRun) freeCards(ctx context.Context, tx *db.Tx) (restore func() error, err error) {
	if !r.put.last {
		return func() error { return nil }, nil
	}
	moves := map[library.PatronID]move{}
	waits := map[library.PatronID][]library.PatronID{} // by owner, who wants the card
	for _, p := range r.batch {
		m, ok, err := r.move(ctx, tx, p)
		if err != nil {
			return nil, err
		}
		if ok {
			moves[m.from.ID] = m
			waits[m.owner] = append(waits[m.owner], m.from.ID)
		}
	}
	// Who waits for the card of somebody who keeps it, keeps the own one.
	var stays []library.PatronID
	for id, m := range moves {
		if _, moving := moves[m.owner]; m.owner != "" && !moving {
			stays = append(stays, id)
		}
	}
	for len(stays) > 0 {
		id := stays[len(stays)-1]
		stays = stays[:len(stays)-1]
		if _, moving := moves[id]; moving {
			delete(moves, id)
			stays = append(stays, waits[id]...)
		}
	}
	for id := range moves {
		if _, err := tx.ExecContext(ctx, `UPDATE patron SET card = $2 WHERE id = $1`, string(id), onTheMove(id)); err != nil {
			return nil, fmt.Errorf("free a card: %w", err)
		}
	}
	return func() error {
		for id, m := range moves {
			_, err := tx.ExecContext(ctx, `UPDATE patron SET card = $2 WHERE id = $1 AND card = $3`, string(id), m.from.Card, onTheMove(id))
			if err != nil {
				return fmt.Errorf("give a card back: %w", err)
			}
		}
		return nil
	}, nil
}

// onTheMove is in the place of a card within a transaction. No card is like it.
func onTheMove(id library.PatronID) string { return "moving " + string(id) }

// move reports whether a row gives a patron another card.
func (r *patronRun) move(ctx context.Context, tx *db.Tx, p FilePatron) (m move, ok bool, err error) {
	if p.FileID == "" || checkPatron(ctx, tx, p) != nil {
		return m, false, nil
	}
	known, err := readPatrons(ctx, tx, `file_id = $1 OR id = $1 AND file_id IS NULL`, p.FileID)
	if err != nil || len(known) != 1 || known[0].Card == p.Card || r.put.has(known[0].ID) {
		return m, false, err
	}
	m.from = known[0]
	old, err := isOldCard(ctx, tx, m.from.ID, p.Card)
	if err != nil || old || otherPerson(m.from, p, r.put.fieldsOf(p)) {
		return m, false, err
	}
	said, err := parseSaid(m.from.imported)
	if err != nil || !said.news(m.from.ID, fieldCard, p.Card) {
		return m, false, err
	}
	owners, err := readPatrons(ctx, tx, `card = $1`, p.Card)
	if len(owners) > 0 {
		m.owner = owners[0].ID
	}
	return m, err == nil, err
}
