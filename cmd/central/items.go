package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

type itemCmd struct {
	Show     itemShowCmd     `cmd:"" help:"Say all that is known of a copy: what it is, where it is, how many patrons wait; never who."`
	Withdraw itemWithdrawCmd `cmd:"" help:"Take copies out of the library for good; a hold that has one gets another copy or waits. One that is on loan is hidden at once, and out when it comes back: staff are told then to put it aside."`
	Missing  itemMissingCmd  `cmd:"" help:"Say that copies are missing; a hold that has one gets another copy or waits. Where one turns up: central item found"`
	Found    itemFoundCmd    `cmd:"" help:"Say that copies that were looked for, or came from elsewhere, lie at a branch, and hear where each goes. What is on loan is taken back instead: central return"`
	Move     itemMoveCmd     `cmd:"" help:"Give copies another branch, shelf or call number, or make them copies of another bib. The next import that names one of them says again what its file says."`
	Delete   itemDeleteCmd   `cmd:"" help:"Delete copies that were entered by mistake and are not there; a hold that has one gets another copy or waits. Unlike item withdraw it waits for nothing, and so it is refused for what a patron has."`
}

// copies are the arguments of a command that changes some.
type copies struct {
	Items []string `arg:"" name:"item" help:"The items' barcodes; of one without a barcode its ID."`
}

// change is what a command does to each of some copies.
type change struct {
	action string // in the audit log
	do     func(tx *db.Tx, item string) (library.Returned, error)
	say    func(library.Returned)
	onLoan string // what to do about one that is on loan; "" for what is always said
}

// run changes each of the copies in a transaction of its own. One that is refused is told of,
// and the others go on.
func (c copies) run(a *app, change func(*server) change) error {
	return a.with(func(s *server) error {
		x, done := change(s), 0
		for _, item := range c.Items {
			item = strings.TrimSpace(item)
			var r library.Returned
			err := a.audited(s, x.action, func(tx *db.Tx, e *audit.Entry) (err error) {
				r, err = x.do(tx, item)
				e.Subject = "item:" + item
				return err
			})
			var refusal *library.Refusal
			if err != nil && !errors.As(err, &refusal) {
				return err
			}
			if err != nil {
				why := sentence(err)
				if errors.Is(err, library.ErrItemOnLoan) {
					why = cmp.Or(x.onLoan, why)
				}
				fmt.Fprintf(a.stderr, "central: item %s: %s\n", item, why)
				continue
			}
			done++
			x.say(r)
		}
		switch done {
		case len(c.Items):
			return nil
		case 0:
			return exitStatus(failed)
		}
		return exitStatus(leftOut)
	})
}

type itemWithdrawCmd struct{ copies }

// Run withdraws the copies.
func (c *itemWithdrawCmd) Run(a *app) error {
	return c.run(a, func(s *server) change {
		return change{
			action: "item-withdraw",
			do: func(tx *db.Tx, item string) (library.Returned, error) {
				return s.ledger.WithdrawTx(a.ctx, tx, item)
			},
			say: func(r library.Returned) {
				if r.State == library.OnLoan {
					fmt.Fprintf(a.stdout, "withdrawn, and out of the library when it comes back: %s\n", r.Title)
					return
				}
				fmt.Fprintf(a.stdout, "withdrawn: %s\n", r.Title)
				a.whoIsTold(r)
			},
		}
	})
}

type itemMissingCmd struct{ copies }

// Run makes the copies missing.
func (c *itemMissingCmd) Run(a *app) error { return c.run(a, a.missing) }

// missing is what is done to copies that are not found.
func (a *app) missing(s *server) change {
	return change{
		action: "not-found",
		do: func(tx *db.Tx, item string) (library.Returned, error) {
			return s.ledger.NotFoundTx(a.ctx, tx, item)
		},
		say: func(r library.Returned) {
			fmt.Fprintf(a.stdout, "it is missing now: %s\n", r.Title)
			a.whoIsTold(r)
		},
	}
}

type itemFoundCmd struct {
	copies
	Branch string `help:"Where they lie. Default: each at its own branch." placeholder:"CODE"`
}

// Run says where the copies go.
func (c *itemFoundCmd) Run(a *app) error {
	return c.run(a, func(s *server) change {
		return change{
			action: "found",
			do: func(tx *db.Tx, item string) (library.Returned, error) {
				return s.ledger.FoundTx(a.ctx, tx, item, library.BranchCode(c.Branch))
			},
			say: a.whereItGoes,
		}
	})
}

