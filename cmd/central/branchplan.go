package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"madoguchi/library"
)

type branchPlanCmd struct {
	Code string `arg:"" help:"The branch."`
	File string `arg:"" optional:"" help:"A JSON array of plans, in the form in which they are printed; an empty one takes the plans away."`
}

// Run replaces the floor plans of a branch by those of the file, and tells of shelves
// that are on none of them. Without a file it prints the plans that are there.
func (c *branchPlanCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		b, err := s.branch(a.ctx, c.Code)
		if err != nil {
			return err
		}
		if c.File == "" {
			return printPlans(a.stdout, b.Plans)
		}
		text, err := os.ReadFile(c.File)
		if err != nil {
			return err
		}
		plans, err := readPlans(text)
		if err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
		err = s.catalogue.ChangeBranches(a.ctx, func(all []library.Branch) ([]library.Branch, error) {
			b, _ = library.Site{Branches: all}.Branch(b.Code)
			b.Plans = plans
			return []library.Branch{b}, nil
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "branch %s has %d floor plans\n", b.Code, len(b.Plans))
		shelves, err := s.catalogue.Shelves(a.ctx, b.Code)
		if err != nil {
			return err
		}
		for _, shelf := range shelves {
			if _, drawn := b.Locate(shelf); !drawn && len(b.Plans) > 0 {
				fmt.Fprintf(a.stderr, "on no plan: the shelf %s, where copies stand; they are shown without a map\n", shelf)
			}
		}
		return nil
	})
}

// readPlans reads a JSON array of floor plans and holds each to its rules.
func readPlans(text []byte) ([]library.FloorPlan, error) {
	var plans []library.FloorPlan
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	d.DisallowUnknownFields()
	if err := d.Decode(&plans); err != nil {
		return nil, fmt.Errorf("these are not floor plans: %w; write a JSON array like the one that central branch plan prints", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is something after the array of floor plans; take it out")
	}
	for n, p := range plans {
		if err := p.Validate(); err != nil {
			return nil, fmt.Errorf("plan %d: %w", n+1, err)
		}
	}
	return plans, nil
}

// printPlans prints plans in the form in which they are read.
func printPlans(w io.Writer, plans []library.FloorPlan) error {
	if len(plans) == 0 {
		_, err := fmt.Fprintln(w, "[]")
		return err
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(plans)
}
