package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Counts is what an import of patrons did so far.
type Counts struct {
	Read      int // patrons, the bad ones included
	Added     int
	Changed   int
	Unchanged int
	LeftOut   int // bad ones
}

// PatronImport is a run of patrons out of another system's file.
//
// A patron is known by the ID, and one without by the card. Nobody is deleted. What
// the file says of a patron is taken over when it says something else than in the
// import before; so what was changed here since, such as an e-mail address, stays
// until the other system has news about it.
type PatronImport struct {
	Patrons iter.Seq2[library.Patron, error]
	Fields  []PatronField // what the file says of a patron beside ID and card; nil: everything
	// LeftOut is told of each patron that does not go in: an error of Patrons, or a
	// *PatronError. number counts the patrons from 1. The import goes on when it
	// returns nil, and otherwise ends with what it returns.
	LeftOut  func(number int, err error) error
	Progress func(Counts) // after every batch; may be nil
}

// PatronError says why a patron cannot be taken in. It tells nothing about the patron.
type PatronError struct {
	Reason string
	Err    error // the refusal behind it, where there is one
}

func (e *PatronError) Error() string { return e.Reason }

func (e *PatronError) Unwrap() error { return e.Err }

// patronBatch is how many patrons go in with one transaction.
const patronBatch = 500

// ImportPatrons takes in all patrons, in batches: each is in the database as a
// whole or not at all. After it was broken off, running it again completes it.
func (l *Ledger) ImportPatrons(ctx context.Context, in PatronImport) (Counts, error) {
	var n Counts
	var batch []library.Patron
	var numbers []int
	flush := func() error {
		outcomes, bad, err := l.putPatrons(ctx, in.Fields, batch)
		if err != nil {
			return err
		}
		for i, o := range outcomes {
			switch o {
			case added:
				n.Added++
			case changed:
				n.Changed++
			case unchanged:
				n.Unchanged++
			case refused:
				n.LeftOut++
				if err := in.LeftOut(numbers[i], bad[i]); err != nil {
					return err
				}
			}
		}
		batch, numbers = batch[:0], numbers[:0]
		if in.Progress != nil {
			in.Progress(n)
		}
		return nil
	}
	twice := doubles{}
	for p, err := range in.Patrons {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		n.Read++
		if err == nil {
			err = twice.check(p, n.Read)
		}
		if err != nil {
			n.LeftOut++
			if err := in.LeftOut(n.Read, err); err != nil {
				return n, err
			}
			continue
		}
		if batch, numbers = append(batch, p), append(numbers, n.Read); len(batch) == patronBatch {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	return n, flush()
}

// PutPatrons takes in patrons with all that is said of them, in one transaction,
// as ImportPatrons does. One bad patron is a *PatronError, and then nobody is taken in.
func (l *Ledger) PutPatrons(ctx context.Context, patrons ...library.Patron) error {
	twice := doubles{}
	for i, p := range patrons {
		if err := twice.check(p, i+1); err != nil {
			return err
		}
	}
	return l.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, p := range patrons {
			if _, err := putPatron(ctx, tx, p, AllPatronFields()); err != nil {
				return err
			}
		}
		return nil
	})
}

// doubles remembers which patron of an import had a card or an ID.
type doubles map[string]int

func (d doubles) check(p library.Patron, number int) error {
	keys := []string{"card " + p.Card}
	if p.ID != "" {
		keys = append(keys, "id "+string(p.ID))
	}
	for _, key := range keys {
		if first := d[key]; first > 0 {
			what, _, _ := strings.Cut(key, " ")
			return &PatronError{Reason: fmt.Sprintf("its %s is also that of patron %d in this import, who was read first", what, first)}
		}
	}
	for _, key := range keys {
		d[key] = number
	}
	return nil
}

type outcome int

const (
	unchanged outcome = iota
	added
	changed
	refused
)

func (l *Ledger) putPatrons(ctx context.Context, fields []PatronField, patrons []library.Patron) ([]outcome, map[int]*PatronError, error) {
	if len(patrons) == 0 {
		return nil, nil, nil
	}
	if fields == nil {
		fields = AllPatronFields()
	}
	var outcomes []outcome
	var bad map[int]*PatronError
	err := l.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		outcomes, bad = make([]outcome, len(patrons)), map[int]*PatronError{}
		for i, p := range patrons {
			o, err := putPatron(ctx, tx, p, fields)
			if why := (*PatronError)(nil); errors.As(err, &why) {
				outcomes[i], bad[i] = refused, why
				continue
			}
			if err != nil {
				return fmt.Errorf("store a patron: %w", err)
			}
			outcomes[i] = o
		}
		return nil
	})
	return outcomes, bad, err
}

