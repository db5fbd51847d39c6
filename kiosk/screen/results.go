package screen

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
	"madoguchi/library/kana"
)

// results are the hits of a search, page by page.
func results(v *visit) content {
	list, foot := newSlot(), newSlot()
	count := newSlot() // of a tall screen, whose footer has no room for it
	orders := v.orders()
	head := v.resultsHead(count, orders)
	room := v.bodySize().Height - widget.HeightFor(head, v.bodySize().Width) - theme.Gap
	q := v.route.Query
	into(v, list, func(ctx context.Context) (hitPage, error) {
		return v.find(ctx, q, v.route.Offset, room)
	}, func(p hitPage) fyne.CanvasObject {
		if p.Count.N == 0 {
			for _, o := range orders { // of nothing
				o.Hide()
			}
			return nothingFound(v, q)
		}
		put(count, v.kit.Second(v.hits(p.Count)).Lines(1).Trailing())
		put(foot, v.pagerOf(p.per, p.RowCount(), p.Count.More, v.hits(p.Count)))
		return v.hitRows(p, q)
	})
	title := cmp.Or(v.route.Heading, v.t("results.title"))
	if v.route.ofAuthor() {
		title = v.t("results.by", q.Creator)
	}
	return content{title: title, body: widget.Column(theme.Gap, head, list), footer: []fyne.CanvasObject{foot}, spread: true}
}

// ofAuthor reports whether the hits are what one author made, and so not what was typed.
func (r Route) ofAuthor() bool { return r.Heading != "" && r.Heading == r.Query.Creator }

// resultsHead says what was asked, and on a tall screen how many hits there are, and leads
// to the orders and filters.
func (v *visit) resultsHead(count *fyne.Container, orders []fyne.CanvasObject) fyne.CanvasObject {
	q := v.route.Query
	var lines []fyne.CanvasObject
	if !v.route.ofAuthor() { // the title says it
		lines = append(lines, v.kit.Strong(v.asked(q)).Lines(1))
	}
	filters, label := v.filterWords(q), v.t("results.filter")
	if n := len(filters); n > 0 {
		label = v.t("results.filter_n", n)
		lines = append(lines, v.kit.Second(strings.Join(filters, "・")).Lines(1))
	}
	text := widget.Column(2, lines...)
	if v.portrait() {
		const share = 0.35 // of the line, for the number of hits
		room := v.bodySize().Width * share
		text = widget.Column(0, widget.Row(theme.Gap, widget.Fill(widget.Column(2, lines...)),
			widget.Fixed(room, widget.Sized(0, v.look().Second*theme.RunningLine, count))))
		return widget.Column(theme.Gap, text, v.headed(widget.Column(0), orders, v.filterButton(label)))
	}
	return v.headed(text, orders, v.filterButton(label))
}

func (v *visit) filterButton(label string) fyne.CanvasObject {
	return v.kit.Button(label, widget.Outlined, v.open(Route{Page: PageFilter, Query: v.route.Query, Heading: v.route.Heading}))
}

// headed sets a text, choices and a button in one line; where the text would have too
// little room, above them.
func (v *visit) headed(text *fyne.Container, choices []fyne.CanvasObject, button fyne.CanvasObject) fyne.CanvasObject {
	width := v.bodySize().Width
	touched := []fyne.CanvasObject{button}
	if len(choices) > 0 {
		touched = []fyne.CanvasObject{widget.Row(betweenTargets, choices...), button}
	}
	below := widget.Row(theme.GapWide, slices.Insert(slices.Clone(touched), len(touched)-1, fyne.CanvasObject(widget.Space()))...)
	switch {
	case below.MinSize().Width > width:
		below = widget.Wrap(betweenTargets, append(choices, button)...)
	case len(text.Objects) > 0:
		const least = 0.4 // of the line, for the text
		one := widget.Row(theme.GapWide, append([]fyne.CanvasObject{widget.Fill(text)}, touched...)...)
		if one.MinSize().Width+min(text.MinSize().Width, least*width) <= width {
			return one
		}
	}
	if len(text.Objects) == 0 {
		return below
	}
	return widget.Column(theme.Gap, text, below)
}

