package barcode_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"madoguchi/barcode"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// device is a scanner made of a pseudo terminal, found through a link as a real one
// is through /dev/serial/by-id.
type device struct {
	t      *testing.T
	path   string
	master *os.File
	tty    *os.File
}

func newDevice(t *testing.T) *device {
	d := &device{t: t, path: filepath.Join(t.TempDir(), "scanner")}
	t.Cleanup(d.hangUp)
	return d
}

func (d *device) plug() {
	d.t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		d.t.Skipf("no pseudo terminal can be had here: %v", err)
	}
	d.master, d.tty = master, tty
	if err := os.Symlink(tty.Name(), d.path); err != nil {
		d.t.Fatal(err)
	}
}

func (d *device) unplug() {
	d.t.Helper()
	d.hangUp()
	if err := os.Remove(d.path); err != nil {
		d.t.Fatal(err)
	}
}

func (d *device) hangUp() {
	if d.master != nil {
		d.master.Close()
		d.tty.Close()
		d.master = nil
	}
}

// taken waits until the reader has taken all that was sent.
func (d *device) taken() {
	d.t.Helper()
	for deadline := time.Now().Add(patience); ; runtime.Gosched() {
		if n, err := unix.IoctlGetInt(int(d.tty.Fd()), unix.TIOCINQ); err != nil || time.Now().After(deadline) {
			d.t.Fatalf("%d bytes are not taken: %v", n, err)
		} else if n == 0 {
			return
		}
	}
}

func (d *device) send(s string) {
	d.t.Helper()
	if _, err := d.master.WriteString(s); err != nil {
		d.t.Fatal(err)
	}
}

// listener is a running Serial.
type listener struct {
	t        *testing.T
	codes    chan barcode.Code
	statuses chan barcode.Status
	refused  chan error
	stop     context.CancelFunc
	done     chan error
}

func listen(t *testing.T, path string) *listener {
	l := &listener{
		t:        t,
		codes:    make(chan barcode.Code, 20_000),
		statuses: make(chan barcode.Status, 100),
		refused:  make(chan error, 100),
		done:     make(chan error, 1),
	}
	s := &barcode.Serial{
		Path:      path,
		Settings:  city(),
		OnStatus:  func(s barcode.Status) { l.statuses <- s },
		OnRefused: func(err error) { l.refused <- err },
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.stop = cancel
	go func() { l.done <- s.Run(ctx, func(c barcode.Code) { l.codes <- c }) }()
	t.Cleanup(func() {
		cancel()
		if err := receive(t, l.done); err != nil {
			t.Errorf("Run: %v", err)
		}
		for len(l.codes) > 0 {
			t.Errorf("a scan that nobody made: %+v", <-l.codes)
		}
	})
	return l
}

func receive[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patience):
		t.Fatalf("no %T came within %v", v, patience)
	}
	return v
}

func (l *listener) connected() {
	l.t.Helper()
	if s := receive(l.t, l.statuses); !s.Connected || s.Err != nil {
		l.t.Fatalf("status %+v, want connected", s)
	}
}

func (l *listener) notConnected(want error) {
	l.t.Helper()
	if s := receive(l.t, l.statuses); s.Connected || !errors.Is(s.Err, want) {
		l.t.Fatalf("status %+v, want %v", s, want)
	}
}

func (l *listener) scanned(kind barcode.Kind, text string) {
	l.t.Helper()
	if c := receive(l.t, l.codes); c.Kind != kind || c.Text != text {
		l.t.Fatalf("scanned %+v, want %s %q", c, kind, text)
	}
}

func TestSerialReads(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.plug()
	l := listen(t, d.path)
	l.connected()

	for _, terminator := range []string{"\r", "\n", "\r\n", "\x03"} {
		d.send("]F0A12345675A" + terminator)
		l.scanned(barcode.Card, "12345675")
	}
	d.send("\x029784101010014\x03\x0212345675\x03")
	l.scanned(barcode.ISBN, "9784101010014")
	l.scanned(barcode.Card, "12345675")
}

func TestSerialSplitReads(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.plug()
	l := listen(t, d.path)
	l.connected()

	for range 50 {
		for _, piece := range strings.SplitAfter("A1,2345,675A\r", ",") {
			d.send(strings.TrimSuffix(piece, ","))
			d.taken()
		}
		l.scanned(barcode.Card, "12345675")
	}
}

// Opening the port throws nothing away: what a patron scans while the terminal starts is
// read.
func TestSerialReadsWhatCameBefore(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.plug()
	d.send("12345675\r")
	l := listen(t, d.path)
	l.connected()
	l.scanned(barcode.Card, "12345675")
}

func TestSerialIdleIsNotUnplugged(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.plug()
	l := listen(t, d.path)
	l.connected()

	select {
	case s := <-l.statuses:
		t.Fatalf("idle scanner: %+v", s)
	case <-time.After(1500 * time.Millisecond): // several read timeouts
	}
	d.send("12345675\r")
	l.scanned(barcode.Card, "12345675")
}

