package printer

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// picture is noise, other than what tame would change.
func picture(seed uint64, width, height int) image.Image {
	r := rand.New(rand.NewPCG(seed, 4))
	m := image.NewGray(image.Rect(5, 7, 5+width, 7+height)) // not at the origin
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		for x := m.Rect.Min.X; x < m.Rect.Max.X; x++ {
			m.SetGray(x, y, color.Gray{uint8(r.IntN(2) * 255)})
			if (x-5)%8 == 4 {
				m.SetGray(x, y, color.Gray{0}) // no byte is DLE
			}
		}
	}
	return m
}

// overTCP lets a fake printer listen, for one connection after the other.
func overTCP(t *testing.T, f *fake) Settings {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() { l.Close(); serving.Wait() })
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			f.serve(conn)
			conn.Close()
		}
	})
	return Settings{Device: "tcp://" + l.Addr().String(), Paper: 58}
}

// overPTY puts a fake printer behind a pseudo terminal and returns its path.
func overPTY(t *testing.T, f *fake) string {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { f.serve(master) })
	t.Cleanup(func() { tty.Close(); master.Close(); serving.Wait() })
	return tty.Name()
}

// overFIFO lets a fake printer read a pipe; nothing can come back.
func overFIFO(t *testing.T, f *fake) Settings {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lp0")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { f.serve(readOnly{pipe}) })
	t.Cleanup(func() { pipe.Close(); serving.Wait() })
	return Settings{Device: path, Paper: 58}
}

type readOnly struct{ *os.File }

func (readOnly) Write(p []byte) (int, error) { return len(p), nil }

func newPrinter(t *testing.T, s Settings) *Printer {
	t.Helper()
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	p.waits.first, p.waits.base = patience, time.Minute // where all answer, however busy the machine is
	p.waits.poll = 10 * time.Millisecond
	return p
}

// wantSlips waits for slips: a printer that does not answer prints when it likes.
func wantSlips(t *testing.T, f *fake, want ...image.Image) {
	t.Helper()
	for end := time.Now().Add(patience); len(f.printed(t)) < len(want) && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	slips := f.printed(t)
	if len(slips) != len(want) {
		t.Fatalf("%d slips were printed, want %d", len(slips), len(want))
	}
	for i := range want {
		if !same(slips[i], want[i]) {
			t.Errorf("slip %d is not the picture", i+1)
		}
	}
}

func TestPrintsDotByDot(t *testing.T) {
	for name, way := range map[string]func(*testing.T, *fake) Settings{
		"tcp":        overTCP,
		"serial":     func(t *testing.T, f *fake) Settings { return Settings{Device: "serial:" + overPTY(t, f), Paper: 58} },
		"device":     func(t *testing.T, f *fake) Settings { return Settings{Device: overPTY(t, f), Paper: 58} },
		"one way":    overFIFO,
		"tcp silent": func(t *testing.T, f *fake) Settings { f.silent = true; return overTCP(t, f) },
		"no GS r":    func(t *testing.T, f *fake) Settings { f.noGSr = true; return overTCP(t, f) },
		"serial mute": func(t *testing.T, f *fake) Settings {
			f.silent = true
			return Settings{Device: "serial:" + overPTY(t, f), Paper: 58}
		},
		"serial 80 mm": func(t *testing.T, f *fake) Settings { return Settings{Device: "serial:" + overPTY(t, f), Baud: 115200} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			p := newPrinter(t, way(t, f))
			if f.silent {
				p.waits.first = 200 * time.Millisecond
			}
			if f.noGSr {
				p.waits.answer = time.Second
			}
			width := p.settings.Width()
			pictures := []image.Image{picture(1, width, 300), picture(2, width, 1), picture(3, width-100, 2*bandLines)}
			for _, m := range pictures {
				if err := p.Print(t.Context(), m); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.Check(t.Context()); err != nil {
				t.Error(err)
			}
			wantSlips(t, f, pictures...)
		})
	}
}

