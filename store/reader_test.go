package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"madoguchi/library"
)

// TestSearchesThatAreCalledOff: each key that a patron types calls the search for the
// one before off, at any moment; those that go on find what they should.
func TestSearchesThatAreCalledOff(t *testing.T) {
	c := open(t, sample()...)
	want := find(t, c, library.Query{Words: "本"})
	var all sync.WaitGroup
	for n := range 2 * mostReaders {
		all.Go(func() {
			random := rand.New(rand.NewPCG(7, uint64(n)))
			for range 200 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(3_000_000)))
				_, err := c.Search(ctx, library.Query{Words: "本"}, 0, 20)
				if err != nil && ctx.Err() == nil {
					t.Errorf("a search that nobody called off: %v", err)
				}
				cancel()
				p, err := c.Search(t.Context(), library.Query{Words: "本"}, 0, 20)
				if err != nil || len(ids(p)) != len(want) {
					t.Errorf("found %v, %v; want %v", ids(p), err, want)
				}
			}
		})
	}
	all.Wait()
	c.read.mu.Lock()
	defer c.read.mu.Unlock()
	if n := len(c.read.free); n == 0 || n > mostReaders {
		t.Errorf("%d readers are there, of at most %d", n, mostReaders)
	}
}

// TestReadersForget: what they keep is bounded, whatever is asked.
func TestReadersForget(t *testing.T) {
	c := open(t, sample()...)
	for n := range 2 * mostStatements {
		_, err := view(t.Context(), c, "ask", func(r *reader) (int, error) {
			var got int
			err := queryRow(t.Context(), r, []any{&got}, fmt.Sprintf("SELECT %d", n))
			if err == nil && got != n {
				err = fmt.Errorf("SELECT %d is %d", n, got)
			}
			return got, err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range c.read.free {
		if len(r.asked) > mostStatements {
			t.Errorf("a reader keeps %d statements, of at most %d", len(r.asked), mostStatements)
		}
	}
}
