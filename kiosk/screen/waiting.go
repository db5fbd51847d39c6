package screen

import (
	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
)

// waiting is shown while there is no catalogue to search: while it comes, with how
// much has come; when nothing answers, with what that means for a patron.
func waiting(v *visit) content {
	state := v.app.cfg.State()
	k := v.kit
	lines := widget.Column(theme.GapWide)
	switch {
	case state.Fetching():
		share := 0.0
		if state.Total > 0 {
			share = float64(state.Done) / float64(state.Total)
		}
		lines.Add(k.Display(v.t("wait.title")))
		lines.Add(k.Text(v.t("wait.fetching")))
		lines.Add(k.Bar(share))
		lines.Add(k.Second(v.t("wait.progress", megabytes(state.Done), megabytes(state.Total))))
	case state.Connected, state.Untried:
		lines.Add(k.Display(v.t("wait.title")))
		lines.Add(k.Text(v.t("wait.preparing")))
	default:
		lines.Add(k.Display(v.t("offline.title")))
		lines.Add(k.Text(v.t("offline.text")))
		lines.Add(k.Second(v.t("offline.retry")))
	}
	if state.Problem != "" { // a full disk, say, is no matter of the connection
		lines.Add(k.Second(v.t("offline.code", state.Problem)))
	}
	body := k.Card(theme.Margin, lines)
	width := min(float32(880), v.size.Width-2*theme.Margin)
	return content{
		title:  v.t("wait.header"),
		body:   widget.Middle(widget.Row(0, widget.Space(), widget.Fixed(width, body), widget.Space())),
		footer: []fyne.CanvasObject{k.Button(v.t("home.guide"), widget.Plain, v.open(Route{Page: PageGuide}))},
	}
}

func megabytes(n int64) int { return int((n + 1<<19) >> 20) }
