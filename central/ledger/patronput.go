package ledger

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"madoguchi/central/db"
	"madoguchi/library"
)

type outcome int

const (
	unchanged outcome = iota
	added
	changed
	keptOut
	refused
)

// patronDone is what became of a patron of an import.
type patronDone struct {
	id      library.PatronID
	outcome outcome
	why     *PatronError // refused
	back    bool         // a file lacked the patron, and this one does not
	noPhone bool
	noBirth bool
}

// patronPut takes in patrons, in the caller's transaction.
type patronPut struct {
	fields      []PatronField
	deletions   deletions
	cardChanged func(context.Context, *db.Tx, library.PatronID) error
	here        map[library.PatronID]struct{} // whom this import has taken in with batches before
	batch       map[library.PatronID]struct{} // and with this one
}

// begin begins a batch.
func (x *patronPut) begin() { x.batch = map[library.PatronID]struct{}{} }

// patron takes in one patron. A bad one leaves no trace.
func (x *patronPut) patron(ctx context.Context, tx *db.Tx, p FilePatron) (patronDone, error) {
	if err := checkPatron(ctx, tx, p); err != nil {
		return patronDone{}, err
	}
	stored, known, err := samePatron(ctx, tx, p)
	if err != nil {
		return patronDone{}, err
	}
	if gone, err := x.deletions.have(ctx, tx, p, known); err != nil || gone {
		return patronDone{outcome: keptOut}, err
	}
	if x.has(stored.ID) {
		return patronDone{}, &PatronError{Reason: "it is a patron whom another row of this import names by another card or id, who was read first"}
	}
	now := stored
	if !known {
		if now.ID = p.ID; now.ID == "" {
			id, err := uuid.NewRandom()
			if err != nil {
				return patronDone{}, err
			}
			now.ID = library.PatronID(id.String())
		}
		now.Card = p.Card
	}
	if p.FileID != "" {
		now.fileID = p.FileID
	}
	now.lacking, now.Blocks = false, without(now.Blocks, library.BlockLeft)
	fields := slices.DeleteFunc(slices.Clone(x.fields), func(f PatronField) bool { return slices.Contains(p.Unsaid, f) })
	said, err := parseSaid(stored.imported)
	if err != nil {
		return patronDone{}, err
	}
	old, err := isOldCard(ctx, tx, now.ID, p.Card)
	if err != nil {
		return patronDone{}, err
	}
	if !old {
		fields = append([]PatronField{fieldCard}, fields...)
	}
	for _, f := range fields {
		if said.news(now.ID, f, f.text(p.Patron)) {
			f.copy(&now.Patron, p.Patron)
		}
	}
	if strings.TrimSpace(now.Name) == "" {
		return patronDone{}, &PatronError{Reason: "it has no name"}
	}
	if now.imported, err = said.encode(); err != nil {
		return patronDone{}, err
	}
	done := patronDone{id: now.ID, back: stored.lacking, noPhone: len(now.Phones) == 0, noBirth: now.BornOn.IsZero()}
	done.outcome, err = store(ctx, tx, stored, now, known)
	if err == nil && now.Card != stored.Card {
		err = x.newCard(ctx, tx, now, known)
	}
	if err == nil {
		x.batch[now.ID] = struct{}{}
	}
	return done, err
}

func (x *patronPut) has(id library.PatronID) bool {
	_, here := x.here[id]
	_, batch := x.batch[id]
	return here || batch
}

// newCard follows a card that a patron has from now on, whose it was before.
func (x *patronPut) newCard(ctx context.Context, tx *db.Tx, p storedPatron, known bool) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM patron_old_card WHERE card = $1`, p.Card); err != nil {
		return err
	}
	if known && x.cardChanged != nil {
		return x.cardChanged(ctx, tx, p.ID)
	}
	return nil
}

func store(ctx context.Context, tx *db.Tx, stored, now storedPatron, known bool) (outcome, error) {
	if !known {
		_, err := tx.ExecContext(ctx, `INSERT INTO patron (`+patronColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, now.args()...)
		return added, err
	}
	same := stored.lacking == now.lacking && !slices.ContainsFunc(append([]PatronField{fieldCard}, AllPatronFields()...), func(f PatronField) bool {
		return f.text(stored.Patron) != f.text(now.Patron)
	})
	if same && stored.imported == now.imported && stored.fileID == now.fileID {
		return unchanged, nil
	}
	_, err := tx.ExecContext(ctx, `UPDATE patron SET card = $2, name = $3, reading = $4, born_on = $5, phones = $6, email = $7,
		branch_code = $8, category = $9, valid_until = $10, blocks = $11, imported = $12, file_id = $13, lacking = $14 WHERE id = $1`, now.args()...)
	if same {
		return unchanged, err
	}
	return changed, err
}

const otherID = "its card is already that of a patron with another id; correct one of them"

// samePatron finds who is meant: by our reference or the file's ID, which patrons without
// one may have as their reference; otherwise by the card, which also names a patron whose
// ID is not known yet, and was the patron's before it was replaced here.
func samePatron(ctx context.Context, tx *db.Tx, p FilePatron) (found storedPatron, known bool, err error) {
	named, err := readPatrons(ctx, tx, `card = $1 OR file_id = $2 OR id = $3 OR id = $2 AND file_id IS NULL`, p.Card, p.FileID, string(p.ID))
	if err != nil {
		return found, false, err
	}
	for _, s := range named {
		byID := p.ID != "" && s.ID == p.ID
		byFile := p.FileID != "" && (s.fileID == p.FileID || s.fileID == "" && string(s.ID) == p.FileID)
		if (byID || byFile) && known {
			return found, false, &PatronError{Reason: "its ids are those of two patrons; correct one of them"}
		}
		if byID || byFile {
			found, known = s, true
		}
	}
	for _, s := range named {
		if s.Card != p.Card || known && s.ID == found.ID {
			continue
		}
		if known || p.ID != "" || p.FileID != "" && s.fileID != "" {
			return found, false, &PatronError{Reason: otherID}
		}
		return s, true, nil
	}
	if known {
		if p.FileID != "" && found.fileID != "" && found.fileID != p.FileID {
			return found, false, &PatronError{Reason: "its id is another than the patron's; correct one of them"}
		}
		return found, true, nil
	}
	if p.ID != "" {
		return found, false, nil
	}
	replaced, err := readPatrons(ctx, tx, `id IN (SELECT patron_id FROM patron_old_card WHERE card = $1)`, p.Card)
	if err != nil || len(replaced) == 0 || p.FileID != "" && replaced[0].fileID != "" {
		return found, false, err
	}
	return replaced[0], true, nil
}

// readPatrons reads the patrons of a condition.
func readPatrons(ctx context.Context, tx *db.Tx, where string, args ...any) ([]storedPatron, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+patronColumns+` FROM patron WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []storedPatron
	for rows.Next() {
		p, err := scanPatron(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// isOldCard reports whether a card is one that a patron had before it was replaced here.
func isOldCard(ctx context.Context, tx *db.Tx, patron library.PatronID, card string) (old bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM patron_old_card WHERE card = $1 AND patron_id = $2)`, card, string(patron)).Scan(&old)
	return old, err
}
