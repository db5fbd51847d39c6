package main

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
)

// BenchmarkWindow measures what a patron waits for, and what the terminal takes, on
// its real window with the catalogue of a city; and beside it a browser that shows one
// page. It prints a "name value unit" a line.
func BenchmarkWindow(b *testing.B) {
	c := cityOf(b)
	_, k := c.serve(b)
	w := newWindowBench(b, c, k)
	w.starts()
	w.start()
	w.connected()
	w.rest()
	w.taps()
	w.keys()
	w.used, _ = w.memory()
	c.figure("window_pss", w.used, "MB")
	k.stop()
	w.beside(measureChromium(b))
}

// BenchmarkGrowth says what the terminal's memory does over very many screens.
func BenchmarkGrowth(b *testing.B) {
	c := cityOf(b)
	_, k := c.serve(b)
	newWindowBench(b, c, k).growth()
}

// windowBench is a terminal whose window is looked at from outside.
type windowBench struct {
	*kiosk
	b       *testing.B
	city    *city
	picture *picture
	hand    *hand
	used    float64 // the memory of the terminal after some use, in MB
}

func newWindowBench(b *testing.B, c *city, k *kiosk) *windowBench {
	w := &windowBench{kiosk: k, b: b, city: c, picture: openPicture(b, k.dir), hand: newHand(b, k.display)}
	w.hand.do("mousemove 640 0") // in the header, where no picture is compared
	return w
}

// below is where the part of a screen begins that does not change with the clock and
// the connection.
const below = int(theme.HeaderHeight)

func (w *windowBench) pids() []int { return family(w.b, w.program.cmd.Process.Pid, "") }

// starts measures from the start of the program to its home screen on the display: with
// all files in the system's cache, and with none of the terminal's own.
func (w *windowBench) starts() {
	w.start()
	w.connected()
	time.Sleep(time.Second) // nothing may be on its way to the display any more
	home, files := w.picture.sum(below), append(mapped(w.pids()), w.city.path)
	w.stop()
	once := func() float64 {
		w.picture.until(w.b, "the display keeps its picture", func() bool { return w.picture.sum(below) != home })
		began := time.Now()
		w.launch()
		shown := w.picture.until(w.b, "the home screen does not come", func() bool { return w.picture.sum(below) == home })
		w.connected()
		return shown.Sub(began).Seconds()
	}
	var warm, cold []float64
	for range 5 {
		warm = append(warm, once())
		w.stop()
	}
	w.city.figure("window_start", percentile(warm, 50), "s")
	for range 3 {
		forget(files)
		cold = append(cold, once())
		w.stop()
	}
	w.city.figure("window_start_cold", percentile(cold, 50), "s")
}

func (w *windowBench) connected() {
	w.until("that the server answers", func(s onScreen) bool { return s.Settled && has(s, "接続中") })
}

// rest measures what the terminal takes while nobody uses it.
func (w *windowBench) rest() {
	w.compared()
	w.city.figure("window_pss_at_rest", pss(w.b, w.pids()), "MB")
	w.city.figure("window_idle_cpu_home", idleCPU(w.pids(), resting), "%")
	w.tap("ことばで")
	w.waitPage("search")
	time.Sleep(time.Second)
	w.city.figure("window_idle_cpu_search", idleCPU(w.pids(), resting), "%")
	w.home()
}

// resting is how long programs are watched that have nothing to do.
const resting = 20 * time.Second

// compared waits until the terminal has compared its catalogue with the server's, as it
// does after a start: until it has read nothing from the disk and used the processor for
// hardly anything for a while. With a slow disk it is the first of these that tells.
func (w *windowBench) compared() {
	pids := w.pids()
	for quiet := 0; quiet < 3; {
		quiet++
		before := diskReads(pids)
		if idleCPU(pids, 3*time.Second) > 5 || diskReads(pids) != before {
			quiet = 0
		}
	}
}

func (w *windowBench) home() {
	w.tap("終了")
	w.waitPage("home")
}

// rested is how long a picture must stay the same to be taken for the last.
const rested = 250 * time.Millisecond

// touch touches a button, and returns how long it took from the lifting of the finger
// to the last change of the picture, with everything on it.
func (w *windowBench) touch(which func(widget.Element) bool) time.Duration {
	var at widget.Element
	s := w.until("the button", func(s onScreen) bool {
		for _, e := range s.Elements {
			if e.Button && which(e) {
				at = e
				return s.Settled
			}
		}
		return false
	})
	w.hand.do("mousemove %d %d", int((at.X+at.Width/2)*s.Scale), int((at.Y+at.Height/2)*s.Scale))
	w.hand.do("mousedown 1")
	time.Sleep(150 * time.Millisecond) // as long as a finger stays
	before := w.picture.sum(below)
	lifted := w.hand.do("mouseup 1")
	return w.painted(before).Sub(lifted)
}

