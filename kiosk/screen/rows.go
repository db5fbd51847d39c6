package screen

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// recordRow is one record in a list that is so wide: what it is, by whom, and whether it is
// here, behind what stands before it, if anything.
func (v *visit) recordRow(r library.Record, width float32, before ...fyne.CanvasObject) fyne.CanvasObject {
	name, about := fullTitle(r.Bib), v.byline(r.Bib)
	var kind fyne.CanvasObject = widget.Column(0)
	if word := v.kindWord(r.Bib); word != "" {
		kind = v.kit.Tag(word, widget.Neutral)
		about = joined("／", word, about)
	}
	for _, o := range before {
		width -= o.MinSize().Width + theme.Gap
	}
	title, where := v.kit.Strong(name).Lines(1), v.whereaboutsTag(r)
	line := func(about string) *widget.Text { return v.kit.Second(about).Lines(1) }
	var text fyne.CanvasObject
	switch left := width - where.MinSize().Width - theme.Gap; {
	case kind.MinSize().Width > 0 && left-kind.MinSize().Width-theme.Gap > titleShare*width:
		text = widget.Row(theme.Gap, widget.Fill(widget.Column(2, title, line(v.byline(r.Bib)))), kind, where)
	case left > titleShare*width:
		text = widget.Row(theme.Gap, widget.Fill(widget.Column(2, title, line(about))), where)
	default:
		text = widget.Column(2, title, widget.Row(theme.Gap, where, widget.Fill(line(about))))
	}
	row := widget.Row(theme.Gap, append(before, widget.Fill(text))...)
	return v.kit.Tile(name, widget.Bare, widget.Sized(0, v.rowHeight(), widget.Middle(row)), v.open(Route{Page: PageDetail, Bib: r.Bib.ID}))
}

// titleShare is how much of a row its title has at least beside the tags. Where it would
// have less, they go below it.
const titleShare = 0.5

// kindWord is what a record is, where it is no book.
func (v *visit) kindWord(b library.Bib) string {
	if b.Kind == library.Book || b.Kind == "" {
		return ""
	}
	return v.t("kind." + string(b.Kind))
}

// whereaboutsTag says whether a record is here.
func (v *visit) whereaboutsTag(r library.Record) fyne.CanvasObject {
	return v.kit.Tag(v.whereabouts(library.WhereaboutsOf(r.Items, v.branch())))
}

// rowHeight is the height of a record's row without its rule.
func (v *visit) rowHeight() float32 {
	look := v.look()
	return max(theme.Touch, look.Strong*theme.TitleLine+2+look.Second*theme.RunningLine+22)
}

// rowsFor is how many rows, each with a rule above, fit into a height.
func (v *visit) rowsFor(height float32) int {
	return max(1, int((height-theme.Border)/(v.rowHeight()+theme.Border)))
}

// rows sets rows between rules.
func (v *visit) rows(rows []fyne.CanvasObject) fyne.CanvasObject {
	list := widget.Column(0)
	for _, r := range rows {
		list.Add(v.kit.Rule())
		list.Add(r)
	}
	if len(rows) > 0 {
		list.Add(v.kit.Rule())
	}
	return list
}

// pageRows are the rows of a page that a query brought, in a list that is so wide.
func (v *visit) pageRows(page []library.Row, q library.Query, width float32) fyne.CanvasObject {
	rows := make([]fyne.CanvasObject, len(page))
	for i, r := range page {
		if r.Volumes > 0 {
			rows[i] = v.workRow(r, q, width)
		} else {
			rows[i] = v.recordRow(r.Record, width)
		}
	}
	return v.rows(rows)
}

// whereabouts words the answer to "can I have it now?".
func (v *visit) whereabouts(w library.Whereabouts) (string, widget.Tone) {
	tone := widget.Neutral
	switch w {
	case library.HereNow:
		tone = widget.Good
	case library.HereReference, library.Elsewhere:
		tone = widget.Info
	}
	return v.t("whereabouts." + string(w)), tone
}

// fullTitle is the title with its subtitle and volume.
func fullTitle(b library.Bib) string {
	s := b.Title
	if b.Volume != "" {
		s += " " + b.Volume
	}
	if b.Subtitle != "" {
		s += "：" + b.Subtitle
	}
	return s
}

// byline is the second line of a record: creators, publisher, year.
func (v *visit) byline(b library.Bib) string {
	var parts []string
	if len(b.Creators) > 0 {
		parts = append(parts, creators(b.Creators, 2))
	}
	if b.Publisher != "" {
		parts = append(parts, b.Publisher)
	}
	if b.Year != 0 {
		parts = append(parts, v.t("record.year", strconv.Itoa(b.Year)))
	}
	return strings.Join(parts, "／")
}

// creators lists the first names, at most n of them.
func creators(all []library.Creator, n int) string {
	var names []string
	for i, c := range all {
		if i == n {
			return strings.Join(names, "・") + "…"
		}
		names = append(names, c.Name)
	}
	return strings.Join(names, "・")
}
