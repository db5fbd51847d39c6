package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/library"
)

type patronShowCmd struct {
	reading

	Card string `arg:"" help:"The patron's card number, as scanned or typed."`
}

// Run shows a patron.
func (c *patronShowCmd) Run(a *app) error {
	card, err := a.settings.parseCard(c.Card)
	if err != nil {
		return err
	}
	return a.with(func(s *server) error {
		var p library.Patron
		err := a.audited(s, "patron.show", func(tx *db.Tx, e *audit.Entry) (err error) {
			p, err = s.ledger.PatronByCardTx(a.ctx, tx, card)
			e.Subject = patronSubject(p.ID)
			return err
		})
		if err != nil {
			return err
		}
		loans, err := s.ledger.Loans(a.ctx, p.ID)
		if err != nil {
			return err
		}
		holds, err := s.ledger.Holds(a.ctx, p.ID)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		for _, line := range [][2]string{
			{"card", p.Card}, {"name", p.Name}, {"reading", p.Reading}, {"born on", p.BornOn.String()}, {"telephone", strings.Join(p.Phones, ", ")},
			{"e-mail", p.Email}, {"branch", string(p.Branch)}, {"category", p.Category}, {"valid until", p.ValidUntil.String()}, {"blocked", blocked(p.Blocks)},
		} {
			if line[1] != "" {
				fmt.Fprintf(w, "%s\t%s\n", line[0], line[1])
			}
		}
		for _, l := range loans.Loans {
			fmt.Fprintf(w, "on loan\t%s, due %s\n", l.Title, l.DueOn)
		}
		for _, h := range holds.Holds {
			if h.State.Active() {
				fmt.Fprintf(w, "hold\t%s, %s at %s\n", h.Title, h.State, h.Pickup)
			}
		}
		return w.Flush()
	})
}

// blocked says why a patron is blocked.
func blocked(blocks []library.Block) string {
	words := make([]string, len(blocks))
	for i, b := range blocks {
		if words[i] = string(b); b == library.BlockLeft {
			words[i] = "left (the last file with --full had no such patron; the next that has lifts it)"
		}
	}
	return strings.Join(words, ", ")
}

type patronFindCmd struct {
	reading

	Text []string `arg:"" help:"Words of the name or the reading, in either kana; or a telephone number, or its last four digits or more."`
}

// Run lists patrons.
func (c *patronFindCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		var found []library.Patron
		var more bool
		err := s.db.Tx(a.ctx, func(tx *db.Tx) (err error) {
			if found, more, err = s.ledger.FindPatronsTx(a.ctx, tx, strings.Join(c.Text, " ")); err != nil {
				return err
			}
			for _, p := range found {
				e := audit.Entry{At: time.Now(), Actor: whoRuns(), Action: "patron.find", Subject: patronSubject(p.ID)}
				if err := audit.Append(a.ctx, tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("nobody is found: give words of the name or reading, or at least four digits of a telephone number")
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "CARD\tNAME\tREADING\tBORN ON\tTELEPHONE\tBLOCKED")
		for _, p := range found {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", p.Card, p.Name, p.Reading, p.BornOn, strings.Join(p.Phones, ", "), listed(p.Blocks))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if more {
			fmt.Fprintf(a.stderr, "there are more than these %d: give more words\n", len(found))
		}
		return nil
	})
}
