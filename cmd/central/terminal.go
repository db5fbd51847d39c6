package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"madoguchi/library"
)

type terminalCmd struct {
	Add    terminalAddCmd    `cmd:"" help:"Register a terminal and print its one-time enrolment code."`
	List   terminalListCmd   `cmd:"" help:"List the terminals."`
	Revoke terminalRevokeCmd `cmd:"" help:"Shut a terminal out for good."`
}

type terminalAddCmd struct {
	Branch string `required:"" help:"Code of the branch in which it stands." placeholder:"CODE"`
	Name   string `help:"What you call it, such as \"2nd floor, left\"."`
}

// Run registers the terminal. The code alone goes to standard output.
func (c *terminalAddCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		t, code, err := s.terminals.Add(a.ctx, library.BranchCode(c.Branch), c.Name)
		if err != nil {
			return err
		}
		if code, err = a.settings.enrolmentCode(code); err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "Terminal %s at branch %s. Within 24 hours, type on the terminal: kiosk enrol --server https://ADDRESS-OF-THIS-SERVER:PORT CODE\nIts code, shown only this once:\n", t.ID, t.Branch)
		fmt.Fprintln(a.stdout, code)
		return nil
	})
}

type terminalListCmd struct{}

// Run lists the terminals.
func (c *terminalListCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		all, err := s.terminals.List(a.ctx)
		if err != nil {
			return err
		}
		zone := a.settings.Site.Location()
		when := func(t time.Time) string {
			if t.IsZero() {
				return "-"
			}
			return t.In(zone).Format("2006-01-02 15:04")
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tBRANCH\tNAME\tENROLLED\tLAST SEEN\tREVOKED")
		for _, t := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Branch, t.Name, when(t.Enrolled), when(t.LastSeen), when(t.Revoked))
		}
		return w.Flush()
	})
}

type terminalRevokeCmd struct {
	ID string `arg:"" help:"As terminal list shows it."`
}

// Run revokes the terminal.
func (c *terminalRevokeCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		if err := s.terminals.Revoke(a.ctx, c.ID); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "terminal %s can no longer ask this server; it goes on searching what it has\n", c.ID)
		return nil
	})
}
