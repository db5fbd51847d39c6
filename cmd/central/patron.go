package main

import (
	"errors"
	"fmt"

	"madoguchi/barcode"
	"madoguchi/central"
	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/central/intake"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

type patronCmd struct {
	Import  patronImportCmd  `cmd:"" help:"Take patrons in from CSV or TSV with a header line. Nobody is deleted; with --full, who is lacking is blocked."`
	Show    patronShowCmd    `cmd:"" help:"Say what is known of a patron. It is written down that you looked."`
	Find    patronFindCmd    `cmd:"" help:"List the patrons of a name, reading or telephone number. It is written down whom you saw."`
	NewCard patronNewCardCmd `cmd:"" help:"Give a patron another card. The old one is dead at once; loans, holds and password stay."`
	Merge   patronMergeCmd   `cmd:"" help:"Make one patron of two who are one person: loans, holds and what else there is go over."`
	Delete  patronDeleteCmd  `cmd:"" help:"Forget a patron. Holds end; no file brings the patron back."`
	Readmit patronReadmitCmd `cmd:"" help:"Let the next import take in again who was deleted with this card."`
	Unlock  patronUnlockCmd  `cmd:"" help:"Let a card be tried again that is locked after too many failed logins."`
}

type patronNewCardCmd struct {
	Old string `arg:"" help:"The card number until now, as scanned or typed."`
	New string `arg:"" help:"The new card number."`
}

// Run replaces the card.
func (c *patronNewCardCmd) Run(a *app) error {
	old, card, err := a.twoCards(c.Old, c.New)
	if err != nil {
		return err
	}
	return a.with(func(s *server) error {
		err := a.audited(s, "patron.new-card", func(tx *db.Tx, e *audit.Entry) error {
			id, err := s.ledger.ReplaceCardTx(a.ctx, tx, old, card)
			if err != nil {
				return err
			}
			e.Subject = patronSubject(id)
			return central.EndSessionsTx(a.ctx, tx, id)
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, "the new card is valid; the old one is dead, and whoever is logged in with it is logged out")
		return nil
	})
}

type patronMergeCmd struct {
	Keep string `arg:"" help:"The card that goes on being valid."`
	Gone string `arg:"" help:"The card that is dead from now on."`
}

// Run merges two patrons.
func (c *patronMergeCmd) Run(a *app) error {
	keep, gone, err := a.twoCards(c.Keep, c.Gone)
	if err != nil {
		return err
	}
	return a.with(func(s *server) error {
		passwords, err := a.passwords(s)
		if err != nil {
			return err
		}
		var m ledger.Merged
		err = a.audited(s, "patron.merge", func(tx *db.Tx, e *audit.Entry) error {
			keeps, err := s.ledger.PatronByCardTx(a.ctx, tx, keep)
			if errors.Is(err, library.ErrUnknownPatron) {
				return errors.New("there is no patron with the card to keep; see: central patron find")
			} else if err != nil {
				return err
			}
			goes, err := s.ledger.PatronByCardTx(a.ctx, tx, gone)
			if errors.Is(err, library.ErrUnknownPatron) {
				return errors.New("there is no patron with the card to give up; see: central patron find")
			} else if err != nil {
				return err
			}
			e.Subject, e.Detail = patronSubject(keeps.ID), map[string]string{"gone": patronSubject(goes.ID)}
			if m, err = s.ledger.MergePatronsTx(a.ctx, tx, keeps.ID, goes.ID); err != nil {
				return err
			}
			if err := central.MovePatronTx(a.ctx, tx, keeps.ID, goes.ID); err != nil {
				return err
			}
			return passwords.ForgetPatronTx(a.ctx, tx, goes.ID, gone)
		})
		if err != nil {
			return err
		}
		a.scrub(s)
		fmt.Fprintf(a.stdout, "merged: %d loans and %d holds went over, %d holds ended that the other had too\n", m.Loans, m.Holds, m.Ended)
		return nil
	})
}

type patronDeleteCmd struct {
	Card string `arg:"" help:"The patron's card number, as scanned or typed."`
}

// Run deletes a patron.
func (c *patronDeleteCmd) Run(a *app) error {
	return a.withCard(c.Card, func(s *server, passwords *central.Passwords, card string) error {
		var ended int
		err := a.audited(s, "patron.delete", func(tx *db.Tx, e *audit.Entry) error {
			p, err := s.ledger.PatronByCardTx(a.ctx, tx, card)
			if err != nil {
				return err
			}
			e.Subject = patronSubject(p.ID)
			if ended, err = s.ledger.DeletePatronTx(a.ctx, tx, p.ID, passwords.Mark); err != nil {
				return err
			}
			return passwords.ForgetPatronTx(a.ctx, tx, p.ID, card)
		})
		if err != nil {
			return err
		}
		a.scrub(s)
		fmt.Fprintf(a.stdout, "deleted; %d holds ended. No import takes this patron in again, unless you say: central patron readmit CARD\n", ended)
		fmt.Fprintln(a.stdout, "Backups made until now still have this patron, and so have the files that the library's own system exports: delete them, or keep them no longer than you must.")
		return nil
	})
}

type patronReadmitCmd struct {
	Card string `arg:"" help:"The card number with which the patron was deleted, as scanned or typed."`
}

// Run lets a deleted patron be taken in again.
func (c *patronReadmitCmd) Run(a *app) error {
	return a.withCard(c.Card, func(s *server, passwords *central.Passwords, card string) error {
		err := a.audited(s, "patron.readmit", func(tx *db.Tx, _ *audit.Entry) error {
			return s.ledger.ReadmitTx(a.ctx, tx, card, passwords.Mark)
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, "the next import takes this patron in as a new one; see: central patron import")
		return nil
	})
}

// withCard runs a command on the open database for the patron with a card, as scanned or
// typed, whose passwords it changes too.
func (a *app) withCard(typed string, do func(s *server, passwords *central.Passwords, card string) error) error {
	card, err := a.settings.parseCard(typed)
	if err != nil {
		return err
	}
	return a.with(func(s *server) error {
		passwords, err := a.passwords(s)
		if err != nil {
			return err
		}
		return do(s, passwords, card)
	})
}

// scrub takes what was deleted out of the database's log, or says when that will be.
func (a *app) scrub(s *server) {
	if done, err := s.db.Scrub(a.ctx); err != nil || !done {
		fmt.Fprintln(a.stderr, "the database is being read: what was deleted is still in its log (central.db-wal), until the next patron is deleted or the server stops")
	}
}

func patronSubject(id library.PatronID) string { return "patron:" + string(id) }

// twoCards reads two card numbers, and says which of them is none.
func (a *app) twoCards(first, second string) (string, string, error) {
	one, err := a.settings.parseCard(first)
	if err != nil {
		return "", "", fmt.Errorf("the first card: %w", err)
	}
	two, err := a.settings.parseCard(second)
	if err != nil {
		return "", "", fmt.Errorf("the second card: %w", err)
	}
	return one, two, nil
}

// parseCard brings a card number into normal form. Where the library has not set
// what its numbers look like, any number may be one.
func (s settings) parseCard(typed string) (string, error) {
	if fault := intake.Mangled(typed); fault != "" {
		return "", errors.New(fault)
	}
	codes := s.Barcode
	if codes.Card.IsZero() {
		codes.Card = anyNumber()
	}
	return codes.ParseCard(typed)
}

// anyNumber is a rule that every number fits.
func anyNumber() barcode.Rule {
	var r barcode.Rule
	for n := range barcode.MaxScan {
		r.Lengths = append(r.Lengths, n+1)
	}
	return r
}
