package catalogue

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// file is what an import reads: records, and for those left out why.
type file []line

type line struct {
	Incoming
	err error
}

var errFault = errors.New("it has a fault")

func (f file) records() iter.Seq2[Incoming, error] {
	return func(yield func(Incoming, error) bool) {
		for _, l := range f {
			if !yield(l.Incoming, l.err) {
				return
			}
		}
	}
}

func good(r library.Record) line { return line{Incoming: Incoming{Record: r}} }

func goods(records ...library.Record) (f file) {
	for _, r := range records {
		f = append(f, good(r))
	}
	return f
}

func deleted(id library.BibID) line {
	return line{Incoming: Incoming{Record: library.Record{Bib: library.Bib{ID: id}}, Deleted: true}}
}

// broken is a record that is left out, of whom it is and with what copies where that is known.
func broken(id library.BibID, items ...library.Item) line {
	return line{Incoming: Incoming{Record: library.Record{Bib: library.Bib{ID: id}, Items: items}}, err: errFault}
}

// night imports a file and returns what it said.
func night(t *testing.T, c *Catalogue, in Import, f file) (n Counts, lacking Lacking, left []string) {
	t.Helper()
	in.Records = f.records()
	in.LeftOut = func(_ int, err error) error {
		left = append(left, err.Error())
		return nil
	}
	if in.Full != nil {
		full := *in.Full
		full.Lacking = func(l Lacking) { lacking = l }
		in.Full = &full
	}
	n, err := c.Import(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	rightDigests(t, c)
	return n, lacking, left
}

// rightDigests holds the digests against the records, all at once.
func rightDigests(t *testing.T, c *Catalogue) {
	t.Helper()
	got, err := c.Digests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var want [library.Buckets]library.Digest
	err = c.Snapshot(t.Context(), func(s Snapshot) error {
		clear(want[:])
		for r, err := range s.Records {
			if err != nil {
				return err
			}
			n := library.BucketOf(r.Bib.ID)
			want[n] = want[n].XOR(library.DigestOf(r))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Buckets != want {
		t.Error("the stored digests are not those of the records")
	}
}

// whole is a full import without a limit.
var whole = Import{Full: &Full{Limit: 100}}

// rows are all that the catalogue's tables say, but for the order in which it got there.
func rows(t *testing.T, c *Catalogue) (all []string) {
	t.Helper()
	err := c.db.View(t.Context(), func(tx *db.Tx) error {
		all = nil
		for _, query := range []string{
			`SELECT 'bib ' || id || ' ' || bucket || ' ' || digest || ' ' || added_on || ' ' || source || ' ' || withdrawn || ' ' || record FROM bib ORDER BY id`,
			`SELECT 'item ' || id || ' ' || bib_id || ' ' || branch_code || ' ' || coalesce(barcode, '-') || ' ' || call_number || ' ' || shelf || ' ' || lendable || ' ' ||
				state || ' ' || due_on || ' ' || source || ' ' || withdrawn || ' ' || said || ' ' || loans FROM item ORDER BY id`,
		} {
			found, err := tx.QueryContext(t.Context(), query)
			if err != nil {
				return err
			}
			defer found.Close()
			for found.Next() {
				var row string
				if err := found.Scan(&row); err != nil {
					return err
				}
				all = append(all, row)
			}
			if err := found.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// holdings lists the bibs with their copies, as "b1: 1 2".
func holdings(t *testing.T, c *Catalogue) (all []string) {
	t.Helper()
	err := c.Snapshot(t.Context(), func(s Snapshot) error {
		all = nil
		for r, err := range s.Records {
			if err != nil {
				return err
			}
			text := string(r.Bib.ID) + ":"
			for _, it := range r.Items {
				text += " " + string(it.ID)
			}
			all = append(all, text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func TestFullImport(t *testing.T) {
	chuo := func(codes ...string) (items []library.Item) {
		for _, code := range codes {
			items = append(items, copyAt("chuo", code))
		}
		return items
	}
	three := goods(book("b1", chuo("1", "2")...), book("b2", chuo("3")...), book("b3", chuo("4", "5")...))
	partial := good(book("b1", chuo("1")...))
	partial.Partial = true
	left := good(book("b1", chuo("1")...))
	left.Withdrawn = []library.ItemID{"2", "99"}
	nowhere := good(book("b3", copyAt("nowhere", "5")))

	tests := map[string]struct {
		first, second file
		in            Import // the second
		want          []string
		counts        Counts
		kept          Kept
		lacks         [2]int // bibs, copies
	}{
		"not full": {three, goods(book("b1", chuo("1")...)), Import{},
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 1, Unchanged: 1}, WithdrawAll, [2]int{}},
		"what it lacks": {three, goods(book("b1", chuo("1")...), book("b2", chuo("3")...)), whole,
			[]string{"b1: 1", "b2: 3"}, Counts{Read: 2, Unchanged: 2, WithdrawnBibs: 1, WithdrawnItems: 3}, WithdrawAll, [2]int{1, 3}},
		"more than the limit": {three, goods(book("b1", chuo("1", "2")...), book("b4")), Import{Full: &Full{Limit: 5}},
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5", "b4:"}, Counts{Read: 2, Added: 1, Unchanged: 1}, OverLimit, [2]int{2, 3}},
		"one is always withdrawn": {three, goods(book("b1", chuo("1", "2")...), book("b3", chuo("4", "5")...)), Import{Full: &Full{}},
			[]string{"b1: 1 2", "b3: 4 5"}, Counts{Read: 2, Unchanged: 2, WithdrawnBibs: 1, WithdrawnItems: 1}, WithdrawAll, [2]int{1, 1}},
		"the copies are over the limit": {three, goods(book("b1", chuo("1", "2")...), book("b2", chuo("3")...)), Import{Full: &Full{Limit: 34}},
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 2, Unchanged: 2}, OverLimit, [2]int{1, 2}},
		"left out is not lacking": {three, file{three[0], broken("b2"), three[2]}, whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 3, Unchanged: 2, LeftOut: 1}, WithdrawAll, [2]int{}},
		"left out by the catalogue is not lacking": {three, file{three[0], three[1], nowhere}, whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 3, Unchanged: 2, LeftOut: 1}, WithdrawAll, [2]int{}},
		"a copy of what is left out is not lacking where it stands": {three, file{three[0], good(book("b2")), broken("b9", chuo("3")...), three[2]}, whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 4, Unchanged: 3, LeftOut: 1}, WithdrawAll, [2]int{}},
		"nor is its bib": {three, file{three[0], broken("b9", library.Item{Barcode: "3"}), three[2]}, whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 3, Unchanged: 2, LeftOut: 1}, WithdrawAll, [2]int{}},
		"nobody knows what is left out": {three, file{three[0], broken("")}, whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 2, Unchanged: 1, LeftOut: 1}, WhoseUnknown, [2]int{2, 3}},
		"cut off": {three, file{three[0], line{Incoming: broken("b2").Incoming, err: fmt.Errorf("in the middle: %w", ErrCutOff)}}, whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 2, Unchanged: 1, LeftOut: 1}, CutOff, [2]int{1, 2}},
		"nothing understood": {three, nil, whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{}, NotUnderstood, [2]int{3, 5}},
		"a partial record lacks no copies": {three, file{partial, three[1], three[2]}, whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 3, Unchanged: 3}, WithdrawAll, [2]int{}},
		"the same bib again lacks no copies": {three, file{partial, good(book("b1", chuo("2")...)), three[1], three[2]}, whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 4, Unchanged: 3, LeftOut: 1}, WithdrawAll, [2]int{}},
		"another source lacks nothing": {three, goods(book("x1", chuo("9")...)), Import{Source: "other", Full: &Full{Limit: 100}},
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5", "x1: 9"}, Counts{Read: 1, Added: 1}, WithdrawAll, [2]int{}},
		"the file says that a bib has left": {three, file{deleted("b1"), deleted("b7")}, Import{},
			[]string{"b2: 3", "b3: 4 5"}, Counts{Read: 2, Unchanged: 1, WithdrawnBibs: 1, WithdrawnItems: 2}, WithdrawAll, [2]int{}},
		"the file says so and is whole": {three, file{deleted("b1"), three[1]}, whole,
			[]string{"b2: 3"}, Counts{Read: 2, Unchanged: 1, WithdrawnBibs: 2, WithdrawnItems: 4}, WithdrawAll, [2]int{1, 2}},
		"the file says that a copy has left": {three, file{left}, Import{},
			[]string{"b1: 1", "b2: 3", "b3: 4 5"}, Counts{Read: 1, Changed: 1, WithdrawnItems: 1}, WithdrawAll, [2]int{}},
		"a copy moves": {three, goods(book("b1", chuo("1")...), book("b2", chuo("3", "2")...), book("b3", chuo("4", "5")...)), whole,
			[]string{"b1: 1", "b2: 2 3", "b3: 4 5"}, Counts{Read: 3, Changed: 1, Unchanged: 2}, WithdrawAll, [2]int{}},
		"a copy moves from what lacks": {three, goods(book("b2", chuo("3", "2", "1")...), book("b3", chuo("4", "5")...)), whole,
			[]string{"b2: 1 2 3", "b3: 4 5"}, Counts{Read: 2, Changed: 1, Unchanged: 1, WithdrawnBibs: 1}, WithdrawAll, [2]int{1, 0}},
		"copies change places": {three, goods(book("b1", chuo("4", "5")...), book("b2", chuo("1")...), book("b3", chuo("3", "2")...)), whole,
			[]string{"b1: 4 5", "b2: 1", "b3: 2 3"}, Counts{Read: 3, Changed: 3}, WithdrawAll, [2]int{}},
		"a copy moves no more than what lacks may go": {three, goods(book("x1", chuo("1", "2")...), book("x2", chuo("3", "9")...), book("x3", chuo("4", "5")...)), Import{Full: &Full{Limit: 5}},
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5", "x1:", "x2: 9", "x3:"}, Counts{Read: 3, Added: 3}, OverLimit, [2]int{3, 0}},
		"a copy does not move where nobody knows what is left out": {three, file{good(book("b1", chuo("1")...)), good(book("b2", chuo("3", "2")...)), three[2], broken("")}, whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 4, Unchanged: 3, LeftOut: 1}, WhoseUnknown, [2]int{}},
		"a copy moves from what is marked as deleted": {three, file{good(book("b2", chuo("3", "1")...)), deleted("b1"), three[2]}, whole,
			[]string{"b2: 1 3", "b3: 4 5"}, Counts{Read: 3, Changed: 1, Unchanged: 2, WithdrawnBibs: 1, WithdrawnItems: 1}, WithdrawAll, [2]int{1, 1}},
		"a copy moves from a bib that says that it has left": {three, file{good(book("b2", chuo("3", "2")...)), left, three[2]}, whole,
			[]string{"b1: 1", "b2: 2 3", "b3: 4 5"}, Counts{Read: 3, Changed: 1, Unchanged: 2}, WithdrawAll, [2]int{}},
		"a copy stays where its own bib names it": {three, goods(book("b1", chuo("1", "3")...), book("b2", chuo("3")...), book("b3", chuo("4", "5")...)), whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 3, Unchanged: 3, LeftItems: 1}, WithdrawAll, [2]int{}},
		"a copy stays where a record is left out that names it": {three, file{good(book("b1", chuo("1", "3")...)), broken("b2", chuo("3")...), three[2]}, whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 3, Unchanged: 2, LeftOut: 1, LeftItems: 1}, WithdrawAll, [2]int{}},
		"a copy stays where two others want it": {three, goods(book("b1", chuo("1", "2", "3")...), book("b3", chuo("3", "4", "5")...)), whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 2, Unchanged: 2, LeftItems: 2}, WithdrawAll, [2]int{}},
		"a copy does not move without --full": {three, goods(book("b2", chuo("3", "2")...)), Import{},
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 1, LeftOut: 1}, WithdrawAll, [2]int{}},
		"a copy of another source does not move": {three, goods(book("x1", chuo("1")...)), Import{Source: "other", Full: &Full{Limit: 100}},
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 1, LeftOut: 1}, NotUnderstood, [2]int{}},
		"a file names a copy twice": {three, goods(book("b1", chuo("1", "2")...), book("b2", chuo("3", "2")...), book("b3", chuo("4", "5")...)), whole,
			[]string{"b1: 1 2", "b2: 3", "b3: 4 5"}, Counts{Read: 3, Unchanged: 2, LeftOut: 1}, WithdrawAll, [2]int{}},
		"a copy of a bib that leaves": {three, file{deleted("b1"), good(book("b2", chuo("3", "1")...)), three[2]}, Import{},
			[]string{"b2: 1 3", "b3: 4 5"}, Counts{Read: 3, Changed: 1, Unchanged: 1, WithdrawnBibs: 1, WithdrawnItems: 1}, WithdrawAll, [2]int{}},
		"a copy leaves one bib and comes to another": {three, file{left, good(book("b2", chuo("3", "2")...)), three[2]}, Import{},
			[]string{"b1: 1", "b2: 2 3", "b3: 4 5"}, Counts{Read: 3, Changed: 2, Unchanged: 1}, WithdrawAll, [2]int{}},
	}
	each(t, func(t *testing.T, c *Catalogue) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				clearAll(t, c)
				night(t, c, Import{}, test.first)
				before, number0 := rows(t, c), number(t, c)

				dry := test.in
				dry.DryRun = true
				dryCounts, dryLacking, dryLeft := night(t, c, dry, test.second)
				if after := rows(t, c); !slices.Equal(before, after) || number(t, c) != number0 {
					t.Errorf("a dry run left\n%s\nof\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
				}
				counts, lacking, left := night(t, c, test.in, test.second)
				if got := holdings(t, c); !slices.Equal(got, test.want) {
					t.Errorf("there are %q, want %q", got, test.want)
				}
				if counts != test.counts {
					t.Errorf("counted %+v, want %+v", counts, test.counts)
				}
				if lacking.Kept != test.kept || lacking.Bibs != test.lacks[0] || lacking.Items != test.lacks[1] {
					t.Errorf("lacks %+v, want %v and %v", lacking, test.kept, test.lacks)
				}
				if dryCounts != counts || !slices.Equal(dryLeft, left) || fmt.Sprint(dryLacking) != fmt.Sprint(lacking) {
					t.Errorf("a dry run said %+v %+v %q, the import %+v %+v %q", dryCounts, dryLacking, dryLeft, counts, lacking, left)
				}
				settled := number(t, c)
				again, _, _ := night(t, c, test.in, test.second)
				if again.Added+again.Changed > 0 || number(t, c) != settled {
					t.Errorf("again: %+v, and %d changes", again, number(t, c)-settled)
				}
			})
		}
	})
}

