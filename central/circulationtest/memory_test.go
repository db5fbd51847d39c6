package circulationtest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/library"
)

// memory is another library's circulation system, which keeps its truth to itself. It
// cannot take an effect back, so it remembers by their keys the orders that it made.
type memory struct {
	records *db.DB
	wait    func(context.Context) error // before it answers; nil: at once
	fault   func() fault                // what breaks off in an order; nil: nothing
	today   library.Date

	mu      sync.Mutex
	patrons map[library.PatronID]library.Patron
	items   map[library.ItemID]library.Item
	loans   map[library.LoanID]library.Loan
	holds   []library.PatronHold
	made    map[string]any // the answers to orders whose effects were made
}

// fault is where an order breaks off.
type fault int

const (
	none fault = iota
	diesBefore
	diesBeforeRecording
	diesInRecording
	diesAfterRecording
	answersTwice
	faults
)

var errDied = errors.New("the system died")

func newMemory(records *db.DB) *memory {
	return &memory{
		records: records, today: library.Date{Year: 2026, Month: 11, Day: 30}, patrons: map[library.PatronID]library.Patron{},
		items: map[library.ItemID]library.Item{}, loans: map[library.LoanID]library.Loan{}, made: map[string]any{},
	}
}

func (m *memory) Abilities() []library.Ability {
	return []library.Ability{library.AbilityRenew, library.AbilityHold, library.AbilityHoldCancel, library.AbilityHoldChange}
}

func (m *memory) Ready(ctx context.Context) error {
	_, err := ask(ctx, m, func() (struct{}, error) { return struct{}{}, nil })
	return err
}

