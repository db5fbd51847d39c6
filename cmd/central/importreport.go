package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"madoguchi/central/catalogue"
	"madoguchi/central/intake"
)

// reportLines is how many lines an import says on the screen about what it left out: each
// of its own while there are no more, else one for each fault.
const reportLines = 20

// importReport tells of an import on standard error, and with --report each line of it in
// a file.
type importReport struct {
	out   io.Writer
	every time.Duration
	start time.Time
	shown time.Time
	open  bool // a progress line stands at the cursor

	failed bool // the file could not be read further

	file   *os.File // nil without --report
	lines  *bufio.Writer
	told   []string // the first lines
	total  int      // of all lines
	faults []*tally
	byKey  map[tallyKey]*tally
}

// tally counts the records that have the same fault.
type tally struct {
	tallyKey
	count int
	first string // of them, as a line
	place string // of the first, and what it is about
}

type tallyKey struct{ what, fault string }

// What becomes of what is wrong.
const (
	tellLeftOut = "left out"
	tellNote    = "note"
)

// newReport begins the report of an import from in. path is the file of --report, "" for none.
func (a *app) newReport(path string, in io.Reader) (*importReport, error) {
	r := &importReport{out: a.stderr, every: progressEvery(a.stderr), start: time.Now()}
	r.shown = r.start
	if path == "" {
		return r, nil
	}
	var err error
	if r.file, err = a.openReport(path, in); err != nil {
		return nil, err
	}
	r.lines = bufio.NewWriter(r.file)
	return r, nil
}

// leftOut tells of a record that does not go in. It returns an error that is not one
// record's.
func (r *importReport) leftOut(number int, err error) error {
	var problem *intake.Problem
	var refused *catalogue.RecordError
	switch {
	case errors.As(err, &problem):
		r.tell(tellLeftOut, problem.Fault, problem.Error(), placeOf(problem))
	case errors.As(err, &refused):
		place := cmp.Or(refused.Place, fmt.Sprintf("record %d", number))
		text := place + ": " + refused.Error()
		if refused.Bib != "" {
			place += ", bib " + string(refused.Bib)
		}
		r.tell(tellLeftOut, refused.Fault, text, place)
	default:
		r.failed = true
		return err
	}
	return nil
}

// note tells of what was left out of a record that goes in.
func (r *importReport) note(p intake.Problem) {
	r.tell(tellNote, p.Fault, p.Error(), placeOf(&p))
}

// readAs tells in which encoding the file was read.
func (r *importReport) readAs(encoding string) { r.line("read as %s", encoding) }

// unread tells which columns of the file nobody asked for.
func (r *importReport) unread(headers []string) {
	if len(headers) > 0 {
		r.line("not read, since they stand for none of ours (see --columns): %s", fewHeaders(headers))
	}
}

// withoutID tells that the file has no column for the id.
func (r *importReport) withoutID() {
	r.line("the file has no column for the id (see --columns): a bib is known by what it describes, so that one whose title changes is another bib; best give each an id")
}

// fewHeaders are the first of the headers, none of them long, with the number of the others.
func fewHeaders(headers []string) string {
	const most, longest = 10, 40
	var names []string
	for _, h := range headers[:min(len(headers), most)] {
		if letters := []rune(h); len(letters) > longest {
			h = string(letters[:longest]) + "…"
		}
		names = append(names, h)
	}
	text := strings.Join(names, ", ")
	if more := len(headers) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// placeOf is where a problem is, and what it is about.
func placeOf(p *intake.Problem) string {
	if p.Value == "" {
		return p.Place()
	}
	return p.Place() + ", " + p.Quoted()
}

func (r *importReport) tell(what, fault, text, place string) {
	if r.lines != nil {
		fmt.Fprintf(r.lines, "%s: %s\n", what, text)
	}
	if r.total++; r.total <= reportLines {
		r.told = append(r.told, what+": "+text)
	}
	if r.byKey == nil {
		r.byKey = map[tallyKey]*tally{}
	}
	key := tallyKey{what, fault}
	t := r.byKey[key]
	if t == nil {
		t = &tally{tallyKey: key, first: text, place: place}
		r.byKey[key] = t
		r.faults = append(r.faults, t)
	}
	t.count++
}

// end writes what was told, or its sum by fault, and closes the file of --report.
func (r *importReport) end() error {
	r.clear()
	for _, line := range r.sum() {
		fmt.Fprintln(r.out, line)
	}
	r.told, r.faults, r.byKey, r.total = nil, nil, nil, 0
	if r.lines == nil {
		return nil
	}
	err := errors.Join(r.lines.Flush(), r.file.Close())
	r.lines = nil
	if err != nil {
		return fmt.Errorf("the report could not be written: %w", err)
	}
	return nil
}

// sum is what was told, in no more than reportLines lines and two.
func (r *importReport) sum() (lines []string) {
	if r.total <= reportLines {
		return r.told
	}
	slices.SortStableFunc(r.faults, func(a, b *tally) int {
		return cmp.Or(cmp.Compare(a.what, b.what), cmp.Compare(b.count, a.count)) // what was left out comes first
	})
	more, kinds := 0, 0
	for i, t := range r.faults {
		switch {
		case i >= reportLines:
			more, kinds = more+t.count, kinds+1
		case t.count == 1:
			lines = append(lines, t.what+": "+t.first)
		default:
			lines = append(lines, fmt.Sprintf("%s, %d times: %s; the first: %s", t.what, t.count, t.fault, t.place))
		}
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more, of %d other kinds", more, kinds))
	}
	if r.lines == nil {
		lines = append(lines, "each of them with its place: read the file again with --report FILE")
	}
	return lines
}

// progress shows how far an import is, from time to time.
func (r *importReport) progress(n catalogue.Counts) {
	now := time.Now()
	if now.Sub(r.shown) < r.every {
		return
	}
	r.shown = now
	text := fmt.Sprintf("%s, %.0f a second, %d left out", count(n.Read, "record"), float64(n.Read)/now.Sub(r.start).Seconds(), n.LeftOut)
	if r.every < time.Second {
		fmt.Fprintf(r.out, "\r\x1b[K%s", text)
		r.open = true
		return
	}
	r.line("%s", text)
}

// line writes a line at once.
func (r *importReport) line(format string, args ...any) {
	r.clear()
	fmt.Fprintf(r.out, format+"\n", args...)
}

// clear takes the progress line away.
func (r *importReport) clear() {
	if r.open {
		fmt.Fprint(r.out, "\r\x1b[K")
		r.open = false
	}
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
