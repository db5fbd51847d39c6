package outbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func openAt(t testing.TB, path string) *Outbox {
	t.Helper()
	o, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

func newOutbox(t testing.TB) *Outbox {
	return openAt(t, filepath.Join(t.TempDir(), "outbox.db"))
}

// letter makes the letter of a number, with so many bytes in it.
func letter(n, size int) Letter {
	random := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), 1})
	sealed := make([]byte, size)
	random.Read(sealed)
	return Letter{
		ID: fmt.Sprintf("0193f0a1-0000-7000-8000-%012d", n), Key: "00ff00ff00ff00ff", Sealed: sealed,
		At: time.UnixMilli(1_795_000_000_000 + int64(n)*1000),
	}
}

func put(t testing.TB, o *Outbox, letters ...Letter) {
	t.Helper()
	for _, l := range letters {
		if err := o.Put(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
}

func holds(t testing.TB, o *Outbox, want ...Letter) {
	t.Helper()
	got, err := o.Letters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(got, want, sameLetter) {
		t.Errorf("it holds %s, not %s", names(got), names(want))
	}
}

func sameLetter(a, b Letter) bool { return reflect.DeepEqual(a, b) }

// hasty has an outbox no longer wait for the disk, for tests that put very many.
func hasty(t testing.TB, o *Outbox) *Outbox {
	t.Helper()
	if _, err := o.db.ExecContext(t.Context(), "PRAGMA synchronous = OFF"); err != nil {
		t.Fatal(err)
	}
	return o
}

func names(letters []Letter) (all []string) {
	for _, l := range letters {
		all = append(all, fmt.Sprint(strings.TrimLeft(l.ID[24:], "0"), " of ", len(l.Sealed), " bytes, unreadable: ", l.Unreadable))
	}
	return all
}

func state(t testing.TB, o *Outbox) State {
	t.Helper()
	s, err := o.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOutbox(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.db")
	o := openAt(t, path)
	if o.SetAside() != "" {
		t.Errorf("a new outbox set something aside: %s", o.SetAside())
	}
	if s := state(t, o); s != (State{}) {
		t.Errorf("a new outbox: %+v", s)
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "auto_vacuum": "0"} {
		var got string
		if err := o.db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", pragma, got, err, want)
		}
	}
	// The order is that in which they came, whatever the terminal's clock said.
	first, second, third := letter(5, 700), letter(2, 1), letter(9, MaxLetter)
	put(t, o, first, second, third)
	holds(t, o, first, second, third)
	if s := state(t, o); s != (State{Letters: 3, Oldest: second.At}) {
		t.Errorf("three letters: %+v", s)
	}

	if err := o.Put(t.Context(), first); err == nil {
		t.Error("one id was put twice")
	}
	if err := o.Put(t.Context(), letter(10, MaxLetter+1)); !errors.Is(err, ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
	if err := o.MarkUnreadable(t.Context(), first.ID); err != nil {
		t.Error(err)
	}
	first.Unreadable = true
	holds(t, o, first, second, third)
	if s := state(t, o); s != (State{Letters: 3, Oldest: second.At, Unreadable: 1}) {
		t.Errorf("one unreadable: %+v", s)
	}

	for range 2 { // also what is not there
		if err := o.Remove(t.Context(), second.ID); err != nil {
			t.Error(err)
		}
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	o = openAt(t, path)
	holds(t, o, first, third)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others may read it", info.Mode(), err)
	}
}

// TestOutboxHistories holds any history of an outbox against a list.
func TestOutboxHistories(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.db")
	o := hasty(t, openAt(t, path))
	rapid.Check(t, func(rt *rapid.T) {
		ctx := t.Context()
		left, err := o.Letters(ctx) // by the history before
		for _, l := range left {
			err = errors.Join(err, o.Remove(ctx, l.ID))
		}
		if err != nil {
			rt.Fatal(err)
		}
		var model []Letter
		next := 0
		one := func(rt *rapid.T) int { // of the letters, or none
			if len(model) == 0 {
				rt.Skip("there is none")
			}
			return rapid.IntRange(0, len(model)-1).Draw(rt, "which")
		}
		rt.Repeat(map[string]func(*rapid.T){
			"put": func(rt *rapid.T) {
				next++
				l := letter(next, rapid.IntRange(1, MaxLetter).Draw(rt, "size"))
				if err := o.Put(ctx, l); err != nil {
					rt.Fatal(err)
				}
				model = append(model, l)
			},
			"put too much": func(rt *rapid.T) {
				if err := o.Put(ctx, letter(next+1, MaxLetter+rapid.IntRange(1, 9999).Draw(rt, "over"))); err == nil {
					rt.Fatal("it was taken")
				}
			},
			"put again": func(rt *rapid.T) {
				if err := o.Put(ctx, model[one(rt)]); err == nil {
					rt.Fatal("it was taken")
				}
			},
			"remove": func(rt *rapid.T) {
				at := one(rt)
				if err := o.Remove(ctx, model[at].ID); err != nil {
					rt.Fatal(err)
				}
				model = slices.Delete(model, at, at+1)
			},
			"mark": func(rt *rapid.T) {
				at := one(rt)
				if err := o.MarkUnreadable(ctx, model[at].ID); err != nil {
					rt.Fatal(err)
				}
				model[at].Unreadable = true
			},
			"reopen": func(rt *rapid.T) {
				if err := o.Close(); err != nil {
					rt.Fatal(err)
				}
				if err := o.open(); err != nil {
					rt.Fatal(err)
				}
				hasty(t, o)
			},
			"look from beside": func(rt *rapid.T) {
				if s, err := Examine(ctx, path); err != nil || s != stateOf(model) {
					rt.Fatalf("it says %+v, %v; want %+v", s, err, stateOf(model))
				}
			},
			"": func(rt *rapid.T) {
				got, err := o.Letters(ctx)
				if err != nil || !slices.EqualFunc(got, model, sameLetter) {
					rt.Fatalf("it holds %s, not %s; %v", names(got), names(model), err)
				}
				if s, err := o.State(ctx); err != nil || s != stateOf(model) {
					rt.Fatalf("it says %+v, %v; want %+v", s, err, stateOf(model))
				}
			},
		})
	})
}

// stateOf is the state of an outbox with these letters and room for more.
func stateOf(letters []Letter) (s State) {
	for i, l := range letters {
		s.Letters++
		if l.Unreadable {
			s.Unreadable++
		}
		if i == 0 || l.At.Before(s.Oldest) {
			s.Oldest = l.At
		}
	}
	return s
}

// blocks is how long the outbox's files are, and how much of the disk they have.
func blocks(t *testing.T, path string) (all []int64) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		var s syscall.Stat_t
		if err := syscall.Stat(path+suffix, &s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s.Size, s.Blocks)
	}
	return all
}

// TestOutboxStaysAsLarge: all letters that an outbox takes find their room in what it
// had from the beginning, whatever their size, also after they went and came again.
func TestOutboxStaysAsLarge(t *testing.T) {
	for name, size := range map[string]func(n int) int{
		"the largest":             func(int) int { return MaxLetter },
		"a page, and one by half": func(n int) int { return 8100 - n%7*13 },
		"of all sizes":            func(n int) int { return 1 + (n*n*37+500)%MaxLetter },
	} {
		t.Run(name, func(t *testing.T) {
			o := hasty(t, newOutbox(t))
			before := blocks(t, o.path)
			for n := range 2 * MostLetters {
				if err := o.Put(t.Context(), letter(n, size(n))); err != nil {
					t.Fatalf("letter %d: %v", n, err)
				}
				if n >= MostLetters-1 {
					if err := o.Remove(t.Context(), letter(n*7%MostLetters+n-MostLetters+1, 1).ID); err != nil {
						t.Fatal(err)
					}
					o.Remove(t.Context(), letter(n-MostLetters+1, 1).ID)
				}
			}
			if after := blocks(t, o.path); !slices.Equal(before, after) {
				t.Errorf("length and blocks of the files were %v and are %v", before, after)
			}
		})
	}
}

func TestOutboxIsFull(t *testing.T) {
	o := hasty(t, newOutbox(t))
	for n := range MostLetters {
		put(t, o, letter(n, 900))
	}
	over := letter(MostLetters, 1)
	if s := state(t, o); s.Letters != MostLetters || !errors.Is(s.Refuses, ErrFull) {
		t.Errorf("full: %+v", s)
	}
	if s, err := Examine(t.Context(), o.path); err != nil || !errors.Is(s.Refuses, ErrFull) {
		t.Errorf("full, from beside: %+v, %v", s, err)
	}
	if err := o.Put(t.Context(), over); !errors.Is(err, ErrFull) {
		t.Errorf("one more: %v", err)
	}
	// One that cannot be delivered keeps nobody else out.
	if err := o.MarkUnreadable(t.Context(), letter(0, 0).ID); err != nil {
		t.Fatal(err)
	}
	put(t, o, over)
	if err := o.Put(t.Context(), letter(MostLetters+1, 1)); !errors.Is(err, ErrFull) {
		t.Errorf("one more: %v", err)
	}
}

// TestOutboxWhileSomebodyReads: a reader in the way of the log is only for a while.
func TestOutboxWhileSomebodyReads(t *testing.T) {
	o := hasty(t, newOutbox(t))
	put(t, o, letter(1, 900))
	reader, err := openDB(o.path, "ro", "deferred")
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	tx, err := reader.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var n int
	if err := tx.QueryRowContext(t.Context(), "SELECT count(*) FROM letter").Scan(&n); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if _, err := o.db.ExecContext(t.Context(), "PRAGMA busy_timeout = 1"); err != nil { // not two seconds for each letter
		t.Fatal(err)
	}
	before := blocks(t, o.path)
	for n := 2; n <= MostLetters; n++ {
		put(t, o, letter(n, MaxLetter))
	}
	if after := blocks(t, o.path); !slices.Equal(before, after) {
		t.Errorf("length and blocks of the files were %v and are %v", before, after)
	}
}
