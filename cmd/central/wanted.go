package main

import (
	"fmt"
	"strconv"
	"time"

	"madoguchi/central/catalogue"
)

type wantedCmd struct {
	Show   wantedShowCmd   `cmd:"" help:"Show how many bibs have each class, and how many wait for another one."`
	Update wantedUpdateCmd `cmd:"" help:"Compute the classes now. serve does it by itself once a month; no more than 2 % of the bibs move in a month."`
}

type wantedShowCmd struct {
	reading

	JSON bool `name:"json" help:"Print it as JSON."`
}

// Run shows how the classes stood when they were computed last.
func (c *wantedShowCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		w, err := s.catalogue.Wanted(a.ctx)
		if err != nil {
			return err
		}
		return printWanted(a, w, c.JSON)
	})
}

type wantedUpdateCmd struct {
	JSON bool `name:"json" help:"Print how the classes stand then as JSON."`
}

// Run computes the classes.
func (c *wantedUpdateCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		w, _, err := s.catalogue.UpdateWanted(a.ctx, true)
		if err != nil {
			return err
		}
		return printWanted(a, w, c.JSON)
	})
}

// jsonWanted is how the classes stand as JSON.
type jsonWanted struct {
	Computed time.Time `json:"computed,omitzero"`
	Month    string    `json:"month,omitempty"`
	Moved    int       `json:"moved"`
	Waiting  int       `json:"waiting"`
	Classes  []int     `json:"classes"` // how many bibs have the classes 0, 1, …
}

func printWanted(a *app, w catalogue.Wanted, asJSON bool) error {
	if asJSON {
		return printJSON(a.stdout, jsonWanted{w.At, w.Month, w.Moved, w.Waiting, w.Classes[:]})
	}
	if w.At.IsZero() {
		fmt.Fprintln(a.stdout, "not computed yet; serve does it when there are records, and central wanted update does it now")
		return nil
	}
	fields := []field{
		{"computed", w.At.In(a.settings.Site.Location()).Format("2006-01-02 15:04")},
		{"moved in " + w.Month, strconv.Itoa(w.Moved)}, {"waiting", strconv.Itoa(w.Waiting)},
	}
	for class := len(w.Classes) - 1; class >= 0; class-- {
		fields = append(fields, field{"class " + strconv.Itoa(class), strconv.Itoa(w.Classes[class])})
	}
	return printFields(a.stdout, fields)
}
