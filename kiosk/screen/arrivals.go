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

// arrivals are the newest bibs of the catalogue, and beside or below them the lists of books.
func arrivals(v *visit) content {
	body, foot := newSlot(), newSlot()
	c := content{title: v.t("arrivals.title"), body: body, footer: []fyne.CanvasObject{foot}, spread: true}
	soon(v, nil, func(ctx context.Context) ([]library.List, error) {
		return v.knownLists(ctx), nil
	}, func(all []library.List, _ error) {
		if len(all) == 0 {
			put(body, v.newest(v.newestLead().Lines(1), foot, v.bodySize()))
			return
		}
		if len(rankings(all)) > 0 {
			v.amend(&c, func(c *content) { c.title = v.t("home.arrivals_rankings") })
		}
		put(body, v.newestAndLists(all, foot))
	})
	return c
}

// newestAndLists sets the newest bibs beside the lists, on a tall screen above them.
func (v *visit) newestAndLists(all []library.List, foot *fyne.Container) fyne.CanvasObject {
	lead := widget.Row(theme.Gap, v.kit.Strong(v.t("arrivals.title")), widget.Fill(v.newestLead().Lines(1).OrNothing()))
	size := v.bodySize()
	const share, beside = 0.4, 1.5 // of the height; of a wide screen, the rest being 1
	if v.portrait() {
		size.Height *= share
		groups := v.listGroups(all, size, 2)
		rest := v.bodySize().Height - widget.HeightFor(groups, size.Width) - theme.GapSection
		return widget.Column(theme.GapSection, widget.Fill(v.newest(lead, foot, fyne.NewSize(size.Width, rest))), groups)
	}
	size.Width = (size.Width - theme.GapSection) / (beside + 1)
	return widget.Columns(theme.GapSection, []float32{beside, 1}, v.newest(lead, foot, fyne.NewSize(beside*size.Width, size.Height)), v.listGroups(all, size, 1))
}

// newestLead says what is new.
func (v *visit) newestLead() *widget.Text {
	return v.kit.Second(v.t("arrivals.lead", v.app.cfg.Site().Policy.NewArrivalDays))
}

// newest are the newest bibs in a room, below a lead.
func (v *visit) newest(lead fyne.CanvasObject, foot *fyne.Container, size fyne.Size) fyne.CanvasObject {
	list := newSlot()
	per := v.rowsFor(size.Height - widget.HeightFor(lead, size.Width) - theme.Gap)
	since, cat := v.newSince(), v.app.cfg.Catalogue
	into(v, list, func(ctx context.Context) (library.Page, error) {
		return cat.NewArrivals(ctx, since, v.route.Offset, per)
	}, func(p library.Page) fyne.CanvasObject {
		if p.Count.N == 0 {
			return v.kit.Text(v.t("arrivals.none"))
		}
		put(foot, v.pagerOf(per, p.RowCount(), p.Count.More, ""))
		return v.pageRows(p.Rows, library.Query{}, size.Width)
	})
	return widget.Column(theme.Gap, lead, list)
}
