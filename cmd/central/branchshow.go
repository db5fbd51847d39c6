package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"madoguchi/library"
)

// today is the day in the library's time zone.
func (a *app) today() library.Date {
	return library.DateOf(time.Now().In(a.settings.Site.Location()))
}

type branchListCmd struct {
	reading

	JSON bool `name:"json" help:"As a JSON array."`
}

// nextClosed is how many closed days the list of branches shows of each.
const nextClosed = 3

// Run lists the branches.
func (c *branchListCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		all, err := s.catalogue.Branches(a.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			shown := make([]branchJSON, len(all))
			for i, b := range all {
				shown[i] = jsonOf(b, a.today())
			}
			return printJSON(a.stdout, shown)
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "CODE\tNAME\tSHORT\tENGLISH\tHOURS\tNEXT CLOSED DAYS")
		for _, b := range all {
			closed := b.Calendar.ClosedFrom(a.today())
			text := listDates(closed[:min(len(closed), nextClosed)])
			if len(closed) > nextClosed {
				text += fmt.Sprintf(" and %d more", len(closed)-nextClosed)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", b.Code, b.Name, b.ShortName(), cmp.Or(b.NameEn, "-"), b.Calendar.HoursText(), cmp.Or(text, "-"))
		}
		return w.Flush()
	})
}

type branchShowCmd struct {
	reading

	Code string `arg:"" help:"The branch: its code or name."`
	JSON bool   `name:"json" help:"As a JSON object."`
}

// Run shows the branch.
func (c *branchShowCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		b, err := s.branch(a.ctx, c.Code)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(a.stdout, jsonOf(b, a.today()))
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintf(w, "code\t%s\nname\t%s\nshort name\t%s\nEnglish name\t%s\n", b.Code, b.Name, cmp.Or(b.Short, "-"), cmp.Or(b.NameEn, "-"))
		fmt.Fprintf(w, "hours\t%s\nfloor plans\t%d\n", b.Calendar.HoursText(), len(b.Plans))
		label := "closed on"
		for _, d := range b.Calendar.ClosedFrom(a.today()) {
			fmt.Fprintf(w, "%s\t%s\n", label, dateAndDay(d))
			label = ""
		}
		return w.Flush()
	})
}

// branchJSON is a branch as --json shows it. Hours has the weekdays on which it is open;
// Closed are its further closed days from today on.
type branchJSON struct {
	Code   library.BranchCode `json:"code"`
	Name   string             `json:"name"`
	Short  string             `json:"short,omitempty"`
	NameEn string             `json:"name_en,omitempty"`
	Hours  map[string]string  `json:"hours"`
	Closed []library.Date     `json:"closed"`
	Plans  int                `json:"floor_plans"`
}

func jsonOf(b library.Branch, today library.Date) branchJSON {
	shown := branchJSON{Code: b.Code, Name: b.Name, Short: b.Short, NameEn: b.NameEn, Hours: map[string]string{}, Closed: b.Calendar.ClosedFrom(today), Plans: len(b.Plans)}
	for d, hours := range b.Calendar.Hours {
		if hours.Open < hours.Close {
			shown.Hours[library.WeekdayText(time.Weekday(d))] = hours.String()
		}
	}
	if shown.Closed == nil {
		shown.Closed = []library.Date{}
	}
	return shown
}

func printJSON(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(v)
}

// printChanges says what is new of a branch, and what it was before.
func printChanges(w io.Writer, was, is library.Branch) {
	var changes []string
	for _, text := range []struct{ what, was, is string }{
		{"name", was.Name, is.Name}, {"short name", was.Short, is.Short}, {"English name", was.NameEn, is.NameEn},
	} {
		if text.was != text.is {
			changes = append(changes, fmt.Sprintf("%s: %s → %s", text.what, cmp.Or(text.was, "-"), cmp.Or(text.is, "-")))
		}
	}
	for n := 1; n <= 7; n++ { // from Monday on
		d := time.Weekday(n % 7)
		if from, to := was.Calendar.Hours[d], is.Calendar.Hours[d]; from != to {
			changes = append(changes, fmt.Sprintf("%s: %s → %s", library.WeekdayText(d), from, to))
		}
	}
	if more := is.Calendar.OpenOn(was.Calendar.Closed...).Closed; len(more) > 0 {
		changes = append(changes, "closed on "+listDates(more)+" too")
	}
	if len(changes) == 0 {
		fmt.Fprintf(w, "branch %s, %s: nothing is new\n", is.Code, is.Name)
		return
	}
	fmt.Fprintf(w, "branch %s, %s, is changed\n", is.Code, is.Name)
	for _, text := range changes {
		fmt.Fprintf(w, "  %s\n", text)
	}
}

func listDates(days []library.Date) string {
	texts := make([]string, len(days))
	for i, d := range days {
		texts[i] = d.String()
	}
	return strings.Join(texts, ", ")
}

// dateAndDay writes a day with its weekday.
func dateAndDay(d library.Date) string {
	return d.String() + " " + library.WeekdayText(d.Weekday())
}
