package central_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

func TestApply(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.hanako()
		x, y := s.terminal(), s.terminal()
		old := y.logIn("1001")
		for range 4 {
			wantProblem(t, x.tryLogIn("1001", "wrong"), http.StatusForbidden, "login_failed")
		}
		key := newKey()
		wantDone(t, x.apply(key, application()))
		wantDone(t, x.apply(key, application())) // asked again: the same answer, nothing more done
		wantProblem(t, x.apply(key, application(func(a *library.Application) { a.Password = "Other7pass" })), http.StatusUnprocessableEntity, "idempotency_key_reused")

		wantProblem(t, y.get("/v1/me", old), http.StatusUnauthorized, "session_ended")
		wantProblem(t, x.tryLogIn("1001", passwordOf("1001")), http.StatusForbidden, "login_failed")
		in := answer[protocol.LoggedIn](t, x.tryLogIn("1001", "New7pass"))
		if in.MustChange || in.Account.Name != "港 花子" {
			t.Errorf("logged in with the new one: %+v", in)
		}
		if n := s.count(`SELECT failures FROM login_failure UNION ALL SELECT 0 ORDER BY 1 DESC LIMIT 1`); n != 0 {
			t.Errorf("%d failures are still counted", n)
		}
		mails := box.take()
		if len(mails) != 1 || mails[0].Kind != library.MailPasswordSet || mails[0].To != "hanako@example.jp" || mails[0].Patron != "p1001" || !mails[0].At.Equal(s.now) {
			t.Errorf("mails %+v", mails)
		}
		if n := s.audited("patron:p1001", "password.apply", "patron:p1001"); n != 1 {
			t.Errorf("%d audit entries", n)
		}
		if n := s.count(`SELECT count(*) FROM terms_agreed WHERE patron_id = 'p1001' AND version = '2026-11' AND at = $1`, s.now.UnixMilli()); n != 1 {
			t.Error("it is not known to which terms the patron agreed")
		}
		// Forgotten: the same once more.
		wantDone(t, x.apply(newKey(), application(func(a *library.Application) { a.Password, a.Phone = "Third7pass", "09011112222" })))
		answer[protocol.LoggedIn](t, x.tryLogIn("1001", "Third7pass"))
	})
}

// TestApplyingTellsNothing: whatever does not match, and whoever there is or is not,
// the answer is the same byte for byte.
func TestApplyingTellsNothing(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.hanako()
		s.patron("1002", func(p *library.Patron) { p.BornOn = library.Date{Year: 2012, Month: 7, Day: 3} }) // no telephone
		s.patron("1003", func(p *library.Patron) { p.Phones = []string{"0312345678"} })                     // no birth date
		s.patron("1004", func(p *library.Patron) {
			p.BornOn, p.Phones, p.Blocks = library.Date{Year: 1950, Month: 1, Day: 1}, []string{"0312345678"}, []library.Block{library.BlockLostCard}
		})
		var first whole
		for name, change := range map[string]func(*library.Application){
			"unknown card":        func(a *library.Application) { a.Card = "9999" },
			"no card":             func(a *library.Application) { a.Card = "" },
			"wrong birth date":    func(a *library.Application) { a.BornOn = a.BornOn.Add(1) },
			"no birth date":       func(a *library.Application) { a.BornOn = library.Date{} },
			"wrong telephone":     func(a *library.Application) { a.Phone = "0312345679" },
			"no telephone":        func(a *library.Application) { a.Phone = "" },
			"none registered":     func(a *library.Application) { a.Card = "1002" },
			"none at all":         func(a *library.Application) { a.Card, a.Phone = "1002", "" },
			"no date registered":  func(a *library.Application) { a.Card = "1003" },
			"lost, and not right": func(a *library.Application) { a.Card = "1004" },
			// Of the password nothing is said that only fits who is registered.
			"the other telephone as password": func(a *library.Application) { a.Password, a.BornOn = "09011112222", a.BornOn.Add(1) },
			"the true date as password":       func(a *library.Application) { a.Password, a.BornOn = "20120703", a.BornOn.Add(1) },
		} {
			s.now = s.now.Add(2 * time.Hour) // past every pause
			got := read(t, s.terminal().apply(newKey(), application(change)))
			if first.status == 0 {
				first = got
			}
			if got != first || got.status != http.StatusForbidden || !strings.Contains(got.body, `"application_refused"`) {
				t.Errorf("%s: %+v, others %+v", name, got, first)
			}
		}
		if n := s.count(`SELECT count(*) FROM terms_agreed`); n != 0 || len(box.take()) != 0 {
			t.Error("something was done all the same")
		}
		s.terminal().logIn("1002") // and no password is another one
	})
}

