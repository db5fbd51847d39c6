package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"madoguchi/kiosk/theme"
)

// Style is how a button looks, and so how much it asks to be touched.
type Style int

// The styles.
const (
	Plain    Style = iota // surface with a quiet border: paging, back, end
	Filled                // the one main action of a screen
	Outlined              // an action beside it
	Tint                  // a suggestion, a key that edits
	OnPanel               // on the home screen's panel
	Quiet                 // an action that is not possible now, in its place all the same
	Bare                  // a whole row that can be touched: no border, no ground
)

// Button is anything that can be touched. It shows a label, or whatever content it
// was given; the label then is only its name. It can be reached by Tab and pressed
// by Enter or Space.
type Button struct {
	widget.BaseWidget
	kit     Kit
	label   string
	style   Style
	content fyne.CanvasObject
	text    *Text // the label, where the content is nothing else
	onTap   func()
	onHold  func(down bool)

	down, focused, selected bool
}

// Label returns the button's name.
func (b *Button) Label() string { return b.label }

// Labelled reports whether the button shows its label and nothing else.
func (b *Button) Labelled() bool { return b.text != nil }

// Overflows reports whether a text in the button stands out of it.
func (b *Button) Overflows() bool {
	const slack = 1
	over := false
	walk(b.content, fyne.NewPos(0, 0), func(o fyne.CanvasObject, at fyne.Position) {
		if t, ok := o.(*Text); ok && (at.X < -slack || at.Y < -slack || at.X+t.Size().Width > b.Size().Width+slack || at.Y+t.Size().Height > b.Size().Height+slack) {
			over = true
		}
	})
	return over
}

// IsRow reports whether the button is a whole row of a list.
func (b *Button) IsRow() bool { return b.style == Bare }

// Selected reports whether the button stands for what is chosen now.
func (b *Button) Selected() bool { return b.selected }

// SetLabel gives a button without content of its own another label.
func (b *Button) SetLabel(label string) {
	b.label = label
	if b.text != nil {
		b.text.Set(label)
	}
}

// Select marks the button as what is chosen now, or takes the mark away.
func (b *Button) Select(on bool) *Button {
	b.selected = on
	b.Refresh()
	return b
}

// OnTap sets what a touch does.
func (b *Button) OnTap(do func()) { b.onTap = do }

// Press does what a tap does, without the finger.
func (b *Button) Press() {
	b.kit.touched()
	if b.onTap != nil {
		b.onTap()
	}
}

// Tapped is part of fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) { b.Press() }

// TappedSecondary is part of fyne.SecondaryTappable: a right click is a touch that
// does nothing.
func (b *Button) TappedSecondary(*fyne.PointEvent) { b.kit.touched() }

// MouseDown is part of desktop.Mouseable: the button answers as it is pressed.
func (b *Button) MouseDown(*desktop.MouseEvent) { b.setDown(true) }

// MouseUp is part of desktop.Mouseable.
func (b *Button) MouseUp(*desktop.MouseEvent) { b.setDown(false) }

// MouseIn is part of desktop.Hoverable.
func (b *Button) MouseIn(*desktop.MouseEvent) {}

// MouseMoved is part of desktop.Hoverable.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is part of desktop.Hoverable: a finger that slides off lets go.
func (b *Button) MouseOut() {
	if b.down {
		b.setDown(false)
	}
}

func (b *Button) setDown(down bool) {
	b.down = down
	if b.kit.OnHold != nil {
		b.kit.OnHold(down)
	}
	if b.onHold != nil {
		b.onHold(down)
	}
	b.Refresh()
}

// Hold calls held when a finger goes down on the button, and when it lets go.
func (b *Button) Hold(held func(down bool)) *Button {
	b.onHold = held
	return b
}

// FocusGained is part of fyne.Focusable.
func (b *Button) FocusGained() {
	b.focused = true
	b.Refresh()
}

// FocusLost is part of fyne.Focusable.
func (b *Button) FocusLost() {
	b.focused = false
	b.Refresh()
}

