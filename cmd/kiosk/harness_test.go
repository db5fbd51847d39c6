package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/creack/pty"

	"madoguchi/kiosk/widget"
)

// server is a central server with data of its own.
type server struct {
	t             testing.TB
	dir, settings string
	address       string
	program       *program // serving
}

// newServer makes an empty library with one branch, chuo.
func newServer(t testing.TB, settings string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), address: freeAddress(t)}
	s.install(settings)
	s.central("branch", "add", "chuo", "中央図書館", "--hours", "9:30-19:00")
	return s
}

// install puts the programs into the server's folder and writes its settings.
func (s *server) install(settings string) {
	s.t.Helper()
	if err := buildPrograms(); err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"kiosk", "central"} {
		if err := os.Symlink(filepath.Join(programs, name), filepath.Join(s.dir, name)); err != nil {
			s.t.Fatal(err)
		}
	}
	s.settings = filepath.Join(s.dir, "central.toml")
	write(s.t, s.settings, settings)
}

func (s *server) args(args ...string) []string {
	return append([]string{"--config", s.settings, "--data", filepath.Join(s.dir, "server")}, args...)
}

// central runs a command of central and returns what it printed.
func (s *server) central(args ...string) string {
	s.t.Helper()
	return output(s.t, filepath.Join(s.dir, "central"), s.args(args...)...)
}

// serve starts the server.
func (s *server) serve() {
	s.t.Helper()
	s.program = start(s.t, filepath.Join(s.dir, "central.log"), nil, filepath.Join(s.dir, "central"), s.args("serve", "--listen", s.address)...)
	// The terminal pins the certificate; that the server listens is all that is asked here.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	eventually(s.t, "central does not answer", func() bool {
		res, err := client.Get("https://" + s.address + "/healthz")
		if err == nil {
			res.Body.Close()
		}
		return err == nil
	})
}

// kiosk is a terminal with its display and scanner.
type kiosk struct {
	t       testing.TB
	dir     string
	display string
	socket  *http.Client
	scanner *os.File
	server  *program
	program *program

	endDisplay func()
}

// enrolmentCode is a code alone on its line, with the part that pins the server.
var enrolmentCode = regexp.MustCompile(`(?m)^[0-9A-Z]{4}(-[0-9A-Z]{4}){3,}$`)

// enrol makes a terminal of the server, which is not started yet.
func (s *server) enrol() *kiosk {
	s.t.Helper()
	return s.terminal(enrolmentCode.FindString(s.central("terminal", "add", "--branch", "chuo")), "[barcode.item]\nlengths = [6]\nprefix = \"100\"\n")
}

// terminal enrols a terminal with a code and gives it settings, a scanner, a display
// and a home of its own.
func (s *server) terminal(code, settings string) *kiosk {
	t := s.t
	t.Helper()
	output(t, filepath.Join(s.dir, "kiosk"), "--data", filepath.Join(s.dir, "terminal"), "enrol", "--server", "https://"+s.address, code)
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close(); slave.Close() })
	k := &kiosk{t: t, dir: s.dir, scanner: master, server: s.program}
	k.display, k.endDisplay = newDisplay(t, s.dir, "1280x1024")
	write(t, k.path("kiosk.toml"), fmt.Sprintf("[scanner]\ndevice = %q\n", slave.Name())+settings)
	if err := os.MkdirAll(k.path("home"), 0o700); err != nil {
		t.Fatal(err)
	}
	k.socket = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", k.path("screen.sock"))
	}}}
	return k
}

func (k *kiosk) path(name string) string { return filepath.Join(k.dir, name) }

// start shows the terminal and waits until it can be used.
func (k *kiosk) start() {
	k.t.Helper()
	k.launch()
	eventually(k.t, "kiosk does not get ready", func() bool {
		s, err := k.screen()
		return err == nil && s.Width >= 1280 && has(s, "資料をさがす")
	})
}

// launch begins to show the terminal.
func (k *kiosk) launch() {
	k.t.Helper()
	k.program = start(k.t, k.path("kiosk.log"), []string{"DISPLAY=" + k.display, "HOME=" + k.path("home")},
		k.path("kiosk"), "--config", k.path("kiosk.toml"), "--data", k.path("terminal"), "run", "--inspect", k.path("screen.sock"))
}

