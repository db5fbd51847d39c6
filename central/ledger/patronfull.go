package ledger

import (
	"context"
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// PatronFull is an import of a file that has all patrons. Whom it lacks gets
// library.BlockLeft, which the next file that has the patron lifts again. What staff or a
// file blocked otherwise is left alone.
type PatronFull struct {
	// Limit is how many percent of the patrons may be blocked with one import; at least one.
	Limit int
	// Lacking is told once, when the file was read to its end.
	Lacking func(LackingPatrons)
}

// LackingPatrons is whom a whole file does not have.
type LackingPatrons struct {
	Patrons int // that were not blocked for it before
	Of      int // how many there are that no earlier file lacked
	May     int // how many may be blocked with one import
	Kept    Kept
}

// Kept says why nobody is blocked who is lacking.
type Kept int

// Why nobody is blocked.
const (
	BlockAll      Kept = iota // all are
	OverLimit                 // they are more than one import may block
	WhoseUnknown              // a row was left out, and nothing tells whose it is: it may be one of them
	MayBeCut                  // the file ends with a row that is broken or has no line end
	NotUnderstood             // nothing of the file went in
)

// roll is whom a file names.
type roll struct {
	here    map[library.PatronID]struct{} // who went in
	cards   map[string]struct{}           // of those who did not
	ids     map[string]struct{}
	unknown int // rows that were left out and name nobody

	mayBeCut bool // nothing says that the file is whole
}

func newRoll() roll {
	return roll{here: map[library.PatronID]struct{}{}, cards: map[string]struct{}{}, ids: map[string]struct{}{}}
}

// leftOut notes somebody whom the file has and who did not go in.
func (r *roll) leftOut(p FilePatron) {
	if p.Card == "" && p.FileID == "" {
		r.unknown++
	}
	if p.Card != "" {
		r.cards[p.Card] = struct{}{}
	}
	if p.FileID != "" {
		r.ids[p.FileID] = struct{}{}
	}
}

func (r *roll) has(p storedPatron) bool {
	_, here := r.here[p.ID]
	_, card := r.cards[p.Card]
	_, id := r.ids[p.fileID]
	_, reference := r.ids[string(p.ID)]
	return here || card || id || reference && p.fileID == ""
}

// blockLacking blocks whom the file lacks.
func (r *patronRun) blockLacking(ctx context.Context) error {
	var found LackingPatrons
	err := r.tx(ctx, func(tx *db.Tx) error {
		var lacking []library.PatronID
		var err error
		if found, lacking, err = r.lacking(ctx, tx); err != nil || found.Kept != BlockAll {
			return err
		}
		for _, id := range lacking {
			if _, err := tx.ExecContext(ctx, `UPDATE patron SET lacking = TRUE WHERE id = $1`, string(id)); err != nil {
				return fmt.Errorf("block a patron whom the file lacks: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if found.Kept == BlockAll {
		r.n.Blocked = found.Patrons
	}
	if r.Full.Lacking != nil {
		r.Full.Lacking(found)
	}
	return nil
}

// lacking finds whom the file lacks.
func (r *patronRun) lacking(ctx context.Context, tx *db.Tx) (found LackingPatrons, lacking []library.PatronID, err error) {
	cards, err := oldNames(ctx, tx, `SELECT patron_id, card FROM patron_old_card`)
	if err != nil {
		return found, nil, err
	}
	ids, err := oldNames(ctx, tx, `SELECT patron_id, file_id FROM patron_old_id`)
	if err != nil {
		return found, nil, err
	}
	all, err := readPatrons(ctx, tx, `NOT lacking ORDER BY id`)
	if err != nil {
		return found, nil, err
	}
	for _, p := range all {
		has := r.roll.has(p)
		for _, card := range cards[p.ID] {
			_, named := r.roll.cards[card]
			has = has || named
		}
		for _, id := range ids[p.ID] {
			_, named := r.roll.ids[id]
			has = has || named
		}
		if !has {
			lacking = append(lacking, p.ID)
		}
	}
	found = LackingPatrons{Patrons: len(lacking), Of: len(all), May: max(1, len(all)*r.Full.Limit/100)}
	switch {
	case r.n.Added+r.n.Changed+r.n.Unchanged == 0:
		found.Kept = NotUnderstood
	case found.Patrons > 0 && r.roll.mayBeCut:
		found.Kept = MayBeCut
	case found.Patrons > 0 && r.roll.unknown > 0:
		found.Kept = WhoseUnknown
	case found.Patrons > found.May:
		found.Kept = OverLimit
	}
	return found, lacking, nil
}

// oldNames are the cards or IDs that patrons had, by their patrons.
func oldNames(ctx context.Context, tx *db.Tx, query string) (map[library.PatronID][]string, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[library.PatronID][]string{}
	for rows.Next() {
		var id library.PatronID
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		all[id] = append(all[id], name)
	}
	return all, rows.Err()
}
