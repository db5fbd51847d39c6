package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/barcode"
)

const patience = 20 * time.Second

// running is a scanner on a goroutine of its own.
type running struct {
	t     *testing.T
	path  string
	stdin io.Writer
	out   *output
	stop  context.CancelFunc
	done  chan error
}

// output is what the scanner prints, readable while it runs.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func start(t *testing.T, args ...string) *running {
	in, stdin := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, path: filepath.Join(t.TempDir(), "build", "scanner"), stdin: stdin, out: new(output), stop: cancel, done: make(chan error, 1)}
	go func() { r.done <- run(ctx, append([]string{"--path", r.path}, args...), in, r.out) }()
	t.Cleanup(func() {
		cancel()
		stdin.Close()
	})
	return r
}

func (r *running) ended() {
	r.t.Helper()
	r.stop()
	select {
	case err := <-r.done:
		if err != nil {
			r.t.Errorf("run: %v", err)
		}
	case <-time.After(patience):
		r.t.Fatal("the scanner does not end")
	}
	if _, err := os.Lstat(r.path); !errors.Is(err, fs.ErrNotExist) {
		r.t.Errorf("the link is still there: %v", err)
	}
}

// kiosk reads the scanner as the terminal does.
func (r *running) kiosk() <-chan barcode.Code {
	codes := make(chan barcode.Code, 100)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	s := barcode.Serial{Path: r.path, Settings: barcode.Settings{Card: barcode.Rule{Lengths: []int{8}, Check: barcode.Mod7DR}}}
	go func() {
		defer close(done)
		if err := s.Run(ctx, func(c barcode.Code) { codes <- c }); err != nil {
			r.t.Error(err)
		}
	}()
	r.t.Cleanup(func() {
		cancel()
		<-done
	})
	return codes
}

func expect(t *testing.T, codes <-chan barcode.Code, kind barcode.Kind, text string) {
	t.Helper()
	select {
	case c := <-codes:
		if c.Kind != kind || c.Text != text {
			t.Fatalf("scanned %+v, want %s %s", c, kind, text)
		}
	case <-time.After(patience):
		t.Fatalf("%s was not scanned", text)
	}
}

func TestScannerSendsLines(t *testing.T) {
	for _, args := range [][]string{
		nil,
		{"--terminator=lf", "--aim=]F0"},
		{"--terminator=crlf", "--split"},
		{"--terminator=etx", "--split", "--aim=]F0"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			r := start(t, args...)
			codes := r.kiosk()
			if _, err := io.WriteString(r.stdin, "A12345675A\n\nA00000023A\n"); err != nil {
				t.Fatal(err)
			}
			expect(t, codes, barcode.Card, "12345675")
			expect(t, codes, barcode.Unreadable, "00000023")
			r.ended()
		})
	}
}

func TestScannerSendsArgumentsToAKioskThatComesLater(t *testing.T) {
	r := start(t, "9784101010014", "12345675")
	for deadline := time.Now().Add(patience); !strings.Contains(r.out.String(), "Waiting"); {
		if time.Now().After(deadline) {
			t.Fatalf("the scanner does not wait:\n%s", r.out)
		}
	}
	codes := r.kiosk()
	expect(t, codes, barcode.ISBN, "9784101010014")
	expect(t, codes, barcode.Card, "12345675")
	if _, err := io.WriteString(r.stdin, "12345675\n"); err != nil {
		t.Fatal(err)
	}
	expect(t, codes, barcode.Card, "12345675")
	r.ended()
}

func TestScannerReplacesOnlyALinkOfItsKind(t *testing.T) {
	dir := t.TempDir()
	stale, file := filepath.Join(dir, "stale"), filepath.Join(dir, "file")
	if err := os.Symlink("/dev/pts/99999", stale); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := plugIn(stale)
	if err != nil {
		t.Fatal(err)
	}
	s.unplug()
	if s, err := plugIn(file); err == nil {
		s.unplug()
		t.Error("a file was taken for a scanner")
	}
	if got, err := os.ReadFile(file); string(got) != "precious" {
		t.Errorf("the file holds %q, %v", got, err)
	}
}

func TestScannerRefusesUnknownTerminator(t *testing.T) {
	err := run(t.Context(), []string{"--terminator=tab"}, strings.NewReader(""), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "terminator") {
		t.Errorf("error %v", err)
	}
}

func TestScannerHelps(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"--help"}, strings.NewReader(""), &out); err != nil || !strings.Contains(out.String(), "--terminator") {
		t.Errorf("help: %v\n%s", err, &out)
	}
}
