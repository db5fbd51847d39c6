package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// file is what an import is asked, and told.
type file struct {
	rows   []ledger.FilePatron
	full   *ledger.PatronFull
	dryRun bool

	left    map[int]string
	notes   []string
	lacking ledger.LackingPatrons
	moved   []library.PatronID
}

func mark(kind, text string) string { return "mark of " + kind + " " + text }

// in takes a file in, in which a row with neither card nor ID is one that could not be read.
func (c *city) in(t tb, f *file) ledger.Counts {
	t.Helper()
	f.left, f.notes, f.moved = map[int]string{}, nil, nil
	if f.full != nil {
		f.full.Lacking = func(l ledger.LackingPatrons) { f.lacking = l }
	}
	n, err := c.ImportPatrons(context.Background(), ledger.PatronImport{
		Patrons: func(yield func(ledger.FilePatron, error) bool) {
			for _, p := range f.rows {
				var err error
				if p.Name == "" {
					err = &ledger.PatronError{Reason: "it has no name"}
				}
				if !yield(p, err) {
					return
				}
			}
		},
		Full: f.full, DryRun: f.dryRun,
		Mark: func() (ledger.Mark, error) { return mark, nil },
		CardChanged: func(_ context.Context, _ *db.Tx, id library.PatronID) error {
			f.moved = append(f.moved, id)
			return nil
		},
		LeftOut: func(number int, err error) error { f.left[number] = err.Error(); return nil },
		Note:    func(_ int, fault string) { f.notes = append(f.notes, fault) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func row(id, card, name string, change ...func(*ledger.FilePatron)) ledger.FilePatron {
	p := ledger.FilePatron{FileID: id, Patron: library.Patron{Card: card, Name: name, Phones: []string{"0931234567"}, BornOn: day("1990-04-01")}}
	for _, c := range change {
		c(&p)
	}
	return p
}

func (c *city) byCard(t tb, card string) library.Patron {
	t.Helper()
	p, err := c.PatronByCard(context.Background(), card)
	if err != nil {
		t.Errorf("card %s: %v", card, err)
	}
	return p
}

// everything is all that the database says, but for what was written when.
func (c *city) everything(t *testing.T) []string {
	t.Helper()
	return rowsWith(t, c.db, [][2]string{{"", ""}})
}

func TestFileIDs(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		// Who began without IDs goes on by card when they come, and keeps the reference.
		c.in(t, &file{rows: []ledger.FilePatron{row("", "1", "一"), row("", "2", "二")}})
		one, two := c.byCard(t, "1"), c.byCard(t, "2")
		f := &file{rows: []ledger.FilePatron{row("A1", "1", "一"), row("A2", "2", "二")}}
		if n := c.in(t, f); n.Unchanged != 2 || len(f.left) > 0 {
			t.Errorf("ids come: %+v, %v", n, f.left)
		}
		// From then on the ID says who it is: a card that changes is the patron's new one.
		f = &file{rows: []ledger.FilePatron{row("A1", "11", "一")}}
		if n := c.in(t, f); n.Changed != 1 || len(f.left) > 0 || !slices.Equal(f.moved, []library.PatronID{one.ID}) {
			t.Errorf("a new card: %+v, %v, %v", n, f.left, f.moved)
		}
		if got := c.byCard(t, "11"); got.ID != one.ID || string(got.ID) == "A1" {
			t.Errorf("the new card is that of %+v, want %s", got, one.ID)
		}
		if _, err := c.PatronByCard(t.Context(), "1"); !errors.Is(err, library.ErrUnknownPatron) {
			t.Errorf("the old card: %v", err)
		}
		// A file without IDs still means them by card.
		if n := c.in(t, &file{rows: []ledger.FilePatron{row("", "11", "一"), row("", "2", "二")}}); n.Unchanged != 2 {
			t.Errorf("without ids again: %+v", n)
		}
		for name, f := range map[string]*file{
			"a card is another's":  {rows: []ledger.FilePatron{row("A1", "2", "一")}},
			"a card's id is other": {rows: []ledger.FilePatron{row("A9", "2", "二")}},
		} {
			before := c.everything(t)
			if n := c.in(t, f); n.LeftOut != 1 || !strings.Contains(f.left[1], "another id") {
				t.Errorf("%s: %+v, %v", name, n, f.left)
			}
			if !slices.Equal(c.everything(t), before) {
				t.Errorf("%s: something was written", name)
			}
		}
		if got := c.byCard(t, "2"); got.ID != two.ID {
			t.Errorf("%+v", got)
		}
		// One patron by two rows.
		f = &file{rows: []ledger.FilePatron{row("A1", "12", "一"), row("A1", "13", "一"), row("", "12", "一")}}
		if n := c.in(t, f); n.LeftOut != 2 {
			t.Errorf("twice: %+v, %v", n, f.left)
		}
	})
}

// What a file could not say of a patron stays as it is stored; somebody new lacks it.
func TestUnsaidCellsStay(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		whole := func(p *ledger.FilePatron) {
			p.Email, p.Branch, p.Category, p.ValidUntil = "hana@example.jp", "chuo", "一般", day("2027-03-31")
			p.Blocks = []library.Block{library.BlockStaff}
		}
		c.in(t, &file{rows: []ledger.FilePatron{row("", "1", "一", whole)}})
		want := c.byCard(t, "1")
		unsaid := func(p *ledger.FilePatron) {
			p.Phones, p.BornOn = nil, library.Date{}
			p.Unsaid = []ledger.PatronField{ledger.FieldPhones, ledger.FieldBornOn, ledger.FieldEmail, ledger.FieldBranch, ledger.FieldCategory, ledger.FieldValidUntil, ledger.FieldBlocks}
		}
		f := &file{rows: []ledger.FilePatron{row("", "1", "一", unsaid), row("", "2", "二", unsaid)}}
		if n := c.in(t, f); n.Unchanged != 1 || n.Added != 1 {
			t.Errorf("%+v, %v", n, f.left)
		}
		c.is(t, want)
		if !slices.Equal(f.notes, []string{ledger.NoPhone, ledger.NoBirth}) { // of the second alone
			t.Errorf("notes %q", f.notes)
		}
		// The next file that says it again says nothing new.
		c.in(t, &file{rows: []ledger.FilePatron{row("", "1", "一", whole)}})
		c.is(t, want)
	})
}

