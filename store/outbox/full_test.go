package outbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk mounts a disk of so many bytes. That takes root.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can mount a disk")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprint("size=", size)); err != nil {
		t.Skipf("a disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill leaves no byte of a disk free, and returns what takes them.
func fill(t *testing.T, dir string) (filler string) {
	t.Helper()
	filler = filepath.Join(dir, "filler")
	f, err := os.OpenFile(filler, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	return filler
}

// TestOutboxOnAFullDisk: what was promised while there was room holds when there is
// none any more, for as many letters as were promised.
func TestOutboxOnAFullDisk(t *testing.T) {
	dir := smallDisk(t, 32<<20)
	path := filepath.Join(dir, "outbox.db")
	o, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, dir)
	for round := range 3 {
		var want []Letter
		for n := range MostLetters {
			l := letter(round*MostLetters+n, MaxLetter)
			put(t, o, l)
			want = append(want, l)
		}
		if err := o.Put(t.Context(), letter(9999, 1)); !errors.Is(err, ErrFull) {
			t.Errorf("one more: %v", err)
		}
		if err := o.Close(); err != nil { // a restart is no reason to lose the room
			t.Fatal(err)
		}
		if o, err = Open(path); err != nil {
			t.Fatal(err)
		}
		holds(t, o, want...)
		for _, l := range want {
			if err := o.Remove(t.Context(), l.ID); err != nil {
				t.Fatal(err)
			}
		}
		if s := state(t, o); s != (State{}) {
			t.Errorf("emptied: %+v", s)
		}
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
}

// TestOutboxRefusesBeforehand: on a disk that is too full for all, State says before
// each letter whether it will be taken, and what was taken is there.
func TestOutboxRefusesBeforehand(t *testing.T) {
	dir := smallDisk(t, 32<<20)
	path := filepath.Join(dir, "outbox.db")
	filler := fill(t, dir)
	none, some, all := 0, 0, 0
	for free := int64(0); all == 0; free += 512 << 10 {
		if free > 24<<20 {
			t.Fatal("never was there room for all")
		}
		removeOutbox(t, path)
		fill(t, dir)
		info, err := os.Stat(filler)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filler, info.Size()-free); err != nil {
			t.Fatal(err)
		}
		o, err := Open(path)
		if errors.Is(err, ErrRoom) { // not even for an empty one
			none++
			continue
		} else if err != nil {
			t.Fatalf("%d bytes are free: %v", free, err)
		}
		var taken []Letter
		s := state(t, o)
		for n := 0; s.Refuses == nil; n++ {
			l := letter(n, MaxLetter)
			put(t, o, l) // State had said that it is taken
			taken = append(taken, l)
			s = state(t, o)
		}
		want := ErrRoom
		if len(taken) == MostLetters {
			want = ErrFull
		}
		if err := o.Put(t.Context(), letter(9999, MaxLetter)); !errors.Is(s.Refuses, want) || !errors.Is(err, want) {
			t.Errorf("%d bytes are free: after %d letters State says %v, Put %v; want %v", free, len(taken), s.Refuses, err, want)
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		if o, err = Open(path); err != nil {
			t.Fatal(err)
		}
		holds(t, o, taken...)
		for _, l := range taken {
			if err := o.Remove(t.Context(), l.ID); err != nil {
				t.Errorf("%d bytes are free: %v", free, err)
			}
		}
		holds(t, o)
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		switch len(taken) {
		case 0:
			none++
		case MostLetters:
			all++
		default:
			some++
		}
	}
	t.Logf("with so little room none were taken %d times, some %d times", none, some)
	if none == 0 {
		t.Error("the disk was never too full")
	}
}

// An outbox that lost its log, as when somebody copied the one file only, takes nothing
// until there is room for another log; what is in it can be read all the same.
func TestOutboxWithoutItsLog(t *testing.T) {
	dir := smallDisk(t, 32<<20)
	path := filepath.Join(dir, "outbox.db")
	o := openAt(t, path)
	put(t, o, letter(1, MaxLetter))
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path + "-wal"); err != nil {
		t.Fatal(err)
	}
	filler := fill(t, dir)
	o = openAt(t, path)
	for _, err := range []error{state(t, o).Refuses, o.Put(t.Context(), letter(2, 1)), o.MakeRoom(t.Context())} {
		if !errors.Is(err, ErrRoom) {
			t.Errorf("without room: %v", err)
		}
	}
	holds(t, o, letter(1, MaxLetter))
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := o.MakeRoom(t.Context()); err != nil {
		t.Fatal(err)
	}
	fill(t, dir)
	put(t, o, letter(2, MaxLetter))
	holds(t, o, letter(1, MaxLetter), letter(2, MaxLetter))
}

func removeOutbox(t *testing.T, path string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// TestOutboxMakesRoomLater is for those who cannot mount a disk: SQLite itself is told
// where the disk ends.
func TestOutboxMakesRoomLater(t *testing.T) {
	o := newOutbox(t)
	// As an outbox is that never found any room.
	limit := func(pages int) {
		t.Helper()
		if _, err := o.db.ExecContext(t.Context(), fmt.Sprint("PRAGMA max_page_count = ", pages)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.db.ExecContext(t.Context(), "VACUUM"); err != nil {
		t.Fatal(err)
	}
	limit(1) // as many as there are
	for _, err := range []error{state(t, o).Refuses, o.Put(t.Context(), letter(1, 100)), o.MakeRoom(t.Context())} {
		if !errors.Is(err, ErrRoom) {
			t.Errorf("without room: %v", err)
		}
	}
	holds(t, o)
	limit(1 << 20)
	if err := o.MakeRoom(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := blocks(t, o.path)
	for n := range MostLetters {
		put(t, o, letter(n, MaxLetter))
	}
	if after := blocks(t, o.path); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("length and blocks of the files were %v and are %v", before, after)
	}
}
