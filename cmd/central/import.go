package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"madoguchi/central/audit"
	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/central/intake"
	"madoguchi/library"
)

type importCmd struct {
	MARC importMARCCmd `cmd:"" name:"marc" help:"MARC 21, as ISO 2709 or MARCXML."`
	CSV  importCSVCmd  `cmd:"" name:"csv" help:"CSV or TSV with a header line."`
}

type importFlags struct {
	File   string `arg:"" help:"The file, or - for standard input."`
	Branch string `help:"Give each record without copies one copy in this branch." placeholder:"CODE"`
	Report string `help:"Write what was left out and noted to this file, each with its place." placeholder:"FILE"`
	fullFlags
}

type importMARCCmd struct {
	importFlags
	Encoding string `help:"The encoding of the file, where that cannot be found out: utf-8, cp932 (Shift_JIS), euc-jp, iso-2022-jp or marc-8." placeholder:"NAME"`
}

type importCSVCmd struct {
	importFlags
	Encoding string `help:"The encoding of the file, where that cannot be found out: utf-8, cp932 (Shift_JIS), euc-jp, iso-2022-jp or utf-16." placeholder:"NAME"`
	Whole    bool   `help:"With --full: the file is whole although its last line has no line end."`
	Columns  string `help:"Where our columns stand in the file, as ours=theirs,…: id title title_reading subtitle volume series creator creator_reading publisher year isbn ndc subjects kind language description barcode branch call_number shelf lendable added_on state due_on loans." placeholder:"OURS=THEIRS,…"`
}

// Run imports the file.
func (c *importMARCCmd) Run(a *app) error {
	return c.run(a, intake.Options{Encoding: c.Encoding}, intake.MARC)
}

// Validate checks the flags.
func (c *importCSVCmd) Validate() error {
	if c.Whole && !c.Full {
		return errWholeWithoutFull
	}
	return c.fullFlags.Validate()
}

// Run imports the file.
func (c *importCSVCmd) Run(a *app) error {
	var columns map[string]string
	if c.Columns != "" {
		var err error
		if columns, err = intake.ParseColumns(c.Columns); err != nil {
			return err
		}
	}
	return c.run(a, intake.Options{Columns: columns, Encoding: c.Encoding, Whole: c.Whole}, intake.CSV)
}

// errNothingWentIn is of an import that left out every record of the file.
var errNothingWentIn = errors.New("nothing of the file went in: see the lines above")

type reader func(io.Reader, intake.Options) iter.Seq2[catalogue.Incoming, error]

func (c *importFlags) run(a *app, opt intake.Options, read reader) (err error) {
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
		branch, known := branches.Find(c.Branch)
		if c.Branch != "" && !known {
			return library.ErrUnknownBranch
		}
		out, err := a.newReport(c.Report, in)
		if err != nil {
			return err
		}
		opt.Branch, opt.Branches, opt.States = branch, branches, a.settings.Intake.states()
		opt.Today = library.DateOf(time.Now().In(a.settings.Site.Location()))
		if !a.settings.Barcode.Item.IsZero() {
			opt.Barcode = a.settings.Barcode.ParseItem
		}
		opt.Note, opt.ReadAs, opt.Unread = out.note, out.readAs, out.unread
		opt.WithoutID = out.withoutID
		kept := ""
		counts, err := s.catalogue.Import(a.ctx, catalogue.Import{
			Source: c.Source, FileStates: a.settings.Intake.StateFrom == stateFromFile, DryRun: c.DryRun,
			Full: c.whole(func(l catalogue.Lacking) {
				for _, line := range c.lacking(l) {
					out.line("%s", line)
				}
				kept = c.kept(l)
			}),
			Records:  read(in, opt),
			LeftOut:  out.leftOut,
			Progress: out.progress,
			TakenOver: func(all []catalogue.Taken) {
				for _, t := range all {
					out.line("%s", c.taken(t))
				}
			},
		})
		if endErr := out.end(); err == nil {
			err = endErr
		}
		if !c.DryRun {
			err = errors.Join(err, a.auditImport(s, "import.records", map[string]int{
				"read": counts.Read, "new": counts.Added, "changed": counts.Changed, "left_out": counts.LeftOut,
				"withdrawn_bibs": counts.WithdrawnBibs, "withdrawn_items": counts.WithdrawnItems,
			}))
		}
		switch {
		case errors.Is(err, context.Canceled) && c.DryRun:
			return fmt.Errorf("the dry run was broken off after %d records; nothing was changed", counts.Read)
		case errors.Is(err, context.Canceled):
			return fmt.Errorf("broken off after %d records; what went in stays, and running it again completes it", counts.Read)
		case err != nil && (counts.Read == 0 || out.failed):
			return err // of the file as a whole: it says where
		case err != nil:
			return fmt.Errorf("record %d: %w", counts.Read, err)
		}
		fmt.Fprintln(a.stdout, c.counted(counts))
		if kept != "" {
			fmt.Fprintln(a.stderr, "central:", kept)
		}
		if counts.Read == counts.LeftOut {
			return errNothingWentIn
		}
		if counts.LeftOut+counts.LeftItems > 0 || kept != "" {
			return exitStatus(leftOut)
		}
		return nil
	})
}

// auditImport writes into the audit log what an import did, also one that broke off: what
// went in stays.
func (a *app) auditImport(s *server, action string, counts map[string]int) error {
	off := *a
	off.ctx = context.WithoutCancel(a.ctx)
	return off.audited(s, action, func(_ *db.Tx, e *audit.Entry) error {
		e.Detail = map[string]string{}
		for what, n := range counts {
			e.Detail[what] = strconv.Itoa(n)
		}
		return nil
	})
}
