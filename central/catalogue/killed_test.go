package catalogue

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"madoguchi/central/db"
	"madoguchi/library"
)

// dying is a circulation that dies with a transaction under way, after so many others.
type dying struct {
	Circulation
	after *int
}

var errDied = errors.New("killed")

func (d dying) die() error {
	if *d.after--; *d.after < 0 {
		return errDied
	}
	return nil
}

func (d dying) CopiesTx(ctx context.Context, tx *db.Tx, items []library.ItemID) error {
	return errors.Join(d.Circulation.CopiesTx(ctx, tx, items), d.die())
}

func (d dying) WithdrawItemsTx(ctx context.Context, tx *db.Tx, items []library.ItemID) error {
	return errors.Join(d.Circulation.WithdrawItemsTx(ctx, tx, items), d.die())
}

func (d dying) WithdrawBibTx(ctx context.Context, tx *db.Tx, bib library.BibID) error {
	return errors.Join(d.Circulation.WithdrawBibTx(ctx, tx, bib), d.die())
}

// TestKilledFullImport: wherever an import is killed, running it again completes it.
func TestKilledFullImport(t *testing.T) {
	copies := func(n, m int) (items []library.Item) {
		for i := n; i < m; i++ {
			items = append(items, copyAt("chuo", fmt.Sprint(i)))
		}
		return items
	}
	var first, second file
	for n := range 10 {
		first = append(first, good(book(fmt.Sprintf("b%02d", n), copies(10*n, 10*n+10)...)))
	}
	for n := range 6 { // bibs leave with their copies, copies move, others leave
		r := book(fmt.Sprintf("b%02d", n*2), copies(20*n, 20*n+5)...)
		r.Items = append(r.Items, copies(20*n+15, 20*n+16)...)
		second = append(second, good(r))
	}
	second = append(second, deleted("b01"))
	each(t, func(t *testing.T, c *Catalogue) {
		c.batch = 3
		alive := c.circulation
		var want []string
		for after := 0; ; after++ {
			clearAll(t, c)
			night(t, c, Import{}, first)
			left := after
			if after > 0 { // the first time nobody dies
				c.circulation = dying{alive, &left}
				in := whole
				in.Records, in.LeftOut = second.records(), func(_ int, err error) error { return err }
				_, err := c.Import(t.Context(), in)
				c.circulation = alive
				if err == nil {
					if after < 5 {
						t.Errorf("there are only %d transactions", after)
					}
					break
				}
				if !errors.Is(err, errDied) {
					t.Fatal(err)
				}
				rightDigests(t, c)
			}
			night(t, c, whole, second)
			if got := holdings(t, c); after == 0 {
				want = got
			} else if !slices.Equal(got, want) {
				t.Errorf("killed in transaction %d, then again: there are\n%s\nand not\n%s", after, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		if len(want) != 6 || !strings.HasPrefix(want[0], "b00: 0 1 15 2") {
			t.Errorf("%q", want)
		}
	})
}

// TestOneFullImport: two at once would withdraw what the other brings.
func TestOneFullImport(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		second := error(nil)
		in := whole
		in.LeftOut = func(_ int, err error) error { return err }
		in.Records = func(yield func(Incoming, error) bool) {
			again := whole
			again.Records, again.LeftOut = goods(book("b2")).records(), in.LeftOut
			_, second = c.Import(t.Context(), again)
			yield(Incoming{Record: book("b1")}, nil)
		}
		if _, err := c.Import(t.Context(), in); err != nil || !errors.Is(second, db.ErrTaken) {
			t.Errorf("%v, and the second: %v", err, second)
		}
		if got := holdings(t, c); !slices.Equal(got, []string{"b1:"}) {
			t.Errorf("there are %q", got)
		}
	})
}

// BenchmarkRoll says what a full import has in memory of a file with three million bibs and
// four and a half million copies.
func BenchmarkRoll(b *testing.B) {
	const bibs = 3_000_000
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		run := newRun(whole)
		for n := range bibs {
			id := library.BibID(fmt.Sprintf("b%09d", n))
			run.roll.named(Incoming{Record: library.Record{Bib: library.Bib{ID: id}}}, n+1)
			batch := newPutting(run, library.Date{}, 1)
			for i := range 1 + n%2 {
				it := library.ItemID(fmt.Sprintf("%d%09d", i, n))
				batch.placed[it] = &storedItem{Item: library.Item{ID: it, Barcode: string(it)}}
			}
			run.roll.took(batch)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB")
		runtime.KeepAlive(run)
	}
}
