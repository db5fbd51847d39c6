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

type demoCmd struct {
	Cards  string  `help:"Draw the patrons' library cards, with barcodes and passwords, as FILE-1.png and so on." placeholder:"FILE"`
	Serve  *string `help:"Make all of it in this folder, in the place of an earlier demo: settings, library, staff, cards and an enrolled terminal; and answer that terminal until told to end." placeholder:"DIR"`
	Listen string  `help:"Address to listen on with --serve." default:"127.0.0.1:8480" placeholder:"HOST:PORT"`

	Command []string `arg:"" optional:"" help:"What to run beside the server with --serve, after \"--\": the demo ends with it."`
}

// Run fills an empty database with the demo library and prints the enrolment code of
// one terminal.
func (c *demoCmd) Run(a *app) error {
	switch {
	case c.Serve == nil:
	case *c.Serve == "":
		return errors.New("--serve names no folder")
	default:
		return c.serve(a)
	}
	if len(c.Command) > 0 {
		return errors.New("a command needs a server to run beside: give the demo a folder with --serve")
	}
	code, err := c.fill(a)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, code)
	return nil
}

// fill makes the demo library in an empty database, builds its edition, and returns the
// enrolment code of one terminal.
func (c *demoCmd) fill(a *app) (code string, err error) {
	err = a.with(func(s *server) error {
		branches, err := s.catalogue.Branches(a.ctx)
		if err != nil {
			return err
		}
		if len(branches) > 0 {
			return errors.New("this database has a library already; give the demo a data folder of its own with --data")
		}
		d := demoLibrary{app: a, server: s, now: time.Now().In(a.settings.Site.Location())}
		d.today = library.DateOf(d.now)
		for _, step := range []func() error{
			func() error { return d.cards(c.Cards) }, // first: it may fail for want of a font
			d.branches, d.books, d.states, d.patrons, d.circulation, d.passwords, d.lent, d.lists, d.edition,
		} {
			if err := step(); err != nil {
				return fmt.Errorf("the demo library: %w", err)
			}
		}
		if _, code, err = s.terminals.Add(a.ctx, demo.TerminalAt, "demo"); err != nil {
			return err
		}
		code, err = a.settings.enrolmentCode(code)
		return err
	})
	return code, err
}

// demoLibrary is the demo library on its way into a database.
type demoLibrary struct {
	app    *app
	server *server
	now    time.Time // in the library's zone
	today  library.Date
}

func (d demoLibrary) branches() error {
	branches, err := demoBranches()
	if err != nil {
		return err
	}
	for _, b := range branches {
		if err := d.server.catalogue.PutBranch(d.app.ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func demoBranches() (branches []library.Branch, err error) {
	return branches, json.Unmarshal(demo.Branches(), &branches)
}

func (d demoLibrary) books() error {
	_, err := d.server.catalogue.Import(d.app.ctx, catalogue.Import{
		Records: acquired(intake.CSV(bytes.NewReader(demo.Books()), intake.Options{}), d.today),
		LeftOut: func(_ int, err error) error { return err }, // our own file has no bad records
	})
	return err
}

// acquired dates the records as if the library had bought each when it appeared,
// and those of this year over the last weeks.
func acquired(records iter.Seq2[catalogue.Incoming, error], today library.Date) iter.Seq2[catalogue.Incoming, error] {
	return func(yield func(catalogue.Incoming, error) bool) {
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

// states takes some copies off their shelves that nobody has.
func (d demoLibrary) states() error {
	states, err := demo.States()
	if err != nil {
		return err
	}
	for _, state := range states {
		if err := d.server.ledger.SetState(d.app.ctx, library.ItemID(state.Barcode), library.ItemState(state.State), library.Date{}); err != nil {
			return fmt.Errorf("item %s: %w", state.Barcode, err)
		}
	}
	return nil
}

func (d demoLibrary) edition() error {
	editions, err := d.app.editions(d.server)
	if err != nil {
		return err
	}
	_, err = editions.Build(d.app.ctx)
	return err
}
