package screen

import (
	"context"
	"unicode"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
)

// volumeNumber asks for the number of a volume, and leads to it.
func volumeNumber(v *visit) content {
	field, note := newSlot(), newSlot()
	draw := func() {
		width := v.bodySize().Width - 2*theme.GapWide
		put(field, v.fieldBed(true, widget.Inset(0, theme.GapWide, 0, theme.GapWide, v.fieldText(v.route.Field, width, true))))
	}
	const longest = 6 // a magazine may count through its issues, or name a year and month
	set := func(text string) {
		for _, r := range text {
			if !unicode.IsDigit(r) {
				return
			}
		}
		if len([]rune(text)) > longest {
			return
		}
		r := v.route
		r.Field = text
		v.keep(r)
		put(note, widget.Space())
		draw()
	}
	find := func() {
		r := v.route
		if r.Field == "" {
			v.complain(note, v.t("volume_number.empty"))
			return
		}
		load(v, nil, func(ctx context.Context) (int, error) {
			return v.app.cfg.Catalogue.VolumeOffset(ctx, r.Bib, r.Query, r.Field)
		}, func(at int, err error) {
			if err != nil {
				v.complain(note, v.t("error.catalogue"))
				return
			}
			v.app.showVolume(r, at)
		})
	}
	draw()
	bed := v.newKeyBed(editor{text: func() string { return v.route.Field }, set: set, submit: find},
		v.t("volume_number.show"), widget.Keypad, []widget.Layout{widget.Keypad})
	return bed.content(v.t("volume_number.title"), widget.Column(theme.GapWide,
		v.kit.Title(v.t("volume_number.lead")),
		widget.Sized(0, v.fieldHeight(), field),
		v.noteRoom(note),
	))
}

// showVolume goes back to the volumes that the number was asked from, at one of them.
func (a *App) showVolume(asked Route, at int) {
	if n := len(a.back); n > 0 && a.back[n-1].Page == PageVolumes {
		a.back = a.back[:n-1]
	}
	a.show(Route{Page: PageVolumes, Bib: asked.Bib, Query: asked.Query, Offset: at, Volume: asked.Field})
}
