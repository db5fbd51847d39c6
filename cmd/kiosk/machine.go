package main

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"madoguchi/cmd/version"
	"madoguchi/kiosk/printer"
	"madoguchi/library"
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
func (m machine) Report(ctx context.Context) library.TerminalReport {
	return library.TerminalReport{
		TerminalState: m.client.State(),
		Terminal:      m.client.Terminal(),
		Version:       version.Of(),
		StartedAt:     m.startedAt,
		Server:        m.client.Server(),
		Scanner:       m.scannerState(),
		Printer:       m.printerState(ctx),
		DiskFree:      m.diskFree(),
		LastErrors:    m.recent.newestFirst(),
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

func (m machine) scannerState() library.DeviceState {
	switch {
	case m.config.Scanner.Device != "" && m.scanning.Load():
		return library.DeviceOK
	case m.config.Scanner.Device != "":
		return library.DeviceMissing
	case m.config.Scanner.Wedge:
		return library.DeviceWedge
	}
	return library.DeviceNone
}

func (m machine) printerState(ctx context.Context) library.DeviceState {
	if m.printer == nil {
		return library.DeviceNone
	}
	ctx, done := context.WithTimeout(ctx, checkWithin)
	defer done()
	err := m.printer.Check(ctx)
	switch {
	case err == nil:
		return library.DeviceOK
	case errors.Is(err, printer.ErrPaperOut):
		return library.DevicePaperOut
	}
	return library.DeviceMissing
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
