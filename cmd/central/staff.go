package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/sys/unix"

	"madoguchi/barcode"
	"madoguchi/central"
)

type staffCmd struct {
	Add      staffAddCmd      `cmd:"" help:"Let a staff member log in. The password is read from standard input."`
	Password staffPasswordCmd `cmd:"" help:"Give a staff member another password, read from standard input, and lift a lock."`
	Card     staffCardCmd     `cmd:"" help:"Let a staff member log in by a card, or by another one, or by none."`
	List     staffListCmd     `cmd:"" help:"List the staff."`
	Remove   staffRemoveCmd   `cmd:"" help:"Shut a staff member out at once."`
}

type staffAddCmd struct {
	Name string `arg:"" help:"By which the staff member logs in."`
	Role string `required:"" enum:"desk,admin" help:"What the staff member may do: desk or admin." placeholder:"ROLE"`
	Card string `help:"Number of the staff card, as scanned or typed." placeholder:"NUMBER"`
}

// Run adds the staff member.
func (c *staffAddCmd) Run(a *app) error {
	card, err := a.settings.parseStaffCard(c.Card)
	if err != nil {
		return err
	}
	password, err := a.newPassword()
	if err != nil {
		return err
	}
	return a.withStaff(func(staff *central.StaffMembers) error {
		x := central.Staff{Name: c.Name, Role: central.Role(c.Role), Card: card}
		if err := staff.Add(a.ctx, whoRuns(), x, password); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s can log in, as %s\n", c.Name, c.Role)
		return nil
	})
}

type staffPasswordCmd struct {
	Name string `arg:"" help:"As staff list shows it."`
}

// Run sets the password.
func (c *staffPasswordCmd) Run(a *app) error {
	password, err := a.newPassword()
	if err != nil {
		return err
	}
	return a.withStaff(func(staff *central.StaffMembers) error {
		if err := staff.SetPassword(a.ctx, whoRuns(), c.Name, password); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s has another password; sessions under the old one have ended\n", c.Name)
		return nil
	})
}

type staffCardCmd struct {
	Name   string `arg:"" help:"As staff list shows it."`
	Number string `arg:"" optional:"" help:"Of the staff card, as scanned or typed. Without it the staff member has no card any more."`
}

// Run sets the card.
func (c *staffCardCmd) Run(a *app) error {
	card, err := a.settings.parseStaffCard(c.Number)
	if err != nil {
		return err
	}
	return a.withStaff(func(staff *central.StaffMembers) error {
		if err := staff.SetCard(a.ctx, whoRuns(), c.Name, card); err != nil {
			return err
		}
		if card == "" {
			fmt.Fprintf(a.stdout, "%s logs in without a card\n", c.Name)
			return nil
		}
		fmt.Fprintf(a.stdout, "%s can log in by this card\n", c.Name)
		return nil
	})
}

// parseStaffCard brings the number of a staff card into normal form. "" is no card.
// Where the library has not set what these numbers look like, any may be one.
func (s settings) parseStaffCard(typed string) (string, error) {
	if typed == "" {
		return "", nil
	}
	rule := barcode.Settings{Staff: s.Barcode.Staff}
	if rule.Staff.IsZero() {
		rule.Staff = anyNumber()
	}
	return rule.ParseStaffCard(typed)
}

type staffListCmd struct{ reading }

// Run lists the staff.
func (c *staffListCmd) Run(a *app) error {
	return a.withStaff(func(staff *central.StaffMembers) error {
		all, err := staff.List(a.ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "NAME\tROLE\tCARD\tSINCE")
		for _, x := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", x.Name, x.Role, cmp.Or(x.Card, "-"), x.Created.In(a.settings.Site.Location()).Format("2006-01-02"))
		}
		return w.Flush()
	})
}

type staffRemoveCmd struct {
	Name string `arg:"" help:"As staff list shows it."`
}

// Run removes the staff member.
func (c *staffRemoveCmd) Run(a *app) error {
	return a.withStaff(func(staff *central.StaffMembers) error {
		if err := staff.Remove(a.ctx, whoRuns(), c.Name); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s can no longer log in\n", c.Name)
		return nil
	})
}

func (a *app) withStaff(do func(*central.StaffMembers) error) error {
	return a.with(func(s *server) error {
		passwords, err := a.passwords(s)
		if err != nil {
			return err
		}
		return do(central.NewStaff(passwords))
	})
}

// newPassword reads a password: from a terminal twice and without showing it, from
// anything else one line.
func (a *app) newPassword() (string, error) {
	in, ok := a.stdin.(*os.File)
	if !ok {
		return readLine(a.stdin)
	}
	state, err := unix.IoctlGetTermios(int(in.Fd()), unix.TCGETS)
	if err != nil {
		return readLine(in) // no terminal
	}
	hidden := *state
	hidden.Lflag &^= unix.ECHO
	hidden.Lflag |= unix.ICANON | unix.ECHONL
	if err := unix.IoctlSetTermios(int(in.Fd()), unix.TCSETS, &hidden); err != nil {
		return "", fmt.Errorf("hide what is typed: %w", err)
	}
	defer unix.IoctlSetTermios(int(in.Fd()), unix.TCSETS, state)
	lines := bufio.NewReader(in)
	fmt.Fprint(a.stderr, "Password: ")
	first, err := readLine(lines)
	if err != nil {
		return "", err
	}
	fmt.Fprint(a.stderr, "Once more: ")
	again, err := readLine(lines)
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the two passwords differ; nothing was changed")
	}
	return first, nil
}

func readLine(r io.Reader) (string, error) {
	b, ok := r.(*bufio.Reader)
	if !ok {
		b = bufio.NewReader(r)
	}
	line, err := b.ReadString('\n')
	if err != nil && (err != io.EOF || line == "") {
		return "", errors.New("no password was given: type it, or send it as one line on standard input")
	}
	return strings.TrimRight(line, "\r\n"), nil
}
