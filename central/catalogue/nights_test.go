package catalogue

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/library"
)

// otherSystem is the system that writes the nightly files: what it has, and what it had.
type otherSystem struct {
	*rand.Rand
	bibs   map[library.BibID]library.Bib
	copies map[library.ItemID]copyThere
	states []library.ItemState
}

type copyThere struct {
	library.Item
	loans int
}

func newOtherSystem(seed uint64, states []library.ItemState) *otherSystem {
	s := &otherSystem{
		Rand: rand.New(rand.NewPCG(seed, 1)), states: states,
		bibs: map[library.BibID]library.Bib{}, copies: map[library.ItemID]copyThere{},
	}
	for range 60 {
		s.change()
	}
	return s
}

func (s *otherSystem) anyBib() library.BibID {
	return slices.Sorted(maps.Keys(s.bibs))[s.IntN(len(s.bibs))]
}

// change is what one cataloguer does in a moment.
func (s *otherSystem) change() {
	id := library.BibID(fmt.Sprintf("b%02d", s.IntN(25))) // so that what left comes back
	b, there := s.bibs[id]
	switch what := s.IntN(10); {
	case !there || what == 0:
		b = book(string(id)).Bib
		b.AddedOn = library.Date{Year: 2001, Month: time.Month(1 + s.IntN(12)), Day: 1}
		b.Title = fmt.Sprint("題 ", s.IntN(1000))
		s.bibs[id] = b
	case what == 1: // the whole bib leaves
		delete(s.bibs, id)
		maps.DeleteFunc(s.copies, func(_ library.ItemID, c copyThere) bool { return c.BibID == id })
	}
	if len(s.bibs) == 0 {
		return
	}
	code := fmt.Sprint(1000 + s.IntN(50))
	c, there := s.copies[library.ItemID(code)]
	switch what := s.IntN(8); {
	case !there:
		c = copyThere{Item: copyAt("chuo", code)}
		c.BibID = s.anyBib()
	case what == 0:
		delete(s.copies, c.ID)
		return
	case what == 1:
		c.BibID = s.anyBib()
	case what == 2:
		c.Branch = library.BranchCode([]string{"chuo", "kita"}[s.IntN(2)])
	case what == 3:
		c.Lendable = !c.Lendable
	case what == 4:
		c.loans = s.IntN(20)
	default:
		if c.State, c.DueOn = s.states[s.IntN(len(s.states))], (library.Date{}); c.State == library.OnLoan {
			c.DueOn = library.Date{Year: 2026, Month: 12, Day: 1 + s.IntN(28)}
		}
	}
	s.copies[c.ID] = c
}

// file is the whole of what the system has, in any order.
func (s *otherSystem) file() (f file) {
	for _, id := range slices.Sorted(maps.Keys(s.bibs)) {
		l := good(library.Record{Bib: s.bibs[id]})
		l.Loans = map[library.ItemID]int{}
		for _, c := range slices.SortedFunc(maps.Values(s.copies), func(a, b copyThere) int { return cmp.Compare(a.ID, b.ID) }) {
			if c.BibID == id {
				l.Items = append(l.Items, c.Item)
				l.Loans[c.ID] = c.loans
			}
		}
		f = append(f, l)
	}
	s.Shuffle(len(f), func(i, j int) { f[i], f[j] = f[j], f[i] })
	return f
}

// spoil lets a file have some faults, say itself what left, or break off.
func (s *otherSystem) spoil(f file, before file) file {
	for i := range f {
		l := &f[i]
		switch s.IntN(25) {
		case 0:
			l.err = errFault
		case 1:
			*l = broken(l.Bib.ID)
		case 2:
			*l = broken("")
		case 3:
			if len(l.Items) > 0 {
				l.Items = slices.Clone(l.Items)
				l.Items[0].Branch = "nowhere"
			}
		case 4:
			if len(l.Items) > 0 {
				l.Items, l.Partial = l.Items[1:], true
			}
		case 5:
			*l = deleted(l.Bib.ID)
		case 6:
			if len(l.Items) > 0 {
				l.Withdrawn, l.Items = []library.ItemID{l.Items[0].ID}, l.Items[1:]
			}
		case 7:
			l.Bib.ID = f[s.IntN(len(f))].Bib.ID // perhaps twice
		case 8:
			l.Items = append(slices.Clone(l.Items), copyAt("chuo", fmt.Sprint(1000+s.IntN(50)))) // perhaps another's
		}
	}
	for _, l := range before {
		if _, there := s.bibs[l.Bib.ID]; !there && s.IntN(2) == 0 {
			f = append(f, deleted(l.Bib.ID))
		}
	}
	return f
}

var errBrokenOff = errors.New("the disk is broken")

