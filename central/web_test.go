package central_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// TestRoutesOfTheHomePage walks the table of routes: the home page is refused what is not
// offered to it, whoever is logged in, and a kiosk nothing for being one.
func TestRoutesOfTheHomePage(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		kiosk, page := s.terminal(), s.homePage().visitor("a")
		path := strings.NewReplacer("{id}", "b0000", "{n}", "1", "{sha256}", strings.Repeat("0", 64))
		refused := 0
		for _, pattern := range central.Patterns() {
			method, at, _ := strings.Cut(pattern, " ")
			ask := func(x *terminal) (code string) {
				t.Helper()
				token := x.logIn("1001")
				resp := x.ask(method, path.Replace(at), struct{}{}, protocol.SessionHeader, token, protocol.IdempotencyHeader, newKey())
				text, err := io.ReadAll(resp.Body)
				if err != nil {
					t.Fatal(err)
				}
				var p protocol.Problem
				if err := json.Unmarshal(text, &p); resp.StatusCode >= 400 && err != nil {
					t.Errorf("%s is answered with %s %s", pattern, resp.Status, text)
				}
				return p.Code
			}
			offered, _ := central.Offered(pattern, central.KindWeb)
			if got := ask(page); (got == "kiosk_only") == offered {
				t.Errorf("%s at the home page: %q, though offered to it: %v", pattern, got, offered)
			}
			if got := ask(kiosk); got == "kiosk_only" {
				t.Errorf("%s at a kiosk: %s", pattern, got)
			}
			if !offered {
				refused++
				wantProblem(t, s.do(method, path.Replace(at), ""), http.StatusUnauthorized, "unauthorized") // who is nobody learns no more
			}
		}
		for _, prefix := range []string{"/v1/catalogue/", "/v1/requests", "/v1/staff/", "/v1/desk/"} {
			for _, pattern := range central.Patterns() {
				if offered, _ := central.Offered(pattern, central.KindWeb); offered && strings.Contains(pattern, " "+prefix) {
					t.Errorf("%s is offered to the home page", pattern)
				}
			}
		}
		if refused == 0 {
			t.Error("nothing is refused")
		}
	})
}

// TestVisitorsAtOnce: each visitor has a session, and one ends without the others.
func TestVisitorsAtOnce(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, _ *letterbox) {
		s.hanako()
		s.patron("1002", nil)
		loan := s.lend("1002")
		page, kiosk := s.homePage(), s.terminal()
		a, b, again := page.visitor("a"), page.visitor("b"), page.visitor("c")
		hanako, other, hanakoAgain := a.logIn("1001"), b.logIn("1002"), again.logIn("1001")
		atKiosk := kiosk.logIn("1001")
		for token, loans := range map[string]int{hanako: 0, other: 1, hanakoAgain: 0} {
			if got := answer[library.Account](t, page.get("/v1/me", token)); got.Loans != loans {
				t.Errorf("%d loans, not %d", got.Loans, loans)
			}
		}
		wantProblem(t, kiosk.get("/v1/me", hanako), http.StatusUnauthorized, "session_ended") // each token where it was given

		// A key is the page's own, but its answer is the visitor's who asked.
		key := newKey()
		answer[library.PatronLoan](t, b.renew(other, key, loan.ID))
		wantProblem(t, a.renew(hanako, key, loan.ID), http.StatusUnprocessableEntity, "idempotency_key_reused")
		answer[library.PatronLoan](t, b.renew(other, key, loan.ID))
		wantProblem(t, a.renew(hanako, newKey(), loan.ID), http.StatusNotFound, "loan_unknown")
		wantProblem(t, a.changePassword(hanako, key, passwordOf("1001"), "New7pass"), http.StatusUnprocessableEntity, "idempotency_key_reused")

		wantDone(t, again.ask("DELETE", "/v1/sessions/me", nil, protocol.SessionHeader, hanakoAgain))
		wantProblem(t, again.get("/v1/me", hanakoAgain), http.StatusUnauthorized, "session_ended")
		answer[library.Account](t, a.get("/v1/me", hanako))

		wantDone(t, again.apply(newKey(), application())) // forgotten, in a third browser
		wantProblem(t, a.get("/v1/me", hanako), http.StatusUnauthorized, "session_ended")
		wantProblem(t, kiosk.get("/v1/me", atKiosk), http.StatusUnauthorized, "session_ended")
		answer[library.Account](t, b.get("/v1/me", other))

		hanako = answer[protocol.LoggedIn](t, a.tryLogIn("1001", "New7pass")).Token
		hanakoAgain = answer[protocol.LoggedIn](t, again.tryLogIn("1001", "New7pass")).Token
		wantDone(t, a.changePassword(hanako, newKey(), "New7pass", "Other7pass"))
		answer[library.Account](t, a.get("/v1/me", hanako))
		wantProblem(t, again.get("/v1/me", hanakoAgain), http.StatusUnauthorized, "session_ended")

		if err := s.terminals.Revoke(t.Context(), page.id); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, a.get("/v1/me", hanako), http.StatusUnauthorized, "terminal_unknown")
		if n := s.count(`SELECT count(*) FROM session WHERE terminal_id = $1`, page.id); n != 0 {
			t.Errorf("%d sessions at a home page that was revoked", n)
		}
	})
}

