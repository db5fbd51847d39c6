package main

import (
	"bytes"
	"fmt"
	"strings"

	"madoguchi/assets/demo"
	"madoguchi/barcode"
	"madoguchi/central/intake"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// readPatrons reads the patrons as an import does.
func (d demoLibrary) readPatrons() ([]library.Patron, error) {
	text, err := demo.Patrons(d.now)
	if err != nil {
		return nil, err
	}
	codes := barcode.Settings{Card: barcode.Rule{Lengths: []int{11}, Prefix: "2", Check: demo.CardCheck}}
	file, err := intake.OpenPatrons(bytes.NewReader(text), intake.PatronOptions{Card: codes.ParseCard})
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var patrons []library.Patron
	for row, err := range file.Rows() {
		if err != nil {
			return nil, fmt.Errorf("patrons.csv: %w", err)
		}
		patrons = append(patrons, row.Patron)
	}
	return patrons, nil
}

func (d demoLibrary) patrons() error {
	patrons, err := d.readPatrons()
	if err != nil {
		return err
	}
	return d.server.ledger.PutPatrons(d.app.ctx, patrons...)
}

// circulation takes in who has what, and who waits for what.
func (d demoLibrary) circulation() error {
	loans, err := demo.Loans()
	if err != nil {
		return err
	}
	holds, err := demo.Holds()
	if err != nil {
		return err
	}
	branches, err := demoBranches()
	if err != nil {
		return err
	}
	var standing ledger.Standing
	for _, x := range loans {
		if !x.Owned {
			if err := d.server.ledger.SetOwned(d.app.ctx, library.ItemID(x.Barcode), false); err != nil {
				return fmt.Errorf("item %s: %w", x.Barcode, err)
			}
		}
		standing.Loans = append(standing.Loans, ledger.StandingLoan{
			Card: x.Card, Item: x.Barcode, Branch: demo.Lender, LentOn: d.today.Add(-x.LentAgo), DueOn: d.today.Add(x.DueIn), Renewals: x.Renewals,
		})
	}
	for _, x := range holds {
		h := ledger.StandingHold{
			Card: x.Card, Bib: library.BibID(x.Bib), Pickup: library.BranchCode(x.Pickup),
			ReceivedAt: d.now.AddDate(0, 0, -x.ReceivedAgo), Item: x.Barcode,
		}
		if library.HoldState(x.State) == library.ReadyHold {
			branch, _ := library.Site{Branches: branches}.Branch(h.Pickup)
			h.ContactedOn = d.today.Add(-x.ContactedAgo)
			h.ShelfUntil = library.ShelfUntil(branch.Calendar, h.ContactedOn, d.app.settings.Site.Policy.ShelfDays)
		}
		standing.Holds = append(standing.Holds, h)
	}
	return d.server.ledger.TakeOver(d.app.ctx, standing)
}

func (d demoLibrary) passwords() error {
	passwords, err := d.app.passwords(d.server)
	if err != nil {
		return err
	}
	cards, err := demo.Cards()
	if err != nil {
		return err
	}
	for _, c := range cards {
		if c.Password == "" {
			continue
		}
		patron, err := d.server.ledger.PatronByCard(d.app.ctx, c.Number)
		if err != nil {
			return fmt.Errorf("card %s: %w", c.Number, err)
		}
		if err := passwords.SetPassword(d.app.ctx, patron.ID, c.Password); err != nil {
			return err
		}
	}
	return nil
}

// cards draws the sheet of cards, where one is asked for.
func (d demoLibrary) cards(path string) error {
	if path == "" {
		return nil
	}
	sheet, err := newCardSheet(sheetFontFolder)
	if err != nil {
		return err
	}
	cards, err := d.sheetCards()
	if err != nil {
		return err
	}
	pages, err := sheet.pages(demo.Name, cards)
	if err != nil {
		return err
	}
	written, err := writePages(path, pages)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.app.stderr, "The library cards of the demo are in %s\n", strings.Join(written, " "))
	return nil
}

func (d demoLibrary) sheetCards() ([]sheetCard, error) {
	patrons, err := d.readPatrons()
	if err != nil {
		return nil, err
	}
	byNumber := map[string]library.Patron{}
	for _, p := range patrons {
		byNumber[p.Card] = p
	}
	cards, err := demo.Cards()
	if err != nil {
		return nil, err
	}
	var list []sheetCard
	for _, c := range cards {
		p := byNumber[c.Number]
		facts := []string{p.BornOn.String() + "生"}
		if len(p.Phones) > 0 {
			facts = append(facts, "電話 "+p.Phones[0])
		}
		list = append(list, sheetCard{
			Number: c.Number, Name: p.Name, Reading: p.Reading, Facts: facts,
			Password: c.Password, ShowsJa: c.ShowsJa, ShowsEn: c.ShowsEn,
		})
	}
	return list, nil
}