// explainFailure tells what was on the screen when a test failed.
func (k *kiosk) explainFailure() {
	k.t.Cleanup(func() {
		if !k.t.Failed() {
			return
		}
		s, _ := k.screen()
		for _, e := range s.Elements {
			k.t.Logf("on the screen: %+v", e)
		}
		if b, err := os.ReadFile(k.path("kiosk.log")); err == nil {
			k.t.Logf("kiosk's log:\n%s", b)
		}
	})
}

func (k *kiosk) stop() {
	k.t.Helper()
	k.program.stop()
}

func needTools(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("with -short no window is shown")
	}
	for _, tool := range []string{"Xvfb", "xdotool"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is not installed: run the tests by make test, which installs it", tool)
		}
	}
}

// startKiosk is a terminal with a few books, ready to be used.
func startKiosk(t *testing.T, settings string) *kiosk {
	t.Helper()
	needTools(t)
	s := newServer(t, settings)
	write(t, filepath.Join(s.dir, "books.csv"), books)
	s.central("import", "csv", filepath.Join(s.dir, "books.csv"))
	s.central("edition", "build")
	s.serve()
	k := s.enrol()
	k.start()
	k.explainFailure()
	return k
}

func (k *kiosk) screen() (s onScreen, err error) {
	res, err := k.socket.Get("http://kiosk/screen")
	if err != nil {
		return s, err
	}
	defer res.Body.Close()
	return s, json.NewDecoder(res.Body).Decode(&s)
}

// until waits for the screen to become as it should.
func (k *kiosk) until(what string, ok func(onScreen) bool) onScreen {
	k.t.Helper()
	var last onScreen
	eventually(k.t, "the screen does not show "+what, func() bool {
		s, err := k.screen()
		last = s
		return err == nil && ok(s)
	})
	return last
}

func (k *kiosk) waitPage(page string) {
	k.t.Helper()
	k.until("the page "+page, func(s onScreen) bool { return s.Page == page })
}

func (k *kiosk) see(texts ...string) {
	k.t.Helper()
	for _, text := range texts {
		k.until(strconv.Quote(text), func(s onScreen) bool { return has(s, text) })
	}
}

func (k *kiosk) gone(text string) {
	k.t.Helper()
	k.until("no "+strconv.Quote(text), func(s onScreen) bool { return !has(s, text) })
}

func has(s onScreen, text string) bool {
	return slices.ContainsFunc(s.Elements, func(e widget.Element) bool { return e.Text == text })
}

// tap touches the last button of that name: the one on top.
func (k *kiosk) tap(label string) {
	k.t.Helper()
	k.click(label, "1", func(widget.Element) bool { return true })
}

func (k *kiosk) rightClick(label string) {
	k.t.Helper()
	k.click(label, "3", func(widget.Element) bool { return true })
}

// tapSuggestion touches a suggestion, which stands higher than the hits.
func (k *kiosk) tapSuggestion(label string) {
	k.t.Helper()
	k.click(label, "1", func(e widget.Element) bool { return e.Y < 320 && e.Height < 80 })
}

func (k *kiosk) click(label, button string, which func(widget.Element) bool) {
	k.t.Helper()
	var at widget.Element
	s := k.until("a button "+strconv.Quote(label), func(s onScreen) bool {
		for _, e := range s.Elements {
			if e.Button && e.Text == label && which(e) {
				at = e
			}
		}
		return at.Button
	})
	x, y := int((at.X+at.Width/2)*s.Scale), int((at.Y+at.Height/2)*s.Scale)
	k.xdotool("mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", button)
}

func (k *kiosk) typeKeys(keys ...string) {
	k.t.Helper()
	k.xdotool(append([]string{"key", "--delay", "40"}, keys...)...)
}

func (k *kiosk) xdotool(args ...string) {
	k.t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+k.display)
	if out, err := cmd.CombinedOutput(); err != nil {
		k.t.Fatalf("xdotool %v: %v: %s", args, err, out)
	}
}

func (k *kiosk) scan(code string) {
	k.t.Helper()
	if _, err := k.scanner.WriteString(code + "\r"); err != nil {
		k.t.Fatal(err)
	}
}
