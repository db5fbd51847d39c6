package screen

import (
	"context"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// mustChange is where a temporary password leads: a permanent one is set before
// anything else. Guide: カウンターで仮パスワードを発行してもらって、本パスワードの申請を行ってください.
func mustChange(v *visit) content {
	if t := v.app.cfg.Site().Terms; v.app.agreed != t.Version && termsText(t, v.lang()) != "" {
		c := v.termsToAgree(v.temporaryLead("must_change.terms"), func(version string) {
			v.app.agreed = version
			v.app.show(Route{Page: PageMustChange})
		})
		c.title, c.stay, c.scanned = v.t("must_change.title"), true, v.finishFirst(v.app.say)
		return c
	}
	f := v.changeForm(false, func() {
		v.app.mustChange, v.app.agreed = false, ""
		v.app.back = v.app.beforeLogin()
		v.app.goOn()
	})
	c := f.content(v.t("must_change.title"), v.temporaryLead("must_change.about"))
	c.stay = true
	return c
}

// temporaryLead says that the password was a temporary one, and what follows of it.
func (v *visit) temporaryLead(about string) fyne.CanvasObject {
	return widget.Column(theme.GapTight,
		v.kit.Title(v.t("must_change.lead")).Lines(1).DownTo(v.look().Text),
		v.kit.Second(v.t(about)),
	)
}

// changePassword changes the password, any number of times (guide:
// パスワードの変更は、何度でも可能です).
func changePassword(v *visit) content {
	f := v.changeForm(true, v.app.goBack)
	f.hint = v.t("change.about")
	return f.content(v.t("change.title"))
}

func (v *visit) changeForm(withPresent bool, done func()) *passwordForm {
	a, account := v.app, v.app.account
	var f *passwordForm
	f = v.newPasswordForm(library.Patron{Card: a.session.Patron().Card}, withPresent, func(present, chosen string) {
		load(v, nil, func(ctx context.Context) (struct{}, error) {
			if account == nil {
				return struct{}{}, errNobody
			}
			// What was sent is done, whether or not somebody still looks.
			return struct{}{}, account.ChangePassword(context.WithoutCancel(ctx), present, chosen, a.agreed)
		}, func(_ struct{}, err error) {
			switch {
			case err == nil:
				done()
				a.say(v.t("change.done"))
			case !a.lost(err):
				f.refused(err)
			}
		})
	})
	return f
}