// TestAVisitorSetsAPermanentPassword: what was issued at the counter is used at home, and
// an application's key answers nobody who applies otherwise.
func TestAVisitorSetsAPermanentPassword(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, _ *letterbox) {
		s.hanako()
		page, desk := s.homePage(), s.terminal()
		a, b := page.visitor("a"), page.visitor("b")
		temporary := answer[library.TemporaryPassword](t, desk.issue(desk.staff(), newKey(), "1001")).Password
		in, other := answer[protocol.LoggedIn](t, a.tryLogIn("1001", temporary)), answer[protocol.LoggedIn](t, b.tryLogIn("1001", temporary))
		if !in.MustChange || !other.MustChange {
			t.Errorf("logged in with a temporary password: %+v, %+v", in, other)
		}
		wantProblem(t, a.get("/v1/me/loans", in.Token), http.StatusForbidden, "password_must_change")
		wantDone(t, a.changePassword(in.Token, newKey(), "", "New7pass"))
		answer[library.Account](t, a.get("/v1/me", in.Token))
		wantProblem(t, b.get("/v1/me", other.Token), http.StatusUnauthorized, "session_ended")
		wantProblem(t, b.tryLogIn("1001", temporary), http.StatusForbidden, "login_failed")

		key := newKey()
		wantDone(t, a.apply(key, application(func(x *library.Application) { x.Password = "Third7pass" })))
		wantProblem(t, b.apply(key, application(func(x *library.Application) { x.Card = "1002" })), http.StatusUnprocessableEntity, "idempotency_key_reused")
		answer[protocol.LoggedIn](t, b.tryLogIn("1001", "Third7pass"))
	})
}

// TestVisitorsAreMarked: where a try is counted the home page says whose it is, and
// without that nothing is tried.
func TestVisitorsAreMarked(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, _ *letterbox) {
		s.hanako()
		page := s.homePage()
		token := page.visitor("a").logIn("1001")
		for _, mark := range []string{"", "fifteen-letters", strings.Repeat("x", 129), "a mark with spaces", "a-mark-with-a-tilde~", "目印目印目印目印目印"} {
			x := *page
			x.mark = mark
			for name, resp := range map[string]*http.Response{
				"login":       x.tryLogIn("1001", "wrong"),
				"application": x.apply(newKey(), application(func(a *library.Application) { a.Phone = "0399999999" })),
				"password":    x.changePassword(token, newKey(), "wrong", "New7pass"),
			} {
				if got := read(t, resp); got.status != http.StatusBadRequest || !strings.Contains(got.body, protocol.VisitorHeader) {
					t.Errorf("%s with the mark %q: %+v", name, mark, got)
				}
			}
		}
		if n := s.count(`SELECT count(*) FROM login_failure`); n != 0 {
			t.Error("something was tried")
		}
		for _, mark := range []string{"sixteen-letters_", strings.Repeat("Z", 128)} {
			x := *page
			x.mark = mark
			x.logIn("1001")
			wantProblem(t, x.tryLogIn("1001", "wrong"), http.StatusForbidden, "login_failed")
		}
		if n := s.count(`SELECT count(*) FROM terminal_failure WHERE visitor LIKE '%sixteen%' OR visitor LIKE '%ZZZZ%' OR length(visitor) <> 64`); n != 0 {
			t.Error("a mark is stored readable")
		}
	})
}

