package printer

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Settings say which printer there is. The zero value is none.
type Settings struct {
	// Device is "/dev/usb/lp0" (any device file), "serial:/dev/ttyUSB0" or
	// "tcp://192.168.1.9:9100" (without a port: 9100); "" is no printer.
	Device string `toml:"device"`
	Paper  int    `toml:"paper"` // width in millimetres, 58 or 80; 0 is 80
	Baud   int    `toml:"baud"`  // of a serial printer; 0 is 38400

	// Pictures is a folder that gets a picture of each slip where there is no
	// printer; "" is none.
	Pictures string `toml:"pictures"`
}

// The paper, and the speed of a serial printer, where the settings name none.
const (
	DefaultPaper = 80
	DefaultBaud  = 38400
)

const (
	defaultPort  = "9100"
	serialPrefix = "serial:"
)

// Validate returns what is wrong with the settings.
func (s Settings) Validate() error {
	if s.Paper != 0 && s.Paper != 58 && s.Paper != 80 {
		return fmt.Errorf("paper = %d is neither 58 nor 80 (millimetres)", s.Paper)
	}
	bauds := []int{4800, 9600, 19200, 38400, 57600, 115200, 230400}
	if s.Baud != 0 && !slices.Contains(bauds, s.Baud) {
		return fmt.Errorf("baud = %d is not one of %v", s.Baud, bauds)
	}
	if s.Pictures != "" && !filepath.IsAbs(s.Pictures) {
		return fmt.Errorf("pictures = %q must be the whole path of a folder", s.Pictures)
	}
	if s.Device == "" {
		return nil
	}
	_, err := s.target()
	return err
}

// Width is how many dots the paper has from left to right, at 8 dots a millimetre.
func (s Settings) Width() int {
	if s.Paper == 58 {
		return 384
	}
	return 576
}

func (s Settings) baud() int {
	if s.Baud == 0 {
		return DefaultBaud
	}
	return s.Baud
}

// target is where a printer is: one of its fields is set.
type target struct {
	file    string // a device file
	serial  bool   // file is a serial line
	address string // host:port
}

func (s Settings) target() (target, error) {
	wrong := func(why string) (target, error) {
		return target{}, fmt.Errorf("device = %q %s; set it like /dev/usb/lp0, serial:/dev/ttyUSB0 or tcp://192.168.1.9:9100", s.Device, why)
	}
	if path, ok := strings.CutPrefix(s.Device, serialPrefix); ok {
		if !filepath.IsAbs(path) {
			return wrong("does not name a serial device by its whole path")
		}
		return target{file: path, serial: true}, nil
	}
	if filepath.IsAbs(s.Device) {
		return target{file: s.Device}, nil
	}
	u, err := url.Parse(s.Device)
	if err != nil || u.Scheme != "tcp" || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" || u.User != nil || u.Fragment != "" {
		return wrong("is not a form of a printer that is known")
	}
	port := u.Port()
	if port == "" {
		port = defaultPort
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return wrong("has no port between 1 and 65535")
	}
	return target{address: net.JoinHostPort(u.Hostname(), port)}, nil
}

// What keeps a printer from printing.
var (
	// ErrPaperOut is: put in a new roll of paper.
	ErrPaperOut = errors.New("the printer has no paper: put in a new roll")

	// ErrOffline is: the printer answers, but its cover is open or it is in error.
	ErrOffline = errors.New("the printer is not ready: close its cover, and switch it off and on if its error lamp is lit")

	// ErrMissing is: it cannot be reached, or takes nothing in time.
	ErrMissing = errors.New("the printer cannot be reached: check its cable and that it is switched on")
)
