package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

const (
	pause = 20 * time.Millisecond // between two pieces of a scan
	look  = 50 * time.Millisecond // between two looks whether somebody listens
)

// scanner is the scanner's end of a pseudo terminal.
type scanner struct {
	line *os.File
	tty  string // the kiosk's end
	path string // the link to it
}

// plugIn makes a scanner and puts a link to it at path.
func plugIn(path string) (*scanner, error) {
	line, tty, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("make a pseudo terminal: %w", err)
	}
	defer tty.Close() // else nobody could tell whether a kiosk has it open
	s := &scanner{line: line, tty: tty.Name(), path: path}
	if err := makeRaw(tty); err != nil {
		line.Close()
		return nil, fmt.Errorf("set up the pseudo terminal: %w", err)
	}
	if err := s.link(); err != nil {
		line.Close()
		return nil, err
	}
	return s, nil
}

// link replaces a link to a pseudo terminal, which an earlier scanner may have left,
// and nothing else.
func (s *scanner) link() error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return err
	}
	if _, err := os.Lstat(s.path); err == nil {
		if to, err := os.Readlink(s.path); err != nil || !strings.HasPrefix(to, "/dev/pts/") {
			return fmt.Errorf("%s is there and is not a scanner: choose another --path", s.path)
		}
		if err := os.Remove(s.path); err != nil {
			return err
		}
	}
	return os.Symlink(s.tty, s.path)
}

// unplug hangs up and takes the link away, unless another scanner has put its own
// there.
func (s *scanner) unplug() {
	s.line.Close()
	if to, err := os.Readlink(s.path); err == nil && to == s.tty {
		_ = os.Remove(s.path)
	}
}

// send waits until a kiosk listens and sends the pieces of a scan.
func (s *scanner) send(ctx context.Context, pieces []string) error {
	for !s.heard() {
		if err := wait(ctx, look); err != nil {
			return err
		}
	}
	for i, piece := range pieces {
		if i > 0 {
			if err := wait(ctx, pause); err != nil {
				return err
			}
		}
		if _, err := s.line.WriteString(piece); err != nil {
			return fmt.Errorf("send: %w", err)
		}
	}
	return nil
}

// heard reports whether somebody has the kiosk's end open.
func (s *scanner) heard() bool {
	heard := false
	conn, err := s.line.SyscallConn()
	if err != nil {
		return false
	}
	err = conn.Control(func(fd uintptr) {
		fds := []unix.PollFd{{Fd: int32(fd)}}
		_, err := unix.Poll(fds, 0)
		heard = err == nil && fds[0].Revents&unix.POLLHUP == 0
	})
	return err == nil && heard
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// makeRaw makes tty a plain line: no echo, no lines, nothing translated. It stays so
// after tty is closed, until the other end is.
func makeRaw(tty *os.File) error {
	fd := int(tty.Fd())
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
}
