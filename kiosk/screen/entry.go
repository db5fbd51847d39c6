package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
)

// editor is what keys type into.
type editor struct {
	text   func() string
	set    func(string)
	submit func()
	spaces bool // a space is a character like others
}

// keyBed is the lower part of a screen on which something is typed: a keyboard of one
// of its layouts, which the footer chooses among.
type keyBed struct {
	*visit
	editor
	board  *fyne.Container
	submit string // name of the key that submits
	layout widget.Layout
	footer []fyne.CanvasObject

	eraseLast func() // instead of taking the last character of the text; nil: that
}

// layoutNames are the keys of the names of keyboards.
var layoutNames = map[widget.Layout]string{
	widget.Keypad: "key.digits", widget.Letters: "key.small", widget.Small: "key.small", widget.Capitals: "key.capitals",
	widget.Mail: "key.small", widget.MailInCapitals: "key.capitals", widget.Signs: "key.signs",
}

func (v *visit) newKeyBed(e editor, submit string, first widget.Layout, layouts []widget.Layout) *keyBed {
	b := &keyBed{visit: v, editor: e, board: newSlot(), submit: submit, layout: first}
	var choices []*widget.Button
	for _, l := range layouts {
		choice := v.kit.Button(v.t(layoutNames[l]), widget.Plain, nil)
		choices = append(choices, choice)
		choice.OnTap(func() {
			b.layout = l
			b.draw()
			for i, c := range choices {
				c.Select(layouts[i] == l)
			}
		})
		if len(layouts) > 1 {
			b.footer = append(b.footer, choice.Select(l == first))
		}
	}
	b.draw()
	return b
}

// relabel gives the key that submits another name.
func (b *keyBed) relabel(submit string) {
	if submit != b.submit {
		b.submit = submit
		b.draw()
	}
}

func (b *keyBed) draw() {
	names := b.keyNames()
	names.Submit = b.submit
	if !b.spaces {
		names.Space = ""
	}
	put(b.board, b.kit.Keyboard(b.layout, names, widget.Typing{
		Type:   func(text string) { b.set(b.text() + text) },
		Mark:   func(rune) {},
		Erase:  b.erase,
		Clear:  func() { b.set("") },
		Submit: b.editor.submit,
	}, b.keyHeight()))
}

func (b *keyBed) erase() {
	if b.eraseLast != nil {
		b.eraseLast()
		return
	}
	b.set(widget.WithoutLast(b.text()))
}

// keysHeight is how high the four rows of a keyboard are.
func (v *visit) keysHeight() float32 { return 4*(v.keyHeight()+theme.GapTight) - theme.GapTight }

// content is the screen: top is what stands above the keyboard. On a tall screen it
// stands low, where eyes and hands are.
func (b *keyBed) content(title string, top fyne.CanvasObject) content {
	return content{
		title: title,
		full:  true,
		body: widget.Column(0,
			widget.Fill(widget.Inset(theme.GapWide, theme.Margin, theme.Gap, theme.Margin, b.low(top))),
			widget.Band(b.look().KeyBed, widget.Inset(theme.Gap, theme.Margin, 0, theme.Margin, widget.Sized(0, b.keysHeight(), b.board))),
		),
		footer: b.footer,
		keyBed: true,
		typed: func(r rune) {
			if r != ' ' || b.spaces {
				b.set(b.text() + string(r))
			}
		},
		key: func(e *fyne.KeyEvent) {
			switch e.Name {
			case fyne.KeyBackspace:
				b.erase()
			case fyne.KeyReturn, fyne.KeyEnter:
				b.editor.submit()
			}
		},
	}
}

// fieldHeight is the height of a field that is typed into.
func (v *visit) fieldHeight() float32 { return max(88, v.look().Title*theme.RunningLine+24) }

// fieldText is what stands in a field of the given width inside: smaller where it is
// long, so that its end, where the next character goes, is always seen. The field that
// is typed into has a caret, which does not blink: blinking would repaint a resting
// screen.
func (v *visit) fieldText(text string, width float32, active bool) fyne.CanvasObject {
	look := v.look()
	shown := v.kit.Title(text).Weight(false).Lines(1)
	if need := fyne.MeasureText(text, look.Title, fyne.TextStyle{}).Width; need > width {
		const hinted = 0.97 // type does not shrink evenly
		shown.TextSize = look.Title * width / need * hinted
	}
	line := widget.Row(theme.GapTight, shown)
	if active {
		caret := canvas.NewRectangle(look.Action)
		caret.SetMinSize(fyne.NewSize(3, look.Title*1.2))
		line.Add(caret)
	}
	line.Add(widget.Space())
	return widget.Middle(line)
}

// fieldBed is the ground of a field.
func (v *visit) fieldBed(active bool, o fyne.CanvasObject) fyne.CanvasObject {
	look := v.look()
	bed := canvas.NewRectangle(look.Surface)
	bed.StrokeColor, bed.StrokeWidth, bed.CornerRadius = look.Line, theme.Border, theme.Corner
	if active {
		bed.StrokeColor, bed.StrokeWidth = look.Action, 3
	}
	return widget.Stack(bed, o)
}

// noteRoom is where complaints stand: two lines of them, where there is room.
func (v *visit) noteRoom(note *fyne.Container) fyne.CanvasObject {
	return widget.Fill(widget.Sized(0, v.look().Text*theme.RunningLine*2, note))
}

// complain shows a sentence in a slot, as a refusal.
func (v *visit) complain(slot *fyne.Container, text string) {
	put(slot, v.kit.Text("▲ "+text).In(v.look().Bad))
}