// clearAll empties the catalogue.
func clearAll(t *testing.T, c *Catalogue) {
	t.Helper()
	for _, h := range holdings(t, c) {
		id, _, _ := strings.Cut(h, ":")
		if err := c.Delete(t.Context(), library.BibID(id)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFullImportOfTwoSources: each has its own bibs and copies, and a bib stays as long as
// one of them has a copy of it.
func TestFullImportOfTwoSources(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		a := Import{Source: "a", Full: &Full{Limit: 100}}
		b := Import{Source: "b", Full: &Full{Limit: 100}}
		night(t, c, a, goods(book("b1", copyAt("chuo", "1")), book("b2")))
		night(t, c, b, goods(book("b1", copyAt("kita", "2")), book("b3", copyAt("kita", "3"))))
		for _, step := range []struct {
			in   Import
			file file
			want []string
		}{
			{a, goods(book("b1", copyAt("chuo", "1"))), []string{"b1: 1 2", "b3: 3"}},
			{a, goods(book("b4")), []string{"b1: 2", "b3: 3", "b4:"}},
			{b, goods(book("b3", copyAt("kita", "3"))), []string{"b1:", "b3: 3", "b4:"}},
			{a, goods(book("b4")), []string{"b3: 3", "b4:"}},
		} {
			if night(t, c, step.in, step.file); !slices.Equal(holdings(t, c), step.want) {
				t.Fatalf("there are %q, want %q", holdings(t, c), step.want)
			}
		}
		// What a file says has left, leaves with what its source brought only.
		night(t, c, a, goods(book("b3"), book("b4")))
		n, _, left := night(t, c, Import{Source: "a"}, file{deleted("b3")})
		if n.LeftOut != 1 || len(left) != 1 || !strings.Contains(left[0], `source "b"`) || !slices.Equal(holdings(t, c), []string{"b3: 3", "b4:"}) {
			t.Errorf("%+v, %q, %q", n, left, holdings(t, c))
		}
	})
}

// TestClaims: many copies move, with all that the file says of them, and it is told why others
// do not.
func TestClaims(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		c.batch = 7
		var first, second file
		for n := range withdrawAtOnce + 20 {
			code := fmt.Sprint(1000 + n)
			first = append(first, good(book("a"+code, copyAt("chuo", code))))
			moved := good(book("b"+code, copyAt("kita", code)))
			moved.Items[0].Shelf = "2階"
			moved.Loans = map[library.ItemID]int{library.ItemID(code): n}
			second = append(second, moved)
		}
		night(t, c, whole, first)
		limited := Import{Full: &Full{Limit: 5}}
		for _, dry := range []bool{true, false} {
			limited.DryRun = dry
			if n, lacking, _ := night(t, c, limited, second); lacking.Kept != OverLimit || lacking.Moves != len(second) || n.Changed != 0 {
				t.Errorf("over the limit: %+v, %+v", n, lacking)
			}
		}
		if n, lacking, _ := night(t, c, whole, second); lacking.Moves != len(second) || n.Changed != len(second) || n.WithdrawnBibs != len(first) || n.WithdrawnItems != 0 {
			t.Errorf("%+v, %+v", n, lacking)
		}
		got := rows(t, c)
		if err := c.db.Tx(t.Context(), func(tx *db.Tx) error { _, err := tx.ExecContext(t.Context(), `DELETE FROM item`); return err }); err != nil {
			t.Fatal(err)
		}
		clearAll(t, c)
		night(t, c, whole, second)
		if want := rows(t, c); !slices.Equal(got, want) {
			t.Errorf("after the moves there is\n%s\nand by one import\n%s", strings.Join(got[len(got)-3:], "\n"), strings.Join(want[len(want)-3:], "\n"))
		}

		_, _, left := night(t, c, whole, append(slices.Clone(second), good(book("x")), good(book("y", copyAt("chuo", "1001")))))
		if len(left) != 1 || !strings.Contains(left[0], "its copy 1001 is already a copy of another record") {
			t.Errorf("told %q", left)
		}
		_, _, left = night(t, c, whole, append(file{good(book("x", copyAt("chuo", "1001")))}, second...))
		if want := []string{"bib x: its copy 1001 is a copy of bib b1001 in this file too, and stays there; correct one of them"}; !slices.Equal(left, want) {
			t.Errorf("told %q, want %q", left, want)
		}
	})
}

