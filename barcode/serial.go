package barcode

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/tarm/serial"
	"golang.org/x/sys/unix"
)

// DefaultBaud is the speed of a Serial that names none.
const DefaultBaud = 9600

const (
	// readTimeout is how long a Read waits, and so how long Run may take to end.
	readTimeout = 200 * time.Millisecond

	// An unplugged device and an idle one both answer a Read with io.EOF, but the
	// unplugged one at once. So many in a row cannot be chance.
	earlyEOFs = 5

	firstRetry = 200 * time.Millisecond
	lastRetry  = 3 * time.Second
)

// What keeps a scanner from being connected, besides fs.ErrNotExist and
// fs.ErrPermission.
var (
	ErrInUse     = errors.New("another program uses the scanner: end it")
	ErrNotSerial = errors.New("this is not a serial device: set the path of the scanner, such as /dev/serial/by-id/…")
	ErrUnplugged = errors.New("the scanner was unplugged: plug it in again")
)

// Status says whether the scanner is connected, and if not, why.
type Status struct {
	Connected bool
	Err       error // a sentence for staff
}

// Serial reads a scanner on a serial line: 8 data bits, no parity, 1 stop bit.
type Serial struct {
	Path     string // "/dev/serial/by-id/…", which stays the same whatever port it is plugged into
	Baud     int    // 0: DefaultBaud
	Settings Settings

	// OnStatus is told of every change, and OnRefused why a scan came as
	// Unreadable. They are called like Run's onScan, and either may be nil.
	OnStatus  func(Status)
	OnRefused func(error)
}

// Run calls onScan with each scan until ctx is done, and returns nil then. It opens
// the scanner as soon as it is there and again whenever it comes back; OnStatus
// tells. It returns an error only for settings that cannot work.
//
// All callbacks come from the goroutine of Run and hold up reading: what the
// scanner sends waits in the driver (4 KB) for so long.
func (s *Serial) Run(ctx context.Context, onScan func(Code)) error {
	if s.Path == "" {
		return errors.New("no scanner is set: set the path of its serial device")
	}
	if err := s.Settings.Validate(); err != nil {
		return fmt.Errorf("the settings of the scanner: %w", err)
	}
	r := reader{Serial: s, onScan: onScan}
	for ctx.Err() == nil {
		err := r.connect(ctx)
		if ctx.Err() != nil {
			return nil
		}
		r.report(Status{Err: fmt.Errorf("%s: %w", s.Path, err)})
		r.wait(ctx)
	}
	return nil
}

// reader is one Run.
type reader struct {
	*Serial
	onScan func(Code)
	status Status
	told   bool // status was told
	retry  time.Duration
}

// connect opens the scanner and reads until it is lost, and returns why.
func (r *reader) connect(ctx context.Context) error {
	lock, err := lockDevice(r.Path)
	if err != nil {
		return explain(err)
	}
	defer lock.release()
	baud := r.Baud
	if baud == 0 {
		baud = DefaultBaud
	}
	port, err := serial.OpenPort(&serial.Config{Name: r.Path, Baud: baud, ReadTimeout: readTimeout})
	if err != nil {
		return explain(err)
	}
	defer port.Close()
	r.retry = 0
	r.report(Status{Connected: true})
	return r.read(ctx, port, lock)
}

func (r *reader) read(ctx context.Context, port io.Reader, lock *deviceLock) error {
	var framer Framer // a new one each time: no half scan survives an unplugging
	buf := make([]byte, 1024)
	for early := 0; ctx.Err() == nil; {
		began := time.Now()
		n, err := port.Read(buf)
		now := time.Now()
		switch {
		case n > 0:
			early = 0
			r.deliver(framer.Feed(buf[:n], now))
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return explain(err)
		case lock.lost():
			return ErrUnplugged
		case now.Sub(began) < readTimeout/4:
			if early++; early == earlyEOFs {
				return ErrUnplugged
			}
		default:
			early = 0
		}
		r.deliver(framer.Expire(now))
	}
	return ctx.Err()
}

func (r *reader) deliver(frames []Frame) {
	for _, frame := range frames {
		code, err := Code{Kind: Unreadable}, frame.Err
		if err == nil {
			code, err = r.Settings.Parse(frame.Text)
		}
		if err != nil && r.OnRefused != nil {
			r.OnRefused(err)
		}
		r.onScan(code)
	}
}

// report tells of a status that differs from the one before.
func (r *reader) report(s Status) {
	same := r.told && s.Connected == r.status.Connected && fmt.Sprint(s.Err) == fmt.Sprint(r.status.Err)
	r.status, r.told = s, true
	if !same && r.OnStatus != nil {
		r.OnStatus(s)
	}
}

// wait lets some time pass before the next try, longer each time.
func (r *reader) wait(ctx context.Context) {
	r.retry = min(max(2*r.retry, firstRetry), lastRetry)
	timer := time.NewTimer(r.retry)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// explain makes a sentence of an error of the system that says what to do next.
func explain(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENODEV):
		return fmt.Errorf("no scanner is there: check its cable and power: %w", err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the scanner may not be opened: add the user to the group dialout: %w", err)
	case errors.Is(err, unix.EBUSY), errors.Is(err, unix.EWOULDBLOCK):
		return ErrInUse
	case errors.Is(err, unix.ENOTTY), errors.Is(err, unix.EISDIR):
		return ErrNotSerial
	case errors.Is(err, unix.EIO):
		return ErrUnplugged
	}
	return fmt.Errorf("the scanner cannot be used: %w", err)
}