// orders are the orders in which hits can be shown, the present one marked: works first
// where all hits are of one author.
func (v *visit) orders() (choices []fyne.CanvasObject) {
	offered := []library.Order{library.ByWanted, library.ByYear}
	if v.route.Query.Creator != "" {
		offered = []library.Order{library.ByWork, library.ByWanted, library.ByYear}
	}
	for _, o := range offered {
		r := v.route
		r.Query.Order, r.Offset = o, 0
		choices = append(choices, v.kit.Button(v.t("order."+orderName(o)), widget.Plain, v.replace(r)).Select(o == v.route.Query.Order))
	}
	return choices
}

// orderName is a name also for the order that is the zero one.
func orderName(o library.Order) string { return cmp.Or(string(o), "wanted") }

// asked words the text of a query.
func (v *visit) asked(q library.Query) string {
	var parts []string
	add := func(field, value string) {
		if value != "" {
			parts = append(parts, v.t("asked", v.t("field."+field), value))
		}
	}
	if q.Words != "" {
		parts = append(parts, v.t("asked_words", q.Words))
	}
	add("title", q.Title)
	add("creator", q.Creator)
	add("publisher", q.Publisher)
	add("subject", q.Subject)
	add("isbn", q.ISBN)
	if q.NDC != "" {
		parts = append(parts, v.ndcLabel(q.NDC))
	}
	if len(parts) == 0 {
		return v.t("results.all")
	}
	return strings.Join(parts, "　")
}

// filterWords words the filters of a query, one each.
func (v *visit) filterWords(q library.Query) []string {
	var out []string
	if b, ok := v.app.cfg.Site().Branch(q.Branch); ok {
		out = append(out, v.branchName(b))
	}
	if q.Available {
		out = append(out, v.t("filter.available"))
	}
	if q.Juvenile {
		out = append(out, v.t("filter.juvenile"))
	}
	if q.Kind != "" {
		out = append(out, v.t("kind."+string(q.Kind)))
	}
	if q.Language != "" {
		out = append(out, v.t("language."+q.Language))
	}
	switch {
	case q.YearFrom != 0 && q.YearTo != 0:
		out = append(out, v.t("filter.years", strconv.Itoa(q.YearFrom), strconv.Itoa(q.YearTo)))
	case q.YearFrom != 0:
		out = append(out, v.t("filter.years_from", strconv.Itoa(q.YearFrom)))
	case q.YearTo != 0:
		out = append(out, v.t("filter.years_to", strconv.Itoa(q.YearTo)))
	}
	return out
}

// nothingFound says what was read from the keys, offers near words, and says what
// to try.
func nothingFound(v *visit, q library.Query) fyne.CanvasObject {
	words := strings.TrimSpace(strings.Join([]string{q.Words, q.Title, q.Creator, q.Subject}, " "))
	lines := widget.Column(theme.Gap, v.kit.Strong(v.t("nothing.title")))
	if read, rest := kana.FromRomaji(words); read != "" && rest == "" {
		lines.Add(v.kit.Text(v.t("nothing.read", words, read)))
	}
	rest := widget.Column(theme.Gap)
	if b, ok := v.printButton("request.print", widget.Outlined, v.emptyRequestSlip); ok && v.route.Page == PageResults {
		rest.Add(widget.Row(0, b, widget.Space()))
	}
	below := newSlot() // similar words come between what stands above and below
	put(below, rest)
	cat := v.app.cfg.Catalogue
	load(v, nil, func(ctx context.Context) ([]library.Suggestion, error) {
		if words == "" {
			return nil, nil
		}
		return cat.Near(ctx, words, 5)
	}, func(found []library.Suggestion, err error) {
		if err == nil && len(found) > 0 {
			near := widget.Column(theme.GapTight, v.kit.Text(v.t("nothing.near")), v.suggestionChips(found))
			put(below, widget.Column(theme.GapWide, near, rest, widget.Space()))
		}
	})
	if len(v.filterWords(q)) > 0 {
		wider := Route{Page: PageResults, Query: unfiltered(q), Heading: v.route.Heading}
		lines.Add(widget.Row(0, v.kit.Button(v.t("nothing.without_filters"), widget.Filled, v.replace(wider)), widget.Space()))
	}
	if v.route.Page == PageResults {
		lines.Add(v.kit.Text(v.t("nothing.try")))
	}
	lines.Add(below)
	return lines
}
