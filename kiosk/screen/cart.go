package screen

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/session"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// cartButton leads to the hold cart, and says how much is in it.
func (v *visit) cartButton() fyne.CanvasObject {
	return v.kit.Button(v.t("cart.button", len(v.app.session.Cart())), widget.Plain, v.open(Route{Page: PageCart}))
}

// inCart reports whether a bib is in the cart.
func (v *visit) inCart(id library.BibID) bool {
	return slices.ContainsFunc(v.app.session.Cart(), func(l session.CartLine) bool { return l.Bib == id })
}

// addToCart puts a bib into the cart.
func (v *visit) addToCart(b library.Bib) {
	v.app.session.SetCart(append(v.app.session.Cart(), cartLine(b)))
	v.app.rebuild()
}

// cartLine is a bib as it stands in the cart, ticked.
func cartLine(b library.Bib) session.CartLine {
	return session.CartLine{Bib: b.ID, Title: fullTitle(b), Work: b.Title, Volume: b.Volume, Creators: creators(b.Creators, 2), Now: true}
}

// cart is 予約カート: what was collected, what of it is to be held now.
func cart(v *visit) content {
	lines := v.app.session.Cart()
	if len(lines) == 0 {
		return content{title: v.t("cart.title"), body: widget.Column(theme.Gap, v.kit.Strong(v.t("cart.empty")), v.kit.Text(v.t("cart.empty_about")))}
	}
	now := 0
	for _, l := range lines {
		if l.Now {
			now++
		}
	}
	high := max(v.buttonHeight()+theme.GapWide, v.rowHeight())
	head := v.kit.Second(v.t("cart.about")).Lines(2)
	per := max(1, int((v.bodySize().Height-widget.HeightFor(head, v.bodySize().Width)-theme.Gap)/(high+theme.Border)))
	first := min(v.route.Offset, len(lines)-1)
	var rows []fyne.CanvasObject
	for i := first; i < min(first+per, len(lines)); i++ {
		rows = append(rows, widget.Sized(0, high, widget.Middle(v.cartRow(lines, i))))
	}
	var actions []fyne.CanvasObject
	if now > 1 && v.can(library.AbilityHoldSequence) {
		actions = append(actions, v.kit.Button(v.t("cart.sequence"), widget.Outlined, func() {
			v.app.session.SetCart(byVolume(lines))
			v.app.open(Route{Page: PageSequence})
		}))
	}
	if now > 0 {
		actions = append(actions, v.kit.Button(v.t("cart.go_on", now), widget.Filled, func() { v.hold(false) }))
	}
	body := widget.Column(theme.Gap, head, widget.Fill(v.rows(rows)), widget.Row(theme.Gap, append([]fyne.CanvasObject{widget.Space()}, actions...)...))
	var footer []fyne.CanvasObject
	if len(lines) > per {
		footer = v.pager(per, len(lines), false)
	}
	return content{title: v.t("cart.title"), body: body, footer: footer}
}

// byVolume puts the ticked volumes of each work into their order, on the places that
// they have in the cart.
func byVolume(lines []session.CartLine) []session.CartLine {
	lines = slices.Clone(lines)
	places := map[string][]int{}
	for i, l := range lines {
		if l.Now {
			places[l.Work] = append(places[l.Work], i)
		}
	}
	for _, at := range places {
		volumes := make([]session.CartLine, len(at))
		for n, i := range at {
			volumes[n] = lines[i]
		}
		slices.SortStableFunc(volumes, func(a, b session.CartLine) int {
			return strings.Compare(library.VolumeKey(a.Volume), library.VolumeKey(b.Volume))
		})
		for n, i := range at {
			lines[i] = volumes[n]
		}
	}
	return lines
}

// cartRow is one line of the cart: a tick, what it is, and 解除.
func (v *visit) cartRow(lines []session.CartLine, i int) fyne.CanvasObject {
	l := lines[i]
	tick, style := "□ "+v.t("cart.later"), widget.Plain
	if l.Now {
		tick, style = "✓ "+v.t("cart.now"), widget.Outlined
	}
	return widget.Row(theme.GapWide,
		widget.Sized(200, 0, v.kit.Button(tick, style, func() {
			lines[i].Now = !l.Now
			v.app.session.SetCart(lines)
			v.app.rebuild()
		})),
		widget.Fill(widget.Column(2, v.kit.Strong(l.Title).Lines(1), v.kit.Second(l.Creators).Lines(1))),
		v.kit.Button(v.t("cart.remove"), widget.Plain, func() {
			v.app.session.SetCart(slices.Delete(lines, i, i+1))
			v.app.rebuild()
		}),
	)
}

// sequenceAbout says when a later volume is given out, by the policy of this library.
func (v *visit) sequenceAbout() string {
	return v.worded("sequence.about."+v.app.cfg.Site().Policy.SequenceAfter, "sequence.about.ready")
}

// sequence is 順番予約: in which order the ticked ones are to come.
func sequence(v *visit) content {
	lines := v.app.session.Cart()
	var at []int // of the ticked ones
	for i, l := range lines {
		if l.Now {
			at = append(at, i)
		}
	}
	swap := func(n, m int) func() {
		return func() {
			lines[at[n]], lines[at[m]] = lines[at[m]], lines[at[n]]
			v.app.session.SetCart(lines)
			v.app.rebuild()
		}
	}
	var rows []fyne.CanvasObject
	high := max(v.buttonHeight()+theme.GapWide, v.rowHeight())
	for n, i := range at {
		up, down := widget.Quiet, widget.Quiet
		var goUp, goDown func()
		if n > 0 {
			up, goUp = widget.Plain, swap(n, n-1)
		}
		if n < len(at)-1 {
			down, goDown = widget.Plain, swap(n, n+1)
		}
		rows = append(rows, widget.Sized(0, high, widget.Middle(widget.Row(theme.Gap,
			widget.Sized(64, 0, v.kit.Title(v.t("sequence.place", n+1))),
			widget.Fill(widget.Column(2, v.kit.Strong(lines[i].Title).Lines(1), v.kit.Second(lines[i].Creators).Lines(1))),
			v.kit.Button("▲ "+v.t("sequence.up"), up, goUp),
			v.kit.Button("▼ "+v.t("sequence.down"), down, goDown),
		))))
	}
	head := v.kit.Text(v.sequenceAbout()).Lines(3)
	per := max(1, int((v.bodySize().Height-widget.HeightFor(head, v.bodySize().Width)-v.buttonHeight()-2*theme.Gap)/(high+theme.Border)))
	first := min(v.route.Offset, max(0, len(rows)-1))
	var footer []fyne.CanvasObject
	if len(rows) > per {
		footer = v.pager(per, len(rows), false)
	}
	body := widget.Column(theme.Gap, head, widget.Fill(v.rows(rows[first:min(first+per, len(rows))])),
		widget.Row(theme.Gap, widget.Space(), v.kit.Button(v.t("cart.go_on", len(at)), widget.Filled, func() { v.hold(true) })))
	return content{title: v.t("sequence.title"), body: body, footer: footer}
}

// hold goes on with what is ticked: to its confirmation, or to a 仮受付 while the server
// is away.
func (v *visit) hold(sequence bool) {
	if v.app.away() {
		v.app.startRequest(v.cartRequest(sequence), Route{})
		return
	}
	v.app.loggedIn(Route{Page: PageConfirm, Sequence: sequence})
}
