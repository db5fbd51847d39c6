package screen

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/session"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// confirm asks where to pick the holds up and how to be told, and places them.
func confirm(v *visit) content {
	body := newSlot()
	account := v.app.account
	load(v, func() { put(body, v.kit.Second(v.t("wait.moment"))) }, func(ctx context.Context) (library.Account, error) {
		if account == nil {
			return library.Account{}, errNobody
		}
		return account.Account(ctx)
	}, func(a library.Account, err error) {
		switch {
		case err == nil:
			r := v.route
			if r.Pickup == "" {
				r.Pickup = a.HomeBranch
			}
			if _, known := v.app.cfg.Site().Branch(r.Pickup); !known {
				r.Pickup = v.branch()
			}
			if !slices.Contains(a.Contacts, r.Contact) {
				r.Contact = library.NoNews
				if len(a.Contacts) > 0 {
					r.Contact = a.Contacts[0]
				}
			}
			v.keep(r)
			put(body, v.confirmBody(a))
		case !v.app.lost(err):
			put(body, v.kit.Text(v.refusal(err)))
		}
	})
	return content{title: v.t("confirm.title"), body: body}
}

// ticked are the bibs that are to be held now, in the order of the cart.
func (v *visit) ticked() (bibs []library.BibID) {
	for _, l := range v.app.session.Cart() {
		if l.Now {
			bibs = append(bibs, l.Bib)
		}
	}
	return bibs
}

func (v *visit) confirmBody(a library.Account) fyne.CanvasObject {
	k := v.kit
	lead := v.t("confirm.count", len(v.ticked()))
	if v.route.Sequence {
		lead = v.t("confirm.count_sequence", len(v.ticked()))
	}
	if len(a.Contacts) == 0 {
		a.Contacts = []library.Contact{library.NoNews}
	}
	hint := v.t("confirm.not_yet")
	if !slices.Contains(a.Contacts, library.ByMail) {
		hint = v.t("confirm.no_mail")
	}
	return widget.Column(theme.GapWide,
		k.Title(lead),
		v.form(v.pickups(), v.contacts(a.Contacts), k.Second(hint).Lines(2)),
		widget.Row(0, widget.Space(), k.Button(v.t("confirm.place"), widget.Filled, v.place)),
	)
}

// form sets the choices of a form at the top of a wide screen, and at the bottom of
// a tall one.
func (v *visit) form(choices ...fyne.CanvasObject) *fyne.Container {
	body := widget.Column(theme.GapWide, choices...)
	if v.portrait() {
		return widget.Fill(widget.Column(0, widget.Space(), body))
	}
	return widget.Fill(widget.Column(0, body, widget.Space()))
}

// pickups are the branches to pick up at, the home branch first.
func (v *visit) pickups() fyne.CanvasObject {
	var choices []fyne.CanvasObject
	about := ""
	for _, b := range v.branchesNearFirst() {
		choices = append(choices, v.kit.Button(v.branchShort(b), widget.Plain, func() {
			r := v.route
			r.Pickup = b.Code
			v.app.show(r)
		}).Select(b.Code == v.route.Pickup))
		if b.Code == v.route.Pickup {
			about = v.openingOf(b)
		}
	}
	return widget.Column(12, v.kit.Second(v.t("confirm.pickup")), widget.Wrap(12, choices...), v.kit.Second(about).Lines(2))
}

// openingOf says when a branch is open today, and when it is closed next.
func (v *visit) openingOf(b library.Branch) string {
	today := library.DateOf(v.now())
	text := v.t("home.closed_today")
	if h, open := b.Calendar.On(today); open {
		text = v.t("home.open_today", v.minutes(h.Open), v.minutes(h.Close))
	}
	if d, closed := b.Calendar.NextClosed(today); closed {
		text += "　" + v.t("home.next_closed", v.day(d))
	}
	return v.branchName(b) + "　" + text
}

