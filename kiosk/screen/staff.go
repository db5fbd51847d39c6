package screen

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/session"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// longPress is how long a finger stays on the clock until staff are asked for their
// name: longer than anybody rests there by chance.
const longPress = 3 * time.Second

// scheme is the colours of the screen: the patron's choice, and for staff their own.
func (a *App) scheme() theme.Scheme {
	if a.staffed() {
		return theme.Staff
	}
	return theme.Scheme(a.session.Preferences().Scheme)
}

// inHead is the visit in the look of its header.
func (v *visit) inHead() *visit {
	if !v.app.staffed() {
		return v
	}
	head := *v
	head.kit.Look.Palette = theme.PaletteOf(theme.StaffHead)
	return &head
}

// pressClock is told when a finger goes down on the clock, and when it lets go. One
// that stays for longPress asks for a staff member's name.
func (a *App) pressClock(down bool) {
	if a.pressed != nil {
		a.pressed.Stop()
		a.pressed = nil
	}
	if !down || a.cfg.StaffLogIn == nil || a.staffed() {
		return
	}
	a.touched()
	var press *time.Timer
	press = time.AfterFunc(longPress, func() {
		a.cfg.Do(func() {
			if a.pressed == press {
				a.pressed = nil
				a.open(Route{Page: PageStaffName})
			}
		})
	})
	a.pressed = press
}

// enterStaff goes on from a staff card or a typed name to the password.
func (a *App) enterStaff(staff session.Staff) {
	if a.cfg.StaffLogIn == nil {
		a.say(a.printer.T("scan.unknown"))
		return
	}
	a.entering = staff
	if a.route.Page == PageStaffPassword {
		a.show(a.route)
		return
	}
	a.open(Route{Page: PageStaffPassword})
}

// staffName asks for the name of a staff member who has no staff card at hand. How
// the terminal stands can be seen from here without a login: the server may be what
// does not answer.
func staffName(v *visit) content {
	entry := &secretField{visit: v, field: newSlot(), note: newSlot(), clear: true, most: maxStaffSecret}
	entry.submit = func() {
		if entry.text != "" {
			v.app.enterStaff(session.Staff{Name: entry.text})
		}
	}
	entry.draw()
	lead := widget.Row(theme.GapSection, v.kit.Bars(), widget.Fill(widget.Column(theme.GapTight,
		v.kit.Title(v.t("staff.scan")),
		v.kit.Text(v.t("staff.or_type")),
	)))
	c := entry.content(v.t("staff.login"), lead, widget.Mail, []widget.Layout{widget.Mail, widget.MailInCapitals}, v.t("login.next"))
	c.footer = append(c.footer, v.machineButton())
	return c
}

// maxStaffSecret is as long as the server lets a staff member's name be, and more than
// anybody types of a password.
const maxStaffSecret = 100

// staffPassword asks for the password of the staff member who is entering.
func staffPassword(v *visit) content {
	entry := &secretField{visit: v, field: newSlot(), note: newSlot(), spaces: true, most: maxStaffSecret}
	entry.submit = func() { entry.staffLogIn() }
	entry.draw()
	who := v.t("staff.card_read")
	if v.app.entering.Card == "" {
		who = v.t("staff.name", v.app.entering.Name)
	}
	lead := widget.Column(theme.GapTight, v.kit.Title(v.t("login.password")), v.kit.Text(who).Lines(1))
	c := entry.content(v.t("staff.login"), lead, widget.Small, []widget.Layout{widget.Small, widget.Capitals, widget.Signs}, v.t("login.go"))
	c.footer = append(c.footer, v.machineButton())
	return c
}

func (v *visit) machineButton() fyne.CanvasObject {
	return v.kit.Button(v.t("staff.machine"), widget.Plain, v.open(Route{Page: PageMachine}))
}

