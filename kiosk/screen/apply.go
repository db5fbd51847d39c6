package screen

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"madoguchi/barcode"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// application is what an applicant for a password has entered so far. It is in no
// Route: it is let go of when its screens are left, and with the session.
type application struct {
	terms string // version of the terms that were agreed to
	card  string
	birth birthEntry
	phone string
}

// applySteps are the screens of 「パスワード新規申請・再発行」 in their order.
var applySteps = []Page{PageTerms, PageApplyCard, PageBirth, PagePhone, PageNewPassword}

// startApplying begins 「パスワード新規申請・再発行」, which is the same for somebody who has
// no password yet and for somebody who forgot it.
func (a *App) startApplying() {
	a.application = &application{card: a.card}
	a.open(Route{Page: PageTerms})
}

// applyButton leads to a new password, from where somebody is asked for one.
func (v *visit) applyButton() fyne.CanvasObject {
	if v.app.cfg.Apply == nil || !v.can(library.AbilityPassword) {
		return widget.Column(0)
	}
	return widget.Row(theme.Gap, v.kit.Button(v.t("apply.title"), widget.Outlined, v.app.startApplying), widget.Fill(v.kit.Second(v.t("apply.for_whom")).Lines(2)))
}

// progress says which of the steps this is.
func (v *visit) progress() fyne.CanvasObject {
	at := 0
	for i, p := range applySteps {
		if p == v.route.Page {
			at = i
		}
	}
	var marks []fyne.CanvasObject
	for i := range applySteps {
		mark := canvas.NewRectangle(v.look().Line)
		if i <= at {
			mark.FillColor = v.look().Action
		}
		mark.CornerRadius = 4
		mark.SetMinSize(fyne.NewSize(0, 8))
		marks = append(marks, mark)
	}
	step := strconv.Itoa(at+1) + "/" + strconv.Itoa(len(applySteps))
	return widget.Row(theme.Gap, v.kit.Second(step), widget.Fill(widget.Columns(theme.GapTight, nil, marks...)))
}

// question is what a step asks for, below its progress.
func (v *visit) question(title, about string) fyne.CanvasObject {
	lead := widget.Column(theme.GapTight, v.progress(), v.kit.Title(title).Lines(1).DownTo(v.look().Text))
	if about != "" {
		lead.Add(v.kit.Second(about).Lines(2))
	}
	return lead
}

// applyCard asks for the card. Guide: 図書館カードの番号とご本人の生年月日、登録している電話番号を入力し.
func applyCard(v *visit) content {
	asked := v.app.application
	entry := &secretField{visit: v, field: newSlot(), note: newSlot(), clear: true, text: asked.card}
	entry.submit = func() {
		number, err := v.app.cfg.Barcodes.ParseCard(entry.text)
		if err != nil {
			entry.say(v.t("login.not_a_card"))
			return
		}
		asked.card = number
		v.app.open(Route{Page: PageBirth})
	}
	entry.draw()
	lead := widget.Column(theme.GapTight, v.progress(), widget.Row(theme.GapSection, v.kit.Bars(), widget.Fill(widget.Column(theme.GapTight,
		v.kit.Title(v.t("login.scan")).Lines(1).DownTo(v.look().Text),
		v.kit.Second(v.t("login.or_type")).Lines(2),
	))))
	c := entry.content(v.t("apply.title"), lead, widget.Keypad, []widget.Layout{widget.Keypad, widget.Capitals}, v.t("login.next"))
	c.scanned = func(code barcode.Code) bool {
		if code.Kind != barcode.Card {
			return entry.scanned(code)
		}
		asked.card = code.Text
		v.app.open(Route{Page: PageBirth})
		return true
	}
	return c
}

// applyPhone asks for the telephone number that the library has of the applicant.
func applyPhone(v *visit) content {
	asked := v.app.application
	entry := &secretField{visit: v, field: newSlot(), note: newSlot(), clear: true, text: asked.phone}
	entry.submit = func() {
		asked.phone = library.NormalPhone(entry.text)
		if len(asked.phone) < fewestPhoneDigits {
			entry.say(v.t("apply.phone_short"))
			return
		}
		v.app.open(Route{Page: PageNewPassword})
	}
	entry.draw()
	c := entry.content(v.t("apply.title"), v.question(v.t("apply.phone"), v.t("apply.phone_about")), widget.Keypad, []widget.Layout{widget.Keypad}, v.t("login.next"))
	c.scanned = v.applicantScanned(entry.say)
	return c
}

// fewestPhoneDigits is how many digits a telephone number has at least, without its
// area code.
const fewestPhoneDigits = 5

// applicantScanned is what a scan means while somebody applies: another card puts an
// end to the application.
func (v *visit) applicantScanned(say func(string)) func(barcode.Code) bool {
	return v.scannedFor(&v.app.application.card, say, func() { v.app.back = []Route{{Page: PageHome}} })
}

// newPassword is the last step: it sends the application.
func newPassword(v *visit) content {
	a, asked := v.app, v.app.application
	born, _ := asked.birth.date(library.DateOf(v.now()))
	who := library.Patron{Card: asked.card, BornOn: born, Phones: []string{asked.phone}}
	var f *passwordForm
	f = v.newPasswordForm(who, false, func(_, chosen string) {
		send := library.Application{Card: asked.card, BornOn: born, Phone: asked.phone, Password: chosen, Terms: asked.terms}
		load(v, nil, func(ctx context.Context) (struct{}, error) {
			// What was sent is done, whether or not somebody still looks.
			return struct{}{}, a.cfg.Apply(context.WithoutCancel(ctx), send)
		}, func(_ struct{}, err error) {
			code := library.CodeOf(err)
			switch {
			case err == nil:
				a.card = asked.card
				a.back = a.beforeLogin()
				a.show(Route{Page: PageApplied})
			case code == library.ErrApplication.Code:
				a.show(Route{Page: PageNotApplied})
			case code == library.ErrTerms.Code:
				a.back = a.beforeLogin()
				a.show(Route{Page: PageTerms})
				a.say(v.t("refusal." + code))
			default:
				f.refused(err)
			}
		})
	})
	c := f.content(v.t("apply.title"), v.question(v.t("apply.password"), ""))
	c.scanned = v.applicantScanned(f.say)
	return c
}

// applied says that the password is valid, and leads to where it is asked for.
func applied(v *visit) content {
	card := v.app.card
	return v.outcome("● "+v.t("applied.lead"), v.t("applied.about"),
		v.kit.Button(v.t("applied.log_in"), widget.Filled, func() { v.app.askPassword(card) }))
}

// notApplied says that something did not match, and not what: whoever tries cards that
// are not the own learns nothing. The applicant's entries are kept to be corrected.
func notApplied(v *visit) content {
	return v.outcome("▲ "+v.t("not_applied.lead"), v.t("refusal."+library.ErrApplication.Code),
		v.kit.Button(v.t("not_applied.again"), widget.Filled, func() {
			v.app.back = append(v.app.beforeLogin(), Route{Page: PageTerms})
			v.app.show(Route{Page: PageApplyCard})
		}))
}

// outcome is how an application ended: what came of it, what that means, and the way
// on.
func (v *visit) outcome(lead, about string, on fyne.CanvasObject) content {
	k := v.kit
	card := k.Card(theme.Margin, widget.Column(theme.GapWide,
		k.Title(lead),
		k.Text(about),
		widget.Row(0, widget.Space(), on),
	))
	width := min(float32(880), v.size.Width-2*theme.Margin)
	return content{title: v.t("apply.title"), body: widget.Middle(widget.Row(0, widget.Space(), widget.Fixed(width, card), widget.Space()))}
}
