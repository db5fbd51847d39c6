package screen

import (
	"context"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// newSince is the first day from which a bib counts as new.
func (v *visit) newSince() library.Date {
	return library.DateOf(v.now()).Add(-v.app.cfg.Site().Policy.NewArrivalDays)
}

// arrivals are the newest bibs of the catalogue.
func arrivals(v *visit) content {
	list, foot := newSlot(), newSlot()
	per := v.rowsFor(v.bodySize().Height - v.look().Second*theme.RunningLine - theme.Gap)
	days := v.app.cfg.Site().Policy.NewArrivalDays
	since := v.newSince()
	cat := v.app.cfg.Catalogue
	into(v, list, func(ctx context.Context) (library.Page, error) {
		return cat.NewArrivals(ctx, since, v.route.Offset, per)
	}, func(p library.Page) fyne.CanvasObject {
		if p.Count.N == 0 {
			return v.kit.Text(v.t("arrivals.none"))
		}
		put(foot, widget.Row(theme.Gap, v.pager(per, p.RowCount(), p.Count.More)...))
		return v.pageRows(p.Rows, library.Query{})
	})
	return content{
		title:  v.t("arrivals.title"),
		body:   widget.Column(theme.Gap, v.kit.Second(v.t("arrivals.lead", days)).Lines(1), list),
		footer: []fyne.CanvasObject{foot},
	}
}
