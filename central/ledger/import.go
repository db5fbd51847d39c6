package ledger

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Counts is what an import of patrons did so far.
type Counts struct {
	Read      int // patrons, the bad ones included
	Added     int
	Changed   int
	Unchanged int
	KeptOut   int // who were deleted here, and stay so
	LeftOut   int // bad ones
	Back      int // of the changed: whom a file lacked, and this one has again
	Blocked   int // whom a whole file lacks
	Unblocked int // of the changed: from whom a block went
	Longer    int // of the changed: whose last day went, or became a later one
	NewCards  int // of the changed: whose card became another
}

// FilePatron is what a file says of a patron.
type FilePatron struct {
	library.Patron // ID is our reference, "" where it is not known: a file does not know it
	// FileID is by which the library's own system knows the patron, "" where the file says
	// none.
	FileID string
	// Unsaid are fields that the file has and whose text could not be read: what is stored
	// of them stays.
	Unsaid []PatronField
	// MayBeCut says that the file ends behind the patron, and nothing says that it is whole.
	MayBeCut bool
}

// PatronImport is a run of patrons out of another system's file.
//
// A patron is known by the file's ID, and otherwise by the card, where the patron has no
// other ID: so a file may begin to say IDs later. A card that was replaced here still
// names its patron, and does not come back. Who was deleted here stays so. Nobody is
// deleted. What the file says of a patron is taken over when it says something else than
// in the import before; so what was changed here since, such as an e-mail address, stays
// until the other system has news about it.
type PatronImport struct {
	// Patrons are those of the file. One that comes with an error is left out; card and
	// FileID, where they are known, stand beside the error. Where neither is known, nobody
	// can tell whom a whole file lacks.
	Patrons iter.Seq2[FilePatron, error]
	Fields  []PatronField // what the file says of a patron beside ID and card; nil: everything
	// Full says that the file has all patrons, so that whom it lacks is blocked. nil: it has not.
	Full *PatronFull
	// DryRun does all of it in one transaction, and takes that back.
	DryRun bool
	// Mark returns how a card or ID is known again of which nothing else is kept. It is asked
	// for before the import, where somebody was deleted here; nil: who was is not looked at.
	Mark func() (Mark, error)
	// CardChanged is told, in the transaction, whose card becomes another; nil: nobody asks.
	CardChanged func(ctx context.Context, tx *db.Tx, patron library.PatronID) error
	// LeftOut is told of each patron that does not go in: an error of Patrons, or a
	// *PatronError. number counts the patrons from 1. The import goes on when it
	// returns nil, and otherwise ends with what it returns.
	LeftOut func(number int, err error) error
	// Note is told what a patron who went in lacks, in words that are the same for all; nil
	// when nobody wants to know.
	Note     func(number int, fault string)
	Progress func(Counts) // after every batch; may be nil
}

// What PatronImport.Note tells.
const (
	NoPhone = "the patron has no telephone number, and so can never apply for a password at a terminal"
	NoBirth = "the patron has no date of birth, and so can never apply for a password at a terminal"
)

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
// whole or not at all. After it was broken off, running it again completes it. Whom a
// whole file lacks is blocked when the file was read to its end.
func (l *Ledger) ImportPatrons(ctx context.Context, in PatronImport) (Counts, error) {
	if in.Fields == nil {
		in.Fields = AllPatronFields()
	}
	look, err := l.deletions(ctx, in.Mark)
	if err != nil {
		return Counts{}, err
	}
	if !in.DryRun {
		r := newPatronRun(in, look, l.cfg.Now(), l.cfg.DB.Tx)
		err := r.all(ctx)
		return r.n, err
	}
	var n Counts
	undo := errors.New("a trial")
	err = l.cfg.DB.Locked(ctx, nil, func(tx *db.Tx) error {
		r := newPatronRun(in, look, l.cfg.Now(), func(_ context.Context, fn func(*db.Tx) error) error { return fn(tx) })
		err := r.all(ctx)
		if n = r.n; err == nil {
			err = undo
		}
		return err
	})
	if errors.Is(err, undo) {
		err = nil
	}
	return n, err
}

// PutPatrons takes in patrons with all that is said of them, in one transaction,
// as ImportPatrons does. One bad patron is a *PatronError, and then nobody is taken in.
func (l *Ledger) PutPatrons(ctx context.Context, patrons ...library.Patron) error {
	twice := doubles{}
	for _, p := range patrons {
		if err := twice.check(FilePatron{Patron: p}); err != nil {
			return err
		}
	}
	return l.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		put := patronPut{fields: AllPatronFields(), last: true}
		put.begin()
		for _, p := range patrons {
			if _, err := put.patron(ctx, tx, FilePatron{Patron: p}); err != nil {
				return err
			}
		}
		return nil
	})
}

