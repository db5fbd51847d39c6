package main

import (
	"fmt"
	"strings"

	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/library"
)

type itemCmd struct {
	Withdraw itemWithdrawCmd `cmd:"" help:"Take a copy out of the library for good; its hold gets another copy or waits."`
	Missing  itemMissingCmd  `cmd:"" help:"Say that a copy is missing; its hold gets another copy or waits. Where it turns up: central arrive"`
}

type bibCmd struct {
	Delete bibDeleteCmd `cmd:"" help:"Take a bib and all its copies out of the library; its holds end, and their patrons are told."`
}

type itemWithdrawCmd struct {
	Item string `arg:"" help:"The item's barcode."`
}

// Run withdraws the copy.
func (c *itemWithdrawCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		var r library.Returned
		err := a.audited(s, "item-withdraw", func(tx *db.Tx, e *audit.Entry) (err error) {
			item := strings.TrimSpace(c.Item)
			r, err = s.ledger.WithdrawTx(a.ctx, tx, item)
			e.Subject = "item:" + item
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "withdrawn: %s\n", r.Title)
		a.whoIsTold(r)
		return nil
	})
}

type itemMissingCmd struct{ holdNotFoundCmd }

type bibDeleteCmd struct {
	Bib string `arg:"" help:"ID of the bib."`
}

// Run deletes the bib.
func (c *bibDeleteCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		var title string
		var ended int
		err := a.audited(s, "bib-delete", func(tx *db.Tx, e *audit.Entry) (err error) {
			title, ended, err = s.ledger.DeleteBibTx(a.ctx, tx, library.BibID(c.Bib))
			e.Subject = "bib:" + c.Bib
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "deleted, and %d holds ended: %s\n", ended, title)
		if ended > 0 {
			fmt.Fprintln(a.stdout, toldHow)
		}
		return nil
	})
}
