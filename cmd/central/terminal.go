package main

import (
	"cmp"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"madoguchi/central"
	"madoguchi/library"
)

type terminalCmd struct {
	Add    terminalAddCmd    `cmd:"" help:"Register a terminal and print its one-time enrolment code."`
	List   terminalListCmd   `cmd:"" help:"List the terminals."`
	Revoke terminalRevokeCmd `cmd:"" help:"Shut a terminal out for good."`
}

type terminalAddCmd struct {
	Kind   central.TerminalKind `enum:"kiosk,web" default:"kiosk" help:"kiosk: it stands in a branch. web: it is the library's home page."`
	Branch string               `help:"Code of the branch in which a kiosk stands." placeholder:"CODE"`
	Name   string               `help:"What you call it, such as \"2nd floor, left\"."`
}

// Validate refuses a kiosk that stands nowhere, and a home page that stands somewhere.
func (c *terminalAddCmd) Validate() error {
	switch web := c.Kind == central.KindWeb; {
	case web && c.Branch != "":
		return errors.New("the home page stands in no branch: leave out --branch")
	case !web && c.Branch == "":
		return errors.New("say in which branch the terminal stands: --branch=CODE")
	}
	return nil
}

// Run registers the terminal. The code alone goes to standard output.
func (c *terminalAddCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		code, told, err := c.add(a, s)
		if err != nil {
			return err
		}
		if code, err = a.settings.enrolmentCode(code); err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "%s\nIts code, shown only this once:\n", told)
		fmt.Fprintln(a.stdout, code)
		return nil
	})
}

// add registers the terminal and says what to do with its code.
func (c *terminalAddCmd) add(a *app, s *server) (code, told string, err error) {
	if c.Kind == central.KindWeb {
		t, code, err := s.terminals.AddWeb(a.ctx, c.Name)
		return code, fmt.Sprintf("Home page %s. Within 24 hours, trade the code for its secret, once, as docs/homepage.md shows.", t.ID), err
	}
	t, code, err := s.terminals.Add(a.ctx, library.BranchCode(c.Branch), c.Name)
	return code, fmt.Sprintf("Terminal %s at branch %s. Within 24 hours, type on the terminal: kiosk enrol --server https://ADDRESS-OF-THIS-SERVER:PORT CODE", t.ID, t.Branch), err
}

type terminalListCmd struct{ reading }

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
		fmt.Fprintln(w, "ID\tKIND\tBRANCH\tNAME\tENROLLED\tLAST SEEN\tVERSION\tREVOKED")
		for _, t := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Kind, cmp.Or(string(t.Branch), "-"), t.Name, when(t.Enrolled), when(t.LastSeen), cmp.Or(t.Version, "-"), when(t.Revoked))
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
		fmt.Fprintf(a.stdout, "terminal %s can no longer ask this server, and all sessions at it have ended; a kiosk goes on searching what it has\n", c.ID)
		return nil
	})
}