func TestWholeFileBlocksWhoIsLacking(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		var all []ledger.FilePatron
		for n := range 40 {
			all = append(all, row("", fmt.Sprint("c", n), "利用者"))
		}
		staff := func(p *ledger.FilePatron) { p.Blocks = []library.Block{library.BlockStaff} }
		all[0] = row("", "c0", "利用者", staff)
		c.in(t, &file{rows: all})
		whole := func(rows []ledger.FilePatron, limit int) *file {
			return &file{rows: rows, full: &ledger.PatronFull{Limit: limit}}
		}
		today := day("2026-11-24")

		f := whole(all[2:], 5)
		f.dryRun = true
		before := c.everything(t)
		if n := c.in(t, f); n.Blocked != 2 || f.lacking != (ledger.LackingPatrons{Patrons: 2, Of: 40, May: 2}) {
			t.Errorf("a trial: %+v, %+v", n, f.lacking)
		}
		if !slices.Equal(c.everything(t), before) {
			t.Error("a trial wrote something")
		}
		for name, f := range map[string]*file{
			"too many":           whole(all[3:], 5),
			"a row of nobody":    whole(append(slices.Clone(all[2:]), ledger.FilePatron{}), 5),
			"nothing understood": whole([]ledger.FilePatron{{Patron: library.Patron{Card: "c1"}}}, 100),
			"not a whole file":   {rows: all[2:]},
		} {
			if n := c.in(t, f); n.Blocked != 0 || f.full != nil && f.lacking.Kept == ledger.BlockAll {
				t.Errorf("%s: %+v, %+v", name, n, f.lacking)
			}
			for _, card := range []string{"c1", "c2"} {
				if p := c.byCard(t, card); len(p.Blocks) > 0 {
					t.Errorf("%s: card %s is blocked: %v", name, card, p.Blocks)
				}
			}
		}
		// A file that breaks off.
		_, err := c.ImportPatrons(t.Context(), ledger.PatronImport{Full: &ledger.PatronFull{Limit: 100}, LeftOut: func(_ int, err error) error { return err },
			Patrons: func(yield func(ledger.FilePatron, error) bool) {
				_ = yield(all[2], nil) && yield(ledger.FilePatron{}, errors.New("broken off"))
			}})
		if err == nil || len(c.byCard(t, "c1").Blocks) > 0 {
			t.Errorf("a file that breaks off: %v", err)
		}

		// Who is in the file and did not go in is not lacking.
		f = whole(append(slices.Clone(all[2:]), ledger.FilePatron{Patron: library.Patron{Card: "c1"}}), 5)
		if n := c.in(t, f); n.Blocked != 1 || n.LeftOut != 1 {
			t.Errorf("%+v, %+v", n, f.lacking)
		}
		if p := c.byCard(t, "c0"); !slices.Equal(p.Blocks, []library.Block{library.BlockStaff, library.BlockLeft}) || !errors.Is(p.MayUseTerminal(today), library.ErrCardBlocked) {
			t.Errorf("who is lacking: %v", p.Blocks)
		}
		// The same file again has nobody to block, and counts nobody twice.
		if n := c.in(t, f); n.Blocked != 0 || f.lacking.Patrons != 0 || f.lacking.Of != 39 {
			t.Errorf("again: %+v, %+v", n, f.lacking)
		}
		// In a file again, the block lifts by itself; the one of staff does not.
		if n := c.in(t, &file{rows: all}); n.Back != 1 || n.Changed != 1 {
			t.Errorf("back: %+v", n)
		}
		if p := c.byCard(t, "c0"); !slices.Equal(p.Blocks, []library.Block{library.BlockStaff}) {
			t.Errorf("who is back: %v", p.Blocks)
		}
		// At least one.
		if n := c.in(t, whole(all[1:], 0)); n.Blocked != 1 {
			t.Errorf("at least one: %+v", n)
		}
	})
}

