package screen

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"madoguchi/barcode"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// content is what one screen puts into the frame that all screens share.
type content struct {
	title   string
	actions []fyne.CanvasObject // in the header, before the clock
	body    fyne.CanvasObject
	full    bool                // the body has no margins of its own accord
	footer  []fyne.CanvasObject // at the left of the footer
	spread  bool                // what is at the left of the footer goes up to the cart
	keyBed  bool                // the footer stands on the keyboard's ground
	stay    bool                // there is no way back from here

	typed   func(rune)
	key     func(*fyne.KeyEvent)
	scanned func(barcode.Code) bool // false: the scan means here what it means everywhere
	probe   func(barcode.Code)      // takes every scan, whatever it is: it means nothing here
	// connected is called when the server has come or gone while the screen is shown; nil:
	// nothing on it hangs on that.
	connected func()
}

// visit is one showing of one screen: it ends when anything else is shown, and when the
// screen is drawn anew.
type visit struct {
	app   *App
	ctx   context.Context
	kit   widget.Kit
	route Route
	size  fyne.Size
}

// can reports whether the library's circulation can do something for patrons: what it
// cannot is not offered.
func (a *App) can(do library.Ability) bool { return a.cfg.Site().Can(do) }

func (v *visit) can(do library.Ability) bool { return v.app.can(do) }

func (v *visit) t(key string, args ...any) string { return v.app.printer.T(key, args...) }

func (v *visit) lang() string { return v.app.printer.Lang() }

func (v *visit) language() library.Language { return library.LanguageWithCode(v.lang()) }

func (v *visit) portrait() bool { return v.size.Height > v.size.Width }

func (v *visit) look() theme.Look { return v.kit.Look }

// keep remembers a changed route without showing the screen anew.
func (v *visit) keep(r Route) {
	v.route = r
	if v.ctx.Err() == nil {
		v.app.route = r
	}
}

func (v *visit) open(r Route) func()    { return func() { v.app.open(r) } }
func (v *visit) replace(r Route) func() { return func() { v.app.show(r) } }

func (v *visit) branch() library.BranchCode { return v.app.cfg.Branch() }

func (v *visit) now() time.Time { return v.app.cfg.Now().In(v.app.cfg.Site().Location()) }

// policy is the library's.
func (v *visit) policy() library.Policy { return v.app.cfg.Site().Policy }

// bodySize is the room inside header, footer and margins.
func (v *visit) bodySize() fyne.Size {
	return fyne.NewSize(v.size.Width-2*theme.Margin, v.size.Height-theme.HeaderHeight-v.footerHeight()-2*theme.GapWide)
}

// footerHeight grows with the type, so that a label of the largest size fits.
func (v *visit) footerHeight() float32 {
	return max(theme.FooterHeight, v.buttonHeight()+2*theme.Gap)
}

func (v *visit) buttonHeight() float32 {
	return widget.HeightFor(v.kit.Button("あ", widget.Plain, nil), 400)
}

// newSlot is a place on a screen whose object comes later, or changes; it takes
// what its column or row has left.
func newSlot() *fyne.Container { return widget.Fill(widget.Space()) }

// put shows o in a slot, instead of what was there.
func put(slot *fyne.Container, o fyne.CanvasObject) {
	slot.Objects = []fyne.CanvasObject{o}
	slot.Layout.Layout(slot.Objects, slot.Size())
	slot.Refresh()
}

// patience is how long work may take before a patron is told that it goes on.
const patience = 300 * time.Millisecond

// staying is the screen itself, however often it is drawn anew: it ends when another one
// is shown. A scan is looked up for it, since the first patron of the day scans while the
// terminal is just getting in touch with the server, which draws the home screen anew.
func (a *App) staying() *visit {
	v := *a.visit
	v.ctx = a.here
	return &v
}

// load does work off the UI thread and shows its result, unless the screen was
// left meanwhile. When it takes longer than patience, slow is called.
func load[T any](v *visit, slow func(), work func(context.Context) (T, error), show func(T, error)) {
	ctx, done := context.WithCancel(v.ctx)
	onScreen := func(do func()) func() {
		return func() {
			if ctx.Err() == nil {
				do()
			}
		}
	}
	if slow != nil {
		time.AfterFunc(patience, func() { v.app.cfg.Do(onScreen(slow)) })
	}
	v.app.loading++
	go func() {
		result, err := work(ctx)
		v.app.cfg.Do(func() {
			v.app.loading--
			onScreen(func() { show(result, err) })()
			done()
		})
	}()
}

// atOnce is how long a screen waits for the catalogue before it is painted. Most of
// what it asks is answered within a few milliseconds, while to paint a screen takes
// longer than that: so it is painted once, and not first without its records.
const atOnce = 12 * time.Millisecond

// soon does work off the UI thread like load, and waits a moment for it.
func soon[T any](v *visit, slow func(), work func(context.Context) (T, error), show func(T, error)) {
	type answer struct {
		result T
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		result, err := work(v.ctx)
		answers <- answer{result, err}
	}()
	select {
	case a := <-answers:
		show(a.result, a.err)
	case <-time.After(atOnce):
		load(v, slow, func(context.Context) (T, error) {
			a := <-answers
			return a.result, a.err
		}, show)
	}
}

// into reads something from the catalogue into a slot: a quiet line while it takes
// long, a sentence when it fails.
func into[T any](v *visit, slot *fyne.Container, work func(context.Context) (T, error), show func(T) fyne.CanvasObject) {
	soon(v, func() { put(slot, v.kit.Second(v.t("wait.moment"))) }, work, func(result T, err error) {
		if err != nil {
			v.app.cfg.Log.Warn("reading the catalogue failed", "page", v.route.Page, "err", err)
			put(slot, v.kit.Text(v.t("error.catalogue")))
			return
		}
		put(slot, show(result))
	})
}

// amend changes what the header says of a screen by what was read for it, also where it is
// shown already.
func (v *visit) amend(c *content, change func(*content)) {
	change(c)
	if v.app.visit == v && v.app.content.body == c.body {
		change(&v.app.content)
		v.app.refreshHeader()
	}
}

// mails reports whether the library sends mails at all.
func (v *visit) mails() bool { return v.app.cfg.Site().MailFrom != "" && v.can(library.AbilityEmail) }
