package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"madoguchi/barcode"
	"madoguchi/cmd/version"
	"madoguchi/kiosk/screen"
	"madoguchi/kiosk/theme"
	"madoguchi/library"
	kiosksync "madoguchi/sync"
)

type runCommand struct {
	Inspect string `help:"For tests: a Unix socket that tells what is on the screen. Never on a public terminal." placeholder:"SOCKET"`
}

// Run shows the terminal until SIGTERM: closing the window, Alt+F4 or Ctrl+Q do
// not end it.
func (c *runCommand) Run(e *env) error {
	t, err := newTerminal(e, fyne.Size{})
	if err != nil {
		return err
	}
	if c.Inspect != "" {
		t.started = append(t.started, func(ctx context.Context) error { return t.inspect(ctx, c.Inspect) })
	}
	return t.run(e.ctx)
}

// terminal is a window, the screens in it, and all that works beside them.
type terminal struct {
	config  Config
	log     *slog.Logger
	client  *kiosksync.Client
	app     fyne.App
	window  fyne.Window
	screens *screen.App
	ui      *uiThread

	refreshing atomic.Bool                   // a refresh waits for the UI thread
	pretend    *library.TerminalState        // shown instead of the true state, for pictures of it
	started    []func(context.Context) error // run beside the window, once it is there

	startedAt time.Time
	recent    *recent
	scanning  atomic.Bool             // the serial scanner is connected
	printer   checker                 // nil: there is none
	end       context.CancelCauseFunc // ends run; with errRestart as the cause run returns that
}

func hasDisplay() bool { return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" }

// newTerminal assembles a terminal. A zero size means fullscreen.
func newTerminal(e *env, size fyne.Size) (*terminal, error) {
	fonts, err := theme.LoadFonts(e.config.Font)
	if err != nil {
		return nil, err
	}
	if !hasDisplay() {
		return nil, errors.New("there is no display: start kiosk in a graphical session")
	}
	t := &terminal{config: e.config, ui: newUIThread(), startedAt: time.Now(), recent: &recent{}}
	t.log = slog.New(t.recent.handler(e.config.LogFormat.Handler(e.stderr)))
	t.client, err = kiosksync.Open(kiosksync.Config{
		Dir:     e.config.Data,
		Server:  e.config.Server,
		Version: version.Of(),
		Log:     t.log,
		OnState: func(library.TerminalState) { t.refresh() },
	})
	if err != nil {
		return nil, err
	}
	prints, err := newPrinting(e.config.Printer, fonts, t.log)
	if err != nil {
		return nil, err
	}
	if prints.printer != nil {
		t.printer = prints.printer
	}

	// One unit is one pixel, whatever the monitor says of its size: the screens are
	// drawn for the hand in front of them, not for a desk.
	if err := os.Setenv("FYNE_SCALE", strconv.FormatFloat(float64(e.config.Scale), 'f', -1, 32)); err != nil {
		return nil, err
	}
	t.app = app.New()
	nothingAtTheEnd(t.app)
	t.window = t.app.NewWindow("Madoguchi")
	t.window.SetPadded(false)
	t.window.SetMaster()
	t.window.SetCloseIntercept(func() {})
	if size.IsZero() {
		t.window.SetFullScreen(e.config.Fullscreen)
		size = fyne.NewSize(1280, 1024)
	}
	t.window.Resize(size)
	t.screens, err = screen.New(screen.Config{
		App: t.app, Window: t.window, Catalogue: catalogue{t.client}, Fonts: fonts,
		Do: t.ui.do, LogIn: t.logIn, Apply: t.client.Apply, Leave: t.client.Leave, StaffLogIn: t.staffLogIn, Machine: machine{t},
		State: t.state, Branch: t.client.Branch, Site: t.site,
		Print:    prints.print,
		Barcodes: e.config.Barcode, Wedge: e.config.Scanner.Wedge,
		Now: time.Now, Log: t.log,
	})
	return t, err
}

// run shows the window until ctx is done, or staff end it.
func (t *terminal) run(ctx context.Context) error {
	ctx, t.end = context.WithCancelCause(ctx)
	stop := func() { t.end(nil) }
	defer stop()
	var beside sync.WaitGroup
	failed := make(chan error, 4+len(t.started))
	start := func(work func(context.Context) error) {
		beside.Go(func() {
			if err := work(ctx); err != nil && ctx.Err() == nil {
				failed <- err
				stop()
			}
		})
	}
	t.app.Lifecycle().SetOnStarted(func() {
		t.ui.start()
		start(t.client.Run)
		start(t.tick)
		start(saveMemory)
		if t.config.Scanner.Device != "" {
			start(t.scan)
		}
		for _, work := range t.started {
			start(work)
		}
		context.AfterFunc(ctx, func() {
			beside.Wait() // while what they ask of the window is still done
			t.screens.Close()
			t.ui.do(t.app.Quit)
		})
	})
	t.window.ShowAndRun() // also until Fyne catches SIGTERM itself, which ctx may not have heard of yet
	t.ui.end()
	stop()
	beside.Wait()
	if err := t.client.Close(); err != nil {
		t.log.Warn("closing the data folder", "err", err)
	}
	select {
	case err := <-failed:
		return err
	default:
	}
	if errors.Is(context.Cause(ctx), errRestart) {
		return errRestart
	}
	return nil
}

// nothingAtTheEnd has Fyne do nothing of its own when the program ends: it keeps
// preferences, of which there are none here. When it asks for that just as it stops to
// do what is asked of it, it waits forever (Fyne 2.8.1: WaitForEvents, for what runGL put
// into the queue before it closed that).
func nothingAtTheEnd(a fyne.App) bool {
	l, ok := a.Lifecycle().(interface{ SetOnStoppedHookExecuted(func()) })
	if ok {
		l.SetOnStoppedHookExecuted(nil)
	}
	return ok
}

// tick keeps the clock on screen right.
func (t *terminal) tick(ctx context.Context) error {
	for {
		now := time.Now()
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(now.Truncate(time.Minute).Add(time.Minute).Sub(now)):
			t.ui.do(t.screens.Tick)
		}
	}
}

