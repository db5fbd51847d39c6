package store

import (
	"crypto/sha256"
	"io"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/central/generate"
	"madoguchi/library"
)

// after yields the library's records as they are the evening of a day.
func (c *city) after(d generate.Day) iter.Seq2[library.Record, error] {
	edited, moved := map[library.BibID]library.Bib{}, map[library.ItemID]library.Item{}
	gone, lent := map[library.BibID]bool{}, map[library.ItemID]library.Availability{}
	for _, b := range d.Edited {
		edited[b.ID] = b
	}
	for _, it := range d.Moved {
		moved[it.ID] = it
	}
	for _, id := range d.Deleted {
		gone[id] = true
	}
	for _, a := range d.Lent {
		lent[a.ItemID] = a
	}
	return func(yield func(library.Record, error) bool) {
		for r := range c.gen.Records() {
			if gone[r.Bib.ID] {
				continue
			}
			if b, ok := edited[r.Bib.ID]; ok {
				r.Bib = b
			}
			for i := range r.Items {
				if it, ok := moved[r.Items[i].ID]; ok {
					r.Items[i] = it
				}
				if a, ok := lent[r.Items[i].ID]; ok {
					r.Items[i].State, r.Items[i].DueOn = a.State, a.DueOn
				}
			}
			if !yield(r, nil) {
				return
			}
		}
		for _, r := range d.New {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// BenchmarkCityEditionShared says how much of an edition is the same as in the edition of the
// day before, with chunks of 32 MiB and of 1 MiB: as editions are built, and if one were
// made from the one before by applying the day's changes to its file.
func BenchmarkCityEditionShared(b *testing.B) {
	c := cityOf(b)
	c.open(b).Close()
	next := filepath.Join(c.dir, "next-"+c.size+".db")
	os.Remove(next)
	b.Cleanup(func() { os.Remove(next) })
	if _, err := Build(b.Context(), next, testInfo, c.after(c.gen.Day(0))); err != nil {
		b.Fatal(err)
	}
	f := c.follow(b)
	f.day(b)
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	for _, size := range []struct {
		name  string
		bytes int
	}{{"", 32 << 20}, {"_of_1mib", 1 << 20}} {
		old := chunksOf(b, c.path(), size.bytes)
		share := func(path string) float64 {
			same, all := 0, 0
			for sum, n := range chunksOf(b, path, size.bytes) {
				all += n
				if old[sum] > 0 {
					same += n
				}
			}
			return 100 * float64(same) / float64(all)
		}
		c.figure("edition_shared_chunks"+size.name, share(next), "%")
		c.figure("edition_shared_chunks_if_changed"+size.name, share(f.path), "%")
	}
}

// chunksOf returns the hashes of a file's pieces of a size.
func chunksOf(b *testing.B, path string, size int) map[[sha256.Size]byte]int {
	b.Helper()
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	out := map[[sha256.Size]byte]int{}
	piece := make([]byte, size)
	for {
		n, err := io.ReadFull(file, piece)
		if n > 0 {
			out[sha256.Sum256(piece[:n])]++
		}
		if err != nil {
			return out
		}
	}
}