type itemMoveCmd struct {
	copies
	Branch     string  `help:"Code of the branch that they belong to from now on." placeholder:"CODE"`
	Shelf      *string `help:"The shelf where they stand; empty for none." placeholder:"NAME"`
	CallNumber *string `help:"What stands on their labels, parts parted by a slash; empty for none." placeholder:"913.6/ナ"`
	Bib        string  `help:"ID of the bib whose copies they are from now on. A hold that has one of them gets another copy of its own bib, or waits." placeholder:"ID"`
}

// Run moves the copies.
func (c *itemMoveCmd) Run(a *app) error {
	to := ledger.Placement{Branch: library.BranchCode(c.Branch), Shelf: c.Shelf, CallNumber: c.CallNumber, Bib: library.BibID(c.Bib)}
	if to == (ledger.Placement{}) {
		return errors.New("say where to, with --branch, --shelf, --call-number or --bib")
	}
	return c.run(a, func(s *server) change {
		return change{
			action: "item-move",
			do: func(tx *db.Tx, item string) (library.Returned, error) {
				title, err := s.ledger.MoveItemTx(a.ctx, tx, item, to)
				return library.Returned{Title: title}, err
			},
			say: func(r library.Returned) { fmt.Fprintf(a.stdout, "moved: %s\n", r.Title) },
		}
	})
}

type itemDeleteCmd struct{ copies }

// Run deletes the copies.
func (c *itemDeleteCmd) Run(a *app) error {
	return c.run(a, func(s *server) change {
		return change{
			action: "item-delete",
			do: func(tx *db.Tx, item string) (library.Returned, error) {
				return s.ledger.DeleteItemTx(a.ctx, tx, item)
			},
			say: func(r library.Returned) {
				fmt.Fprintf(a.stdout, "deleted: %s\n", r.Title)
				a.whoIsTold(r)
			},
			onLoan: "a patron has it, so it is there; where it is to leave the library: central item withdraw",
		}
	})
}

type bibCmd struct {
	Show     bibShowCmd     `cmd:"" help:"Say all that is known of a bib and its copies, and how many patrons wait for it; never who."`
	Withdraw bibWithdrawCmd `cmd:"" aliases:"delete" help:"Take a bib and all its copies out of the library, also one that was entered by mistake; its holds end, and their patrons are told. Copies that are on loan are hidden at once, and out when they come back: the bib is gone with the last of them."`
}

type bibWithdrawCmd struct {
	Bib string `arg:"" help:"ID of the bib."`
}

// Run takes the bib out of the library.
func (c *bibWithdrawCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		var gone ledger.GoneBib
		err := a.audited(s, "bib-delete", func(tx *db.Tx, e *audit.Entry) (err error) {
			gone, err = s.ledger.DeleteBibTx(a.ctx, tx, library.BibID(c.Bib))
			e.Subject = "bib:" + c.Bib
			return err
		})
		if err != nil {
			return err
		}
		if gone.OnLoan == 0 {
			fmt.Fprintf(a.stdout, "deleted, and %d holds ended: %s\n", gone.Ended, gone.Title)
		} else {
			fmt.Fprintf(a.stdout, "hidden, and %d holds ended; it is gone when the copies that are on loan, %d, have come back: %s\n", gone.Ended, gone.OnLoan, gone.Title)
		}
		if gone.Ended > 0 {
			fmt.Fprintln(a.stdout, toldHow)
		}
		return nil
	})
}

// whereItGoes says what to do with a copy that lies at a desk.
func (a *app) whereItGoes(r library.Returned) {
	switch {
	case r.Withdrawn:
		fmt.Fprintf(a.stdout, "it is withdrawn: put it aside, not on a shelf: %s\n", r.Title)
	case r.State == library.InTransit:
		fmt.Fprintf(a.stdout, "send it to %s: %s\n", r.To, r.Title)
	case r.State == library.OnHoldShelf:
		fmt.Fprintf(a.stdout, "put it on the hold shelf for card %s (%s): %s\n", r.HoldFor, telling[r.Tell], r.Title)
	default:
		fmt.Fprintf(a.stdout, "put it on its shelf: %s\n", r.Title)
	}
}