// saveMemory gives back what only the start needed, and from then on collects garbage
// before there is much of it: of this program's memory most is the fonts, which stay.
// A machine in a library is small, and has time.
func saveMemory(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-time.After(3 * time.Second):
		debug.SetGCPercent(25)
		debug.FreeOSMemory()
	}
	return nil
}

// scan carries what the serial scanner sends to the screens.
func (t *terminal) scan(ctx context.Context) error {
	s := barcode.Serial{
		Path: t.config.Scanner.Device, Baud: t.config.Scanner.Baud, Settings: t.config.Barcode,
		OnStatus: func(s barcode.Status) {
			t.scanning.Store(s.Connected)
			if s.Connected {
				t.log.Info("the scanner is connected")
			} else {
				t.log.Warn("the scanner is not connected", "err", s.Err)
			}
		},
	}
	return s.Run(ctx, func(c barcode.Code) { t.ui.do(func() { t.screens.Scanned(c) }) })
}

// refresh lets the screens look at the state anew. While the window is not there
// yet, or is about to look anyway, there is nothing to do.
func (t *terminal) refresh() {
	if t.screens == nil || !t.refreshing.CompareAndSwap(false, true) {
		return
	}
	t.ui.do(func() {
		t.refreshing.Store(false)
		t.screens.Refresh()
	})
}

// state tells the screens how things stand.
func (t *terminal) state() library.TerminalState {
	if t.pretend != nil {
		return *t.pretend
	}
	return t.client.State()
}

// site is what is known of the library; the guide's rules until the server told.
func (t *terminal) site() library.Site {
	if s, ok := t.client.Site(); ok {
		return s
	}
	return library.Site{Policy: library.DefaultPolicy()}
}
