package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"madoguchi/library"
	"madoguchi/store"
	kiosksync "madoguchi/sync"
)

type searchCommand struct {
	N     int      `short:"n" default:"20" help:"How many hits to print."`
	Words []string `arg:"" help:"What to search for, as on the screen."`
}

// Run prints the hits of the local catalogue as tab-separated values (bib id, title,
// creators, publisher, year) and their number on standard error. It is the same
// search as the screen's, beside a running terminal or without one.
func (c *searchCommand) Run(e *env) error {
	if c.N < 1 {
		return errors.New("-n must be at least 1")
	}
	cat, err := store.Open(kiosksync.CataloguePath(e.config.Data))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no catalogue in %s yet: enrol this terminal and start kiosk once", e.config.Data)
	}
	if err != nil {
		return err
	}
	defer cat.Close()
	page, err := cat.Search(e.ctx, library.Query{Words: strings.Join(c.Words, " ")}, 0, c.N)
	if err != nil {
		return err
	}
	for _, r := range page.Rows {
		fmt.Fprintln(e.stdout, strings.Join(columns(r.Bib), "\t"))
	}
	fmt.Fprintln(e.stderr, page.Count)
	return nil
}

func columns(b library.Bib) []string {
	names := make([]string, len(b.Creators))
	for i, c := range b.Creators {
		names[i] = c.Name
	}
	title := b.Title
	if b.Volume != "" {
		title += " " + b.Volume
	}
	year := ""
	if b.Year != 0 {
		year = strconv.Itoa(b.Year)
	}
	out := []string{string(b.ID), title, strings.Join(names, "; "), b.Publisher, year}
	for i, s := range out {
		out[i] = strings.Join(strings.Fields(s), " ") // no tab or line break may come from a record
	}
	return out
}
