package screen

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// askPassword goes on from a card that was read.
func (a *App) askPassword(card string) {
	a.card = card
	if a.route.Page == PagePassword || a.route.Page == PageCard {
		a.show(Route{Page: PagePassword})
		return
	}
	a.open(Route{Page: PagePassword})
}

// showMenu shows the menu of who is logged in; everybody else is asked for a card.
func (a *App) showMenu() {
	a.back = nil
	if a.account == nil {
		a.back = []Route{{Page: PageHome}}
		a.show(Route{Page: PageCard})
		return
	}
	a.show(Route{Page: PageMenu})
}

// card asks for the library card, by scan or by its number.
func card(v *visit) content {
	entry := &secretField{visit: v, field: newSlot(), note: newSlot(), clear: true}
	entry.submit = func() {
		number, err := v.app.cfg.Barcodes.ParseCard(entry.text)
		if err != nil {
			entry.say(v.t("login.not_a_card"))
			return
		}
		v.app.askPassword(number)
	}
	entry.draw()
	lead := widget.Row(theme.GapSection, v.kit.Bars(), widget.Fill(widget.Column(theme.GapTight,
		v.kit.Title(v.t("login.scan")),
		v.kit.Text(v.t("login.or_type")),
	)))
	return entry.content(v.t("login.title"), lead, widget.Keypad, []widget.Layout{widget.Keypad, widget.Capitals}, v.t("login.next"))
}

// password asks for the password of the card that was read. What is typed is in this
// screen and nowhere else.
func password(v *visit) content {
	entry := &secretField{visit: v, field: newSlot(), note: newSlot()}
	entry.submit = func() { entry.logIn() }
	entry.draw()
	lead := widget.Column(theme.GapTight,
		v.kit.Title(v.t("login.password")),
		v.kit.Second(v.t("login.forgot")),
	)
	return entry.content(v.t("login.title"), lead, widget.Keypad, []widget.Layout{widget.Keypad, widget.Letters, widget.Capitals}, v.t("login.go"))
}

// secretField is a field whose text is in no Route, so that it dies with its screen.
type secretField struct {
	*visit
	field, note *fyne.Container
	text        string
	clear       bool // shown as it is; otherwise as dots
	held        bool // shown as it is while a finger asks for it
	busy        bool
	submit      func()
}

// content is the screen around the field: what it is for, the field, a note, a
// keyboard of one of the layouts.
func (s *secretField) content(title string, lead fyne.CanvasObject, first widget.Layout, layouts []widget.Layout, submit string) content {
	v := s.visit
	names := v.keyNames()
	names.Submit, names.Space = submit, ""
	board := newSlot()
	var choices []*widget.Button
	use := func(l widget.Layout) {
		put(board, v.kit.Keyboard(l, names, widget.Typing{
			Type:   func(text string) { s.set(s.text + text) },
			Mark:   func(rune) {},
			Erase:  func() { s.set(widget.WithoutLast(s.text)) },
			Clear:  func() { s.set("") },
			Submit: s.submit,
		}, v.keyHeight()))
	}
	keyNames := map[widget.Layout]string{widget.Keypad: "key.digits", widget.Letters: "key.small", widget.Capitals: "key.capitals"}
	var footer []fyne.CanvasObject
	for _, l := range layouts {
		b := v.kit.Button(v.t(keyNames[l]), widget.Plain, nil)
		choices = append(choices, b)
		b.OnTap(func() {
			use(l)
			for i, c := range choices {
				c.Select(layouts[i] == l)
			}
		})
		footer = append(footer, b.Select(l == first))
	}
	use(first)
	line := widget.Row(theme.Gap, widget.Fill(widget.Sized(0, s.fieldHeight(), s.field)))
	if !s.clear {
		line.Add(v.kit.Button(v.t("login.show"), widget.Outlined, nil).Hold(func(down bool) {
			s.held = down
			s.draw()
		}))
	}
	keys := 4*(v.keyHeight()+theme.GapTight) - theme.GapTight
	top := widget.Column(theme.GapWide, lead, line, widget.Sized(0, v.look().Text*theme.RunningLine*2, s.note))
	return content{
		title: title,
		full:  true,
		body: widget.Column(0,
			widget.Fill(widget.Inset(theme.GapSection, theme.Margin, 0, theme.Margin, top)),
			widget.Band(v.look().KeyBed, widget.Inset(theme.Gap, theme.Margin, 0, theme.Margin, widget.Sized(0, keys, board))),
		),
		footer:  footer,
		keyBed:  true,
		scanned: s.scanned,
		typed: func(r rune) {
			if r != ' ' {
				s.set(s.text + string(r))
			}
		},
		key: func(e *fyne.KeyEvent) {
			switch e.Name {
			case fyne.KeyBackspace:
				s.set(widget.WithoutLast(s.text))
			case fyne.KeyReturn, fyne.KeyEnter:
				s.submit()
			}
		},
	}
}

