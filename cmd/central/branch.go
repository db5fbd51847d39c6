package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"madoguchi/central/intake"
	"madoguchi/library"
)

type branchCmd struct {
	Add  branchAddCmd  `cmd:"" help:"Add a branch, or change the one with this code: what is not given stays as it is."`
	List branchListCmd `cmd:"" help:"List the branches."`
	Plan branchPlanCmd `cmd:"" help:"Take in the floor plans of a branch, or print those that are there."`
}

type branchAddCmd struct {
	Code     string   `arg:"" help:"Short and lasting, in lower-case letters and digits."`
	Name     string   `arg:"" help:"As on the door."`
	Short    string   `help:"Short name, for tables."`
	NameEn   string   `name:"name-en" help:"English name."`
	Hours    []string `sep:"none" help:"Opening hours, such as 9:30-19:00, or of some days, sat,sun=9:30-17:00; may be given several times. Of a new branch 9:00-17:00."`
	Closed   []string `help:"Weekdays on which it is closed: mon,tue."`
	ClosedOn []string `name:"closed-on" help:"Further closed days: 2026-12-29,2026-12-30."`
}

// Run adds the branch.
func (c *branchAddCmd) Run(a *app) error {
	if _, err := c.calendar(library.Calendar{}); err != nil {
		return err // before a database is made
	}
	return a.with(func(s *server) error {
		b, err := s.branch(a.ctx, library.BranchCode(c.Code))
		if errors.Is(err, library.ErrUnknownBranch) {
			b, err = library.Branch{Code: library.BranchCode(c.Code)}, nil
			c.Hours = append([]string{"9:00-17:00"}, c.Hours...)
		}
		if err != nil {
			return err
		}
		if b.Calendar, err = c.calendar(b.Calendar); err != nil {
			return err
		}
		b.Name, b.Short, b.NameEn = c.Name, cmp.Or(c.Short, b.Short), cmp.Or(c.NameEn, b.NameEn)
		if err := s.catalogue.PutBranch(a.ctx, b); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "branch %s is %s\n", b.Code, b.Name)
		return a.moveDueDates(s)
	})
}

// moveDueDates moves what falls due on days that are closed now, and says how many; and
// the last days on hold shelves with them.
func (a *app) moveDueDates(s *server) error {
	n, err := s.ledger.MoveDueDates(a.ctx)
	if n > 0 {
		fmt.Fprintf(a.stdout, "%d due dates moved to an open day\n", n)
	}
	return errors.Join(err, s.ledger.ExtendShelfTimes(a.ctx))
}

// calendar is a branch's calendar with what was given.
func (c *branchAddCmd) calendar(cal library.Calendar) (library.Calendar, error) {
	cal.Closed = slices.Clone(cal.Closed)
	for _, text := range c.Hours {
		days, span, ok := strings.Cut(text, "=")
		if !ok {
			days, span = "sun,mon,tue,wed,thu,fri,sat", text
		}
		hours, err := parseHours(span)
		if err != nil {
			return cal, err
		}
		for day := range strings.SplitSeq(days, ",") {
			d, err := parseWeekday(day)
			if err != nil {
				return cal, err
			}
			cal.Hours[d] = hours
		}
	}
	for _, day := range c.Closed {
		d, err := parseWeekday(day)
		if err != nil {
			return cal, err
		}
		cal.Hours[d] = library.Hours{}
	}
	for _, text := range c.ClosedOn {
		d, err := library.ParseDate(strings.TrimSpace(text))
		if err != nil {
			return cal, err
		}
		cal.Closed = append(cal.Closed, d)
	}
	slices.SortFunc(cal.Closed, func(a, b library.Date) int { return a.Sub(b) })
	cal.Closed = slices.Compact(cal.Closed)
	return cal, nil
}

func parseWeekday(s string) (time.Weekday, error) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(strings.TrimSpace(s), d.String()[:3]) {
			return d, nil
		}
	}
	return 0, fmt.Errorf("%q is not a weekday; write sun, mon, tue, wed, thu, fri or sat", s)
}

func parseHours(s string) (library.Hours, error) {
	open, close, ok := strings.Cut(s, "-")
	from, err1 := parseMinutes(open)
	to, err2 := parseMinutes(close)
	if !ok || errors.Join(err1, err2) != nil || from >= to {
		return library.Hours{}, fmt.Errorf("%q are not opening hours; write them like 9:30-19:00", s)
	}
	return library.Hours{Open: from, Close: to}, nil
}

func parseMinutes(s string) (int, error) {
	h, m, ok := strings.Cut(strings.TrimSpace(s), ":")
	hours, err := strconv.Atoi(h)
	if err != nil {
		return 0, err
	}
	minutes, err := strconv.Atoi(m)
	if err != nil {
		return 0, err
	}
	if !ok || hours < 0 || minutes < 0 || minutes > 59 || len(m) != 2 || hours*60+minutes > 24*60 {
		return 0, fmt.Errorf("%q is not a time of day", s)
	}
	return hours*60 + minutes, nil
}

// branch finds a branch, or returns library.ErrUnknownBranch.
func (s *server) branch(ctx context.Context, code library.BranchCode) (library.Branch, error) {
	all, err := s.catalogue.Branches(ctx)
	if err != nil {
		return library.Branch{}, err
	}
	b, ok := library.Site{Branches: all}.Branch(code)
	if !ok {
		return library.Branch{}, fmt.Errorf("branch %s: %w", code, library.ErrUnknownBranch)
	}
	return b, nil
}

// findBranches finds the branches that files and commands name, by the library's own
// words as well.
func (a *app) findBranches(s *server) (intake.Branches, error) {
	all, err := s.catalogue.Branches(a.ctx)
	if err != nil {
		return intake.Branches{}, err
	}
	return intake.NewBranches(all, a.settings.Intake.Branches)
}

type branchListCmd struct{}

// Run lists the branches.
func (c *branchListCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		all, err := s.catalogue.Branches(a.ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "CODE\tNAME\tSHORT\tENGLISH")
		for _, b := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", b.Code, b.Name, b.ShortName(), b.NameEn)
		}
		return w.Flush()
	})
}
