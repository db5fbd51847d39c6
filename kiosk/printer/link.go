package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/tarm/serial"
	"golang.org/x/sys/unix"
)

// link is a way to a printer, on which nothing blocks beyond its deadline.
type link interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error

	// writeOnly says that the printer cannot answer here.
	writeOnly() bool

	// drain waits until what was written has left this machine.
	drain(ctx context.Context) error
}

// open opens the way to a printer without waiting for it.
func (t target) open(ctx context.Context, baud int) (link, error) {
	if t.address != "" {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", t.address)
		if err != nil {
			return nil, err
		}
		return network{conn}, nil
	}
	return t.openFile(baud)
}

// network is a printer with an address. What it has been sent goes on its way after
// Close too.
type network struct{ net.Conn }

func (network) writeOnly() bool             { return false }
func (network) drain(context.Context) error { return nil }

// device is a printer behind a device file.
type device struct {
	*os.File
	tty, mute bool
	drained   atomic.Bool // all that was written has left
}

// openFile opens a device file. Only what can be given a deadline is taken, so no
// plain file, on which slips would stay.
func (t target) openFile(baud int) (link, error) {
	info, err := os.Stat(t.file)
	if err != nil {
		return nil, err
	}
	fifo := info.Mode()&fs.ModeNamedPipe != 0
	if info.Mode()&fs.ModeCharDevice == 0 && !fifo {
		return nil, fmt.Errorf("%s is not a device: set [printer] device to the printer's path", t.file)
	}
	const flags = unix.O_NONBLOCK | unix.O_NOCTTY
	d := &device{mute: fifo} // read from, a pipe would give back what was written
	if !d.mute {
		d.File, err = os.OpenFile(t.file, os.O_RDWR|flags, 0)
		d.mute = errors.Is(err, fs.ErrPermission)
	}
	if d.mute {
		d.File, err = os.OpenFile(t.file, os.O_WRONLY|flags, 0)
	}
	if err != nil {
		return nil, err
	}
	if err := d.SetDeadline(time.Time{}); err != nil {
		d.File.Close()
		return nil, fmt.Errorf("%s is not a printer: set [printer] device to the printer's path: %w", t.file, err)
	}
	d.control(func(fd int) {
		_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		d.tty = err == nil
	})
	if d.tty || t.serial {
		// The settings of a line belong to the device, not to who opened it, and last
		// as long as it is open here. A serial.Port itself knows no deadline of a write.
		port, err := serial.OpenPort(&serial.Config{Name: t.file, Baud: baud})
		if err != nil {
			d.File.Close()
			return nil, fmt.Errorf("%s is not a serial line that can be set: %w", t.file, err)
		}
		port.Close()
	}
	return d, nil
}

func (d *device) writeOnly() bool { return d.mute }

func (d *device) control(use func(fd int)) {
	if c, err := d.SyscallConn(); err == nil {
		c.Control(func(fd uintptr) { use(int(fd)) }) // fails only on a closed file
	}
}

func (d *device) drain(ctx context.Context) error {
	for {
		waiting := 0
		d.control(func(fd int) {
			if d.tty {
				waiting, _ = unix.IoctlGetInt(fd, unix.TIOCOUTQ)
				return
			}
			// The driver of USB printers takes the next write when the last is done.
			poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
			if n, err := unix.Poll(poll, 0); err == nil && n == 0 {
				waiting = 1
			}
		})
		if waiting == 0 {
			d.drained.Store(true)
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Write is part of io.Writer.
func (d *device) Write(data []byte) (int, error) {
	d.drained.Store(false)
	return d.File.Write(data)
}

// Close drops what a line has not sent yet: the system would wait for it.
func (d *device) Close() error {
	if d.tty && !d.drained.Load() {
		d.control(func(fd int) { unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCOFLUSH) })
	}
	return d.File.Close()
}
