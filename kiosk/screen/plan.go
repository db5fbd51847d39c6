package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// smallestPlan is the height below which a floor plan says nothing any more.
const smallestPlan = 130

// floorPlan draws a plan with one shelf marked, in the middle of a bed that is width
// units wide and at most height units high. There is none where it would be too small
// to read.
func (v *visit) floorPlan(p library.FloorPlan, shelf string, width, height float32) (fyne.CanvasObject, bool) {
	if p.Validate() != nil {
		return nil, false
	}
	scale := min(width/float32(p.Width), height/float32(p.Height))
	high := float32(p.Height) * scale
	if high < smallestPlan {
		return nil, false
	}
	look := v.look()
	bed := canvas.NewRectangle(look.KeyBed)
	bed.CornerRadius = theme.Corner
	bed.Resize(fyne.NewSize(width, high))
	drawn := container.NewWithoutLayout(bed)
	left := (width - float32(p.Width)*scale) / 2
	for _, s := range p.Shelves {
		r := canvas.NewRectangle(look.Surface)
		r.StrokeColor, r.StrokeWidth, r.CornerRadius = look.Line, theme.Border, theme.Corner/3
		if s.Name == shelf {
			r.FillColor, r.StrokeColor = look.Mark, look.Mark
		}
		r.Move(fyne.NewPos(left+float32(s.X)*scale, float32(s.Y)*scale))
		r.Resize(fyne.NewSize(float32(s.Width)*scale, float32(s.Height)*scale))
		drawn.Add(r)
	}
	if p.Here != nil {
		v.drawHere(drawn, fyne.NewPos(left+float32(p.Here.X)*scale, float32(p.Here.Y)*scale), fyne.NewSize(width, high))
	}
	return widget.Sized(width, high, drawn), true
}

// drawHere marks the place of the terminal: a dot with its word, on the side where
// there is room for it.
func (v *visit) drawHere(on *fyne.Container, at fyne.Position, size fyne.Size) {
	const dot = 16
	word := v.kit.Second(v.t("plan.here"))
	need := word.MinSize()
	y := max(need.Height/2, min(at.Y, size.Height-need.Height/2))
	x := max(dot/2, min(at.X, size.Width-dot/2))
	mark := canvas.NewCircle(v.look().Quiet)
	mark.Resize(fyne.NewSize(dot, dot))
	mark.Move(fyne.NewPos(x-dot/2, y-dot/2))
	beside := x + dot/2 + theme.GapTight
	if beside+need.Width > size.Width {
		beside = x - dot/2 - theme.GapTight - need.Width
	}
	word.Resize(need)
	word.Move(fyne.NewPos(beside, y-need.Height/2))
	on.Add(mark)
	on.Add(word)
}
