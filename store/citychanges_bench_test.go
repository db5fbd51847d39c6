package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/central/generate"
	"madoguchi/library"
)

// changesPerPage is how many changes the server sends at once.
const changesPerPage = 1000

// changesOf are a day's changes as the server sends them, in pages.
func changesOf(d generate.Day) (pages [][]library.Change) {
	var all []library.Change
	for _, r := range d.New {
		all = append(all, library.Change{PutBib: &r.Bib})
		for _, it := range r.Items {
			all = append(all, library.Change{PutItem: &it})
		}
	}
	for _, b := range d.Edited {
		all = append(all, library.Change{PutBib: &b})
	}
	for _, it := range d.Moved {
		all = append(all, library.Change{PutItem: &it})
	}
	for _, id := range d.Deleted {
		all = append(all, library.Change{DeleteBib: id})
	}
	for _, a := range d.Lent {
		all = append(all, library.Change{Availability: &a})
	}
	// They come in the order of the day, all kinds among one another.
	pages = make([][]library.Change, (len(all)+changesPerPage-1)/changesPerPage)
	for i, ch := range all {
		n := i % len(pages)
		pages[n] = append(pages[n], ch)
	}
	return pages
}

// follower is a terminal's copy of a city's catalogue, that changes.
type follower struct {
	*Catalogue
	city   *city
	days   int
	nights []time.Duration
	upto   int64
}

// follow opens a copy of the city's catalogue, which stays as it is.
func (c *city) follow(b *testing.B) *follower {
	b.Helper()
	c.open(b).Close()
	dir, err := os.MkdirTemp(c.dir, "following-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "catalogue.db")
	if err := copyFile(path, c.path()); err != nil {
		b.Fatal(err)
	}
	cat, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cat.Close() })
	return &follower{Catalogue: cat, city: c, upto: testInfo.Edition}
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	// What is still to be written would hold up the first checkpoint.
	return errors.Join(out.Sync(), out.Close())
}

// spent is what a day's changes took: the time, how much of it the processor was at
// work, and the longest transaction.
type spent struct{ took, cpu, longest time.Duration }

// day applies a day's changes.
func (f *follower) day(b *testing.B) spent {
	b.Helper()
	f.days++
	return f.apply(b, changesOf(f.city.gen.Day(f.days-1)))
}

// apply applies pages of changes as Apply does.
func (f *follower) apply(b *testing.B, pages [][]library.Change) (out spent) {
	b.Helper()
	runtime.LockOSThread() // whose processor time is measured
	defer runtime.UnlockOSThread()
	cpu, began := threadTime(), time.Now()
	for _, rows := range pages {
		f.upto += int64(len(rows))
		for len(rows) > 0 {
			part := time.Now()
			left, indexed, err := f.applyNext(b.Context(), Cursor{Epoch: testInfo.Epoch, Number: f.upto}, rows)
			if err != nil {
				b.Fatal(err)
			}
			out.longest = max(out.longest, time.Since(part))
			if err := f.merge(b.Context(), indexed); err != nil {
				b.Fatal(err)
			}
			rows = left
		}
	}
	out.took, out.cpu = time.Since(began), threadTime()-cpu
	return out
}

// megabytes is how large the catalogue is on the disk.
func (f *follower) megabytes(b *testing.B) float64 {
	b.Helper()
	var bytes int64
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(f.path + suffix); err == nil {
			bytes += info.Size()
		}
	}
	return float64(bytes) / 1e6
}

// searchesDuring asks the mix over and over in two goroutines while fn runs, and
// returns how long each answer took, in milliseconds.
func searchesDuring(b *testing.B, cat *Catalogue, mix []askedQuery, fn func()) (ms []float64) {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	var running sync.WaitGroup
	var mu sync.Mutex
	var next atomic.Int64
	for range 2 {
		running.Go(func() {
			for ctx.Err() == nil {
				q := mix[next.Add(1)*7919%int64(len(mix))]
				began := time.Now()
				_, err := cat.Search(b.Context(), q.Query, 0, 20)
				took := time.Since(began)
				if err != nil {
					b.Error(err)
					return
				}
				mu.Lock()
				ms = append(ms, took.Seconds()*1000)
				mu.Unlock()
				time.Sleep(10 * time.Millisecond) // people type, and the machine has other work
			}
		})
	}
	fn()
	stop()
	running.Wait()
	return ms
}

