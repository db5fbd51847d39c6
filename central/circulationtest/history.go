package circulationtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/library"
)

// tries is how often an order is given at most: one that never gets through is lost.
const tries = 100

// history has some patrons give orders at the same time among faults until so many of them happened, each order as a
// terminal does: with the same key until it is recorded, or refused. Then what every
// patron has must be what was recorded, no more and no less.
func (x *trial) history() {
	x.can(library.AbilityRenew)
	x.can(library.AbilityHold)
	x.can(library.AbilityHoldCancel)
	x.patron("9999")
	seed := rand.Uint64()
	x.Logf("seed %d", seed)
	var historians [8]*historian
	for n := range historians {
		p := &historian{
			trial: x, card: fmt.Sprintf("10%02d", n), faults: x.Faults / len(historians), chance: rand.New(rand.NewPCG(seed, uint64(n))),
			renewed: map[library.LoanID]int{}, held: map[library.BibID]library.HoldID{},
		}
		p.who = x.patron(p.card)
		p.bibs = []library.BibID{x.waiting(), x.waiting(), x.waiting()}
		historians[n] = p
	}
	if x.Break != nil {
		x.Break()
	}
	var all sync.WaitGroup
	for _, p := range historians {
		all.Go(func() {
			for p.broke < p.faults {
				if err := p.act(); err != nil {
					p.Error(err)
					return
				}
			}
			if err := p.compare(); err != nil {
				p.Error(err)
			}
		})
	}
	all.Wait()
	orders, faults := 0, 0
	for _, p := range historians {
		orders, faults = orders+p.orders, faults+p.broke
	}
	x.Logf("%d orders, %d faults", orders, faults)
}

// historian is a patron with what the patron must have by what was recorded.
type historian struct {
	*trial
	who    circulation.Who
	card   string
	bibs   []library.BibID // on which holds wait
	chance *rand.Rand

	renewed map[library.LoanID]int
	held    map[library.BibID]library.HoldID
	faults  int // that are wanted
	broke   int // that happened
	orders  int
}

// act gives one order.
func (p *historian) act() error {
	bib := p.bibs[p.chance.IntN(len(p.bibs))]
	hold, held := p.held[bib]
	switch {
	case p.chance.IntN(3) == 0:
		loan, _, err := p.newLoan(p.card)
		if err != nil {
			return err
		}
		p.renewed[loan]++
		_, err = persist(p, func(o circulation.Order[library.PatronLoan]) (library.PatronLoan, error) {
			return p.Circulation.RenewLoan(p.Context(), o, loan)
		})
		return err
	case held:
		h, err := persist(p, func(o circulation.Order[library.PatronHold]) (library.PatronHold, error) {
			return p.Circulation.CancelHold(p.Context(), o, hold)
		})
		if err == nil && h.ID != hold {
			err = fmt.Errorf("cancelled %+v in the place of %s", h, hold)
		}
		delete(p.held, bib)
		return err
	default:
		lines, err := persist(p, func(o circulation.Order[[]library.HoldAnswer]) ([]library.HoldAnswer, error) {
			return p.Circulation.PlaceHolds(p.Context(), o, want(bib))
		})
		if err == nil && (len(lines) != 1 || lines[0].Hold == nil) {
			err = fmt.Errorf("placed %+v", lines)
		}
		if err == nil {
			p.held[bib] = lines[0].Hold.ID
		}
		return err
	}
}

// persist gives an order until it is recorded, and returns the answer that is. Now and
// then recording fails before, within or after.
func persist[T any](p *historian, give func(circulation.Order[T]) (T, error)) (answer T, err error) {
	o := order[T](p.who, p.key())
	record, fault := o.Record, 0
	p.orders++
	o.Record = func(ctx context.Context, tx *db.Tx, a T) error {
		if fault == 1 {
			return errTrouble
		}
		if err := record(ctx, tx, a); err != nil {
			return err
		}
		if fault == 2 {
			return errTrouble
		}
		answer = a
		return nil
	}
	for range tries {
		if fault = p.chance.IntN(8); fault == 1 || fault == 2 {
			p.broke++
		}
		_, err = give(o)
		recorded, trouble := p.isRecorded(o.Key)
		if trouble != nil {
			return answer, trouble
		}
		if recorded {
			if err != nil && !errors.Is(err, circulation.ErrRecorded) {
				p.broke++ // it died after recording
			}
			return answer, nil
		}
		switch refusal := (*library.Refusal)(nil); {
		case err == nil:
			return answer, errors.New("an order was made and not recorded")
		case errors.As(err, &refusal) && !errors.Is(err, library.ErrSystemUnavailable):
			return answer, fmt.Errorf("refused: %w", err)
		case !errors.Is(err, errTrouble):
			p.broke++ // the system's own fault
		}
	}
	return answer, fmt.Errorf("after %d tries an order is lost: %w", tries, err)
}

// compare holds what the system says against what was recorded.
func (p *historian) compare() error {
	loans, err := p.Circulation.Loans(p.Context(), p.who)
	if err != nil {
		return err
	}
	for _, l := range loans.Loans {
		if l.Renewals != p.renewed[l.ID] {
			return fmt.Errorf("a loan was renewed %d times by its orders, and %d in truth", p.renewed[l.ID], l.Renewals)
		}
	}
	holds, err := p.Circulation.Holds(p.Context(), p.who)
	if err != nil {
		return err
	}
	var have, want []library.HoldID
	for _, h := range holds.Holds {
		if h.State.Active() {
			have = append(have, h.ID)
		}
	}
	for _, id := range p.held {
		want = append(want, id)
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		return fmt.Errorf("recorded are the holds %v, and there are %v", want, have)
	}
	return nil
}
