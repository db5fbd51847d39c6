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

type holdCmd struct {
	List     holdListCmd     `cmd:"" help:"List the copies that a branch is to fetch for holds, or to take off its hold shelf; say \"central arrive\" of each."`
	NotFound holdNotFoundCmd `cmd:"" help:"Say that a copy of the list is not there: it is missing, and its hold waits for another."`
	Cancel   holdCancelCmd   `cmd:"" help:"Cancel a hold at its patron's word, also one that the patron can no longer cancel."`
	Expire   holdExpireCmd   `cmd:"" help:"End the holds whose patrons did not come; the server does so every morning by itself."`
}

type holdListCmd struct {
	Branch string `required:"" help:"Code of the branch where the copies stand." placeholder:"CODE"`
}

// Run lists the copies in the order of the shelves, and then those that stand on the
// hold shelf for nobody.
func (c *holdListCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		picks, err := s.ledger.PickList(a.ctx, library.BranchCode(c.Branch))
		if err != nil {
			return err
		}
		clear, err := s.ledger.ClearList(a.ctx, library.BranchCode(c.Branch))
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "SHELF\tCALL NUMBER\tITEM\tTO\tTITLE")
		for n, p := range append(picks, clear...) {
			shelf, item, to := p.Shelf, p.Barcode, string(p.To)
			if p.FromHoldShelf {
				shelf = "(hold shelf)"
			}
			if n >= len(picks) {
				to = "(nobody waits: its shelf at " + to + ")"
			}
			if item == "" {
				item = string(p.ItemID)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", shelf, p.CallNumber, item, to, p.Title)
		}
		return w.Flush()
	})
}

type holdNotFoundCmd struct {
	Item string `arg:"" help:"The item's barcode."`
}

// Run makes the copy missing.
func (c *holdNotFoundCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		var r library.Returned
		err := a.audited(s, "not-found", func(tx *db.Tx, e *audit.Entry) (err error) {
			item := strings.TrimSpace(c.Item)
			r, err = s.ledger.NotFoundTx(a.ctx, tx, item)
			e.Subject = "item:" + item
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "it is missing now: %s\n", r.Title)
		return nil
	})
}

type holdCancelCmd struct {
	Card string `arg:"" help:"The patron's card number, as scanned or typed."`
	Bib  string `arg:"" help:"ID of the bib."`
}

// Run cancels the hold; its copy, where it has one, goes to the next.
func (c *holdCancelCmd) Run(a *app) error {
	card, err := a.settings.parseCard(c.Card)
	if err != nil {
		return err
	}
	return a.with(func(s *server) error {
		var h library.PatronHold
		err := a.audited(s, "hold-cancel", func(tx *db.Tx, e *audit.Entry) (err error) {
			h, err = s.ledger.WithdrawHoldTx(a.ctx, tx, card, library.BibID(c.Bib))
			e.Subject, e.Detail = "patron:"+string(h.PatronID), map[string]string{"hold": string(h.ID)}
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "cancelled: %s\n", h.Title)
		return nil
	})
}

type holdExpireCmd struct{}

// Run ends the holds and says how many.
func (c *holdExpireCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		n, err := s.ledger.ExpireHolds(a.ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%d holds expired\n", n)
		return nil
	})
}

type paperHoldCmd struct {
	Card     string `arg:"" help:"The patron's card number, as scanned or typed."`
	Bib      string `arg:"" help:"ID of the bib."`
	Pickup   string `required:"" help:"Code of the branch where the patron will fetch it." placeholder:"CODE"`
	Received string `help:"When the library received the form, in its own time, which is its place in the queue. Default: now." placeholder:"\"2006-01-02 15:04\""`
	Contact  string `help:"How the patron is told: mail, phone or none. Default: by telephone where a number is registered." enum:"mail,phone,none," default:""`
}

const receivedLayout = "2006-01-02 15:04"

// Run enters the form.
func (c *paperHoldCmd) Run(a *app) error {
	card, err := a.settings.parseCard(c.Card)
	if err != nil {
		return err
	}
	var received time.Time
	if c.Received != "" {
		received, err = time.ParseInLocation(receivedLayout, c.Received, a.settings.Site.Location())
		if err != nil {
			return fmt.Errorf("%q is not a time like %q", c.Received, receivedLayout)
		}
	}
	return a.with(func(s *server) error {
		var h library.PatronHold
		err := a.audited(s, "paper-hold", func(tx *db.Tx, e *audit.Entry) (err error) {
			contact := library.Contact(c.Contact)
			if contact == "" {
				if contact, err = usualContact(a, s, tx, card); err != nil {
					return err
				}
			}
			h, err = s.ledger.PaperHoldTx(a.ctx, tx, card, library.BibID(c.Bib), library.BranchCode(c.Pickup), contact, received)
			e.Subject, e.Detail = "patron:"+string(h.PatronID), map[string]string{"hold": string(h.ID)}
			return err
		})
		if err != nil {
			return err
		}
		if h.State == library.Waiting {
			fmt.Fprintf(a.stdout, "it waits, about number %d: %s\n", h.Position, h.Title)
		} else {
			fmt.Fprintf(a.stdout, "a copy is being fetched: %s\n", h.Title)
		}
		return nil
	})
}

// usualContact is how a patron is told whose form does not say how: by telephone, or
// where there is no number, not at all.
func usualContact(a *app, s *server, tx *db.Tx, card string) (library.Contact, error) {
	p, err := s.ledger.PatronByCardTx(a.ctx, tx, card)
	if err != nil {
		return "", err
	}
	if p.MayContact(library.ByPhone) != nil {
		return library.NoNews, nil
	}
	return library.ByPhone, nil
}
