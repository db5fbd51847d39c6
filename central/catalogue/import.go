package catalogue

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"

	"madoguchi/library"
)

// Counts is what an import did so far.
type Counts struct {
	Read      int // records, the bad ones included
	Added     int
	Changed   int
	Unchanged int
	LeftOut   int // bad ones
	LeftItems int // copies of records that went in, left out since another record has them too

	// What has left the library. The copies of withdrawn bibs are among the items; what a
	// patron has is too, though it goes only when that comes back.
	WithdrawnBibs, WithdrawnItems int
}

// understood is how many records went in.
func (n Counts) understood() int { return n.Read - n.LeftOut }

// Incoming is a record as a file has it. An item whose State is "" is one of which the file
// does not say where it is.
type Incoming struct {
	library.Record
	Deleted   bool                   // the file says that the bib has left; it has no items then
	Withdrawn []library.ItemID       // copies of which the file says that they have left; not among the items
	Loans     map[library.ItemID]int // how often a copy was lent in the last year, where the file says it
	Partial   bool                   // copies were left out for a fault, so that none of it is lacking
	Place     string                 // where in the file it is, for people; "" where nobody knows
	MayBeCut  bool                   // the file ends behind it, and nothing says that it is whole
}

// Plain makes records that say nothing more of a bib and its items to incoming ones.
func Plain(records iter.Seq2[library.Record, error]) iter.Seq2[Incoming, error] {
	return func(yield func(Incoming, error) bool) {
		for r, err := range records {
			if !yield(Incoming{Record: r}, err) {
				return
			}
		}
	}
}

// MainSource is the source of what no import named otherwise.
const MainSource = "main"

// ErrCutOff is what an error of Import.Records wraps that says that the file ends within a
// record, or before its own end: what follows is missing.
var ErrCutOff = errors.New("the file is cut off")

// Import is a run of records into the catalogue.
type Import struct {
	// Records are those of the file. One that comes with an error is left out; what is known
	// of it stands beside the error: its bib's ID and its copies' IDs and barcodes. Where the
	// ID is not known, nobody can tell what a full import lacks.
	Records iter.Seq2[Incoming, error]
	// Source names where the file is from, "" for MainSource: a bib or copy is of the source
	// whose import named it last.
	Source string
	// Full says that the file is the whole of its source, so that what it lacks is withdrawn.
	// Nil: it is not, and nothing is withdrawn but what it says itself has left. While a full
	// import runs, another one is refused with db.ErrTaken.
	Full *Full
	// FileStates says that the file knows where copies are, but for those that are on loan or
	// held with us. Otherwise only news of copies that are missing, or found, is taken over,
	// and of those that are still on loan, on their way or on a hold shelf as a file said.
	FileStates bool
	// DryRun does all of it and leaves nothing behind: each transaction is taken back in the
	// place of its commit, so that no lock is held longer than in a real import, and
	// terminals and patrons learn nothing. A batch does not see in the database what those
	// before it would have written. What it must know of that is kept in memory instead: which
	// copies and barcodes they took, which they freed, and what left. So it tells what the
	// import would tell that began at the same moment, if nobody else changed anything
	// meanwhile.
	DryRun bool
	// LeftOut is told of each record that does not go in: an error of Records, or a
	// *RecordError. number counts the records from 1. The import goes on when it
	// returns nil, and otherwise ends with what it returns.
	LeftOut func(number int, err error) error
	// TakenOver is told once, when the import ends, however it does, from which other sources
	// it took bibs and copies over, if it took any; may be nil.
	TakenOver func([]Taken)
	Progress  func(Counts) // after every batch; may be nil
}

// Taken is how much an import made its source's own that was of another one.
type Taken struct {
	Source      string // that was theirs
	Bibs, Items int
}

// batchSize is how many records go in with one transaction.
const batchSize = 500

