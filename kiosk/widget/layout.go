// Package widget holds the touch parts that every screen is made of: text that
// wraps Japanese, buttons for fingers, keyboards, and the few layouts between
// them. A part takes its colours and sizes from a theme.Look and tells its Kit of
// every touch; it knows nothing of books or patrons.
package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// A flow is a layout whose height follows from its width.
type flow interface {
	fyne.Layout
	heightFor(objects []fyne.CanvasObject, width float32) float32
}

// HeightFor returns the height that o needs when it is width units wide.
func HeightFor(o fyne.CanvasObject, width float32) float32 {
	switch o := o.(type) {
	case *Text:
		return o.heightFor(width)
	case *Button:
		return o.heightFor(width)
	case *fyne.Container:
		if f, ok := o.Layout.(flow); ok {
			return f.heightFor(o.Objects, width)
		}
	}
	return o.MinSize().Height
}

// Column stacks objects from top to bottom with a gap between them. What is left
// at the end goes to those wrapped in Fill.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(column{gap}, objects...)
}

// Row sets objects side by side with a gap between them, each as wide as it needs
// and centred in height. What is left goes to those wrapped in Fill.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(row{gap: gap}, objects...)
}

// Columns parts the width by weights, each object as high as the whole.
func Columns(gap float32, weights []float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(columns{gap, weights}, objects...)
}

// Wrap sets objects side by side and begins a new line where the width ends.
func Wrap(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(wrap{gap}, objects...)
}

// Fill marks o in a Column or Row as taking what is left.
func Fill(o fyne.CanvasObject) *fyne.Container { return container.New(fill{}, o) }

// Space is a Fill of nothing.
func Space() *fyne.Container { return container.New(fill{}) }

// Inset keeps a distance around o: above, right, below, left.
func Inset(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(inset{top, right, bottom, left}, o)
}

// Stack lays objects over each other, the first at the bottom; the last one says
// how high they are.
func Stack(objects ...fyne.CanvasObject) *fyne.Container { return container.New(stack{}, objects...) }

// Sized gives o at least this size; a zero leaves that side to o.
func Sized(width, height float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(sized{width, height}, o)
}

// Fixed makes o exactly so wide; text in it wraps.
func Fixed(width float32, o fyne.CanvasObject) *fyne.Container { return container.New(fixed{width}, o) }

// Fitting is a Column in the middle of its height that leaves out its last objects
// where there is no room for all.
func Fitting(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(fitting{column{gap}}, objects...)
}

// Middle sets o in the middle of the height it is given, over the whole width.
func Middle(o fyne.CanvasObject) *fyne.Container { return container.New(middle{}, o) }

func isFill(o fyne.CanvasObject) bool {
	c, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	_, ok = c.Layout.(fill)
	return ok
}

func visible(objects []fyne.CanvasObject) []fyne.CanvasObject {
	shown := make([]fyne.CanvasObject, 0, len(objects))
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	return shown
}

func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

func widest(objects []fyne.CanvasObject) (w float32) {
	for _, o := range objects {
		w = max(w, o.MinSize().Width)
	}
	return w
}

type column struct{ gap float32 }

func (l column) heightFor(objects []fyne.CanvasObject, width float32) (h float32) {
	for i, o := range visible(objects) {
		if i > 0 {
			h += l.gap
		}
		h += HeightFor(o, width)
	}
	return h
}

func (l column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := widest(visible(objects))
	return fyne.NewSize(w, l.heightFor(objects, w))
}

func (l column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, fills := size.Height-l.heightFor(objects, size.Width), 0
	for _, o := range visible(objects) {
		if isFill(o) {
			fills++
		}
	}
	y := float32(0)
	for _, o := range visible(objects) {
		h := HeightFor(o, size.Width)
		if isFill(o) {
			h = max(0, h+left/float32(fills))
		}
		place(o, 0, y, size.Width, h)
		y += h + l.gap
	}
}

type row struct{ gap float32 }

// widths returns how wide each object becomes in a row of the given width.
func (l row) widths(objects []fyne.CanvasObject, width float32) []float32 {
	ws := make([]float32, len(objects))
	left, fills := width-l.gap*float32(max(0, len(objects)-1)), 0
	for i, o := range objects {
		if isFill(o) {
			fills++
			continue
		}
		ws[i] = o.MinSize().Width
		left -= ws[i]
	}
	for i, o := range objects {
		if isFill(o) {
			ws[i] = max(0, left/float32(fills))
		}
	}
	return ws
}

func (l row) heightFor(objects []fyne.CanvasObject, width float32) (h float32) {
	objects = visible(objects)
	for i, w := range l.widths(objects, width) {
		h = max(h, HeightFor(objects[i], w))
	}
	return h
}

func (l row) MinSize(objects []fyne.CanvasObject) fyne.Size {
	objects = visible(objects)
	w := l.gap * float32(max(0, len(objects)-1))
	for _, o := range objects {
		w += o.MinSize().Width
	}
	return fyne.NewSize(w, l.heightFor(objects, w))
}

