package widget

import "fyne.io/fyne/v2"

// Element is one thing that a person sees: a text, or something to touch.
type Element struct {
	Text     string  `json:"text"`
	Button   bool    `json:"button"`
	Selected bool    `json:"selected,omitempty"`
	X        float32 `json:"x"` // its place on the canvas, in units
	Y        float32 `json:"y"`
	Width    float32 `json:"width"`
	Height   float32 `json:"height"`

	Target *Button `json:"-"`
}

// Elements lists what is visible below root, in the order it is drawn. Tests, the
// guided tour and the inspection socket read a screen by it.
func Elements(root fyne.CanvasObject) []Element {
	var found []Element
	walk(root, fyne.NewPos(0, 0), func(o fyne.CanvasObject, at fyne.Position) {
		e := Element{X: at.X, Y: at.Y, Width: o.Size().Width, Height: o.Size().Height}
		switch o := o.(type) {
		case *Button:
			e.Text, e.Button, e.Selected, e.Target = o.label, true, o.selected, o
		case *Text:
			e.Text = o.value
		default:
			return
		}
		found = append(found, e)
	})
	return found
}

func walk(o fyne.CanvasObject, at fyne.Position, visit func(fyne.CanvasObject, fyne.Position)) {
	if o == nil || !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	visit(o, at)
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			walk(child, at, visit)
		}
	case *Button:
		if o.text == nil {
			walk(o.content, at, visit)
		}
	}
}
