package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"madoguchi/central/ledger"
	"madoguchi/library"
)

// Cards that go from one patron of a file to another, in any order of the rows, are where
// the file says, and importing it again changes nothing.
func TestCardsMoveWithinAFile(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		for name, moved := range map[string][]string{
			"down a chain":        {"A:2", "B:3", "C:4"},
			"up a chain":          {"C:4", "B:3", "A:2"},
			"a swap":              {"A:2", "B:1", "C:3"},
			"a ring":              {"A:2", "B:3", "C:1"},
			"to somebody new":     {"N:1", "A:4", "B:2", "C:3"},
			"a ring and from it":  {"N:9", "C:1", "B:3", "A:2"},
			"new in a long chain": {"N:1", "A:2", "B:3", "C:9"},
		} {
			for _, table := range []string{"patron_old_card", "patron"} {
				c.exec(t, `DELETE FROM `+table)
			}
			rows := func(of ...string) (all []ledger.FilePatron) {
				for _, x := range of {
					id, card, _ := strings.Cut(x, ":")
					all = append(all, row(id, card, "人"+id))
				}
				return all
			}
			c.in(t, &file{rows: rows("A:1", "B:2", "C:3")})
			f := &file{rows: rows(moved...)}
			n := c.in(t, f)
			if n.LeftOut != 0 || n.Added+n.Changed+n.Unchanged != len(moved) || n.NewCards != n.Changed || len(f.moved) != n.Changed {
				t.Errorf("%s: %+v, %v", name, n, f.left)
			}
			for _, x := range moved {
				id, card, _ := strings.Cut(x, ":")
				if p := c.byCard(t, card); p.Name != "人"+id {
					t.Errorf("%s: the card %s is of %s", name, card, p.Name)
				}
			}
			if n := c.in(t, f); n.Unchanged != len(moved) {
				t.Errorf("%s again: %+v, %v", name, n, f.left)
			}
		}
		// Who waits for the card of somebody who keeps it, keeps the own one, and so on.
		c.exec(t, `DELETE FROM patron`)
		c.in(t, &file{rows: []ledger.FilePatron{row("A", "1", "人A"), row("B", "2", "人B"), row("C", "3", "人C")}})
		f := &file{rows: []ledger.FilePatron{row("A", "2", "人A"), row("B", "3", "人B")}}
		if n := c.in(t, f); n.LeftOut != 2 || !strings.Contains(f.left[1], "another id") || !strings.Contains(f.left[2], "another id") {
			t.Errorf("%+v, %v", n, f.left)
		}
		for card, name := range map[string]string{"1": "人A", "2": "人B", "3": "人C"} {
			if p := c.byCard(t, card); p.Name != name {
				t.Errorf("the card %s is of %s", card, p.Name)
			}
		}
	})
}

// Any permutation of the cards goes in, over several batches too.
func TestCardsAreDealtAnew(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		const n = 700
		deal := func(seed uint64) (rows []ledger.FilePatron) {
			r := rand.New(rand.NewPCG(seed, 0))
			cards := r.Perm(n)
			for _, i := range r.Perm(n) {
				rows = append(rows, row(fmt.Sprintf("A%d", i), fmt.Sprint(1000+cards[i]), "利用者"))
			}
			return rows
		}
		for seed := range uint64(2) {
			f := &file{rows: deal(seed)}
			if n := c.in(t, f); n.LeftOut != 0 {
				t.Errorf("%+v, %v", n, f.left)
			}
			if again := c.in(t, f); again.Unchanged != n {
				t.Errorf("again: %+v", again)
			}
		}
	})
}

// An id that came to another person takes nobody's account over.
func TestAnIDOfAnotherPerson(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		born := func(on string) func(*ledger.FilePatron) {
			return func(p *ledger.FilePatron) { p.BornOn = day(on) }
		}
		c.in(t, &file{rows: []ledger.FilePatron{row("A1", "51", "青木 花")}})
		was := c.byCard(t, "51")
		f := &file{rows: []ledger.FilePatron{row("A1", "52", "別 人", born("1980-01-01"))}, full: &ledger.PatronFull{Limit: 100}}
		if n := c.in(t, f); n.LeftOut != 1 || n.Blocked != 0 || !strings.Contains(f.left[1], "another person") {
			t.Errorf("%+v, %v", n, f.left)
		}
		c.is(t, was)
		for _, p := range []ledger.FilePatron{row("A1", "53", "青木花", born("1980-01-01")), row("A1", "54", "山田 花", born("1980-01-01")), row("A1", "54", "青木 花", born("1981-01-01"))} {
			if n := c.in(t, &file{rows: []ledger.FilePatron{p}}); n.Changed != 1 {
				t.Errorf("%+v: %+v", p, n)
			}
		}
	})
}

// An import counts what rights it changes.
func TestRightsThatAnImportChanges(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		until := func(on string) func(*ledger.FilePatron) {
			return func(p *ledger.FilePatron) { p.ValidUntil = day(on) }
		}
		blocked := func(p *ledger.FilePatron) { p.Blocks = []library.Block{library.BlockStaff} }
		c.in(t, &file{rows: []ledger.FilePatron{row("1", "51", "a", until("2027-03-31")), row("2", "52", "b", until("2027-03-31")), row("3", "53", "c", until("2027-03-31"), blocked), row("4", "54", "d", blocked)}})
		n := c.in(t, &file{rows: []ledger.FilePatron{row("1", "51", "a"), row("2", "62", "b", until("2028-03-31")), row("3", "53", "c", until("2026-03-31")), row("4", "54", "d", blocked, until("2027-03-31"))}})
		if n.Longer != 2 || n.Unblocked != 1 || n.NewCards != 1 || n.Changed != 4 {
			t.Errorf("%+v", n)
		}
	})
}
