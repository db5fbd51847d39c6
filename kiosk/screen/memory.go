package screen

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/slip"
	"madoguchi/library"
)

// memory is all that the App holds of whoever stands at the terminal, patron or staff,
// and of the patron whom staff serve. The end of a session sets it to its zero value:
// what is put here is forgotten, and what is a person's stands nowhere else in the App
// but in the screen that is shown.
type memory struct {
	route  Route             // of the screen that is shown
	back   []Route           // the way here
	dialog fyne.CanvasObject // over the screen
	wedge  barcode.Wedge     // keys that may yet turn out to be a scan

	card       string               // read, and waiting for its password
	account    Account              // of who is logged in; nil: nobody
	blocked    bool                 // the patron may collect nothing, as far as is known: see library.Account.BlockedAsOverdue
	mustChange bool                 // a temporary password was used: nothing goes on without a permanent one
	agreed     string               // version of the terms that were agreed to in the place of a temporary password
	next       Route                // where a login leads; the zero Route: to the menu
	answers    []library.HoldAnswer // of the last confirmation

	printing *slip.Slip  // what comes of another slip than this is nobody's
	shown    image.Image // a slip for want of a printer

	staff    Staff         // who is logged in as staff; nil: nobody
	entering session.Staff // who is to be, and types the password

	entries
}

// entries are what was entered so far on the screens of a flow. They are in no Route,
// and live while one of those screens is open.
type entries struct {
	application *application // toApply: for a new password
	request     *request     // toRequest: what is left while the server is away
	address     string       // toEmail: of mail, as typed so far
	served      served       // toServe: the patron whom staff serve
}

// of returns the entries of one flow and none of any other.
func (e entries) of(f flow) entries {
	switch f {
	case toApply:
		return entries{application: e.application}
	case toRequest:
		return entries{request: e.request}
	case toEmail:
		return entries{address: e.address}
	case toServe:
		return entries{served: e.served}
	}
	return entries{}
}

// begun reports whether the screens of a flow can be shown: some flows begin with the
// first of them, others with what was done before.
func (e entries) begun(f flow) bool {
	switch f {
	case toApply:
		return e.application != nil
	case toRequest:
		return e.request != nil
	}
	return true
}

// endSession is the button 終了.
func (a *App) endSession() { a.session.End(session.Ended) }

// forget makes the terminal nobody's, and shows the home screen.
func (a *App) forget() {
	gone := a.memory
	a.memory = memory{}
	if gone.account != nil {
		gone.account.End()
	}
	if gone.staff != nil {
		gone.staff.End()
	}
	a.show(Route{Page: PageHome})
}

// allowed is the screen itself, or the one that must come before it.
func (a *App) allowed(r Route) Route {
	p := a.pages[r.Page]
	switch {
	case a.mustChange && r.Page != PageMustChange && !p.over && !p.staff:
		return Route{Page: PageMustChange}
	case !a.begun(p.flow), p.needs != "" && !a.can(p.needs):
		return Route{Page: PageHome}
	}
	return r
}

// leaveFlows lets go of what was entered on screens that are left now. Staff may look
// something up for the patron whom they serve.
func (a *App) leaveFlows() {
	p := a.pages[a.route.Page]
	if p.over {
		return
	}
	kept := a.entries.of(p.flow)
	if !p.staff {
		kept.served = a.served
	}
	a.entries = kept
	if !p.beforeLogin() {
		a.next = Route{}
	}
}

// beforeLogin is the way here without the screens of a login: もどる leads to what was seen
// before them.
func (a *App) beforeLogin() []Route {
	return slices.DeleteFunc(slices.Clone(a.back), func(r Route) bool { return a.pages[r.Page].beforeLogin() })
}
