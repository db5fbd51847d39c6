package screen

import (
	"errors"
	"time"

	"madoguchi/kiosk/session"
	"madoguchi/library"
)

// A later knows how long to wait before the next try.
type later interface{ RetryAfter() time.Duration }

// A problem is an answer of the central server that is no rule's refusal: its code is
// one of the wire's.
type problem interface{ ProblemCode() string }

// refusal words why something was refused: what it means, and what to do next.
func (v *visit) refusal(err error) string {
	var refused *library.Refusal
	var wait later
	var other problem
	switch {
	case errors.As(err, &wait):
		if minutes := int((wait.RetryAfter() + time.Minute - 1) / time.Minute); minutes > 1 {
			return v.t("refusal.try_later_minutes", minutes)
		}
		return v.t("refusal.try_later")
	case errors.As(err, &refused) && !errors.Is(err, library.ErrUnreachable):
		return v.worded("refusal." + refused.Code)
	case errors.Is(err, library.ErrUnreachable) && v.app.takesRequests():
		return v.t("refusal.unreachable_requests")
	case errors.Is(err, library.ErrUnreachable):
		return v.t("refusal.unreachable")
	}
	v.app.cfg.Log.Warn("the central server refused in an unknown way", "page", v.route.Page, "err", err)
	if errors.As(err, &other) {
		return v.worded("problem." + other.ProblemCode())
	}
	return v.t("problem.other")
}

// worded is the wording of the first of some keys that has one. Of a newer server's code
// there is none: then it says to ask staff, and never shows a key.
func (v *visit) worded(keys ...string) string {
	for _, key := range keys {
		if v.app.printer.Has(key) {
			return v.t(key)
		}
	}
	return v.t("problem.other")
}

// over reports whether an error means that a session has ended: that of a patron also
// where the card was reported lost or blocked meanwhile, or its time was over.
func (a *App) over(err error) bool {
	card := errors.Is(err, library.ErrCardLost) || errors.Is(err, library.ErrCardBlocked) || errors.Is(err, library.ErrCardExpired)
	return errors.Is(err, library.ErrSessionEnded) || card && a.account != nil
}

// staffRefusal words a refusal for staff, where a patron would be told something
// else.
func (v *visit) staffRefusal(err error) string {
	var wait later
	if key := "staff.refusal." + library.CodeOf(err); !errors.As(err, &wait) && v.app.printer.Has(key) {
		return v.t(key)
	}
	if errors.Is(err, library.ErrUnreachable) {
		return v.t("staff.refusal.unreachable")
	}
	return v.refusal(err)
}

// cardRefusal words for staff why a card may not be used.
func (v *visit) cardRefusal(code string) string {
	return v.worded("staff.refusal."+code, "refusal."+code)
}

// lost ends the session when the server does not know it any more, and says so.
func (a *App) lost(err error) bool {
	if !a.over(err) {
		return false
	}
	text := a.visit.refusal(err)
	if a.staff != nil {
		text = a.visit.staffRefusal(err)
	}
	a.session.End(session.Ended)
	a.cfg.Do(func() { a.say(text) })
	return true
}

// errNobody is the error of what only somebody who is logged in can ask.
var errNobody = errors.New("nobody is logged in")
