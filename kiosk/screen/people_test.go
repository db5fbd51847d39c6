package screen

import (
	"context"

	"fyne.io/fyne/v2"

	"madoguchi/library"
)

// secrets is the part of the counter that minds passwords and addresses.
type secrets struct {
	applied     []library.Application
	temporary   bool        // the password is one
	changed     [][2]string // present and chosen
	email       library.EmailStatus
	code        string // of the last confirmation mail
	mailed      []string
	languages   []string
	noMail      bool            // no address was registered at first
	untold      bool            // neither an address nor a number is registered
	blocked     bool            // as overdue
	refusePlace error           // of holds
	agreed      string          // the terms, with the last change of the password
	instead     library.Contact // of mails, when the address was deleted
	refuseNew   error           // what a new password or address is answered with
}

func (c *counter) apply(_ context.Context, a library.Application) error {
	c.applied = append(c.applied, a)
	return c.refuseNew
}

func (c *counter) MustChange() bool { return c.temporary }

func (c *counter) ChangePassword(_ context.Context, present, password, terms string) error {
	c.agreed = terms
	c.changed = append(c.changed, [2]string{present, password})
	if c.refuseNew == nil {
		c.temporary = false
	}
	return c.refuseNew
}

func (c *counter) Email(context.Context) (library.EmailStatus, error) {
	if c.email.State == "" {
		c.email.State = library.NoEmail
	}
	return c.email, c.refuse
}

func (c *counter) SetEmail(_ context.Context, address, language string) (library.EmailStatus, error) {
	if c.refuseNew != nil {
		return c.email, c.refuseNew
	}
	c.email = library.EmailStatus{Address: address, State: library.EmailUnconfirmed, CodeSent: true}
	c.code, c.mailed, c.languages = "271828", append(c.mailed, address), append(c.languages, language)
	return c.email, nil
}

func (c *counter) DeleteEmail(_ context.Context, contact library.Contact) (library.EmailStatus, error) {
	c.instead = contact
	c.email = library.EmailStatus{State: library.NoEmail}
	return c.email, c.refuseNew
}

func (c *counter) ConfirmEmail(_ context.Context, code string) (library.EmailStatus, error) {
	switch {
	case c.refuseNew != nil:
		return c.email, c.refuseNew
	case code == "":
		c.code, c.mailed = "314159", append(c.mailed, c.email.Address)
	case code != c.code:
		return c.email, library.ErrEmailCode
	default:
		c.email.State, c.email.CodeSent = library.EmailConfirmed, false
	}
	return c.email, nil
}

const (
	termsJa = "# パスワードとカード\n\nパスワードは、ご本人だけがお使いください。図書館カードの番号とパスワードを、ほかの人に教えたり、貸したりしないでください。\n\nカードをなくしたときは、すぐに図書館へお知らせください。お知らせいただくまでの間に、ほかの人がお使いになった分は、ご本人のご利用として扱うことがあります。\n\n"
	termsEn = "# Password and card\n\nYour password is for yourself alone. Do not tell or lend your library card's number or your password to anybody.\n\nIf you lose your card, let the library know at once. What somebody else does with it until then may count as done by yourself.\n\n"
)

// contacts are by mail where there is an address.
func (c *counter) contacts() []library.Contact {
	if c.untold {
		return []library.Contact{library.NoNews}
	}
	all := []library.Contact{library.ByPhone, library.NoNews}
	if c.noMail && c.email.Address == "" {
		return all
	}
	return append([]library.Contact{library.ByMail}, all...)
}

// messages are those about the address.
func (c *counter) messages() []string {
	if c.blocked {
		return []string{library.MessageBlockOverdue}
	}
	switch c.email.State {
	case library.EmailBouncing:
		return []string{library.MessageBouncing}
	case library.EmailUnconfirmed:
		return []string{library.MessageUnconfirmed}
	}
	return nil
}

// applying is a step of an application with everything entered, after a change to it.
func applying(name string, r Route, change func(*application)) situation {
	return situation{name, online, func(a *App) {
		a.back = []Route{{Page: PageHome}}
		a.card = testCard
		a.startApplying()
		p := a.application
		p.terms, p.birth, p.phone = "2026-04", birthEntry{era: "S", parts: [3]string{"10", "4", "1"}, at: dayPart}, "09012345678"
		if change != nil {
			change(p)
		}
		a.show(r)
	}}
}

// mailing is a screen of a patron with an address.
func mailing(name string, r Route, email library.EmailStatus) situation {
	return situation{name, online, func(a *App) {
		account := a.pictured()
		if email.State != library.NoEmail {
			email.Address = "hanako.kitakyu@docomo.ne.jp"
		}
		account.(*counter).email = email
		a.account = account
		a.back = []Route{{Page: PageMenu}}
		a.show(r)
	}}
}

// typing types texts on the screen of a situation, with Enter after each but the last.
func typing(name string, s situation, texts ...string) situation {
	return situation{name, s.state, func(a *App) {
		s.show(a)
		for n, text := range texts {
			if n > 0 {
				a.content.key(&fyne.KeyEvent{Name: fyne.KeyReturn})
			}
			a.typed(text)
		}
	}}
}
