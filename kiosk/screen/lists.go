package screen

import (
	"cmp"
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// lists are all lists of books that came with the catalogue, or those for children.
func lists(v *visit) content {
	body, foot := newSlot(), newSlot()
	per := v.rowsFor(v.bodySize().Height)
	into(v, body, v.readLists, func(all []library.List) fyne.CanvasObject {
		if v.route.Query.Juvenile {
			all = childrens(all)
		}
		if len(all) == 0 {
			return v.kit.Text(v.t("list.none"))
		}
		first := min(v.route.Offset, len(all)-1)
		r := v.route
		r.Offset = first - first%per
		v.keep(r)
		put(foot, v.pagerOf(per, len(all), false, ""))
		return v.listRows(all[r.Offset:min(r.Offset+per, len(all))], v.bodySize().Width)
	})
	return content{title: v.t("list.title"), body: body, footer: []fyne.CanvasObject{foot}, spread: true}
}

// readLists are the lists that the catalogue has.
func (v *visit) readLists(ctx context.Context) ([]library.List, error) {
	return v.app.cfg.Catalogue.Lists(ctx)
}

// knownLists are the lists that the catalogue has; none where they cannot be read, which
// takes nothing else from a screen.
func (v *visit) knownLists(ctx context.Context) []library.List {
	all, err := v.readLists(ctx)
	if err != nil && ctx.Err() == nil {
		v.app.cfg.Log.Warn("reading the lists of books failed", "page", v.route.Page, "err", err)
	}
	return all
}

// themes are the theme shelves among lists, and rankings the others.
func themes(all []library.List) []library.List {
	return slices.DeleteFunc(slices.Clone(all), func(l library.List) bool { return l.Kind != library.ThemeList })
}

func rankings(all []library.List) []library.List {
	return slices.DeleteFunc(slices.Clone(all), func(l library.List) bool { return l.Kind != library.Ranking })
}

// childrens are the rankings of what is made for children.
func childrens(all []library.List) []library.List {
	return slices.DeleteFunc(rankings(all), func(l library.List) bool { return !l.Juvenile })
}

// inOwnLanguage is a text in the language of the session, or in the first one.
func (v *visit) inOwnLanguage(texts map[string]string) string {
	return cmp.Or(texts[v.lang()], texts[library.Languages[0].Code])
}

// listTitle is what a list is called. A ranking is called by what it counts.
func (v *visit) listTitle(l library.List) string {
	if title := v.inOwnLanguage(l.Title); title != "" {
		return title
	}
	if l.Kind != library.Ranking {
		return l.Name
	}
	what := v.t("ranking.any")
	if l.Of != "" {
		what = v.t("kind." + string(l.Of))
	}
	if l.Juvenile {
		return v.t("ranking.children", what)
	}
	return v.t("ranking.title", what)
}

// listAbout is a sentence on a list: of a ranking, what it counts.
func (v *visit) listAbout(l library.List) string {
	if text := v.inOwnLanguage(l.Text); text != "" || l.Kind != library.Ranking {
		return text
	}
	month, err := time.Parse("2006-01", l.Month)
	if err != nil {
		return v.t("ranking.last_year")
	}
	return v.t("ranking.month", month.Year(), v.t("date.month."+month.Format("Jan")))
}

// listRows are lists between rules, each one touch away. A title of two lines stands alone.
func (v *visit) listRows(all []library.List, width float32) fyne.CanvasObject {
	rows := make([]fyne.CanvasObject, len(all))
	for i, l := range all {
		sign := v.kit.Strong("›").In(v.look().Action)
		text := widget.Column(2, v.shelfName(l))
		if about := v.listAbout(l); about != "" && widget.HeightFor(text, width-theme.Gap-sign.MinSize().Width) < 2*v.look().Text*theme.TitleLine {
			text.Add(v.kit.Second(about).Lines(1))
		}
		line := widget.Sized(0, v.rowHeight(), widget.Middle(widget.Row(theme.Gap, widget.Fill(text), sign)))
		rows[i] = v.kit.Tile(v.listTitle(l), widget.Bare, line, v.open(Route{Page: PageList, List: l.Name}))
	}
	return v.rows(rows)
}

// shelfName is the title of a list among others.
func (v *visit) shelfName(l library.List) *widget.Text {
	name := v.kit.Text(v.listTitle(l)).Weight(true).Lines(2)
	name.Leading = theme.TitleLine
	return name
}

// listGroups are the theme shelves and the rankings under their names, as many as there is
// room for, the ways to the others at the end.
func (v *visit) listGroups(all []library.List, size fyne.Size, columns int) fyne.CanvasObject {
	groups := [][]library.List{themes(all), rankings(all)}
	names := []string{v.t("list.themes"), v.t("list.rankings")}
	shown := slices.DeleteFunc([]int{0, 1}, func(i int) bool { return len(groups[i]) == 0 })
	heading := v.look().Strong*theme.TitleLine + theme.Gap
	room := size.Height
	if columns == 1 {
		room -= float32(len(shown))*heading + float32(len(shown)-1)*(theme.GapWide+theme.Border)
	} else {
		room -= heading
	}
	counts := v.share(groups, shown, room, columns)
	more := 0
	for _, i := range shown {
		more += len(groups[i]) - counts[i]
	}
	others := v.kit.Button(v.t("list.all"), widget.Plain, v.open(Route{Page: PageLists}))
	if more > 0 {
		counts = v.share(groups, shown, room-widget.HeightFor(others, size.Width)-theme.Gap, columns)
	}
	var parts []fyne.CanvasObject
	width := size.Width
	if len(shown) > 1 && columns > 1 {
		width = (width - theme.GapSection) / 2
	}
	for _, i := range shown {
		parts = append(parts, widget.Column(theme.Gap, v.kit.Strong(names[i]).Lines(1), v.listRows(groups[i][:counts[i]], width)))
	}
	lists := widget.Column(theme.GapWide, parts...)
	if columns > 1 {
		lists = widget.Columns(theme.GapSection, nil, parts...)
	}
	if more > 0 {
		return widget.Column(theme.Gap, lists, others)
	}
	return lists
}

// share deals the rows that fit into a height to the groups of lists: the first gets what it
// needs as far as the other keeps two.
func (v *visit) share(groups [][]library.List, shown []int, room float32, columns int) [2]int {
	const kept = 2
	var counts [2]int
	fit := v.rowsFor(room)
	for n, i := range shown {
		counts[i] = min(len(groups[i]), fit)
		if columns > 1 {
			continue
		}
		if n == 0 && len(shown) > 1 {
			counts[i] = max(1, min(counts[i], fit-min(kept, len(groups[1]))))
		}
		fit = max(1, fit-counts[i])
	}
	return counts
}
