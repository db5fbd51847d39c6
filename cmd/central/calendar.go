package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"madoguchi/central/intake"
	"madoguchi/library"
)

type calendarCmd struct {
	Import calendarImportCmd `cmd:"" help:"Take in closed days: CSV with the columns branch and date (館 and 休館日); * or 全館 is every branch."`
	List   calendarListCmd   `cmd:"" help:"List the closed days, beside the weekdays on which a branch is closed."`
	Remove calendarRemoveCmd `cmd:"" help:"Take closed days back. What is due, or set aside, keeps the days that patrons were told."`
}

type calendarImportCmd struct {
	File     string `arg:"" help:"The file, or - for standard input."`
	Encoding string `help:"The encoding of the file, where that cannot be found out: utf-8, cp932 (Shift_JIS), euc-jp, iso-2022-jp or utf-16." placeholder:"NAME"`
	Report   string `help:"Write each line that was left out to this file, with its place." placeholder:"FILE"`
}

// Run adds the closed days of the file to those of the branches. A line that cannot
// be read is reported and left out; the others go in.
func (c *calendarImportCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		rows, bad, err := readClosedDays(a, s, c.File, c.Encoding, c.Report)
		if err != nil {
			return err
		}
		n, err := changeCalendars(a, s, rows, library.Calendar.CloseOn)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s added, %s left out\n", count(n, "closed day"), count(bad, "line"))
		if err := a.moveDueDates(s); err != nil {
			return err
		}
		return leftOutOf(bad)
	})
}

// leftOutOf is the status where so many lines were bad.
func leftOutOf(bad int) error {
	if bad > 0 {
		return exitStatus(leftOut)
	}
	return nil
}

// readClosedDays reads a file and tells of its bad lines, with each in the file report,
// "" for none. It is an error where it has no other ones.
func readClosedDays(a *app, s *server, path, encoding, report string) (rows []intake.ClosedDays, bad int, err error) {
	in, done, err := a.openInput(path)
	if err != nil {
		return nil, 0, err
	}
	defer done()
	branches, err := a.findBranches(s)
	if err != nil {
		return nil, 0, err
	}
	out, err := a.newReport(report, in)
	if err != nil {
		return nil, 0, err
	}
	opt := intake.CalendarOptions{
		Encoding: encoding, Branches: branches, ReadAs: out.readAs, Note: out.note,
		Unread: func(headers []string) { out.line("not read: %s", fewHeaders(headers)) },
	}
	number := 0
	for row, rowErr := range intake.ReadClosedDays(in, opt) {
		if number++; rowErr == nil {
			rows = append(rows, row)
		} else if err = out.leftOut(number, rowErr); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
			break
		} else {
			bad++
		}
	}
	if endErr := out.end(); err == nil {
		err = endErr
	}
	switch {
	case err != nil:
		return nil, bad, err
	case len(rows) > 0:
		return rows, bad, nil
	case bad > 0:
		return nil, bad, fmt.Errorf("%s: none of its lines could be read; nothing was changed", path)
	}
	return nil, bad, fmt.Errorf("%s: it has no closed days, only a header line", path)
}

// changeCalendars closes or opens the branches of the rows on their days, all of it or
// nothing, and returns how many closed days that makes more or less, those of each branch
// counted.
func changeCalendars(a *app, s *server, rows []intake.ClosedDays, change func(library.Calendar, ...library.Date) library.Calendar) (n int, err error) {
	err = s.catalogue.ChangeBranches(a.ctx, func(all []library.Branch) ([]library.Branch, error) {
		n = 0
		for i, b := range all {
			for _, row := range rows {
				if row.Branch == b.Code || row.Branch == "" {
					all[i].Calendar = change(all[i].Calendar, row.Days...)
				}
			}
			more := len(all[i].Calendar.Closed) - len(b.Calendar.Closed)
			n += max(more, -more)
		}
		return all, nil
	})
	return n, err
}

type calendarListCmd struct {
	reading

	Branch string `arg:"" optional:"" help:"The branch; otherwise all."`
	Past   bool   `help:"Also those that are over."`
	JSON   bool   `name:"json" help:"As a JSON array."`
}

