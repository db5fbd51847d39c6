package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"madoguchi/library"
)

type calendarCmd struct {
	Import calendarImportCmd `cmd:"" help:"Take in closed days: CSV with the columns branch and date; * is every branch."`
}

type calendarImportCmd struct {
	File string `arg:"" help:"The file."`
}

// Run adds the closed days of the file to those of the branches. A line that cannot
// be read is reported and left out; the others go in.
func (c *calendarImportCmd) Run(a *app) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	return a.with(func(s *server) error {
		branches, err := s.catalogue.Branches(a.ctx)
		if err != nil {
			return err
		}
		added, bad, err := addClosedDays(f, branches, a.stderr)
		if err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
		for _, b := range branches {
			if err := s.catalogue.PutBranch(a.ctx, b); err != nil {
				return err
			}
		}
		fmt.Fprintf(a.stdout, "%d closed days added, %d lines left out\n", added, bad)
		if err := a.moveDueDates(s); err != nil {
			return err
		}
		if bad > 0 {
			return exitStatus(leftOut)
		}
		return nil
	})
}

// addClosedDays adds the days of a CSV file to the calendars of branches. It returns
// how many were new, and how many lines were bad; each of those is told to problems.
// Lines are read one by one, so that a stray quote spoils its own line and no other.
func addClosedDays(in io.Reader, branches []library.Branch, problems io.Writer) (added, bad int, err error) {
	lines := bufio.NewScanner(in)
	if !lines.Scan() {
		return 0, 0, errors.New("the file is empty; its first line must name the columns branch and date")
	}
	header, err := fields(strings.TrimPrefix(lines.Text(), "\ufeff"))
	branch, date := slices.Index(header, "branch"), slices.Index(header, "date")
	if err != nil || branch < 0 || date < 0 {
		return 0, 0, errors.New("the first line must name the columns branch and date")
	}
	for number := 2; lines.Scan(); number++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		n := 0
		row, err := fields(lines.Text())
		if err == nil {
			n, err = closeOn(branches, row, branch, date)
		}
		if err != nil {
			bad++
			fmt.Fprintf(problems, "left out: line %d: %v\n", number, err)
		}
		added += n
	}
	for i := range branches {
		slices.SortFunc(branches[i].Calendar.Closed, func(x, y library.Date) int { return x.Sub(y) })
	}
	return added, bad, lines.Err()
}

// fields cuts one line of a CSV file.
func fields(line string) ([]string, error) {
	row, err := csv.NewReader(strings.NewReader(line)).Read()
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return nil, broken.Err
	}
	return row, err
}

// closeOn closes the branches of a row on its day, and returns for how many that is
// new.
func closeOn(branches []library.Branch, row []string, branch, date int) (added int, err error) {
	if len(row) <= max(branch, date) {
		return 0, errors.New("a column is missing")
	}
	day, err := library.ParseDate(strings.ReplaceAll(strings.TrimSpace(row[date]), "/", "-"))
	if err != nil {
		return 0, err
	}
	code := library.BranchCode(strings.TrimSpace(row[branch]))
	known := false
	for i := range branches {
		if code != "*" && branches[i].Code != code {
			continue
		}
		known = true
		if closed := &branches[i].Calendar.Closed; !slices.Contains(*closed, day) {
			*closed = append(*closed, day)
			added++
		}
	}
	if !known {
		return 0, fmt.Errorf("there is no branch %q; see: central branch list", code)
	}
	return added, nil
}
