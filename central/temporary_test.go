package central_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

func TestTemporaryPassword(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.hanako()
		loan := s.lend("1001")
		desk, x := s.terminal(), s.terminal()
		staff := desk.staff()
		key := newKey()
		shown := answer[library.TemporaryPassword](t, desk.issue(staff, key, "1001"))
		if !library.IsTemporary(shown.Password) || !shown.ValidUntil.Equal(s.now.Add(24*time.Hour)) {
			t.Errorf("issued %+v", shown)
		}
		if again := answer[library.TemporaryPassword](t, desk.issue(staff, key, "1001")); again.Password != shown.Password { // the answer was lost
			t.Error("the same key issued another one")
		}
		if n := s.count(`SELECT count(*) FROM audit WHERE actor = 'staff:sato' AND action = 'password.temporary' AND subject = 'patron:p1001'
			AND detail LIKE '%"document":"health_insurance"%' AND detail LIKE $1`, `%"terminal":"`+desk.id+`"%`); n != 1 {
			t.Errorf("%d audit entries of who issued what where after seeing which document", n)
		}

		// The permanent one goes on, until another is set.
		x.logIn("1001")

		in := answer[protocol.LoggedIn](t, x.tryLogIn("1001", shown.Password))
		if want := (library.Account{Name: "港 花子"}); !in.MustChange || fmt.Sprint(in.Account) != fmt.Sprint(want) {
			t.Errorf("logged in with it: %+v", in)
		}
		for _, resp := range []*http.Response{
			x.get("/v1/me", in.Token), x.get("/v1/me/loans", in.Token), x.get("/v1/me/holds", in.Token), x.get("/v1/me/email", in.Token),
			x.renew(in.Token, newKey(), loan.ID), x.setEmail(in.Token, newKey(), "taro@example.jp"), x.confirm(in.Token, newKey(), "123456"),
			x.ask("DELETE", "/v1/me/email", nil, protocol.SessionHeader, in.Token, protocol.IdempotencyHeader, newKey()),
			x.ask("POST", "/v1/me/holds", library.HoldRequest{}, protocol.SessionHeader, in.Token, protocol.IdempotencyHeader, newKey()),
		} {
			wantProblem(t, resp, http.StatusForbidden, "password_must_change")
		}
		// Whose session ends before comes back with it.
		s.now = s.now.Add(time.Hour)
		wantProblem(t, x.get("/v1/me", in.Token), http.StatusUnauthorized, "session_ended")
		in = answer[protocol.LoggedIn](t, x.tryLogIn("1001", shown.Password))

		wantProblem(t, x.changePassword(in.Token, newKey(), "", "123456"), http.StatusConflict, "password_run")
		wantProblem(t, x.changePassword(in.Token, newKey(), "", shown.Password), http.StatusConflict, "password_same") // staff have seen it
		wantProblem(t, x.ask("PUT", "/v1/me/password", protocol.PasswordChange{New: "New7pass", Terms: "2025-01"},
			protocol.SessionHeader, in.Token, protocol.IdempotencyHeader, newKey()), http.StatusConflict, "terms_outdated")
		other := s.terminal()
		before := other.logIn("1001")
		wantDone(t, x.changePassword(in.Token, newKey(), "", "New7pass"))
		answer[library.Account](t, x.get("/v1/me", in.Token)) // a session like others now
		if n := s.count(`SELECT count(*) FROM terms_agreed WHERE patron_id = 'p1001' AND version = $1 AND at = $2`, termsVersion, s.now.UnixMilli()); n != 1 {
			t.Errorf("%d agreements to the terms", n)
		}
		wantProblem(t, other.get("/v1/me", before), http.StatusUnauthorized, "session_ended")
		wantProblem(t, x.tryLogIn("1001", shown.Password), http.StatusForbidden, "login_failed") // it is used up
		wantProblem(t, x.tryLogIn("1001", passwordOf("1001")), http.StatusForbidden, "login_failed")
		wantProblem(t, x.changePassword(in.Token, newKey(), "", "Third7pass"), http.StatusForbidden, "password_wrong")
		if in := answer[protocol.LoggedIn](t, x.tryLogIn("1001", "New7pass")); in.MustChange {
			t.Error("the permanent one must be changed")
		}
		if mails := box.take(); len(mails) != 1 || mails[0].Kind != library.MailPasswordSet {
			t.Errorf("mails %+v", mails)
		}
		if n := s.audited("patron:p1001", "password.permanent", "patron:p1001"); n != 1 {
			t.Errorf("%d audit entries of the permanent one", n)
		}
	})
}