// figureSearches says how quickly the mix is answered now.
func (f *follower) figureSearches(b *testing.B, mix []askedQuery, when string) {
	b.Helper()
	runtime.LockOSThread() // whose processor time is measured
	defer runtime.UnlockOSThread()
	t := f.searches(b, mix)
	f.city.figure("search_p99_"+when, percentile(t.ms(nil), 99), "ms")
	f.city.figure("search_cpu_p99_"+when, percentile(t.cpu(), 99), "ms")
	f.city.figure("search_cpu_p50_"+when, percentile(t.cpu(), 50), "ms")
}

// searches asks the mix as BenchmarkCitySearch does.
func (f *follower) searches(b *testing.B, mix []askedQuery) timings {
	b.Helper()
	t := timings{}
	for range runs {
		for i, q := range mix {
			cpu, began := threadTime(), time.Now()
			if _, err := f.Search(b.Context(), q.Query, 0, 20); err != nil {
				b.Fatal(err)
			}
			t.note(i, q, time.Since(began), threadTime()-cpu)
		}
	}
	return t
}

// mixShare is one of how many queries of the mix are asked here.
const mixShare = 4

// BenchmarkCityChanges applies days of changes to a city's catalogue, 100 unless
// MADOGUCHI_BENCH_DAYS says otherwise, and asks beside it and after it.
func BenchmarkCityChanges(b *testing.B) {
	c := cityOf(b)
	mix := c.mix()
	for i := range mix[:len(mix)/mixShare] {
		mix[i] = mix[i*mixShare]
	}
	mix = mix[:len(mix)/mixShare]
	f := c.follow(b)
	f.searches(b, mix) // warms up
	f.figureSearches(b, mix, "before_changes")

	day := f.day(b)
	c.figure("apply_5000", day.took.Seconds(), "s")
	c.figure("apply_5000_cpu", day.cpu.Seconds(), "s")
	c.figure("apply_longest_tx", day.longest.Seconds()*1000, "ms")
	ms := searchesDuring(b, f.Catalogue, mix, func() { time.Sleep(day.took) })
	c.figure("apply_readers_before_p99", percentile(ms, 99), "ms")
	ms = searchesDuring(b, f.Catalogue, mix, func() { day = f.day(b) })
	c.figure("apply_readers_p99", percentile(ms, 99), "ms")
	c.figure("apply_5000_searched", day.took.Seconds(), "s")
	f.night(b, mix, "")
	f.figureSearches(b, mix, "after_1_day")
	c.figure("catalogue_after_1_day", f.megabytes(b), "MB")

	days, err := strconv.Atoi(cmp.Or(os.Getenv("MADOGUCHI_BENCH_DAYS"), "100"))
	if err != nil {
		b.Fatal(err)
	}
	var total time.Duration
	for f.days < days {
		total += f.day(b).took
		if f.days < days {
			f.night(b, nil, "")
		}
	}
	c.figure(fmt.Sprintf("apply_5000_of_%d_days", days), total.Seconds()/float64(days-2), "s")
	f.night(b, mix, "_last")
	f.figureSearches(b, mix, fmt.Sprintf("after_%d_days", days))
	c.figure(fmt.Sprintf("catalogue_after_%d_days", days), f.megabytes(b), "MB")
	if err := f.Verify(b.Context()); err != nil {
		b.Error(err)
	}
}

// night tidies up, and says what that took and what those found who searched
// meanwhile, if any.
func (f *follower) night(b *testing.B, mix []askedQuery, name string) {
	b.Helper()
	began := time.Now()
	tidy := func() {
		if err := f.Optimise(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	if mix == nil {
		tidy()
		f.nights = append(f.nights, time.Since(began))
		return
	}
	ms := searchesDuring(b, f.Catalogue, mix, tidy)
	f.nights = append(f.nights, time.Since(began))
	f.city.figure("optimise_readers_p99"+name, percentile(ms, 99), "ms")
	f.city.figure("optimise_longest"+name, slices.Max(f.nights).Seconds(), "s")
}
