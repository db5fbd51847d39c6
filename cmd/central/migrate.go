package main

import (
	"errors"
	"fmt"

	"madoguchi/central/db"
)

// reading marks a command that makes no database.
type reading struct{}

func (reading) onlyReads() {}

type migrateCmd struct{}

// Run brings the database to the form of this program.
func (c *migrateCmd) Run(a *app) error {
	d, err := db.Open(a.ctx, a.settings.DB)
	if err != nil {
		return err
	}
	err = d.Fits(a.ctx)
	switch {
	case err == nil:
		fmt.Fprintln(a.stdout, "The database has the form of this program already.")
	case errors.Is(err, db.ErrOlder) || errors.Is(err, db.ErrEmpty):
		if err = d.Migrate(a.ctx); err == nil {
			fmt.Fprintln(a.stdout, "The database has the form of this program now.")
		}
	}
	return errors.Join(err, d.Close())
}
