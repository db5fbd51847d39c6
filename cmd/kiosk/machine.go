package main

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"

	"madoguchi/kiosk/printer"
	"madoguchi/kiosk/screen"
)

// restartStatus is the exit status by which the program asks to be started again:
// whatever looks after it does so after every status but 0.
const restartStatus = 75

// errRestart ends the program so that it is started again.
var errRestart = errors.New("staff asked for a restart")

// checker is a printer that can be asked how it is; printer.Printer is one.
type checker interface {
	Check(ctx context.Context) error
}

// checkWithin bounds how long a printer is waited for.
const checkWithin = 5 * time.Second

// machine is the terminal as staff look after it.
type machine struct{ *terminal }

// Report is part of screen.Machine.
func (m machine) Report(ctx context.Context) screen.MachineReport {
	s := m.client.Status()
	m.counts.Lock()
	bibs := m.counts.bibs
	m.counts.Unlock()
	return screen.MachineReport{
		Terminal:    m.client.Terminal(),
		Version:     version(),
		StartedAt:   m.startedAt,
		Server:      m.client.Server(),
		Connected:   s.Connected,
		LastContact: s.LastContact,
		Problem:     s.Err,
		Edition:     s.Edition,
		Change:      s.Number,
		Bibs:        bibs,
		Scanner:     m.scannerState(),
		Printer:     m.printerState(ctx),
		DiskFree:    m.diskFree(),

		Requests:      s.Requests,
		RequestsSince: s.RequestsSince,
		Unreadable:    s.Unreadable,
		TakesRequests: m.client.TakesRequests(),

		LastErrors: m.recent.newestFirst(),
	}
}

// Restart is part of screen.Machine.
func (m machine) Restart() {
	m.log.Info("staff restart the terminal")
	m.end(errRestart)
}

// Leave is part of screen.Machine.
func (m machine) Leave() {
	m.log.Info("staff leave the kiosk")
	m.end(nil)
}

func (m machine) scannerState() screen.DeviceState {
	switch {
	case m.config.Scanner.Device != "" && m.scanning.Load():
		return screen.DeviceOK
	case m.config.Scanner.Device != "":
		return screen.DeviceMissing
	case m.config.Scanner.Wedge:
		return screen.DeviceWedge
	}
	return screen.DeviceNone
}

func (m machine) printerState(ctx context.Context) screen.DeviceState {
	if m.printer == nil {
		return screen.DeviceNone
	}
	ctx, done := context.WithTimeout(ctx, checkWithin)
	defer done()
	err := m.printer.Check(ctx)
	switch {
	case err == nil:
		return screen.DeviceOK
	case errors.Is(err, printer.ErrPaperOut):
		return screen.DevicePaperOut
	}
	return screen.DeviceMissing
}

// diskFree is the room on the disk of the data folder, in bytes; 0 where it cannot be
// read.
func (m machine) diskFree() int64 {
	var s unix.Statfs_t
	if err := unix.Statfs(m.config.Data, &s); err != nil {
		m.log.Warn("the free space of the data folder cannot be read", "err", err)
		return 0
	}
	return int64(s.Bavail) * s.Bsize
}

// version is what this program was built from, as far as the build knows.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "?"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(len(s.Value), 10)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	return cmp.Or(commit, "?") + changed
}
