package catalogue

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

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
// the record says; items that the record does not mention stay. What is hidden (see
// HideBibTx) is there again when a record names it. One bad record is a *RecordError, and
// then nothing at all is taken in.
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
		var b putting
		if err := b.read(ctx, tx, records); err != nil {
			return err
		}
		today := library.DateOf(c.today())
		for i, r := range records {
			var bad *RecordError
			if bad = check(r, site); bad == nil {
				outcomes[i], bad = b.put(tx, r, today)
			}
			if bad == nil {
				continue
			}
			outcomes[i] = Refused
			if err := onBad(i, bad); err != nil {
				return err
			}
		}
		if err := b.write(ctx, tx); err != nil {
			return err
		}
		return c.circulation.CopiesTx(ctx, tx, b.copies)
	})
	if err != nil {
		return nil, err
	}
	return outcomes, c.db.Assign(ctx)
}

// putting is what a transaction of Put knows of the records that it touches: as
// they are stored, and then as they are to be.
type putting struct {
	records  map[library.BibID]*library.Record
	owners   map[library.ItemID]library.BibID // of every item that has an ID or barcode of ours
	barcodes map[string]library.ItemID
	hidden   map[library.ItemID]library.Item // left, but a patron still has them; named again they are there again

	bibs, items changeList
	copies      []library.ItemID // items that are new or changed
}

// changeList is what must be written, in the order in which it was first touched.
type changeList struct {
	ids  []string
	bibs map[string]library.BibID
}

func (l *changeList) add(id string, bib library.BibID) {
	if _, ok := l.bibs[id]; ok {
		return
	}
	if l.bibs == nil {
		l.bibs = map[string]library.BibID{}
	}
	l.bibs[id] = bib
	l.ids = append(l.ids, id)
}

