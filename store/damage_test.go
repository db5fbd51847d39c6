package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/library"
)

// image is the bytes of a catalogue that is large enough to have a middle.
func image(t *testing.T) []byte {
	t.Helper()
	var records []library.Record
	for i := range 400 {
		records = append(records, bib(fmt.Sprint("b", i), fmt.Sprint("本の題名", i), fmt.Sprint("ホン ノ ダイメイ ", i), "夏目漱石", "ナツメ ソウセキ", 1950+i%60))
	}
	path := filepath.Join(t.TempDir(), "whole.db")
	if _, err := Build(t.Context(), path, testInfo, all(records)); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// judge opens and verifies what may be a catalogue.
func judge(t *testing.T, b []byte) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "catalogue.db")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Open(path)
	if err != nil {
		return err
	}
	return errors.Join(c.Verify(t.Context()), c.Close())
}

func TestDamagedFiles(t *testing.T) {
	whole := image(t)
	if err := judge(t, whole); err != nil {
		t.Fatalf("the whole file: %v", err)
	}
	with := func(change func(b []byte) []byte) []byte { return change(append([]byte(nil), whole...)) }
	flip := func(at int) []byte {
		return with(func(b []byte) []byte {
			for i := range 64 {
				b[at+i] ^= 0xff
			}
			return b
		})
	}
	for name, b := range map[string][]byte{
		"an empty file":       {},
		"a text":              []byte("this is no database, but it is longer than a header"),
		"only the header":     whole[:100],
		"a cut page":          whole[:len(whole)/2+100],
		"half":                whole[:len(whole)/2/4096*4096],
		"all but a page":      whole[:len(whole)-4096],
		"the magic":           flip(0),
		"the outline":         flip(100),
		"a page in the front": flip(3 * 4096),
		"a middle page":       flip(len(whole) / 2 / 4096 * 4096),
		"another application": with(func(b []byte) []byte { copy(b[68:], "ABCD"); return b }),
		"zeroes":              make([]byte, 8192),
	} {
		if err := judge(t, b); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, want %v", name, err, ErrDamaged)
		}
	}
	if err := judge(t, with(func(b []byte) []byte { b[63]++; return b })); !errors.Is(err, ErrSchema) || errors.Is(err, ErrDamaged) {
		t.Errorf("another schema: %v, want %v", err, ErrSchema)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v, want %v", err, os.ErrNotExist)
	}
}

// TestAnyPageMayBreak: whichever page is overwritten, nothing panics, and either
// the damage is noticed or everything is still as it was.
func TestAnyPageMayBreak(t *testing.T) {
	whole := image(t)
	random := rand.New(rand.NewPCG(1, 2))
	noticed, pages := 0, len(whole)/4096
	for n := range 40 {
		at := n * pages / 40 * 4096
		b := append([]byte(nil), whole...)
		for i := range 4096 {
			if at+i >= 100 {
				b[at+i] = byte(random.Uint32())
			}
		}
		path := filepath.Join(t.TempDir(), "catalogue.db")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := Open(path)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("page %d: %v", at/4096, err)
			}
			noticed++
			continue
		}
		for _, words := range []string{"本", "題名 12", "なつめ", "natsu"} {
			if _, err := c.Search(t.Context(), library.Query{Words: words}, 0, 20); err != nil && !errors.Is(err, ErrDamaged) {
				t.Errorf("page %d: search: %v", at/4096, err)
			}
			if _, err := c.Suggest(t.Context(), words, 8); err != nil && !errors.Is(err, ErrDamaged) {
				t.Errorf("page %d: suggest: %v", at/4096, err)
			}
		}
		err = c.Verify(t.Context())
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("page %d: verify: %v", at/4096, err)
		}
		if err != nil {
			noticed++
		}
		c.Close()
	}
	if noticed < 36 { // a page may be free, or hold nothing yet
		t.Errorf("only %d of 40 broken pages were noticed", noticed)
	}
}
