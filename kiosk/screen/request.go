package screen

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// request is what a patron leaves while the central server cannot be reached (仮受付).
// It is in no Route: it is let go of when its screens are left, and with the session.
type request struct {
	card     string          // in its normal form, "" until it is known
	item     library.ItemID  // whose loan is to be renewed, "" for holds
	bibs     []library.BibID // that are to be held
	titles   []string        // of what is asked for
	sequence bool            // 順番予約, in this order

	receipt string // the code of what was left, see library.ReceiptCode
	at      time.Time
}

// takesRequests reports whether something can be left here when the server is away.
func (a *App) takesRequests() bool { return a.cfg.Leave != nil && a.cfg.State().TakesRequests }

// away reports whether the server is away, and something can be left for it.
func (a *App) away() bool {
	return a.takesRequests() && !a.staffed() && a.cfg.State().Away()
}

// startRequest shows what it means to leave a request. Pickup and contact are those of
// the Route, where they were chosen already.
func (a *App) startRequest(wish request, chosen Route) {
	if most := min(a.cfg.Site().Policy.MaxHolds, mostInRequest); len(wish.bibs) > most {
		a.say(a.printer.T("request.too_many", most))
		return
	}
	if card := a.session.Patron().Card; card != "" {
		wish.card = card
	}
	a.request = &wish
	a.open(Route{Page: PageRequest, Pickup: chosen.Pickup, Contact: chosen.Contact})
}

// mostInRequest is how many holds the server takes in one request, whatever a library
// allows a patron.
const mostInRequest = 100

// cartRequest asks for what is ticked in the cart.
func (v *visit) cartRequest(sequence bool) request {
	wish := request{sequence: sequence}
	for _, l := range v.app.session.Cart() {
		if l.Now {
			wish.bibs, wish.titles = append(wish.bibs, l.Bib), append(wish.titles, l.Title)
		}
	}
	return wish
}

// instead offers to leave as a request what the server could not be asked for, and
// reports whether it does.
func (v *visit) instead(err error, wish request) bool {
	if !errors.Is(err, library.ErrUnreachable) || !v.app.takesRequests() || wish.item == "" && len(wish.bibs) == 0 {
		return false
	}
	v.ask(v.t("request.offer"), v.t("request.offer_about"), v.t("request.begin"), func() { v.app.startRequest(wish, v.route) })
	return true
}

// requestBegin says what is asked for, and what a 仮受付 is.
func requestBegin(v *visit) content {
	k, asked := v.kit, v.app.request
	chosen := widget.Column(theme.GapTight)
	if v.route.Pickup != "" && asked.item == "" {
		chosen.Add(k.Second(joined("　", v.t("holds.pickup", v.branchOf(v.route.Pickup)), v.t("contact."+string(v.route.Contact)))).Lines(2))
	}
	next := widget.Row(theme.Gap, widget.Space(), k.Button(v.t("request.go_on"), widget.Filled, v.requestNext))

	size := v.bodySize()
	room := fyne.NewSize((size.Width-theme.GapSection)/2, size.Height-widget.HeightFor(next, size.Width)-theme.GapWide)
	facts := v.requestFacts(theme.GapSection)
	if widget.HeightFor(facts, room.Width) > room.Height {
		facts = v.requestFacts(theme.Gap)
	}
	if v.portrait() {
		room = fyne.NewSize(size.Width, size.Height-widget.HeightFor(next, size.Width)-widget.HeightFor(facts, size.Width)-3*theme.GapSection)
	}
	list, footer := v.askedFor(asked, fyne.NewSize(room.Width, room.Height-widget.HeightFor(chosen, room.Width)-theme.Gap))
	what := widget.Column(theme.Gap, list, chosen)
	body := widget.Column(theme.GapWide, widget.Fill(widget.Columns(theme.GapSection, nil, facts, what)), next)
	if v.portrait() {
		body = widget.Column(theme.GapSection, widget.Space(), facts, what, next)
	}
	return content{title: v.t("request.title"), body: body, footer: footer, scanned: v.requestScanned(v.app.say)}
}

// requestFacts are what a patron must know before a request is left.
func (v *visit) requestFacts(gap float32) fyne.CanvasObject {
	k := v.kit
	facts := widget.Column(gap, k.Display(v.requestLead()).Lines(1).DownTo(v.look().Text))
	for _, fact := range [][2]string{
		{"request.kept", "request.kept_about"},
		{"request.open", "request.open_about"},
		{"request.told", "request.told_about"},
	} {
		facts.Add(widget.Column(0, k.Strong(v.t(fact[0])), k.Text(v.t(fact[1]))))
	}
	if warning := v.cannotCollect(); warning != nil && v.app.request.item == "" {
		facts.Add(warning)
	}
	return facts
}

// requestLead says what is about to be left.
func (v *visit) requestLead() string {
	asked := v.app.request
	switch {
	case asked.item != "":
		return v.t("request.lead_renewal")
	case asked.sequence:
		return v.t("request.lead_sequence", len(asked.titles))
	}
	return v.t("request.lead", len(asked.titles))
}