// staffLogIn asks the server, and goes on to the staff menu. Whatever a patron left
// on the terminal ends with it.
func (s *secretField) staffLogIn() {
	a, v := s.app, s.visit
	who := a.entering
	if s.busy || s.text == "" || who == (session.Staff{}) {
		return
	}
	typed := s.text
	s.text, s.busy = "", true
	s.draw()
	put(s.note, v.kit.Text(v.t("wait.moment")))
	type loggedIn struct {
		staff Staff
		keep  func() bool // or else it ends with this screen
	}
	load(v, nil, func(ctx context.Context) (loggedIn, error) {
		name := who.Card
		if name == "" {
			name = who.Name
		}
		staff, err := a.cfg.StaffLogIn(ctx, name, typed)
		if err != nil {
			return loggedIn{}, err
		}
		return loggedIn{staff, context.AfterFunc(v.ctx, staff.End)}, nil
	}, func(in loggedIn, err error) {
		s.busy = false
		if err != nil {
			s.say(v.staffRefusal(err))
			return
		}
		in.keep()
		a.session.LogInStaff(session.Staff{Name: in.staff.Name(), Card: who.Card})
		a.forget()
		a.staff = in.staff
		a.show(Route{Page: PageStaff})
	})
}

// staffMenu is where staff begin. A patron's card that is scanned here, or on any
// other of these screens, is the card of whom they serve.
func staffMenu(v *visit) content {
	k, a := v.kit, v.app
	tile := func(name, about string, do func()) fyne.CanvasObject {
		return widget.Fill(k.Tile(v.t(name), widget.Plain, widget.Inset(theme.Gap, theme.GapSection, theme.Gap, theme.GapSection,
			widget.Fitting(theme.GapTight, k.Strong(v.t(name)), k.Second(v.t(about)))), do))
	}
	serve := k.Card(theme.Margin, widget.Column(theme.GapWide,
		widget.Space(),
		widget.Row(0, k.Bars(), widget.Space()),
		k.Title(v.t("staff.serve")),
		k.Text(v.t("staff.serve_about")),
		widget.Space(),
		k.Button(v.t("staff.type_card"), widget.Filled, v.open(Route{Page: PageStaffCard})),
	))
	tests := widget.Column(theme.GapWide)
	if v.can(library.AbilityDesk) {
		tests.Add(tile("calls.title", "calls.about", v.open(Route{Page: PageCalls})))
	}
	for _, test := range []fyne.CanvasObject{
		tile("staff.machine", "staff.machine_about", v.open(Route{Page: PageMachine})),
		tile("staff.scan_test", "staff.scan_test_about", v.open(Route{Page: PageScanTest})),
	} {
		tests.Add(test)
	}
	if a.cfg.Print != nil {
		tests.Add(tile("staff.print_test", "staff.print_test_about", v.printTest))
	}
	body := widget.Column(theme.GapWide, widget.Fill(widget.Columns(theme.GapWide, []float32{1.3, 1}, serve, tests)), v.ends())
	if v.portrait() {
		body = widget.Column(theme.GapWide, widget.Space(), widget.Sized(0, v.size.Height*0.3, serve), widget.Sized(0, v.size.Height*0.32, tests), v.ends())
	}
	return content{title: v.t("staff.title"), body: body}
}

// ends are the two ways in which staff end the program, and who may take which.
func (v *visit) ends() fyne.CanvasObject {
	k, a := v.kit, v.app
	leave := widget.Fill(k.Second(v.t("staff.leave_admin")).Lines(2))
	if a.staff != nil && a.staff.Admin() {
		leave = widget.Row(0, k.Button(v.t("staff.leave"), widget.Outlined, func() {
			v.ask(v.t("staff.leave_ask"), v.t("staff.leave_about"), v.t("staff.leave"), func() {
				v.endProgram(a.staff.Leaves, a.cfg.Machine.Leave)
			})
		}), widget.Space())
	}
	restart := k.Button(v.t("staff.restart"), widget.Outlined, func() {
		v.ask(v.t("staff.restart_ask"), v.t("staff.restart_about"), v.t("staff.restart"), func() {
			v.endProgram(a.staff.Restarts, a.cfg.Machine.Restart)
		})
	})
	return widget.Row(theme.Gap, restart, leave)
}

// endProgram has the server write down what staff do, and does it. They may do it
// because the server does not answer: then it is done all the same.
func (v *visit) endProgram(note func(context.Context) error, do func()) {
	a := v.app
	load(v, nil, func(ctx context.Context) (struct{}, error) { return struct{}{}, note(ctx) }, func(_ struct{}, err error) {
		if err != nil && !errors.Is(err, library.ErrUnreachable) {
			a.say(v.staffRefusal(err))
			return
		}
		if err != nil {
			a.cfg.Log.Warn("the end of the program is not in the server's audit log", "err", err)
		}
		a.endSession()
		do()
	})
}
