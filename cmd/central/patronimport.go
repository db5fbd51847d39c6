package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"madoguchi/central"
	"madoguchi/central/catalogue"
	"madoguchi/central/intake"
	"madoguchi/central/ledger"
)

type patronImportCmd struct {
	File      string `arg:"" help:"The file, or - for standard input."`
	Encoding  string `help:"The encoding of the file, where that cannot be found out: utf-8, cp932 (Shift_JIS), euc-jp, iso-2022-jp or utf-16." placeholder:"NAME"`
	Columns   string `help:"Where our columns stand in the file, as ours=theirs,…: id card name reading born_on phones email branch category valid_until blocks. Without id a patron is known by the card." placeholder:"OURS=THEIRS,…"`
	Full      bool   `help:"The file has all patrons: who is lacking is blocked, until a file has them again."`
	FullLimit *int   `help:"With --full: how many percent of the patrons may be blocked with one import, and at least one. Where more are lacking nobody is blocked, and the exit status is 3. Otherwise 5." placeholder:"PERCENT"`
	Whole     bool   `help:"With --full: the file is whole although its last line has no line end."`
	DryRun    bool   `help:"Say what would happen, and change nothing."`
	Report    string `help:"Write what was left out and noted to this file, each with its place, and nothing of a patron." placeholder:"FILE"`
}

// Validate checks the flags.
func (c *patronImportCmd) Validate() error {
	if c.Whole && !c.Full {
		return errWholeWithoutFull
	}
	return checkFullLimit(c.Full, c.FullLimit)
}

// Run imports the file. What it prints tells nothing about a patron.
func (c *patronImportCmd) Run(a *app) error {
	columns, err := intake.ParsePatronColumns(c.Columns)
	if err != nil {
		return err
	}
	in, done, err := a.openInput(c.File)
	if err != nil {
		return err
	}
	defer done()
	return a.with(func(s *server) error {
		branches, err := a.findBranches(s)
		if err != nil {
			return err
		}
		out, err := a.newReport(c.Report, in)
		if err != nil {
			return err
		}
		file, err := intake.OpenPatrons(in, intake.PatronOptions{
			Columns: columns, Encoding: c.Encoding, Whole: c.Whole,
			Card:     a.settings.parseCard,
			Branches: branches,
			Today:    s.ledger.Today(),
			Note:     out.note,
		})
		if err != nil {
			return err
		}
		defer file.Close()
		if file.Encoding() != intake.UTF8 {
			fmt.Fprintf(a.stderr, "read as %s\n", file.Encoding())
		}
		out.unread(file.Unread())
		return c.take(a, s, file, out)
	})
}

func (c *patronImportCmd) take(a *app, s *server, file *intake.PatronFile, out *importReport) error {
	rows := &patronRows{file: file}
	at := func(number int, fault string) *intake.Problem {
		p := rows.at[number-1]
		p.Fault = fault
		return &p
	}
	run := ledger.PatronImport{
		Patrons:     rows.all(),
		Fields:      patronFields(file),
		DryRun:      c.DryRun,
		Mark:        func() (ledger.Mark, error) { return a.mark(s) },
		CardChanged: central.EndSessionsTx,
		LeftOut: func(number int, err error) error {
			if refused := (*ledger.PatronError)(nil); errors.As(err, &refused) {
				err = at(number, refused.Reason)
			}
			return out.leftOut(number, err)
		},
		Note:     func(number int, fault string) { out.note(*at(number, fault)) },
		Progress: func(n ledger.Counts) { out.progress(catalogue.Counts{Read: n.Read, LeftOut: n.LeftOut}) },
	}
	var lacking ledger.LackingPatrons
	if c.Full {
		run.Full = &ledger.PatronFull{Limit: fullLimit(c.FullLimit), Lacking: func(l ledger.LackingPatrons) { lacking = l }}
	}
	counts, err := s.ledger.ImportPatrons(a.ctx, run)
	if endErr := out.end(); err == nil {
		err = endErr
	}
	if !c.DryRun {
		err = errors.Join(err, a.auditImport(s, "import.patrons", map[string]int{
			"read": counts.Read, "new": counts.Added, "changed": counts.Changed, "left_out": counts.LeftOut, "blocked": counts.Blocked, "unblocked": counts.Unblocked,
		}))
	}
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("broken off after %d patrons; what went in stays, and running it again completes it", counts.Read)
	case err != nil && counts.Read == 0:
		return err
	case err != nil:
		return fmt.Errorf("patron %d: %w", counts.Read, err)
	case counts.Read == 0:
		return errors.New("the file has a header line and no patron below it; nothing was changed")
	}
	fmt.Fprintln(a.stdout, c.sum(counts))
	if rights := rightsChanged(counts); rights != "" {
		fmt.Fprintln(a.stderr, rights)
	}
	kept := c.kept(lacking)
	if kept != "" {
		fmt.Fprintln(a.stderr, "central:", kept)
	}
	if counts.Read == counts.LeftOut {
		return errNothingWentIn
	}
	if counts.LeftOut > 0 || kept != "" {
		return exitStatus(leftOut)
	}
	return nil
}

