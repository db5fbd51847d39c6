package main

import (
	"cmp"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/central/generate"
	"madoguchi/library"
	"madoguchi/store"
	kiosksync "madoguchi/sync"
)

// city is a made-up library as large as a city's, and the catalogue of it that the
// benchmarks of package store leave for the next time.
type city struct {
	size    string // as in the names of figures: "1m"
	gen     *generate.Generator
	path    string
	info    store.Info
	digests [library.Buckets]library.Digest
}

// cityOf returns the library of the size that MADOGUCHI_BENCH_SIZE names, 50k unless
// it says more, and builds its catalogue where that is not there yet.
func cityOf(b *testing.B) *city {
	b.Helper()
	size := cmp.Or(os.Getenv("MADOGUCHI_BENCH_SIZE"), "50k")
	n, err := strconv.Atoi(strings.NewReplacer("k", "000", "m", "000000").Replace(size))
	if err != nil {
		b.Fatalf("MADOGUCHI_BENCH_SIZE is %q; give a size like 50k, 1m or 3m", size)
	}
	gen, err := generate.New(generate.Config{Bibs: n, Copies: n * 3 / 2, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	dir := cmp.Or(os.Getenv("MADOGUCHI_BENCH_DIR"), b.TempDir())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	c := &city{size: size, gen: gen, path: filepath.Join(dir, "catalogue-"+size+".db")}
	cat, err := store.Open(c.path)
	if err != nil {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(c.path + suffix)
		}
		made := store.Info{Epoch: "9b2f7f1e-4f5c-4a6e-9d0a-000000000001", Edition: 10, BuiltAt: time.Now()}
		if _, err := store.Build(b.Context(), c.path, made, gen.Records()); err != nil {
			b.Fatal(err)
		}
		if cat, err = store.Open(c.path); err != nil {
			b.Fatal(err)
		}
	}
	defer cat.Close()
	if c.info, err = cat.Info(b.Context()); err != nil {
		b.Fatal(err)
	}
	if c.digests, err = cat.Digests(b.Context()); err != nil {
		b.Fatal(err)
	}
	return c
}

// serve starts a server of this library and enrols a terminal that has its catalogue.
// The server takes itself to hold the same bibs, without the hours that it would take
// to import them: it has one for each bucket, with the digest of all that are in it.
func (c *city) serve(b *testing.B) (*server, *kiosk) {
	b.Helper()
	// Beside the catalogue, so that both can be names of one file: what the terminal does
	// with its own does not touch the other.
	dir, err := os.MkdirTemp(filepath.Dir(c.path), "window-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	s := &server{t: b, dir: dir, address: freeAddress(b)}
	s.install("")
	for _, br := range c.gen.Branches() {
		s.central("branch", "add", string(br.Code), br.Name, "--hours", "9:30-19:00")
	}
	code := enrolmentCode.FindString(s.central("terminal", "add", "--branch", string(c.gen.Branches()[0].Code)))
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "server", "central.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	exec := func(query string, args ...any) {
		b.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			b.Fatal(err)
		}
	}
	exec("UPDATE change_log SET epoch = $1, number = $2, pruned_upto = $2", c.info.Epoch, c.info.Number)
	for n, d := range c.digests {
		exec("INSERT INTO bib (id, bucket, digest, added_on, record) VALUES ($1, $2, $3, '', '{}')", "bucket-"+strconv.Itoa(n), n, d.String())
	}
	db.Close()
	s.serve()
	k := s.terminal(code, "")
	own := k.path("terminal/catalogue-bench.db")
	if err := errors.Join(os.Link(c.path, own), os.Symlink(filepath.Base(own), kiosksync.CataloguePath(k.path("terminal")))); err != nil {
		b.Fatal(err)
	}
	return s, k
}

func (c *city) figure(name string, value float64, unit string) { figure(name+"_"+c.size, value, unit) }
