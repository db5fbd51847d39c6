package screen

import (
	"context"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// menu is 利用者メニュー: how a patron's things stand, and where to go from there.
func menu(v *visit) content {
	body := newSlot()
	fetch(v, body, func(ctx context.Context, account Account) (s standing, err error) {
		if s.account, err = account.Account(ctx); err != nil {
			return s, err
		}
		s.loans, err = account.Loans(ctx)
		return s, err
	}, func(s standing) {
		v.app.know(s.account)
		put(body, v.menuBody(s.account, s.loans))
	})
	return content{title: v.t("menu.title"), body: body}
}

// standing is how a patron's things stand.
type standing struct {
	account library.Account
	loans   library.PatronLoans
}

func (v *visit) menuBody(a library.Account, l library.PatronLoans) fyne.CanvasObject {
	k := v.kit
	head := widget.Column(theme.GapTight, k.Display(v.t("menu.name", a.Name)).Lines(1).DownTo(v.look().Text))
	for _, m := range a.Messages {
		if key := "message." + m; v.app.printer.Has(key) {
			text := v.t("message." + m)
			if m == library.MessageCardExpires {
				text = v.t("message."+m, v.day(a.ValidUntil))
			}
			head.Add(v.message(m, k.Text("▲ "+text).In(v.look().Bad)))
		}
	}
	ready := v.t("menu.holds_none")
	if a.HoldsReady > 0 {
		ready = v.t("menu.holds_ready", a.HoldsReady)
	}
	head.Add(k.Text(ready))
	tile := func(name string, r Route, about ...fyne.CanvasObject) fyne.CanvasObject {
		return k.Tile(v.t(name), widget.Plain, widget.Inset(theme.GapWide, theme.GapSection, theme.GapWide, theme.GapSection,
			widget.Fitting(theme.Gap, append([]fyne.CanvasObject{k.Title(v.t(name))}, about...)...)), v.open(r))
	}
	tiles := widget.Columns(theme.GapWide, []float32{1.6, 1},
		tile("menu.loans", Route{Page: PageLoans}, v.loansInShort(a, l)...),
		widget.Column(theme.GapWide,
			widget.Fill(tile("menu.holds", Route{Page: PageHolds}, k.Text(v.t("menu.holds_about")))),
			widget.Fill(tile("menu.search", Route{Page: PageSearch}, k.Text(v.t("menu.search_about")))),
		),
	)
	if v.portrait() {
		return widget.Column(theme.GapWide, head, widget.Space(), widget.Sized(0, v.size.Height*0.36, tiles), v.ownData(a))
	}
	return widget.Column(theme.GapWide, head, widget.Fill(tiles), v.ownData(a))
}

// message is one of the messages, with the way to what can be done about it.
func (v *visit) message(m string, text fyne.CanvasObject) fyne.CanvasObject {
	way := func(label string, page Page) fyne.CanvasObject {
		return widget.Row(theme.GapWide, widget.Fill(text), v.kit.Button(v.t(label), widget.Outlined, v.open(Route{Page: page})))
	}
	switch {
	case m == library.MessageHoldFellBack, m == library.MessageHoldEnded:
		return way("held.list", PageHolds)
	case !v.can(library.AbilityEmail):
	case m == library.MessageBouncing:
		return way("email.what_to_do", PageEmailAdvice)
	case m == library.MessageUnconfirmed:
		return way("email.enter_code", PageEmailCode)
	}
	return text
}

// ownData are the ways to password and address, where the library sends mails, and
// before them to what became of requests, where there were any.
func (v *visit) ownData(a library.Account) fyne.CanvasObject {
	tile := func(name string, about fyne.CanvasObject, style widget.Style, page Page) fyne.CanvasObject {
		line := widget.Row(theme.GapWide, widget.Fill(v.kit.Title(v.t(name)).Lines(1).DownTo(v.look().Text*0.8)))
		if about != nil {
			line = widget.Row(theme.GapWide, v.kit.Title(v.t(name)), widget.Fill(about))
		}
		return v.kit.Tile(v.t(name), style, widget.Sized(0, 96, widget.Middle(widget.Inset(0, theme.GapSection, 0, theme.GapSection, line))), v.open(Route{Page: page}))
	}
	about := func(key string) fyne.CanvasObject { return v.kit.Second(v.t(key)).Lines(1).OrNothing() }
	var all []fyne.CanvasObject
	if v.can(library.AbilityPassword) {
		all = append(all, tile("menu.password", about("menu.password_about"), widget.Plain, PageChange))
	}
	if v.mails() {
		all = append(all, tile("menu.email", about("menu.email_about"), widget.Plain, PageEmail))
	}
	own := widget.Columns(theme.GapWide, nil, all...)
	if len(a.Requests) == 0 {
		return own
	}
	results := tile("menu.requests", nil, widget.Outlined, PageRequestResults)
	if len(all) == 0 {
		return results
	}
	if v.portrait() {
		return widget.Column(theme.GapWide, results, own)
	}
	return widget.Columns(theme.GapWide, []float32{1, 1.25}, results, own)
}

// loansInShort says how many there are, and which must be back first.
func (v *visit) loansInShort(a library.Account, l library.PatronLoans) []fyne.CanvasObject {
	k := v.kit
	about := v.t("menu.loans_none")
	if a.Loans > 0 {
		about = v.t("menu.loans_about", a.Loans)
	}
	if a.Overdue > 0 {
		about = v.t("menu.loans_overdue", a.Loans, a.Overdue)
	}
	lines := []fyne.CanvasObject{k.Text(about)}
	for _, loan := range l.Loans[:min(4, len(l.Loans))] {
		until := k.Second(v.t("loans.until", v.day(loan.DueOn)))
		if loan.DueOn.Before(l.Today) {
			until = k.Second("▲ " + v.t("loans.until", v.day(loan.DueOn))).In(v.look().Bad)
		}
		lines = append(lines, widget.Column(theme.GapTight, k.Rule(), widget.Row(theme.Gap, widget.Fill(k.Text(loan.Title).Lines(1)), until)))
	}
	return lines
}
