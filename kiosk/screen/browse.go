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
	c := content{title: title, body: widget.Column(theme.GapWide, widget.Sized(0, v.buttonHeight(), widget.Middle(head)), list)}
	if scope.Juvenile && prefix == "" {
		v.offerChildrens(&c)
	}
	return c
}

// offerChildrens offers the rankings for children, where there are some.
func (v *visit) offerChildrens(c *content) {
	soon(v, nil, func(ctx context.Context) ([]library.List, error) {
		return childrens(v.knownLists(ctx)), nil
	}, func(all []library.List, _ error) {
		if len(all) == 0 {
			return
		}
		to := Route{Page: PageLists, Query: library.Query{Juvenile: true}}
		if len(all) == 1 {
			to = Route{Page: PageList, List: all[0].Name}
		}
		v.amend(c, func(c *content) {
			c.actions = []fyne.CanvasObject{v.kit.Button(v.t("browse.rankings"), widget.Plain, v.open(to))}
		})
	})
}

// classes are the ten (or fewer) tiles of a level.
func (v *visit) classes(codes []string, counts map[string]int) fyne.CanvasObject {
	var tiles []fyne.CanvasObject
	for _, code := range codes {
		n := counts[code[len(code)-1:]]
		label, _ := ndc.Label(code, v.lang())
		name := v.kit.Strong(label).Lines(2)
		if v.language().Latin { // labels in letters are longer
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

// below is where a tile leads: the next level, or the bibs of a section.
func (v *visit) below(code string) Route {
	if len(code) < 3 {
		return Route{Page: PageBrowse, Query: v.route.Query, NDC: code}
	}
	q := v.route.Query
	q.NDC = code
	return Route{Page: PageResults, Query: q, Heading: v.ndcLabel(code)}
}
