package main

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// picture is what an X server shows, read from the memory that it draws into: looking
// at it asks nothing of the server, nor of the program that is measured.
type picture struct {
	pixels        []byte
	stride, pixel int // bytes of a line and of a pixel
	seed          maphash.Seed
}

// openPicture reads the screen that Xvfb keeps in dir.
func openPicture(t testing.TB, dir string) *picture {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "Xvfb_screen0"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(b) })
	// The header is that of an X window dump: numbers of 32 bits, and a table of colours.
	number := func(n int) int { return int(binary.BigEndian.Uint32(b[4*n:])) }
	const headerSize, bitsPerPixel, bytesPerLine, colours, colourSize = 0, 11, 12, 19, 12
	return &picture{
		pixels: b[number(headerSize)+colourSize*number(colours):],
		stride: number(bytesPerLine), pixel: number(bitsPerPixel) / 8,
		seed: maphash.MakeSeed(),
	}
}

// sum is another number for another picture. It leaves out the lines above top, where
// the terminal has its clock, and three lines of four, since no letter is so flat.
func (p *picture) sum(top int) uint64 {
	var h maphash.Hash
	h.SetSeed(p.seed)
	for at := top * p.stride; at+p.stride <= len(p.pixels); at += 4 * p.stride {
		h.Write(p.pixels[at : at+p.stride])
	}
	return h.Sum64()
}

// colour is that of a pixel, as 0xRRGGBB.
func (p *picture) colour(x, y int) uint32 {
	return binary.LittleEndian.Uint32(p.pixels[y*p.stride+x*p.pixel:]) & 0xffffff
}

// glance is how long to wait between two looks: the error of what is measured.
const glance = time.Millisecond

// until looks until ok, and returns when that was.
func (p *picture) until(t testing.TB, complaint string, ok func() bool) time.Time {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(glance) {
		if time.Now().After(deadline) {
			t.Fatal(complaint)
		}
	}
	return time.Now()
}

// lastChange returns when the picture last changed, once it has been at rest for as
// long as rest. The sum is the picture's before anything happened.
func (p *picture) lastChange(t testing.TB, top int, sum uint64, rest time.Duration) time.Time {
	t.Helper()
	var last time.Time
	for deadline := time.Now().Add(time.Minute); last.IsZero() || time.Since(last) < rest; time.Sleep(glance) {
		if now := p.sum(top); now != sum {
			sum, last = now, time.Now()
		}
		if time.Now().After(deadline) {
			t.Fatal("the picture does not change, or does not come to rest")
		}
	}
	return last
}

// nextWithin is how long next waits for another picture.
const nextWithin = 250 * time.Millisecond

// next waits until the picture is another than that of sum, and whole: a look may fall
// into the moment in which it is drawn. It returns its sum. Where the last change came in
// two steps, the picture may be what it was when they are over: it does not wait for ever.
func (p *picture) next(top int, sum uint64) uint64 {
	last := sum
	for end := time.Now().Add(nextWithin); time.Now().Before(end); time.Sleep(glance) {
		now := p.sum(top)
		if now == last && now != sum {
			break
		}
		last = now
	}
	return last
}

// hand moves the pointer and presses keys. It is one xdotool for all that it does:
// what is measured does not wait for a program to start.
type hand struct {
	t     testing.TB
	stdin io.Writer
}

func newHand(t testing.TB, display string) *hand {
	t.Helper()
	cmd := exec.Command("xdotool", "-")
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	return &hand{t, stdin}
}

// do is a command of xdotool. It returns when it was given.
func (h *hand) do(format string, args ...any) time.Time {
	h.t.Helper()
	now := time.Now()
	if _, err := fmt.Fprintf(h.stdin, format+"\n", args...); err != nil {
		h.t.Fatal(err)
	}
	return now
}
