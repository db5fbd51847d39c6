package central_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/protocol"
	"madoguchi/central/secret"
	"madoguchi/library"
)

func TestATokenWorksAtItsTerminalOnly(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		loan := s.lend("1001")
		x, other := s.terminal(), s.terminal()
		token := x.logIn("1001")
		wantProblem(t, other.get("/v1/me", token), http.StatusUnauthorized, "session_ended")
		wantProblem(t, other.get("/v1/me/loans", token), http.StatusUnauthorized, "session_ended")
		wantProblem(t, other.renew(token, newKey(), loan.ID), http.StatusUnauthorized, "session_ended")
		wantProblem(t, other.ask("DELETE", "/v1/sessions/me", nil, protocol.SessionHeader, token), http.StatusUnauthorized, "session_ended")
		for _, bad := range []string{"", "x", token + "x", token[1:]} {
			wantProblem(t, x.get("/v1/me", bad), http.StatusUnauthorized, "session_ended")
		}
		answer[library.Account](t, x.get("/v1/me", token))
	})
}

func TestASessionEnds(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		s.patron("1002", nil)
		x := s.terminal()
		p := library.DefaultPolicy()

		token := x.logIn("1001")
		for at := time.Duration(0); at < p.SessionLimit.Duration(); at += 2 * time.Minute {
			answer[library.Account](t, x.get("/v1/me", token))
			s.now = s.now.Add(2 * time.Minute)
		}
		answer[library.Account](t, x.get("/v1/me", token)) // the terminal's own end comes first
		s.now = s.now.Add(time.Minute)
		wantProblem(t, x.get("/v1/me", token), http.StatusUnauthorized, "session_ended")

		token = x.logIn("1001")
		s.now = s.now.Add(6*time.Minute - time.Second) // somebody reads, and touches nothing that asks
		answer[library.Account](t, x.get("/v1/me", token))
		s.now = s.now.Add(6 * time.Minute)
		wantProblem(t, x.get("/v1/me", token), http.StatusUnauthorized, "session_ended")

		token = x.logIn("1001")
		next := x.logIn("1002") // whoever stands there now is another
		wantProblem(t, x.get("/v1/me", token), http.StatusUnauthorized, "session_ended")
		answer[library.Account](t, x.get("/v1/me", next))

		if err := s.terminals.Revoke(t.Context(), x.id); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, x.get("/v1/me", next), http.StatusUnauthorized, "terminal_unknown")
	})
}