// closedDayJSON is a closed day as --json shows it.
type closedDayJSON struct {
	Branch library.BranchCode `json:"branch"`
	Date   library.Date       `json:"date"`
}

// Run lists the closed days by branch.
func (c *calendarListCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		all, err := s.catalogue.Branches(a.ctx)
		if err != nil {
			return err
		}
		if c.Branch != "" {
			b, err := s.branch(a.ctx, c.Branch)
			if err != nil {
				return err
			}
			all = []library.Branch{b}
		}
		since := a.today()
		if c.Past {
			since = library.Date{}
		}
		if c.JSON {
			days := []closedDayJSON{}
			for _, b := range all {
				for _, d := range b.Calendar.ClosedFrom(since) {
					days = append(days, closedDayJSON{b.Code, d})
				}
			}
			return printJSON(a.stdout, days)
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "BRANCH\tNAME\tDATE")
		for _, b := range all {
			for _, d := range b.Calendar.ClosedFrom(since) {
				fmt.Fprintf(w, "%s\t%s\t%s\n", b.Code, b.Name, dateAndDay(d))
			}
		}
		return w.Flush()
	})
}

type calendarRemoveCmd struct {
	Branch   string   `arg:"" optional:"" help:"The branch; * or 全館 for all."`
	Days     []string `arg:"" optional:"" help:"The days, such as 2026-12-29, 令和8年12月29日 or 2026-12-29〜2027-01-03."`
	File     string   `help:"Take back the days of this file, in the form of calendar import; - for standard input." placeholder:"FILE"`
	Encoding string   `help:"The encoding of the file, as in calendar import." placeholder:"NAME"`
	Report   string   `help:"With --file: write each line that was left out to this file, with its place." placeholder:"FILE"`
}

// Validate refuses what names neither a file nor days, or both.
func (c *calendarRemoveCmd) Validate() error {
	if (c.File == "") == (len(c.Days) == 0) || c.File != "" && c.Branch != "" {
		return errors.New("name a branch and the days to be taken back, or a --file of them")
	}
	if c.Report != "" && c.File == "" {
		return errors.New("--report is for what is wrong in a --file")
	}
	return nil
}

// Run takes the days out of the calendars. Due dates and shelf times that were moved
// because of them stay: patrons were told them.
func (c *calendarRemoveCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		if c.File != "" {
			rows, bad, err := readClosedDays(a, s, c.File, c.Encoding, c.Report)
			if err != nil {
				return err
			}
			if err := takeBack(a, s, rows); err != nil {
				return err
			}
			return leftOutOf(bad)
		}
		branches, err := a.findBranches(s)
		if err != nil {
			return err
		}
		row, err := intake.ClosedDaysOf(c.Branch, c.Days, branches)
		if err != nil {
			return err
		}
		return takeBack(a, s, []intake.ClosedDays{row})
	})
}

// takeBack opens the branches of the rows on their days, and says where they stay closed.
func takeBack(a *app, s *server, rows []intake.ClosedDays) error {
	n, err := changeCalendars(a, s, rows, library.Calendar.OpenOn)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s taken back\n", count(n, "closed day"))
	all, err := s.catalogue.Branches(a.ctx)
	if err != nil {
		return err
	}
	for _, b := range all {
		for _, row := range rows {
			if row.Branch == b.Code {
				tellStillClosed(a.stderr, b, row.Days)
			}
		}
	}
	if err := a.moveDueDates(s); err != nil {
		return err
	}
	if n == 0 {
		return errors.New("none of them is among the closed days; see: central calendar list")
	}
	return nil
}

// tellStillClosed says on which weekdays of some days a branch stays closed.
func tellStillClosed(w io.Writer, b library.Branch, days []library.Date) {
	var closed []time.Weekday
	for _, d := range days {
		if !b.Calendar.IsOpen(d) && !slices.Contains(closed, d.Weekday()) {
			closed = append(closed, d.Weekday())
		}
	}
	for _, d := range closed {
		text := library.WeekdayText(d)
		fmt.Fprintf(w, "%s is closed every %s; to open it then: central branch add %[1]s --hours %[2]s=9:00-17:00\n", b.Code, text)
	}
}
