package catalogue

import (
	"context"
	"fmt"
	"iter"

	"madoguchi/library"
)

// Counts is what an import did so far.
type Counts struct {
	Read      int // records, the bad ones included
	Added     int
	Changed   int
	Unchanged int
	LeftOut   int // bad ones
}

// Incoming is a record as a file has it.
type Incoming struct {
	library.Record
	Deleted   bool                   // the file says that the bib has left; it has no items then
	Withdrawn []library.ItemID       // copies of which the file says that they have left; not among the items
	Loans     map[library.ItemID]int // how often a copy was lent in the last year, where the file says it
	Partial   bool                   // copies were left out for a fault, so that none of it is lacking
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

// Import is a run of records into the catalogue.
type Import struct {
	Records iter.Seq2[Incoming, error]
	// LeftOut is told of each record that does not go in: an error of Records, or a
	// *RecordError. number counts the records from 1. The import goes on when it
	// returns nil, and otherwise ends with what it returns.
	LeftOut  func(number int, err error) error
	Progress func(Counts) // after every batch; may be nil
}

// batch is how many records go in with one transaction.
const batch = 500

// Import takes in all records, in batches: each is in the database as a whole or
// not at all. After it was broken off, running it again completes it.
func (c *Catalogue) Import(ctx context.Context, in Import) (Counts, error) {
	var n Counts
	var records []library.Record
	var numbers []int
	flush := func() error {
		if len(records) == 0 {
			return nil
		}
		var bad map[int]*RecordError
		outcomes, err := c.putAll(ctx, records, func(i int, err *RecordError) error {
			if i == 0 || bad == nil { // the transaction may be run again
				bad = map[int]*RecordError{}
			}
			bad[i] = err
			return nil
		})
		if err != nil {
			return err
		}
		for i, o := range outcomes {
			switch o {
			case Added:
				n.Added++
			case Changed:
				n.Changed++
			case Unchanged:
				n.Unchanged++
			case Refused:
				n.LeftOut++
				if err := in.LeftOut(numbers[i], bad[i]); err != nil {
					return err
				}
			}
		}
		records, numbers = records[:0], numbers[:0]
		if in.Progress != nil {
			in.Progress(n)
		}
		return nil
	}
	seen := map[library.BibID]int{}
	for r, err := range in.Records {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		n.Read++
		if first := seen[r.Bib.ID]; err == nil && first > 0 {
			// Taken in, the two would overwrite each other in every import.
			err = &RecordError{Bib: r.Bib.ID, Reason: fmt.Sprintf("record %d of this import has the same identifier and went in", first)}
		}
		if err != nil {
			if err := in.LeftOut(n.Read, err); err != nil {
				return n, err
			}
			n.LeftOut++
			continue
		}
		seen[r.Bib.ID] = n.Read
		records, numbers = append(records, r.Record), append(numbers, n.Read)
		if len(records) == batch {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	return n, flush()
}
