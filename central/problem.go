package central

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

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
		return &protocol.Problem{Status: status, Code: refusal.Code}
	case errors.Is(err, catalogue.ErrBusy), errors.Is(err, context.DeadlineExceeded):
		return &protocol.Problem{Status: http.StatusServiceUnavailable, Code: protocol.CodeUnavailable, Detail: "try again in a moment"}
	}
	return &protocol.Problem{Status: http.StatusInternalServerError, Code: protocol.CodeInternal, Detail: "the server could not do this; its log says why"}
}

func writeProblem(w http.ResponseWriter, p *protocol.Problem) {
	out := *p
	if out.Type == "" {
		out.Type = "about:blank"
	}
	if out.Title == "" {
		out.Title = http.StatusText(out.Status)
	}
	h := w.Header()
	h.Set("Content-Type", protocol.ProblemType)
	h.Set("Cache-Control", "no-store")
	if out.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(out.Status)
	json.NewEncoder(w).Encode(out) // the client may be gone; nobody is left to tell
}
