package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"madoguchi/central/catalogue"
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
	fullFlags
}

type importMARCCmd struct {
	importFlags
	Encoding string `help:"The encoding of the file, where that cannot be found out: utf-8, cp932 (Shift_JIS), euc-jp, iso-2022-jp or marc-8." placeholder:"NAME"`
}

type importCSVCmd struct {
	importFlags
	Encoding string `help:"The encoding of the file, where that cannot be found out: utf-8, cp932 (Shift_JIS), euc-jp, iso-2022-jp or utf-16." placeholder:"NAME"`
	Columns  string `help:"Where our columns stand in the file, as ours=theirs,…: id title title_reading subtitle volume series creator creator_reading publisher year isbn ndc subjects kind language description barcode branch call_number shelf lendable added_on state due_on loans." placeholder:"OURS=THEIRS,…"`
}

// Run imports the file.
func (c *importMARCCmd) Run(a *app) error {
	return c.run(a, intake.Options{Encoding: c.Encoding}, intake.MARC)
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
	return c.run(a, intake.Options{Columns: columns, Encoding: c.Encoding}, intake.CSV)
}

type reader func(io.Reader, intake.Options) iter.Seq2[catalogue.Incoming, error]

func (c *importFlags) run(a *app, opt intake.Options, read reader) (err error) {
	in := io.Reader(os.Stdin)
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
		branch, known := branches.Find(c.Branch)
		if c.Branch != "" && !known {
			return library.ErrUnknownBranch
		}
		out := &importReport{out: a.stderr, every: progressEvery(a.stderr), start: time.Now()}
		out.shown = out.start
		opt.Branch, opt.Branches, opt.States = branch, branches, a.settings.Intake.states()
		opt.Today = library.DateOf(time.Now().In(a.settings.Site.Location()))
		if !a.settings.Barcode.Item.IsZero() {
			opt.Barcode = a.settings.Barcode.ParseItem
		}
		opt.Note = func(p intake.Problem) { out.line("note: %v", &p) }
		opt.ReadAs = func(encoding string) { out.line("read as %s", encoding) }
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
		})
		out.end()
		switch {
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
		if counts.LeftOut > 0 || kept != "" {
			return exitStatus(leftOut)
		}
		return nil
	})
}

// progressEvery is how often progress is shown: often to a person at a terminal,
// seldom into a log.
func progressEvery(w io.Writer) time.Duration {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return 200 * time.Millisecond
		}
	}
	return 10 * time.Second
}

// importReport tells of an import on standard error.
type importReport struct {
	out   io.Writer
	every time.Duration
	start time.Time
	shown time.Time
	open  bool // a progress line stands at the cursor

	failed bool // the file could not be read further
}

func (r *importReport) leftOut(number int, err error) error {
	var problem *intake.Problem
	var refused *catalogue.RecordError
	switch {
	case errors.As(err, &problem):
		r.line("left out: %v", problem)
	case errors.As(err, &refused):
		r.line("left out: record %d: %v", number, refused)
	default:
		r.failed = true
		return err
	}
	return nil
}

func (r *importReport) progress(n catalogue.Counts) {
	now := time.Now()
	if now.Sub(r.shown) < r.every {
		return
	}
	r.shown = now
	text := fmt.Sprintf("%d records, %.0f a second, %d left out", n.Read, float64(n.Read)/now.Sub(r.start).Seconds(), n.LeftOut)
	if r.every < time.Second {
		fmt.Fprintf(r.out, "\r\x1b[K%s", text)
		r.open = true
		return
	}
	r.line("%s", text)
}

func (r *importReport) line(format string, args ...any) {
	r.end()
	fmt.Fprintf(r.out, format+"\n", args...)
}

func (r *importReport) end() {
	if r.open {
		fmt.Fprint(r.out, "\r\x1b[K")
		r.open = false
	}
}