// read reads what is stored of the bibs, and of whatever has one of their items'
// IDs or barcodes.
func (b *putting) read(ctx context.Context, tx *db.Tx, records []library.Record) error {
	b.records = map[library.BibID]*library.Record{}
	b.owners = map[library.ItemID]library.BibID{}
	b.barcodes = map[string]library.ItemID{}
	b.hidden = map[library.ItemID]library.Item{}
	var ids, itemIDs, barcodes []string
	for _, r := range records {
		ids = append(ids, askable(string(r.Bib.ID)))
		for _, it := range r.Items {
			itemIDs = append(itemIDs, askable(string(it.ID)))
			if it.Barcode != "" {
				barcodes = append(barcodes, askable(it.Barcode))
			}
		}
	}
	for part := range slices.Chunk(ids, readPart) {
		in, args := list(part)
		stored, err := readRecords(ctx, tx, `id IN `+in, args...)
		if err != nil {
			return err
		}
		for _, r := range stored {
			b.records[r.Bib.ID] = &r
			for _, it := range r.Items {
				b.own(it)
			}
		}
	}
	for _, by := range []struct {
		column string
		keys   []string
	}{{"id", itemIDs}, {"barcode", barcodes}} {
		for part := range slices.Chunk(by.keys, readPart) {
			in, args := list(part)
			err := storedItems(ctx, tx, func(it library.Item, hidden bool) {
				b.own(it)
				if hidden {
					b.hidden[it.ID] = it
				}
			}, by.column+` IN `+in, args...)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *putting) own(it library.Item) {
	b.owners[it.ID] = it.BibID
	if it.Barcode != "" {
		b.barcodes[it.Barcode] = it.ID
	}
}

// put takes in one record, which was checked. A bad one leaves no trace.
func (b *putting) put(tx *db.Tx, r library.Record, today library.Date) (Outcome, *RecordError) {
	stored, known := b.records[r.Bib.ID]
	switch {
	case !r.Bib.AddedOn.IsZero():
	case known:
		r.Bib.AddedOn = stored.Bib.AddedOn
	default:
		r.Bib.AddedOn = today
	}
	text, bad := encode(&r.Bib)
	if bad != nil {
		return 0, bad
	}
	var before library.Record
	var textBefore string
	if known {
		before = *stored
		if textBefore, bad = encode(&before.Bib); bad != nil {
			return 0, bad
		}
	}
	all, changed, bad := b.merge(before.Items, r)
	if bad != nil {
		return 0, bad
	}
	if text == textBefore && len(changed) == 0 {
		return Unchanged, nil
	}
	b.records[r.Bib.ID] = &library.Record{Bib: r.Bib, Items: all}
	if id := string(r.Bib.ID); text != textBefore {
		tx.Changed(db.KindBib, id, id)
	}
	b.bibs.add(string(r.Bib.ID), r.Bib.ID) // also for its digest alone
	for _, it := range before.Items {
		delete(b.barcodes, it.Barcode) // it may have another now
	}
	for _, it := range all {
		b.own(it)
	}
	for _, it := range changed {
		b.items.add(string(it.ID), it.BibID)
		tx.Changed(db.KindItem, string(it.ID), string(it.BibID))
	}
	if known {
		return Changed, nil
	}
	return Added, nil
}

// merge returns all items that the bib will have, and those of them that are new
// or changed.
func (b *putting) merge(stored []library.Item, r library.Record) (all, changed []library.Item, bad *RecordError) {
	all = slices.Clone(stored)
	for _, it := range r.Items {
		it.BibID = r.Bib.ID
		// Taking over another bib's item would make every import of the same file
		// move it back and forth.
		owner, exists := b.owners[it.ID]
		if exists && owner != it.BibID {
			return nil, nil, &RecordError{Bib: it.BibID, Reason: fmt.Sprintf("its copy %s is already a copy of bib %s; correct one of them", it.ID, owner)}
		}
		if other, taken := b.barcodes[it.Barcode]; taken && other != it.ID {
			return nil, nil, &RecordError{Bib: it.BibID, Reason: fmt.Sprintf("its copy %s has the barcode of copy %s of bib %s; correct one of them", it.ID, other, b.owners[other])}
		}
		if i := slices.IndexFunc(all, func(x library.Item) bool { return x.ID == it.ID }); i >= 0 {
			it.State, it.DueOn = all[i].State, all[i].DueOn
			if it != all[i] {
				all[i] = it
				changed = append(changed, it)
				b.copies = append(b.copies, it.ID)
			}
			continue
		}
		if was, hidden := b.hidden[it.ID]; hidden {
			it.State, it.DueOn = was.State, was.DueOn
		}
		if it.State == "" {
			it.State = library.OnShelf
		}
		all = append(all, it)
		changed = append(changed, it)
		b.copies = append(b.copies, it.ID)
	}
	return all, changed, nil
}

// write writes what was put.
func (b *putting) write(ctx context.Context, tx *db.Tx) error {
	var rows [][]any
	for _, id := range b.bibs.ids {
		r := b.records[library.BibID(id)]
		text, bad := encode(&r.Bib)
		if bad != nil {
			return bad
		}
		rows = append(rows, []any{id, library.BucketOf(r.Bib.ID), library.DigestOf(*r).String(), r.Bib.AddedOn, text})
	}
	err := tx.InsertRows(ctx, `INSERT INTO bib (id, bucket, digest, added_on, record)`, rows,
		`ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, added_on = excluded.added_on, record = excluded.record, withdrawn = FALSE`)
	if err != nil {
		return fmt.Errorf("store bibs: %w", err)
	}
	rows = rows[:0]
	for _, id := range b.items.ids {
		r := b.records[b.items.bibs[id]]
		it := r.Items[slices.IndexFunc(r.Items, func(x library.Item) bool { return string(x.ID) == id })]
		rows = append(rows, []any{id, string(it.BibID), string(it.Branch), nullable(it.Barcode), it.CallNumber, it.Shelf, it.Lendable, string(it.State), it.DueOn})
	}
	err = tx.InsertRows(ctx, `INSERT INTO item (id, bib_id, branch_code, barcode, call_number, shelf, lendable, state, due_on)`, rows,
		`ON CONFLICT (id) DO UPDATE SET branch_code = excluded.branch_code, barcode = excluded.barcode,
			call_number = excluded.call_number, shelf = excluded.shelf, lendable = excluded.lendable, withdrawn = FALSE`)
	if err != nil {
		return fmt.Errorf("store copies: %w", err)
	}
	return nil
}

// encode returns the bib as it is stored, and makes of it what reading that gives
// back, so that both sides take the digest of the same thing.
func encode(b *library.Bib) (string, *RecordError) {
	text, err := json.Marshal(b)
	if err != nil {
		return "", &RecordError{Bib: b.ID, Reason: "it cannot be written as JSON", Err: err}
	}
	if len(text) > maxBib {
		return "", &RecordError{Bib: b.ID, Reason: fmt.Sprintf("it is longer than %d bytes", maxBib)}
	}
	id := b.ID
	*b = library.Bib{}
	if err := json.Unmarshal(text, b); err != nil {
		return "", &RecordError{Bib: id, Reason: "it cannot be read back: " + err.Error(), Err: err}
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
