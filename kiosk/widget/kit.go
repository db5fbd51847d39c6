package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"madoguchi/kiosk/theme"
)

// Kit makes the parts of one screen, all in the same look. The functions may be nil.
type Kit struct {
	Look    theme.Look
	Touched func()               // somebody is here
	OnHold  func(down bool)      // a finger went down on a button, or let go
	OnRune  func(rune)           // typed on hardware keys while a button has the focus
	OnKey   func(*fyne.KeyEvent) // likewise, keys that are no character
	OnEnter func() bool          // Enter was pressed: true when it was not meant for the button
}

func (k Kit) touched() {
	if k.Touched != nil {
		k.Touched()
	}
}

func styled(s string, size, leading float32, c color.Color, bold bool) *Text {
	t := NewText(s, size, c)
	t.Leading, t.Bold = leading, bold
	return t
}

// Display is the largest text: the name of a book, the greeting of the home screen.
func (k Kit) Display(s string) *Text {
	return styled(s, k.Look.Display, theme.TitleLine, k.Look.Ink, true)
}

// Title is the title of a screen.
func (k Kit) Title(s string) *Text {
	return styled(s, k.Look.Title, theme.TitleLine, k.Look.Ink, true)
}

// Strong is what the eye should find first in a row.
func (k Kit) Strong(s string) *Text {
	return styled(s, k.Look.Strong, theme.TitleLine, k.Look.Ink, true)
}

// Text is running text.
func (k Kit) Text(s string) *Text {
	return styled(s, k.Look.Text, theme.RunningLine, k.Look.Ink, false)
}

// Second is the quieter second line.
func (k Kit) Second(s string) *Text {
	return styled(s, k.Look.Second, theme.RunningLine, k.Look.Quiet, false)
}

// In gives text another colour.
func (t *Text) In(c color.Color) *Text {
	t.Color = c
	return t
}

// Lines limits text to n lines.
func (t *Text) Lines(n int) *Text {
	t.MaxLines = n
	return t
}

// DownTo lets a single line shrink to a size before it is cut.
func (t *Text) DownTo(size float32) *Text {
	t.Smallest = size
	return t
}

// OrNothing leaves text out where it would be cut.
func (t *Text) OrNothing() *Text {
	t.Whole = true
	return t
}

// Centered sets text in the middle of its width.
func (t *Text) Centered() *Text {
	t.Align = fyne.TextAlignCenter
	return t
}

// Trailing sets text at the end of its width.
func (t *Text) Trailing() *Text {
	t.Align = fyne.TextAlignTrailing
	return t
}

// Button is a button with a label.
func (k Kit) Button(label string, style Style, onTap func()) *Button {
	t := styled(label, k.Look.Text, theme.TitleLine, k.Look.Ink, style == Filled)
	t.Align = fyne.TextAlignCenter
	b := k.button(label, style, Sized(theme.Touch, theme.ButtonHeight, Middle(Inset(10, theme.GapWide, 10, theme.GapWide, t))), onTap)
	b.text = t
	return b
}

// Tile is a button with content of its own; name is what it is called.
func (k Kit) Tile(name string, style Style, content fyne.CanvasObject, onTap func()) *Button {
	return k.button(name, style, content, onTap)
}

// Key is a key of a keyboard on screen.
func (k Kit) Key(label string, style Style, onTap func()) *Button {
	size := k.Look.Strong
	switch letters := len([]rune(label)); {
	case label == "゛" || label == "゜":
		size *= 1.6 // small marks, and the corner of their square at that
	case letters > 2 && style != Filled:
		size = min(k.Look.Second, theme.KeyHeight*0.36)
	case letters > 2:
		size = min(k.Look.Text, theme.KeyHeight*0.42)
	}
	t := styled(label, size, theme.TitleLine, k.Look.Ink, style == Filled)
	t.Align = fyne.TextAlignCenter
	b := k.button(label, style, Sized(theme.Touch, theme.Touch, Middle(Inset(2, 4, 2, 4, t))), onTap)
	b.text = t
	return b
}

func (k Kit) button(label string, style Style, content fyne.CanvasObject, onTap func()) *Button {
	b := &Button{kit: k, label: label, style: style, content: content, onTap: onTap}
	b.ExtendBaseWidget(b)
	return b
}

// Tone is the meaning of a tag's colour. A word always says the same.
type Tone int