func TestReplacedCard(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.book(t, "b1", "i1")
		c.in(t, &file{rows: []ledger.FilePatron{row("", "1", "一", func(p *ledger.FilePatron) { p.Blocks = []library.Block{library.BlockLostCard} }), row("", "2", "二")}})
		who := c.byCard(t, "1")
		replace := func(old, card string) error {
			return c.tx(t, func(ctx context.Context, tx *db.Tx) error {
				id, err := c.ReplaceCardTx(ctx, tx, old, card)
				if err == nil && id != who.ID {
					t.Errorf("the card of %s was replaced", id)
				}
				return err
			})
		}
		if err := replace("1", "9"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.PatronByCard(t.Context(), "1"); !errors.Is(err, library.ErrUnknownPatron) {
			t.Errorf("the old card: %v", err)
		}
		want := who
		want.Card, want.Blocks = "9", nil
		c.is(t, want)
		for name, err := range map[string]error{
			"unknown": errOf(replace("7", "8"), library.ErrUnknownPatron), "the same": errOf(replace("9", "9"), ledger.ErrSameCard),
			"another's": errOf(replace("9", "2"), ledger.ErrCardTaken), "none": errOf(replace("9", ""), nil),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		// A file that does not know it yet means the same patron, lacks nobody and brings the
		// old card back to nobody.
		f := &file{rows: []ledger.FilePatron{row("A1", "1", "一 花"), row("A2", "2", "二")}, full: &ledger.PatronFull{Limit: 100}}
		if n := c.in(t, f); n.Changed != 1 || n.Unchanged != 1 || n.Blocked != 0 {
			t.Errorf("%+v, %v", n, f.left)
		}
		want.Name = "一 花"
		c.is(t, want)
		// The file learns the new card; the number of the old one may then be somebody else's.
		f = &file{rows: []ledger.FilePatron{row("A1", "9", "一 花"), row("A2", "2", "二"), row("A3", "1", "三")}, full: &ledger.PatronFull{Limit: 100}}
		if n := c.in(t, f); n.Unchanged != 2 || n.Added != 1 {
			t.Errorf("%+v, %v", n, f.left)
		}
		if other := c.byCard(t, "1"); other.ID == who.ID {
			t.Error("the old card is the patron's again")
		}
	})
}

// errOf is nil where an error is the one that is wanted, any where that is nil.
func errOf(err, want error) error {
	if err != nil && (want == nil || errors.Is(err, want)) {
		return nil
	}
	return fmt.Errorf("%v, want %v", err, want)
}

// A file changes those whom it names and nobody else, whatever it holds.
func TestImportLeavesOthersAlone(t *testing.T) {
	c := open(t, dbtest.Open(t, dbtest.SQLite(t)))
	var others []ledger.FilePatron
	for n := range 5 {
		others = append(others, row(fmt.Sprint("O", n), fmt.Sprint("o", n), "ほかの人", func(p *ledger.FilePatron) { p.Blocks = []library.Block{library.BlockStaff} }))
	}
	c.in(t, &file{rows: others})
	text := rapid.SampledFrom([]string{"", "1", "2", "3", "A1", "A2", "一", "\x00", "\xff", strings.Repeat("長", 400)})
	rapid.Check(t, func(rt *rapid.T) {
		var rows []ledger.FilePatron
		for range rapid.IntRange(0, 6).Draw(rt, "rows") {
			rows = append(rows, row(text.Draw(rt, "id"), text.Draw(rt, "card"), text.Draw(rt, "name"), func(p *ledger.FilePatron) {
				p.Reading, p.Email, p.Branch = text.Draw(rt, "reading"), text.Draw(rt, "email"), library.BranchCode(text.Draw(rt, "branch"))
			}))
		}
		f := &file{rows: rows}
		n := c.in(rt, f)
		if n.Read != len(rows) || n.Added+n.Changed+n.Unchanged+n.LeftOut+n.KeptOut != n.Read || n.LeftOut != len(f.left) {
			rt.Errorf("%+v, %v", n, f.left)
		}
		for _, want := range others {
			if got := c.byCard(rt, want.Card); got.Name != want.Name || !slices.Equal(got.Blocks, want.Blocks) || !slices.Equal(got.Phones, want.Phones) {
				rt.Errorf("%+v, want %+v", got, want.Patron)
			}
		}
	})
}
