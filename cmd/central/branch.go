package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"madoguchi/central/intake"
	"madoguchi/library"
)

type branchCmd struct {
	Add    branchAddCmd    `cmd:"" help:"Add a branch, or change the one with this code: what is not given stays as it is."`
	List   branchListCmd   `cmd:"" help:"List the branches, with their hours and next closed days."`
	Show   branchShowCmd   `cmd:"" help:"Show a branch, with all its closed days from today on."`
	Remove branchRemoveCmd `cmd:"" help:"Remove a branch on which nothing stands any more."`
	Plan   branchPlanCmd   `cmd:"" help:"Take in the floor plans of a branch, or print those that are there."`
}

type branchAddCmd struct {
	Code     string   `arg:"" help:"Short and lasting, in lower-case letters and digits."`
	Name     string   `arg:"" optional:"" help:"As on the door. A new branch needs one."`
	Short    *string  `help:"Short name, for tables; an empty one takes it away." placeholder:"NAME"`
	NameEn   *string  `name:"name-en" help:"English name; an empty one takes it away." placeholder:"NAME"`
	Hours    []string `sep:"none" help:"Opening hours, such as 9:30-19:00, of the days on which it is open; or of some days, which are then open: sat,sun=9:30-17:00, 月=9:30-17:00. May be given several times. Of a new branch 9:00-17:00."`
	Closed   []string `help:"Weekdays on which it is closed from now on: mon,tue or 月,火."`
	ClosedOn []string `name:"closed-on" help:"Further closed days: 2026-12-29,令和8年12月30日. To take some back: central calendar remove"`
}

// Run adds or changes the branch, and says what is new.
func (c *branchAddCmd) Run(a *app) error {
	change, err := c.change()
	if err != nil {
		return err // before a database is made
	}
	return a.with(func(s *server) error {
		var was, is library.Branch
		known := false
		err := s.catalogue.ChangeBranches(a.ctx, func(all []library.Branch) ([]library.Branch, error) {
			was, known = library.Site{Branches: all}.Branch(library.BranchCode(c.Code))
			if is = was; !known {
				if c.Name == "" {
					return nil, fmt.Errorf("there is no branch %s yet; to add it, give its name: central branch add %[1]s NAME", c.Code)
				}
				is = library.Branch{Code: library.BranchCode(c.Code)}
				for d := range is.Calendar.Hours {
					is.Calendar.Hours[d] = library.Hours{Open: 9 * 60, Close: 17 * 60}
				}
			}
			change(&is)
			return []library.Branch{is}, nil
		})
		if err != nil {
			return err
		}
		if !known {
			fmt.Fprintf(a.stdout, "branch %s is %s: %s\n", is.Code, is.Name, is.Calendar.HoursText())
		} else {
			printChanges(a.stdout, was, is)
		}
		if !is.Calendar.Entered() {
			fmt.Fprintf(a.stderr, "no weekday of it is open: so nothing is reckoned by its calendar, as if nobody had entered it\n")
		}
		return a.moveDueDates(s)
	})
}

// change reads what is to change and returns what does it.
func (c *branchAddCmd) change() (func(*library.Branch), error) {
	var usual *library.Hours // of the days that are open
	some := map[time.Weekday]library.Hours{}
	for _, text := range c.Hours {
		days, span, ok := strings.Cut(norm.NFKC.String(text), "=")
		if !ok {
			span = days
		}
		hours, err := library.ReadHours(span)
		if err != nil {
			return nil, err
		}
		if !ok {
			usual = &hours
			continue
		}
		weekdays, err := library.ReadWeekdays(days)
		if err != nil {
			return nil, err
		}
		for _, d := range weekdays {
			some[d] = hours
		}
	}
	if len(c.Closed) > 0 {
		weekdays, err := library.ReadWeekdays(strings.Join(c.Closed, ","))
		if err != nil {
			return nil, err
		}
		for _, d := range weekdays {
			if hours, both := some[d]; both && hours != (library.Hours{}) {
				return nil, fmt.Errorf("%s is given both hours and --closed; leave one out", library.WeekdayText(d))
			}
			some[d] = library.Hours{}
		}
	}
	var closedOn []library.Date
	for _, text := range c.ClosedOn {
		days, err := intake.ReadDays(text)
		if err != nil {
			return nil, fmt.Errorf("%q is %w", text, err)
		}
		closedOn = append(closedOn, days...)
	}
	return func(b *library.Branch) {
		if c.Name != "" {
			b.Name = c.Name
		}
		if c.Short != nil {
			b.Short = *c.Short
		}
		if c.NameEn != nil {
			b.NameEn = *c.NameEn
		}
		entered := b.Calendar.Entered()
		for d, hours := range b.Calendar.Hours {
			if usual != nil && (hours != library.Hours{} || !entered) {
				b.Calendar.Hours[d] = *usual
			}
		}
		for d, hours := range some {
			b.Calendar.Hours[d] = hours
		}
		b.Calendar = b.Calendar.CloseOn(closedOn...)
	}, nil
}

// moveDueDates moves what falls due on days that are closed now, and says how many; and
// the last days on hold shelves with them.
func (a *app) moveDueDates(s *server) error {
	n, err := s.ledger.MoveDueDates(a.ctx)
	if n > 0 {
		fmt.Fprintf(a.stdout, "%d due dates moved to an open day\n", n)
	}
	if err != nil {
		return err
	}
	return s.ledger.ExtendShelfTimes(a.ctx)
}

// branch finds a branch by its code or name, or returns library.ErrUnknownBranch.
func (s *server) branch(ctx context.Context, word string) (library.Branch, error) {
	all, err := s.catalogue.Branches(ctx)
	if err != nil {
		return library.Branch{}, err
	}
	known, err := intake.NewBranches(all, nil)
	if err != nil {
		return library.Branch{}, err
	}
	code, _ := known.Find(word)
	b, ok := library.Site{Branches: all}.Branch(code)
	if !ok {
		return library.Branch{}, fmt.Errorf("branch %s: %w", word, library.ErrUnknownBranch)
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

type branchRemoveCmd struct {
	Code string `arg:"" help:"The branch."`
}

// Run removes the branch.
func (c *branchRemoveCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		b, err := s.branch(a.ctx, c.Code)
		if err != nil {
			return err
		}
		if err := s.catalogue.RemoveBranch(a.ctx, b.Code); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "branch %s, %s, is removed\n", b.Code, b.Name)
		return nil
	})
}