// The tones.
const (
	Neutral Tone = iota
	Good
	Bad
	Info
)

// Tag is a short word on a tint.
func (k Kit) Tag(s string, tone Tone) *fyne.Container {
	p := k.Look.Palette
	ground, ink := p.MutedTint, p.Quiet
	switch tone {
	case Good:
		ground, ink = p.GoodTint, p.Good
	case Bad:
		ground, ink = p.BadTint, p.Bad
	case Info:
		ground, ink = p.ActionTint, p.Action
	}
	bed := canvas.NewRectangle(ground)
	bed.CornerRadius = theme.Corner / 2
	t := styled(s, k.Look.Second, theme.TitleLine, ink, false)
	t.MaxLines = 1
	return Stack(bed, Inset(6, 14, 6, 14, t))
}

// Rule is a line between rows.
func (k Kit) Rule() fyne.CanvasObject {
	r := canvas.NewRectangle(k.Look.Line)
	r.SetMinSize(fyne.NewSize(0, theme.Border))
	return r
}

// Card is a surface with a border around o.
func (k Kit) Card(padding float32, o fyne.CanvasObject) *fyne.Container {
	r := canvas.NewRectangle(k.Look.Surface)
	r.StrokeColor, r.StrokeWidth, r.CornerRadius = k.Look.Line, theme.Border, theme.Corner
	return Stack(r, Inset(padding, padding, padding, padding, o))
}

// Band is a plain ground in one colour under o.
func Band(ground color.Color, o fyne.CanvasObject) *fyne.Container {
	return Stack(canvas.NewRectangle(ground), o)
}

// Dot is the round mark before the state of the connection.
func Dot(c color.Color) fyne.CanvasObject {
	d := canvas.NewCircle(c)
	return container.New(layout.NewGridWrapLayout(fyne.NewSize(14, 14)), d)
}

// Bar shows how much of something is done, 0 to 1.
func (k Kit) Bar(share float64) fyne.CanvasObject {
	bed := canvas.NewRectangle(k.Look.MutedTint)
	bed.CornerRadius = theme.Corner
	full := canvas.NewRectangle(k.Look.Action)
	full.CornerRadius = theme.Corner
	share = min(1, max(0, share))
	return Sized(0, 24, Stack(bed, Columns(0, []float32{float32(share), float32(1 - share)}, full, Space())))
}

// Weight makes text bold or not.
func (t *Text) Weight(bold bool) *Text {
	t.Bold = bold
	return t
}

// Panel is the large ground of the home screen's search.
func (k Kit) Panel(o fyne.CanvasObject) *fyne.Container {
	r := canvas.NewRectangle(k.Look.Panel)
	r.CornerRadius = theme.Corner * 1.5
	if k.Look.Panel == k.Look.Ground {
		r.StrokeColor, r.StrokeWidth = k.Look.PanelLine, theme.Border
	}
	return Stack(r, o)
}

// Bars is the sign for a card or book under the scanner.
func (k Kit) Bars() fyne.CanvasObject {
	widths := []float32{4, 2, 6, 3, 4, 2, 7, 3, 2, 5, 3, 6, 2, 4}
	bars := make([]fyne.CanvasObject, len(widths))
	for i := range bars {
		bars[i] = canvas.NewRectangle(k.Look.Ink)
	}
	return container.New(barsLayout(widths), bars...)
}

type barsLayout []float32

const barGap = 4

func (l barsLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	w := float32(barGap * (len(l) - 1))
	for _, bar := range l {
		w += bar
	}
	return fyne.NewSize(w, 48)
}

func (l barsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, o := range objects {
		place(o, x, 0, l[i], size.Height)
		x += l[i] + barGap
	}
}

// Lens is the sign for searching.
func Lens(c color.Color) fyne.CanvasObject {
	ring := canvas.NewCircle(color.Transparent)
	ring.StrokeColor, ring.StrokeWidth = c, 4
	stick := canvas.NewLine(c)
	stick.StrokeWidth = 4
	return container.New(lens{}, ring, stick)
}

type lens struct{}

func (lens) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(34, 34) }

func (lens) Layout(objects []fyne.CanvasObject, _ fyne.Size) {
	place(objects[0], 2, 2, 22, 22)
	stick := objects[1].(*canvas.Line)
	stick.Position1, stick.Position2 = fyne.NewPos(21, 21), fyne.NewPos(32, 32)
}
