package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"madoguchi/central/catalogue"
	"madoguchi/central/generate"
)

type generateCmd struct {
	Bibs   int    `help:"How many bibs." default:"100000"`
	Copies int    `help:"How many copies of them in all; by default one and a half of each." placeholder:"N"`
	Seed   uint64 `help:"Another seed makes another library." default:"1"`
	Print  bool   `help:"Write the records to standard output, one JSON object a line, and leave the database alone."`
}

// Run makes up a library.
func (c *generateCmd) Run(a *app) error {
	g, err := generate.New(generate.Config{Bibs: c.Bibs, Copies: cmp.Or(c.Copies, c.Bibs*3/2), Seed: c.Seed})
	if err != nil {
		return err
	}
	if c.Print {
		return c.print(a, g)
	}
	return a.with(func(s *server) error { return c.fill(a, s, g) })
}

func (c *generateCmd) print(a *app, g *generate.Generator) error {
	out := bufio.NewWriterSize(a.stdout, 1<<20)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for r, err := range g.Records() {
		if err = errors.Join(err, a.ctx.Err()); err != nil {
			return err
		}
		if err := lines.Encode(r); err != nil {
			return fmt.Errorf("write the records: %w", err)
		}
	}
	return out.Flush()
}

// fill takes the records in as any import does.
func (c *generateCmd) fill(a *app, s *server, g *generate.Generator) error {
	branches, err := s.catalogue.Branches(a.ctx)
	if err != nil {
		return err
	}
	if len(branches) > 0 {
		return errors.New("this database has a library already; give the made-up one a data folder of its own with --data")
	}
	for _, b := range g.Branches() {
		if err := s.catalogue.PutBranch(a.ctx, b); err != nil {
			return err
		}
	}
	out := &importReport{out: a.stderr, every: progressEvery(a.stderr), start: time.Now()}
	out.shown = out.start
	counts, err := s.catalogue.Import(a.ctx, catalogue.Import{
		Records:  catalogue.Plain(g.Records()),
		LeftOut:  func(_ int, err error) error { return err },
		Progress: out.progress,
	})
	out.end()
	if err != nil {
		return fmt.Errorf("record %d: %w", counts.Read, err)
	}
	fmt.Fprintf(a.stdout, "%d bibs in %d branches\n", counts.Added, len(g.Branches()))
	return nil
}
