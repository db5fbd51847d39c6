package screen

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

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
	if a.staff != nil {
		a.show(Route{Page: PageStaff})
		return
	}
	if a.account == nil {
		a.back = []Route{{Page: PageHome}}
		a.show(Route{Page: PageCard})
		return
	}
	a.show(Route{Page: PageMenu})
}

// card asks for the library card, by scan or by its number.
func card(v *visit) content {
	return v.cardEntry("login.title", "login.scan", "login.or_type", v.app.askPassword, v.applyButton())
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

// password asks for the password of the card that was read. What is typed is in this
// screen and nowhere else.
func password(v *visit) content {
	entry := &secretField{visit: v, field: newSlot(), note: newSlot()}
	entry.submit = func() { entry.logIn() }
	entry.draw()
	forgot := v.kit.Second(v.t("login.forgot"))
	if !v.portrait() { // two lines of it would leave no room for a note
		forgot = forgot.Lines(1).DownTo(v.look().Second * 0.75)
	}
	lead := widget.Column(theme.GapTight, v.kit.Title(v.t("login.password")), forgot)
	return entry.content(v.t("login.title"), lead, widget.Keypad, []widget.Layout{widget.Keypad, widget.Small, widget.Capitals}, v.t("login.go"), v.applyButton())
}

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
			wish := v.cartRequest(a.next.Sequence)
			wish.card = number
			v.instead(err, wish)
			return
		}
		in.keep()
		a.account, a.card = in.account, ""
		a.mustChange = in.account.MustChange()
		a.session.LogIn(session.Patron{Card: number, Name: in.shown.Name})
		a.back = []Route{{Page: PageMenu}}
		a.goOn()
	})
}

// goOn goes on to where the login leads, once nothing comes before it any more.
func (a *App) goOn() {
	next := a.next
	if next.Page == "" {
		a.back, next = nil, Route{Page: PageMenu}
	}
	if !a.mustChange {
		a.next = Route{}
	}
	a.show(next)
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
