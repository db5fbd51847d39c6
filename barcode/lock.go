package barcode

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// deviceLock keeps a serial device to ourselves, which opening it does not, and
// tells when it is gone. It holds a descriptor of its own beside the port's.
type deviceLock struct {
	path string
	fd   int
	stat unix.Stat_t
}

// lockDevice locks the serial device at path, or fails at once: with EWOULDBLOCK
// where another process has locked it, EBUSY where one has it exclusively.
//
// The lock is a flock, which holds between processes of root too and ends with a
// process that is killed. TIOCEXCL does neither: a pseudo terminal stays exclusive
// after its last close.
func lockDevice(path string) (*deviceLock, error) {
	fd, err := openDevice(path)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	l := &deviceLock{path: path, fd: fd}
	if err := l.take(); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return l, nil
}

func openDevice(path string) (int, error) {
	for {
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

func (l *deviceLock) take() error {
	if _, err := unix.IoctlGetTermios(l.fd, unix.TCGETS); err != nil {
		return fmt.Errorf("ask for its line settings: %w", err)
	}
	if err := unix.Fstat(l.fd, &l.stat); err != nil {
		return fmt.Errorf("stat: %w", err)
	}
	if err := unix.Flock(l.fd, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return nil
}

// lost reports whether the device hung up, or another one stands at its path.
func (l *deviceLock) lost() bool {
	fds := []unix.PollFd{{Fd: int32(l.fd)}}
	if n, err := unix.Poll(fds, 0); err == nil && n > 0 && fds[0].Revents&(unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0 {
		return true
	}
	var at unix.Stat_t
	if err := unix.Stat(l.path, &at); err != nil {
		return true
	}
	return at.Dev != l.stat.Dev || at.Ino != l.stat.Ino || at.Rdev != l.stat.Rdev
}

func (l *deviceLock) release() { unix.Close(l.fd) }
