package main

import "fmt"

type editionCmd struct {
	Build editionBuildCmd `cmd:"" help:"Build an edition of the catalogue now. serve does it by itself when it is due."`
}

type editionBuildCmd struct{}

// Run builds an edition.
func (c *editionBuildCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		editions, err := a.editions(s)
		if err != nil {
			return err
		}
		m, err := editions.Build(a.ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "edition %d: %d bibs, %d items, %d bytes in %d chunks\n", m.Number, m.Bibs, m.Items, m.Size, len(m.Chunks))
		return nil
	})
}
