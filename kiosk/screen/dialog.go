package screen

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"madoguchi/kiosk/session"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
)

// countdown asks whether somebody is still here; with nothing left to count it
// takes the question away.
func (a *App) countdown(left time.Duration) {
	if left <= 0 {
		a.closeDialog()
		return
	}
	if a.route.Page == PageHome && len(a.back) == 0 {
		return // nothing on the screen would be lost
	}
	v := a.visit
	title, answers := v.t("idle.title"), []fyne.CanvasObject{
		v.kit.Button(v.t("idle.end"), widget.Plain, a.endSession),
		v.kit.Button(v.t("idle.stay"), widget.Filled, a.closeDialog),
	}
	if _, reason := a.session.Left(); reason == session.Limit {
		title, answers = v.t("idle.limit"), []fyne.CanvasObject{v.kit.Button(v.t("dialog.ok"), widget.Filled, a.closeDialog)}
	}
	a.openDialog(widget.Column(theme.GapWide,
		v.kit.Title(title).Centered(),
		v.kit.Text(v.t("idle.seconds", int(math.Ceil(left.Seconds())))).Centered(),
		widget.Columns(theme.Gap, nil, answers...),
	))
}

// say shows one sentence over the screen.
func (a *App) say(text string) {
	v := a.visit
	a.openDialog(widget.Column(theme.GapWide,
		v.kit.Strong(text).Centered(),
		widget.Row(0, widget.Space(), widget.Sized(240, 0, v.kit.Button(v.t("dialog.ok"), widget.Filled, a.closeDialog)), widget.Space()),
	))
}

func (a *App) openDialog(body fyne.CanvasObject) {
	v := a.visit
	width := min(760, a.size.Width-2*theme.Margin)
	card := v.kit.Card(theme.Margin, body)
	height := widget.HeightFor(card, width)
	card.Resize(fyne.NewSize(width, height))
	card.Move(fyne.NewPos((a.size.Width-width)/2, (a.size.Height-height)/2))
	a.dialog = widget.Stack(widget.Band(v.look().Veil, newCatcher(a.touched)), container.NewWithoutLayout(card))
	a.draw()
}

func (a *App) closeDialog() {
	if a.dialog != nil {
		a.dialog = nil
		a.draw()
	}
}

// ask lets somebody think twice.
func (v *visit) ask(title, about, yes string, do func()) {
	v.app.openDialog(widget.Column(theme.GapWide,
		v.kit.Title(title).Centered(),
		v.kit.Text(about).Centered(),
		widget.Columns(theme.Gap, nil,
			v.kit.Button(v.t("staff.no"), widget.Plain, v.app.closeDialog),
			v.kit.Button(yes, widget.Filled, func() {
				v.app.closeDialog()
				do()
			}),
		),
	))
}
