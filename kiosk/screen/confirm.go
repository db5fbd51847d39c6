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
			if !v.can(library.AbilityHoldContact) {
				a.Contacts = []library.Contact{library.NoNews}
			}
			if !slices.Contains(a.Contacts, r.Contact) {
				r.Contact = library.NoNews
				if len(a.Contacts) > 0 {
					r.Contact = a.Contacts[0]
				}
			}
			v.keep(r)
			v.app.know(a)
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
	note, way := fyne.CanvasObject(k.Second(v.t("confirm.not_yet")).Lines(2)), fyne.CanvasObject(widget.Column(0))
	if v.can(library.AbilityHoldContact) && !slices.Contains(a.Contacts, library.ByMail) && v.mails() {
		note = widget.Column(0) // the button says it
		way = k.Button(v.t("confirm.register_mail"), widget.Outlined, v.open(Route{Page: PageEmailEdit}))
	}
	what := fyne.CanvasObject(k.Second(v.tickedTitles()).Lines(2))
	if warning := v.cannotCollect(); warning != nil {
		what = warning
	}
	return widget.Column(theme.GapWide,
		widget.Column(theme.GapTight, k.Title(lead), what),
		v.form(v.choices(a), widget.Column(theme.GapTight, k.Second(v.toldBy(a.Contacts)).Lines(3), note)),
		widget.Row(theme.Gap, way, widget.Space(), k.Button(v.t("confirm.place"), widget.Filled, v.place)),
	)
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
				a.rebuild() // with what is registered now
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
