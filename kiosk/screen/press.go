package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"
)

// pressGround is a ground that tells when a finger goes down on it, and when it lets
// go or slides off. Nothing shows that it is there.
type pressGround struct {
	catcher
	pressed func(down bool)
}

func newPressGround(touched func(), pressed func(down bool)) *pressGround {
	p := &pressGround{catcher{touched: touched}, pressed}
	p.ExtendBaseWidget(p)
	return p
}

func (p *pressGround) MouseDown(*desktop.MouseEvent)  { p.pressed(true) }
func (p *pressGround) MouseUp(*desktop.MouseEvent)    { p.pressed(false) }
func (p *pressGround) MouseIn(*desktop.MouseEvent)    {}
func (p *pressGround) MouseMoved(*desktop.MouseEvent) {}
func (p *pressGround) MouseOut()                      { p.pressed(false) }

func (p *pressGround) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