// scanned says what to do when something else than a card was scanned here.
func (s *secretField) scanned(code barcode.Code) bool {
	switch code.Kind {
	case barcode.Card:
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

func (s *secretField) fieldHeight() float32 { return max(88, s.look().Title*theme.RunningLine+24) }

func (s *secretField) set(text string) {
	if s.busy || len([]rune(text)) > maxSecret {
		return
	}
	s.text = text
	put(s.note, widget.Space())
	s.draw()
}

// maxSecret is longer than any card number and any password.
const maxSecret = 24

func (s *secretField) draw() {
	look := s.look()
	shown := s.text
	if !s.clear && !s.held {
		shown = strings.Repeat("●", len([]rune(s.text)))
	}
	caret := canvas.NewRectangle(look.Action)
	caret.SetMinSize(fyne.NewSize(3, look.Title*1.2))
	bed := canvas.NewRectangle(look.Surface)
	bed.StrokeColor, bed.StrokeWidth, bed.CornerRadius = look.Action, 3, theme.Corner
	line := widget.Row(theme.GapTight, s.kit.Title(shown).Weight(false).Lines(1), caret, widget.Space())
	put(s.field, widget.Stack(bed, widget.Middle(widget.Inset(0, theme.GapWide, 0, theme.GapWide, line))))
}

// say shows a sentence below the field.
func (s *secretField) say(text string) {
	put(s.note, s.kit.Text("▲ "+text).In(s.look().Bad))
}

// logIn asks the server, and goes on to the menu.
func (s *secretField) logIn() {
	if s.busy || s.text == "" {
		return
	}
	v, a := s.visit, s.app
	typed, number := s.text, a.card
	s.text, s.busy = "", true
	s.draw()
	type loggedIn struct {
		account Account
		shown   library.Account
		keep    func() bool // or else it ends with this screen
	}
	put(s.note, v.kit.Text(v.t("wait.moment")))
	load(v, nil, func(ctx context.Context) (loggedIn, error) {
		account, shown, err := a.cfg.LogIn(ctx, number, typed)
		if err != nil {
			return loggedIn{}, err
		}
		return loggedIn{account, shown, context.AfterFunc(v.ctx, account.End)}, nil
	}, func(in loggedIn, err error) {
		s.busy = false
		if err != nil {
			s.say(v.refusal(err))
			return
		}
		in.keep()
		a.account, a.card = in.account, ""
		a.session.LogIn(session.Patron{Card: number, Name: in.shown.Name})
		a.back = []Route{{Page: PageMenu}}
		if a.next.Page == "" {
			a.back = nil
			a.next.Page = PageMenu
		}
		next := a.next
		a.next = Route{}
		a.show(next)
	})
}

// loggedIn runs on as who is logged in: at once, or by way of card and password.
func (a *App) loggedIn(then Route) {
	if a.account != nil {
		a.open(then)
		return
	}
	a.next = then
	a.open(Route{Page: PageCard})
}

// lost ends the session when the server does not know it any more.
func (a *App) lost(err error) bool {
	if !over(err) {
		return false
	}
	text := a.visit.refusal(err)
	a.session.End(session.Ended)
	a.cfg.Do(func() { a.say(text) })
	return true
}

var errNobody = errors.New("nobody is logged in")
