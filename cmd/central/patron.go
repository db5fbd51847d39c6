package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"time"

	"madoguchi/barcode"
	"madoguchi/central/catalogue"
	"madoguchi/central/intake"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

type patronCmd struct {
	Import patronImportCmd `cmd:"" help:"Take patrons in from CSV or TSV with a header line. Nobody is deleted."`
	Unlock patronUnlockCmd `cmd:"" help:"Let a card be tried again that is locked after too many failed logins."`
}

type patronImportCmd struct {
	File     string `arg:"" help:"The file, or - for standard input."`
	Encoding string `help:"The encoding of the file, where that cannot be found out: utf-8, cp932 (Shift_JIS), euc-jp, iso-2022-jp or utf-16." placeholder:"NAME"`
	Columns  string `help:"Where our columns stand in the file, as ours=theirs,…: id card name reading born_on phones email branch category valid_until blocks. Without id a patron is known by the card." placeholder:"OURS=THEIRS,…"`
}

// Run imports the file. What it prints tells nothing about a patron.
func (c *patronImportCmd) Run(a *app) error {
	columns, err := intake.ParsePatronColumns(c.Columns)
	if err != nil {
		return err
	}
	in := a.stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	return a.with(func(s *server) error {
		branches, err := a.findBranches(s)
		if err != nil {
			return err
		}
		file, err := intake.OpenPatrons(in, intake.PatronOptions{
			Columns: columns, Encoding: c.Encoding,
			Card:     a.settings.parseCard,
			Branches: branches,
		})
		if err != nil {
			return err
		}
		defer file.Close()
		if file.Encoding() != intake.UTF8 {
			fmt.Fprintf(a.stderr, "read as %s\n", file.Encoding())
		}
		return importPatrons(a, s, file)
	})
}

func importPatrons(a *app, s *server, file *intake.PatronFile) error {
	out := &importReport{out: a.stderr, every: progressEvery(a.stderr), start: time.Now()}
	out.shown = out.start
	rows := &patronRows{file: file}
	counts, err := s.ledger.ImportPatrons(a.ctx, ledger.PatronImport{
		Patrons: rows.all(),
		Fields:  patronFields(file),
		LeftOut: func(number int, err error) error {
			if refused := (*ledger.PatronError)(nil); errors.As(err, &refused) {
				at := rows.at[number-1]
				at.Fault = refused.Reason
				err = &at
			}
			return out.leftOut(number, err)
		},
		Progress: func(n ledger.Counts) { out.progress(catalogue.Counts{Read: n.Read, LeftOut: n.LeftOut}) },
	})
	out.end()
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("broken off after %d patrons; what went in stays, and running it again completes it", counts.Read)
	case err != nil:
		return fmt.Errorf("patron %d: %w", counts.Read, err)
	}
	fmt.Fprintf(a.stdout, "%d patrons read: %d new, %d changed, %d unchanged, %d left out\n",
		counts.Read, counts.Added, counts.Changed, counts.Unchanged, counts.LeftOut)
	if counts.LeftOut > 0 {
		return exitStatus(leftOut)
	}
	return nil
}

// patronRows remembers where in the file each patron stood.
type patronRows struct {
	file *intake.PatronFile
	at   []intake.Problem
}

func (r *patronRows) all() iter.Seq2[library.Patron, error] {
	return func(yield func(library.Patron, error) bool) {
		for row, err := range r.file.Rows() {
			r.at = append(r.at, row.At)
			if !yield(row.Patron, err) {
				return
			}
		}
	}
}

func patronFields(file *intake.PatronFile) []ledger.PatronField {
	fields := []ledger.PatronField{}
	for _, column := range file.Columns() {
		if column != "id" && column != "card" {
			fields = append(fields, ledger.PatronField(column))
		}
	}
	return fields
}

// parseCard brings a card number into normal form. Where the library has not set
// what its numbers look like, any number may be one.
func (s settings) parseCard(typed string) (string, error) {
	codes := s.Barcode
	if codes.Card.IsZero() {
		codes.Card = anyNumber()
	}
	return codes.ParseCard(typed)
}

// anyNumber is a rule that every number fits.
func anyNumber() barcode.Rule {
	var r barcode.Rule
	for n := range barcode.MaxScan {
		r.Lengths = append(r.Lengths, n+1)
	}
	return r
}