func TestStaff(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		ctx := t.Context()
		staff := central.NewStaff(s.passwords)
		const password = "a long password"
		if err := staff.Add(ctx, "command:test", central.Staff{Name: "sato", Role: central.RoleDesk}, password); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"taken":          staff.Add(ctx, "command:test", central.Staff{Name: "sato", Role: central.RoleAdmin}, password),
			"no name":        staff.Add(ctx, "command:test", central.Staff{Name: "", Role: central.RoleDesk}, password),
			"odd name":       staff.Add(ctx, "command:test", central.Staff{Name: "a b\x00", Role: central.RoleDesk}, password),
			"short password": staff.Add(ctx, "command:test", central.Staff{Name: "ito", Role: central.RoleDesk}, "short"),
			"no such role":   staff.Add(ctx, "command:test", central.Staff{Name: "ito", Role: "boss"}, password),
			"not there":      staff.SetPassword(ctx, "command:test", "ito", password),
			"nobody":         staff.Remove(ctx, "command:test", "ito"),
		} {
			if err == nil {
				t.Errorf("%s: was taken", name)
			}
		}
		s.patron("1001", nil)
		s.put(0, 1)
		x := s.terminal()
		logIn := func(name, password string) *http.Response {
			return x.ask("POST", "/v1/staff/sessions", protocol.StaffLogin{Name: name, Password: password})
		}
		wantProblem(t, logIn("sato", "wrong"), http.StatusForbidden, "login_failed")
		wantProblem(t, logIn("suzuki", password), http.StatusForbidden, "login_failed")
		wantProblem(t, x.tryLogIn("sato", password), http.StatusForbidden, "login_failed") // no card
		in := answer[protocol.StaffLoggedIn](t, logIn("sato", password))
		if in.Name != "sato" || in.Role != "desk" {
			t.Errorf("logged in %+v", in)
		}
		patron := x.logIn("1001") // beside the staff's session, not instead of it
		desk := func(path, token, key string, body any) *http.Response {
			return x.ask("POST", "/v1/desk/"+path, body, protocol.SessionHeader, token, protocol.IdempotencyHeader, key)
		}
		lend := protocol.Checkout{Card: "1001", Item: "ib0000"}
		wantProblem(t, desk("checkouts", "", newKey(), lend), http.StatusForbidden, "staff_only")
		wantProblem(t, desk("checkouts", patron, newKey(), lend), http.StatusForbidden, "staff_only")
		wantProblem(t, desk("checkouts", "unknown", newKey(), lend), http.StatusUnauthorized, "session_ended")
		wantProblem(t, x.get("/v1/me", in.Token), http.StatusUnauthorized, "session_ended")
		if n := s.count(`SELECT count(*) FROM loan`); n != 0 {
			t.Fatalf("%d loans", n)
		}
		audited := s.count(`SELECT count(*) FROM audit`)
		key := newKey()
		out := answer[protocol.CheckedOut](t, desk("checkouts", in.Token, key, lend))
		if out.DueOn != (library.Date{Year: 2026, Month: 12, Day: 8}) || out.Title == "" {
			t.Errorf("checked out %+v", out)
		}
		answer[protocol.CheckedOut](t, desk("checkouts", in.Token, key, lend))
		if n := s.count(`SELECT count(*) FROM audit`) - audited; n != 1 {
			t.Errorf("%d audit entries of one checkout, asked for twice", n)
		}
		wantProblem(t, desk("checkouts", in.Token, newKey(), lend), http.StatusConflict, "item_on_loan")
		back := answer[protocol.Returned](t, desk("returns", in.Token, newKey(), protocol.Return{Item: "ib0000", Branch: "kita"}))
		if back.State != library.InTransit || back.To != "chuo" {
			t.Errorf("returned %+v", back)
		}
		there := answer[protocol.Returned](t, desk("arrivals", in.Token, newKey(), protocol.Return{Item: "ib0000"}))
		if there.State != library.OnShelf {
			t.Errorf("arrived %+v", there)
		}
		if n := s.count(`SELECT count(*) FROM audit WHERE actor = 'staff:sato' AND action <> 'staff.login'`); n != 3 {
			t.Errorf("%d audit entries by sato", n)
		}

		// What is withdrawn while it is on loan: its patron sees it and cannot renew it, and
		// staff are told to put it aside.
		answer[protocol.CheckedOut](t, desk("checkouts", in.Token, newKey(), lend))
		if _, err := s.ledger.Withdraw(ctx, "ib0000"); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, desk("arrivals", in.Token, newKey(), protocol.Return{Item: "ib0000"}), http.StatusConflict, "item_on_loan")
		reader := x.logIn("1001")
		loans := answer[library.PatronLoans](t, x.get("/v1/me/loans", reader))
		if len(loans.Loans) != 1 || loans.Loans[0].Title != out.Title || loans.Loans[0].DueOn != out.DueOn || loans.Loans[0].Refusal != "withdrawn" {
			t.Fatalf("its patron sees %+v", loans)
		}
		if where := answer[protocol.Availability](t, x.get("/v1/bibs/b0000/availability", "")); len(where.Items) != 0 {
			t.Errorf("the terminal sees %+v", where)
		}
		if back := answer[protocol.Returned](t, desk("returns", in.Token, newKey(), protocol.Return{Item: "ib0000"})); back != (protocol.Returned{Title: out.Title, Withdrawn: true}) {
			t.Errorf("it comes back: %+v", back)
		}
		wantProblem(t, desk("returns", in.Token, newKey(), protocol.Return{Item: "ib0000"}), http.StatusNotFound, "item_unknown")

		// The throttle is the same, and another password lifts it and ends sessions.
		for range 5 {
			wantProblem(t, logIn("sato", "wrong"), http.StatusForbidden, "login_failed")
		}
		wantProblem(t, logIn("sato", password), http.StatusTooManyRequests, "try_later")
		if err := staff.SetPassword(ctx, "command:test", "sato", "another password"); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, desk("returns", in.Token, newKey(), protocol.Return{Item: "ib0000"}), http.StatusUnauthorized, "session_ended")
		in = answer[protocol.StaffLoggedIn](t, logIn("sato", "another password"))
		s.now = s.now.Add(15 * time.Minute)
		wantProblem(t, desk("returns", in.Token, newKey(), protocol.Return{Item: "ib0000"}), http.StatusUnauthorized, "session_ended")
		in = answer[protocol.StaffLoggedIn](t, logIn("sato", "another password"))
		if err := staff.Remove(ctx, "command:test", "sato"); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, desk("returns", in.Token, newKey(), protocol.Return{Item: "ib0000"}), http.StatusUnauthorized, "session_ended")
		if all, err := staff.List(ctx); err != nil || len(all) != 0 {
			t.Errorf("staff %v, %v", all, err)
		}
	})
}