func (v *visit) contacts(all []library.Contact) fyne.CanvasObject {
	var choices []fyne.CanvasObject
	for _, c := range all {
		choices = append(choices, v.kit.Button(v.t("contact."+string(c)), widget.Plain, func() {
			r := v.route
			r.Contact = c
			v.app.show(r)
		}).Select(c == v.route.Contact))
	}
	return widget.Column(12, v.kit.Second(v.t("confirm.contact")), widget.Wrap(12, choices...))
}

// place places the holds. What was refused stays in the cart, unticked.
func (v *visit) place() {
	a, account := v.app, v.app.account
	if account == nil || v.app.loading > 0 {
		return
	}
	req := library.HoldRequest{Bibs: v.ticked(), Pickup: v.route.Pickup, Contact: v.route.Contact, Sequence: v.route.Sequence}
	load(v, nil, func(ctx context.Context) ([]library.HoldAnswer, error) {
		return account.PlaceHolds(context.WithoutCancel(ctx), req)
	}, func(answers []library.HoldAnswer, err error) {
		if err != nil {
			if !a.lost(err) {
				a.say(v.refusal(err))
			}
			return
		}
		a.answers = answers
		a.session.SetCart(remaining(a.session.Cart(), answers))
		a.back = []Route{{Page: PageMenu}}
		a.show(Route{Page: PageHeld})
	})
}

// remaining is the cart without what is held now.
func remaining(lines []session.CartLine, answers []library.HoldAnswer) []session.CartLine {
	for _, answer := range answers {
		i := slices.IndexFunc(lines, func(l session.CartLine) bool { return l.Bib == answer.BibID })
		switch {
		case i < 0:
		case answer.Hold != nil:
			lines = slices.Delete(lines, i, i+1)
		default:
			lines[i].Now = false
		}
	}
	return lines
}

// held says what became of each line, and what happens next.
func held(v *visit) content {
	titles := map[library.BibID]string{}
	for _, l := range v.app.session.Cart() {
		titles[l.Bib] = l.Title
	}
	placed := 0
	var rows []fyne.CanvasObject
	for _, answer := range v.app.answers {
		title, about := titles[answer.BibID], widget.Column(0)
		if h := answer.Hold; h != nil {
			placed++
			title = h.Title
			tag, tone := v.holdState(*h)
			about = widget.Column(0, widget.Row(0, v.kit.Tag(tag, tone), widget.Space()), v.kit.Second(v.holdAbout(*h)).Lines(1))
		} else {
			about.Add(v.kit.Second("▲ " + v.t("refusal."+answer.Refusal)).In(v.look().Bad).Lines(2))
		}
		rows = append(rows, widget.Inset(10, 0, 10, 0, widget.Columns(theme.GapWide, []float32{1.3, 1}, widget.Middle(v.kit.Strong(title).Lines(2)), widget.Middle(about))))
	}
	size := v.bodySize()
	size.Height -= v.look().Title*theme.TitleLine + v.look().Text*theme.RunningLine*2 + v.buttonHeight() + 3*theme.GapWide
	pages := v.paginate(rows, theme.Border, size)
	page := min(v.route.Offset, len(pages)-1)
	var footer []fyne.CanvasObject
	if len(pages) > 1 {
		footer = v.pager(1, len(pages), false)
	}
	title, next := v.t("held.count", placed), v.t("held.next")
	if placed == 0 {
		title, next = v.t("held.none"), v.t("held.none_next")
	}
	body := widget.Column(theme.GapWide,
		v.kit.Title(title),
		v.kit.Text(next).Lines(2),
		widget.Fill(v.rows(pages[page])),
		widget.Row(theme.Gap, widget.Space(), v.kit.Button(v.t("held.list"), widget.Outlined, v.open(Route{Page: PageHolds})), v.kit.Button(v.t("held.end"), widget.Filled, v.app.endSession)),
	)
	return content{title: v.t("held.title"), body: body, footer: footer}
}
