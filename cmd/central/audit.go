package main

import (
	"errors"
	"fmt"

	"madoguchi/central/audit"
)

type auditCmd struct {
	List   auditListCmd   `cmd:"" help:"What staff, patrons and commands did, the newest last."`
	Verify auditVerifyCmd `cmd:"" help:"Walk the audit log and say whether it is what was written."`
}

type auditVerifyCmd struct {
	reading

	Kept string `help:"What an earlier verify printed: also say whether that entry is still there, which shows a log that was cut off or written anew." placeholder:"NUMBER:HASH"`
}

// Run verifies the log and prints the mark of its newest entry.
func (c *auditVerifyCmd) Run(a *app) error {
	var kept audit.Mark
	if c.Kept != "" {
		var err error
		if kept, err = audit.ParseMark(c.Kept); err != nil {
			return err
		}
	}
	return a.with(func(s *server) error {
		newest, err := audit.Verify(a.ctx, s.db, kept)
		if broken := (*audit.Broken)(nil); errors.As(err, &broken) {
			return fmt.Errorf("%w; keep a copy of the database as it is, and compare it with a backup", broken)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "The audit log is whole, %d entries. Keep the mark of its newest outside of this server, for --kept next time:\n", newest.Number)
		fmt.Fprintln(a.stdout, newest)
		return nil
	})
}