func TestWhatIsOverIsSwept(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		loan := s.lend("1001")
		x := s.terminal()
		x.tryLogIn("9999", "wrong")
		answer[library.PatronLoan](t, x.renew(x.logIn("1001"), newKey(), loan.ID))
		rows := func() [3]int {
			return [3]int{s.count(`SELECT count(*) FROM session`), s.count(`SELECT count(*) FROM answer`), s.count(`SELECT count(*) FROM terminal_failure`)}
		}
		sweep := func() {
			t.Helper()
			if err := s.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := rows(); got != [3]int{1, 1, 1} {
			t.Fatalf("before: %v", got)
		}
		s.now = s.now.Add(11*time.Minute + time.Second)
		sweep()
		if got := rows(); got != [3]int{0, 1, 0} {
			t.Errorf("after eleven minutes: %v", got)
		}
		s.now = s.now.Add(7 * 24 * time.Hour)
		sweep()
		if got := rows(); got != [3]int{0, 0, 0} {
			t.Errorf("after a week: %v", got)
		}
		if n := s.count(countedTries); n != 1 {
			t.Errorf("the throttle forgot by itself: %d", n)
		}
	})
}

func TestAnotherPepper(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		h, err := secret.New(make([]byte, secret.PepperSize), cheap)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := central.NewPasswords(t.Context(), s.db, h, nil); err == nil || !strings.Contains(err.Error(), "pepper file") {
			t.Errorf("another pepper: %v", err)
		}
	})
}

// TestTheCostCanChange: a password that was hashed at another cost is still right,
// and is hashed anew when it is used.
func TestTheCostCanChange(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		h, err := secret.New([]byte(pepper), secret.Cost{Memory: 32, Passes: 2, Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		cfg := s.config
		if cfg.Passwords, err = central.NewPasswords(t.Context(), s.db, h, nil); err != nil {
			t.Fatal(err)
		}
		s.Service = central.New(cfg)
		x := s.terminal()
		for range 2 {
			x.logIn("1001")
			if n := s.count(`SELECT count(*) FROM patron_password WHERE hash LIKE '%m=32,t=2,p=1$%'`); n != 1 {
				t.Error("not hashed anew")
			}
		}
	})
}

// TestTheCardIsAskedForWithEveryRequest: one that was reported lost a moment ago does
// nothing more, and its session is over.
func TestTheCardIsAskedForWithEveryRequest(t *testing.T) {
	requests := map[string]func(x *terminal, token string) *http.Response{
		"account": func(x *terminal, token string) *http.Response { return x.get("/v1/me", token) },
		"renewal": func(x *terminal, token string) *http.Response { return x.renew(token, newKey(), "loan") },
		"password": func(x *terminal, token string) *http.Response {
			return x.changePassword(token, newKey(), passwordOf("1001"), "another9")
		},
	}
	for code, change := range map[string]string{
		"card_lost":    `UPDATE patron SET blocks = 'lost_card'`,
		"card_blocked": `UPDATE patron SET blocks = 'staff'`,
		"card_expired": `UPDATE patron SET valid_until = '2026-11-23'`,
	} {
		each(t, func(t *testing.T, s *server) {
			for what, ask := range requests {
				s.patron("1001", nil)
				x := s.terminal()
				token := x.logIn("1001")
				s.exec(change)
				wantProblem(t, ask(x, token), http.StatusForbidden, code)
				wantProblem(t, ask(x, token), http.StatusUnauthorized, "session_ended")
				if t.Failed() {
					t.Fatal(what)
				}
				s.exec(`UPDATE patron SET blocks = '', valid_until = ''`)
			}
		})
	}
}

// TestEveryRouteOfAPatronAsksForTheCard, whatever it is for: none of the table is left out.
func TestEveryRouteOfAPatronAsksForTheCard(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		id := s.patron("1001", nil)
		x := s.terminal()
		asked := 0
		for _, pattern := range central.Patterns() {
			method, path, _ := strings.Cut(pattern, " ")
			if !strings.HasPrefix(path, "/v1/me") {
				continue
			}
			asked++
			path = strings.ReplaceAll(path, "{id}", "x")
			ask := func(token string) *http.Response {
				var body any
				if method == "PUT" || method == "POST" || method == "PATCH" {
					body = struct{}{}
				}
				return x.ask(method, path, body, protocol.SessionHeader, token, protocol.IdempotencyHeader, newKey())
			}
			token := x.logIn("1001")
			s.exec(`UPDATE patron SET blocks = 'lost_card'`)
			wantProblem(t, ask(token), http.StatusForbidden, "card_lost")
			wantProblem(t, ask(token), http.StatusUnauthorized, "session_ended")
			s.exec(`UPDATE patron SET blocks = ''`)
			if t.Failed() {
				t.Fatal(pattern)
			}
		}
		if asked < 11 {
			t.Errorf("%d routes", asked)
		}
		if n := s.count(`SELECT count(*) FROM session WHERE patron_id = $1`, string(id)); n != 0 {
			t.Errorf("%d sessions", n)
		}
	})
}
