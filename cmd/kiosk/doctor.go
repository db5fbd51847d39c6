package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"madoguchi/barcode"
	"madoguchi/kiosk/printer"
	"madoguchi/kiosk/theme"
	"madoguchi/library"
	"madoguchi/store"
	kiosksync "madoguchi/sync"
)

type doctorCommand struct {
	Scan bool `help:"Show what kind of code the scanner sends, until Ctrl+C. Numbers of cards are not shown."`
}

// Run looks at everything that a terminal needs and fails when something is wrong.
func (c *doctorCommand) Run(e *env) error {
	if c.Scan {
		return showScans(e)
	}
	d := &doctor{env: e}
	d.font()
	d.display()
	d.scanner()
	d.printer()
	d.disk()
	d.server()
	d.catalogue()
	d.requests()
	if d.wrong > 0 {
		fmt.Fprintf(e.stdout, "What is wrong: %d.\n", d.wrong)
		return errFound
	}
	fmt.Fprintln(e.stdout, "All is well.")
	return nil
}

// doctor says in plain sentences what is right and what is wrong.
type doctor struct {
	*env
	wrong int
}

func (d *doctor) ok(format string, args ...any) {
	fmt.Fprintf(d.stdout, "ok     "+format+"\n", args...)
}

func (d *doctor) bad(format string, args ...any) {
	d.wrong++
	fmt.Fprintf(d.stdout, "WRONG  "+format+"\n", args...)
}

func (d *doctor) font() {
	if _, err := theme.LoadFonts(d.config.Font); err != nil {
		d.bad("The font cannot be used: %v.", err)
		return
	}
	d.ok("The Japanese font is there.")
}

func (d *doctor) display() {
	x, wayland := os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY")
	if x == "" && wayland == "" {
		d.bad("There is no display. Start kiosk in a graphical session; this check must run there too.")
		return
	}
	out, err := exec.CommandContext(d.ctx, "xdpyinfo").Output()
	switch {
	case errors.Is(err, exec.ErrNotFound) || x == "":
		d.ok("There is a display (%s%s). Its size was not looked at: that needs X and the package x11-utils.", x, wayland)
	case err != nil:
		d.bad("The display %s does not answer. Start the X server, or set DISPLAY to the one that runs.", x)
	default:
		d.ok("The display %s has %s.", x, dimensions(string(out)))
	}
}

func dimensions(xdpyinfo string) string {
	for line := range strings.Lines(xdpyinfo) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "dimensions:"); ok {
			size, _, _ := strings.Cut(strings.TrimSpace(rest), " (")
			return size
		}
	}
	return "an unknown size"
}

func (d *doctor) scanner() {
	s := d.config.Scanner
	if s.Device == "" {
		if s.Wedge {
			d.ok("The scanner poses as a keyboard; there is nothing to look at. Scan a book at the terminal to try it.")
		} else {
			d.ok("No scanner is set in kiosk.toml.")
		}
		return
	}
	info, err := os.Stat(s.Device)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.bad("The scanner %s is not there. Plug it in, or set [scanner] device to its path under /dev/serial/by-id.", s.Device)
	case err != nil:
		d.bad("The scanner %s cannot be looked at: %v.", s.Device, err)
	case info.Mode()&fs.ModeCharDevice == 0:
		d.bad("%s is no serial device. Set [scanner] device to the scanner's path under /dev/serial/by-id.", s.Device)
	case unix.Access(s.Device, unix.R_OK|unix.W_OK) != nil:
		d.bad("The scanner %s may not be read by this user. Add the user to the group dialout and log in again.", s.Device)
	default:
		d.ok("The scanner %s is there. To see what it sends, end the terminal and type: kiosk doctor --scan", s.Device)
	}
}

func (d *doctor) printer() {
	s := d.config.Printer
	switch {
	case s.Device != "":
		d.device(s)
	case s.Pictures == "":
		d.ok("No printer is set in kiosk.toml; slips are shown on the screen.")
	case unix.Access(s.Pictures, unix.W_OK|unix.X_OK) != nil:
		d.bad("The folder %s for pictures of slips cannot be written. Make it and give it to the user that runs kiosk.", s.Pictures)
	default:
		d.ok("No printer is set in kiosk.toml; slips are shown on the screen, and pictures of them stay in %s.", s.Pictures)
	}
}

// device looks at a printer that is set.
func (d *doctor) device(s printer.Settings) {
	p, err := printer.New(s)
	if err == nil {
		err = p.Check(d.ctx)
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		d.bad("The printer %s may not be used by this user. Add the user to the group lp (dialout for a serial one) and log in again.", s.Device)
	case err != nil:
		d.bad("%s.", sentence(err))
	default:
		d.ok("The printer %s is there. To see what it prints, type: kiosk print-test", s.Device)
	}
}

// wantFree is what two editions of a million bibs and their chunks need, in bytes.
const wantFree = 2 << 30

func (d *doctor) disk() {
	dir := d.config.Data
	f, err := os.CreateTemp(dir, "doctor-*")
	if err != nil {
		d.bad("The data folder %s cannot be written: %v. Make it and give it to the user that runs kiosk.", dir, err)
		return
	}
	f.Close()
	os.Remove(f.Name())
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		d.bad("The free space of %s cannot be read: %v.", dir, err)
		return
	}
	if free := int64(s.Bavail) * s.Bsize; free < wantFree {
		d.bad("The disk of %s has only %d MB free; a new edition may need 2 GB. Make room.", dir, free>>20)
		return
	}
	d.ok("The data folder %s can be written, and its disk has %d GB free.", dir, int64(s.Bavail)*s.Bsize>>30)
}

