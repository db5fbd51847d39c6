package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"madoguchi/central/audit"
	"madoguchi/library"
)

type auditListCmd struct {
	reading

	Since   string `help:"From this day on." placeholder:"DATE"`
	Until   string `help:"Up to this day, and with it." placeholder:"DATE"`
	Actor   string `help:"Of this one only: staff:sato, patron:ID, command:root." placeholder:"WHO"`
	Action  string `help:"This only: password.temporary, for example." placeholder:"WHAT"`
	Subject string `help:"To this one only: patron:ID, for example." placeholder:"WHOM"`
	Last    int    `help:"No more than so many, the newest; 0 for all." default:"100" placeholder:"N"`
	JSON    bool   `name:"json" help:"As a JSON array."`
}

// auditJSON is an entry as --json shows it.
type auditJSON struct {
	Number  int64             `json:"number"`
	At      time.Time         `json:"at"`
	Actor   string            `json:"actor"`
	Action  string            `json:"action"`
	Subject string            `json:"subject,omitempty"`
	Detail  map[string]string `json:"detail,omitempty"`
}

// Run lists entries of the audit log, the oldest first.
func (c *auditListCmd) Run(a *app) error {
	which := audit.Which{Actor: c.Actor, Action: c.Action, Subject: c.Subject, Last: c.Last}
	zone := a.settings.Site.Location()
	for _, day := range []struct {
		name, text string
		into       *time.Time
		more       int
	}{{"--since", c.Since, &which.Since, 0}, {"--until", c.Until, &which.Until, 1}} {
		if day.text == "" {
			continue
		}
		d, err := library.ParseDate(day.text)
		if err != nil {
			return fmt.Errorf("%s %q: write a day like 2026-11-30", day.name, day.text)
		}
		d = d.Add(day.more)
		*day.into = time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
	}
	if c.Last < 0 {
		return fmt.Errorf("--last %d: it must be at least 0, which is for all", c.Last)
	}
	return a.with(func(s *server) error {
		all, err := audit.List(a.ctx, s.db, which)
		if err != nil {
			return err
		}
		if c.JSON {
			shown := make([]auditJSON, len(all))
			for i, l := range all {
				shown[i] = auditJSON{l.Number, l.At.In(zone), l.Actor, l.Action, l.Subject, l.Detail}
			}
			return printJSON(a.stdout, shown)
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "NUMBER\tAT\tACTOR\tACTION\tSUBJECT\tDETAIL")
		for _, l := range all {
			var detail []string
			for _, key := range slices.Sorted(maps.Keys(l.Detail)) {
				detail = append(detail, key+"="+l.Detail[key])
			}
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", l.Number, l.At.In(zone).Format("2006-01-02 15:04:05"), l.Actor, l.Action, l.Subject, strings.Join(detail, " "))
		}
		return w.Flush()
	})
}