// Import takes in all records, in batches: each is in the database as a whole or
// not at all. After it was broken off, running it again completes it. What is lacking of a
// full import is withdrawn when the file was read to its end.
func (c *Catalogue) Import(ctx context.Context, in Import) (Counts, error) {
	run := newRun(in)
	defer run.tellTaken()
	if in.Full == nil || in.DryRun {
		err := c.importAll(ctx, run)
		return run.n, err
	}
	err := c.db.Exclusive(ctx, "import-full", func(ctx context.Context) error { return c.importAll(ctx, run) })
	return run.n, err
}

// run is an import under way.
type run struct {
	Import
	n       Counts // so far
	roll    roll
	records []Incoming // of the batch to come
	numbers []int      // of those records
	taken   map[string]Taken
	claims  []claim
	unmoved map[int]bool // the numbers of records that are unchanged but for what they claim
}

func newRun(in Import) *run {
	in.Source = cmp.Or(in.Source, MainSource)
	return &run{Import: in, roll: newRoll(in), taken: map[string]Taken{}, unmoved: map[int]bool{}}
}

// tookOver adds what a batch took over.
func (run *run) tookOver(b *putting) {
	for source, n := range b.takenBibs {
		t := run.taken[source]
		run.taken[source] = Taken{source, t.Bibs + n, t.Items}
	}
	for source, n := range b.takenItems {
		t := run.taken[source]
		run.taken[source] = Taken{source, t.Bibs, t.Items + n}
	}
}

func (run *run) tellTaken() {
	if run.TakenOver == nil || len(run.taken) == 0 {
		return
	}
	run.TakenOver(slices.SortedFunc(maps.Values(run.taken), func(a, b Taken) int { return cmp.Compare(a.Source, b.Source) }))
}

func (c *Catalogue) importAll(ctx context.Context, run *run) (err error) {
	var had size
	if run.Full != nil {
		if had, err = c.sizeOf(ctx, run.Source); err != nil {
			return err
		}
	}
	for r, err := range run.Records {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		run.n.Read++
		run.roll.mayBeCut = run.roll.mayBeCut || r.MayBeCut
		if first := run.roll.first(r.Bib.ID); err == nil && first > 0 {
			// Taken in, the two would overwrite each other in every import.
			err = refuse(r.Bib.ID, nil, "record %d of this import has the same identifier and went in", first)
		}
		if err != nil {
			if err := run.leaveOut(run.n.Read, r, err); err != nil {
				return err
			}
			continue
		}
		run.roll.named(r, run.n.Read)
		run.records, run.numbers = append(run.records, r), append(run.numbers, run.n.Read)
		if len(run.records) == c.batch {
			if err := c.flush(ctx, run); err != nil {
				return err
			}
		}
	}
	if err := c.flush(ctx, run); err != nil || run.Full == nil {
		return err
	}
	if err := run.settle(); err != nil {
		return err
	}
	return c.withdrawLacking(ctx, run, had)
}

// leaveOut tells of a record that does not go in.
func (run *run) leaveOut(number int, r Incoming, why error) error {
	if refused := (*RecordError)(nil); errors.As(why, &refused) {
		refused.Place = r.Place
	}
	if err := run.LeftOut(number, why); err != nil {
		return err
	}
	run.n.LeftOut++
	run.roll.leftOut(r, errors.Is(why, ErrCutOff))
	return nil
}

// flush takes in the batch.
func (c *Catalogue) flush(ctx context.Context, run *run) error {
	if len(run.records) == 0 {
		return nil
	}
	b, err := c.putAll(ctx, run, run.records)
	if err != nil {
		return err
	}
	run.roll.took(b)
	run.tookOver(b)
	run.keep(b)
	run.n.WithdrawnItems += len(b.gone)
	for i, o := range b.outcomes {
		switch o {
		case Added:
			run.n.Added++
		case Changed:
			run.n.Changed++
		case Unchanged:
			run.n.Unchanged++
		case Withdrawn:
			run.n.WithdrawnBibs++
		case Refused:
			if err := run.leaveOut(run.numbers[i], run.records[i], b.refused[i]); err != nil {
				return err
			}
		}
	}
	run.records, run.numbers = run.records[:0], run.numbers[:0]
	if run.Progress != nil {
		run.Progress(run.n)
	}
	return nil
}
