package catalogue

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Outcome is what Put did with a record.
type Outcome int

// The outcomes.
const (
	Unchanged Outcome = iota
	Added
	Changed
	Refused   // only in an import: a bad record that was left out
	Withdrawn // only in an import: the file says that the bib has left
)

// RecordError says why a record cannot be taken in. Nothing of it was.
type RecordError struct {
	Bib    library.BibID
	Reason string
	Fault  string // the reason without what is this record's, in the same words for all of a kind
	Err    error  // the refusal behind it, where there is one
	Place  string // where in the file of an import it is (see Incoming), "" where nobody knows
}

func (e *RecordError) Error() string {
	if e.Bib == "" {
		return e.Reason
	}
	return fmt.Sprintf("bib %s: %s", e.Bib, e.Reason)
}

// refuse makes a RecordError of a record. refusal is what is behind it, nil for nothing.
func refuse(bib library.BibID, refusal error, format string, args ...any) *RecordError {
	return &RecordError{Bib: bib, Reason: fmt.Sprintf(format, args...), Fault: withoutValues.Replace(format), Err: refusal}
}

var withoutValues = strings.NewReplacer("%s", "…", "%q", "…", "%v", "…", "%d", "…")

func (e *RecordError) Unwrap() error { return e.Err }

// Put takes in records in one transaction, and says of each what it did. A record
// that equals the stored one changes nothing. A bib that does not say when it came
// into the catalogue keeps the stored day, and an item stays where it is, whatever
// the record says; items that the record does not mention stay. Its wanted class stays too,
// and is that of copies, loans and year where it comes with its first copies. What is hidden
// (see HideBibTx) is there again when a record names it. One bad record is a *RecordError,
// and then nothing at all is taken in.
func (c *Catalogue) Put(ctx context.Context, records ...library.Record) ([]Outcome, error) {
	incoming := make([]Incoming, len(records))
	for i, r := range records {
		incoming[i].Record = r
	}
	b, err := c.putAll(ctx, newRun(Import{}), incoming)
	if err != nil {
		return nil, err
	}
	return b.outcomes, nil
}

// putAll takes in a batch, and goes on without bad records where the run says what is to
// be done with them. A transaction may be run again: what it did is in what is returned.
func (c *Catalogue) putAll(ctx context.Context, run *run, records []Incoming) (b *putting, err error) {
	err = c.do(ctx, run, c.db.Tx, func(tx *db.Tx) error {
		known, err := branches(ctx, tx)
		if err != nil {
			return err
		}
		site := library.Site{Branches: known}
		b = newPutting(run, library.DateOf(c.today()), len(records))
		if err := b.read(ctx, tx, records); err != nil {
			return err
		}
		for i, r := range records {
			var bad *RecordError
			if bad = check(r, site); bad == nil {
				b.outcomes[i], bad = b.put(tx, i, r)
			}
			switch {
			case bad == nil:
			case run.LeftOut == nil:
				return bad
			default:
				b.outcomes[i], b.refused[i] = Refused, bad
			}
		}
		if err := b.write(ctx, tx); err != nil {
			return err
		}
		return c.follow(ctx, tx, b)
	})
	return b, err
}

// follow lets the digests and circulation follow what a batch wrote, and takes out what
// has left by it.
func (c *Catalogue) follow(ctx context.Context, tx *db.Tx, b *putting) error {
	if err := c.circulation.CopiesTx(ctx, tx, b.copies); err != nil {
		return err
	}
	for _, bib := range b.lost.ids {
		if err := c.InheritTx(ctx, tx, library.BibID(bib), b.heirs[library.BibID(bib)]); err != nil {
			return err
		}
		if err := c.Touch(ctx, tx, library.BibID(bib)); err != nil {
			return err
		}
	}
	changed, err := c.circulation.StatesTx(ctx, tx, b.states)
	if err != nil {
		return err
	}
	for _, id := range changed {
		if n := b.saidBy[id]; b.outcomes[n] == Unchanged {
			b.outcomes[n] = Changed
		}
	}
	leaving := slices.DeleteFunc(b.leavingItems, func(id library.ItemID) bool { return !b.gone[id] })
	if err := c.circulation.WithdrawItemsTx(ctx, tx, leaving); err != nil {
		return err
	}
	for _, bib := range b.leavingBibs {
		if err := c.circulation.WithdrawBibTx(ctx, tx, bib); err != nil {
			return err
		}
	}
	return nil
}

// errDry takes back the transaction of a dry run.
var errDry = errors.New("it is a dry run")

// do runs a transaction of an import, which a dry run takes back, and numbers its changes.
func (c *Catalogue) do(ctx context.Context, run *run, begin func(context.Context, func(*db.Tx) error) error, fn func(*db.Tx) error) error {
	err := begin(ctx, func(tx *db.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if run.DryRun {
			return errDry
		}
		return nil
	})
	switch {
	case run.DryRun && errors.Is(err, errDry):
		return nil
	case err != nil:
		return err
	}
	return c.db.Assign(ctx)
}

// encode returns the bib as it is stored, and makes of it what reading that gives
// back, so that both sides take the digest of the same thing.
func encode(b *library.Bib) (string, *RecordError) {
	text, err := json.Marshal(b)
	if err != nil {
		return "", refuse(b.ID, err, "it cannot be written as JSON")
	}
	if len(text) > maxBib {
		return "", refuse(b.ID, nil, "it is longer than %d bytes", maxBib)
	}
	id := b.ID
	*b = library.Bib{}
	if err := json.Unmarshal(text, b); err != nil {
		return "", refuse(id, err, "it cannot be read back: %v", err)
	}
	return string(text), nil
}

// askable is a key that a database can be asked for, whatever it is: one that no
// check would let pass becomes one that nothing has.
func askable(key string) string {
	if !printable(key) {
		return ""
	}
	return key
}

func nullable(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
