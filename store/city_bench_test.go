package store

import (
	"bufio"
	"cmp"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"madoguchi/central/generate"
	"madoguchi/library"
)

// city is a made-up library as large as a city's.
type city struct {
	size string // as in the names of figures: "1m"
	gen  *generate.Generator
	dir  string // what is built stays there for the next benchmark
}

// cityOf returns the library of the size that MADOGUCHI_BENCH_SIZE names, 100k
// unless it says more.
func cityOf(b *testing.B) *city {
	b.Helper()
	size := cmp.Or(os.Getenv("MADOGUCHI_BENCH_SIZE"), "100k")
	number, unit := strings.TrimRight(size, "km"), 1
	switch {
	case strings.HasSuffix(size, "k"):
		unit = 1000
	case strings.HasSuffix(size, "m"):
		unit = 1_000_000
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		b.Fatalf("MADOGUCHI_BENCH_SIZE is %q; give a size like 100k, 1m or 3m", size)
	}
	gen, err := generate.New(generate.Config{Bibs: n * unit, Copies: n * unit * 3 / 2, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	dir := os.Getenv("MADOGUCHI_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	return &city{size: size, gen: gen, dir: dir}
}

func (c *city) figure(name string, value float64, unit string) {
	fmt.Println(name+"_"+c.size, strconv.FormatFloat(value, 'g', 3, 64), unit)
}

func (c *city) path() string { return filepath.Join(c.dir, "catalogue-"+c.size+".db") }

// open opens the library's catalogue, and builds it where it is not there yet.
func (c *city) open(b *testing.B) *Catalogue {
	b.Helper()
	cat, err := Open(c.path())
	if err != nil {
		c.build(b)
		if cat, err = Open(c.path()); err != nil {
			b.Fatal(err)
		}
	}
	b.Cleanup(func() { cat.Close() })
	return cat
}

func (c *city) build(b *testing.B) {
	b.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		os.Remove(c.path() + suffix)
	}
	if _, err := Build(b.Context(), c.path(), testInfo, c.gen.Records()); err != nil {
		b.Fatal(err)
	}
}

// sample yields n of the records, evenly spread.
func (c *city) sample(n int) iter.Seq[library.Record] {
	return func(yield func(library.Record) bool) {
		step := max(1, c.gen.Bibs/n)
		for i := 0; i < c.gen.Bibs; i += step {
			if !yield(c.gen.Record(i)) {
				return
			}
		}
	}
}

// BenchmarkCityEdition builds the edition of a city and says what it takes.
func BenchmarkCityEdition(b *testing.B) {
	c := cityOf(b)
	before, began := cpuTime(), time.Now()
	for range c.gen.Records() {
	}
	c.figure("edition_records", time.Since(began).Seconds(), "s") // making them up, which the build does too
	memory := watchMemory()
	cpuBefore := cpuTime()
	made := cpuBefore - before
	began = time.Now()
	c.build(b)
	took := time.Since(began)
	c.figure("edition_build", took.Seconds(), "s")
	c.figure("edition_build_cpu", (cpuTime() - cpuBefore - made).Seconds(), "s")
	c.figure("edition_build_memory", float64(memory())/1e6, "MB")
	info, err := os.Stat(c.path())
	if err != nil {
		b.Fatal(err)
	}
	c.figure("edition_size", float64(info.Size())/1e6, "MB")
}

// cpuTime is the processor time that this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchMemory looks at the memory of this process ten times a second until the
// returned function is called, which returns the most, in bytes.
func watchMemory() (most func() int64) {
	runtime.GC()
	done, result := make(chan struct{}), make(chan int64)
	go func() {
		var top int64
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				top = max(top, residentMemory())
			case <-done:
				result <- top
				return
			}
		}
	}()
	return func() int64 { close(done); return <-result }
}

// residentMemory is the memory of this process that is its own, in bytes.
func residentMemory() int64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var kb int64
		if n, _ := fmt.Sscanf(s.Text(), "RssAnon: %d kB", &kb); n == 1 {
			return kb << 10
		}
	}
	return 0
}

func percentile(values []float64, p int) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}