// TypedRune is part of fyne.Focusable: what is typed belongs to the screen, except
// a space, which presses.
func (b *Button) TypedRune(r rune) {
	if r == ' ' {
		b.Press()
		return
	}
	if b.kit.OnRune != nil {
		b.kit.OnRune(r)
	}
}

// TypedKey is part of fyne.Focusable.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if b.kit.OnEnter == nil || !b.kit.OnEnter() {
			b.Press()
		}
	case fyne.KeySpace: // comes as a rune
	default:
		if b.kit.OnKey != nil {
			b.kit.OnKey(e)
		}
	}
}

func (b *Button) heightFor(width float32) float32 {
	h := HeightFor(b.content, width)
	if b.style != Bare {
		h = max(h, theme.Touch)
	}
	return h
}

// colors returns ground, border and ink for the state the button is in.
func (b *Button) colors() (ground, border color.Color, ink color.NRGBA) {
	p := b.kit.Look.Palette
	style := b.style
	if b.selected {
		style = Filled
	}
	switch style {
	case Filled:
		ground, border, ink = p.Action, p.Action, p.OnAction
	case Outlined:
		ground, border, ink = p.Surface, p.Action, p.Action
	case Tint:
		ground, border, ink = p.ActionTint, p.ActionTint, p.Action
	case OnPanel:
		ground, border, ink = color.Transparent, p.PanelLine, p.OnPanel
	case Quiet:
		ground, border, ink = color.Transparent, color.Transparent, p.Quiet
	case Bare:
		ground, border, ink = color.Transparent, color.Transparent, p.Ink
	default:
		ground, border, ink = p.Surface, p.Line, p.Ink
	}
	if b.down {
		ground = blend(opaque(ground, p), ink, 0.14)
	}
	return ground, border, ink
}

func opaque(c color.Color, p theme.Palette) color.NRGBA {
	if n, ok := c.(color.NRGBA); ok {
		return n
	}
	return p.Ground
}

// blend mixes b into a.
func blend(a, b color.NRGBA, share float32) color.NRGBA {
	mix := func(x, y uint8) uint8 { return uint8(float32(x)*(1-share) + float32(y)*share) }
	return color.NRGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 0xff}
}

// CreateRenderer is part of fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	ground := canvas.NewRectangle(color.Transparent)
	ring := canvas.NewRectangle(color.Transparent)
	ring.CornerRadius = theme.Corner + 4
	r := &buttonRenderer{b: b, ground: ground, ring: ring}
	r.paint()
	return r
}

type buttonRenderer struct {
	b            *Button
	ground, ring *canvas.Rectangle
}

func (r *buttonRenderer) MinSize() fyne.Size { return r.b.content.MinSize() }

func (r *buttonRenderer) Layout(size fyne.Size) {
	place(r.ground, 0, 0, size.Width, size.Height)
	const out = 5 // the focus ring stands around the button
	place(r.ring, -out, -out, size.Width+2*out, size.Height+2*out)
	place(r.b.content, 0, 0, size.Width, size.Height)
}

func (r *buttonRenderer) paint() {
	ground, border, ink := r.b.colors()
	r.ground.FillColor, r.ground.StrokeColor = ground, border
	r.ground.StrokeWidth = theme.Border
	if r.b.style == Bare {
		r.ground.StrokeWidth = 0
	}
	r.ground.CornerRadius = theme.Corner
	r.ring.StrokeColor, r.ring.StrokeWidth = color.Transparent, 0
	if r.b.focused {
		r.ring.StrokeColor, r.ring.StrokeWidth = r.b.kit.Look.Ink, 4
	}
	if r.b.text != nil {
		r.b.text.Color = ink
		r.b.text.Refresh()
	}
}

func (r *buttonRenderer) Refresh() {
	r.paint()
	r.Layout(r.b.BaseWidget.Size())
	canvas.Refresh(r.b)
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.b.content, r.ring}
}

func (r *buttonRenderer) Destroy() {}
