package main

import (
	"context"
	"fmt"
	"os/user"
	"strings"
	"time"

	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

type checkoutCmd struct {
	Card   string `arg:"" help:"The patron's card number, as scanned or typed."`
	Item   string `arg:"" help:"The item's barcode."`
	Branch string `help:"The branch that lends it, on whose open days it falls due. Default: its own." placeholder:"CODE"`
}

// Run lends the item.
func (c *checkoutCmd) Run(a *app) error {
	card, err := a.settings.parseCard(c.Card)
	if err != nil {
		return err
	}
	return a.with(func(s *server) error {
		var loan library.Loan
		var title string
		err := a.audited(s, "checkout", func(tx *db.Tx, e *audit.Entry) (err error) {
			loan, title, err = s.ledger.CheckoutTx(a.ctx, tx, card, strings.TrimSpace(c.Item), library.BranchCode(c.Branch))
			e.Subject, e.Detail = patronSubject(loan.PatronID), map[string]string{"loan": string(loan.ID)}
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "lent until %s: %s\n", loan.DueOn, title)
		return nil
	})
}

type returnCmd struct{ copyAtDesk }

// Run takes the item back.
func (c *returnCmd) Run(a *app) error { return c.run(a, "return", (*ledger.Ledger).ReturnTx) }

type arriveCmd struct{ copyAtDesk }

// Run says where the item is.
func (c *arriveCmd) Run(a *app) error { return c.run(a, "arrival", (*ledger.Ledger).ArriveTx) }

// copyAtDesk is a copy that lies at a branch.
type copyAtDesk struct {
	Item   string `arg:"" help:"The item's barcode."`
	Branch string `help:"Where it lies. Default: its own branch." placeholder:"CODE"`
}

type putDown = func(l *ledger.Ledger, ctx context.Context, tx *db.Tx, item string, at library.BranchCode) (library.Returned, error)

func (c copyAtDesk) run(a *app, action string, do putDown) error {
	return a.with(func(s *server) error {
		var r library.Returned
		err := a.audited(s, action, func(tx *db.Tx, e *audit.Entry) (err error) {
			item := strings.TrimSpace(c.Item)
			r, err = do(s.ledger, a.ctx, tx, item, library.BranchCode(c.Branch))
			e.Subject = "item:" + item
			return err
		})
		if err != nil {
			return err
		}
		a.whereItGoes(r)
		return nil
	})
}

// telling says how the patron is told of whom a copy waits on the hold shelf.
var telling = map[library.Contact]string{
	library.ByMail:  "a mail tells the patron",
	library.ByPhone: "call the patron, see: central hold list --to-call",
	library.NoNews:  "the patron is not told",
}

// audited runs do in a transaction and writes the entry that do completes.
func (a *app) audited(s *server, action string, do func(*db.Tx, *audit.Entry) error) error {
	err := s.db.Tx(a.ctx, func(tx *db.Tx) error {
		e := audit.Entry{At: time.Now(), Actor: whoRuns(), Action: action}
		if err := do(tx, &e); err != nil {
			return err
		}
		return audit.Append(a.ctx, tx, e)
	})
	if err != nil {
		return err
	}
	return s.db.Assign(a.ctx)
}

// whoRuns names, for the audit log, who typed the command.
func whoRuns() string {
	u, err := user.Current()
	if err != nil {
		return "command"
	}
	return "command:" + u.Username
}
