package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestDamagedOutbox(t *testing.T) {
	path := filepath.Join(t.TempDir(), "whole.db")
	o := hasty(t, openAt(t, path))
	for n := range 50 {
		put(t, o, letter(n, 3000))
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(b []byte)) []byte {
		b := bytes.Clone(whole)
		change(b)
		return b
	}
	for name, b := range map[string][]byte{
		"a text":              []byte("this is no database"),
		"only the header":     whole[:100],
		"half":                whole[:len(whole)/2],
		"the magic":           with(func(b []byte) { b[3] ^= 1 }),
		"another application": with(func(b []byte) { copy(b[68:], "MADG") }),
		"a page of letters":   with(func(b []byte) { copy(b[2*4096:3*4096], bytes.Repeat([]byte{0xa5}, 4096)) }),
		"zeroes":              make([]byte, 8192),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "outbox.db")
			for suffix, b := range map[string][]byte{"": b, "-wal": []byte("a log")} {
				if err := os.WriteFile(path+suffix, b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := Examine(t.Context(), path); !errors.Is(err, ErrDamaged) {
				t.Errorf("looked at: %v", err)
			}
			o := openAt(t, path)
			aside := o.SetAside()
			if !strings.HasPrefix(aside, path+".damaged-") {
				t.Fatalf("set aside at %q", aside)
			}
			if kept, err := os.ReadFile(aside); err != nil || !bytes.Equal(kept, b) {
				t.Errorf("what was set aside is not what was there: %v", err)
			}
			if kept, err := os.ReadFile(aside + "-wal"); err != nil || len(kept) == 0 {
				t.Errorf("the log that was set aside: %q, %v", kept, err)
			}
			put(t, o, letter(1, 10))
			holds(t, o, letter(1, 10))
		})
	}
}

// An emptied file beside a log that is not: SQLite by itself would delete the log.
func TestOutboxThatWasEmptied(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.db")
	if err := os.WriteFile(path+"-wal", []byte("letters"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := openAt(t, path)
	if kept, err := os.ReadFile(o.SetAside() + "-wal"); err != nil || string(kept) != "letters" {
		t.Errorf("%q, %v", kept, err)
	}
	// Without one nothing is lost, and nobody is warned.
	path = filepath.Join(t.TempDir(), "outbox.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if o := openAt(t, path); o.SetAside() != "" {
		t.Errorf("set aside: %s", o.SetAside())
	}
}

func TestOutboxOfANewerVersion(t *testing.T) {
	o := newOutbox(t)
	put(t, o, letter(1, 10))
	if _, err := o.db.Exec(fmt.Sprint("PRAGMA user_version = ", schema+1)); err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(o.path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(o.path); !errors.Is(err, ErrSchema) {
		t.Errorf("opened: %v", err)
	}
	if after, err := os.ReadFile(o.path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("it was changed: %v", err)
	}
	if _, err := Examine(t.Context(), o.path); !errors.Is(err, ErrSchema) {
		t.Errorf("looked at: %v", err)
	}
}

func TestExamine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.db")
	if _, err := Examine(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("looking made one: %v", err)
	}
	o := openAt(t, path)
	put(t, o, letter(3, 10))
	before := blocks(t, path)
	want := State{Letters: 1, Oldest: letter(3, 10).At}
	for range 2 { // open, and closed
		if s, err := Examine(t.Context(), path); err != nil || s != want {
			t.Errorf("%+v, %v", s, err)
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if after := blocks(t, path); !slices.Equal(before, after) {
		t.Errorf("length and blocks of the files were %v and are %v", before, after)
	}
	if err := os.Remove(path + "-wal"); err != nil {
		t.Fatal(err)
	}
	if s, err := Examine(t.Context(), path); err != nil || !errors.Is(s.Refuses, ErrRoom) || s.Letters != 1 {
		t.Errorf("without its log: %+v, %v", s, err)
	}
}
