package screen

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// emailEdit is where an address is typed. What is typed is kept while the screens of
// the address are open, in no Route.
func emailEdit(v *visit) content {
	a := v.app
	field, note := newSlot(), newSlot()
	width := v.size.Width - 2*theme.Margin - 2*theme.GapWide - 3*theme.GapTight
	draw := func() {
		put(field, v.fieldBed(true, widget.Inset(0, theme.GapWide, 0, theme.GapWide, v.fieldText(a.address, width, true))))
	}
	hint := func() { put(note, v.kit.Second(v.t("email.edit_about")).Lines(3)) }
	set := func(text string) {
		if len(text) <= mostAddress {
			a.address = text
			hint()
			draw()
		}
	}
	submit := func() {
		if a.loading > 0 || a.address == "" {
			return
		}
		if _, likely := library.SuggestEmail(a.address); likely {
			a.open(Route{Page: PageEmailMeant})
			return
		}
		v.setEmail(a.address, note)
	}
	var domains []fyne.CanvasObject
	for _, d := range library.UsualDomains {
		domains = append(domains, v.kit.Button("@"+d, widget.Tint, func() {
			local, _, _ := strings.Cut(a.address, "@")
			set(local + "@" + d)
		}))
	}
	hint()
	draw()
	bed := v.newKeyBed(editor{text: func() string { return a.address }, set: set, submit: submit},
		v.t("email.ok"), widget.Mail, []widget.Layout{widget.Mail, widget.MailInCapitals})
	c := bed.content(v.t("email.title"), widget.Column(theme.Gap,
		v.kit.Title(v.t("email.edit")).Lines(1).DownTo(v.look().Text),
		widget.Sized(0, v.fieldHeight(), field),
		widget.Wrap(12, domains...),
		v.noteRoom(note),
	))
	c.scanned = v.finishFirst(func(text string) { v.complain(note, text) })
	return c
}

// mostAddress is more than an address can have (RFC 5321).
const mostAddress = 254

// setEmail registers an address, or has a code sent to the one that is registered, and
// goes on to the code of its confirmation mail.
func (v *visit) setEmail(address string, note *fyne.Container) {
	a, account := v.app, v.app.account
	if account == nil || a.loading > 0 {
		return
	}
	parsed, err := library.ParseEmail(address)
	if err != nil {
		v.complain(note, v.refusal(err))
		return
	}
	lang := v.lang()
	load(v, func() { put(note, v.kit.Text(v.t("wait.moment"))) }, func(ctx context.Context) (library.EmailStatus, error) {
		return account.SetEmail(context.WithoutCancel(ctx), parsed, lang)
	}, func(s library.EmailStatus, err error) {
		switch {
		case err == nil && s.State != library.EmailUnconfirmed: // the same as before, or no mails are sent
			a.emailDone()
		case err == nil && v.route.Page == PageEmail:
			a.open(Route{Page: PageEmailCode})
		case err == nil:
			a.address = ""
			a.show(Route{Page: PageEmailCode})
		case a.lost(err):
		case v.route.Page == PageEmail:
			a.rebuild() // with the address as it is now
			a.say(v.refusal(err))
		default:
			v.complain(note, v.refusal(err))
		}
	})
}

// emailMeant asks about an address whose domain looks mistyped (guide: 「docomo」が
// 「dokomo」になっている). The typed one can be kept, where mail can be sent to it.
func emailMeant(v *visit) content {
	k, typed := v.kit, v.app.address
	meant, _ := library.SuggestEmail(typed)
	note := newSlot()
	address := func(style widget.Style, label, address string, onTap func()) fyne.CanvasObject {
		ink := v.look().Ink
		if style == widget.Filled {
			ink = v.look().OnAction
		}
		return k.Tile(label, style, widget.Inset(theme.GapWide, theme.GapSection, theme.GapWide, theme.GapSection, widget.Column(theme.GapTight,
			k.Second(label).In(ink),
			k.Title(address).In(ink).Lines(1).DownTo(v.look().Second*0.7),
		)), onTap)
	}
	choices := widget.Column(theme.GapWide,
		k.Title(v.t("email.meant")),
		address(widget.Filled, v.t("email.meant_yes"), meant, func() { v.setEmail(meant, note) }),
	)
	if _, err := library.ParseEmail(typed); err == nil {
		choices.Add(address(widget.Plain, v.t("email.meant_no"), typed, func() { v.setEmail(typed, note) }))
	} else {
		choices.Add(k.Text("▲ " + v.refusal(err)).In(v.look().Bad))
	}
	choices.Add(widget.Row(0, k.Button(v.t("email.retype"), widget.Plain, v.app.goBack), widget.Space()))
	choices.Add(widget.Fill(note))
	return content{title: v.t("email.title"), body: choices}
}