// TestBrokenOffImport: what breaks off withdraws nothing, and one that runs again completes
// it.
func TestBrokenOffImport(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		var all file
		for n := range 3 * batchSize {
			all = append(all, good(book(fmt.Sprintf("b%04d", n), copyAt("chuo", fmt.Sprint(n)))))
		}
		night(t, c, Import{}, all)
		later := slices.Clone(all[batchSize:])
		for i := range later {
			later[i].Items = slices.Clone(later[i].Items)
			later[i].Items[0].Shelf = "2階"
		}
		before := number(t, c)
		unreadable := errors.New("the disk is broken")
		for name, stop := range map[string]func(cancel func(), yield func(Incoming, error) bool){
			"read error": func(_ func(), yield func(Incoming, error) bool) { yield(Incoming{}, unreadable) },
			"cancelled":  func(cancel func(), yield func(Incoming, error) bool) { cancel(); yield(all[0].Incoming, nil) },
		} {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := c.Import(ctx, Import{
				Full: whole.Full,
				Records: func(yield func(Incoming, error) bool) {
					for _, l := range later[:batchSize+10] {
						if !yield(l.Incoming, nil) {
							return
						}
					}
					stop(cancel, yield)
				},
				LeftOut: func(_ int, err error) error {
					if errors.Is(err, unreadable) {
						return err
					}
					return nil
				},
			})
			cancel()
			if !errors.Is(err, unreadable) && !errors.Is(err, context.Canceled) {
				t.Fatalf("%s: %v", name, err)
			}
			if got := len(holdings(t, c)); got != len(all) {
				t.Errorf("%s: %d bibs are left of %d", name, got, len(all))
			}
		}
		if now := number(t, c); now != before+batchSize {
			t.Errorf("%d changes, and the first batch went in", now-before)
		}
		n, lacking, _ := night(t, c, whole, later)
		if want := (Counts{Read: 2 * batchSize, Changed: batchSize, Unchanged: batchSize, WithdrawnBibs: batchSize, WithdrawnItems: batchSize}); n != want {
			t.Errorf("%+v, want %+v", n, want)
		}
		if len(lacking.First) != lackingShown || lacking.First[0] != (LackingOne{Bib: "b0000", Title: "こころ b0000"}) || lacking.OfBibs != 3*batchSize {
			t.Errorf("%+v", lacking)
		}
	})
}

