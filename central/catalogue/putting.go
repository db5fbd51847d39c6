package catalogue

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"madoguchi/central/db"
	"madoguchi/library"
)

// putting is one batch of an import: what is stored of all that its records touch, which
// becomes what is to be stored, and what must be done for it.
type putting struct {
	run      *run
	today    library.Date
	outcomes []Outcome // of each record
	refused  map[int]*RecordError

	bibs     map[library.BibID]*storedBib
	items    map[library.ItemID]*storedItem // of those bibs, and whatever has an ID or barcode of the records
	barcodes map[string]library.ItemID

	bibRows, itemRows changeList                      // to be written
	lost              changeList                      // bibs that lost a copy to another one
	heirs             map[library.BibID]library.BibID // which lost one to which, the last time
	copies            []library.ItemID                // new or changed
	states            []library.Availability
	saidBy            map[library.ItemID]int // which of the records says those

	pending []claim                 // by the index of their record
	claimed map[library.ItemID]bool // by those
	unnamed []library.BibID         // said to have left, but with copies that are claimed: they lack
	moving  bool                    // claimed copies move now

	takenBibs, takenItems map[string]int // from other sources, how many from each

	placed       map[library.ItemID]*storedItem // by a record of this batch
	freed        []string                       // barcodes that no copy has any longer
	gone         map[library.ItemID]bool        // they leave, alone or with their bib
	leavingItems []library.ItemID               // alone, those that were put elsewhere after all among them
	leavingBibs  []library.BibID
}

// storedBib is a bib with what only the database says of it.
type storedBib struct {
	library.Bib
	source string
	hidden bool // see HideBibTx
	items  map[library.ItemID]bool
}

// storedItem is an item with what only the database says of it.
type storedItem struct {
	library.Item
	source string
	hidden bool
	said   library.ItemState // where the last import said that it is; "" for nowhere
	loans  int               // in the last year, elsewhere
}

func newPutting(run *run, today library.Date, records int) *putting {
	return &putting{
		run: run, today: today, outcomes: make([]Outcome, records), refused: map[int]*RecordError{},
		bibs: map[library.BibID]*storedBib{}, items: map[library.ItemID]*storedItem{}, barcodes: map[string]library.ItemID{},
		placed: map[library.ItemID]*storedItem{}, gone: map[library.ItemID]bool{}, saidBy: map[library.ItemID]int{},
		heirs:   map[library.BibID]library.BibID{},
		claimed: map[library.ItemID]bool{}, takenBibs: map[string]int{}, takenItems: map[string]int{},
	}
}

// changeList is a set of IDs in the order in which they were added.
type changeList struct {
	ids  []string
	seen map[string]bool
}

