package screen

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/session"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// home is where everybody begins, and what the terminal shows while nobody is here.
func home(v *visit) content {
	site := v.app.cfg.Site()
	title := site.Name
	if b, ok := site.Branch(v.branch()); ok {
		title = v.branchName(b)
	}
	body := newSlot()
	soon(v, nil, func(ctx context.Context) ([]library.List, error) {
		return v.homeLists(ctx), nil
	}, func(all []library.List, _ error) { put(body, v.homeBody(all)) })
	return content{
		title:  title,
		body:   body,
		footer: v.languages(),
		typed: func(r rune) { // whoever begins to type wants to search
			if r != ' ' {
				v.app.open(Route{Page: PageSearch})
				v.app.typed(string(r))
			}
		},
	}
}

// homeBody are the ways from here. Where there are theme shelves, one or two of them have a
// line of their own, as far as the tiles keep what they say.
func (v *visit) homeBody(all []library.List) fyne.CanvasObject {
	account := v.accountTile()
	arrivals := v.tile("home.arrivals", "home.arrivals_about", v.open(Route{Page: PageArrivals}))
	if len(rankings(all)) > 0 {
		arrivals = v.tile("home.arrivals_rankings", "home.arrivals_rankings_about", v.open(Route{Page: PageArrivals}))
	}
	guide := v.tile("home.guide", "home.guide_about", v.open(Route{Page: PageGuide}))
	var shelves []fyne.CanvasObject
	for _, l := range themes(all) {
		shelves = append(shelves, v.shelfTile(l))
	}
	if v.portrait() {
		body := widget.Column(theme.GapWide,
			v.today(),
			widget.Fill(v.searchPanel()),
			widget.Sized(0, 210, account),
			widget.Sized(0, 200, widget.Columns(theme.GapWide, nil, arrivals, guide)),
		)
		if len(shelves) > 0 {
			body.Add(widget.Columns(theme.GapWide, nil, shelves...))
		}
		return body
	}
	const panel = 1.35 // how wide it is, the rest being 1
	size := v.bodySize()
	today := v.kit.Card(theme.GapWide, v.today())
	for {
		right := widget.Column(theme.GapWide, today, widget.Fill(account), widget.Fill(arrivals), widget.Fill(guide))
		for i, s := range shelves {
			right.Objects = slices.Insert(right.Objects, 3+i, s) // below what is new
		}
		if len(shelves) == 0 || widget.HeightFor(right, (size.Width-theme.GapSection)/(panel+1)) <= size.Height {
			return widget.Columns(theme.GapSection, []float32{panel, 1}, v.searchPanel(), right)
		}
		shelves = shelves[:len(shelves)-1]
	}
}

// homeShelves is how many theme shelves the first screen has at most.
const homeShelves = 2

// homeLists are the rankings, and the first theme shelves on which something stands: the
// bibs of one may have left, and a query may find nothing here.
func (v *visit) homeLists(ctx context.Context) []library.List {
	all := v.knownLists(ctx)
	var shown []library.List
	for _, l := range themes(all) {
		if len(shown) == homeShelves {
			break
		}
		if p, err := v.app.cfg.Catalogue.ListPage(ctx, l.Name, 0, 1); err == nil && p.Count.N > 0 {
			shown = append(shown, l)
		}
	}
	return append(shown, rankings(all)...)
}

// shelfTile is the line that leads to a theme shelf.
func (v *visit) shelfTile(l library.List) fyne.CanvasObject {
	return v.kit.Tile(v.listTitle(l), widget.Plain, widget.Sized(0, theme.ButtonHeight, widget.Middle(widget.Inset(theme.GapTight, theme.GapWide, theme.GapTight, theme.GapSection,
		widget.Row(theme.Gap, v.kit.Tag(v.t("list.themes"), widget.Info), widget.Fill(v.shelfName(l)))))), v.open(Route{Page: PageList, List: l.Name}))
}