// TestStatesOfAFile: what a file says of where copies are.
func TestStatesOfAFile(t *testing.T) {
	in := func(state library.ItemState) library.Record {
		r := book("b1", copyAt("chuo", "1"))
		if r.Items[0].State = state; state == library.OnLoan {
			r.Items[0].DueOn = library.Date{Year: 2026, Month: 12, Day: 1}
		}
		return r
	}
	each(t, func(t *testing.T, c *Catalogue) {
		// The state of the file, that which the staff set, and what is right by the file's
		// news, and by the file.
		for name, steps := range map[string][][4]library.ItemState{
			"missing and found": {
				{"on_shelf", "", "on_shelf", "on_shelf"}, {"missing", "", "missing", "missing"}, {"missing", "", "missing", "missing"}, {"on_shelf", "", "on_shelf", "on_shelf"},
			},
			"begins as the file says, and ends so": {{"on_loan", "", "on_loan", "on_loan"}, {"on_shelf", "", "on_shelf", "on_shelf"}, {"on_loan", "", "on_shelf", "on_loan"}},
			"on its way":                           {{"in_transit", "", "in_transit", "in_transit"}, {"on_hold_shelf", "", "on_hold_shelf", "on_hold_shelf"}, {"missing", "", "missing", "missing"}},
			"says nothing of what began":           {{"on_hold_shelf", "", "on_hold_shelf", "on_hold_shelf"}, {"", "", "on_hold_shelf", "on_hold_shelf"}, {"on_shelf", "", "on_shelf", "on_shelf"}},
			"came back here meanwhile":             {{"on_loan", "on_shelf", "on_shelf", "on_loan"}, {"in_transit", "", "on_shelf", "in_transit"}},
			"begins missing":                       {{"missing", "", "missing", "missing"}, {"on_loan", "", "on_shelf", "on_loan"}},
			"says nothing":                         {{"", "", "on_shelf", "on_shelf"}, {"", "missing", "missing", "missing"}, {"missing", "", "missing", "missing"}, {"", "", "missing", "missing"}},
			"staff found it":                       {{"missing", "on_shelf", "on_shelf", "missing"}, {"missing", "", "on_shelf", "missing"}},
			"staff miss it, and that is no news":   {{"on_shelf", "missing", "missing", "on_shelf"}, {"on_shelf", "", "missing", "on_shelf"}, {"on_loan", "", "missing", "on_loan"}},
			"lent elsewhere counts only by --file": {{"on_shelf", "", "on_shelf", "on_shelf"}, {"on_loan", "", "on_shelf", "on_loan"}},
		} {
			for from := range 2 {
				clearAll(t, c)
				how := Import{FileStates: from == 1}
				for n, step := range steps {
					night(t, c, how, goods(in(step[0])))
					if step[1] != "" {
						err := c.db.Tx(t.Context(), func(tx *db.Tx) error {
							_, err := c.circulation.StatesTx(t.Context(), tx, []library.Availability{{ItemID: "1", State: step[1]}})
							return err
						})
						if err != nil {
							t.Fatal(err)
						}
						if from == 1 { // judged with the next file
							night(t, c, how, goods(in(step[0])))
						}
					}
					r, err := c.Record(t.Context(), "b1")
					if err != nil {
						t.Fatal(err)
					}
					if got := r.Items[0]; got.State != step[2+from] || (got.State == library.OnLoan) == got.DueOn.IsZero() {
						t.Errorf("%s, by the file %t: after file %d it is %+v, want %s", name, how.FileStates, n+1, got, step[2+from])
					}
				}
			}
		}
	})
}