func TestSaysWhatKeepsItFromPrinting(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*fake)
		want error
	}{
		"paper out":  {func(f *fake) { f.paperFor = 0 }, ErrPaperOut},
		"cover open": {func(f *fake) { f.coverOpen = true }, ErrOffline},
	} {
		f := newFake()
		c.set(f)
		p := newPrinter(t, overTCP(t, f))
		if err := p.Check(t.Context()); !errors.Is(err, c.want) {
			t.Errorf("%s: the check says %v", name, err)
		}
		if err := p.Print(t.Context(), picture(1, 384, 200)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v", name, err)
		}
		f.mu.Lock()
		f.coverOpen = false
		f.mu.Unlock()
		f.refill()
		m := picture(2, 384, 100)
		if err := p.Print(t.Context(), m); err != nil {
			t.Errorf("%s: afterwards: %v", name, err)
		}
		wantSlips(t, f, m)
	}
}

// The rest of the slip that was cut off comes with the new paper, and is cut off from
// the next one.
func TestPaperOutInTheMiddle(t *testing.T) {
	for name, bands := range map[string]int{"while it prints": 2, "at the last band": 5} {
		f := newFake()
		f.paperFor = bands
		p := newPrinter(t, overTCP(t, f))
		first, second := picture(1, 384, 5*bandLines), picture(2, 384, 100)
		if err := p.Print(t.Context(), first); !errors.Is(err, ErrPaperOut) {
			t.Errorf("%s: got %v", name, err)
		}
		f.refill()
		if err := p.Print(t.Context(), second); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		slips := f.printed(t)
		if last := slips[len(slips)-1]; !same(last, second) {
			t.Errorf("%s: the next slip is %d lines long and not the picture", name, len(last))
		}
	}
}

// severed ends a connection after so many bytes from the terminal.
func severed(t *testing.T, f *fake, after int) Settings {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() { l.Close(); serving.Wait() })
	serving.Go(func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if n == 0 {
				f.serve(&limitedConn{conn, after})
			} else {
				f.serve(conn)
			}
			conn.Close()
		}
	})
	return Settings{Device: "tcp://" + l.Addr().String(), Paper: 58}
}

type limitedConn struct {
	net.Conn
	left int
}

func (c *limitedConn) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, net.ErrClosed
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

// A job that is cut off inside a raster command leaves a printer that waits for dots.
func TestTheNextJobStartsClean(t *testing.T) {
	for _, after := range []int{5000, 8000, bandLines*48 + 30} {
		f := newFake()
		s := severed(t, f, after)
		p := newPrinter(t, s)
		if err := p.Print(t.Context(), picture(1, 384, 500)); !errors.Is(err, ErrMissing) {
			t.Errorf("after %d bytes: got %v", after, err)
		}
		m := picture(2, 384, 150)
		if err := p.Print(t.Context(), m); err != nil {
			t.Fatalf("after %d bytes: %v", after, err)
		}
		f.mu.Lock()
		last, rest := f.slips[len(f.slips)-1], len(f.slip)
		f.mu.Unlock()
		if !same(last, m) || rest > 0 {
			t.Errorf("after %d bytes the next slip has %d lines and is not the picture", after, len(last))
		}
	}
}

