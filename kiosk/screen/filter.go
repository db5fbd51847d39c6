package screen

import (
	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// languagesOffered are the languages of books that can be filtered by (ISO 639-2/B).
var languagesOffered = []string{"jpn", "eng", "chi", "kor"}

// filtersOf is a query of nothing but the filters of q.
func filtersOf(q library.Query) library.Query {
	return library.Query{Branch: q.Branch, Available: q.Available, Juvenile: q.Juvenile, Kind: q.Kind, Language: q.Language, YearFrom: q.YearFrom, YearTo: q.YearTo}
}

// unfiltered is what q asks without its filters, in the order in which it is shown.
func unfiltered(q library.Query) library.Query {
	return library.Query{
		Words: q.Words, Title: q.Title, Creator: q.Creator, Publisher: q.Publisher, Subject: q.Subject, ISBN: q.ISBN, NDC: q.NDC,
		Order: q.Order,
	}
}

// filter narrows a search down. Every touch shows at once what is chosen; the
// filled button goes back to the hits.
func filter(v *visit) content {
	q := v.route.Query
	choose := func(label string, on bool, change func(*library.Query)) fyne.CanvasObject {
		return v.kit.Button(label, widget.Plain, func() {
			r := v.route
			change(&r.Query)
			v.app.show(r)
		}).Select(on)
	}

	here := []fyne.CanvasObject{choose(v.t("filter.everywhere"), q.Branch == "", func(q *library.Query) { q.Branch = "" })}
	for _, b := range v.branchesNearFirst() {
		here = append(here, choose(v.branchShort(b), q.Branch == b.Code, func(q *library.Query) { q.Branch = b.Code }))
	}
	what := []fyne.CanvasObject{choose(v.t("filter.any_kind"), q.Kind == "", func(q *library.Query) { q.Kind = "" })}
	for _, k := range []library.Kind{library.Book, library.Magazine, library.CD, library.DVD, library.Ebook} {
		what = append(what, choose(v.t("kind."+string(k)), q.Kind == k, func(q *library.Query) { q.Kind = k }))
	}
	lang := []fyne.CanvasObject{choose(v.t("filter.any_language"), q.Language == "", func(q *library.Query) { q.Language = "" })}
	for _, l := range languagesOffered {
		lang = append(lang, choose(v.t("language."+l), q.Language == l, func(q *library.Query) { q.Language = l }))
	}
	thisYear := v.now().Year()
	when := []fyne.CanvasObject{choose(v.t("filter.any_year"), q.YearFrom == 0 && q.YearTo == 0, func(q *library.Query) { q.YearFrom, q.YearTo = 0, 0 })}
	for _, n := range []int{1, 5, 10, 30} {
		from := thisYear - n
		when = append(when, choose(v.t("filter.last_years", n), q.YearFrom == from && q.YearTo == 0, func(q *library.Query) { q.YearFrom, q.YearTo = from, 0 }))
	}
	other := []fyne.CanvasObject{
		choose(v.t("filter.available"), q.Available, func(q *library.Query) { q.Available = !q.Available }),
		choose(v.t("filter.juvenile"), q.Juvenile, func(q *library.Query) { q.Juvenile = !q.Juvenile }),
	}

	section := func(title string, choices []fyne.CanvasObject) fyne.CanvasObject {
		return widget.Column(12, v.kit.Second(title), widget.Wrap(12, choices...))
	}
	sections := []fyne.CanvasObject{
		section(v.t("filter.branch"), here),
		section(v.t("filter.state"), other),
		section(v.t("filter.kind"), what),
		section(v.t("filter.language"), lang),
		section(v.t("filter.year"), when),
	}
	pages := paginate(sections, theme.GapWide, v.bodySize())
	page := min(v.route.Offset, len(pages)-1)
	none := v.route
	none.Query = unfiltered(q)
	none.Offset = 0
	footer := []fyne.CanvasObject{
		v.kit.Button(v.t("filter.show"), widget.Filled, func() { v.app.showFiltered(v.route) }),
	}
	if len(pages) > 1 {
		footer = append(footer, v.pager(1, len(pages), false)...)
	}
	return content{
		title:   v.t("filter.title"),
		actions: []fyne.CanvasObject{v.kit.Button(v.t("filter.none"), widget.Plain, v.replace(none))},
		body:    v.low(widget.Column(theme.GapWide, pages[page]...)),
		footer:  footer,
	}
}

// showFiltered goes back to the list that the filters were opened from, narrowed.
func (a *App) showFiltered(r Route) {
	if n := len(a.back); n > 0 {
		a.back = a.back[:n-1]
	}
	a.show(Route{Page: PageResults, Query: r.Query, Heading: r.Heading})
}