// TestApplyingByTheRules: what breaks a rule is said at once, before anything is
// counted or looked up.
func TestApplyingByTheRules(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.hanako()
		x := s.terminal()
		for code, change := range map[string]func(*library.Application){
			"terms_outdated":      func(a *library.Application) { a.Terms = "2025-01" },
			"password_length":     func(a *library.Application) { a.Password = "ab12" },
			"password_kana":       func(a *library.Application) { a.Password = "ﾄｼｮｶﾝ77" },
			"password_full_width": func(a *library.Application) { a.Password = "４８１５１６" },
			"password_space":      func(a *library.Application) { a.Password = "481 516" },
			"password_characters": func(a *library.Application) { a.Password = "481-516" },
			"password_repeat":     func(a *library.Application) { a.Password = "777777" },
			"password_run":        func(a *library.Application) { a.Password = "123456" },
			"password_birth":      func(a *library.Application) { a.Password = "20120703" },
			"password_phone":      func(a *library.Application) { a.Password = "0312345678" },
			"password_card":       func(a *library.Application) { a.Card, a.Password = "481516", "481516" },
		} {
			for _, card := range []string{"1001", "9999"} { // whether there is such a card or not
				a := application(change)
				if code != "password_card" {
					a.Card = card
				}
				wantProblem(t, x.apply(newKey(), a), http.StatusConflict, code)
			}
		}
		if n := s.count(countedTries); n != 0 {
			t.Errorf("%d tries were counted", n)
		}
		// Who has shown to be the patron is told also what only the register knows; that
		// was no guess.
		for range 7 {
			wantProblem(t, x.apply(newKey(), application(func(a *library.Application) { a.Password = "09011112222" })), http.StatusConflict, "password_phone")
		}
		if n := s.count(countedTries); n != 0 {
			t.Errorf("%d tries were counted", n)
		}
		wantProblem(t, x.apply("", application()), http.StatusBadRequest, "bad_request")
		wantProblem(t, x.apply(newKey(), application(func(a *library.Application) { a.Card = "1\x00" })), http.StatusBadRequest, "bad_request")
		wantProblem(t, x.apply(newKey(), application(func(a *library.Application) { a.Password = strings.Repeat("ab", 11) })), http.StatusConflict, "password_length")
		wantProblem(t, x.apply(newKey(), application(func(a *library.Application) { a.Password = strings.Repeat("ab", 200) })), http.StatusBadRequest, "bad_request")
		wantProblem(t, s.do("POST", "/v1/password-applications", "{}", "Content-Type", "application/json"), http.StatusUnauthorized, "unauthorized")
	})
}

func TestApplyingWithACardThatMayNot(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.patron("1001", func(p *library.Patron) {
			p.BornOn, p.Phones, p.Blocks = library.Date{Year: 2012, Month: 7, Day: 3}, []string{"0312345678"}, []library.Block{library.BlockLostCard}
		})
		x := s.terminal()
		wantProblem(t, x.apply(newKey(), application()), http.StatusForbidden, "card_lost")
		wantProblem(t, x.tryLogIn("1001", "New7pass"), http.StatusForbidden, "login_failed")
	})
}