func TestANewProgramStartsCleanToo(t *testing.T) {
	f := newFake()
	f.take([]byte{gs, 'v', '0', 0, 48, 0, bandLines, 0, 1, 2, 3}) // left by another
	p := newPrinter(t, overTCP(t, f))
	m := picture(2, 384, 150)
	if err := p.Print(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	got := f.slips[len(f.slips)-1]
	f.mu.Unlock()
	if !same(got[bandLines:], m) {
		t.Errorf("the slip of %d lines does not end with the picture", len(got))
	}
}

func TestMissing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	fifo, plain := filepath.Join(dir, "fifo"), filepath.Join(dir, "plain")
	if err := errors.Join(unix.Mkfifo(fifo, 0o600), os.WriteFile(plain, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, device := range []string{
		"tcp://" + nobody, filepath.Join(dir, "none"), "serial:" + filepath.Join(dir, "none"),
		fifo, plain, "serial:" + plain, dir, "/dev/null",
	} {
		p := newPrinter(t, Settings{Device: device, Paper: 58})
		if err := p.Print(t.Context(), picture(1, 384, 10)); !errors.Is(err, ErrMissing) {
			t.Errorf("%s: got %v", device, err)
		}
		if err := p.Check(t.Context()); !errors.Is(err, ErrMissing) {
			t.Errorf("%s: the check says %v", device, err)
		}
	}
	if b, err := os.ReadFile(plain); err != nil || len(b) > 0 {
		t.Errorf("%d bytes stay in a plain file", len(b))
	}
}

// A printer that takes nothing more does not hold the terminal for ever.
func TestHangingPrinter(t *testing.T) {
	for name, way := range map[string]func(*testing.T, *fake) Settings{
		"tcp":    overTCP,
		"serial": func(t *testing.T, f *fake) Settings { return Settings{Device: "serial:" + overPTY(t, f), Paper: 58} },
		"pipe":   overFIFO,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			f.stuck = make(chan struct{})
			p := newPrinter(t, way(t, f))
			t.Cleanup(func() { close(f.stuck) })
			p.waits.answer, p.waits.write = 100*time.Millisecond, 100*time.Millisecond
			if err := p.Print(t.Context(), picture(1, 384, 3000)); !errors.Is(err, ErrMissing) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("whole job", func(t *testing.T) {
		f := newFake()
		f.stuck = make(chan struct{})
		p := newPrinter(t, overTCP(t, f))
		t.Cleanup(func() { close(f.stuck) })
		p.waits.answer, p.waits.write, p.waits.base = time.Hour, time.Hour, time.Second
		if err := p.Print(t.Context(), picture(1, 384, 200)); !errors.Is(err, ErrMissing) {
			t.Errorf("got %v", err)
		}
	})
}

func TestPrintsOfSeveralAtOnce(t *testing.T) {
	f := newFake()
	p := newPrinter(t, Settings{Device: overPTY(t, f), Paper: 58}) // which can be opened twice
	pictures := map[int]image.Image{}                              // by their lines
	for i := range 12 {
		pictures[500+i] = picture(uint64(i), 384, 500+i)
	}
	var printing sync.WaitGroup
	for _, m := range pictures {
		printing.Go(func() {
			if err := p.Print(t.Context(), m); err != nil {
				t.Error(err)
			}
		})
	}
	printing.Wait()
	slips := f.printed(t)
	if len(slips) != len(pictures) {
		t.Errorf("%d slips, want %d", len(slips), len(pictures))
	}
	for _, s := range slips {
		if m, ok := pictures[len(s)]; !ok || !same(s, m) {
			t.Errorf("slips are mixed: one has %d lines", len(s))
		}
		delete(pictures, len(s))
	}
}

func TestContext(t *testing.T) {
	f := newFake()
	f.stuck = make(chan struct{})
	p := newPrinter(t, overTCP(t, f))
	t.Cleanup(func() { close(f.stuck) })
	p.waits.answer = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Print(ctx, picture(1, 384, 200)) }()
	for len(p.turn) > 0 {
		time.Sleep(time.Millisecond)
	}
	waiting, stop := context.WithCancel(t.Context())
	stop()
	if err := p.Print(waiting, picture(1, 384, 10)); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting for another's print: %v", err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("printing: %v", err)
	}
}

func TestRefusesPictures(t *testing.T) {
	p := newPrinter(t, overTCP(t, newFake()))
	for _, m := range []image.Image{image.NewGray(image.Rectangle{}), image.NewGray(image.Rect(0, 0, 385, 10))} {
		if err := p.Print(t.Context(), m); err == nil || errors.Is(err, ErrMissing) {
			t.Errorf("%v: got %v", m.Bounds(), err)
		}
	}
}
