package central

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"madoguchi/central/catalogue"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// errBroken stands for a panic: its reason is in the log, not on the wire.
var errBroken = errors.New("a request broke off")

func badRequest(format string, args ...any) error {
	return &protocol.Problem{Status: http.StatusBadRequest, Code: protocol.CodeBadRequest, Detail: fmt.Sprintf(format, args...)}
}

// statuses are those of the refusals.
var statuses = map[*library.Refusal]int{
	library.ErrUnknownBib:      http.StatusNotFound,
	library.ErrUnknownItem:     http.StatusNotFound,
	library.ErrUnknownBranch:   http.StatusNotFound,
	library.ErrEnrolmentCode:   http.StatusForbidden,
	library.ErrTerminalUnknown: http.StatusUnauthorized,
	library.ErrReset:           http.StatusGone,
	library.ErrOtherHistory:    http.StatusConflict,

	library.ErrLogin:             http.StatusForbidden,
	library.ErrTryLater:          http.StatusTooManyRequests,
	library.ErrCardLocked:        http.StatusForbidden,
	library.ErrTerminalThrottled: http.StatusTooManyRequests,
	library.ErrCardExpired:       http.StatusForbidden,
	library.ErrCardLost:          http.StatusForbidden,
	library.ErrCardBlocked:       http.StatusForbidden,
	library.ErrSessionEnded:      http.StatusUnauthorized,

	library.ErrUnknownPatron: http.StatusNotFound,
	library.ErrUnknownLoan:   http.StatusNotFound,
	library.ErrItemOnLoan:    http.StatusConflict,
	library.ErrItemReference: http.StatusConflict,
	library.ErrItemHeld:      http.StatusConflict,
	library.ErrItemNotOnLoan: http.StatusConflict,
	library.ErrNotOwned:      http.StatusConflict,
	library.ErrWithdrawn:     http.StatusConflict,
	library.ErrOverdue:       http.StatusConflict,
	library.ErrHeldByOther:   http.StatusConflict,
	library.ErrRenewalLimit:  http.StatusConflict,
	library.ErrRenewTooEarly: http.StatusConflict,
	library.ErrTooManyLoans:  http.StatusConflict,

	library.ErrNoCopies:       http.StatusConflict,
	library.ErrNotLent:        http.StatusConflict,
	library.ErrAlreadyHeld:    http.StatusConflict,
	library.ErrHasOnLoan:      http.StatusConflict,
	library.ErrTooManyHolds:   http.StatusConflict,
	library.ErrHoldNotWaiting: http.StatusConflict,
	library.ErrHoldNotToTell:  http.StatusConflict,
	library.ErrToldDay:        http.StatusUnprocessableEntity,
	library.ErrFormFuture:     http.StatusUnprocessableEntity,
	library.ErrFormTooOld:     http.StatusUnprocessableEntity,
	library.ErrUnknownHold:    http.StatusNotFound,
	library.ErrNoEmail:        http.StatusConflict,
	library.ErrNoPhone:        http.StatusConflict,

	library.ErrApplication:  http.StatusForbidden,
	library.ErrTerms:        http.StatusConflict,
	library.ErrMustChange:   http.StatusForbidden,
	library.ErrSamePassword: http.StatusConflict,
	library.ErrPresent:      http.StatusForbidden,

	library.ErrPasswordKana:       http.StatusConflict,
	library.ErrPasswordFullWidth:  http.StatusConflict,
	library.ErrPasswordSpace:      http.StatusConflict,
	library.ErrPasswordCharacters: http.StatusConflict,
	library.ErrPasswordLength:     http.StatusConflict,
	library.ErrPasswordCard:       http.StatusConflict,
	library.ErrPasswordBirth:      http.StatusConflict,
	library.ErrPasswordPhone:      http.StatusConflict,
	library.ErrPasswordRepeat:     http.StatusConflict,
	library.ErrPasswordRun:        http.StatusConflict,

	library.ErrEmail:         http.StatusConflict,
	library.ErrEmailBreak:    http.StatusConflict,
	library.ErrEmailComma:    http.StatusConflict,
	library.ErrEmailDots:     http.StatusConflict,
	library.ErrEmailDotAt:    http.StatusConflict,
	library.ErrEmailDotFirst: http.StatusConflict,
	library.ErrEmailCode:     http.StatusConflict,
	library.ErrEmailCodeOver: http.StatusConflict,
	library.ErrEmailSoon:     http.StatusTooManyRequests,
	library.ErrEmailTooMany:  http.StatusTooManyRequests,

	library.ErrRequestUnreadable: http.StatusUnprocessableEntity,
	library.ErrNoRequests:        http.StatusConflict,

	library.ErrStaffOnly: http.StatusForbidden,

	library.ErrKeyReused:         http.StatusUnprocessableEntity,
	library.ErrNotOffered:        http.StatusConflict,
	library.ErrKioskOnly:         http.StatusForbidden,
	library.ErrSystemUnavailable: http.StatusServiceUnavailable,
}

// problemOf is the one place that turns an error into an answer. What it does not
// know stays inside: the client learns only that it was our fault.
func problemOf(err error) *protocol.Problem {
	var p *protocol.Problem
	var refusal *library.Refusal
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &refusal) && statuses[refusal] != 0:
		p := &protocol.Problem{Status: statuses[refusal], Code: refusal.Code}
		var later *protocol.TryLater
		if errors.As(err, &later) {
			p.RetryAfter = max(1, int(math.Ceil(later.Wait.Seconds())))
		}
		return p
	case errors.Is(err, catalogue.ErrBusy), errors.Is(err, context.DeadlineExceeded):
		return &protocol.Problem{Status: http.StatusServiceUnavailable, Code: protocol.CodeUnavailable, Detail: "try again in a moment"}
	}
	return &protocol.Problem{Status: http.StatusInternalServerError, Code: protocol.CodeInternal, Detail: "the server could not do this; its log says why"}
}

func writeProblem(w http.ResponseWriter, p *protocol.Problem) {
	body, err := json.Marshal(completed(*p))
	if err != nil { // it has no field that could fail
		panic(err)
	}
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	write(w, p.Status, append(body, '\n'))
}

// completed fills in what every problem has.
func completed(p protocol.Problem) protocol.Problem {
	p.Type = cmp.Or(p.Type, "about:blank")
	p.Title = cmp.Or(p.Title, http.StatusText(p.Status))
	return p
}

// write writes a whole answer that is not to be kept by anybody: JSON where all is
// well, and a problem otherwise.
func write(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	switch {
	case status >= 400:
		h.Set("Content-Type", protocol.ProblemType)
	case status != http.StatusNoContent:
		h.Set("Content-Type", "application/json")
	}
	h.Set("Cache-Control", "no-store")
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(status)
	w.Write(body) // the client may be gone; nobody is left to tell
}