// TestApplyingIsThrottledWithLogins: both are tries of one card.
func TestApplyingIsThrottledWithLogins(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.hanako()
		wrong := application(func(a *library.Application) { a.Phone = "0312345679" })
		x := s.terminal()
		for range 2 {
			wantProblem(t, x.tryLogIn("1001", "wrong"), http.StatusForbidden, "login_failed")
			wantProblem(t, x.apply(newKey(), wrong), http.StatusForbidden, "application_refused")
		}
		key := newKey()
		refused := read(t, x.apply(key, wrong))
		if again := read(t, x.apply(key, wrong)); again != refused { // asked again: no other try
			t.Errorf("%+v, then %+v", refused, again)
		}
		later := x.apply(newKey(), application()) // even the right one
		if later.Header.Get("Retry-After") != "30" {
			t.Errorf("Retry-After %q", later.Header.Get("Retry-After"))
		}
		wantProblem(t, later, http.StatusTooManyRequests, "try_later")
		wantProblem(t, x.tryLogIn("1001", passwordOf("1001")), http.StatusTooManyRequests, "try_later")
		s.now = s.now.Add(30 * time.Second)
		wantDone(t, x.apply(newKey(), application()))

		for n := range 20 {
			s.now = s.now.Add(2 * time.Hour)
			if n%2 == 0 {
				wantProblem(t, x.tryLogIn("1001", "wrong"), http.StatusForbidden, "login_failed")
			} else {
				wantProblem(t, x.apply(newKey(), wrong), http.StatusForbidden, "application_refused")
			}
		}
		s.now = s.now.Add(1000 * time.Hour)
		wantProblem(t, x.apply(newKey(), application()), http.StatusForbidden, "card_locked") // only staff can help

		y := s.terminal()
		for n := range 10 {
			wantProblem(t, y.apply(newKey(), application(func(a *library.Application) { a.Card = "900" + string(rune('0'+n)) })), http.StatusForbidden, "application_refused")
		}
		wantProblem(t, y.apply(newKey(), application()), http.StatusTooManyRequests, "terminal_throttled")
	})
}

// TestApplyingAtOnce: one application that is asked for many times at once, at two
// terminals, is granted once by each.
func TestApplyingAtOnce(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.hanako()
		key := newKey()
		var all sync.WaitGroup
		for _, x := range []*terminal{s.terminal(), s.terminal()} {
			for range 4 {
				all.Go(func() {
					// Those that come while another is under way may have to wait.
					if got := read(t, x.apply(key, application())); got.status != http.StatusNoContent && !strings.Contains(got.body, "try_later") {
						t.Errorf("%+v", got)
					}
				})
			}
		}
		all.Wait()
		if n := s.audited("patron:p1001", "password.apply", "patron:p1001"); n < 1 || n > 2 {
			t.Errorf("granted %d times", n)
		}
		s.now = s.now.Add(time.Hour)
		answer[protocol.LoggedIn](t, s.terminal().tryLogIn("1001", "New7pass"))
	})
}

// TestSecretsAreNotKept: what could tell a password is gone as soon as no terminal
// asks again, and cannot be read before.
func TestSecretsAreNotKept(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.hanako()
		x := s.terminal()
		wantDone(t, x.apply(newKey(), application()))
		staff := x.staff()
		shown := answer[library.TemporaryPassword](t, x.issue(staff, newKey(), "1001"))
		if n := s.count(`SELECT count(*) FROM answer WHERE secret`); n != 2 {
			t.Errorf("%d answers are known to be secret", n)
		}
		for _, column := range []string{"answer.body", "temporary_password.hash", "patron_password.hash", "audit.detail"} {
			table, _, _ := strings.Cut(column, ".")
			for _, secret := range []string{shown.Password, "New7pass"} {
				if n := s.count(`SELECT count(*) FROM ` + table + ` WHERE ` + column + ` LIKE '%` + secret + `%'`); n != 0 {
					t.Errorf("a password lies readable in %s", column)
				}
			}
		}
		s.now = s.now.Add(11 * time.Minute)
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := s.count(`SELECT count(*) FROM answer WHERE secret`); n != 0 {
			t.Errorf("%d secret answers are still there", n)
		}
		if n := s.count(`SELECT count(*) FROM temporary_password`); n != 1 {
			t.Error("the temporary password is gone")
		}
		s.now = s.now.Add(24 * time.Hour)
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := s.count(`SELECT count(*) FROM temporary_password`); n != 0 {
			t.Error("a temporary password lies there for longer than it is valid")
		}
	})
}