// ask answers a question after the wait.
func ask[T any](ctx context.Context, m *memory, answer func() (T, error)) (T, error) {
	if m.wait != nil {
		if err := m.wait(ctx); err != nil {
			return *new(T), err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return answer()
}

// obey makes an order's effect unless it was made before, and records the answer.
func obey[T any](ctx context.Context, m *memory, o circulation.Order[T], effect func() (T, error)) (T, error) {
	breaks := none
	if m.fault != nil {
		breaks = m.fault()
	}
	answer, err := ask(ctx, m, func() (T, error) {
		if breaks == diesBefore {
			return *new(T), errDied
		}
		if made, ok := m.made[o.Key]; ok {
			return made.(T), nil
		}
		answer, err := effect()
		if err == nil {
			m.made[o.Key] = answer
		}
		return answer, err
	})
	if err != nil || breaks == diesBeforeRecording {
		return answer, errors.Join(err, died(breaks == diesBeforeRecording))
	}
	record := func() error {
		return m.records.Tx(ctx, func(tx *db.Tx) error {
			return errors.Join(o.Record(ctx, tx, answer), died(breaks == diesInRecording))
		})
	}
	err = record()
	if breaks == answersTwice && err == nil {
		err = record()
	}
	return answer, errors.Join(err, died(breaks == diesAfterRecording))
}

func died(yes bool) error {
	if yes {
		return errDied
	}
	return nil
}

func (m *memory) Availability(ctx context.Context, bib library.BibID) ([]library.Availability, error) {
	return ask(ctx, m, func() (all []library.Availability, err error) {
		for _, it := range m.items {
			if it.BibID == bib {
				all = append(all, library.Availability{ItemID: it.ID, State: it.State, DueOn: it.DueOn})
			}
		}
		if all == nil {
			return nil, library.ErrUnknownBib
		}
		return all, nil
	})
}

func (m *memory) PatronByCard(ctx context.Context, card string) (library.Patron, error) {
	return m.Patron(ctx, circulation.Who{Patron: library.PatronID("theirs " + card)})
}

func (m *memory) Patron(ctx context.Context, who circulation.Who) (library.Patron, error) {
	return ask(ctx, m, func() (library.Patron, error) {
		if p, ok := m.patrons[who.Patron]; ok {
			return p, nil
		}
		return library.Patron{}, library.ErrUnknownPatron
	})
}

func (m *memory) Account(ctx context.Context, who circulation.Who) (library.Account, error) {
	p, err := m.Patron(ctx, who)
	if err != nil {
		return library.Account{}, err
	}
	loans, err := m.Loans(ctx, who)
	return library.Account{Name: p.Name, Loans: len(loans.Loans), Contacts: []library.Contact{library.NoNews}}, err
}

func (m *memory) Loans(ctx context.Context, who circulation.Who) (library.PatronLoans, error) {
	return ask(ctx, m, func() (library.PatronLoans, error) {
		all := library.PatronLoans{Today: m.today, Loans: []library.PatronLoan{}}
		for _, l := range m.loans {
			if l.PatronID == who.Patron {
				all.Loans = append(all.Loans, m.seen(l))
			}
		}
		return all, nil
	})
}

func (m *memory) Holds(ctx context.Context, who circulation.Who) (library.PatronHolds, error) {
	return ask(ctx, m, func() (library.PatronHolds, error) {
		all := library.PatronHolds{Today: m.today, Holds: []library.PatronHold{}}
		for _, h := range m.holds {
			if h.PatronID == who.Patron {
				all.Holds = append(all.Holds, h)
			}
		}
		return all, nil
	})
}

func (m *memory) RenewLoan(ctx context.Context, o circulation.Order[library.PatronLoan], loan library.LoanID) (library.PatronLoan, error) {
	return obey(ctx, m, o, func() (library.PatronLoan, error) { return m.renew(o.Patron, loan) })
}

func (m *memory) RenewItem(ctx context.Context, o circulation.Order[library.PatronLoan], item library.ItemID) (library.PatronLoan, error) {
	return obey(ctx, m, o, func() (library.PatronLoan, error) {
		named := library.PatronLoan{Loan: library.Loan{ItemID: item, BibID: m.items[item].BibID}, Title: "こころ"}
		for _, l := range m.loans {
			if l.ItemID == item && l.PatronID == o.Patron {
				renewed, err := m.renew(o.Patron, l.ID)
				if err != nil {
					return named, err
				}
				return renewed, nil
			}
		}
		return named, library.ErrUnknownLoan
	})
}

func (m *memory) renew(patron library.PatronID, loan library.LoanID) (library.PatronLoan, error) {
	l, ok := m.loans[loan]
	if !ok || l.PatronID != patron {
		return library.PatronLoan{}, library.ErrUnknownLoan
	}
	renewed, err := library.DefaultPolicy().Renew(l, library.Renewal{Owned: true}, m.today)
	if err != nil {
		return library.PatronLoan{}, err
	}
	m.loans[loan] = renewed
	return m.seen(renewed), nil
}

// seen is a loan as its patron sees it.
func (m *memory) seen(l library.Loan) library.PatronLoan {
	return library.PatronLoan{Loan: l, Title: "こころ"}.Judged(library.DefaultPolicy(), library.Renewal{Owned: true}, m.today)
}

func (m *memory) PlaceHolds(ctx context.Context, o circulation.Order[[]library.HoldAnswer], req library.HoldRequest) ([]library.HoldAnswer, error) {
	return obey(ctx, m, o, func() ([]library.HoldAnswer, error) {
		if req.Pickup != "chuo" && req.Pickup != "kita" {
			return nil, library.ErrUnknownBranch
		}
		answers := make([]library.HoldAnswer, len(req.Bibs))
		for i, bib := range req.Bibs {
			answers[i].BibID = bib
			has := func(it library.Item) bool { return it.BibID == bib }
			held := func(h library.PatronHold) bool { return h.BibID == bib && h.PatronID == o.Patron && h.State.Active() }
			switch {
			case !m.anyItem(has):
				answers[i].Refusal = library.ErrUnknownBib.Code
			case slices.ContainsFunc(m.holds, held):
				answers[i].Refusal = library.ErrAlreadyHeld.Code
			default:
				h := library.PatronHold{Title: "こころ", Hold: library.Hold{
					ID: library.HoldID(fmt.Sprintf("hold %d", len(m.holds))), BibID: bib, PatronID: o.Patron,
					Pickup: req.Pickup, Contact: req.Contact, State: library.Waiting, ReceivedAt: time.Unix(int64(len(m.holds)), 0),
				}}
				m.holds, answers[i].Hold = append(m.holds, h), &h
			}
		}
		return answers, nil
	})
}

func (m *memory) anyItem(is func(library.Item) bool) bool {
	for _, it := range m.items {
		if is(it) {
			return true
		}
	}
	return false
}

func (m *memory) CancelHold(ctx context.Context, o circulation.Order[library.PatronHold], hold library.HoldID) (library.PatronHold, error) {
	return obey(ctx, m, o, func() (library.PatronHold, error) {
		return m.onHold(o.Patron, hold, func(h library.Hold) (library.Hold, error) { return h.Cancel(m.today) })
	})
}

func (m *memory) ChangeHold(ctx context.Context, o circulation.Order[library.PatronHold], hold library.HoldID,
	pickup library.BranchCode, contact library.Contact) (library.PatronHold, error) {
	return obey(ctx, m, o, func() (library.PatronHold, error) {
		if pickup != "chuo" && pickup != "kita" {
			return library.PatronHold{}, library.ErrUnknownBranch
		}
		return m.onHold(o.Patron, hold, func(h library.Hold) (library.Hold, error) { return h.Change(pickup, contact) })
	})
}

func (m *memory) onHold(patron library.PatronID, hold library.HoldID, change func(library.Hold) (library.Hold, error)) (library.PatronHold, error) {
	i := slices.IndexFunc(m.holds, func(h library.PatronHold) bool { return h.ID == hold && h.PatronID == patron })
	if i < 0 {
		return library.PatronHold{}, library.ErrUnknownHold
	}
	changed, err := change(m.holds[i].Hold)
	if err != nil {
		return library.PatronHold{}, err
	}
	m.holds[i].Hold = changed
	return m.holds[i], nil
}
