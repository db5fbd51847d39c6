package screen

import (
	"context"
	"errors"
	"image"

	"fyne.io/fyne/v2"

	"madoguchi/barcode"
	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// temporary issues a temporary password once staff have said which kind of document
// they saw. The password is in this showing of the screen and nowhere else: going
// away forgets it.
func temporary(v *visit) content {
	body := newSlot()
	a := v.app
	if p := a.served.patron; p.Name != "" {
		put(body, v.documents(body, p))
	} else {
		a.loadServed(v, body, func(p library.CounterPatron) { put(body, v.documents(body, p)) })
	}
	return content{title: v.t("temporary.title"), body: body}
}

// documents asks which document was seen.
func (v *visit) documents(body *fyne.Container, p library.CounterPatron) fyne.CanvasObject {
	k := v.kit
	issue := newSlot()
	put(issue, k.Second(v.t("temporary.choose")).Trailing())
	var choices []fyne.CanvasObject
	var buttons []*widget.Button
	for i, d := range library.Documents {
		b := k.Button(v.t("document."+string(d)), widget.Plain, nil)
		b.OnTap(func() {
			for j, other := range buttons {
				other.Select(i == j)
			}
			put(issue, widget.Row(0, widget.Space(), k.Button(v.t("temporary.issue"), widget.Filled, func() { v.issue(body, d) })))
		})
		buttons, choices = append(buttons, b), append(choices, b)
	}
	form := widget.Column(theme.GapWide,
		k.Title(v.t("temporary.which")),
		v.inColumns(choices),
		k.Text(v.t("temporary.about", v.temporaryFor())),
	)
	if v.portrait() {
		return widget.Column(theme.GapSection, widget.Space(), v.identity(p), form, widget.Sized(0, v.buttonHeight(), issue))
	}
	return widget.Column(theme.GapSection, v.identity(p), widget.Fill(form), widget.Sized(0, v.buttonHeight(), issue))
}

// issue asks for the password and shows it.
func (v *visit) issue(body *fyne.Container, seen library.Document) {
	a, staff, card := v.app, v.app.staff, v.app.served.card
	if staff == nil || a.loading > 0 {
		return
	}
	load(v, nil, func(ctx context.Context) (library.TemporaryPassword, error) {
		return staff.IssueTemporary(ctx, card, seen)
	}, func(t library.TemporaryPassword, err error) {
		switch {
		case err == nil:
			a.served.patron = library.CounterPatron{} // it stands otherwise now
			a.content.scanned = func(barcode.Code) bool {
				a.say(v.t("temporary.shown"))
				return true
			}
			put(body, v.issued(t))
		case !v.app.lost(err):
			a.say(v.staffRefusal(err))
		}
	})
}

// issued shows the password, large enough to be read across the counter.
func (v *visit) issued(t library.TemporaryPassword) fyne.CanvasObject {
	k := v.kit
	digits := k.Display(inGroups(t.Password)).Centered().Lines(1).DownTo(v.look().Display)
	digits.TextSize = v.look().Display * 2
	paper := k.Card(theme.Margin, widget.Column(theme.Gap,
		k.Text(v.t("temporary.title")).Centered(),
		digits,
		k.Text(v.t("temporary.until", v.temporaryFor(), v.moment(t.ValidUntil))).Centered(),
	))
	steps := widget.Column(theme.GapTight)
	for n, key := range []string{"temporary.step_end", "temporary.step_log_in", "temporary.step_choose"} {
		steps.Add(widget.Row(theme.Gap, k.Strong(string(rune('1'+n))), widget.Fill(k.Text(v.t(key)))))
	}
	buttons := widget.Row(theme.Gap)
	if v.app.cfg.Print != nil {
		buttons.Add(k.Button(v.t("temporary.print"), widget.Outlined, func() { v.printTemporary(t) }))
	}
	buttons.Add(widget.Space())
	buttons.Add(k.Button(v.t("temporary.done"), widget.Filled, v.app.endSession))
	if v.portrait() {
		return widget.Column(theme.GapSection, widget.Space(), paper, steps, buttons)
	}
	return widget.Column(theme.GapSection, paper, widget.Fill(steps), buttons)
}

// temporaryFor says how long a temporary password is valid at most.
func (v *visit) temporaryFor() string { return v.span(v.app.cfg.Site().Policy.TemporaryFor) }

// temporarySlip is the password on paper. It bears no name and no card number: who
// finds it learns nothing that can be used.
func (v *visit) temporarySlip(t library.TemporaryPassword) slip.Slip {
	return v.slip(v.t("temporary.title"),
		slip.Line{Kind: slip.Large, Text: inGroups(t.Password)},
		slip.Line{Text: v.t("temporary.until", v.temporaryFor(), v.moment(t.ValidUntil))},
		slip.Line{Kind: slip.Rule},
		slip.Line{Text: v.t("temporary.step_log_in")},
		slip.Line{Text: v.t("temporary.step_choose")},
		slip.Line{Kind: slip.Small, Text: v.t("temporary.once")},
	)
}

// printTemporary prints the password. Without a printer nothing is shown instead: it
// stands on the screen, and a picture of it would outlive that.
func (v *visit) printTemporary(t library.TemporaryPassword) {
	a := v.app
	if a.loading > 0 {
		return
	}
	s := v.temporarySlip(t)
	a.openDialog(v.kit.Strong(v.t("print.busy")).Centered())
	load(v, nil, func(ctx context.Context) (image.Image, error) {
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), printerPatience) // what has begun to come out comes out
		defer done()
		return a.cfg.Print(ctx, s)
	}, func(shown image.Image, err error) {
		switch {
		case errors.Is(err, ErrPaperOut):
			a.say(v.t("temporary.paper_out"))
		case err != nil:
			a.cfg.Log.Warn("printing failed", "page", v.route.Page, "err", err)
			a.say(v.t("temporary.not_printed"))
		case shown != nil:
			a.say(v.t("temporary.no_printer"))
		default:
			a.say(v.t("print.done"))
		}
	})
}
