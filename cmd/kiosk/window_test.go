package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"madoguchi/kiosk/widget"
)

// These tests run the real programs: central with a small library, and kiosk in a
// real window under Xvfb, touched and typed into through the X server. What the
// screen then shows is asked of kiosk's inspection socket.

const books = `id,title,title_reading,creator,creator_reading,publisher,year,isbn,ndc,branch,call_number,shelf,barcode
kokoro,こころ,ココロ,夏目 漱石,ナツメ ソウセキ,みなと書房,2014,9784003101117,913.6,chuo,913.6/ナ,2階 文学,100001
botchan,坊っちゃん,ボッチャン,夏目 漱石,ナツメ ソウセキ,みなと書房,2010,,913.6,chuo,913.6/ナ,2階 文学,100002
ginga,銀河鉄道の夜,ギンガ テツドウ ノ ヨル,宮沢 賢治,ミヤザワ ケンジ,灯台社,2012,,913.6,chuo,913.6/ミ,2階 文学,100003
`

func TestFindingABookByTouch(t *testing.T) {
	k := startKiosk(t, "")
	k.tap("ことばで")
	k.waitPage("search")
	for _, key := range []string{"こ", "こ", "ろ"} {
		k.tap(key)
	}
	k.see("こころ", "夏目 漱石／みなと書房／2014年", "1件")
	k.tapSuggestion("こころ")
	k.waitPage("results")
	k.see("題名「こころ」", "この館にあります")
	k.tap("こころ")
	k.waitPage("detail")
	k.see("夏目 漱石", "この館の棚", "2階 文学", "913.6", "ナ", "棚にあります")
	k.tap("同じ著者の本")
	k.waitPage("results")
	k.see("坊っちゃん", "こころ")
	k.tap("← もどる")
	k.waitPage("detail")
	k.tap("終了")
	k.waitPage("home")
}

func TestHardwareKeysAndEscape(t *testing.T) {
	k := startKiosk(t, "")
	k.typeKeys("g", "i", "n", "g", "a") // whoever types at home wants to search; kana mode reads romaji
	k.waitPage("search")
	k.see("ぎんが", "銀河鉄道の夜")
	k.typeKeys("BackSpace", "BackSpace", "BackSpace")
	k.typeKeys("b", "o")
	k.see("ぼ", "坊っちゃん")
	k.typeKeys("Return")
	k.waitPage("results")
	k.typeKeys("Escape")
	k.waitPage("search")
	k.typeKeys("Escape")
	k.waitPage("home")
}

func TestNothingLeavesTheKiosk(t *testing.T) {
	k := startKiosk(t, "")
	k.typeKeys("alt+F4", "ctrl+q", "ctrl+w")
	k.typeKeys("Escape") // under load the letter of a chord may come alone, and begin a search
	k.waitPage("home")
	k.rightClick("新着")
	k.see("資料をさがす")
	k.typeKeys("Tab", "alt+F4", "Return") // Tab puts the focus on a button, which Enter presses
	k.until("a screen that Enter opened", func(s onScreen) bool { return s.Page != "home" })
}

func TestScanOfABook(t *testing.T) {
	k := startKiosk(t, "")
	k.scan("9784003101117")
	k.waitPage("detail")
	k.see("夏目 漱石")
	k.scan("1920093005005")
	k.see("本のバーコードは2段あります。上の段（978で始まる方）を読み取ってください。")
	k.tap("わかりました")
	k.scan("100003")
	k.see("宮沢 賢治")
}

// TestScanWakesTheWindow: the UI thread sleeps, and neither the display nor a question
// of the inspection wakes it before what a scan brings is painted.
func TestScanWakesTheWindow(t *testing.T) {
	k := startKiosk(t, "")
	p := openPicture(t, k.dir)
	p.lastChange(t, below, 0, rested)
	home := p.sum(below)
	k.scan("9784003101117")
	// Within less than a minute, when the clock on the screen would wake it.
	for deadline := time.Now().Add(10 * time.Second); p.sum(below) == home; time.Sleep(glance) {
		if time.Now().After(deadline) {
			t.Fatal("what was scanned is not painted")
		}
	}
	k.waitPage("detail")
}

func TestIdleEndForgetsEverything(t *testing.T) {
	k := startKiosk(t, "[policy]\nidle_after = 4\nidle_countdown = 3\n")
	k.tap("English")
	k.see("New arrivals")
	k.tap("By words")
	k.waitPage("search")
	k.typeKeys("k")
	k.see("Are you still here?")
	k.tap("Continue")
	k.gone("Are you still here?")
	k.waitPage("home") // after the countdown was left alone
	k.see("新着")
	k.tap("ことばで")
	k.see("題名や、書いた人の名前を入力してください") // the words are gone
}

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
	s.build(settings)
	s.central("branch", "add", "chuo", "中央図書館", "--hours", "9:30-19:00")
	return s
}

// build makes the programs and writes the server's settings.
func (s *server) build(settings string) {
	s.t.Helper()
	output(s.t, "go", "build", "-o", s.dir+"/", "madoguchi/cmd/kiosk", "madoguchi/cmd/central")
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
	k := &kiosk{t: t, dir: s.dir, display: newDisplay(t, s.dir, "1280x1024"), scanner: master, server: s.program}
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

// newDisplay starts an X server and returns its display. What it shows is in the file
// Xvfb_screen0 of dir.
func newDisplay(t testing.TB, dir, size string) string {
	t.Helper()
	display, end, err := startXvfb(size, "-fbdir", dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return display
}

// program is a program that runs beside the test.
type program struct {
	t    testing.TB
	cmd  *exec.Cmd
	once sync.Once
}

// start runs a program until it is stopped, or the test ends.
func start(t testing.TB, log string, env []string, name string, args ...string) *program {
	t.Helper()
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = f, f
	return attend(t, cmd)
}

func attend(t testing.TB, cmd *exec.Cmd) *program {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, cmd: cmd}
	t.Cleanup(p.stop)
	return p
}

// stop ends the program as an administrator would.
func (p *program) stop() {
	p.once.Do(func() {
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			p.t.Error(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- p.cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			p.cmd.Process.Kill()
			p.t.Errorf("%s did not end when it was told to", p.cmd.Path)
		}
	})
}

func output(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", filepath.Base(name), args, err, out)
	}
	return string(out)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// eventually asks until something is true: programs beside this one have no clock
// that a test could turn.
func eventually(t testing.TB, complaint string, ok func() bool) {
	t.Helper()
	deadline := time.After(40 * time.Second)
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatal(complaint)
		case <-tick.C:
		}
	}
}
