package screen

import (
	"context"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// serve shows staff the patron of a card.
func (a *App) serve(card string) {
	a.served = served{card: card}
	a.back = []Route{{Page: PageStaff}}
	a.show(Route{Page: PageStaffPatron})
}

// staffCard asks for the number of a patron's card that cannot be scanned.
func staffCard(v *visit) content {
	return v.cardEntry("staff.patron", "staff.serve", "staff.serve_type", v.app.serve)
}

// staffPatron shows what staff need to compare with an identity document, and how
// the patron's registration stands; never a password, an address or a number.
func staffPatron(v *visit) content {
	body := newSlot()
	a := v.app
	a.loadServed(v, body, func(p library.CounterPatron) { put(body, v.patronBody(p)) })
	return content{title: v.t("staff.patron"), body: body}
}

// loadServed asks for the patron whom staff serve.
func (a *App) loadServed(v *visit, body *fyne.Container, show func(library.CounterPatron)) {
	staff, card := a.staff, a.served.card
	load(v, func() { put(body, v.kit.Second(v.t("wait.moment"))) }, func(ctx context.Context) (library.CounterPatron, error) {
		if staff == nil || card == "" {
			return library.CounterPatron{}, errNobody
		}
		return staff.Patron(ctx, card)
	}, func(p library.CounterPatron, err error) {
		switch {
		case err == nil:
			a.served.patron = p
			show(p)
		case !v.staffLost(err):
			put(body, widget.Column(theme.GapWide, v.kit.Title("▲ "+v.staffRefusal(err)).In(v.look().Bad), v.kit.Text(v.t("staff.scan_again"))))
		}
	})
}

func (v *visit) patronBody(p library.CounterPatron) fyne.CanvasObject {
	k := v.kit
	facts := widget.Column(0, v.facts(p)...)
	var action fyne.CanvasObject = k.Button(v.t("temporary.begin"), widget.Filled, v.open(Route{Page: PageTemporary}))
	if p.Refusal != "" {
		action = k.Text("▲ " + v.cardRefusal(p.Refusal)).In(v.look().Bad).Lines(2)
	}
	actions := widget.Row(theme.Gap, widget.Fill(action))
	if p.Refusal == "" {
		actions = widget.Row(theme.Gap, widget.Space(), action)
	}
	if p.Locked {
		actions.Objects = append([]fyne.CanvasObject{k.Button(v.t("staff.unlock"), widget.Outlined, v.unlock)}, actions.Objects...)
	}
	if v.portrait() {
		return widget.Column(theme.GapSection, widget.Space(), v.identity(p), facts, actions)
	}
	return widget.Column(theme.GapSection, v.identity(p), widget.Fill(facts), actions)
}

// identity is what is compared with a document.
func (v *visit) identity(p library.CounterPatron) fyne.CanvasObject {
	k := v.kit
	about := p.Reading
	if p.BirthYear != 0 {
		about += "　" + v.born(p.BirthYear)
	}
	return widget.Column(0,
		k.Display(p.Name).Lines(1).DownTo(v.look().Text),
		k.Strong(about).Weight(false).Lines(1).DownTo(v.look().Second),
	)
}

// born words a year of birth as both calendars count it: documents may bear either.
func (v *visit) born(year int) string {
	if v.lang() != "ja" {
		return v.t("staff.born", year)
	}
	eras, last := "", ""
	for _, d := range []library.Date{{Year: year, Month: time.January, Day: 1}, {Year: year, Month: time.December, Day: 31}} {
		era, n, ok := library.EraOf(d)
		if !ok || era.Name == last {
			continue
		}
		if eras != "" {
			eras += "・"
		}
		count := strconv.Itoa(n)
		if n == 1 {
			count = "元"
		}
		eras, last = eras+era.Name+count+"年", era.Name
	}
	return v.t("staff.born", year, eras)
}

// factPadding is the room above and below a fact: less where the type is large.
func (v *visit) factPadding() float32 {
	if v.look().Text > theme.LookOf(theme.Staff, theme.Normal).Text {
		return theme.GapTight
	}
	return theme.GapWide
}

// facts are how the registration stands, one a row.
func (v *visit) facts(p library.CounterPatron) []fyne.CanvasObject {
	k := v.kit
	var rows []fyne.CanvasObject
	row := func(label, value string, warns bool) {
		text := k.Text(value).Lines(2)
		if warns {
			text = k.Text("▲ " + value).In(v.look().Bad).Lines(2)
		}
		rows = append(rows, k.Rule(), widget.Inset(v.factPadding(), 0, v.factPadding(), 0,
			widget.Columns(theme.GapWide, []float32{1, 1.8}, k.Second(label).Lines(1), text)))
	}
	there := func(yes bool) string {
		if yes {
			return v.t("staff.there")
		}
		return v.t("staff.not_there")
	}
	password := there(p.HasPassword)
	if p.Temporary {
		password = v.t("staff.temporary_valid")
	}
	row(v.t("staff.fact_password"), password, false)
	if p.HasPhone {
		row(v.t("staff.fact_phone"), there(true), false)
	} else {
		row(v.t("staff.fact_phone"), v.t("staff.no_phone"), false)
	}
	email := p.Email
	if email == "" {
		email = library.NoEmail
	}
	row(v.t("staff.fact_email"), v.t("staff.email."+string(email)), email == library.EmailBouncing)
	if p.Locked {
		row(v.t("staff.fact_lock"), v.t("staff.locked"), true)
	} else {
		row(v.t("staff.fact_lock"), v.t("staff.not_locked"), false)
	}
	return append(rows, k.Rule())
}

// cardRefusal words for staff why a card may not be used.
func (v *visit) cardRefusal(code string) string {
	return v.worded("staff.refusal."+code, "refusal."+code)
}

// unlock lifts the lock of the card.
func (v *visit) unlock() {
	a, staff, card := v.app, v.app.staff, v.app.served.card
	if staff == nil || a.loading > 0 {
		return
	}
	load(v, nil, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, staff.Unlock(context.WithoutCancel(ctx), card)
	}, func(_ struct{}, err error) {
		switch {
		case err == nil:
			a.rebuild()
			a.say(v.t("staff.unlocked"))
		case !v.staffLost(err):
			a.say(v.staffRefusal(err))
		}
	})
}