// TestFailingCardsOfAVisitor: who guesses is stopped alone.
func TestFailingCardsOfAVisitor(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, _ *letterbox) {
		s.hanako()
		s.patron("1002", nil)
		page, kiosk := s.homePage(), s.terminal()
		a, b := page.visitor("a"), page.visitor("b")
		token := a.logIn("1001")
		for n := range 8 {
			wantProblem(t, a.tryLogIn(fmt.Sprint(9000+n), "wrong"), http.StatusForbidden, "login_failed")
		}
		wantProblem(t, a.apply(newKey(), application(func(a *library.Application) { a.Card = "9008" })), http.StatusForbidden, "application_refused")
		wantProblem(t, a.changePassword(token, newKey(), "wrong", "New7pass"), http.StatusForbidden, "password_wrong")
		throttled := func(x *terminal) {
			t.Helper()
			wantProblem(t, x.tryLogIn("1002", passwordOf("1002")), http.StatusTooManyRequests, "terminal_throttled")
		}
		throttled(a)
		wantProblem(t, a.apply(newKey(), application()), http.StatusTooManyRequests, "terminal_throttled")
		wantProblem(t, a.changePassword(token, newKey(), passwordOf("1001"), "New7pass"), http.StatusTooManyRequests, "terminal_throttled")

		b.logIn("1001") // whose card failed at a's is right at b's: that is not a's doing
		throttled(a)
		b.logIn("1002")
		kiosk.logIn("1002")
		s.now = s.now.Add(10*time.Minute + time.Second)
		a.logIn("1002")

		// A kiosk is one place whatever mark it sends.
		for n := range 10 {
			wantProblem(t, kiosk.visitor(fmt.Sprint(n)).tryLogIn(fmt.Sprint(9100+n), "wrong"), http.StatusForbidden, "login_failed")
		}
		throttled(kiosk.visitor("other"))
		throttled(kiosk)
	})
}

// TestAnotherVisitorWithEachTry: neither a card nor the home page as a whole is open to
// who throws the mark away each time.
func TestAnotherVisitorWithEachTry(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.config.Site.Policy.WebCards = 12
		s.Service = central.New(s.config)
		s.patron("1001", nil)
		s.patron("1002", nil)
		page, kiosk := s.homePage(), s.terminal()
		visitors := 0
		next := func() *terminal { visitors++; return page.visitor(fmt.Sprint(visitors)) }
		for range 5 {
			wantProblem(t, next().tryLogIn("1001", "wrong"), http.StatusForbidden, "login_failed")
		}
		wantProblem(t, next().tryLogIn("1001", passwordOf("1001")), http.StatusTooManyRequests, "try_later")
		for n := range 11 { // one card has failed, however often
			wantProblem(t, next().tryLogIn(fmt.Sprint(9000+n), "wrong"), http.StatusForbidden, "login_failed")
		}
		wantProblem(t, next().tryLogIn("1002", passwordOf("1002")), http.StatusTooManyRequests, "terminal_throttled")
		s.homePage().visitor("of-another-page").logIn("1002")
		kiosk.logIn("1002")
		s.now = s.now.Add(10*time.Minute + time.Second)
		next().logIn("1002")
	})
}

// TestASessionOfAVisitorEnds: it outlives one at a kiosk, but not for ever.
func TestASessionOfAVisitorEnds(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		s.patron("1002", nil)
		page, kiosk := s.homePage().visitor("a"), s.terminal()
		kiosk.logIn("1001")
		left, used := page.logIn("1001"), page.logIn("1002")
		rows := func(want int) {
			t.Helper()
			if err := s.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := s.count(`SELECT count(*) FROM session`); n != want {
				t.Errorf("%d sessions are kept, not %d", n, want)
			}
		}
		rows(3)
		begun := s.now
		s.now = begun.Add(30*time.Minute - time.Second)
		answer[library.Account](t, page.get("/v1/me", used))
		rows(2)
		s.now = begun.Add(30 * time.Minute)
		wantProblem(t, page.get("/v1/me", left), http.StatusUnauthorized, "session_ended")
		rows(1)
		for at := 45 * time.Minute; at < 4*time.Hour; at += 15 * time.Minute {
			s.now = begun.Add(at)
			answer[library.Account](t, page.get("/v1/me", used))
		}
		s.now = begun.Add(4 * time.Hour)
		wantProblem(t, page.get("/v1/me", used), http.StatusUnauthorized, "session_ended")
		rows(0)
	})
}

// TestHomePagesAreEnrolled: as a terminal is, but in no branch.
func TestHomePagesAreEnrolled(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		added, code, err := s.terminals.AddWeb(t.Context(), "市のホームページ")
		if err != nil {
			t.Fatal(err)
		}
		e := answer[protocol.Enrolled](t, s.enrolWith(code))
		if e.Terminal != added.ID || e.Kind != protocol.KindWeb || e.Branch != "" || len(e.Secret) < 43 {
			t.Errorf("enrolled %+v", e)
		}
		wantProblem(t, s.enrolWith(code), http.StatusForbidden, "enrolment_code_invalid")
		all, err := s.terminals.List(t.Context())
		if err != nil || len(all) != 1 || all[0].Kind != central.KindWeb || all[0].Branch != "" {
			t.Errorf("list %+v, %v", all, err)
		}
		site := answer[library.Site](t, s.do("GET", "/v1/site", "", "Authorization", "Bearer "+e.Secret))
		if len(site.Branches) != 2 {
			t.Errorf("the home page learns of the branches %+v", site.Branches)
		}
	})
}
