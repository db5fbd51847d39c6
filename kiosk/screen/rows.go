package screen

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// recordRow is one record in a list: what it is, by whom, and whether it is here.
func (v *visit) recordRow(r library.Record) fyne.CanvasObject {
	name := fullTitle(r.Bib)
	tag, tone := v.whereabouts(library.WhereaboutsOf(r.Items, v.branch()))
	text := widget.Column(2, v.kit.Strong(name).Lines(1), v.kit.Second(v.byline(r.Bib)).Lines(1))
	parts := []fyne.CanvasObject{widget.Fill(text)}
	if r.Bib.Kind != library.Book && r.Bib.Kind != "" {
		parts = append(parts, v.kit.Tag(v.t("kind."+string(r.Bib.Kind)), widget.Neutral))
	}
	parts = append(parts, v.kit.Tag(tag, tone))
	return v.kit.Tile(name, widget.Bare, widget.Sized(0, v.rowHeight(), widget.Middle(widget.Row(theme.Gap, parts...))), v.open(Route{Page: PageDetail, Bib: r.Bib.ID}))
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

// pageRows are the rows of a page that a query brought.
func (v *visit) pageRows(page []library.Row, q library.Query) fyne.CanvasObject {
	rows := make([]fyne.CanvasObject, len(page))
	for i, r := range page {
		if r.Volumes > 0 {
			rows[i] = v.workRow(r, q)
		} else {
			rows[i] = v.recordRow(r.Record)
		}
	}
	return v.rows(rows)
}

func (v *visit) recordRows(records []library.Record) fyne.CanvasObject {
	rows := make([]fyne.CanvasObject, len(records))
	for i, r := range records {
		rows[i] = v.recordRow(r)
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
