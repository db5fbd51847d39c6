package main

import (
	"fmt"

	"madoguchi/central"
	"madoguchi/central/audit"
	"madoguchi/central/db"
)

type patronUnlockCmd struct {
	Card string `arg:"" help:"The patron's card number, as scanned or typed."`
}

// Run lets a card be tried again that is locked after too many failed logins.
func (c *patronUnlockCmd) Run(a *app) error {
	return a.withCard(c.Card, func(s *server, passwords *central.Passwords, card string) error {
		err := a.audited(s, "unlock", func(tx *db.Tx, e *audit.Entry) error {
			p, err := s.ledger.PatronByCardTx(a.ctx, tx, card)
			if err != nil {
				return err
			}
			e.Subject = patronSubject(p.ID)
			return passwords.LiftLock(a.ctx, tx, card)
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, "the card can be tried again")
		return nil
	})
}
