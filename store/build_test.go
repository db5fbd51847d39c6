package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"madoguchi/library"
)

func TestBuild(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "catalogue.db")
	in, err := Build(t.Context(), path, testInfo, all(sample()))
	if err != nil {
		t.Fatal(err)
	}
	if in.Bibs != len(sample()) || in.Items != len(sample()) || in.Number != testInfo.Edition || in.Epoch != testInfo.Epoch {
		t.Errorf("Build = %+v", in)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("the build left %v", files)
	}
	c := openAt(t, path)
	if got, err := c.Info(t.Context()); err != nil || got.Bibs != in.Bibs || !got.BuiltAt.Equal(testInfo.BuiltAt) {
		t.Errorf("Info = %+v, %v; want %+v", got, err, in)
	}
	want := [library.Buckets]library.Digest{}
	for _, r := range sample() {
		n := library.BucketOf(r.Bib.ID)
		want[n] = want[n].XOR(library.DigestOf(r))
	}
	if got, err := c.Digests(t.Context()); err != nil || got != want {
		t.Errorf("the digests are not those of the records: %v", err)
	}
	if err := c.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := Build(t.Context(), path, testInfo, all(nil)); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second build at the same place: %v, want %v", err, os.ErrExist)
	}
	if err := c.Verify(t.Context()); err != nil {
		t.Errorf("after a second build was refused: %v", err)
	}
}

// A catalogue that lacks the digests of several buckets is told by the first of them.
func TestVerifyTellsTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalogue.db")
	if _, err := Build(t.Context(), path, testInfo, all(sample())); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DELETE FROM digest"); err != nil {
		t.Fatal(err)
	}
	first := library.Buckets
	for _, r := range sample() {
		first = min(first, library.BucketOf(r.Bib.ID))
	}
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 10 {
		if err := c.Verify(t.Context()); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), fmt.Sprintf("bucket %d has no digest", first)) {
			t.Fatalf("%v, want bucket %d", err, first)
		}
	}
}

func TestBuildOfNothing(t *testing.T) {
	c := open(t)
	if got := find(t, c, library.Query{Words: "本"}); len(got) != 0 {
		t.Errorf("found %v", got)
	}
	if err := c.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestBuildFailsWhole(t *testing.T) {
	broken := errors.New("the source broke")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, try := range map[string]func(path string) error{
		"an error of the source": func(path string) error {
			_, err := Build(t.Context(), path, testInfo, func(yield func(library.Record, error) bool) {
				_ = yield(sample()[0], nil) && yield(library.Record{}, broken)
			})
			if !errors.Is(err, broken) {
				t.Errorf("the source's error is lost: %v", err)
			}
			return err
		},
		"one id twice": func(path string) error {
			_, err := Build(t.Context(), path, testInfo, all([]library.Record{bib("a", "a", "", "", "", 1), bib("b", "b", "", "", "", 1), {Bib: library.Bib{ID: "a", Year: 2}}}))
			return err
		},
		"one item twice": func(path string) error {
			a, b := bib("a", "a", "", "", "", 1), bib("b", "b", "", "", "", 1)
			b.Items[0].ID = a.Items[0].ID
			_, err := Build(t.Context(), path, testInfo, all([]library.Record{a, b}))
			return err
		},
		"an item of another bib": func(path string) error {
			a := bib("a", "a", "", "", "", 1)
			a.Items[0].BibID = "b"
			_, err := Build(t.Context(), path, testInfo, all([]library.Record{a}))
			return err
		},
		"no id": func(path string) error {
			_, err := Build(t.Context(), path, testInfo, all([]library.Record{{}}))
			return err
		},
		"a cancelled context": func(path string) error {
			_, err := Build(cancelled, path, testInfo, all(sample()))
			return err
		},
	} {
		path := filepath.Join(t.TempDir(), "catalogue.db")
		if err := try(path); err == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: a file is left", name)
		}
	}
}

// TestCloseLeavesOneFile: a closed catalogue can be copied or removed as one file,
// whatever was applied to it.
func TestCloseLeavesOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalogue.db")
	if _, err := Build(t.Context(), path, testInfo, all(sample())); err != nil {
		t.Fatal(err)
	}
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	find(t, c, library.Query{Words: "本"})
	r := bib("new", "新しい本", "", "", "", 2026)
	apply(t, c, 11, library.Change{PutBib: &r.Bib})
	if err := c.Optimise(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("closing left %v", files)
	}
	if got := find(t, openAt(t, path), library.Query{Words: "新しい"}); len(got) != 1 {
		t.Errorf("after opening again found %v", got)
	}
}

// TestSearchBesideApply: searches see a bib as it was or as it is, never half of each.
func TestSearchBesideApply(t *testing.T) {
	c := open(t, sample()...)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				p, err := c.Search(t.Context(), library.Query{Words: "双子"}, 0, 20)
				if err != nil || p.Count.N > 1 || len(p.Rows) != p.Count.N || p.Count.N == 1 && p.Rows[0].Bib.Title != "双子" {
					t.Errorf("found %v of %s, %v", ids(p), p.Count, err)
					return
				}
			}
		})
	}
	// Another year gives the bib another place in every table and index.
	twins, others := bib("a", "双子", "", "", "", 1999), bib("a", "三つ子", "", "", "", 2001)
	for upto := int64(11); upto < 60; upto++ {
		if upto%2 == 1 {
			apply(t, c, upto, library.Change{PutBib: &twins.Bib})
		} else {
			apply(t, c, upto, library.Change{PutBib: &others.Bib})
		}
	}
	close(done)
	readers.Wait()
	if err := c.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
