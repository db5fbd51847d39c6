// Package screen is what a patron sees: one file per screen, built anew from a
// Route whenever something that it depends on changes. Screens read the catalogue
// through the small interfaces declared here, off the UI thread. What belongs to a
// patron is in one value, memory, which the end of a session sets to zero.
package screen

import (
	"context"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"madoguchi/assets/wording"
	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// Config is what the screens need from the program around them.
type Config struct {
	App        fyne.App
	Window     fyne.Window
	Catalogue  Catalogue
	Do         func(func())                 // runs a function on the UI thread
	State      func() library.TerminalState // asked on the UI thread; must not wait
	Branch     func() library.BranchCode
	Site       func() library.Site
	Barcodes   barcode.Settings
	Wedge      bool // a scanner may pose as the keyboard
	LogIn      LogIn
	Apply      Apply      // nil: a terminal that takes no applications for a password
	Leave      Leave      // nil: nothing can be left while the server is away
	StaffLogIn StaffLogIn // nil: nothing leads to the staff menu
	Machine    Machine
	Print      Print
	Fonts      theme.Fonts
	Now        func() time.Time
	Log        *slog.Logger
}

// App is the terminal's user interface in one window. What it holds of a person is in
// its memory.
type App struct {
	cfg     Config
	pages   map[Page]page
	session *session.Session
	printer wording.Printer
	spoken  map[string]wording.Printer // by the codes of their languages
	kit     widget.Kit

	visit   *visit
	content content
	root    *fyne.Container // everything: the screen, and a dialog over it
	header  *fyne.Container
	size    fyne.Size
	here    context.Context       // ends when another screen is shown
	depart  context.CancelFunc    // ends it
	leave   context.CancelFunc    // ends the visit
	held    bool                  // a finger is down on a button
	stale   bool                  // Refresh or Tick was called meanwhile
	state   library.TerminalState // as it is shown
	loading int                   // results that have not been shown yet
	pressed *time.Timer           // a finger stays on the clock

	memory
}

// New builds the interface and shows the home screen. All further calls belong on
// the UI thread.
func New(cfg Config) (*App, error) {
	a := &App{cfg: cfg, pages: pageTable(), spoken: map[string]wording.Printer{}, memory: memory{route: Route{Page: PageHome}}}
	a.here, a.depart = context.WithCancel(context.Background())
	for _, l := range library.Languages {
		p, err := wording.For(l.Code)
		if err != nil {
			return nil, err
		}
		a.spoken[l.Code] = p
	}
	a.session = session.New(session.Config{
		Policy:      func() library.Policy { return cfg.Site().Policy },
		OnCountdown: func(left time.Duration) { cfg.Do(func() { a.countdown(left) }) },
		OnEnd: func(r session.Reason) {
			if r != session.Other { // Scanned has forgotten that patron already
				cfg.Do(a.forget)
			}
		},
	})
	cfg.App.Settings().SetTheme(theme.Fyne(cfg.Fonts))
	a.root = newRoot(a.resized)
	cfg.Window.SetContent(a.root)
	c := cfg.Window.Canvas()
	c.SetOnTypedRune(a.typedRune)
	c.SetOnTypedKey(a.typedKey)
	a.size = c.Size()
	a.show(Route{Page: PageHome})
	return a, nil
}

// Close ends the session and its timers.
func (a *App) Close() { a.session.Close() }

// Route returns the route of the screen that is shown.
func (a *App) Route() Route { return a.route }

// Canvas returns the root of what is shown, for inspection.
func (a *App) Canvas() fyne.CanvasObject { return a.root }

// Settled reports whether everything on the screen has come.
func (a *App) Settled() bool { return a.loading == 0 }

// Refresh is called when the catalogue or the connection may have changed. It draws
// only what looks different now: a resting screen must not repaint. Nothing is drawn anew
// while a finger is down on a button, which would be gone when the finger lets go.
func (a *App) Refresh() {
	if a.stale = a.held; a.stale {
		return
	}
	before, now := a.state, a.cfg.State()
	a.state = now
	switch {
	case seen(now) == seen(before):
	case a.pages[a.route.Page].staff: // building it anew would lose what is typed
		a.refreshHeader()
	case !now.Searchable || !before.Searchable, a.route.Page == PageHome,
		a.route.Barcode != "" && now.Away() != before.Away(): // what is offered there depends on it
		a.rebuild()
	default:
		a.refreshHeader()
		if a.content.connected != nil && now.Serves() != before.Serves() {
			a.content.connected()
		}
	}
}

// hold is told when a finger goes down on a button, and when it lets go.
func (a *App) hold(down bool) {
	a.held = down
	if !down && a.stale {
		a.cfg.Do(func() { // after the tap
			a.Refresh()
			a.Tick()
		})
	}
}

// seen is a state without what no screen shows as it changes.
func seen(s library.TerminalState) library.TerminalState {
	s.LastContact, s.Edition, s.Change = time.Time{}, 0, 0
	s.Requests, s.RequestsSince, s.Unreadable = 0, time.Time{}, 0
	return s
}

// Tick is called every few seconds, to keep the clock right.
func (a *App) Tick() {
	if a.stale = a.held; !a.stale {
		a.refreshHeader()
	}
}

// open shows another screen; Back returns to this one.
func (a *App) open(r Route) {
	a.back = append(a.back, a.route)
	a.show(r)
}

// goBack shows the screen before, the home screen at last.
func (a *App) goBack() {
	if n := len(a.back); n > 0 {
		r := a.back[n-1]
		a.back = a.back[:n-1]
		a.show(r)
		return
	}
	if a.staff != nil {
		a.show(Route{Page: PageStaff})
		return
	}
	a.show(Route{Page: PageHome})
}

// goHome forgets the way here.
func (a *App) goHome() {
	a.back = nil
	a.show(Route{Page: PageHome})
}

func (a *App) show(r Route) {
	a.route = a.allowed(r)
	a.leaveFlows()
	a.depart()
	a.here, a.depart = context.WithCancel(context.Background())
	a.rebuild()
}

// rebuild makes the screen of the present route from nothing: look, language and
// size may all have changed.
func (a *App) rebuild() {
	if a.leave != nil {
		a.leave()
	}
	ctx, leave := context.WithCancel(a.here)
	a.leave = leave
	a.held = false // the button is gone

	prefs := a.session.Preferences()
	a.printer = a.spoken[library.LanguageWithCode(prefs.Language).Code]
	look := theme.LookOf(a.scheme(), theme.TextSize(prefs.TextSize))
	a.kit = widget.Kit{Look: look, Touched: a.touched, OnHold: a.hold, OnRune: a.typedRune, OnKey: a.typedKey, OnEnter: a.enter}

	a.state = a.cfg.State()
	a.visit = &visit{app: a, ctx: ctx, kit: a.kit, route: a.route, size: a.size}
	a.content = a.build(a.visit)
	a.draw()
}

// draw puts the frame around the content, and a dialog over it.
func (a *App) draw() {
	ground := canvas.NewRectangle(a.kit.Look.Ground)
	objects := []fyne.CanvasObject{newCatcher(a.touched), ground, a.visit.frame(a.content)}
	objects[0], objects[1] = objects[1], objects[0]
	if a.dialog != nil {
		objects = append(objects, a.dialog)
	}
	a.root.Objects = objects
	a.root.Layout.Layout(objects, a.root.Size())
	a.root.Refresh()
}

func (a *App) resized(size fyne.Size) {
	if size != a.size && size.Width > 0 && size.Height > 0 {
		a.size = size
		a.rebuild()
	}
}

func (a *App) touched() {
	a.session.Touch()
}