// doubles are the cards and IDs that an import has had.
type doubles map[string]bool

func (d doubles) check(p FilePatron) error {
	keys := []string{"card " + p.Card}
	for _, id := range []string{string(p.ID), p.FileID} {
		if id != "" {
			keys = append(keys, "id "+id)
		}
	}
	for _, key := range keys {
		if d[key] {
			what, _, _ := strings.Cut(key, " ")
			return &PatronError{Reason: "its " + what + " is also that of another patron of this file, who was read first"}
		}
	}
	for _, key := range keys {
		d[key] = true
	}
	return nil
}

// patronRun is an import under way.
type patronRun struct {
	PatronImport
	tx      func(context.Context, func(*db.Tx) error) error
	put     patronPut
	n       Counts
	twice   doubles
	roll    roll
	batch   []FilePatron
	numbers []int

	late        []FilePatron // to be tried again at the end
	lateNumbers []int
}

func newPatronRun(in PatronImport, look deletions, now time.Time, tx func(context.Context, func(*db.Tx) error) error) *patronRun {
	roll := newRoll()
	return &patronRun{
		PatronImport: in, tx: tx, twice: doubles{}, roll: roll,
		put: patronPut{fields: in.Fields, deletions: look, cardChanged: in.CardChanged, here: roll.here, now: now},
	}
}

func (r *patronRun) all(ctx context.Context) error {
	for p, err := range r.Patrons {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.n.Read++
		r.roll.mayBeCut = r.roll.mayBeCut || p.MayBeCut
		if err == nil {
			err = r.twice.check(p)
		}
		if err != nil {
			r.roll.leftOut(p)
			if err := r.leftOut(r.n.Read, err); err != nil {
				return err
			}
			continue
		}
		if r.batch, r.numbers = append(r.batch, p), append(r.numbers, r.n.Read); len(r.batch) == patronBatch {
			if err := r.flush(ctx); err != nil {
				return err
			}
		}
	}
	if err := r.flush(ctx); err != nil {
		return err
	}
	if err := r.again(ctx); err != nil {
		return err
	}
	if r.Full == nil {
		return nil
	}
	return r.blockLacking(ctx)
}

func (r *patronRun) leftOut(number int, err error) error {
	r.n.LeftOut++
	return r.LeftOut(number, err)
}

// flush takes in the batch.
func (r *patronRun) flush(ctx context.Context) error {
	if len(r.batch) == 0 {
		return nil
	}
	var done []patronDone
	err := r.tx(ctx, func(tx *db.Tx) error {
		done = make([]patronDone, len(r.batch))
		r.put.begin()
		restore, err := r.freeCards(ctx, tx)
		if err != nil {
			return err
		}
		for i, p := range r.batch {
			var why *PatronError
			var err error
			if done[i], err = r.put.patron(ctx, tx, p); errors.As(err, &why) {
				done[i] = patronDone{outcome: refused, why: why}
			} else if err != nil {
				return fmt.Errorf("store a patron: %w", err)
			}
		}
		return restore()
	})
	if err != nil {
		return err
	}
	for i, d := range done {
		if err := r.count(i, d); err != nil {
			return err
		}
	}
	r.batch, r.numbers = r.batch[:0], r.numbers[:0]
	if r.Progress != nil {
		r.Progress(r.n)
	}
	return nil
}

// count counts what became of a patron of the batch.
func (r *patronRun) count(i int, d patronDone) error {
	switch d.outcome {
	case added:
		r.n.Added++
	case changed:
		r.n.Changed++
	case unchanged:
		r.n.Unchanged++
	case keptOut:
		r.n.KeptOut++
		return nil
	case later:
		r.late, r.lateNumbers = append(r.late, r.batch[i]), append(r.lateNumbers, r.numbers[i])
		return nil
	case refused:
		r.roll.leftOut(r.batch[i])
		return r.leftOut(r.numbers[i], d.why)
	}
	for _, x := range []struct {
		n  *int
		is bool
	}{{&r.n.Back, d.back}, {&r.n.Unblocked, d.unblocked}, {&r.n.Longer, d.longer}, {&r.n.NewCards, d.newCard}} {
		if x.is {
			*x.n++
		}
	}
	r.roll.here[d.id] = struct{}{}
	if r.Note == nil {
		return nil
	}
	if d.noPhone {
		r.Note(r.numbers[i], NoPhone)
	}
	if d.noBirth {
		r.Note(r.numbers[i], NoBirth)
	}
	return nil
}
