package screen

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// list is one list of books: a theme shelf, or a ranking with its places.
func list(v *visit) content {
	body, foot := newSlot(), newSlot()
	c := content{title: v.t("list.title"), body: body, footer: []fyne.CanvasObject{foot}, spread: true}
	into(v, body, v.readLists, func(all []library.List) fyne.CanvasObject {
		i := slices.IndexFunc(all, func(l library.List) bool { return l.Name == v.route.List })
		if i < 0 {
			return v.kit.Text(v.t("list.gone"))
		}
		l := all[i]
		v.amend(&c, func(c *content) { c.title = v.listTitle(l) })
		return v.listBody(l, foot)
	})
	return c
}

// listBody is what a list says of itself, and its books.
func (v *visit) listBody(l library.List, foot *fyne.Container) fyne.CanvasObject {
	rows := newSlot()
	body, size := widget.Column(theme.Gap), v.bodySize()
	for _, text := range []string{v.listAbout(l), v.listLacks(l)} {
		if text != "" {
			about := v.kit.Text(text).Lines(2)
			size.Height -= widget.HeightFor(about, size.Width) + theme.Gap
			body.Add(about)
		}
	}
	body.Add(rows)
	per := v.rowsFor(size.Height)
	into(v, rows, func(ctx context.Context) (library.Page, error) {
		return v.app.cfg.Catalogue.ListPage(ctx, l.Name, v.route.Offset-v.route.Offset%per, per)
	}, func(p library.Page) fyne.CanvasObject {
		if p.Count.N == 0 {
			return v.kit.Text(v.t("list.empty"))
		}
		r := v.route
		r.Offset -= r.Offset % per
		v.keep(r)
		put(foot, v.pagerOf(per, p.RowCount(), p.Count.More, v.hits(p.Count)))
		if l.Kind != library.Ranking {
			var filters library.Query
			if l.Query != nil {
				filters = *l.Query
			}
			return v.pageRows(p.Rows, filters, v.bodySize().Width)
		}
		return v.placedRows(p.Rows, r.Offset)
	})
	return body
}

// listLacks says what a ranking leaves out.
func (v *visit) listLacks(l library.List) string {
	if l.Kind == library.Ranking && !l.Juvenile {
		return v.t("ranking.without_children")
	}
	return ""
}

// placedRows are the rows of a ranking, from the place after the first ones.
func (v *visit) placedRows(page []library.Row, first int) fyne.CanvasObject {
	places, column := make([]*widget.Text, len(page)), float32(0)
	for i := range page {
		places[i] = v.kit.Strong(v.t("ranking.place", first+i+1))
		column = max(column, places[i].MinSize().Width)
	}
	rows := make([]fyne.CanvasObject, len(page))
	for i, r := range page {
		rows[i] = v.recordRow(r.Record, v.bodySize().Width, widget.Fixed(column, places[i].In(v.look().Action).Trailing()))
	}
	return v.rows(rows)
}
