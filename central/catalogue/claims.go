package catalogue

import (
	"context"
	"slices"

	"madoguchi/central/db"
	"madoguchi/library"
)

// claim is a copy of a record of a full import that is stored as one of another bib of the
// source. It moves when the file was read to its end, if no other record of it has the copy
// and what the file lacks may be withdrawn: one faulty row would else take the copy from
// those who wait for it, and a wrong file all copies from all bibs.
type claim struct {
	number int // of the record, from 1; in a batch from 0
	item   library.Item
	from   library.BibID
	place  string                 // of the record in the file, for people
	loans  map[library.ItemID]int // nil where the file does not say it
}

func (x claim) incoming() Incoming {
	return Incoming{Record: library.Record{Bib: library.Bib{ID: x.item.BibID}, Items: []library.Item{x.item}}, Loans: x.loans}
}

// claims reports whether a record of the file, but for that of its own bib, has a copy.
func (b *putting) claims(id library.ItemID) bool {
	return b.claimed[id] || b.run.roll.claimed[b.run.roll.item(id)] > 0
}

// keep keeps the claims of a batch that went in.
func (run *run) keep(b *putting) {
	for _, x := range b.pending {
		if b.outcomes[x.number] == Unchanged {
			run.unmoved[run.numbers[x.number]] = true
		}
		x.number = run.numbers[x.number]
		run.claims = append(run.claims, x)
		run.roll.claimed[run.roll.item(x.item.ID)]++
	}
	for _, id := range b.unnamed {
		delete(run.roll.bibs, run.roll.bib(id))
	}
}

// settle drops the claims of copies that another record of the file has too. Their records
// lack nothing: what was to stand in their place is not known.
func (run *run) settle() error {
	var doubtful []claim
	run.claims = slices.DeleteFunc(run.claims, func(x claim) bool {
		bad := run.roll.contested(x)
		if bad {
			doubtful = append(doubtful, x)
		}
		return bad
	})
	for _, x := range doubtful {
		why := refuse(x.item.BibID, nil, "its copy %s is one of another record of this file too, which was left out; it stays with bib %s; correct one of them", x.item.ID, x.from)
		if _, placed := run.roll.items[run.roll.item(x.item.ID)]; placed {
			why = refuse(x.item.BibID, nil, "its copy %s is a copy of bib %s in this file too, and stays there; correct one of them", x.item.ID, x.from)
		} else if run.roll.claimed[run.roll.item(x.item.ID)] > 1 {
			why = refuse(x.item.BibID, nil, "its copy %s is one of another record of this file too; it stays with bib %s; correct one of them", x.item.ID, x.from)
		}
		if err := run.drop(x, why); err != nil {
			return err
		}
	}
	for _, x := range doubtful {
		run.roll.left[run.roll.item(x.item.ID)] = struct{}{}
	}
	return nil
}

// contested reports whether another record of the file has a copy that one claims.
func (l *roll) contested(x claim) bool {
	h := l.item(x.item.ID)
	_, placed := l.items[h]
	_, left := l.left[h]
	if !left && x.item.Barcode != "" {
		_, left = l.left[l.barcode(x.item.Barcode)]
	}
	return placed || left || l.claimed[h] > 1
}

// drop tells of a claim that is given up. Its record went in without it.
func (run *run) drop(x claim, why *RecordError) error {
	why.Place = x.place
	if err := run.LeftOut(x.number, why); err != nil {
		return err
	}
	run.n.LeftItems++
	run.roll.whole[run.roll.bib(x.item.BibID)] = struct{}{}
	return nil
}

// moveClaimed moves the copies that are claimed. A dry run would have to move them to bibs
// that it took back, and only counts them.
func (c *Catalogue) moveClaimed(ctx context.Context, run *run) error {
	for part := range slices.Chunk(run.claims, withdrawAtOnce) {
		b := newPutting(run, library.DateOf(c.today()), len(part))
		if !run.DryRun {
			var err error
			if b, err = c.movePart(ctx, run, part); err != nil {
				return err
			}
		}
		for i, x := range part {
			if bad := b.refused[i]; bad != nil {
				if err := run.drop(x, bad); err != nil {
					return err
				}
			} else if run.unmoved[x.number] {
				delete(run.unmoved, x.number)
				run.n.Unchanged, run.n.Changed = run.n.Unchanged-1, run.n.Changed+1
			}
		}
	}
	return nil
}

func (c *Catalogue) movePart(ctx context.Context, run *run, part []claim) (b *putting, err error) {
	records := make([]Incoming, len(part))
	for i, x := range part {
		records[i] = x.incoming()
	}
	err = c.do(ctx, run, c.db.Tx, func(tx *db.Tx) error {
		b = newPutting(run, library.DateOf(c.today()), len(part))
		b.moving = true
		if err := b.read(ctx, tx, records); err != nil {
			return err
		}
		for i, r := range records {
			if bad := b.move(tx, i, r); bad != nil {
				b.refused[i] = bad
			}
		}
		if err := b.write(ctx, tx); err != nil {
			return err
		}
		return c.follow(ctx, tx, b)
	})
	return b, err
}

// move moves the copies of a record to its bib, which went in before.
func (b *putting) move(tx *db.Tx, n int, r Incoming) *RecordError {
	if stored := b.bibs[r.Bib.ID]; stored == nil || stored.hidden {
		return refuse(r.Bib.ID, nil, "it left the library while its copy %s was to move to it", r.Items[0].ID)
	}
	places, _, bad := b.merge(r)
	if bad != nil {
		return bad
	}
	for _, p := range places {
		b.place(tx, n, p)
	}
	return nil
}
