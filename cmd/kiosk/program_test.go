package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// programs is the folder of the programs under test, once they are built.
var programs string

// buildPrograms builds them for all tests.
var buildPrograms = sync.OnceValue(func() error {
	out, err := exec.Command("go", "build", "-o", programs+"/", "madoguchi/cmd/kiosk", "madoguchi/cmd/central").CombinedOutput()
	if err != nil {
		return fmt.Errorf("build the programs: %w\n%s", err, out)
	}
	return nil
})

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "madoguchi-"); err != nil {
		log.Fatal(err)
	}
	status := m.Run()
	os.RemoveAll(programs)
	os.Exit(status)
}

// newDisplay starts an X server and returns its display and what ends it before the test
// does. What it shows is in the file Xvfb_screen0 of dir.
func newDisplay(t testing.TB, dir, size string) (display string, end func()) {
	t.Helper()
	display, end, err := startXvfb(size, "-fbdir", dir)
	if err != nil {
		t.Fatal(err)
	}
	end = sync.OnceFunc(end)
	t.Cleanup(end)
	return display, end
}

// program is a program that runs beside the test.
type program struct {
	t    testing.TB
	cmd  *exec.Cmd
	log  string // the file that it writes to
	from int64  // where in it
	once sync.Once
}

// start runs a program until it is stopped, or the test ends.
func start(t testing.TB, log string, env []string, name string, args ...string) *program {
	t.Helper()
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p := &program{t: t, cmd: exec.Command(name, args...), log: log}
	if p.from, err = f.Seek(0, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = f, f
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	return p
}

// stop ends the program as an administrator would, which is no failure of it.
func (p *program) stop() {
	p.once.Do(func() {
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			p.t.Error(err)
		}
		if status := p.wait(); 0 < status && status < 128 { // above are signals, as some programs tell of them
			p.t.Errorf("%s was told to end, and ended with status %d", p.cmd.Path, status)
		}
	})
}

// ended waits for the program to end by itself and returns its exit status.
func (p *program) ended() (status int) {
	p.t.Helper()
	p.once.Do(func() { status = p.wait() })
	return status
}

// wait waits until the program has ended, and holds that it did not crash.
func (p *program) wait() (status int) {
	p.t.Helper()
	late := time.AfterFunc(40*time.Second, func() {
		p.t.Errorf("%s does not end", p.cmd.Path)
		p.cmd.Process.Signal(syscall.SIGQUIT) // Go tells in the log what every goroutine does
		time.AfterFunc(5*time.Second, func() { p.cmd.Process.Kill() })
	})
	defer late.Stop()
	p.cmd.Wait() // its error is the status
	said, err := os.ReadFile(p.log)
	if err != nil {
		p.t.Fatal(err)
	}
	said = said[p.from:]
	if at := crashed.FindIndex(said); at != nil {
		p.t.Errorf("%s crashed, or did what it must not:\n%s", p.cmd.Path, said[at[0]:min(at[0]+20_000, len(said))])
	}
	return p.cmd.ProcessState.ExitCode()
}

// crashed is what the log of a program must never say.
var crashed = regexp.MustCompile(`(?m)^panic: |^fatal error: |^SIG[A-Z]+: |WARNING: DATA RACE|panic serving|Error in Fyne call thread`)

func output(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", filepath.Base(name), args, err, out)
	}
	return string(out)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// freeAddress is one to serve at that no other program takes meanwhile: it is below those
// that the system gives to whoever connects.
func freeAddress(t testing.TB) string {
	t.Helper()
	for {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000)))
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	}
}

// eventually asks until something is true: programs beside this one have no clock
// that a test could turn.
func eventually(t testing.TB, complaint string, ok func() bool) {
	t.Helper()
	deadline := time.After(40 * time.Second)
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatal(complaint)
		case <-tick.C:
		}
	}
}