// sum is what an import did.
func (c *patronImportCmd) sum(n ledger.Counts) string {
	text := fmt.Sprintf("%s read: %d new, %d changed, %d unchanged, %d left out", count(n.Read, "patron"), n.Added, n.Changed, n.Unchanged, n.LeftOut)
	if n.KeptOut > 0 {
		text += fmt.Sprintf(", %d kept out who were deleted here", n.KeptOut)
	}
	if c.Full {
		text += fmt.Sprintf(", %d blocked whom the file lacks", n.Blocked)
	}
	if n.Back > 0 {
		text += fmt.Sprintf(", %d back of whom an earlier file lacked", n.Back)
	}
	if c.DryRun {
		text += "; it was a trial, and nothing was changed"
	}
	return text
}

// rightsChanged says of how many patrons an import changed what they may, "" where of none.
func rightsChanged(n ledger.Counts) string {
	var parts []string
	for _, x := range []struct {
		what  string
		count int
	}{{"blocks lifted", n.Unblocked}, {"last days taken away or moved later", n.Longer}, {"cards changed", n.NewCards}} {
		if x.count > 0 {
			parts = append(parts, fmt.Sprintf("%s of %d", x.what, x.count))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "of the patrons who were here: " + strings.Join(parts, ", ")
}

// kept says why nobody was blocked who is lacking, "" where all were.
func (c *patronImportCmd) kept(l ledger.LackingPatrons) string {
	switch l.Kept {
	case ledger.OverLimit:
		return fmt.Sprintf("the file lacks %d of %s, and more than %d are not blocked with one import: nobody was. Where the file is right, import it again with a higher --full-limit", l.Patrons, count(l.Of, "patron"), l.May)
	case ledger.WhoseUnknown:
		return fmt.Sprintf("the file lacks %s, but rows were left out of which nobody can tell whose they are: nobody was blocked. Mend those rows, and import the file again", count(l.Patrons, "patron"))
	case ledger.MayBeCut:
		return fmt.Sprintf("the file lacks %s, but its last row is broken or has no line end, so that it may be cut off: nobody was blocked. Have the other system end the last line; where it never does, look whether the file is whole, and import it again with --whole", count(l.Patrons, "patron"))
	case ledger.NotUnderstood:
		return "no patron of the file went in, so nobody was blocked"
	}
	return ""
}

// mark is how deleted patrons are known again.
func (a *app) mark(s *server) (ledger.Mark, error) {
	passwords, err := a.passwords(s)
	if err != nil {
		return nil, err
	}
	return passwords.Mark, nil
}

// patronRows remembers where in the file each patron stood.
type patronRows struct {
	file *intake.PatronFile
	at   []intake.Problem
}

func (r *patronRows) all() iter.Seq2[ledger.FilePatron, error] {
	return func(yield func(ledger.FilePatron, error) bool) {
		for row, err := range r.file.Rows() {
			r.at = append(r.at, row.At)
			p := ledger.FilePatron{Patron: row.Patron, FileID: row.ID, MayBeCut: row.MayBeCut}
			for _, column := range row.Unsaid {
				p.Unsaid = append(p.Unsaid, ledger.PatronField(column))
			}
			if !yield(p, err) {
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