func (l row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects = visible(objects)
	x := float32(0)
	for i, w := range l.widths(objects, size.Width) {
		h := min(size.Height, HeightFor(objects[i], w))
		if isFill(objects[i]) && h == 0 {
			h = size.Height
		}
		place(objects[i], x, (size.Height-h)/2, w, h)
		x += w + l.gap
	}
}

type columns struct {
	gap     float32
	weights []float32
}

func (l columns) widths(n int, width float32) []float32 {
	ws := make([]float32, n)
	sum := float32(0)
	for i := range ws {
		ws[i] = 1
		if i < len(l.weights) {
			ws[i] = l.weights[i]
		}
		sum += ws[i]
	}
	left := width - l.gap*float32(max(0, n-1))
	for i := range ws {
		ws[i] = max(0, left*ws[i]/sum)
	}
	return ws
}

func (l columns) heightFor(objects []fyne.CanvasObject, width float32) (h float32) {
	objects = visible(objects)
	for i, w := range l.widths(len(objects), width) {
		h = max(h, HeightFor(objects[i], w))
	}
	return h
}

func (l columns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	objects = visible(objects)
	w := widest(objects)*float32(len(objects)) + l.gap*float32(max(0, len(objects)-1))
	return fyne.NewSize(w, l.heightFor(objects, w))
}

func (l columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects = visible(objects)
	x := float32(0)
	for i, w := range l.widths(len(objects), size.Width) {
		place(objects[i], x, 0, w, size.Height)
		x += w + l.gap
	}
}

type wrap struct{ gap float32 }

func (l wrap) each(objects []fyne.CanvasObject, width float32, do func(o fyne.CanvasObject, x, y, w, h float32)) (height float32) {
	x, y, line := float32(0), float32(0), float32(0)
	for _, o := range visible(objects) {
		w := min(o.MinSize().Width, width)
		h := HeightFor(o, w)
		if x > 0 && x+w > width {
			x, y, line = 0, y+line+l.gap, 0
		}
		if do != nil {
			do(o, x, y, w, h)
		}
		x, line = x+w+l.gap, max(line, h)
	}
	return y + line
}

func (l wrap) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return l.each(objects, width, nil)
}

func (l wrap) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := widest(visible(objects))
	return fyne.NewSize(w, l.heightFor(objects, w))
}

func (l wrap) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.each(objects, size.Width, place)
}

type fill struct{}

func (fill) heightFor(objects []fyne.CanvasObject, width float32) (h float32) {
	for _, o := range objects {
		h = max(h, HeightFor(o, width))
	}
	return h
}

func (fill) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, fill{}.heightFor(objects, widest(objects)))
}

func (fill) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, 0, 0, size.Width, size.Height)
	}
}

type inset struct{ top, right, bottom, left float32 }

func (l inset) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return fill{}.heightFor(objects, width-l.left-l.right) + l.top + l.bottom
}

func (l inset) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := widest(objects) + l.left + l.right
	return fyne.NewSize(w, l.heightFor(objects, w))
}

func (l inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, l.left, l.top, max(0, size.Width-l.left-l.right), max(0, size.Height-l.top-l.bottom))
	}
}

type stack struct{}

func (stack) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	if len(objects) == 0 {
		return 0
	}
	return HeightFor(objects[len(objects)-1], width)
}

func (stack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if len(objects) == 0 {
		return fyne.Size{}
	}
	return objects[len(objects)-1].MinSize()
}

func (stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, 0, 0, size.Width, size.Height)
	}
}

type sized struct{ width, height float32 }

func (l sized) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return max(l.height, fill{}.heightFor(objects, width))
}

func (l sized) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := max(l.width, widest(objects))
	return fyne.NewSize(w, l.heightFor(objects, w))
}

func (l sized) Layout(objects []fyne.CanvasObject, size fyne.Size) { fill{}.Layout(objects, size) }

type fixed struct{ width float32 }

func (l fixed) heightFor(objects []fyne.CanvasObject, _ float32) float32 {
	return fill{}.heightFor(objects, l.width)
}

func (l fixed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.width, l.heightFor(objects, l.width))
}

func (l fixed) Layout(objects []fyne.CanvasObject, size fyne.Size) { fill{}.Layout(objects, size) }

type fitting struct{ column }

func (l fitting) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Show()
	}
	last := len(objects) - 1
	for ; last > 0 && l.heightFor(objects, size.Width) > size.Height+1; last-- {
		objects[last].Hide()
	}
	y := max(0, (size.Height-l.heightFor(objects, size.Width))/2)
	for _, o := range visible(objects) {
		h := HeightFor(o, size.Width)
		place(o, 0, y, size.Width, h)
		y += h + l.gap
	}
}

type middle struct{}

func (middle) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return fill{}.heightFor(objects, width)
}

func (middle) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := widest(objects)
	return fyne.NewSize(w, fill{}.heightFor(objects, w))
}

func (middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		h := min(size.Height, HeightFor(o, size.Width))
		place(o, 0, (size.Height-h)/2, size.Width, h)
	}
}
