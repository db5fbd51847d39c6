package screen

import (
	"context"
	"slices"
	"strings"

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
			v.instead(err, v.cartRequest(v.route.Sequence))
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

// tickedTitles are their titles, in that order.
func (v *visit) tickedTitles() string {
	var titles []string
	for _, l := range v.app.session.Cart() {
		if l.Now {
			titles = append(titles, l.Title)
		}
	}
	return strings.Join(titles, v.t("confirm.and"))
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
	hint, way := v.t("confirm.not_yet"), fyne.CanvasObject(widget.Column(0))
	if !slices.Contains(a.Contacts, library.ByMail) && v.mails() {
		hint = v.t("confirm.no_mail")
		way = k.Button(v.t("confirm.register_mail"), widget.Outlined, v.open(Route{Page: PageEmailEdit}))
	}
	return widget.Column(theme.GapWide,
		widget.Column(theme.GapTight, k.Title(lead), k.Second(v.tickedTitles()).Lines(2)),
		v.form(v.choices(a), k.Second(hint).Lines(2)),
		widget.Row(theme.Gap, way, widget.Space(), k.Button(v.t("confirm.place"), widget.Filled, v.place)),
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

// choices are where to pick holds up and how to be told: side by side where the screen
// is wide.
func (v *visit) choices(a library.Account) fyne.CanvasObject {
	width := v.bodySize().Width
	if v.portrait() {
		return widget.Column(theme.GapWide, v.pickups(a.HomeBranch, width), v.contacts(a.Contacts))
	}
	const share = 1.6
	left := (width - theme.GapSection) * share / (share + 1)
	return widget.Columns(theme.GapSection, []float32{share, 1}, v.pickups(a.HomeBranch, left), v.contacts(a.Contacts))
}

// pickups are the branches to pick up at, the home branch first, and when the chosen
// one is open; many of them are shown by turns.
func (v *visit) pickups(home library.BranchCode, width float32) fyne.CanvasObject {
	var choices []*widget.Button
	about := widget.Column(0)
	for _, b := range v.branchesFrom(home) {
		choices = append(choices, v.kit.Button(v.branchShort(b), widget.Plain, func() {
			r := v.route
			r.Pickup = b.Code
			v.app.show(r)
		}).Select(b.Code == v.route.Pickup))
		if b.Code == v.route.Pickup {
			about.Add(v.kit.Second(v.branchName(b) + "　" + v.openingDays(b.Calendar)).Lines(2))
			about.Add(v.kit.Second(v.openingOf(b)).Lines(2))
		}
	}
	return widget.Column(12, v.kit.Second(v.t("confirm.pickup")), widget.Wrap(12, v.byTurns(choices, width)...), about)
}

// branchesFrom are all branches: one first, then those that are near.
func (v *visit) branchesFrom(first library.BranchCode) []library.Branch {
	all := v.branchesNearFirst()
	if i := slices.IndexFunc(all, func(b library.Branch) bool { return b.Code == first }); i > 0 {
		b := all[i]
		all = slices.Insert(slices.Delete(slices.Clone(all), i, i+1), 0, b)
	}
	return all
}

// byTurns are as many of the buttons as fit two lines, from Route.Offset on, and one
// that shows the next of them.
func (v *visit) byTurns(choices []*widget.Button, width float32) []fyne.CanvasObject {
	const gap = 12
	fits := func(buttons []fyne.CanvasObject) bool {
		return widget.HeightFor(widget.Wrap(gap, buttons...), width) <= 2*v.buttonHeight()+gap
	}
	var shown []fyne.CanvasObject
	for _, b := range choices {
		shown = append(shown, b)
	}
	if fits(shown) {
		return shown
	}
	r := v.route
	first := r.Offset % len(choices)
	others := v.kit.Button("▶ "+v.t("confirm.other_branches"), widget.Quiet, nil)
	shown = []fyne.CanvasObject{others}
	n := first
	for ; n < len(choices); n++ {
		more := slices.Insert(slices.Clone(shown), len(shown)-1, fyne.CanvasObject(choices[n]))
		if !fits(more) {
			break
		}
		shown = more
	}
	r.Offset = max(n, first+1) % len(choices)
	others.OnTap(v.replace(r))
	return shown
}

// openingDays are the hours of each day of the week, from Monday on.
func (v *visit) openingDays(c library.Calendar) string {
	var parts []string
	name := func(n int) string {
		return v.t("date.weekday." + [...]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}[n])
	}
	hours := func(n int) library.Hours { return c.Hours[(n+1)%7] }
	for first := 0; first < 7; {
		last := first
		for last < 6 && hours(last+1) == hours(first) {
			last++
		}
		days := name(first)
		if last > first {
			days = v.t("confirm.days", days, name(last))
		}
		if h := hours(first); h.Close > h.Open {
			parts = append(parts, v.t("confirm.day_hours", days, v.minutes(h.Open), v.minutes(h.Close)))
		} else {
			parts = append(parts, v.t("confirm.closed_day", days))
		}
		first = last + 1
	}
	return strings.Join(parts, "　")
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
	return text
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
			if !a.lost(err) && !v.instead(err, v.cartRequest(v.route.Sequence)) {
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
