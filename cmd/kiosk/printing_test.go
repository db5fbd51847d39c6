package main

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"madoguchi/kiosk/printer"
	"madoguchi/kiosk/screen"
	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
)

// secret is what a slip says and nothing else may.
const secret = "秘密の題名"

func newTestPrinting(t *testing.T, s printer.Settings) (*printing, *bytes.Buffer) {
	t.Helper()
	fonts, err := theme.LoadFonts("")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	p, err := newPrinting(s, fonts, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return p, &log
}

// statusPrinter answers each question of a terminal with one byte, and counts what
// else it takes. It is a printer as far as its condition goes.
func statusPrinter(t *testing.T, answer byte) (device string, taken func() int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var (
		mu      sync.Mutex
		total   int
		serving sync.WaitGroup
	)
	t.Cleanup(func() { l.Close(); serving.Wait() })
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			var last [3]byte
			var b [1]byte
			for {
				if _, err := conn.Read(b[:]); err != nil {
					break
				}
				mu.Lock()
				total++
				mu.Unlock()
				last = [3]byte{last[1], last[2], b[0]}
				switch {
				case last[0] == 0x10 && last[1] == 0x04:
					conn.Write([]byte{answer})
				case last == [3]byte{0x1d, 'r', 1}:
					conn.Write([]byte{0})
				}
			}
			conn.Close()
		}
	})
	return "tcp://" + l.Addr().String(), func() int { mu.Lock(); defer mu.Unlock(); return total }
}

func TestPrintingOnPaper(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	well, taken := statusPrinter(t, 0x12)
	empty, _ := statusPrinter(t, 0x72)
	open, _ := statusPrinter(t, 0x16)
	for device, want := range map[string]error{
		well: nil, empty: screen.ErrPaperOut, open: screen.ErrPrinter, "tcp://" + nobody.Addr().String(): screen.ErrPrinter,
	} {
		p, log := newTestPrinting(t, printer.Settings{Device: device, Paper: 58, Pictures: t.TempDir()})
		shown, err := p.print(t.Context(), slip.Slip{Title: secret})
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		if (shown == nil) != (want == nil) {
			t.Errorf("%v: the picture is %v", want, shown)
		}
		if (log.Len() == 0) != (want == nil) || strings.Contains(log.String(), secret) {
			t.Errorf("%v: logged %q", want, log)
		}
		if files, _ := os.ReadDir(p.pictures); len(files) > 0 {
			t.Errorf("%v: a terminal with a printer leaves pictures", want)
		}
	}
	if taken() < 384/8*40 {
		t.Errorf("the printer took only %d bytes", taken())
	}
}

func TestPrintingWithoutPrinter(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	p, _ := newTestPrinting(t, printer.Settings{})
	shown, err := p.print(t.Context(), slip.Slip{Title: secret})
	if err != nil || shown == nil || shown.Bounds().Dx() != 576 {
		t.Fatalf("%v, %v", shown, err)
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("%v stays on the disk", files)
	}

	p, _ = newTestPrinting(t, printer.Settings{Pictures: dir})
	for range 2 {
		if shown, err = p.print(t.Context(), slip.Slip{Title: secret}); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.png"))
	if len(files) != 2 {
		t.Fatalf("two slips leave %v", files)
	}
	info, err := os.Stat(files[0])
	if err != nil || info.Mode() != fs.FileMode(0o600) {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	saved, err := png.Decode(bytes.NewReader(b))
	if err != nil || !samePicture(saved, shown) {
		t.Errorf("the saved picture is not the shown one: %v", err)
	}

	p, log := newTestPrinting(t, printer.Settings{Pictures: filepath.Join(dir, "none")})
	if shown, err := p.print(t.Context(), slip.Slip{Title: secret}); shown == nil || err != nil {
		t.Errorf("a folder that is not there: %v, %v", shown, err)
	}
	if got := log.String(); !strings.Contains(got, "make it and give it") || strings.Contains(got, secret) {
		t.Errorf("logged %q", got)
	}
}

func samePicture(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if ra, _, _, _ := a.At(x, y).RGBA(); ra>>8 != red(b, x, y)>>8 {
				return false
			}
		}
	}
	return true
}

func red(m image.Image, x, y int) uint32 {
	r, _, _, _ := m.At(x, y).RGBA()
	return r
}

func TestDoctorAndTestSlip(t *testing.T) {
	well, taken := statusPrinter(t, 0x12)
	empty, _ := statusPrinter(t, 0x72)
	for _, c := range []struct {
		settings printer.Settings
		wrong    int
		says     string
	}{
		{printer.Settings{}, 0, "shown on the screen"},
		{printer.Settings{Pictures: t.TempDir()}, 0, "stay in"},
		{printer.Settings{Pictures: "/none/at/all"}, 1, "cannot be written"},
		{printer.Settings{Device: well}, 0, "kiosk print-test"},
		{printer.Settings{Device: empty}, 1, "put in a new roll"},
		{printer.Settings{Device: "/none/at/all"}, 1, "check its cable"},
	} {
		var out bytes.Buffer
		d := &doctor{env: &env{ctx: t.Context(), config: Config{Printer: c.settings}, stdout: &out}}
		if d.printer(); d.wrong != c.wrong || !strings.Contains(out.String(), c.says) {
			t.Errorf("%+v: %d wrong, %q", c.settings, d.wrong, out.String())
		}
	}

	before := taken()
	var out bytes.Buffer
	file := filepath.Join(t.TempDir(), "kiosk.toml")
	if err := os.WriteFile(file, []byte("[printer]\ndevice = \""+well+"\"\npaper = 58\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"--config", file, "print-test"}, &out, &out); err != nil || taken()-before < 384/8*500 {
		t.Errorf("%v, %d bytes, %s", err, taken()-before, &out)
	}
	if err := run(t.Context(), []string{"print-test"}, &out, &out); err == nil || !strings.Contains(err.Error(), "[printer] device") {
		t.Errorf("without a printer: %v", err)
	}
	if err := os.WriteFile(file, []byte("[printer]\npaper = 60\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"--config", file, "print-test"}, &out, &out); err == nil || !strings.Contains(err.Error(), "neither 58 nor 80") {
		t.Errorf("paper of 60 mm: %v", err)
	}
}
