package screen

import (
	"context"
	"errors"
	"image"
	"time"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
)

// printButton offers to print a slip, where this terminal can.
func (v *visit) printButton(label string, style widget.Style, make func() slip.Slip) (*widget.Button, bool) {
	if v.app.cfg.Print == nil {
		return nil, false
	}
	return v.kit.Button(v.t(label), style, func() { v.app.print(make()) }), true
}

// printerPatience is how long a printer may take before it counts as gone.
const printerPatience = 30 * time.Second

// print prints a slip over the screen, which stays. A slip that has begun to come out
// comes out, also when its patron is gone; only what is said of it is dropped.
func (a *App) print(s slip.Slip) {
	a.printing = &s
	v := a.visit
	a.openDialog(v.kit.Strong(v.t("print.busy")).Centered())
	a.loading++
	go func() {
		ctx, done := context.WithTimeout(context.Background(), printerPatience)
		defer done()
		shown, err := a.cfg.Print(ctx, s)
		a.cfg.Do(func() {
			a.loading--
			if a.printing == &s {
				a.printing = nil
				a.printed(s, shown, err)
			}
		})
	}()
}

// printed says what became of a slip.
func (a *App) printed(s slip.Slip, shown image.Image, err error) {
	switch {
	case err != nil:
		a.notPrinted(s, shown, err)
	case shown != nil:
		a.showSlip(shown)
	default:
		a.say(a.printer.T("print.done"))
	}
}

// notPrinted says why nothing came out, and what can be done: nothing is lost.
func (a *App) notPrinted(s slip.Slip, shown image.Image, err error) {
	v := a.visit
	title, about := v.t("print.missing"), v.t("print.missing_about")
	switch {
	case errors.Is(err, ErrPaperOut):
		title, about = v.t("print.paper_out"), v.t("print.paper_out_about")
	case shown != nil:
		about = v.t("print.missing_shown")
	}
	again, show := widget.Filled, widget.Outlined
	if shown != nil && !errors.Is(err, ErrPaperOut) {
		again, show = show, again
	}
	answers := []fyne.CanvasObject{v.kit.Button(v.t("print.again"), again, func() { a.print(s) })}
	if shown != nil {
		answers = append(answers, v.kit.Button(v.t("print.show"), show, func() { a.showSlip(shown) }))
	}
	answers = append(answers, v.kit.Button(v.t("print.close"), widget.Plain, a.closeDialog))
	a.openDialog(widget.Column(theme.GapWide,
		v.kit.Title("▲ "+title).In(v.look().Bad).Centered(),
		v.kit.Text(about).Centered(),
		widget.Column(theme.Gap, answers...),
	))
}

// showSlip shows a slip on the screen instead of on paper.
func (a *App) showSlip(shown image.Image) {
	a.dialog, a.shown = nil, shown
	a.open(Route{Page: PageSlip})
}
