package main

import (
	"errors"
	"fmt"
	"strings"

	"madoguchi/central/catalogue"
)

// fullFlags are of an import that may be the whole of its source.
type fullFlags struct {
	Full      bool   `help:"The file is the whole of its source: withdraw the bibs and copies that it lacks, once it was read to its end. A copy may then move from one bib of it to another."`
	Source    string `help:"Where the file is from. A bib or copy is of the source whose import named it last, and a --full import withdraws only its own." default:"main" placeholder:"NAME"`
	FullLimit *int   `help:"How many percent of the source's bibs, and of its copies, a --full import may withdraw, of each at least one. Above that the records go in, nothing is withdrawn, and the exit status is 3. Otherwise 5." placeholder:"PERCENT"`
	DryRun    bool   `help:"Say what the import would do, and leave everything as it is."`
}

// Validate checks the flags.
func (c *fullFlags) Validate() error {
	if err := checkFullLimit(c.Full, c.FullLimit); err != nil {
		return err
	}
	if c.Source == "" || len(c.Source) > 64 || strings.ContainsFunc(c.Source, func(r rune) bool { return r <= ' ' || r == 0x7F }) {
		return errors.New("--source is a name without spaces, of at most 64 bytes")
	}
	return nil
}

// defaultFullLimit is --full-limit where it is not said.
const defaultFullLimit = 5

// checkFullLimit checks --full-limit, nil where it is not said.
func checkFullLimit(full bool, limit *int) error {
	switch {
	case limit == nil:
		return nil
	case !full:
		return errors.New("--full-limit is for an import with --full: without it nothing is taken for lacking")
	case *limit < 0 || *limit > 100:
		return errors.New("--full-limit is a number of percent, from 0 to 100")
	}
	return nil
}

// fullLimit is how many percent may go.
func fullLimit(said *int) int {
	if said == nil {
		return defaultFullLimit
	}
	return *said
}

// errWholeWithoutFull is of --whole where it has no effect.
var errWholeWithoutFull = errors.New("--whole is for an import with --full: without it nothing is taken for lacking")

// whole is what a --full import withdraws by, nil for another one.
func (c *fullFlags) whole(told func(catalogue.Lacking)) *catalogue.Full {
	if !c.Full {
		return nil
	}
	return &catalogue.Full{Limit: fullLimit(c.FullLimit), Lacking: told}
}

// counted says what an import did, or would do.
func (c *fullFlags) counted(n catalogue.Counts) string {
	text := fmt.Sprintf("%s read: %d new, %d changed, %d unchanged, %d left out; withdrawn: %s",
		count(n.Read, "record"), n.Added, n.Changed, n.Unchanged, n.LeftOut, bibsAndCopies(n.WithdrawnBibs, n.WithdrawnItems))
	if c.DryRun {
		text = "dry run, nothing was changed; it would be: " + text
	}
	return text
}

// taken says what was of another source.
func (c *fullFlags) taken(t catalogue.Taken) string {
	are := "they are"
	if c.DryRun {
		are = "they would be"
	}
	return fmt.Sprintf("%s were of the source %s; %s of %s from now on", bibsAndCopies(t.Bibs, t.Items), t.Source, are, c.Source)
}

// lacking is what the file does not name of its source, in lines.
func (c *fullFlags) lacking(l catalogue.Lacking) (lines []string) {
	if l.Bibs == 0 && l.Items == 0 {
		return nil
	}
	lines = append(lines, fmt.Sprintf("the file lacks %s of the source %s, which has %s; with one import %s may be withdrawn:",
		bibsAndCopies(l.Bibs, l.Items), c.Source, bibsAndCopies(l.OfBibs, l.OfItems), bibsAndCopies(l.MayBibs, l.MayItems)))
	bibs := 0
	for _, x := range l.First {
		if x.Item == "" {
			bibs++
			lines = append(lines, fmt.Sprintf("  bib %s: %s", x.Bib, x.Title))
		} else {
			lines = append(lines, fmt.Sprintf("  copy %s of bib %s: %s", x.Item, x.Bib, x.Title))
		}
	}
	if bibs < l.Bibs {
		lines = append(lines, fmt.Sprintf("  and %s more", count(l.Bibs-bibs, "bib")))
	}
	return lines
}

// kept says why nothing of what lacks was withdrawn, and nothing moved, and what to do; ""
// where it was, or nothing lacks and moves.
func (c *fullFlags) kept(l catalogue.Lacking) string {
	text := c.unwithdrawn(l)
	switch {
	case l.Kept == catalogue.WithdrawAll || l.Moves == 0:
		return text
	case text == "":
		return fmt.Sprintf("not moved to the bib that the file has them with: %s; the file is or may be cut off, or nothing tells whose a record is that was left out. Correct it (see the lines above), and import the file again", count(l.Moves, "copy"))
	}
	return fmt.Sprintf("%s. Not moved to the bib that the file has them with, either: %s", text, count(l.Moves, "copy"))
}

// unwithdrawn is kept without what moves.
func (c *fullFlags) unwithdrawn(l catalogue.Lacking) string {
	if l.Bibs == 0 && l.Items == 0 {
		return ""
	}
	lacks := bibsAndCopies(l.Bibs, l.Items)
	switch l.Kept {
	case catalogue.OverLimit:
		return fmt.Sprintf("nothing was withdrawn: the file lacks %s, and at most %s may go with one import. If they have left the library, import the file again with --full-limit %d; if not, get a whole file from the other system",
			lacks, bibsAndCopies(l.MayBibs, l.MayItems), max(percent(l.Bibs, l.OfBibs), percent(l.Items, l.OfItems)))
	case catalogue.WhoseUnknown:
		return fmt.Sprintf("nothing was withdrawn: a record was left out of which nothing tells whose it is, and it may be one of the %s that the file lacks. Correct it (see the lines above), and import the file again", lacks)
	case catalogue.CutOff:
		return fmt.Sprintf("nothing was withdrawn: the file is cut off, and lacks %s. Get a whole file from the other system, and import that", lacks)
	case catalogue.MayBeCut:
		return fmt.Sprintf("nothing was withdrawn: the last line of the file has no line end, so that it may be cut off, and it lacks %s. Have the other system end the last line; where it never does, look whether the file is whole, and import it again with --whole", lacks)
	case catalogue.NotUnderstood:
		return fmt.Sprintf("nothing was withdrawn: no record of the file went in, and so it lacks %s. See the lines above, or get a whole file from the other system", lacks)
	}
	return ""
}

func bibsAndCopies(bibs, copies int) string {
	return count(bibs, "bib") + " and " + count(copies, "copy")
}

// percent is the least whole percentage of a number that lets so many of it go.
func percent(n, of int) int {
	if n <= 1 || of == 0 {
		return 0
	}
	return min(100, (n*100+of-1)/of)
}
