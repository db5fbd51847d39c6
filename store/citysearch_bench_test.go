package store

import (
	"maps"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"madoguchi/library"
)

// runs is how often each query is asked; the best time counts, here and for the
// peer, so that what else the machine does is left out.
const runs = 3

// BenchmarkCitySearch asks a city's catalogue what patrons ask: the first page of
// 20 with its records, checked, and the count. Groonga is asked the same where it
// is installed.
func BenchmarkCitySearch(b *testing.B) {
	c := cityOf(b)
	cat := c.open(b)
	mix := c.mix()
	ours := timings{}
	counts := make([]library.Count, len(mix))
	runtime.LockOSThread() // whose processor time is measured
	defer runtime.UnlockOSThread()
	for range runs {
		for i, q := range mix {
			cpu, began := threadTime(), time.Now()
			page, err := cat.Search(b.Context(), q.Query, 0, 20)
			if err != nil {
				b.Fatal(err)
			}
			ours.note(i, q, time.Since(began), threadTime()-cpu)
			counts[i] = page.Count
		}
	}
	c.report("search", ours)
	exact := 0
	for _, n := range counts {
		if !n.More {
			exact++
		}
	}
	c.figure("search_exact_counts", 100*float64(exact)/float64(len(mix)), "%")
	c.suggestions(b, cat, mix)

	theirs := c.groonga(b, mix)
	if theirs == nil {
		return
	}
	c.report("groonga", theirs)
	exactly := func(i int) bool { return !counts[i].More && counts[i].N > 0 }
	c.figure("groonga_to_search_p99", percentile(theirs.ms(nil), 99)/percentile(ours.ms(nil), 99), "times")
	c.figure("groonga_to_search_cpu_p99", percentile(theirs.cpu(), 99)/percentile(ours.cpu(), 99), "times")
	c.figure("groonga_to_search_exact_p99", percentile(theirs.ms(exactly), 99)/percentile(ours.ms(exactly), 99), "times")
}

// suggestions asks for the headings that begin with what was typed.
func (c *city) suggestions(b *testing.B, cat *Catalogue, mix []askedQuery) {
	b.Helper()
	times := timings{}
	for range runs {
		for i, q := range mix {
			if q.kind != "letters" && q.kind != "kana" && q.kind != "kanji1" && q.kind != "kanji2" {
				continue
			}
			cpu, began := threadTime(), time.Now()
			if _, err := cat.Suggest(b.Context(), q.Words, 8); err != nil {
				b.Fatal(err)
			}
			times.note(i, q, time.Since(began), threadTime()-cpu)
		}
	}
	c.figure("suggest_p50", percentile(times.ms(nil), 50), "ms")
	c.figure("suggest_p99", percentile(times.ms(nil), 99), "ms")
	c.figure("suggest_cpu_p99", percentile(times.cpu(), 99), "ms")
}

// timing is the best time that a query took, in milliseconds: from question to
// answer, and of the processor alone, which tells even on a busy machine.
type timing struct {
	kind    string
	ms, cpu float64
}

// timings are those of a mix, by the number of the query.
type timings map[int]timing

func (t timings) note(i int, q askedQuery, took, cpu time.Duration) {
	next := timing{q.kind, took.Seconds() * 1000, cpu.Seconds() * 1000}
	if was, have := t[i]; have {
		next.ms, next.cpu = min(next.ms, was.ms), min(next.cpu, was.cpu)
	}
	t[i] = next
}

// ms returns the times of those queries that f is true for, nil for all.
func (t timings) ms(f func(i int) bool) (out []float64) {
	for i, x := range t {
		if f == nil || f(i) {
			out = append(out, x.ms)
		}
	}
	return out
}

func (t timings) cpu() (out []float64) {
	for _, x := range t {
		out = append(out, x.cpu)
	}
	return out
}

// threadTime is the processor time that this thread has used.
func threadTime() time.Duration {
	const threadClock = 3 // CLOCK_THREAD_CPUTIME_ID; Getrusage counts in ticks
	var ts syscall.Timespec
	if _, _, failed := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&ts)), 0); failed != 0 {
		return 0
	}
	return time.Duration(ts.Nano())
}

// report prints the percentiles of all and of each kind.
func (c *city) report(name string, t timings) {
	c.figure(name+"_p50", percentile(t.ms(nil), 50), "ms")
	c.figure(name+"_p99", percentile(t.ms(nil), 99), "ms")
	c.figure(name+"_cpu_p50", percentile(t.cpu(), 50), "ms")
	c.figure(name+"_cpu_p99", percentile(t.cpu(), 99), "ms")
	kinds := map[string]bool{}
	for _, x := range t {
		kinds[x.kind] = true
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		c.figure(name+"_"+kind+"_p99", percentile(t.ms(func(i int) bool { return t[i].kind == kind }), 99), "ms")
	}
}
