package catalogue

import (
	"context"
	"database/sql"
	"slices"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Full is an import of a file that is the whole of its source.
type Full struct {
	// Limit is how many percent of the source's bibs, and of its copies, may be withdrawn
	// with one import, of each at least one.
	Limit int
	// Lacking is told once, when the file was read to its end, what it lacks.
	Lacking func(Lacking)
}

// Lacking is what of a source a file does not name.
type Lacking struct {
	Bibs, Items       int // the copies of those bibs are among the items
	OfBibs, OfItems   int // how many the source had when the import began
	MayBibs, MayItems int // how many may be withdrawn with one import
	Moves             int // copies that the file has with another bib: they move where it may withdraw what it lacks
	First             []LackingOne
	Kept              Kept // why nothing of it is withdrawn, WithdrawAll where it is
}

// LackingOne is a bib, or a copy of a bib that stays.
type LackingOne struct {
	Bib   library.BibID
	Item  library.ItemID // "" for the bib with all its copies
	Title string
}

// Kept says why nothing of what lacks is withdrawn.
type Kept int

// Why nothing is withdrawn.
const (
	WithdrawAll   Kept = iota // it is
	OverLimit                 // it is more than one import may withdraw
	WhoseUnknown              // a record was left out, and nothing tells whose it is: it may be one of those
	CutOff                    // the file is cut off
	MayBeCut                  // nothing says that the file is whole: its last line has no line end
	NotUnderstood             // nothing of the file went in
)

// lackingShown is how many Lacking names.
const lackingShown = 10

// size is how much a source has.
type size struct{ bibs, items int }

func (c *Catalogue) sizeOf(ctx context.Context, source string) (n size, err error) {
	err = c.db.View(ctx, func(tx *db.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM bib WHERE source = $1 AND NOT withdrawn`, source).Scan(&n.bibs)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM item WHERE source = $1 AND NOT withdrawn`, source).Scan(&n.items)
	})
	return n, err
}

// may is how many of a number may be withdrawn with one import.
func (f *Full) may(of int) int { return max(1, int(int64(of)*int64(f.Limit)/100)) }

