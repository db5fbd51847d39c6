package screen

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// emailDone leaves the screens of the address: to where they were begun from, or to
// the address as it is now.
func (a *App) emailDone() {
	for n := len(a.back); n > 0 && a.pages[a.back[n-1].Page].flow == toEmail; n-- {
		a.back = a.back[:n-1]
	}
	a.address = ""
	if n := len(a.back); n > 0 && a.back[n-1].Page == PageConfirm {
		a.back[n-1].Contact = library.ByMail // which the address was registered for
		a.goBack()
		return
	}
	a.show(Route{Page: PageEmail})
}

// email is メールアドレス: what is registered, how far it can be relied on, and the
// guide's 「変更する」 and 「削除する」.
func email(v *visit) content {
	body := newSlot()
	fetch(v, body, func(ctx context.Context, account Account) (library.EmailStatus, error) {
		return account.Email(ctx)
	}, func(s library.EmailStatus) { put(body, v.emailBody(s)) })
	return content{title: v.t("email.title"), body: body}
}

func (v *visit) emailBody(s library.EmailStatus) fyne.CanvasObject {
	k := v.kit
	edit := v.open(Route{Page: PageEmailEdit})
	if s.State == library.NoEmail || s.Address == "" {
		return widget.Column(theme.GapWide,
			k.Title(v.t("email.none")),
			k.Text(v.t("email.none_about")),
			widget.Space(),
			widget.Row(0, widget.Space(), k.Button(v.t("email.register"), widget.Filled, edit)),
		)
	}
	note := newSlot()
	tag, tone, about := "○ "+v.t("email.unconfirmed"), widget.Info, v.t("email.unconfirmed_about")
	on := k.Button(v.t("email.enter_code"), widget.Filled, v.open(Route{Page: PageEmailCode}))
	switch s.State {
	case library.EmailRegistered:
		tag, about, on = "○ "+v.t("email.registered_only"), v.t("email.registered_about"), nil
		if s.From != "" { // mails are sent
			about = v.t("email.registered_mails")
			on = k.Button(v.t("email.send_code"), widget.Filled, func() { v.setEmail(s.Address, note) })
		}
	case library.EmailConfirmed:
		tag, tone, about = "✓ "+v.t("email.confirmed"), widget.Good, v.t("email.confirmed_about")
		on = nil
	case library.EmailBouncing:
		tag, tone, about = "▲ "+v.t("email.bouncing"), widget.Bad, v.t("email.bouncing_about", v.shortDay(s.BouncedOn))
		on = k.Button(v.t("email.what_to_do"), widget.Filled, v.open(Route{Page: PageEmailAdvice}))
	}
	actions := widget.Row(theme.Gap,
		k.Button(v.t("email.delete"), widget.Plain, v.askDelete),
		k.Button(v.t("email.change"), widget.Outlined, edit),
		widget.Space(),
	)
	if on != nil {
		actions.Add(on)
	}
	return widget.Column(theme.GapWide,
		k.Second(v.t("email.registered")),
		k.Card(theme.GapSection, widget.Column(theme.Gap,
			k.Title(s.Address).Lines(1).DownTo(v.look().Second),
			widget.Row(0, k.Tag(tag, tone), widget.Space()),
			k.Text(about),
		)),
		k.Second(v.t("email.each_time")),
		widget.Fill(note),
		actions,
	)
}

// askDelete asks once more before the address is deleted; and where mails are to tell of
// holds, how to tell of them instead.
func (v *visit) askDelete() {
	a, account := v.app, v.app.account
	if account == nil || a.loading > 0 {
		return
	}
	type both struct {
		account library.Account
		holds   library.PatronHolds
	}
	load(v, nil, func(ctx context.Context) (b both, err error) {
		if b.account, err = account.Account(ctx); err != nil {
			return b, err
		}
		b.holds, err = account.Holds(ctx)
		return b, err
	}, func(b both, err error) {
		if err != nil {
			if !a.lost(err) {
				a.say(v.refusal(err))
			}
			return
		}
		var titles []string
		for _, h := range b.holds.Holds {
			if h.State.Active() && h.Contact == library.ByMail {
				titles = append(titles, h.Title)
			}
		}
		if len(titles) == 0 {
			v.deleteSurely()
			return
		}
		v.askInstead(titles, b.account.Contacts)
	})
}

