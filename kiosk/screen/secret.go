package screen

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/barcode"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
)

// secretField is a field whose text is in no Route, so that it dies with its screen.
type secretField struct {
	*visit
	field, note *fyne.Container
	text        string
	clear       bool // shown as it is; otherwise as dots
	spaces      bool // a space is a character like others
	most        int  // how many characters it takes; 0: maxSecret
	held        bool // shown as it is while a finger asks for it
	busy        bool
	submit      func()
}

// content is the screen around the field: what it is for, the field, a note, what else
// can be done here, and a keyboard of one of the layouts.
func (s *secretField) content(title string, lead fyne.CanvasObject, first widget.Layout, layouts []widget.Layout, submit string, below ...fyne.CanvasObject) content {
	v := s.visit
	line := widget.Row(theme.Gap, widget.Fill(widget.Sized(0, s.fieldHeight(), s.field)))
	if !s.clear {
		line.Add(v.kit.Button(v.t("login.show"), widget.Outlined, nil).Hold(func(down bool) {
			s.held = down
			s.draw()
		}))
	}
	top := widget.Column(theme.GapWide, lead, line, v.noteRoom(s.note))
	for _, o := range below {
		top.Add(o)
	}
	bed := v.newKeyBed(editor{
		text: func() string { return s.text }, set: s.set, submit: func() { s.submit() }, spaces: s.spaces,
	}, submit, first, layouts)
	c := bed.content(title, top)
	c.scanned = s.scanned
	return c
}

// scanned says what to do when something else than a card was scanned here.
func (s *secretField) scanned(code barcode.Code) bool {
	switch code.Kind {
	case barcode.Card, barcode.StaffCard:
		return false
	case barcode.Unreadable:
		s.say(s.t("scan.again"))
	case barcode.Unknown:
		s.say(s.t("login.not_a_card"))
	default:
		s.say(s.t("login.book"))
	}
	return true
}

func (s *secretField) set(text string) {
	if s.busy || len([]rune(text)) > cmp.Or(s.most, maxSecret) {
		return
	}
	s.text = text
	put(s.note, widget.Space())
	s.draw()
}

// maxSecret is longer than any card number, and than any password that a library may
// allow.
const maxSecret = 66

func (s *secretField) draw() {
	shown := s.text
	if !s.clear && !s.held {
		shown = strings.Repeat("●", len([]rune(s.text)))
	}
	width := s.size.Width - 2*theme.Margin - 2*theme.GapWide - 3*theme.GapTight
	if !s.clear {
		width -= s.kit.Button(s.t("login.show"), widget.Outlined, nil).MinSize().Width + theme.Gap
	}
	put(s.field, s.fieldBed(true, widget.Inset(0, theme.GapWide, 0, theme.GapWide, s.fieldText(shown, width, true))))
}

// say shows a sentence below the field.
func (s *secretField) say(text string) {
	s.complain(s.note, text)
}

// cardEntry is a screen that asks for a card, and goes on with the number that is typed
// in its place. The texts are keys of wordings.
func (v *visit) cardEntry(title, lead, about string, then func(number string), beside ...fyne.CanvasObject) content {
	entry := &secretField{visit: v, field: newSlot(), note: newSlot(), clear: true}
	entry.submit = func() {
		number, err := v.app.cfg.Barcodes.ParseCard(entry.text)
		if err != nil {
			entry.say(v.t("login.not_a_card"))
			return
		}
		then(number)
	}
	entry.draw()
	top := widget.Row(theme.GapSection, v.kit.Bars(), widget.Fill(widget.Column(theme.GapTight,
		v.kit.Title(v.t(lead)),
		v.kit.Text(v.t(about)),
	)))
	return entry.content(v.t(title), top, widget.Keypad, []widget.Layout{widget.Keypad, widget.Capitals}, v.t("login.next"), beside...)
}