// TestDueDateOfAFile: a copy that began on loan is due when the file says.
func TestDueDateOfAFile(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		r := book("b1", copyAt("chuo", "1"))
		r.Items[0].State = library.OnLoan
		for _, day := range []int{1, 15, 15} {
			due := library.Date{Year: 2026, Month: 12, Day: day}
			same := r.Items[0].DueOn == due
			r.Items = slices.Clone(r.Items)
			r.Items[0].DueOn = due
			n, _, _ := night(t, c, Import{}, goods(r))
			if (n.Unchanged == 1) != same {
				t.Errorf("due on %s: %+v", due, n)
			}
			if got, err := c.Record(t.Context(), "b1"); err != nil || got.Items[0].DueOn != due {
				t.Errorf("it is due on %s, want %s: %v", got.Items[0].DueOn, due, err)
			}
		}
	})
}

// TestTakenOver: an import tells what it takes from other sources.
func TestTakenOver(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		c.batch = 2
		night(t, c, Import{Source: "magazines"}, goods(book("m1", copyAt("chuo", "1")), book("m2", copyAt("chuo", "2"), copyAt("chuo", "3"))))
		night(t, c, Import{Source: "kita"}, goods(book("k1", copyAt("kita", "4"))))
		all := goods(book("m1", copyAt("chuo", "1")), book("b1", copyAt("chuo", "9")), book("k1"), book("m2", copyAt("chuo", "2"), copyAt("chuo", "3")))
		want := []Taken{{"kita", 1, 0}, {"magazines", 2, 3}}
		for _, in := range []Import{{DryRun: true}, {}, {}} {
			var told []Taken
			in.TakenOver = func(all []Taken) { told = all }
			if night(t, c, in, all); !slices.Equal(told, want) {
				t.Errorf("a dry run %t: taken over %+v, want %+v", in.DryRun, told, want)
			}
			if !in.DryRun {
				want = nil // they are its own now
			}
		}
	})
}

