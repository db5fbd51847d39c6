package central_test

import (
	"net/http"
	"testing"

	"madoguchi/central"
	"madoguchi/central/protocol"
)

// TestStaffAtTheMachine: who logged in as staff, restarted the terminal or left the
// kiosk is in the audit log, and only admins leave.
func TestStaffAtTheMachine(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		const password = "a long password"
		admin := central.Staff{Name: "ito", Role: central.RoleAdmin}
		if err := central.NewStaff(s.passwords).Add(t.Context(), "command:test", admin, password); err != nil {
			t.Fatal(err)
		}
		x, y := s.terminal(), s.terminal()
		desk := x.staff()
		boss := answer[protocol.StaffLoggedIn](t, y.ask("POST", "/v1/staff/sessions", protocol.StaffLogin{Name: "ito", Password: password})).Token
		act := func(x *terminal, token, action string) *http.Response {
			return x.ask("POST", "/v1/staff/machine-actions", protocol.MachineAction{Action: action}, protocol.SessionHeader, token, protocol.IdempotencyHeader, newKey())
		}
		wantDone(t, act(x, desk, "restart"))
		wantDone(t, act(y, boss, "leave"))
		wantProblem(t, act(x, desk, "leave"), http.StatusForbidden, "staff_only")
		wantProblem(t, act(y, boss, "format"), http.StatusBadRequest, "bad_request")
		wantProblem(t, act(x, "", "restart"), http.StatusForbidden, "staff_only")
		for action, want := range map[string][2]int{"staff.login": {1, 1}, "machine.restart": {1, 0}, "machine.leave": {0, 1}} {
			for n, who := range []string{"staff:sato", "staff:ito"} {
				if got := s.count(`SELECT count(*) FROM audit WHERE actor = $1 AND action = $2`, who, action); got != want[n] {
					t.Errorf("%d entries of %s by %s, not %d", got, action, who, want[n])
				}
			}
		}
	})
}
