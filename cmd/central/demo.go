package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"madoguchi/assets/demo"
	"madoguchi/central/catalogue"
	"madoguchi/central/intake"
	"madoguchi/library"
)

type demoCmd struct{}

// Run fills an empty database with the demo library, builds its edition, and prints
// the enrolment code of one terminal.
func (c *demoCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		branches, err := s.catalogue.Branches(a.ctx)
		if err != nil {
			return err
		}
		if len(branches) > 0 {
			return errors.New("this database has a library already; give the demo a data folder of its own with --data")
		}
		today := library.DateOf(time.Now().In(a.settings.Site.Location()))
		for _, step := range []func() error{
			func() error { return demoBranches(a, s) },
			func() error { return demoBooks(a, s, today) },
			func() error { return demoStates(a, s, today) },
			func() error {
				editions, err := a.editions(s)
				if err != nil {
					return err
				}
				_, err = editions.Build(a.ctx)
				return err
			},
		} {
			if err := step(); err != nil {
				return fmt.Errorf("the demo library: %w", err)
			}
		}
		_, code, err := s.terminals.Add(a.ctx, demo.TerminalAt, "demo")
		if err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, code)
		return nil
	})
}

func demoBranches(a *app, s *server) error {
	var branches []library.Branch
	if err := json.Unmarshal(demo.Branches(), &branches); err != nil {
		return err
	}
	for _, b := range branches {
		if err := s.catalogue.PutBranch(a.ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func demoBooks(a *app, s *server, today library.Date) error {
	_, err := s.catalogue.Import(a.ctx, catalogue.Import{
		Records: acquired(intake.CSV(bytes.NewReader(demo.Books()), intake.Options{}), today),
		LeftOut: func(_ int, err error) error { return err }, // our own file has no bad records
	})
	return err
}

// acquired dates the records as if the library had bought each when it appeared,
// and those of this year over the last weeks.
func acquired(records iter.Seq2[library.Record, error], today library.Date) iter.Seq2[library.Record, error] {
	return func(yield func(library.Record, error) bool) {
		n := 0
		for r, err := range records {
			r.Bib.AddedOn = library.Date{Year: max(r.Bib.Year, 1980), Month: time.June, Day: 1}
			if r.Bib.Year >= today.Year {
				r.Bib.AddedOn = today.Add(-n % 40)
				n += 3
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// demoStates lends some copies out.
func demoStates(a *app, s *server, today library.Date) error {
	states, err := demo.States()
	if err != nil {
		return err
	}
	for _, state := range states {
		var due library.Date
		if library.ItemState(state.State) == library.OnLoan {
			due = today.Add(state.DueIn)
		}
		if err := s.ledger.SetState(a.ctx, library.ItemID(state.Barcode), library.ItemState(state.State), due); err != nil {
			return fmt.Errorf("item %s: %w", state.Barcode, err)
		}
	}
	return nil
}
