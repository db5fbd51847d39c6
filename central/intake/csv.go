package intake

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"madoguchi/central/catalogue"
	"madoguchi/library"
)

// CSV reads the records of a file of values parted by commas, tabs or semicolons, with
// a header line, in any encoding that OpenText reads. Rows with the same id are one bib, with several creators or copies,
// wherever in the file they stand; a row without id is known by what it describes. A
// row that may not go in is yielded as a *Problem and reading goes on; any other
// error ends it.
//
// The file is read twice, first for the identifiers alone, so that a bib can go out
// with its last row and only the unfinished ones are in memory.
func CSV(r io.Reader, opt Options) iter.Seq2[catalogue.Incoming, error] {
	return func(yield func(catalogue.Incoming, error) bool) {
		text, err := OpenText(r, opt.Encoding)
		if err != nil {
			yield(catalogue.Incoming{}, err)
			return
		}
		defer text.Close()
		opt.readAs(text.Encoding())
		c := csvReader{unread: opt.Unread, withoutID: opt.WithoutID, desk: newDesk(opt), yield: yield, last: map[uint64]int{}, groups: map[library.BibID]*group{}}
		if err := c.pass(text, c.learn); err != nil {
			yield(catalogue.Incoming{}, err)
			return
		}
		c.runs, c.current = 0, ""
		if err := c.pass(text, c.collect); err != nil {
			if !errors.Is(err, errStopped) {
				yield(catalogue.Incoming{}, err)
			}
			return
		}
		c.flush()
		if c.rows == 0 {
			yield(catalogue.Incoming{}, errNoRows)
		}
	}
}

var errNoRows = errors.New("the file has nothing but a header line")

// errStopped is how a pass learns that nobody wants more records.
var errStopped = errors.New("stopped")

// csvReader groups the rows of a file into records. Neighbouring rows of one bib are
// a run; last tells in which run a bib ends.
type csvReader struct {
	*desk
	unread    func(headers []string) // nil when nobody wants to know, or knows
	withoutID func()                 // likewise
	yield     func(catalogue.Incoming, error) bool
	layout    layout
	last      map[uint64]int // by the hash of the identifier
	runs      int
	rows      int  // of the file
	open      bool // its last line was read, and has no line end
	current   library.BibID
	groups    map[library.BibID]*group // of which more rows may come
}

// group is a bib of which more rows may come.
type group struct {
	entry
	items []copied
	at    Problem // its first row, without a fault
}

// pass reads the file from its header on and hands over each row.
func (c *csvReader) pass(text *Text, take func(row) error) error {
	s, header, err := openCSV(text)
	if err != nil {
		return err
	}
	if c.layout, err = lay(header, c.opt.Columns); err != nil {
		return err
	}
	if names := c.layout.unread(header); len(names) > 0 && c.unread != nil {
		c.unread(names)
	}
	if len(c.layout["id"]) == 0 && c.withoutID != nil {
		c.withoutID()
	}
	c.unread, c.withoutID = nil, nil // the file is read twice
	for {
		r, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("the file cannot be read after line %d: %w", s.line, err)
		}
		if err := take(r); err != nil {
			return err
		}
	}
}

// identify returns the identifier of a row, and "" for a row that has none or, with
// a fault, none before it, or one that is none.
func (c *csvReader) identify(r row) library.BibID {
	switch id := clean(c.layout.cell(r.cells, "id")); {
	case mangled(id) != "":
		return ""
	case id != "" || r.fault != "":
		return library.BibID(id)
	}
	e, _, _ := fromRow(r.cells, c.layout, c.opt)
	return e.bib.ID
}

// enter begins a new run when the row is of another bib than the one before.
func (c *csvReader) enter(id library.BibID) {
	if id != c.current {
		c.runs++
		c.current = id
	}
}

// learn is the first pass: where does each bib end?
func (c *csvReader) learn(r row) error {
	c.rows++
	if id := c.identify(r); id != "" && r.fault == "" {
		c.enter(id)
		c.last[c.hash(string(id))] = c.runs
	}
	return nil
}

// collect is the second pass.
func (c *csvReader) collect(r row) error {
	at := r.problem()
	at.Bib = c.identify(r)
	c.open = r.open && !c.opt.Whole
	if at.Fault != "" {
		return c.report(at, c.copyOf(r))
	}
	if at.Bib != "" {
		if at.Bib != c.current {
			if err := c.leave(); err != nil {
				return err
			}
		}
		c.enter(at.Bib)
	}
	var e entry
	e, at.Fault, at.Value = fromRow(r.cells, c.layout, c.opt)
	g := c.groups[e.bib.ID]
	if at.Fault == "" && g == nil {
		g = &group{entry: e, at: at}
		c.groups[e.bib.ID] = g
		g.add(e.copy, true)
	} else if at.Fault == "" {
		before := len(g.bib.Creators)
		if at.Fault, at.Value = g.merge(e); at.Fault == "" {
			g.add(e.copy, len(g.bib.Creators) == before)
		}
	}
	if at.Fault != "" {
		return c.report(at, c.copyOf(r))
	}
	for _, n := range e.notes {
		c.opt.note(at, n.fault, n.value)
	}
	return nil
}

// add adds a copy. A copy without a barcode that looks like one we have is that one
// when its row was written for another creator, and else a further one.
func (g *group) add(item *copied, further bool) {
	if item == nil {
		return
	}
	for _, o := range g.items {
		if item.Barcode != "" && o.Barcode == item.Barcode || o == *item && !further {
			return
		}
	}
	g.items = append(g.items, *item)
}

// leave sends the current bib out if this was its last run.
func (c *csvReader) leave() error {
	g := c.groups[c.current]
	if g == nil || c.last[c.hash(string(c.current))] != c.runs {
		return nil
	}
	delete(c.groups, c.current)
	return c.send(g)
}

// flush sends out what is left at the end of the file.
func (c *csvReader) flush() {
	left := make([]*group, 0, len(c.groups))
	for _, g := range c.groups {
		left = append(left, g)
	}
	slices.SortFunc(left, func(a, b *group) int { return a.at.Number - b.at.Number })
	for _, g := range left {
		if c.send(g) != nil {
			return
		}
	}
}

func (c *csvReader) send(g *group) error {
	rec := catalogue.Incoming{Record: library.Record{Bib: g.bib}, Place: g.at.Place(), MayBeCut: c.open}
	if g.bib.Title == "" {
		g.at.Fault = "it has no title, and no other row with its identifier has one"
	} else {
		g.at.Fault, g.at.Value = c.finish(&rec, g.items, g.at)
	}
	if g.at.Fault != "" {
		return c.report(g.at, g.items...)
	}
	if !c.yield(rec, nil) {
		return errStopped
	}
	return nil
}

// copyOf is what can be known of the copy of a row that is left out.
func (c *csvReader) copyOf(r row) copied {
	return copied{Item: library.Item{Barcode: barcodeText(c.layout.cell(r.cells, "barcode"))}}
}

func (c *csvReader) report(p Problem, copies ...copied) error {
	rec := leftOut(p, copies)
	rec.MayBeCut = c.open
	if !c.yield(rec, &p) {
		return errStopped
	}
	return nil
}