// painted returns when everything that is asked for had come to the display.
func (w *windowBench) painted(before uint64) time.Time {
	for {
		last := w.picture.lastChange(w.b, below, before, rested)
		if s, err := w.screen(); err == nil && s.Settled {
			return last
		}
	}
}

// named and row say which button is meant.
func named(label string) func(widget.Element) bool {
	return func(e widget.Element) bool { return e.Text == label }
}

func row(e widget.Element) bool { return e.X < 60 && e.Width > 1000 && e.Y > 150 && e.Height < 120 }

// taps walks through screens with and without records.
func (w *windowBench) taps() {
	var took []float64
	for range 6 {
		for _, which := range []func(widget.Element) bool{
			named("新着"), row, named("← もどる"), named("終了"),
			named("ことばで"), named("か"), named("さがす"), row, named("終了"),
		} {
			took = append(took, w.touch(which).Seconds()*1000)
		}
	}
	w.city.figure("window_tap_p50", percentile(took, 50), "ms")
	w.city.figure("window_tap_p95", percentile(took, 95), "ms")
}

// typedByBench are words as they are typed in kana mode, frequent and rare ones.
var typedByBench = []string{"rekishi", "sekai", "nihon", "umi", "tantei", "toshokan", "kagaku", "yasai", "jinkouchinou", "kokoro"}

// keys types letter by letter, and measures from each key to the last change that its
// hits brought.
func (w *windowBench) keys() {
	w.touch(named("ことばで"))
	var took []float64
	for _, word := range typedByBench {
		for _, letter := range word {
			before := w.picture.sum(below)
			pressed := w.hand.do("key %c", letter)
			took = append(took, w.painted(before).Sub(pressed).Seconds()*1000)
		}
		w.touch(named("全部消す"))
	}
	w.city.figure("window_key_p50", percentile(took, 50), "ms")
	w.city.figure("window_key_p95", percentile(took, 95), "ms")
	w.home()
}

// manyChanges are more than a day of screens.
const manyChanges = 10_000

// growth changes screens very often, each of them painted, and says how much more
// memory the terminal has then than after the first tenth, when everything has been
// shown once. What Fyne keeps of a screen it keeps for a minute, and lets go of when it
// paints: both are measured after a minute of few changes.
func (w *windowBench) growth() {
	w.half()
	w.launch()
	w.connected()
	below := below / 2
	shown := w.picture.sum(below)
	walk := func(changes int) {
		for n := 0; n < changes; {
			for _, button := range []string{"新着", "", "← もどる", "終了"} {
				w.ask("press?button=" + url.QueryEscape(button))
				shown = w.picture.next(below, shown)
				n++
			}
		}
	}
	calm := func() {
		for range 7 {
			time.Sleep(10 * time.Second)
			walk(4)
		}
	}
	walk(manyChanges / 10)
	calm()
	early, earlyInUse := w.memory()
	walk(manyChanges - manyChanges/10)
	calm()
	late, lateInUse := w.memory()
	w.city.figure("window_pss_after_1000", early, "MB")
	w.city.figure("window_pss_after_10000", late, "MB")
	w.city.figure("window_growth_10000", late-early, "MB")
	w.city.figure("window_heap_growth_10000", lateInUse-earlyInUse, "MB")
}

// half gives the terminal a display of half the size: software GL takes most of the time
// to paint, and so many screens shall be painted in minutes.
func (w *windowBench) half() {
	dir := w.path("half")
	settings, err := os.ReadFile(w.path("kiosk.toml"))
	if err := errors.Join(err, os.Mkdir(dir, 0o700)); err != nil {
		w.b.Fatal(err)
	}
	write(w.b, w.path("kiosk.toml"), "scale = 0.5\n"+string(settings))
	w.display, w.endDisplay = newDisplay(w.b, dir, "640x512")
	w.picture = openPicture(w.b, dir)
}

// memory is the terminal's, without garbage that was not collected yet, and how much of
// it Go has in use, in MB: the rest of Go's is how things lie in it, more one time than
// the other.
func (w *windowBench) memory() (all, inUse float64) {
	bytes, err := strconv.ParseFloat(w.ask("free"), 64)
	if err != nil {
		w.b.Fatal(err)
	}
	return pss(w.b, w.pids()), bytes / 1e6
}

// ask asks something of the inspection socket.
func (w *windowBench) ask(what string) (answer string) {
	w.b.Helper()
	res, err := w.socket.Post("http://kiosk/"+what, "", nil)
	if err != nil {
		w.b.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		w.b.Fatalf("%s: %s", what, res.Status)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.b.Fatal(err)
	}
	return string(body)
}

// beside prints what the browser took.
func (w *windowBench) beside(c browser) {
	if c.pss == 0 {
		return
	}
	figure("chromium_start", c.start, "s")
	figure("chromium_start_cold", c.cold, "s")
	figure("chromium_pss", c.pss, "MB")
	figure("chromium_idle_cpu", c.idle, "%")
	w.city.figure("window_pss_of_chromium", w.used/c.pss, "ratio")
}