// putPatron takes in one patron. A bad one leaves no trace.
func putPatron(ctx context.Context, tx *db.Tx, p library.Patron, fields []PatronField) (outcome, error) {
	if err := checkPatron(ctx, tx, p); err != nil {
		return refused, err
	}
	stored, known, err := samePatron(ctx, tx, p)
	if err != nil {
		return refused, err
	}
	now := stored
	if !known {
		if now.ID = p.ID; now.ID == "" {
			id, err := uuid.NewRandom()
			if err != nil {
				return refused, err
			}
			now.ID = library.PatronID(id.String())
		}
		now.Card = p.Card
	}
	said, err := parseSaid(stored.imported)
	if err != nil {
		return refused, err
	}
	for _, f := range append([]PatronField{fieldCard}, fields...) {
		if said.news(now.ID, f, f.text(p)) {
			f.copy(&now.Patron, p)
		}
	}
	if strings.TrimSpace(now.Name) == "" {
		return refused, &PatronError{Reason: "it has no name"}
	}
	if now.imported, err = said.encode(); err != nil {
		return refused, err
	}
	return store(ctx, tx, stored, now, known)
}

func store(ctx context.Context, tx *db.Tx, stored, now storedPatron, known bool) (outcome, error) {
	if !known {
		_, err := tx.ExecContext(ctx, `INSERT INTO patron (`+patronColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, now.args()...)
		return added, err
	}
	same := !slices.ContainsFunc(append([]PatronField{fieldCard}, AllPatronFields()...), func(f PatronField) bool {
		return f.text(stored.Patron) != f.text(now.Patron)
	})
	if same && stored.imported == now.imported {
		return unchanged, nil
	}
	_, err := tx.ExecContext(ctx, `UPDATE patron SET card = $2, name = $3, reading = $4, born_on = $5, phones = $6, email = $7,
		branch_code = $8, category = $9, valid_until = $10, blocks = $11, imported = $12 WHERE id = $1`, now.args()...)
	if same {
		return unchanged, err
	}
	return changed, err
}

// samePatron finds who is meant.
func samePatron(ctx context.Context, tx *db.Tx, p library.Patron) (found storedPatron, known bool, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+patronColumns+` FROM patron WHERE card = $1 OR id = $2`, p.Card, string(p.ID))
	if err != nil {
		return found, false, err
	}
	defer rows.Close()
	for rows.Next() {
		s, err := scanPatron(rows)
		if err != nil {
			return found, false, err
		}
		if p.ID != "" && s.ID != p.ID {
			return found, false, &PatronError{Reason: "its card is already that of a patron with another id; correct one of them"}
		}
		found, known = s, true
	}
	return found, known, rows.Err()
}

// maxPatronText is the longest text that a patron's field may have, in bytes.
const maxPatronText = 1000

// checkPatron says what is wrong with a patron in itself.
func checkPatron(ctx context.Context, tx *db.Tx, p library.Patron) error {
	if p.Card == "" {
		return &PatronError{Reason: "it has no card"}
	}
	type named struct{ name, text string }
	texts := []named{{"id", string(p.ID)}}
	for _, f := range append([]PatronField{fieldCard}, AllPatronFields()...) {
		texts = append(texts, named{string(f), f.text(p)})
	}
	for _, x := range texts {
		if len(x.text) > maxPatronText || !db.Storable(x.text) || strings.ContainsFunc(x.text, unicode.IsControl) {
			return &PatronError{Reason: fmt.Sprintf("its %s is longer than %d bytes or has characters that cannot be printed", x.name, maxPatronText)}
		}
	}
	for _, phone := range p.Phones {
		if phone == "" || phone != library.NormalPhone(phone) {
			return &PatronError{Reason: "a telephone number has something else than digits"}
		}
	}
	for _, b := range p.Blocks {
		if !slices.Contains(library.Blocks, b) {
			return &PatronError{Reason: "it has a block that is not known"}
		}
	}
	if p.Branch == "" {
		return nil
	}
	err := knownBranch(ctx, tx, p.Branch)
	if errors.Is(err, library.ErrUnknownBranch) {
		return &PatronError{Reason: "its branch does not exist; add it with: central branch add", Err: err}
	}
	return err
}

// nullBranch stores no branch as NULL, which refers to none.
func nullBranch(code library.BranchCode) sql.NullString {
	return sql.NullString{String: string(code), Valid: code != ""}
}
