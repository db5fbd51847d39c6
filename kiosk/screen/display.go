package screen

import (
	"cmp"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/session"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// display is where a patron chooses language, size of type and colours. They hold
// until the session ends.
func display(v *visit) content {
	prefs := v.app.session.Preferences()

	var langs, sizes, schemes []fyne.CanvasObject
	for _, l := range library.Languages {
		langs = append(langs, v.kit.Button(l.Name, widget.Plain, func() {
			v.app.prefer(func(p *session.Preferences) { p.Language = l.Code })
		}).Select(l.Code == v.lang()))
	}
	chosen := theme.TextSize(cmp.Or(prefs.TextSize, string(theme.Normal)))
	for _, s := range theme.TextSizes {
		look := theme.LookOf(theme.Standard, s)
		sample := v.kit.Text(v.t("size." + string(s))).Centered()
		sample.TextSize = look.Text
		sizes = append(sizes, v.choice(v.t("size."+string(s)), sample, s == chosen, func() {
			v.app.prefer(func(p *session.Preferences) { p.TextSize = string(s) })
		}))
	}
	scheme := theme.Scheme(cmp.Or(prefs.Scheme, string(theme.Standard)))
	for _, s := range theme.Schemes {
		kit := widget.Kit{Look: theme.LookOf(s, chosen)}
		sample := kit.Card(theme.GapTight, kit.Text(v.t("scheme."+string(s))).Centered())
		schemes = append(schemes, v.choice(v.t("scheme."+string(s)), sample, s == scheme, func() {
			v.app.prefer(func(p *session.Preferences) { p.Scheme = string(s) })
		}))
	}
	section := func(title string, choices []fyne.CanvasObject) fyne.CanvasObject {
		return widget.Column(theme.Gap, v.kit.Strong(title), widget.Columns(theme.Gap, nil, choices...))
	}
	parts := []fyne.CanvasObject{section(v.t("display.language"), langs), section(v.t("display.size"), sizes)}
	if !v.app.staffed() { // their colours are to be known by
		parts = append(parts, section(v.t("display.scheme"), schemes))
	}
	parts = append(parts, v.kit.Second(v.t("display.until_end")))
	return content{
		title: v.t("display.title"),
		body: v.low(widget.Column(theme.Margin,
			parts...)),
	}
}

// choice is a tile that shows what it stands for, marked by word and shape when it
// is the chosen one.
func (v *visit) choice(name string, sample fyne.CanvasObject, chosen bool, onTap func()) fyne.CanvasObject {
	style, mark := widget.Plain, " "
	if chosen {
		style, mark = widget.Outlined, "✓ "+v.t("display.chosen")
	}
	body := widget.Inset(theme.Gap, theme.Gap, theme.GapTight, theme.Gap, widget.Column(theme.GapTight,
		widget.Sized(0, 84, widget.Middle(sample)),
		v.kit.Second(mark).Centered(),
	))
	return v.kit.Tile(name, style, body, onTap)
}

// prefer changes what this session prefers, and shows the screen in that way.
func (a *App) prefer(change func(*session.Preferences)) {
	p := a.session.Preferences()
	change(&p)
	a.session.SetPreferences(p)
	a.rebuild()
}
