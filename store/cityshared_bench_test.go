package store

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"madoguchi/central/generate"
	"madoguchi/library"
)

// after yields the library's records as they are the evening of a day, on which some bibs got
// other wanted classes.
func (c *city) after(d generate.Day, classed []library.Bib) iter.Seq2[library.Record, error] {
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
	wanted := map[library.BibID]int{}
	for _, b := range classed {
		wanted[b.ID] = b.Wanted
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
			if class, ok := wanted[r.Bib.ID]; ok {
				r.Bib.Wanted = class
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
// day before, with chunks of 32 MiB and of 1 MiB: as editions are built, also on the day of the
// month on which bibs get other wanted classes, and if one were made from the one before by
// applying the day's changes to its file. And it says what the changes of that day are to a
// terminal.
func BenchmarkCityEditionShared(b *testing.B) {
	c := cityOf(b)
	c.open(b).Close()
	classed := slices.Collect(c.gen.Month(0))
	c.shared(b, "", c.built(b, c.after(c.gen.Day(0), nil)))
	c.shared(b, "_of_new_classes", c.built(b, c.after(c.gen.Day(0), classed)))
	f := c.follow(b)
	f.day(b)
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	c.shared(b, "_if_changed", f.path)

	f = c.follow(b)
	c.figure("wanted_changes", float64(len(classed)), "bibs")
	pages, bytes := pagesOf(b, classed)
	c.figure("wanted_changes_wire", float64(bytes)/1e6, "MB")
	spent := f.apply(b, pages)
	c.figure("wanted_apply", spent.took.Seconds(), "s")
	c.figure("wanted_apply_longest_tx", spent.longest.Seconds()*1000, "ms")
}

// built builds an edition that is gone after the benchmark.
func (c *city) built(b *testing.B, records iter.Seq2[library.Record, error]) string {
	b.Helper()
	path := filepath.Join(c.dir, "next-"+c.size+".db")
	os.Remove(path)
	b.Cleanup(func() { os.Remove(path) })
	if _, err := Build(b.Context(), path, testInfo, records); err != nil {
		b.Fatal(err)
	}
	return path
}

// shared prints how much of an edition the city's has too.
func (c *city) shared(b *testing.B, name, path string) {
	b.Helper()
	for _, size := range []struct {
		name  string
		bytes int
	}{{"", 32 << 20}, {"_of_1mib", 1 << 20}} {
		old := chunksOf(b, c.path(), size.bytes)
		same, all := 0, 0
		for sum, n := range chunksOf(b, path, size.bytes) {
			all += n
			if old[sum] > 0 {
				same += n
			}
		}
		c.figure("edition_shared_chunks"+size.name+name, 100*float64(same)/float64(all), "%")
	}
}

// pagesOf are the changes of some bibs as the server sends them, in pages, and how many bytes
// these are on the wire.
func pagesOf(b *testing.B, bibs []library.Bib) (pages [][]library.Change, bytes int) {
	b.Helper()
	for part := range slices.Chunk(bibs, changesPerPage) {
		page := make([]library.Change, len(part))
		for i := range part {
			page[i].PutBib = &part[i]
		}
		pages = append(pages, page)
		var wire counter
		z, err := gzip.NewWriterLevel(&wire, gzip.BestSpeed) // as central's answers
		if err == nil {
			err = json.NewEncoder(z).Encode(page)
		}
		if err := errors.Join(err, z.Close()); err != nil {
			b.Fatal(err)
		}
		bytes += int(wire)
	}
	return pages, bytes
}

// counter counts what is written.
type counter int

func (n *counter) Write(p []byte) (int, error) {
	*n += counter(len(p))
	return len(p), nil
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
