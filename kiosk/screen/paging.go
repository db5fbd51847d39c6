package screen

import (
	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
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
	before, after, label := v.turn(per, total, more)
	return []fyne.CanvasObject{before, after, v.kit.Second(label)}
}

// pagerOf is the pager of a list and how many it has, for a footer that it fills up to the
// cart: in two lines where one is too narrow. On a tall screen the number stands elsewhere.
func (v *visit) pagerOf(per int, total int, more bool, count string) fyne.CanvasObject {
	before, after, label := v.turn(per, total, more)
	if v.portrait() {
		return widget.Row(theme.Gap, before, after, widget.Fill(v.kit.Second(label).Lines(1).DownTo(leastType)))
	}
	room := v.bodySize().Width - 4*theme.Gap
	for _, o := range []fyne.CanvasObject{before, after, v.cartButton(), v.kit.Button(v.t("frame.end"), widget.Plain, nil)} {
		room -= o.MinSize().Width
	}
	text := fyne.CanvasObject(v.kit.Second(label + "　" + count).Lines(1))
	if text.MinSize().Width > room {
		text = widget.Column(0, v.kit.Second(label).Lines(1).DownTo(leastType), v.kit.Second(count).Lines(1).DownTo(leastType))
	}
	return widget.Row(theme.Gap, before, after, widget.Fill(text))
}

// leastType is the size under which no type is set.
const leastType = 21

// turn are the buttons that turn the pages of a list, and which page is shown.
func (v *visit) turn(per int, total int, more bool) (before, after *widget.Button, label string) {
	page := v.route.Offset/per + 1
	pages := max(1, (total+per-1)/per)
	label = v.t("pager.of", page, pages)
	if more {
		label = v.t("pager.of_more", page, pages)
	}
	move := func(by int) func() {
		r := v.route
		r.Offset = max(0, r.Offset+by*per)
		return v.replace(r)
	}
	before, after = v.kit.Button("▲ "+v.t("pager.before"), widget.Quiet, nil), v.kit.Button("▼ "+v.t("pager.after"), widget.Quiet, nil)
	if v.route.Offset > 0 {
		before = v.kit.Button("▲ "+v.t("pager.before"), widget.Plain, move(-1))
	}
	if v.route.Offset+per < total {
		after = v.kit.Button("▼ "+v.t("pager.after"), widget.Plain, move(1))
	}
	return before, after, label
}
