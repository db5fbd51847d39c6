package central_test

import (
	"net/http"
	"testing"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

func TestChangePassword(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.hanako()
		x, y := s.terminal(), s.terminal()
		token, other := x.logIn("1001"), y.logIn("1001")
		present := passwordOf("1001")
		for range 3 {
			wantProblem(t, x.changePassword(token, newKey(), "wrong", "New7pass"), http.StatusForbidden, "password_wrong")
		}
		wantProblem(t, x.changePassword(token, newKey(), "", "New7pass"), http.StatusForbidden, "password_wrong")
		for code, password := range map[string]string{
			"password_length": "ab12", "password_run": "123456", "password_phone": "09011112222", "password_birth": "h240703", "password_space": "481 516",
		} {
			wantProblem(t, x.changePassword(token, newKey(), present, password), http.StatusConflict, code)
		}
		wantProblem(t, x.changePassword(token, newKey(), present, present), http.StatusConflict, "password_same")
		for range 4 { // the right one, though not changed, was no guess: these are counted anew
			wantProblem(t, x.changePassword(token, newKey(), "wrong", "New7pass"), http.StatusForbidden, "password_wrong")
		}
		key := newKey()
		wantDone(t, x.changePassword(token, key, present, "New7pass"))
		wantDone(t, x.changePassword(token, key, present, "New7pass"))

		answer[library.Account](t, x.get("/v1/me", token)) // this session goes on
		wantProblem(t, y.get("/v1/me", other), http.StatusUnauthorized, "session_ended")
		wantProblem(t, y.tryLogIn("1001", present), http.StatusForbidden, "login_failed")
		answer[protocol.LoggedIn](t, y.tryLogIn("1001", "New7pass"))
		if mails := box.take(); len(mails) != 1 || mails[0].Kind != library.MailPasswordSet || mails[0].To != "hanako@example.jp" {
			t.Errorf("mails %+v", mails)
		}
		if n := s.audited("patron:p1001", "password.change", "patron:p1001"); n != 1 {
			t.Errorf("%d audit entries", n)
		}
		wantDone(t, x.changePassword(token, newKey(), "New7pass", "Third7pass")) // any number of times

		wantProblem(t, x.changePassword("unknown", newKey(), "Third7pass", "Fourth7pass"), http.StatusUnauthorized, "session_ended")
		wantProblem(t, x.changePassword("", newKey(), "Third7pass", "Fourth7pass"), http.StatusUnauthorized, "session_ended")
	})
}

// TestGuessingThePresentPassword: at a terminal that somebody left, the present
// password can be guessed no more often than by logging in.
func TestGuessingThePresentPassword(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.hanako()
		x := s.terminal()
		token := x.logIn("1001")
		for range 5 {
			wantProblem(t, x.changePassword(token, newKey(), "wrong", "New7pass"), http.StatusForbidden, "password_wrong")
		}
		wantProblem(t, x.changePassword(token, newKey(), passwordOf("1001"), "New7pass"), http.StatusTooManyRequests, "try_later")
		wantProblem(t, s.terminal().tryLogIn("1001", passwordOf("1001")), http.StatusTooManyRequests, "try_later")
		s.now = s.now.Add(30 * time.Second)
		wantDone(t, x.changePassword(token, newKey(), passwordOf("1001"), "New7pass"))
	})
}

func TestNoMailWithoutAnAddress(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.patron("1001", func(p *library.Patron) { p.Email = "" })
		x := s.terminal()
		wantDone(t, x.changePassword(x.logIn("1001"), newKey(), passwordOf("1001"), "New7pass"))
		if mails := box.take(); len(mails) != 0 {
			t.Errorf("mails %+v", mails)
		}
	})
}