// askedFor lists the titles of a request between rules, page by page.
func (v *visit) askedFor(asked *request, room fyne.Size) (list fyne.CanvasObject, footer []fyne.CanvasObject) {
	var rows []fyne.CanvasObject
	number := v.kit.Text(strconv.Itoa(len(asked.titles))).Weight(true).MinSize().Width
	for i, title := range asked.titles {
		text := v.kit.Text(title).Lines(4)
		row := fyne.CanvasObject(text)
		if asked.sequence {
			row = widget.Row(theme.Gap, widget.Fixed(number, v.kit.Text(strconv.Itoa(i+1)).Weight(true).Trailing()), widget.Fill(text))
		}
		rows = append(rows, widget.Inset(6, 0, 6, 0, row))
	}
	pages := paginate(rows, theme.Border, fyne.NewSize(room.Width, room.Height-theme.Border))
	if len(pages) > 1 {
		footer = v.pager(1, len(pages), false)
	}
	return v.rows(pages[min(v.route.Offset, len(pages)-1)]), footer
}

// requestNext goes on to what is not known yet: where to pick up, whose card, and at
// last the password.
func (v *visit) requestNext() {
	asked, r := v.app.request, v.route
	r.Offset = 0
	switch {
	case asked.item == "" && r.Pickup == "":
		r.Page = PageRequestPickup
	case asked.card == "":
		r.Page = PageRequestCard
	default:
		r.Page = PageRequestPassword
	}
	v.app.open(r)
}

// requestPickup asks where to pick the holds up and how to be told. What is registered
// of the patron is not known here, so every way that the library has is offered.
func requestPickup(v *visit) content {
	ways := []library.Contact{library.ByPhone, library.NoNews}
	if v.mails() {
		ways = slices.Insert(ways, 0, library.ByMail)
	}
	r := v.route
	if r.Pickup == "" {
		r.Pickup, r.Contact = v.branch(), ways[0]
	}
	v.keep(r)
	k := v.kit
	return content{
		title: v.t("request.title"),
		body: widget.Column(theme.GapWide,
			k.Title(v.t("request.pickup")),
			v.form(v.choices(library.Account{HomeBranch: v.branch(), Contacts: ways}), k.Second(v.t("request.contact_about")).Lines(3)),
			widget.Row(theme.Gap, widget.Space(), k.Button(v.t("request.go_on"), widget.Filled, v.requestNext)),
		),
		scanned: v.requestScanned(v.app.say),
	}
}

// requestCard asks for the card that the request is of.
func requestCard(v *visit) content {
	c := v.cardEntry("request.title", "login.scan", "login.or_type", v.requestOf)
	otherwise := c.scanned
	c.scanned = func(code barcode.Code) bool {
		if code.Kind != barcode.Card {
			return otherwise(code)
		}
		v.requestOf(code.Text)
		return true
	}
	return c
}

// requestOf goes on with a card.
func (v *visit) requestOf(card string) {
	v.app.request.card = card
	v.requestNext()
}

// requestPassword asks for the password, and leaves the request. What is typed is in
// this screen, and goes nowhere but into the library.Request.
func requestPassword(v *visit) content {
	entry := &secretField{visit: v, field: newSlot(), note: newSlot()}
	entry.submit = func() { entry.leave() }
	entry.draw()
	lead := widget.Column(theme.GapTight,
		v.kit.Title(v.t("login.password")),
		v.kit.Second(v.t("request.password_about")),
	)
	c := entry.content(v.t("request.title"), lead, widget.Keypad, []widget.Layout{widget.Keypad, widget.Small, widget.Capitals}, v.t("request.leave"))
	c.scanned = v.requestScanned(entry.say)
	return c
}

// leave leaves the request, and goes on to its receipt. What was asked for is taken
// out of the cart then; where nothing can be kept, it stays there.
func (s *secretField) leave() {
	if s.busy || s.text == "" {
		return
	}
	v, a, asked := s.visit, s.app, s.app.request
	left := library.Request{Card: asked.card, Password: s.text, RenewItem: asked.item}
	if asked.item == "" {
		left.Holds = &library.HoldRequest{Bibs: asked.bibs, Pickup: v.route.Pickup, Contact: v.route.Contact, Sequence: asked.sequence}
	}
	s.text, s.busy = "", true
	s.draw()
	put(s.note, v.kit.Text(v.t("wait.moment")))
	load(v, nil, func(ctx context.Context) (string, error) {
		// What was kept is left, whether or not somebody still looks.
		return a.cfg.Leave(context.WithoutCancel(ctx), left)
	}, func(receipt string, err error) {
		s.busy = false
		if err != nil {
			s.say(v.refusal(err))
			return
		}
		asked.receipt, asked.at = receipt, v.now()
		a.session.SetCart(slices.DeleteFunc(a.session.Cart(), func(l session.CartLine) bool { return slices.Contains(asked.bibs, l.Bib) }))
		a.card, a.next, a.back = "", Route{}, nil
		if a.account != nil {
			a.back = []Route{{Page: PageMenu}}
		}
		a.show(Route{Page: PageRequested, Pickup: v.route.Pickup, Contact: v.route.Contact})
	})
}

// requestScanned is what a scan means while a request is made: another card puts an end
// to it.
func (v *visit) requestScanned(say func(string)) func(barcode.Code) bool {
	return v.scannedFor(&v.app.request.card, say, v.app.nextPatron)
}

// nextPatron ends the session of somebody who never logged in, since somebody else
// stands here now.
func (a *App) nextPatron() {
	a.session.End(session.Other)
	a.forget()
	a.touched()
}
