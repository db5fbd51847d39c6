package ledger

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

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
	later // to be tried again at the end of the import
)

// patronDone is what became of a patron of an import.
type patronDone struct {
	id      library.PatronID
	outcome outcome
	why     *PatronError // refused
	back    bool         // a file lacked the patron, and this one does not
	noPhone bool
	noBirth bool

	unblocked, longer, newCard bool
}

// patronPut takes in patrons, in the caller's transaction.
type patronPut struct {
	fields      []PatronField
	deletions   deletions
	cardChanged func(context.Context, *db.Tx, library.PatronID) error
	here        map[library.PatronID]struct{} // whom this import has taken in with batches before
	batch       map[library.PatronID]struct{} // and with this one
	last        bool                          // no row comes after these
	now         time.Time
}

// begin begins a batch.
func (x *patronPut) begin() { x.batch = map[library.PatronID]struct{}{} }

// patron takes in one patron. A bad one leaves no trace.
func (x *patronPut) patron(ctx context.Context, tx *db.Tx, p FilePatron) (patronDone, error) {
	if err := checkPatron(ctx, tx, p); err != nil {
		return patronDone{}, err
	}
	stored, known, former, err := samePatron(ctx, tx, p)
	switch {
	case !x.last && (former || errors.Is(err, errOtherID)):
		return patronDone{outcome: later}, nil
	case err != nil:
		return patronDone{}, err
	}
	if gone, err := x.deletions.have(ctx, tx, p, known, x.now); err != nil || gone {
		return patronDone{outcome: keptOut}, err
	}
	if former && x.has(stored.ID) { // the patron's own row was there
		return patronDone{id: stored.ID, outcome: unchanged}, nil
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
	if p.FileID != "" && (!former || now.fileID == "") {
		now.fileID = p.FileID
	}
	now.lacking, now.Blocks = false, without(now.Blocks, library.BlockLeft)
	fields := x.fieldsOf(p)
	said, err := parseSaid(stored.imported)
	if err != nil {
		return patronDone{}, err
	}
	old, err := isOldCard(ctx, tx, now.ID, p.Card)
	if err != nil {
		return patronDone{}, err
	}
	if known && !old && otherPerson(stored, p, fields) {
		return patronDone{}, errOtherPerson
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
	if known {
		done.newCard = now.Card != stored.Card
		done.longer = !stored.ValidUntil.IsZero() && (now.ValidUntil.IsZero() || stored.ValidUntil.Before(now.ValidUntil))
		done.unblocked = slices.ContainsFunc(without(stored.Blocks, library.BlockLeft), func(b library.Block) bool { return !slices.Contains(now.Blocks, b) })
	}
	done.outcome, err = store(ctx, tx, stored, now, known)
	if err == nil && now.Card != stored.Card {
		err = x.newCard(ctx, tx, now, known)
	}
	if err == nil {
		x.batch[now.ID] = struct{}{}
	}
	return done, err
}

// fieldsOf are those that the file says of a patron.
func (x *patronPut) fieldsOf(p FilePatron) []PatronField {
	return slices.DeleteFunc(slices.Clone(x.fields), func(f PatronField) bool { return slices.Contains(p.Unsaid, f) })
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

// errOtherPerson refuses an id that the file gives to another person.
var errOtherPerson = &PatronError{Reason: "its id is that of a patron with another card, another name and another date of birth: it is another person; correct the id, or delete who is here"}

// otherPerson reports whether nothing of who is meant by an id fits who has it.
func otherPerson(stored storedPatron, p FilePatron, fields []PatronField) bool {
	if p.FileID == "" || p.Card == stored.Card || !slices.Contains(fields, FieldName) || !slices.Contains(fields, FieldBornOn) {
		return false
	}
	name := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }
	return name(stored.Name) != name(p.Name) && !stored.BornOn.IsZero() && !p.BornOn.IsZero() && stored.BornOn != p.BornOn
}

// errOtherID refuses a card that is somebody else's, as long as the file does not give
// that one another.
var errOtherID = &PatronError{Reason: "its card is already that of a patron with another id; correct one of them"}

// samePatron finds who is meant: by our reference or the file's ID, which patrons without
// one may have as their reference; otherwise by the card, which also names a patron whose
// ID is not known yet. former says that it is an ID or a card that the patron had before:
// of somebody who was merged, or replaced here.
func samePatron(ctx context.Context, tx *db.Tx, p FilePatron) (found storedPatron, known, former bool, err error) {
	named, err := readPatrons(ctx, tx, `card = $1 OR file_id = $2 OR id = $3 OR id = $2 AND file_id IS NULL`, p.Card, p.FileID, string(p.ID))
	if err != nil {
		return found, false, false, err
	}
	for _, s := range named {
		byID := p.ID != "" && s.ID == p.ID
		byFile := p.FileID != "" && (s.fileID == p.FileID || s.fileID == "" && string(s.ID) == p.FileID)
		if (byID || byFile) && known {
			return found, false, false, &PatronError{Reason: "its ids are those of two patrons; correct one of them"}
		}
		if byID || byFile {
			found, known = s, true
		}
	}
	if !known && p.ID == "" && p.FileID != "" {
		merged, err := readPatrons(ctx, tx, `id IN (SELECT patron_id FROM patron_old_id WHERE file_id = $1)`, p.FileID)
		if err != nil {
			return found, false, false, err
		}
		if len(merged) > 0 {
			found, known, former = merged[0], true, true
		}
	}
	for _, s := range named {
		if s.Card != p.Card || known && s.ID == found.ID {
			continue
		}
		if known || p.ID != "" || p.FileID != "" && s.fileID != "" {
			return found, false, false, errOtherID
		}
		return s, true, false, nil
	}
	if known {
		if !former && p.FileID != "" && found.fileID != "" && found.fileID != p.FileID {
			return found, false, false, &PatronError{Reason: "its id is another than the patron's; correct one of them"}
		}
		return found, true, former, nil
	}
	if p.ID != "" {
		return found, false, false, nil
	}
	replaced, err := readPatrons(ctx, tx, `id IN (SELECT patron_id FROM patron_old_card WHERE card = $1)`, p.Card)
	if err != nil || len(replaced) == 0 || p.FileID != "" && replaced[0].fileID != "" {
		return found, false, false, err
	}
	return replaced[0], true, true, nil
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
