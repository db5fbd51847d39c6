package screen

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
)

// frame puts header and footer, the same on every screen, around a content.
func (v *visit) frame(c content) fyne.CanvasObject {
	v.app.header = widget.Stack()
	v.app.refreshHeaderFor(v, c)

	body := c.body
	if !c.full {
		body = widget.Inset(theme.GapWide, theme.Margin, theme.GapWide, theme.Margin, body)
	}
	footer := widget.Inset(0, theme.Margin, 0, theme.Margin, v.footer(c))
	var foot fyne.CanvasObject = widget.Sized(0, v.footerHeight(), footer)
	if c.keyBed {
		foot = widget.Band(v.look().KeyBed, foot)
	} else {
		foot = widget.Column(0, v.kit.Rule(), widget.Fill(foot))
	}
	return widget.Column(0,
		widget.Sized(0, theme.HeaderHeight, v.app.header),
		widget.Fill(body),
		widget.Sized(0, v.footerHeight(), foot),
	)
}

// refreshHeader draws clock and connection anew.
func (a *App) refreshHeader() { a.refreshHeaderFor(a.visit, a.content) }

func (a *App) refreshHeaderFor(v *visit, c content) {
	v = v.inHead()
	home := v.route.Page == PageHome || !a.state.Searchable && len(a.back) == 0
	var left []fyne.CanvasObject
	if !home && v.route.Page != PageStaff && !c.stay {
		left = append(left, v.kit.Button("← "+v.t("frame.back"), widget.Plain, a.goBack))
	}
	title := len(left)
	left = append(left, c.actions...)
	if !home && v.route.Page != PageDisplay {
		left = append(left, v.displayButton())
	}
	clock := v.clock(home)
	left = append(left, widget.Stack(newPressGround(a.touched, a.pressClock), clock))
	room := v.size.Width - 2*theme.Margin - theme.GapWide*float32(len(left))
	for _, o := range left {
		room -= o.MinSize().Width
	}
	left = slices.Insert(left, title, fyne.CanvasObject(widget.Fill(v.headTitle(c.title, room))))
	bar := widget.Inset(0, theme.Margin, 0, theme.Margin, widget.Row(theme.GapWide, left...))
	a.pressClock(false) // what was pressed is no longer there
	a.header.Objects = []fyne.CanvasObject{widget.Band(v.look().Ground, widget.Column(0, widget.Fill(bar), v.kit.Rule()))}
	a.header.Layout.Layout(a.header.Objects, a.header.Size())
	a.header.Refresh()
}

// headTitle is the title of a screen in the width that the header has left for it: in
// smaller type, or in two lines of that where it is the long title of a work.
func (v *visit) headTitle(title string, room float32) *widget.Text {
	text := v.kit.Title(title).Lines(1).DownTo(v.look().Text)
	const hinted = 0.96 // type does not shrink evenly
	if text.MinSize().Width*v.look().Text > room*v.look().Title*hinted {
		text = v.kit.Title(title).Lines(2)
		text.TextSize = v.look().Text
	}
	return text
}

// clock says when it is and whether the central server answers.
func (v *visit) clock(withDate bool) fyne.CanvasObject {
	now := v.now()
	when := now.Format("15:04")
	who := ""
	if name := v.app.session.Patron().Name; name != "" {
		who = v.t("frame.patron", name)
	}
	if name := v.app.session.Staff().Name; name != "" {
		who = v.t("staff.name", name)
	}
	if who != "" {
		return widget.Column(0,
			v.kit.Second(who).Trailing().Lines(1),
			widget.Row(theme.GapTight, widget.Space(), v.kit.Second(when), v.connection()),
		)
	}
	if withDate {
		when = v.date(now) + " " + when
	}
	return widget.Column(0,
		v.kit.Second(when).Trailing(),
		widget.Row(theme.GapTight, widget.Space(), v.connection()),
	)
}

func (v *visit) connection() fyne.CanvasObject {
	p := v.look().Palette
	state := v.app.cfg.State()
	if state.Serves() {
		return widget.Row(theme.GapTight, widget.Dot(p.Good), v.kit.Second(v.t("frame.connected")))
	}
	if state.Untried {
		return v.kit.Second(v.t("frame.starting"))
	}
	text := v.t("frame.offline")
	if !state.LastContact.IsZero() {
		text = v.t("frame.offline_as_of", state.LastContact.In(v.app.cfg.Site().Location()).Format("15:04"))
	}
	return v.kit.Second("▲ " + text).In(p.Bad)
}

func (v *visit) footer(c content) fyne.CanvasObject {
	parts := append([]fyne.CanvasObject{}, c.footer...)
	if !c.spread {
		parts = append(parts, widget.Space())
	}
	if v.route.Page == PageHome {
		parts = append(parts, v.displayButton())
	}
	end := len(parts)
	if v.route.Page != PageHome {
		parts = append(parts, v.kit.Button(v.t("frame.end"), widget.Plain, v.app.endSession))
	}
	if v.cartReachable() {
		// A form whose buttons need the whole width is one step away from the cart.
		withCart := widget.Row(theme.Gap, slices.Insert(slices.Clone(parts), end, v.cartButton())...)
		if withCart.MinSize().Width <= v.size.Width-2*theme.Margin {
			return withCart
		}
	}
	return widget.Row(theme.Gap, parts...)
}

// cartReachable reports whether the footer leads to the cart: everywhere, also to an
// empty one, which says how it is filled; but not where the cart is being confirmed
// already, and not where nobody has begun yet.
func (v *visit) cartReachable() bool {
	switch {
	case v.app.staffed() || v.app.pages[v.route.Page].noCart:
		return false
	case v.route.Page == PageHome:
		return len(v.app.session.Cart()) > 0
	}
	return v.app.state.Searchable
}

// displayButton leads to language, size of type and colours.
func (v *visit) displayButton() fyne.CanvasObject {
	return v.kit.Button(v.t("frame.display"), widget.Plain, v.open(Route{Page: PageDisplay}))
}

// root is the window's content: it fills the window and tells its size.
type rootLayout struct{ resized func(fyne.Size) }

func newRoot(resized func(fyne.Size)) *fyne.Container {
	return container.New(rootLayout{resized})
}

func (rootLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (l rootLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
	l.resized(size)
}

// catcher is a ground that notices touches which hit nothing else.
type catcher struct {
	fynewidget.BaseWidget
	touched func()
}

func newCatcher(touched func()) *catcher {
	c := &catcher{touched: touched}
	c.ExtendBaseWidget(c)
	return c
}

func (c *catcher) Tapped(*fyne.PointEvent)          { c.touched() }
func (c *catcher) TappedSecondary(*fyne.PointEvent) { c.touched() }

func (c *catcher) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