// TestTemporaryPasswordEnds: by time, by another one, by an application and by a
// change of the permanent one.
func TestTemporaryPasswordEnds(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.hanako()
		x := s.terminal()
		desk := s.terminal()
		staff := desk.staff()
		issue := func() string {
			t.Helper()
			return answer[library.TemporaryPassword](t, desk.issue(staff, newKey(), "1001")).Password
		}
		refused := func(password string) {
			t.Helper()
			wantProblem(t, x.tryLogIn("1001", password), http.StatusForbidden, "login_failed")
		}
		first := issue()
		begun := answer[protocol.LoggedIn](t, x.tryLogIn("1001", first))
		second := issue()
		wantProblem(t, x.changePassword(begun.Token, newKey(), "", "New7pass"), http.StatusUnauthorized, "session_ended")
		refused(first)
		answer[protocol.LoggedIn](t, x.tryLogIn("1001", second))

		wantDone(t, x.apply(newKey(), application()))
		refused(second)

		third := issue()
		in := answer[protocol.LoggedIn](t, x.tryLogIn("1001", "New7pass"))
		wantDone(t, x.changePassword(in.Token, newKey(), "New7pass", "Third7pass"))
		refused(third)

		fourth := issue()
		s.now = s.now.Add(24*time.Hour - time.Second)
		answer[protocol.LoggedIn](t, x.tryLogIn("1001", fourth))
		s.now = s.now.Add(time.Second)
		refused(fourth)
		answer[protocol.LoggedIn](t, x.tryLogIn("1001", "Third7pass"))
	})
}

// TestATemporaryPasswordForWhoHasNone is the guide's way for those without a
// telephone.
func TestATemporaryPasswordForWhoHasNone(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		if err := s.ledger.PutPatrons(t.Context(), library.Patron{ID: "p1", Card: "1001", Name: "港 花子"}); err != nil {
			t.Fatal(err)
		}
		x := s.terminal()
		shown := answer[library.TemporaryPassword](t, x.issue(x.staff(), newKey(), "1001"))
		in := answer[protocol.LoggedIn](t, x.tryLogIn("1001", shown.Password))
		if !in.MustChange {
			t.Error("nothing must be changed")
		}
		wantDone(t, x.changePassword(in.Token, newKey(), "", "New7pass"))
		answer[protocol.LoggedIn](t, x.tryLogIn("1001", "New7pass"))
	})
}

func TestAtTheCounter(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.hanako()
		s.patron("1002", func(p *library.Patron) {
			p.Email, p.Blocks, p.BornOn = "", []library.Block{library.BlockLostCard}, library.Date{Year: 1950, Month: 2, Day: 3}
		})
		if err := s.ledger.PutPatrons(t.Context(), library.Patron{ID: "p3", Card: "1003", Name: "港 三郎"}); err != nil {
			t.Fatal(err)
		}
		x := s.terminal()
		staff, patron := x.staff(), x.logIn("1001")
		look := func(token, card string) *http.Response {
			return x.ask("POST", "/v1/staff/patrons", protocol.CardOf{Card: card}, protocol.SessionHeader, token)
		}
		unlock := func(token, card string) *http.Response {
			return x.ask("POST", "/v1/staff/unlocks", protocol.CardOf{Card: card}, protocol.SessionHeader, token, protocol.IdempotencyHeader, newKey())
		}
		for card, want := range map[string]library.CounterPatron{
			"1001": {Name: "港 花子", Reading: "みなと はなこ", BirthYear: 2012, HasPhone: true, Email: library.EmailRegistered, HasPassword: true},
			"1002": {Name: "港 花子", BirthYear: 1950, Email: library.NoEmail, HasPassword: true, Refusal: "card_lost"},
			"1003": {Name: "港 三郎", Email: library.NoEmail},
		} {
			if got := answer[library.CounterPatron](t, look(staff, card)); got != want {
				t.Errorf("card %s: %+v, want %+v", card, got, want)
			}
		}
		if n := s.audited("staff:sato", "patron.view", "patron:p1001"); n != 1 {
			t.Errorf("%d audit entries of who looked", n)
		}
		wantProblem(t, look(staff, "9999"), http.StatusNotFound, "patron_unknown")
		wantProblem(t, x.issue(staff, newKey(), "9999"), http.StatusNotFound, "patron_unknown")
		wantProblem(t, unlock(staff, "9999"), http.StatusNotFound, "patron_unknown")
		wantProblem(t, x.issue(staff, newKey(), "1002"), http.StatusForbidden, "card_lost")
		wantProblem(t, x.ask("POST", "/v1/staff/temporary-passwords", protocol.TemporaryPassword{Card: "1001", Document: "point_card"},
			protocol.SessionHeader, staff, protocol.IdempotencyHeader, newKey()), http.StatusBadRequest, "bad_request")
		for _, token := range []string{"", patron} {
			wantProblem(t, look(token, "1001"), http.StatusForbidden, "staff_only")
			wantProblem(t, x.issue(token, newKey(), "1001"), http.StatusForbidden, "staff_only")
			wantProblem(t, unlock(token, "1001"), http.StatusForbidden, "staff_only")
		}

		lock := func() {
			y := s.terminal()
			for range 20 {
				s.now = s.now.Add(time.Hour)
				wantProblem(t, y.tryLogIn("1001", "wrong"), http.StatusForbidden, "login_failed")
			}
			wantProblem(t, y.tryLogIn("1001", passwordOf("1001")), http.StatusForbidden, "card_locked")
			staff = answer[protocol.StaffLoggedIn](t, x.ask("POST", "/v1/staff/sessions", protocol.StaffLogin{Name: "sato", Password: "a long password"})).Token
		}
		lock()
		if got := answer[library.CounterPatron](t, look(staff, "1001")); !got.Locked {
			t.Errorf("not said to be locked: %+v", got)
		}
		wantDone(t, unlock(staff, "1001"))
		x.logIn("1001")
		if n := s.audited("staff:sato", "unlock", "patron:p1001"); n != 1 {
			t.Errorf("%d audit entries of the unlock", n)
		}
		lock()
		shown := answer[library.TemporaryPassword](t, x.issue(staff, newKey(), "1001"))
		if got := answer[library.CounterPatron](t, look(staff, "1001")); got.Locked || !got.Temporary {
			t.Errorf("after a temporary password was issued: %+v", got)
		}
		answer[protocol.LoggedIn](t, x.tryLogIn("1001", shown.Password))
	})
}