// accountTile leads to the patron's menu, as a card under the scanner does.
func (v *visit) accountTile() fyne.CanvasObject {
	k := v.kit
	return k.Tile(v.t("home.menu"), widget.Outlined, widget.Inset(theme.Gap, theme.GapSection, theme.Gap, theme.GapSection,
		widget.Fitting(theme.GapTight,
			widget.Column(theme.GapTight, widget.Row(0, k.Bars(), widget.Space()), k.Title(v.t("home.menu")).Lines(1)),
			k.Second(v.t("home.menu_about")),
			k.Second(v.t("home.menu_more")),
		)), v.app.showMenu)
}

func (v *visit) searchPanel() fyne.CanvasObject {
	k, p := v.kit, v.look().Palette
	state := v.app.cfg.State()
	branches := len(v.app.cfg.Site().Branches)

	lead := widget.Column(theme.GapTight,
		k.Display(v.t("home.search")).In(p.OnPanel),
		k.Text(v.t("home.search_about")).In(p.OnPanel),
		k.Second(v.t("home.search_count", branches, grouped(state.Items))).In(p.OnPanel),
	)
	way := func(name, about string, r Route) fyne.CanvasObject {
		if v.portrait() {
			return k.Tile(v.t(name), widget.OnPanel, widget.Sized(0, 96, widget.Middle(k.Strong(v.t(name)).In(p.OnPanel).Centered())), v.open(r))
		}
		return k.Tile(v.t(name), widget.OnPanel, widget.Sized(0, theme.ButtonHeight, widget.Middle(widget.Inset(0, theme.GapWide, 0, theme.GapWide, widget.Row(theme.GapWide,
			k.Strong(v.t(name)).In(p.OnPanel),
			widget.Fill(k.Second(v.t(about)).In(p.OnPanel).Lines(1).OrNothing()),
		)))), v.open(r))
	}
	ways := []fyne.CanvasObject{
		way("home.by_words", "home.by_words_about", Route{Page: PageSearch}),
		way("home.by_subject", "home.by_subject_about", Route{Page: PageBrowse}),
		way("home.children", "home.children_about", Route{Page: PageBrowse, Query: library.Query{Juvenile: true}}),
	}
	var choices fyne.CanvasObject = widget.Column(theme.Gap, ways...)
	if v.portrait() {
		choices = widget.Columns(theme.Gap, nil, ways...)
	}
	field := k.Tile(v.t("home.field"), widget.Plain, widget.Sized(0, 96, widget.Middle(widget.Inset(0, theme.GapSection, 0, theme.GapSection,
		widget.Row(theme.Gap, widget.Lens(p.Action), widget.Fill(k.Strong(v.t("home.field")).In(p.Quiet).Lines(1).Weight(false)))))), v.open(Route{Page: PageSearch}))

	return k.Panel(widget.Inset(theme.Margin, theme.Margin, theme.Margin, theme.Margin,
		widget.Column(theme.GapWide, lead, widget.Space(), choices, field)))
}

// today says when this branch is open, and when it is closed next.
func (v *visit) today() fyne.CanvasObject {
	k := v.kit
	b, ok := v.app.cfg.Site().Branch(v.branch())
	if !ok {
		return k.Text(v.t("home.welcome"))
	}
	lines := widget.Column(theme.GapTight, k.Strong(v.openToday(b)))
	if text := v.nextClosed(b); text != "" {
		lines.Add(k.Second(text))
	}
	for _, n := range v.app.cfg.Site().Notices {
		if text := n.Text[v.lang()]; text != "" {
			lines.Add(k.Second(text).Lines(3))
		}
	}
	return lines
}

// languages are the buttons that speak to a patron in the own language.
func (v *visit) languages() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, l := range library.Languages {
		out = append(out, v.kit.Button(l.Name, widget.Plain, func() {
			v.app.prefer(func(p *session.Preferences) { p.Language = l.Code })
		}).Select(l.Code == v.lang()))
	}
	return out
}
