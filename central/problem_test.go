package central_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"madoguchi/central"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// Every refusal has a status, and goes out under its own code.
func TestEveryRefusalHasAStatus(t *testing.T) {
	for _, r := range library.Refusals {
		p := central.ProblemOf(fmt.Errorf("renew: %w", r))
		if p.Code != r.Code || p.Status < 400 || p.Status == http.StatusInternalServerError {
			t.Errorf("%s is answered with %d %s: give it a status in problem.go", r.Code, p.Status, p.Code)
		}
		if slices.Contains(protocol.Codes, r.Code) {
			t.Errorf("%s is a code of the wire's own, too", r.Code)
		}
	}
	for r, status := range map[*library.Refusal]int{
		library.ErrSystemUnavailable: http.StatusServiceUnavailable,
		library.ErrTerminalUnknown:   http.StatusUnauthorized,
		library.ErrHeldByOther:       http.StatusConflict,
	} {
		if p := central.ProblemOf(r); p.Status != status {
			t.Errorf("%s: status %d, want %d", r.Code, p.Status, status)
		}
	}
	for _, err := range []error{errors.New("disk"), &library.Refusal{Code: "made_up"}} {
		if p := central.ProblemOf(err); p.Status != http.StatusInternalServerError || p.Code != protocol.CodeInternal {
			t.Errorf("%v is answered with %d %s", err, p.Status, p.Code)
		}
	}
}