// withdrawLacking withdraws what the file lacks of its source, which had so much when the
// import began.
func (c *Catalogue) withdrawLacking(ctx context.Context, run *run, had size) error {
	s := lackingScan{catalogue: c, run: run, leaving: map[library.BibID]int{}}
	s.OfBibs, s.OfItems = had.bibs, had.items
	s.MayBibs, s.MayItems = run.Full.may(had.bibs), run.Full.may(had.items)
	s.Moves = len(run.claims)
	if err := s.read(ctx); err != nil {
		return err
	}
	switch {
	case run.n.understood() == 0:
		s.Kept = NotUnderstood
	case run.roll.cut:
		s.Kept = CutOff
	case run.roll.mayBeCut:
		s.Kept = MayBeCut
	case run.roll.unknown > 0:
		s.Kept = WhoseUnknown
	case s.Bibs > s.MayBibs || s.Items > s.MayItems:
		s.Kept = OverLimit
	}
	if run.Full.Lacking != nil {
		run.Full.Lacking(s.Lacking)
	}
	if s.Kept != WithdrawAll {
		return nil
	}
	if err := c.moveClaimed(ctx, run); err != nil {
		return err
	}
	for part := range slices.Chunk(s.bibs, withdrawAtOnce) {
		if err := c.withdrawBibs(ctx, run, part, s.leaving); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(s.items, withdrawAtOnce) {
		if err := c.withdrawItems(ctx, run, part); err != nil {
			return err
		}
	}
	return nil
}

const (
	withdrawAtOnce = 100    // with one transaction
	scanAtOnce     = 10_000 // with one statement
)

// lackingScan looks through a source for what a file lacks. IDs are kept only as long as
// they may be withdrawn.
type lackingScan struct {
	catalogue *Catalogue
	run       *run
	Lacking
	bibs    []library.BibID
	leaving map[library.BibID]int // those bibs, with how many copies
	items   []library.ItemID      // of bibs that stay
}

// read looks through the source page by page. What others change between two pages is as
// if they changed it after all.
func (s *lackingScan) read(ctx context.Context) error {
	for after, more := "", true; more; {
		var lacking []library.BibID
		err := s.catalogue.db.View(ctx, func(tx *db.Tx) (err error) {
			lacking, after, more, err = s.readBibs(ctx, tx, after)
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range lacking {
			s.bib(id)
		}
	}
	for after, more := library.ItemID(""), true; more; {
		var copies []storedCopy
		err := s.catalogue.db.View(ctx, func(tx *db.Tx) (err error) {
			copies, err = readCopies(ctx, tx, `source = $1 AND id > $2 ORDER BY id LIMIT $3`, s.run.Source, string(after), scanAtOnce)
			return err
		})
		if err != nil {
			return err
		}
		for _, x := range copies {
			s.item(x)
			after = x.id
		}
		more = len(copies) == scanAtOnce
	}
	return s.catalogue.db.View(ctx, func(tx *db.Tx) (err error) {
		for i := range s.First {
			if s.First[i].Title, err = s.catalogue.TitleTx(ctx, tx, s.First[i].Bib); err != nil {
				return err
			}
		}
		return nil
	})
}

// bib counts a bib that leaves with all its copies.
func (s *lackingScan) bib(id library.BibID) {
	if s.Bibs++; s.Bibs > s.MayBibs {
		s.bibs, s.leaving = nil, nil
	} else {
		s.bibs, s.leaving[id] = append(s.bibs, id), 0
	}
	s.show(LackingOne{Bib: id})
}

// item counts a copy of the source, if it leaves.
func (s *lackingScan) item(x storedCopy) {
	if done, left := s.run.roll.has(x.id, x.barcode, x.bib); done || left {
		return
	}
	s.Items++
	_, withBib := s.leaving[x.bib]
	switch {
	case withBib:
		s.leaving[x.bib]++
		return
	case s.Items > s.MayItems:
		s.items = nil
	default:
		s.items = append(s.items, x.id)
	}
	s.show(LackingOne{Bib: x.bib, Item: x.id})
}

func (s *lackingScan) show(x LackingOne) {
	if len(s.First) < lackingShown {
		s.First = append(s.First, x)
	}
}

// storedCopy is what a scan must know of a copy.
type storedCopy struct {
	id      library.ItemID
	bib     library.BibID
	barcode string
	source  string
}

func readCopies(ctx context.Context, tx *db.Tx, where string, args ...any) ([]storedCopy, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, bib_id, coalesce(barcode, ''), source FROM item WHERE NOT withdrawn AND `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []storedCopy
	for rows.Next() {
		var x storedCopy
		if err := rows.Scan(&x.id, &x.bib, &x.barcode, &x.source); err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// readBibs reads which of the source's bibs after an ID, up to another one, the file lacks,
// and all of whose copies leave with them.
func (s *lackingScan) readBibs(ctx context.Context, tx *db.Tx, after string) (lacking []library.BibID, last string, more bool, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM bib WHERE source = $1 AND NOT withdrawn AND id > $2 ORDER BY id LIMIT $3`, s.run.Source, after, scanAtOnce)
	if err != nil {
		return nil, "", false, err
	}
	defer rows.Close()
	var unnamed []string
	n := 0
	for ; rows.Next(); n++ {
		if err := rows.Scan(&last); err != nil {
			return nil, "", false, err
		}
		if s.run.roll.lacksBib(library.BibID(last)) {
			unnamed = append(unnamed, last)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, "", false, err
	}
	rows.Close()
	for part := range slices.Chunk(unnamed, readPart) {
		in, args := list(part)
		copies, err := readCopies(ctx, tx, `bib_id IN `+in, args...)
		if err != nil {
			return nil, "", false, err
		}
		stays := map[string]bool{}
		for _, x := range copies {
			if done, left := s.run.roll.has(x.id, x.barcode, x.bib); left || !done && x.source != s.run.Source {
				stays[string(x.bib)] = true
			}
		}
		for _, id := range part {
			if !stays[id] {
				lacking = append(lacking, library.BibID(id))
			}
		}
	}
	return lacking, last, n == scanAtOnce, nil
}

// withdrawBibs withdraws bibs, with so many copies each, that are still the source's own.
func (c *Catalogue) withdrawBibs(ctx context.Context, run *run, ids []library.BibID, copies map[library.BibID]int) error {
	var bibs, items int
	err := c.do(ctx, run, c.locked, func(tx *db.Tx) error {
		bibs, items = 0, 0
		for _, id := range ids {
			var found library.BibID
			err := tx.QueryRowContext(ctx, `SELECT id FROM bib WHERE id = $1 AND source = $2 AND NOT withdrawn
				AND NOT EXISTS (SELECT 1 FROM item i WHERE i.bib_id = bib.id AND NOT i.withdrawn AND i.source <> $2)`, string(id), run.Source).Scan(&found)
			if err == sql.ErrNoRows { // another import named it meanwhile
				continue
			}
			if err != nil {
				return err
			}
			if err := c.circulation.WithdrawBibTx(ctx, tx, id); err != nil {
				return err
			}
			bibs, items = bibs+1, items+copies[id]
		}
		return nil
	})
	if err != nil {
		return err
	}
	run.withdrew(bibs, items)
	return nil
}

// withdrawItems is withdrawBibs for copies whose bibs stay.
func (c *Catalogue) withdrawItems(ctx context.Context, run *run, ids []library.ItemID) error {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = string(id)
	}
	in, args := list(keys)
	var there []library.ItemID
	err := c.do(ctx, run, c.locked, func(tx *db.Tx) error {
		there = nil
		copies, err := readCopies(ctx, tx, `id IN `+in+` ORDER BY id`, args...)
		if err != nil {
			return err
		}
		for _, x := range copies {
			if x.source == run.Source {
				there = append(there, x.id)
			}
		}
		return c.circulation.WithdrawItemsTx(ctx, tx, there)
	})
	if err != nil {
		return err
	}
	run.withdrew(0, len(there))
	return nil
}

// locked begins a transaction in which each statement sees what was committed before it, as
// circulation wants it.
func (c *Catalogue) locked(ctx context.Context, fn func(*db.Tx) error) error {
	return c.db.Locked(ctx, nil, fn)
}

func (run *run) withdrew(bibs, items int) {
	run.n.WithdrawnBibs += bibs
	run.n.WithdrawnItems += items
	if run.Progress != nil {
		run.Progress(run.n)
	}
}