// askInstead asks how to tell of holds of which mails were to tell.
func (v *visit) askInstead(titles []string, contacts []library.Contact) {
	answers := []fyne.CanvasObject{v.kit.Button(v.t("email.keep"), widget.Filled, v.app.closeDialog)}
	for _, c := range contacts {
		if c != library.ByMail {
			answers = append(answers, v.kit.Button(v.t("email.delete_and."+string(c)), widget.Plain, func() { v.deleteEmail(c) }))
		}
	}
	v.app.openDialog(widget.Column(theme.GapWide,
		v.kit.Title(v.t("email.delete_sure")).Centered(),
		v.kit.Text(v.t("email.delete_holds", len(titles))).Centered(),
		v.kit.Second(strings.Join(titles, v.t("confirm.and"))).Lines(3).Centered(),
		widget.Column(12, answers...),
	))
}

func (v *visit) deleteSurely() {
	v.app.openDialog(widget.Column(theme.GapWide,
		v.kit.Title(v.t("email.delete_sure")).Centered(),
		v.kit.Text(v.t("email.delete_about")).Centered(),
		widget.Columns(theme.Gap, nil,
			v.kit.Button(v.t("email.keep"), widget.Plain, v.app.closeDialog),
			v.kit.Button(v.t("email.ok"), widget.Filled, func() { v.deleteEmail("") }),
		),
	))
}

func (v *visit) deleteEmail(instead library.Contact) {
	a, account := v.app, v.app.account
	a.closeDialog()
	if account == nil || a.loading > 0 {
		return
	}
	load(v, nil, func(ctx context.Context) (library.EmailStatus, error) {
		return account.DeleteEmail(context.WithoutCancel(ctx), instead)
	}, func(_ library.EmailStatus, err error) {
		switch {
		case err == nil:
			a.show(Route{Page: PageEmail})
			a.say(v.t("email.deleted"))
		case !a.lost(err):
			a.say(v.refusal(err))
		}
	})
}

// emailCode asks for the code of the confirmation mail. Whatever the server answers, the
// screen shows the address as it is there: it may have been changed, deleted or confirmed
// at another terminal.
func emailCode(v *visit) content {
	lead := newSlot()
	entry := &secretField{visit: v, field: newSlot(), note: newSlot(), clear: true, most: codeDigits}
	// stands shows an address that waits for its code, and leaves for how it is otherwise,
	// with what was just refused.
	stands := func(s library.EmailStatus, refused string) {
		switch {
		case s.State == library.EmailConfirmed:
			v.app.emailDone()
			v.app.say(v.t("email.confirmed_now"))
		case s.State != library.EmailUnconfirmed && !s.CodeSent:
			v.app.show(Route{Page: PageEmail})
			if refused != "" {
				v.app.say(refused)
			}
		default:
			put(lead, widget.Column(theme.GapTight,
				v.kit.Title(v.t("email.code")).Lines(1).DownTo(v.look().Text),
				v.kit.Second(v.t("email.code_about", s.Address, int(v.app.cfg.Site().Policy.EmailCodeFor)/60)).Lines(2)))
		}
	}
	look := func(refused string) {
		fetch(v, lead, func(ctx context.Context, account Account) (library.EmailStatus, error) {
			return account.Email(ctx)
		}, func(s library.EmailStatus) { stands(s, refused) })
	}
	ask := func(code, done string) {
		account := v.app.account
		if account == nil || entry.busy {
			return
		}
		entry.busy = true
		put(entry.note, v.kit.Text(v.t("wait.moment")))
		load(v, nil, func(ctx context.Context) (library.EmailStatus, error) {
			return account.ConfirmEmail(context.WithoutCancel(ctx), code)
		}, func(s library.EmailStatus, err error) {
			entry.busy = false
			entry.set("")
			switch {
			case err == nil:
				put(entry.note, v.kit.Text(done))
				stands(s, "")
			case !v.app.lost(err):
				text := v.refusal(err)
				entry.say(text)
				look(text)
			}
		})
	}
	entry.submit = func() {
		if len(entry.text) < codeDigits {
			entry.say(v.t("email.code_short"))
			return
		}
		ask(entry.text, "")
	}
	entry.draw()
	stands(library.EmailStatus{State: library.EmailUnconfirmed, Address: "…"}, "")
	look("")
	again := widget.Row(theme.Gap,
		v.kit.Button(v.t("email.resend"), widget.Outlined, func() { ask("", "● "+v.t("email.resent")) }),
		widget.Space(),
		v.kit.Button(v.t("email.later"), widget.Plain, v.app.emailDone),
	)
	c := entry.content(v.t("email.title"), widget.Sized(0, v.look().Title*theme.TitleLine+theme.GapTight+2*v.look().Second*theme.RunningLine, lead), widget.Keypad, []widget.Layout{widget.Keypad}, v.t("email.ok"), again)
	c.scanned = v.finishFirst(entry.say)
	return c
}

// codeDigits is how long the code of a confirmation mail is.
const codeDigits = 6
