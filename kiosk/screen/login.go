package screen

import (
	"context"

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
	switch {
	case a.staff != nil:
		a.back = nil
		a.show(Route{Page: PageStaff})
	case a.account != nil && a.route.Page == PageMenu:
		a.show(a.route)
	default:
		a.loggedIn(Route{Page: PageMenu})
	}
}

// card asks for the library card, by scan or by its number.
func card(v *visit) content {
	return v.cardEntry("login.title", "login.scan", "login.or_type", v.app.askPassword, v.applyButton())
}

// password asks for the password of the card that was read. What is typed is in this
// screen and nowhere else.
func password(v *visit) content {
	entry := &secretField{visit: v, field: newSlot(), note: newSlot()}
	entry.submit = func() { entry.logIn() }
	entry.draw()
	forgot := v.kit.Second("")
	if v.can(library.AbilityPassword) {
		forgot = v.kit.Second(v.t("login.forgot"))
	}
	if !v.portrait() { // two lines of it would leave no room for a note
		forgot = forgot.Lines(1).DownTo(v.look().Second * 0.75)
	}
	lead := widget.Column(theme.GapTight, v.kit.Title(v.t("login.password")), forgot)
	return entry.content(v.t("login.title"), lead, widget.Keypad, []widget.Layout{widget.Keypad, widget.Small, widget.Capitals}, v.t("login.go"), v.applyButton())
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
		a.know(in.shown)
		a.session.LogIn(session.Patron{Card: number, Name: in.shown.Name})
		a.back = a.beforeLogin()
		a.goOn()
	})
}

// goOn goes on to where the login leads, once nothing comes before it any more.
func (a *App) goOn() {
	next := a.next
	if next.Page == "" {
		next = Route{Page: PageMenu}
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