func (l *changeList) add(id string) {
	if l.seen[id] {
		return
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[id] = true
	l.ids = append(l.ids, id)
}

// read reads what is stored of the bibs, and of whatever has one of their items'
// IDs or barcodes.
func (b *putting) read(ctx context.Context, tx *db.Tx, records []Incoming) error {
	var ids, itemIDs, barcodes []string
	for _, r := range records {
		ids = append(ids, askable(string(r.Bib.ID)))
		for _, it := range r.Items {
			itemIDs = append(itemIDs, askable(string(it.ID)))
			if it.Barcode != "" {
				barcodes = append(barcodes, askable(it.Barcode))
			}
		}
		for _, id := range r.Withdrawn {
			itemIDs = append(itemIDs, askable(string(id)))
		}
	}
	for part := range slices.Chunk(ids, readPart) {
		if err := b.readBibs(ctx, tx, part); err != nil {
			return err
		}
	}
	for _, by := range []struct {
		column string
		keys   []string
	}{{"bib_id", ids}, {"id", itemIDs}, {"barcode", barcodes}} {
		for part := range slices.Chunk(by.keys, readPart) {
			if err := b.readItems(ctx, tx, by.column, part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *putting) readBibs(ctx context.Context, tx *db.Tx, ids []string) error {
	in, args := list(ids)
	rows, err := tx.QueryContext(ctx, `SELECT record, source, withdrawn FROM bib WHERE id IN `+in, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		x := storedBib{items: map[library.ItemID]bool{}}
		var text sql.RawBytes
		if err := rows.Scan(&text, &x.source, &x.hidden); err != nil {
			return err
		}
		if err := json.Unmarshal(text, &x.Bib); err != nil {
			return fmt.Errorf("read a bib: %w", err)
		}
		b.bibs[x.ID] = &x
	}
	return rows.Err()
}

func (b *putting) readItems(ctx context.Context, tx *db.Tx, column string, keys []string) error {
	in, args := list(keys)
	rows, err := tx.QueryContext(ctx, `SELECT id, bib_id, branch_code, barcode, call_number, shelf, lendable, state, due_on, source, withdrawn, said, loans
		FROM item WHERE `+column+` IN `+in+` ORDER BY id`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var x storedItem
		var barcode sql.NullString
		err := rows.Scan(&x.ID, &x.BibID, &x.Branch, &barcode, &x.CallNumber, &x.Shelf, &x.Lendable, &x.State, &x.DueOn, &x.source, &x.hidden, &x.said, &x.loans)
		if err != nil {
			return err
		}
		if b.items[x.ID] != nil || b.run.roll.gone[x.ID] {
			continue
		}
		x.Barcode = barcode.String
		if b.run.DryRun && b.run.roll.placed(x.Item) {
			x.BibID = "" // an earlier batch put it elsewhere
		}
		b.own(&x)
		if b.run.roll.freed[x.Barcode] {
			delete(b.barcodes, x.Barcode)
		}
	}
	return rows.Err()
}

// own makes an item that of its bib.
func (b *putting) own(x *storedItem) {
	if was := b.items[x.ID]; was != nil {
		b.disown(was)
	}
	b.items[x.ID] = x
	if x.Barcode != "" {
		b.barcodes[x.Barcode] = x.ID
	}
	if bib := b.bibs[x.BibID]; bib != nil {
		bib.items[x.ID] = true
	}
}

// disown takes an item from its bib.
func (b *putting) disown(x *storedItem) {
	delete(b.items, x.ID)
	if b.barcodes[x.Barcode] == x.ID {
		delete(b.barcodes, x.Barcode)
	}
	if bib := b.bibs[x.BibID]; bib != nil {
		delete(bib.items, x.ID)
	}
}

// record is a bib as everybody but circulation sees it.
func (b *putting) record(bib *storedBib) library.Record {
	r := library.Record{Bib: bib.Bib}
	for id := range bib.items {
		if x := b.items[id]; !x.hidden {
			r.Items = append(r.Items, x.Item)
		}
	}
	return r
}

// put takes in record n of the batch, which was checked. A bad one leaves no trace. Whether
// states that it says change it is seen when circulation knows them.
func (b *putting) put(tx *db.Tx, n int, r Incoming) (Outcome, *RecordError) {
	if r.Deleted {
		return b.leave(r)
	}
	stored, known := b.bibs[r.Bib.ID]
	there := known && !stored.hidden
	switch {
	case !r.Bib.AddedOn.IsZero():
	case there:
		r.Bib.AddedOn = stored.AddedOn
	default:
		r.Bib.AddedOn = b.today
	}
	if r.Bib.Wanted = 0; known {
		r.Bib.Wanted = stored.Wanted
	}
	if len(r.Items) > 0 && (!there || len(stored.items) == 0) {
		r.Bib.Wanted = firstClass(r, b.today)
	}
	text, bad := encode(&r.Bib)
	if bad != nil {
		return 0, bad
	}
	var textBefore string
	if there {
		if textBefore, bad = encode(&stored.Bib); bad != nil {
			return 0, bad
		}
	}
	places, claims, bad := b.merge(r)
	if bad != nil {
		return 0, bad
	}
	for _, x := range claims {
		x.number, b.claimed[x.item.ID] = n, true
		b.pending = append(b.pending, x)
	}
	outcome := Unchanged
	switch {
	case !there:
		outcome = Added
	case text != textBefore:
		outcome = Changed
	}
	if !known {
		stored = &storedBib{items: map[library.ItemID]bool{}}
		b.bibs[r.Bib.ID] = stored
	}
	id := string(r.Bib.ID)
	if text != textBefore {
		tx.Changed(db.KindBib, id, id)
	}
	if text != textBefore || stored.source != b.run.Source {
		b.bibRows.add(id)
	}
	if there && stored.source != b.run.Source {
		b.takenBibs[stored.source]++
	}
	stored.Bib, stored.source, stored.hidden = r.Bib, b.run.Source, false
	changed := false
	for _, p := range places {
		changed = b.place(tx, n, p) || changed
	}
	for _, id := range r.Withdrawn {
		if x := b.items[id]; x != nil && !x.hidden && !b.gone[id] && x.BibID == r.Bib.ID && b.placed[id] == nil && !b.claims(id) {
			b.gone[id] = true
			b.leavingItems = append(b.leavingItems, id)
			changed = true
		}
	}
	if outcome == Unchanged && changed {
		outcome = Changed
	}
	return outcome, nil
}

// placing is an item as it is to be stored, and where it is by the file when that counts.
type placing struct {
	*storedItem
	said *library.Availability
}

// merge returns the items of a record as they are to be stored, and those that another bib
// has and that move later.
func (b *putting) merge(r Incoming) (places []placing, claims []claim, bad *RecordError) {
	places = make([]placing, 0, len(r.Items))
	for _, it := range r.Items {
		it.BibID = r.Bib.ID
		was := b.items[it.ID]
		if bad := b.mayMove(it, was); bad != nil {
			return nil, nil, bad
		}
		if other, taken := b.barcodes[it.Barcode]; taken && other != it.ID && !b.gone[other] {
			return nil, nil, refuse(it.BibID, nil, "its copy %s has the barcode of copy %s of bib %s; correct one of them", it.ID, other, b.items[other].BibID)
		}
		if was != nil && was.BibID != it.BibID && !was.hidden && !b.gone[it.ID] && !b.moving {
			x := claim{item: it, from: was.BibID, place: r.Place}
			if n, said := r.Loans[it.ID]; said {
				x.loans = map[library.ItemID]int{it.ID: n}
			}
			claims = append(claims, x)
			continue
		}
		x := &storedItem{Item: it, source: b.run.Source, said: it.State}
		if was != nil {
			x.State, x.DueOn, x.loans = was.State, was.DueOn, was.loans
			x.said = cmp.Or(it.State, was.said)
		} else if x.State = cmp.Or(it.State, library.OnShelf); x.State != library.OnLoan {
			x.DueOn = library.Date{}
		}
		if loans, said := r.Loans[it.ID]; said {
			x.loans = loans
		}
		places = append(places, placing{x, b.news(it, was)})
	}
	return places, claims, nil
}

// mayMove says why an item cannot be one of a record's bib. Taking over another bib's
// would make every import of the same file move it back and forth: only a file that is the
// whole of its source names it once for all.
func (b *putting) mayMove(it library.Item, was *storedItem) *RecordError {
	other := ""
	switch placed := b.placed[it.ID]; {
	case placed != nil:
		other = fmt.Sprintf("bib %s", placed.BibID)
	case b.run.roll.placed(it):
		other = "another record of this import"
	case was == nil || was.BibID == it.BibID || was.hidden || b.gone[it.ID]:
	case b.run.Full == nil:
		other = fmt.Sprintf("bib %s", was.BibID)
	case was.source != b.run.Source:
		other = fmt.Sprintf("bib %s, by an import of the source %s", was.BibID, was.source)
	}
	if other == "" {
		return nil
	}
	return refuse(it.BibID, nil, "its copy %s is already a copy of %s; correct one of them", it.ID, other)
}

// news returns where a copy that is there is by the file, nil where that does not count.
func (b *putting) news(it library.Item, was *storedItem) *library.Availability {
	a := &library.Availability{ItemID: it.ID, State: it.State}
	if it.State == library.OnLoan {
		a.DueOn = it.DueOn
	}
	switch {
	case was == nil || it.State == "":
		return nil
	case b.run.FileStates || was.State == was.said && elsewhere(was.State):
		if a.State != was.State || a.DueOn != was.DueOn {
			return a
		}
	case it.State == was.said:
		return nil
	case it.State == library.Missing && was.State != library.Missing:
		return a
	case was.said == library.Missing && was.State == library.Missing: // it was found
		return &library.Availability{ItemID: it.ID, State: library.OnShelf}
	}
	return nil
}

// elsewhere reports whether a copy in a state comes back to its shelf by circulation: what the
// other system's has begun, and ours has not changed, ends there.
func elsewhere(s library.ItemState) bool {
	return s == library.OnLoan || s == library.InTransit || s == library.OnHoldShelf
}

// place puts an item where record n says, and reports whether that changes anything that
// is seen of it.
func (b *putting) place(tx *db.Tx, n int, p placing) (changed bool) {
	x, was := p.storedItem, b.items[p.ID]
	b.placed[x.ID] = x
	delete(b.gone, x.ID)
	if p.said != nil {
		b.states, b.saidBy[x.ID] = append(b.states, *p.said), n
	}
	if was != nil && *was == *x {
		return false
	}
	if was != nil && !was.hidden && was.source != x.source {
		b.takenItems[was.source]++
	}
	b.itemRows.add(string(x.ID))
	if changed = was == nil || was.hidden || was.Item != x.Item; changed {
		b.bibRows.add(string(x.BibID)) // for its digest alone
		b.copies = append(b.copies, x.ID)
		tx.Changed(db.KindItem, string(x.ID), string(x.BibID))
	}
	if was != nil && was.BibID != x.BibID {
		b.lost.add(string(was.BibID))
		b.heirs[was.BibID] = x.BibID
		tx.Changed(db.KindBib, string(was.BibID), string(was.BibID)) // its bucket is another
	}
	if was != nil && was.Barcode != x.Barcode {
		b.freed = append(b.freed, was.Barcode)
	}
	b.own(x)
	return changed
}

// leave takes in a record that says that its bib has left.
func (b *putting) leave(r Incoming) (Outcome, *RecordError) {
	stored, known := b.bibs[r.Bib.ID]
	if !known || stored.hidden {
		return Unchanged, nil
	}
	items := slices.Sorted(maps.Keys(stored.items))
	for _, id := range items {
		if x := b.items[id]; !x.hidden && x.source != b.run.Source {
			return 0, refuse(r.Bib.ID, nil, "it is marked as deleted, but an import of the source %q brought its copy %s; both stay", x.source, id)
		}
	}
	if slices.ContainsFunc(items, b.claims) {
		b.unnamed = append(b.unnamed, r.Bib.ID)
		return Unchanged, nil
	}
	for _, id := range items {
		if !b.items[id].hidden {
			b.gone[id] = true
		}
	}
	b.leavingBibs = append(b.leavingBibs, r.Bib.ID)
	return Withdrawn, nil
}

// write writes what was put.
func (b *putting) write(ctx context.Context, tx *db.Tx) error {
	var rows [][]any
	for _, id := range b.bibRows.ids {
		stored := b.bibs[library.BibID(id)]
		text, bad := encode(&stored.Bib)
		if bad != nil {
			return bad
		}
		rows = append(rows, []any{id, library.BucketOf(stored.ID), library.DigestOf(b.record(stored)).String(), stored.AddedOn, text, stored.source})
	}
	err := tx.InsertRows(ctx, `INSERT INTO bib (id, bucket, digest, added_on, record, source)`, rows,
		`ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, added_on = excluded.added_on, record = excluded.record, source = excluded.source, withdrawn = FALSE`)
	if err != nil {
		return fmt.Errorf("store bibs: %w", err)
	}
	rows = rows[:0]
	for _, id := range b.itemRows.ids {
		x := b.items[library.ItemID(id)]
		rows = append(rows, []any{
			id, string(x.BibID), string(x.Branch), nullable(x.Barcode), x.CallNumber, x.Shelf, x.Lendable, string(x.State), x.DueOn, x.source, string(x.said), x.loans,
		})
	}
	err = tx.InsertRows(ctx, `INSERT INTO item (id, bib_id, branch_code, barcode, call_number, shelf, lendable, state, due_on, source, said, loans)`, rows,
		`ON CONFLICT (id) DO UPDATE SET bib_id = excluded.bib_id, branch_code = excluded.branch_code, barcode = excluded.barcode,
			call_number = excluded.call_number, shelf = excluded.shelf, lendable = excluded.lendable,
			source = excluded.source, said = excluded.said, loans = excluded.loans, withdrawn = FALSE`)
	if err != nil {
		return fmt.Errorf("store copies: %w", err)
	}
	return nil
}
