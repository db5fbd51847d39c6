package widget

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"madoguchi/kiosk/linebreak"
	"madoguchi/kiosk/theme"
)

// Text is running text that wraps at the width it is given, with room between its
// lines. Set its fields before it is shown; afterwards change it by Set.
type Text struct {
	widget.BaseWidget
	TextSize float32
	Color    color.Color
	Bold     bool
	Align    fyne.TextAlign
	Leading  float32 // line height as a multiple of TextSize
	MaxLines int     // more text ends with "…"; 0: as many as needed
	Whole    bool    // text that needs more than MaxLines is not shown at all
	Smallest float32 // a single line may shrink to this size before it is cut; 0: it may not

	value  string
	broken map[breaking]broken
}

// breaking is all that lines depend on, apart from the font.
type breaking struct {
	value          string
	width          float32
	size, smallest float32
	bold, whole    bool
	maxLines       int
}

// broken are the lines of a text and the width of the longest. A text is asked for
// them several times for each picture, and measuring it is slow.
type broken struct {
	lines []string
	width float32
}

// NewText returns text in one size and colour.
func NewText(value string, size float32, c color.Color) *Text {
	t := &Text{TextSize: size, Color: c, Leading: theme.RunningLine, value: value}
	t.ExtendBaseWidget(t)
	return t
}

// Value returns the text that is shown.
func (t *Text) Value() string { return t.value }

// Set shows another text.
func (t *Text) Set(value string) {
	if value != t.value {
		t.value = value
		t.Refresh()
	}
}

func (t *Text) style() fyne.TextStyle { return fyne.TextStyle{Bold: t.Bold} }

func (t *Text) measure(size float32) func(string) float32 {
	return func(s string) float32 { return fyne.MeasureText(s, size, t.style()).Width }
}

// sizeFor is the size of type for a width.
func (t *Text) sizeFor(width float32) float32 {
	if t.Smallest == 0 || t.MaxLines != 1 || width <= 0 {
		return t.TextSize
	}
	need := t.measure(t.TextSize)(t.value)
	if need <= width {
		return t.TextSize
	}
	const hinted = 0.98 // type does not shrink evenly
	return max(t.Smallest, t.TextSize*width/need*hinted)
}

func (t *Text) lines(width float32) []string { return t.breakAt(width).lines }

func (t *Text) breakAt(width float32) broken {
	at := breaking{t.value, width, t.TextSize, t.Smallest, t.Bold, t.Whole, t.MaxLines}
	if b, ok := t.broken[at]; ok {
		return b
	}
	const enough = 8 // widths at which a text is shown or tried
	if t.broken == nil || len(t.broken) == enough {
		t.broken = map[breaking]broken{}
	}
	b := broken{lines: t.cut(width)}
	for _, l := range b.lines {
		b.width = max(b.width, t.measure(t.TextSize)(l))
	}
	t.broken[at] = b
	return b
}

// cut breaks the text into lines.
func (t *Text) cut(width float32) []string {
	measure := t.measure(t.sizeFor(width))
	const hair = 0.5 // a width that was measured from the text must hold it
	width += hair
	lines := linebreak.Lines(t.value, width, measure)
	if t.MaxLines > 0 && len(lines) > t.MaxLines {
		if t.Whole {
			return []string{""}
		}
		rest := t.value
		for _, l := range lines[:t.MaxLines-1] {
			rest = strings.TrimLeft(strings.TrimPrefix(rest, l), " \n")
		}
		rest, _, _ = strings.Cut(rest, "\n")
		lines = append(lines[:t.MaxLines-1:t.MaxLines-1], linebreak.Ellipsis(rest+"…", width, measure))
	}
	return lines
}

func (t *Text) lineHeight() float32 { return t.TextSize * t.Leading }

func (t *Text) heightFor(width float32) float32 {
	return float32(len(t.lines(width))) * t.lineHeight()
}

// CreateRenderer is part of fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer { return &textRenderer{text: t} }

type textRenderer struct {
	text    *Text
	objects []fyne.CanvasObject
}

// MinSize is that of the text without breaks, other than those it holds.
func (r *textRenderer) MinSize() fyne.Size {
	const unbroken = 1e6
	b := r.text.breakAt(unbroken)
	return fyne.NewSize(b.width, float32(len(b.lines))*r.text.lineHeight())
}

func (r *textRenderer) Layout(size fyne.Size) {
	t := r.text
	lines, textSize := t.lines(size.Width), t.sizeFor(size.Width)
	r.objects = r.objects[:0]
	h := t.lineHeight()
	for i, l := range lines {
		line := canvas.NewText(l, t.Color)
		line.TextSize, line.TextStyle, line.Alignment = textSize, t.style(), t.Align
		line.Move(fyne.NewPos(0, float32(i)*h+(h-line.MinSize().Height)/2))
		line.Resize(fyne.NewSize(size.Width, line.MinSize().Height))
		r.objects = append(r.objects, line)
	}
}

func (r *textRenderer) Refresh() {
	r.Layout(r.text.BaseWidget.Size())
	canvas.Refresh(r.text)
}

func (r *textRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *textRenderer) Destroy()                     {}