// TestLoansOfAFile: how often a copy was lent is stored, and no change for terminals.
func TestLoansOfAFile(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		lent := func(n int) file {
			l := good(book("b1", copyAt("chuo", "1")))
			l.Loans = map[library.ItemID]int{"1": n}
			return file{l}
		}
		night(t, c, Import{}, lent(3))
		before := number(t, c)
		n, _, _ := night(t, c, Import{}, lent(7))
		night(t, c, Import{}, goods(book("b1", copyAt("chuo", "1")))) // says nothing
		if n.Unchanged != 1 || number(t, c) != before {
			t.Errorf("%+v, %d changes", n, number(t, c)-before)
		}
		if all := rows(t, c); !strings.HasSuffix(all[1], " on_shelf 7") {
			t.Errorf("the copy is %s", all[1])
		}
	})
}

// TestComesBack: what comes back after it left is new, and what stayed keeps its day.
func TestComesBack(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		first := today
		night(t, c, whole, goods(book("b1", copyAt("chuo", "1")), book("b2")))
		c.today = func() time.Time { return first.AddDate(0, 0, 1) }
		night(t, c, whole, goods(book("b2")))
		c.today = func() time.Time { return first.AddDate(0, 0, 2) }
		n, _, _ := night(t, c, whole, goods(book("b1", copyAt("chuo", "1")), book("b2")))
		if n.Added != 1 || n.Unchanged != 1 {
			t.Errorf("%+v", n)
		}
		for id, want := range map[library.BibID]int{"b1": 2, "b2": 0} {
			if r, err := c.Record(t.Context(), id); err != nil || r.Bib.AddedOn != library.DateOf(first.AddDate(0, 0, want)) {
				t.Errorf("%s: %+v, %v", id, r.Bib.AddedOn, err)
			}
		}
	})
}

func TestLimit(t *testing.T) {
	for _, test := range []struct{ limit, of, want int }{
		{5, 0, 1}, {5, 1, 1}, {5, 39, 1}, {5, 40, 2}, {5, 3_000_000, 150_000}, {0, 500, 1}, {100, 500, 500}, {100, 30_000_000, 30_000_000},
	} {
		if got := (&Full{Limit: test.limit}).may(test.of); got != test.want {
			t.Errorf("%d %% of %d: %d, want %d", test.limit, test.of, got, test.want)
		}
	}
}