// server looks at the way to the central server, at its certificate and at the
// clock, which it compares with the server's.
func (d *doctor) server() {
	server, branch, err := kiosksync.Enrolment(d.config.Data)
	if err != nil {
		d.bad("%s.", sentence(err))
		return
	}
	if d.config.Server != "" {
		server = d.config.Server
	}
	ctx, cancel := context.WithTimeout(d.ctx, 15*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/healthz", nil)
	if err != nil {
		d.bad("The address of the server %q is no address: %v.", server, err)
		return
	}
	client, own, err := kiosksync.HTTPClient(d.config.Data)
	if err != nil {
		d.bad("%s.", sentence(err))
		return
	}
	defer client.CloseIdleConnections()
	asked := time.Now()
	res, err := client.Do(req)
	var badCertificate x509.UnknownAuthorityError
	var badName x509.HostnameError
	switch {
	case errors.As(err, &badCertificate) && own:
		d.bad("The certificate of %s is not of the authority that this terminal was enrolled to. If the server was set up anew, enrol this terminal anew: kiosk enrol --server ADDRESS CODE. If not, somebody stands between: find out who.", server)
		return
	case errors.As(err, &badName):
		d.bad("The certificate of %s is for other names. Start central serve with --host %s, or use one of its names: %s.", server, req.URL.Hostname(), badName.Certificate.DNSNames)
		return
	case errors.As(err, &badCertificate):
		d.bad("The certificate of %s is not trusted here. Install the authority that signed it in /usr/local/share/ca-certificates and run update-ca-certificates.", server)
		return
	case err != nil:
		d.bad("%s", unreached(err, server, time.Now()))
		return
	}
	res.Body.Close()
	d.ok("The server %s answers.", server)
	d.certificate(res)
	d.clock(res, asked)
	d.accepted(ctx, branch)
}

func (d *doctor) certificate(res *http.Response) {
	if res.TLS == nil {
		d.ok("The connection is plain HTTP, which only a server on this machine may offer.")
		return
	}
	until := res.TLS.PeerCertificates[0].NotAfter
	if left := time.Until(until); left < 14*24*time.Hour { // central's own is renewed a month before
		d.bad("The server's certificate ends on %s. Renew it on the server.", until.Format(time.DateOnly))
		return
	}
	d.ok("The server's certificate is good until %s.", until.Format(time.DateOnly))
}

func (d *doctor) clock(res *http.Response, asked time.Time) {
	theirs, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		d.bad("The server does not tell the time, so the clock was not compared.")
		return
	}
	if off := asked.Sub(theirs).Round(time.Second); off > time.Minute || off < -time.Minute {
		d.bad("The clock is off by %s from the server's. Set it, and let it be kept right: timedatectl set-ntp true", off.Abs())
		return
	}
	d.ok("The clock agrees with the server's.")
}

func (d *doctor) accepted(ctx context.Context, branch library.BranchCode) {
	head, err := kiosksync.Examine(ctx, d.config.Data, d.config.Server)
	switch {
	case errors.Is(err, library.ErrTerminalUnknown):
		d.bad("The server does not take this terminal any more: it was revoked, or is of another server. Enrol it anew: kiosk enrol --server ADDRESS CODE")
	case err != nil:
		d.bad("The server answers, but not this terminal: %v.", err)
	case head.Edition == nil:
		d.bad("The server has no edition of the catalogue yet. On the server, type: central edition build")
	default:
		d.ok("The server takes this terminal, of branch %s.", branch)
	}
}

func (d *doctor) catalogue() {
	cat, err := store.Open(kiosksync.CataloguePath(d.config.Data))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.bad("There is no catalogue here yet. Start kiosk: it fetches one as soon as the server answers.")
		return
	case errors.Is(err, store.ErrDamaged), errors.Is(err, store.ErrSchema):
		d.bad("The catalogue cannot be used: %v. Start kiosk: it fetches the catalogue again by itself.", err)
		return
	case err != nil:
		d.bad("The catalogue cannot be read: %v.", err)
		return
	}
	defer cat.Close()
	if err := cat.Verify(d.ctx); err != nil {
		d.bad("The catalogue is damaged: %v. Start kiosk: it fetches the catalogue again by itself.", err)
		return
	}
	info, err := cat.Info(d.ctx)
	if err != nil {
		d.bad("The catalogue cannot be read: %v.", err)
		return
	}
	d.ok("The catalogue holds %d bibs and %d items, with all changes up to number %d; its edition was built on %s.",
		info.Bibs, info.Items, info.Number, info.BuiltAt.Format("2006-01-02 15:04"))
}

// showScans tells of each scan what it is. A number is shown only where it cannot be
// a patron's.
func showScans(e *env) error {
	if e.config.Scanner.Device == "" {
		return errors.New("no serial scanner is set: set [scanner] device in kiosk.toml")
	}
	say := func(format string, args ...any) { fmt.Fprintf(e.stdout, format+"\n", args...) }
	s := barcode.Serial{
		Path: e.config.Scanner.Device, Baud: e.config.Scanner.Baud, Settings: e.config.Barcode,
		OnStatus: func(s barcode.Status) {
			if s.Connected {
				say("The scanner is connected. Scan something.")
			} else {
				say("Not connected: %v.", s.Err)
			}
		},
		OnRefused: func(err error) { say("refused: %v", err) },
	}
	return s.Run(e.ctx, func(c barcode.Code) {
		number := fmt.Sprintf("%d characters", len([]rune(c.Text)))
		if c.Kind == barcode.ISBN || c.Kind == barcode.PriceRow || c.Kind == barcode.Magazine {
			number = c.Text
		}
		say("%-10s %s %s", c.Kind, number, c.Symbology)
	})
}

// sentence makes the first letter of an error a capital.
func sentence(err error) string {
	s := err.Error()
	return strings.ToUpper(s[:1]) + s[1:]
}
