package screen

import (
	"fyne.io/fyne/v2"

	"madoguchi/kiosk/widget"
)

// paginate deals parts to pages of a size; a part that is higher than a page has
// one of its own.
func paginate(parts []fyne.CanvasObject, gap float32, size fyne.Size) [][]fyne.CanvasObject {
	pages := [][]fyne.CanvasObject{nil}
	left := size.Height
	for _, p := range parts {
		h := widget.HeightFor(p, size.Width)
		if last := len(pages) - 1; h > left && len(pages[last]) > 0 {
			pages = append(pages, nil)
			left = size.Height
		}
		last := len(pages) - 1
		pages[last] = append(pages[last], p)
		left -= h + gap
	}
	return pages
}

// pager is the paging of a list: large buttons at the left of the footer.
func (v *visit) pager(per int, total int, more bool) []fyne.CanvasObject {
	page := v.route.Offset/per + 1
	pages := max(1, (total+per-1)/per)
	label := v.t("pager.of", page, pages)
	if more {
		label = v.t("pager.of_more", page, pages)
	}
	move := func(by int) func() {
		r := v.route
		r.Offset = max(0, r.Offset+by*per)
		return v.replace(r)
	}
	before, after := widget.Quiet, widget.Quiet
	var back, next func()
	if v.route.Offset > 0 {
		before, back = widget.Plain, move(-1)
	}
	if v.route.Offset+per < total {
		after, next = widget.Plain, move(1)
	}
	return []fyne.CanvasObject{
		v.kit.Button("▲ "+v.t("pager.before"), before, back),
		v.kit.Button("▼ "+v.t("pager.after"), after, next),
		v.kit.Second(label),
	}
}
