package central_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

func TestLogIn(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		s.lend("1001")
		x := s.terminal()
		in := answer[protocol.LoggedIn](t, x.tryLogIn("1001", passwordOf("1001")))
		if len(in.Token) < 43 || in.Account.Name != "港 花子" || in.Account.Loans != 1 {
			t.Errorf("logged in: %+v", in)
		}
		if a := answer[library.Account](t, x.get("/v1/me", in.Token)); a.Name != "港 花子" || a.Loans != 1 {
			t.Errorf("account %+v", a)
		}
		if l := answer[library.PatronLoans](t, x.get("/v1/me/loans", in.Token)); len(l.Loans) != 1 || l.Loans[0].Title != "こころ" {
			t.Errorf("loans %+v", l)
		}
		if n := s.count(`SELECT count(*) FROM session WHERE token_hash = $1`, in.Token); n != 0 {
			t.Error("the token is stored readable")
		}
		if r := x.ask("DELETE", "/v1/sessions/me", nil, protocol.SessionHeader, in.Token); r.StatusCode != http.StatusNoContent {
			t.Errorf("log out: %s", r.Status)
		}
		wantProblem(t, x.get("/v1/me", in.Token), http.StatusUnauthorized, "session_ended")
	})
}

// TestLoginTellsNothing: an unknown card, a wrong password and a patron without a
// password are one and the same answer.
func TestLoginTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		none := s.patron("1002", nil)
		s.patron("1003", func(p *library.Patron) { p.Blocks = []library.Block{library.BlockLostCard} })
		ctx := t.Context()
		err := s.db.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM patron_password WHERE patron_id = $1`, string(none))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var first string
		for name, login := range map[string]protocol.Login{
			"unknown card":    {Card: "9999", Password: "right1001"},
			"wrong password":  {Card: "1001", Password: "wrong"},
			"other case":      {Card: "1001", Password: "Right1001"},
			"no password set": {Card: "1002", Password: "right1002"},
			"empty password":  {Card: "1002"},
			"lost, and wrong": {Card: "1003", Password: "wrong"},
			"no card":         {},
		} {
			resp := s.terminal().ask("POST", "/v1/sessions", login)
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(body)
			}
			if string(body) != first || resp.StatusCode != http.StatusForbidden || !strings.Contains(string(body), `"login_failed"`) {
				t.Errorf("%s: %s %s, others %s", name, resp.Status, body, first)
			}
		}
	})
}

func TestRightPasswordOfACardThatMayNot(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", func(p *library.Patron) { p.Blocks = []library.Block{library.BlockLostCard} })
		s.patron("1002", func(p *library.Patron) { p.Blocks = []library.Block{library.BlockStaff} })
		// 2026-11-24 18:00 in Tokyo is 09:00 in UTC; the card's last day was yesterday.
		s.patron("1003", func(p *library.Patron) { p.ValidUntil = library.Date{Year: 2026, Month: 11, Day: 23} })
		s.patron("1004", func(p *library.Patron) { p.ValidUntil = library.Date{Year: 2026, Month: 11, Day: 24} })
		s.patron("1005", func(p *library.Patron) { p.Blocks = []library.Block{library.BlockOverdue} })
		x := s.terminal()
		for card, code := range map[string]string{"1001": "card_lost", "1002": "card_blocked", "1003": "card_expired"} {
			wantProblem(t, x.tryLogIn(card, passwordOf(card)), http.StatusForbidden, code)
		}
		if n := s.count(`SELECT count(*) FROM session`); n != 0 {
			t.Errorf("%d sessions were opened all the same", n)
		}
		x.logIn("1004")
		x.logIn("1005")
		s.now = s.now.Add(7 * time.Hour) // 2026-11-25 01:00 in Tokyo, 2026-11-24 in UTC
		wantProblem(t, x.tryLogIn("1004", passwordOf("1004")), http.StatusForbidden, "card_expired")
	})
}

func TestThrottleOfACard(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		for _, card := range []string{"1001", "9999"} { // the throttle does not tell whether there is such a card
			x := s.terminal()
			for range 5 {
				wantProblem(t, x.tryLogIn(card, "wrong"), http.StatusForbidden, "login_failed")
			}
			wait := func() int {
				t.Helper()
				resp := x.tryLogIn(card, passwordOf(card)) // even the right one
				var p protocol.Problem
				if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
					t.Fatal(err)
				}
				if resp.StatusCode != http.StatusTooManyRequests || p.Code != "try_later" || resp.Header.Get("Retry-After") != strconv.Itoa(p.RetryAfter) {
					t.Errorf("card %s: %s %+v, Retry-After %q", card, resp.Status, p, resp.Header.Get("Retry-After"))
				}
				return p.RetryAfter
			}
			if w := wait(); w != 30 {
				t.Errorf("card %s: the first wait is %d s", card, w)
			}
			s.now = s.now.Add(29500 * time.Millisecond)
			if w := wait(); w != 1 {
				t.Errorf("card %s: at the end the wait is %d s", card, w)
			}
			s.now = s.now.Add(500 * time.Millisecond)
			wantProblem(t, x.tryLogIn(card, "wrong"), http.StatusForbidden, "login_failed")
			if w := wait(); w != 60 {
				t.Errorf("card %s: the second wait is %d s", card, w)
			}
			for n := 7; n <= 20; n++ {
				s.now = s.now.Add(time.Hour)
				wantProblem(t, x.tryLogIn(card, "wrong"), http.StatusForbidden, "login_failed")
			}
			s.now = s.now.Add(1000 * time.Hour)
			wantProblem(t, x.tryLogIn(card, passwordOf(card)), http.StatusForbidden, "card_locked")
		}
		ctx := t.Context()
		if err := s.db.Tx(ctx, func(tx *db.Tx) error { return s.passwords.LiftLock(ctx, tx, "1001") }); err != nil {
			t.Fatal(err)
		}
		s.terminal().logIn("1001")
		// No card number is kept by the throttle.
		if n := s.count(`SELECT count(*) FROM login_failure WHERE name LIKE '%9999%' OR name LIKE '%1001%' OR length(name) <> 64`); n != 0 {
			t.Error("the throttle keeps card numbers")
		}
	})
}

func TestSuccessForgives(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		x := s.terminal()
		for range 4 {
			for range 4 {
				wantProblem(t, x.tryLogIn("1001", "wrong"), http.StatusForbidden, "login_failed")
			}
			x.logIn("1001")
		}
	})
}

func TestThrottleOfATerminal(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for n := range 12 { // all of these get in: the terminal is a busy one
			s.patron(fmt.Sprint(1000+n), nil)
		}
		x := s.terminal()
		for n := range 12 {
			wantProblem(t, x.tryLogIn(fmt.Sprint(1000+n), "wrong"), http.StatusForbidden, "login_failed")
			x.logIn(fmt.Sprint(1000 + n))
		}
		for n := range 10 {
			wantProblem(t, x.tryLogIn(fmt.Sprint(9000+n), "wrong"), http.StatusForbidden, "login_failed")
		}
		wantProblem(t, x.tryLogIn("1001", passwordOf("1001")), http.StatusTooManyRequests, "terminal_throttled")
		s.terminal().logIn("1001") // another terminal has nothing to do with it
		s.now = s.now.Add(10*time.Minute + time.Second)
		x.logIn("1001")
	})
}

// TestParallelGuesses: as many guesses at once as anybody likes, at two central
// processes on one database, see no more passwords than one after the other.
func TestParallelGuesses(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			where := dsn(t)
			one := newServer(t, dbtest.Open(t, where))
			two := one.sibling(dbtest.Open(t, where))
			one.patron("1001", nil)
			guess := func(tries int) map[string]int {
				var mu sync.Mutex
				outcomes := map[string]int{}
				var all sync.WaitGroup
				for n := range tries {
					x := one.terminal()
					if n%2 == 1 {
						x.server = two
					}
					all.Go(func() {
						resp := x.tryLogIn("1001", fmt.Sprint("guess", n))
						var p protocol.Problem
						if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
							t.Error(err)
						}
						mu.Lock()
						defer mu.Unlock()
						outcomes[p.Code]++
					})
				}
				all.Wait()
				return outcomes
			}
			if got := guess(40); got["login_failed"] != 5 || got["try_later"] != 35 {
				t.Errorf("of 40 guesses at once: %v", got)
			}
			one.now = one.now.Add(31 * time.Second)
			two.now = one.now
			if got := guess(20); got["login_failed"] != 1 || got["try_later"] != 19 {
				t.Errorf("of 20 guesses after the first wait: %v", got)
			}
			one.now = one.now.Add(61 * time.Second)
			two.now = one.now
			token := one.terminal().logIn("1001")
			if token == "" || one.count(countedTries) != 0 {
				t.Error("the right password did not forgive")
			}
		})
	}
}

func TestTheLogNamesNobody(t *testing.T) {
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	var log bytes.Buffer
	cfg := s.config
	cfg.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.Service = central.New(cfg)
	s.patron("7001002003", func(p *library.Patron) { p.Name = "秘密 太郎" })
	loan := s.lend("7001002003")
	x := s.terminal()
	x.tryLogIn("7001002003", "wrongsecret")
	x.tryLogIn("7009999999", "othersecret")
	token := x.logIn("7001002003")
	key := newKey()
	answer[library.PatronLoan](t, x.renew(token, key, loan.ID))
	x.renew(token, key, "other")
	x.renew("tokensecret", newKey(), loan.ID)
	x.ask("POST", "/v1/sessions", map[string]any{"card": "7001002003", "nothing": "wrongsecret"})
	x.do("POST", "/v1/sessions", `{"card":"7001002003","password":"wrongsecret"`, "Authorization", "Bearer "+x.secret, "Content-Type", "application/json")
	x.get("/v1/me", token)
	x.apply(newKey(), library.Application{Card: "7001002003", Phone: "0398765432", Password: "appliedsecret1"})
	x.changePassword(token, newKey(), "wrongsecret", "chosensecret1")
	x.setEmail(token, newKey(), "moved@example.jp")
	x.confirm(token, newKey(), "987654")
	shown := answer[library.TemporaryPassword](t, x.issue(x.staff(), newKey(), "7001002003"))
	x.tryLogIn("7001002003", shown.Password)
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	if r := x.tryLogIn("7001002003", "wrongsecret"); r.StatusCode != http.StatusInternalServerError { // trouble is logged
		t.Errorf("without a database: %s", r.Status)
	}
	x.apply(newKey(), library.Application{Card: "7001002003", Phone: "0398765432", Password: "appliedsecret1"})
	if n := strings.Count(log.String(), `"msg":"a login"`); n != 5 {
		t.Errorf("%d logins in the log:\n%s", n, &log)
	}
	for _, canary := range []string{"7001002003", "7009999999", "right7001002003", "wrongsecret", "othersecret", "tokensecret", "秘密", "太郎", "hanako", token, x.secret, "こころ",
		"0398765432", "appliedsecret", "chosensecret", "moved@", "987654", shown.Password} {
		if strings.Contains(log.String(), canary) {
			t.Errorf("the log tells %q:\n%s", canary, &log)
		}
	}
}
