package screen

import (
	"context"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

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

func (v *visit) patronBody(p library.CounterPatron) fyne.CanvasObject {
	k := v.kit
	facts := widget.Column(0, v.facts(p)...)
	var action fyne.CanvasObject = k.Button(v.t("temporary.begin"), widget.Filled, v.open(Route{Page: PageTemporary}))
	if p.Refusal != "" {
		action = k.Text("▲ " + v.cardRefusal(p.Refusal)).In(v.look().Bad).Lines(2)
	}
	actions := widget.Row(theme.Gap, widget.Fill(action))
	switch {
	case p.Refusal == "" && !v.can(library.AbilityPassword):
		actions = widget.Row(theme.Gap, widget.Space())
	case p.Refusal == "":
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
		case !v.app.lost(err):
			a.say(v.staffRefusal(err))
		}
	})
}
