package screen

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// here shows the shelf of this branch, with the call number as on the label and, where
// the height allows, the place on the floor plan.
func (d *detailScreen) here(width, height float32) fyne.CanvasObject {
	k := d.kit
	own := d.ownCopy()
	if own == nil {
		return k.Card(theme.GapSection, widget.Column(theme.Gap, k.Strong(d.t("detail.this_branch")), k.Text(d.notHere())))
	}
	inner := width - 2*theme.GapSection
	lines := widget.Column(theme.Gap, d.shelfHead(*own, inner))
	if own.CallNumber != "" {
		lines.Add(widget.Row(theme.GapWide, d.label(own.CallNumber), widget.Fill(k.Second(d.t("detail.label_about")))))
	}
	card := k.Card(theme.GapSection, lines)
	if b, ok := d.app.cfg.Site().Branch(d.branch()); ok && own.State == library.OnShelf {
		if p, ok := b.Locate(own.Shelf); ok {
			const highest = 320
			left := height - widget.HeightFor(card, width) - theme.Gap
			if drawn, ok := d.floorPlan(p, own.Shelf, inner, min(left, highest)); ok {
				lines.Add(drawn)
			}
		}
	}
	return card
}

// notHere says where to turn when this branch has no copy.
func (d *detailScreen) notHere() string {
	switch {
	case len(d.record.Items) == 0:
		return d.t("detail.no_copies")
	case library.Holdable(d.record.Items) == nil:
		return d.t("detail.not_here_hold")
	}
	return d.t("detail.not_here")
}

// shelfHead names the shelf and says whether the copy stands on it, in one line where
// that is wide enough.
func (d *detailScreen) shelfHead(own library.Item, width float32) fyne.CanvasObject {
	k := d.kit
	word, tone := d.itemState(own)
	title, shelf, tag := k.Strong(d.t("detail.this_branch")), k.Text(own.Shelf), k.Tag(word, tone)
	if title.MinSize().Width+shelf.MinSize().Width+tag.MinSize().Width+2*theme.Gap <= width {
		return widget.Row(theme.Gap, title, widget.Fill(shelf), tag)
	}
	lines := widget.Column(theme.GapTight, widget.Row(theme.Gap, widget.Fill(title.Lines(1).DownTo(d.look().Second*0.8)), tag))
	if own.Shelf != "" {
		lines.Add(shelf)
	}
	return lines
}

// ownCopy is the copy of this branch that is the easiest to have.
func (d *detailScreen) ownCopy() *library.Item {
	var best *library.Item
	for i := range d.record.Items {
		it := &d.record.Items[i]
		if it.Branch == d.branch() && (best == nil || best.State != library.OnShelf && it.State == library.OnShelf) {
			best = it
		}
	}
	return best
}

// label draws a call number as it is printed on the back of the book.
func (d *detailScreen) label(callNumber string) fyne.CanvasObject {
	look := d.look()
	frame := canvas.NewRectangle(look.Surface)
	frame.StrokeColor, frame.StrokeWidth, frame.CornerRadius = look.Ink, 3, 4
	lines := widget.Column(0)
	for _, part := range strings.Split(callNumber, "/") {
		lines.Add(d.kit.Title(part).Weight(false).Centered())
	}
	return widget.Sized(148, 0, widget.Stack(frame, widget.Inset(8, 24, 8, 24, lines)))
}
