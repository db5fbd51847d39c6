package catalogue

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

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
	Refused // only in an import: a bad record that was left out
)

// RecordError says why a record cannot be taken in. Nothing of it was.
type RecordError struct {
	Bib    library.BibID
	Reason string
	Err    error // the refusal behind it, where there is one
}

func (e *RecordError) Error() string {
	if e.Bib == "" {
		return e.Reason
	}
	return fmt.Sprintf("bib %s: %s", e.Bib, e.Reason)
}

func (e *RecordError) Unwrap() error { return e.Err }

// Put takes in records in one transaction, and says of each what it did. A record
// that equals the stored one changes nothing. A bib that does not say when it came
// into the catalogue keeps the stored day, and an item stays where it is, whatever
// the record says; items that the record does not mention stay. One bad record is
// a *RecordError, and then nothing at all is taken in.
func (c *Catalogue) Put(ctx context.Context, records ...library.Record) ([]Outcome, error) {
	return c.putAll(ctx, records, func(_ int, bad *RecordError) error { return bad })
}

// putAll asks onBad of each bad record whether to go on without it.
func (c *Catalogue) putAll(ctx context.Context, records []library.Record, onBad func(int, *RecordError) error) ([]Outcome, error) {
	var outcomes []Outcome
	err := c.db.Tx(ctx, func(tx *db.Tx) error {
		outcomes = make([]Outcome, len(records))
		known, err := branches(ctx, tx)
		if err != nil {
			return err
		}
		site := library.Site{Branches: known}
		for i, r := range records {
			outcomes[i], err = c.put(ctx, tx, site, r)
			var bad *RecordError
			if errors.As(err, &bad) {
				outcomes[i], err = Refused, onBad(i, bad)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return outcomes, c.db.Assign(ctx)
}

// put takes in one record. It writes nothing before it knows that it may.
func (c *Catalogue) put(ctx context.Context, tx *db.Tx, site library.Site, r library.Record) (Outcome, error) {
	if err := check(r, site); err != nil {
		return 0, err
	}
	outcome := Unchanged
	stored, err := record(ctx, tx, r.Bib.ID)
	switch {
	case err == library.ErrUnknownBib:
		outcome = Added
		if r.Bib.AddedOn.IsZero() {
			r.Bib.AddedOn = library.DateOf(c.today())
		}
	case err != nil:
		return 0, err
	case r.Bib.AddedOn.IsZero():
		r.Bib.AddedOn = stored.Bib.AddedOn
	}

	bib, err := encode(&r.Bib)
	if err != nil {
		return 0, err
	}
	bibChanged := outcome == Added
	if !bibChanged {
		before, err := encode(&stored.Bib)
		if err != nil {
			return 0, err
		}
		bibChanged = bib != before
	}
	merged, items, err := mergeItems(ctx, tx, stored.Items, r)
	if err != nil {
		return 0, err
	}
	if !bibChanged && len(items) == 0 {
		return Unchanged, nil
	}
	if outcome != Added {
		outcome = Changed
	}

	digest := library.DigestOf(library.Record{Bib: r.Bib, Items: merged})
	_, err = tx.ExecContext(ctx, `INSERT INTO bib (id, bucket, digest, added_on, record) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, added_on = excluded.added_on, record = excluded.record`,
		string(r.Bib.ID), library.BucketOf(r.Bib.ID), digest.String(), r.Bib.AddedOn, bib)
	if err != nil {
		return 0, fmt.Errorf("store bib %s: %w", r.Bib.ID, err)
	}
	if bibChanged {
		if err := tx.Changed(ctx, db.KindBib, string(r.Bib.ID), string(r.Bib.ID)); err != nil {
			return 0, err
		}
	}
	for _, it := range items {
		if err := putItem(ctx, tx, it); err != nil {
			return 0, err
		}
	}
	return outcome, nil
}

// mergeItems returns all items that the bib will have, and those of them that are
// new or changed.
func mergeItems(ctx context.Context, tx *db.Tx, stored []library.Item, r library.Record) (all, changed []library.Item, err error) {
	all = append(all, stored...)
	index := make(map[library.ItemID]int, len(stored))
	for i, it := range stored {
		index[it.ID] = i
	}
	for _, it := range r.Items {
		it.BibID = r.Bib.ID
		if i, ok := index[it.ID]; ok {
			it.State, it.DueOn = stored[i].State, stored[i].DueOn
			if it != stored[i] {
				all[i] = it
				changed = append(changed, it)
			}
			continue
		}
		if it.State == "" {
			it.State = library.OnShelf
		}
		all = append(all, it)
		changed = append(changed, it)
	}
	for _, it := range changed {
		if err := notOfAnother(ctx, tx, it); err != nil {
			return nil, nil, err
		}
	}
	return all, changed, nil
}

// notOfAnother refuses an item whose ID or barcode another copy has. Taking it
// over would make every import of the same file move it back and forth.
func notOfAnother(ctx context.Context, tx *db.Tx, it library.Item) error {
	var id, bib string
	err := tx.QueryRowContext(ctx, `SELECT id, bib_id FROM item
		WHERE (id = $1 AND bib_id <> $2) OR (barcode = $3 AND id <> $1) LIMIT 1`,
		string(it.ID), string(it.BibID), nullable(it.Barcode)).Scan(&id, &bib)
	if err == sql.ErrNoRows {
		return nil
	}
	if err != nil {
		return err
	}
	return &RecordError{Bib: it.BibID, Reason: fmt.Sprintf("its copy %s is already copy %s of bib %s; correct one of them", it.ID, id, bib)}
}

func putItem(ctx context.Context, tx *db.Tx, it library.Item) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO item (id, bib_id, branch_code, barcode, call_number, shelf, lendable, state, due_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET branch_code = excluded.branch_code, barcode = excluded.barcode,
			call_number = excluded.call_number, shelf = excluded.shelf, lendable = excluded.lendable`,
		string(it.ID), string(it.BibID), string(it.Branch), nullable(it.Barcode), it.CallNumber, it.Shelf, it.Lendable,
		string(it.State), it.DueOn)
	if err != nil {
		return fmt.Errorf("store copy %s: %w", it.ID, err)
	}
	return tx.Changed(ctx, db.KindItem, string(it.ID), string(it.BibID))
}

// Delete takes a bib and all its items out of the catalogue.
func (c *Catalogue) Delete(ctx context.Context, id library.BibID) error {
	err := c.db.Tx(ctx, func(tx *db.Tx) error {
		r, err := record(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, it := range r.Items {
			if err := tx.Changed(ctx, db.KindItem, string(it.ID), string(id)); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM item WHERE bib_id = $1`, string(id)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM bib WHERE id = $1`, string(id)); err != nil {
			return err
		}
		return tx.Changed(ctx, db.KindBib, string(id), string(id))
	})
	if err != nil {
		return err
	}
	return c.db.Assign(ctx)
}

// Touch brings a bib's digest up to date within a transaction that changed
// something of its items.
func (c *Catalogue) Touch(ctx context.Context, tx *db.Tx, id library.BibID) error {
	r, err := record(ctx, tx, id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE bib SET digest = $2 WHERE id = $1`, string(id), library.DigestOf(r).String())
	return err
}

// The longest texts that a record may have, in bytes: an identifier or barcode,
// and the whole bib as JSON.
const (
	maxID  = 128
	maxBib = 1 << 20
)

func check(r library.Record, site library.Site) error {
	bad := func(refusal error, format string, args ...any) error {
		return &RecordError{Bib: r.Bib.ID, Reason: fmt.Sprintf(format, args...), Err: refusal}
	}
	if err := checkID(string(r.Bib.ID)); err != nil {
		r.Bib.ID = ""
		return bad(nil, "its identifier %v", err)
	}
	if strings.TrimSpace(r.Bib.Title) == "" {
		return bad(nil, "it has no title")
	}
	ids, barcodes := map[library.ItemID]bool{}, map[string]bool{}
	for _, it := range r.Items {
		if err := checkID(string(it.ID)); err != nil {
			return bad(nil, "the identifier of a copy %v", err)
		}
		if it.BibID != "" && it.BibID != r.Bib.ID {
			return bad(nil, "its copy %s says that it belongs to bib %s", it.ID, it.BibID)
		}
		if ids[it.ID] || it.Barcode != "" && barcodes[it.Barcode] {
			return bad(nil, "its copy %s is there twice", it.ID)
		}
		ids[it.ID], barcodes[it.Barcode] = true, true
		if _, ok := site.Branch(it.Branch); !ok {
			return bad(library.ErrUnknownBranch, "its copy %s is of the branch %q, which does not exist; add it with: central branch add", it.ID, it.Branch)
		}
		if !knownState(it.State) {
			return bad(nil, "its copy %s is in a state that is not known, %q", it.ID, it.State)
		}
		for _, text := range []string{it.Barcode, it.CallNumber, it.Shelf} {
			if len(text) > maxID*4 || !printable(text) {
				return bad(nil, "its copy %s has a barcode, call number or shelf that is too long or not printable", it.ID)
			}
		}
	}
	return nil
}

func checkID(id string) error {
	switch {
	case id == "":
		return fmt.Errorf("is missing")
	case len(id) > maxID:
		return fmt.Errorf("is longer than %d bytes", maxID)
	case !printable(id) || strings.TrimSpace(id) != id:
		return fmt.Errorf("%q has characters that cannot be printed or a space at its end", id)
	}
	return nil
}

func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, unicode.IsControl) < 0
}

func knownState(s library.ItemState) bool {
	switch s {
	case "", library.OnShelf, library.OnLoan, library.InTransit, library.OnHoldShelf, library.Missing:
		return true
	}
	return false
}

// encode returns the bib as it is stored, and makes of it what reading that gives
// back, so that both sides take the digest of the same thing.
func encode(b *library.Bib) (string, error) {
	text, err := json.Marshal(b)
	if err != nil {
		return "", &RecordError{Bib: b.ID, Reason: "it cannot be written as JSON", Err: err}
	}
	if len(text) > maxBib {
		return "", &RecordError{Bib: b.ID, Reason: fmt.Sprintf("it is longer than %d bytes", maxBib)}
	}
	*b = library.Bib{}
	if err := json.Unmarshal(text, b); err != nil {
		return "", &RecordError{Bib: b.ID, Reason: "it cannot be read back: " + err.Error(), Err: err}
	}
	return string(text), nil
}

func nullable(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
