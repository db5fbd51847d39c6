package main

import (
	"fmt"
	"slices"
	"time"

	"madoguchi/central"
	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/library"
)

type temporaryCmd struct {
	Card     string           `arg:"" help:"The patron's card number, as scanned or typed."`
	Document library.Document `required:"" help:"Which kind of document you have seen: driving_licence, my_number_card, health_insurance, student_card, passport, residence_card, mail (addressed to the patron) or other." placeholder:"KIND"`
}

// Run issues the temporary password. It alone goes to standard output.
func (c *temporaryCmd) Run(a *app) error {
	if !slices.Contains(library.Documents, c.Document) {
		return fmt.Errorf("there is no kind of document %q; name one of %v", c.Document, library.Documents)
	}
	return a.withCard(c.Card, func(s *server, passwords *central.Passwords, card string) error {
		made, err := passwords.NewTemporary(a.ctx)
		if err != nil {
			return err
		}
		zone := a.settings.Site.Location()
		var shown library.TemporaryPassword
		err = a.audited(s, "password.temporary", func(tx *db.Tx, e *audit.Entry) error {
			p, err := s.ledger.PatronByCardTx(a.ctx, tx, card)
			if err != nil {
				return err
			}
			e.Subject, e.Detail = patronSubject(p.ID), map[string]string{"document": string(c.Document)}
			shown, err = passwords.GiveTemporary(a.ctx, tx, made, p, a.settings.Site.Policy, library.DateOf(time.Now().In(zone)))
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "Valid until a password of one's own is set with it, and not after %s. Shown only this once:\n", shown.ValidUntil.In(zone).Format("2006-01-02 15:04"))
		fmt.Fprintln(a.stdout, shown.Password)
		return nil
	})
}
