package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/BurntSushi/toml"
	"golang.org/x/sys/unix"

	"madoguchi/assets/demo"
	kiosksync "madoguchi/sync"
)

// demoMark begins the settings of a demo: a folder that has such settings may be begun
// anew.
const demoMark = "# Written by central demo --serve, which begins anew each time.\n"

// demoFolder is where a demo keeps everything.
type demoFolder string

func (d demoFolder) path(name string) string { return filepath.Join(string(d), name) }

// serve makes the demo library in a folder, and answers there until the context ends,
// or the command that runs beside it.
func (c *demoCmd) serve(a *app) error {
	if len(c.Command) > 0 {
		if _, err := exec.LookPath(c.Command[0]); err != nil {
			return fmt.Errorf("%s cannot be run beside the server: %w", c.Command[0], err)
		}
	}
	path, err := filepath.Abs(*c.Serve)
	if err != nil {
		return err
	}
	folder := demoFolder(path)
	on, err := new(net.ListenConfig).Listen(a.ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	defer on.Close()
	release, err := folder.take()
	if err != nil {
		return err
	}
	defer release()
	if err := folder.begin(on.Addr().String()); err != nil {
		return err
	}
	log, err := os.Create(folder.path("central.log"))
	if err != nil {
		return err
	}
	defer log.Close()

	of := *a
	of.stderr = log
	of.flags.Config, of.flags.Data = folder.path("central.toml"), folder.path("central")
	if of.settings, err = of.flags.settings(); err != nil {
		return err
	}
	c.Cards = folder.path("cards")
	code, err := c.fill(&of)
	if a.ctx.Err() != nil {
		return errors.New("the demo was ended before it was ready")
	}
	if err != nil {
		return err
	}
	if err := addDemoStaff(of); err != nil {
		return err
	}
	return of.whileServing(on, func(ctx context.Context) error {
		address := "https://" + on.Addr().String()
		if err := kiosksync.Enrol(ctx, folder.path("terminal"), address, code); err != nil {
			return err
		}
		folder.introduce(a.stdout, address)
		return c.run(ctx, a)
	})
}

// take makes the folder this process's until release, or says that a demo runs there.
func (d demoFolder) take() (release func() error, err error) {
	if err := os.MkdirAll(string(d), 0o755); err != nil {
		return nil, err
	}
	f, err := os.Open(string(d))
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("a demo runs in the folder %s already: end it, or name another folder", d)
		}
		return nil, fmt.Errorf("lock the folder %s: %w", d, err)
	}
	return f.Close, nil
}

// begin clears the folder of an earlier demo and writes the settings of both programs.
func (d demoFolder) begin(address string) error {
	there, err := os.ReadDir(string(d))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(there) > 0 {
		if old, err := os.ReadFile(d.path("central.toml")); err != nil || !bytes.HasPrefix(old, []byte(demoMark)) {
			return fmt.Errorf("the folder %s has something in it, and not an earlier demo: name one that is empty or is not there yet", d)
		}
	}
	cards, err := filepath.Glob(d.path("cards-*.png"))
	if err != nil {
		return err
	}
	// The settings last, so that a demo that could not be cleared away is one still.
	for _, old := range append(cards, d.path("central"), d.path("terminal"), d.path("mail"), d.path("kiosk.toml"), d.path("central.toml")) {
		if err := os.RemoveAll(old); err != nil {
			return err
		}
	}
	type table map[string]any
	codes := table{
		"card":  table{"lengths": []int{11}, "prefix": "2", "check": demo.CardCheck},
		"staff": table{"lengths": []int{8}, "prefix": "9"},
		"item":  table{"lengths": []int{10}, "prefix": "1"},
	}
	return errors.Join(
		d.write("central.toml", table{
			"data": d.path("central"), "listen": address, "barcode": codes,
			"site": table{"name": demo.Name, "time_zone": demo.TimeZone},
			"mail": table{"from": "mado@toshokan.example.jp", "link": "https://toshokan.example.jp/", "folder": d.path("mail")},
		}),
		d.write("kiosk.toml", table{
			"data": d.path("terminal"), "barcode": codes, "scanner": table{"device": d.path("scanner")},
		}),
	)
}

func (d demoFolder) write(name string, settings any) error {
	text, err := toml.Marshal(settings)
	if err != nil {
		return err
	}
	return os.WriteFile(d.path(name), append([]byte(demoMark), text...), 0o644)
}

func addDemoStaff(a app) error {
	a.stdin, a.stdout = strings.NewReader(demo.StaffPassword+"\n"), io.Discard
	return (&staffAddCmd{Name: demo.StaffName, Role: "admin", Card: demo.StaffCard}).Run(&a)
}

// whileServing answers terminals until do returns. What it gives to do ends before, where
// the program is told to end, or the server cannot go on.
func (a *app) whileServing(on net.Listener, do func(context.Context) error) error {
	secured, err := a.settings.tlsConfig()
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(a.ctx)
	defer end()
	serving := *a
	serving.ctx = ctx
	served := make(chan error, 1)
	go func() {
		defer end()
		served <- serving.serve(secured, false, func() (net.Listener, error) { return on, nil })
	}()
	err = do(ctx)
	if a.ctx.Err() != nil {
		err = nil // it broke off because it was told to
	}
	end()
	return cmp.Or(<-served, err)
}

// run runs the command, if there is one, and waits until it or the context ends. The
// command has a process group of its own, so that what it started ends with it.
func (c *demoCmd) run(ctx context.Context, a *app) error {
	if len(c.Command) == 0 {
		<-ctx.Done()
		return nil
	}
	cmd := exec.CommandContext(ctx, c.Command[0], c.Command[1:]...)
	cmd.Stdout, cmd.Stderr = a.stdout, a.stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return exitStatus(exit.ExitCode()) // it has said why
	}
	return err
}

// introduce says what there is to see.
func (d demoFolder) introduce(w io.Writer, address string) {
	fmt.Fprintf(w, `The demo library answers at %[2]s, and a terminal of it is enrolled.
  The terminal:      %[5]s --config %[1]s/kiosk.toml
  Library cards:     %[1]s/cards-1.png to -4.png, with barcodes, passwords and what each shows
  To scan:           %[6]s --path %[1]s/scanner
                     in another shell, and then the number of a card or a book and Enter
  The staff menu:    the card %[3]s with the password %[4]s
  Mails to patrons:  %[1]s/mail/, where they are written instead of being sent
  The server's log:  %[1]s/central.log
Ctrl+C here ends the demo.
`, d, address, demo.StaffCard, demo.StaffPassword, beside("kiosk"), beside("scanner"))
}

// beside returns how to call another of our programs: where it stands beside this one,
// by its path.
func beside(name string) string {
	if me, err := os.Executable(); err == nil {
		if path, err := exec.LookPath(filepath.Join(filepath.Dir(me), name)); err == nil {
			return path
		}
	}
	return name
}