func TestSerialUnplugAndReplug(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.plug()
	l := listen(t, d.path)
	l.connected()

	for range 3 {
		d.send("12345675\r1234") // half a scan must not join the next one
		l.scanned(barcode.Card, "12345675")
		d.unplug()
		l.notConnected(barcode.ErrUnplugged)
		l.notConnected(fs.ErrNotExist)
		d.plug()
		l.connected()
		d.send("12345675\r")
		l.scanned(barcode.Card, "12345675")
	}
}

func TestSerialHangUpWithThePathInPlace(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.plug()
	l := listen(t, d.path)
	l.connected()

	d.hangUp()
	l.notConnected(barcode.ErrUnplugged)
	os.Remove(d.path)
	d.plug()
	for s := receive(t, l.statuses); !s.Connected; s = receive(t, l.statuses) {
	}
	d.send("12345675\r")
	l.scanned(barcode.Card, "12345675")
}

func TestSerialFollowsThePathToAnotherDevice(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.plug()
	defer d.master.Close()
	defer d.tty.Close()
	l := listen(t, d.path)
	l.connected()

	os.Remove(d.path)
	d.plug()
	for s := receive(t, l.statuses); !s.Connected; s = receive(t, l.statuses) {
	}
	d.send("12345675\r")
	l.scanned(barcode.Card, "12345675")
}

func TestSerialMissingPath(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	l := listen(t, d.path)
	l.notConnected(fs.ErrNotExist)
	d.plug()
	l.connected()
	d.send("12345675\r")
	l.scanned(barcode.Card, "12345675")
}

func TestSerialNotADevice(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("12345675\r"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, t.TempDir(), os.DevNull} {
		listen(t, path).notConnected(barcode.ErrNotSerial)
	}
}

func TestSerialDoubleOpen(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.plug()
	first := listen(t, d.path)
	first.connected()
	second := listen(t, d.path)
	second.notConnected(barcode.ErrInUse)

	d.send("12345675\r")
	first.scanned(barcode.Card, "12345675")

	first.stop()
	second.connected()
	d.send("12345675\r")
	second.scanned(barcode.Card, "12345675")
}

func TestSerialRefusesWhatIsNoScan(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.plug()
	l := listen(t, d.path)
	l.connected()

	refused := func(want error) {
		t.Helper()
		if err := receive(t, l.refused); !errors.Is(err, want) {
			t.Fatalf("refused with %v, want %v", err, want)
		}
	}
	tests := []struct {
		sent string
		want error
		text string
	}{
		{"1234\x005675\r", barcode.ErrNoise, ""},
		{"1234\xfe5675\r", barcode.ErrNoise, ""},
		{"1234\x0212345675\x03", barcode.ErrHalf, ""},
		{strings.Repeat("9", 2*barcode.MaxScan) + "\r", barcode.ErrTooLong, ""},
		{"12345671\r", barcode.ErrCheckDigit, "12345671"},
	}
	for _, tt := range tests {
		d.send(tt.sent)
		refused(tt.want)
		l.scanned(barcode.Unreadable, tt.text)
		if tt.want == barcode.ErrHalf {
			l.scanned(barcode.Card, "12345675")
		}
	}
	d.send("1234") // the rest never comes
	refused(barcode.ErrHalf)
	l.scanned(barcode.Unreadable, "")
	d.send("\x00\x0012345675\r")
	l.scanned(barcode.Card, "12345675")
}

func TestSerialTenThousandScans(t *testing.T) {
	t.Parallel()
	const scans = 10_000
	d := newDevice(t)
	d.plug()
	l := listen(t, d.path)
	l.connected()

	var sent strings.Builder
	want := make([]string, scans)
	terminators := []string{"\r", "\n", "\r\n", "\x03"}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range want {
		want[i], _ = barcode.Mod7DR.Append(fmt.Sprintf("%07d", i))
		fmt.Fprintf(&sent, "]F0A%sA%s", want[i], terminators[random.IntN(len(terminators))])
	}
	began := time.Now()
	go func() {
		for rest := sent.String(); rest != ""; {
			n := min(len(rest), 1+random.IntN(97))
			if _, err := d.master.WriteString(rest[:n]); err != nil {
				t.Error(err)
				return
			}
			rest = rest[n:]
		}
	}()
	for i := range want {
		if c := receive(t, l.codes); c.Kind != barcode.Card || c.Text != want[i] {
			t.Fatalf("scan %d: %+v, want %s", i, c, want[i])
		}
	}
	t.Logf("%d scans in %v", scans, time.Since(began).Round(time.Millisecond))
}

func TestSerialRefusesSettings(t *testing.T) {
	t.Parallel()
	for _, s := range []*barcode.Serial{
		{},
		{Path: "/dev/null", Settings: barcode.Settings{Card: barcode.Rule{Check: "m12"}}},
	} {
		if err := s.Run(t.Context(), nil); err == nil {
			t.Errorf("%+v runs", s)
		}
	}
}