func TestStaffCards(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		ctx, staff := t.Context(), central.NewStaff(s.passwords)
		const password = "a long password"
		add := func(name, card string) error {
			return staff.Add(ctx, "command:test", central.Staff{Name: name, Role: central.RoleAdmin, Card: card}, password)
		}
		for name, card := range map[string]string{"sato": "S001", "ito": ""} {
			if err := add(name, card); err != nil {
				t.Fatal(err)
			}
		}
		for name, err := range map[string]error{
			"a taken card":         add("mori", "S001"),
			"a name as card":       add("mori", "ito"),
			"a card as name":       add("S001", ""),
			"a taken card, later":  staff.SetCard(ctx, "command:test", "ito", "S001"),
			"a name as card later": staff.SetCard(ctx, "command:test", "ito", "sato"),
			"nobody's":             staff.SetCard(ctx, "command:test", "mori", "S009"),
		} {
			if err == nil {
				t.Errorf("%s was taken", name)
			}
		}
		if n := s.count(`SELECT count(*) FROM staff`); n != 2 {
			t.Fatalf("%d staff", n)
		}
		x := s.terminal()
		logIn := func(name, password string) *http.Response {
			return x.ask("POST", "/v1/staff/sessions", protocol.StaffLogin{Name: name, Password: password})
		}
		if in := answer[protocol.StaffLoggedIn](t, logIn("S001", password)); in.Name != "sato" || in.Role != protocol.RoleAdmin {
			t.Errorf("by card: %+v", in)
		}
		answer[protocol.StaffLoggedIn](t, logIn("sato", password))
		wantProblem(t, logIn("S002", password), http.StatusForbidden, "login_failed")
		wantProblem(t, logIn("", password), http.StatusForbidden, "login_failed")
		wantProblem(t, logIn("\x00", password), http.StatusBadRequest, "bad_request")

		// By card and by name it is one person whose password is guessed.
		for n := range 5 {
			wantProblem(t, logIn([]string{"sato", "S001"}[n%2], "wrong"), http.StatusForbidden, "login_failed")
		}
		wantProblem(t, logIn("S001", password), http.StatusTooManyRequests, "try_later")
		wantProblem(t, logIn("sato", password), http.StatusTooManyRequests, "try_later")
		s.now = s.now.Add(time.Minute)

		if err := staff.SetCard(ctx, "command:test", "sato", ""); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, logIn("S001", password), http.StatusForbidden, "login_failed")
		if err := staff.SetCard(ctx, "command:test", "ito", "S001"); err != nil {
			t.Fatal(err)
		}
		if in := answer[protocol.StaffLoggedIn](t, logIn("S001", password)); in.Name != "ito" {
			t.Errorf("the card is now %+v's", in)
		}
		if all, err := staff.List(ctx); err != nil || len(all) != 2 || all[0].Card != "S001" || all[1].Card != "" {
			t.Errorf("list %+v, %v", all, err)
		}
	})
}
