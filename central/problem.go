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

// statuses are those of the refusals; any other refusal is a conflict.
var statuses = map[*library.Refusal]int{
	library.ErrUnknownBib:      http.StatusNotFound,
	library.ErrUnknownItem:     http.StatusNotFound,
	library.ErrUnknownBranch:   http.StatusNotFound,
	library.ErrEnrolmentCode:   http.StatusForbidden,
	library.ErrTerminalUnknown: http.StatusUnauthorized,
	library.ErrReset:           http.StatusGone,

	library.ErrLogin:             http.StatusForbidden,
	library.ErrTryLater:          http.StatusTooManyRequests,
	library.ErrCardLocked:        http.StatusForbidden,
	library.ErrTerminalThrottled: http.StatusTooManyRequests,
	library.ErrCardExpired:       http.StatusForbidden,
	library.ErrCardLost:          http.StatusForbidden,
	library.ErrCardBlocked:       http.StatusForbidden,
	library.ErrSessionEnded:      http.StatusUnauthorized,
	library.ErrApplication:       http.StatusForbidden,
	library.ErrMustChange:        http.StatusForbidden,
	library.ErrPresent:           http.StatusForbidden,
	library.ErrEmailSoon:         http.StatusTooManyRequests,
	library.ErrEmailTooMany:      http.StatusTooManyRequests,
	library.ErrRequestUnreadable: http.StatusUnprocessableEntity,
	library.ErrNoRequests:        http.StatusConflict,
	library.ErrStaffOnly:         http.StatusForbidden,
	library.ErrUnknownPatron:     http.StatusNotFound,
	library.ErrUnknownLoan:       http.StatusNotFound,
	library.ErrUnknownHold:       http.StatusNotFound,
	library.ErrKeyReused:         http.StatusUnprocessableEntity,
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
	case errors.As(err, &refusal):
		status, ok := statuses[refusal]
		if !ok {
			status = http.StatusConflict
		}
		p := &protocol.Problem{Status: status, Code: refusal.Code}
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