// TestNights: what many nights of changes leave is what one import of the last file makes.
// MADOGUCHI_NIGHTS is how many such runs there are.
func TestNights(t *testing.T) {
	seeds := uint64(2)
	if text := os.Getenv("MADOGUCHI_NIGHTS"); text != "" {
		var err error
		if seeds, err = strconv.ParseUint(text, 10, 32); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name   string
		how    Import
		states []library.ItemState
	}{
		{"circulation", Import{}, []library.ItemState{"", library.OnShelf, library.Missing}},
		{"file", Import{FileStates: true}, library.ItemStates},
	} {
		t.Run(test.name, func(t *testing.T) {
			for seed := range seeds {
				nights(t, dbtest.Open(t, dbtest.SQLite(t)), dbtest.Open(t, dbtest.SQLite(t)), test.how, test.states, seed)
			}
			for seed := range (seeds + 2) / 3 {
				nights(t, dbtest.Open(t, dbtest.Postgres(t)), dbtest.Open(t, dbtest.Postgres(t)), test.how, test.states, 1000+seed)
			}
		})
	}
}

func nights(t *testing.T, d, empty *db.DB, how Import, states []library.ItemState, seed uint64) {
	t.Helper()
	c, terminal := open(t, d), newTerminal(t)
	c.batch = 4
	c.page = 30
	how.Full = &Full{Limit: 100}
	system := newOtherSystem(seed, states)
	var f file
	for n := range 20 {
		before := f
		for range system.IntN(25) {
			system.change()
		}
		// A copy of which the last file says nothing keeps what an earlier one said.
		if f = system.file(); n < 19 {
			f = system.spoil(f, before)
		} else {
			for i := range f {
				for k := range f[i].Items {
					f[i].Items[k].State = cmp.Or(f[i].Items[k].State, library.OnShelf)
				}
			}
		}
		if n < 19 && len(f) > 1 && system.IntN(5) == 0 {
			in := how
			in.Records = append(slices.Clone(f[:len(f)/2]), line{err: errBrokenOff}).records()
			in.LeftOut = func(_ int, err error) error {
				if err == errBrokenOff {
					return err
				}
				return nil
			}
			if _, err := c.Import(t.Context(), in); err != errBrokenOff {
				t.Fatal(err)
			}
		}
		dry := how
		dry.DryRun = true
		all, number0 := rows(t, c), number(t, c)
		would, wouldLack, wouldLeave := night(t, c, dry, f)
		if after := rows(t, c); !slices.Equal(after, all) || number(t, c) != number0 {
			t.Fatalf("seed %d, night %d: a dry run changed something", seed, n)
		}
		did, lacks, left := night(t, c, how, f)
		for _, l := range []*Lacking{&wouldLack, &lacks} {
			for i := range l.First {
				l.First[i].Title = "" // of a bib that stays, this import may have changed it
			}
		}
		if would != did || fmt.Sprint(wouldLack) != fmt.Sprint(lacks) || len(wouldLeave) != len(left) {
			t.Fatalf("seed %d, night %d: a dry run said %+v, %+v, %q; then it was %+v, %+v, %q", seed, n, would, wouldLack, wouldLeave, did, lacks, left)
		}
		if n%5 == 0 {
			if _, _, err := c.UpdateWanted(t.Context(), true); err != nil {
				t.Fatal(err)
			}
		}
		followed(t, c, terminal)
		if t.Failed() {
			t.Fatalf("seed %d, night %d", seed, n)
		}
	}
	once := open(t, empty)
	night(t, once, how, f)
	for _, c := range []*Catalogue{c, once} { // until then a class tells of the days before
		classAll(t, c)
	}
	followed(t, c, terminal)
	got, want := rows(t, c), rows(t, once)
	if len(want) < 10 {
		t.Errorf("seed %d: there is next to nothing", seed)
	}
	for _, row := range got {
		if !slices.Contains(want, row) {
			t.Errorf("seed %d: after 20 nights there is\n%s", seed, row)
		}
	}
	for _, row := range want {
		if !slices.Contains(got, row) {
			t.Errorf("seed %d: after 20 nights there is not\n%s", seed, row)
		}
	}
	a, err := c.Digests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := once.Digests(t.Context())
	if err != nil || a.Buckets != b.Buckets {
		t.Errorf("seed %d: the digests differ, %v", seed, err)
	}
	settled := number(t, c)
	if n, _, _ := night(t, c, how, f); n.Unchanged != len(f) || number(t, c) != settled {
		t.Errorf("seed %d: the last file again: %+v", seed, n)
	}
}

// followed lets a terminal follow, and holds it against the catalogue.
func followed(t *testing.T, c *Catalogue, x *terminal) {
	t.Helper()
	log, err := c.Log(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for more := true; more; {
		page, err := c.Changes(t.Context(), log.Epoch, x.cursor, "")
		if err != nil {
			t.Fatal(err)
		}
		x.apply(page)
		more = page.More
	}
	if d, err := c.Digests(t.Context()); err != nil || x.digests() != d.Buckets {
		var has []string
		for id := range x.bibs {
			has = append(has, string(id))
		}
		slices.Sort(has)
		t.Errorf("a terminal has %s, the catalogue %q: %v", strings.Join(has, " "), holdings(t, c), err)
	}
}
