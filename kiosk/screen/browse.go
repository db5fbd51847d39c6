package screen

import (
	"context"

	"fyne.io/fyne/v2"

	"madoguchi/assets/ndc"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// browse leads through the classification in three levels: class, division,
// section. A level shows how many bibs stand under each.
func browse(v *visit) content {
	list := newSlot()
	prefix, scope := v.route.NDC, v.route.Query
	title := v.t("browse.title")
	if scope.Juvenile {
		title = v.t("browse.children")
	}
	cat := v.app.cfg.Catalogue
	into(v, list, func(ctx context.Context) (map[string]int, error) {
		return cat.NDCCounts(ctx, prefix, scope)
	}, func(counts map[string]int) fyne.CanvasObject {
		return v.classes(ndc.Children(prefix), counts)
	})
	lead := v.t("browse.lead")
	if prefix != "" {
		lead = v.ndcLabel(prefix)
	}
	head := widget.Row(theme.GapWide, widget.Fill(v.kit.Strong(lead).Lines(1).DownTo(v.look().Second)))
	if prefix != "" {
		q := scope
		q.NDC = prefix
		head.Add(v.kit.Button(v.t("browse.all_of"), widget.Outlined, v.open(Route{Page: PageResults, Query: q, Heading: v.ndcLabel(prefix)})))
	}
	return content{title: title, body: widget.Column(theme.GapWide, widget.Sized(0, v.buttonHeight(), widget.Middle(head)), list)}
}

// classes are the ten (or fewer) tiles of a level.
func (v *visit) classes(codes []string, counts map[string]int) fyne.CanvasObject {
	var tiles []fyne.CanvasObject
	for _, code := range codes {
		n := counts[code[len(code)-1:]]
		label, _ := ndc.Label(code, v.lang())
		name := v.kit.Strong(label).Lines(2)
		if v.lang() != "ja" { // labels in letters are longer
			name.TextSize = v.look().Text
		}
		text := widget.Row(theme.Gap,
			widget.Sized(72, 0, v.kit.Strong(padded(code)).In(v.look().Action)),
			widget.Fill(name),
			v.kit.Second(v.t("browse.count", grouped(n))),
		)
		style, open := widget.Plain, func() { v.app.open(v.below(code)) }
		if n == 0 {
			style, open = widget.Quiet, nil
		}
		tiles = append(tiles, v.kit.Tile(label, style, widget.Middle(widget.Inset(theme.GapTight, theme.GapWide, theme.GapTight, theme.GapWide, text)), open))
	}
	return v.tileGrid(tiles, v.bodySize().Height-v.buttonHeight()-theme.GapWide)
}

// tileGrid sets tiles in two columns, down the left one first as on a signpost. On
// a tall screen they stand at the bottom, where hands reach.
func (v *visit) tileGrid(tiles []fyne.CanvasObject, room float32) fyne.CanvasObject {
	const columns, gap, highest = 2, theme.Gap, float32(176)
	rows := (len(tiles) + columns - 1) / columns
	if rows == 0 {
		return widget.Space()
	}
	high := (room - gap*float32(rows-1)) / float32(rows)
	if v.portrait() {
		high = min(high, highest)
	}
	grid := make([]fyne.CanvasObject, columns)
	for c := range columns {
		column := widget.Column(gap)
		for i := c * rows; i < min((c+1)*rows, len(tiles)); i++ {
			column.Add(widget.Sized(0, high, tiles[i]))
		}
		grid[c] = column
	}
	return widget.Column(0, widget.Space(), widget.Columns(gap, nil, grid...))
}

// below is where a tile leads: the next level, or the bibs of a section.
func (v *visit) below(code string) Route {
	if len(code) < 3 {
		return Route{Page: PageBrowse, Query: v.route.Query, NDC: code}
	}
	q := v.route.Query
	q.NDC = code
	return Route{Page: PageResults, Query: q, Heading: v.ndcLabel(code)}
}

// padded writes a class number as it stands on shelves: 9 is 900.
func padded(code string) string { return (code + "00")[:max(3, len(code))] }

// ndcLabel words a classification number: "913 小説".
func (v *visit) ndcLabel(number string) string {
	code, label := ndc.Longest(number, v.lang())
	if label == "" {
		return number
	}
	if len(number) < 3 {
		number = padded(code)
	}
	return number + " " + label
}

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
		put(foot, widget.Row(theme.Gap, v.pager(per, p.Count.N, p.Count.More)...))
		return v.recordRows(p.Records)
	})
	return content{
		title:  v.t("arrivals.title"),
		body:   widget.Column(theme.Gap, v.kit.Second(v.t("arrivals.lead", days)).Lines(1), list),
		footer: []fyne.CanvasObject{foot},
	}
}
