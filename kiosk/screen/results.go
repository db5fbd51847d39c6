package screen

import (
	"cmp"
	"context"
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
	head := v.resultsHead()
	room := v.bodySize().Height - widget.HeightFor(head, v.bodySize().Width) - theme.Gap
	per := v.rowsFor(room)
	q := v.route.Query
	cat := v.app.cfg.Catalogue
	into(v, list, func(ctx context.Context) (library.Page, error) {
		return cat.Search(ctx, q, v.route.Offset, per)
	}, func(p library.Page) fyne.CanvasObject {
		if p.Count.N == 0 {
			return nothingFound(v, q)
		}
		put(foot, widget.Row(theme.Gap, append(v.pager(per, p.RowCount(), p.Count.More), v.kit.Second("　"+v.hits(p.Count)))...))
		return v.pageRows(p.Rows)
	})
	return content{
		title:  cmp.Or(v.route.Heading, v.t("results.title")),
		body:   widget.Column(theme.Gap, head, list),
		footer: []fyne.CanvasObject{foot},
	}
}

// resultsHead says what was asked, and leads to the filters.
func (v *visit) resultsHead() fyne.CanvasObject {
	words := v.kit.Strong(v.asked(v.route.Query)).Lines(1)
	filters := v.filterWords(v.route.Query)
	label := v.t("results.filter")
	if n := len(filters); n > 0 {
		label = v.t("results.filter_n", n)
	}
	text := widget.Column(2, words)
	if len(filters) > 0 {
		text.Add(v.kit.Second(strings.Join(filters, "・")).Lines(1))
	}
	return widget.Row(theme.GapWide, widget.Fill(text), v.kit.Button(label, widget.Outlined, v.open(Route{Page: PageFilter, Query: v.route.Query, Heading: v.route.Heading})))
}

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
		wider := library.Query{Words: q.Words, Title: q.Title, Creator: q.Creator, Publisher: q.Publisher, Subject: q.Subject, ISBN: q.ISBN, NDC: q.NDC}
		lines.Add(widget.Row(0, v.kit.Button(v.t("nothing.without_filters"), widget.Filled, v.replace(Route{Page: PageResults, Query: wider})), widget.Space()))
	}
	if v.route.Page == PageResults {
		lines.Add(v.kit.Text(v.t("nothing.try")))
	}
	lines.Add(below)
	return lines
}
