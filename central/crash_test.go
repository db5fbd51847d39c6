package central_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

const crashEnv = "MADOGUCHI_TEST_CRASH" // a crash, of a child that is killed

// crash is a process that is killed while it has tries open.
type crash struct {
	DSN   string
	Now   time.Time
	Key   []byte // of what was left
	Tries []crashingTry
}

// crashingTry is a request of which the process does not live to see the end.
type crashingTry struct{ Secret, Path, Key, Body string }

// TestKilledWhileItJudges: a server is killed again and again with the tries of honest
// patrons counted and not judged: logins, applications and requests that were left. It
// locks nobody out.
func TestKilledWhileItJudges(t *testing.T) {
	if text := os.Getenv(crashEnv); text != "" {
		dieJudging(t, text)
		return
	}
	const cards, kills = 40, 24 // more kills than tries until a card is locked
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			c := crash{DSN: dsn(t)}
			var err error
			if c.Key, err = protocol.NewRequestKey(); err != nil {
				t.Fatal(err)
			}
			opener, err := protocol.NewRequestOpener(c.Key)
			if err != nil {
				t.Fatal(err)
			}
			s := newServer(t, dbtest.Open(t, c.DSN))
			terminals := make([]*terminal, cards)
			for n := range terminals {
				x, card := s.terminal(), fmt.Sprint(1001+n)
				s.patron(card, nil)
				terminals[n] = x
				try := crashingTry{Secret: x.secret, Key: newKey()}
				var body any
				switch n % 4 {
				case 0:
					try.Path, body = "/v1/password-applications", library.Application{Card: card, Phone: "0312345678", Password: "Chosen17"}
				case 1:
					sealed, err := protocol.SealRequest(opener.SiteKey(), try.Key, library.Request{
						Card: card, Password: passwordOf(card), ReceivedAt: s.now, RenewItem: "item",
					})
					if err != nil {
						t.Fatal(err)
					}
					try.Path, body = "/v1/requests", sealed
				default:
					try.Path, body = "/v1/sessions", protocol.Login{Card: card, Password: passwordOf(card)}
				}
				raw, err := json.Marshal(body)
				if err != nil {
					t.Fatal(err)
				}
				try.Body = string(raw)
				c.Tries = append(c.Tries, try)
			}
			for n := range kills {
				c.Now = s.now
				c.die(t)
				if open := s.count(`SELECT count(*) FROM login_try WHERE at = $1`, s.now.UnixMilli()); open != cards {
					t.Fatalf("kill %d: %d tries were open, not %d", n, open, cards)
				}
				s.now = s.now.Add(20 * time.Minute)
			}
			for n, x := range terminals {
				x.logIn(fmt.Sprint(1001 + n))
			}
		})
	}
}

// die lets the process open all tries and die.
func (c crash) die(t *testing.T) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestKilledWhileItJudges$")
	child.Env = append(os.Environ(), crashEnv+"="+string(text))
	out, err := child.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the child was not killed: %v\n%s", err, out)
	}
}

// endless is a circulation system that never says whose a card is.
type endless struct {
	central.Circulation
	asked func()
}

func (e endless) PatronByCard(context.Context, string) (library.Patron, error) {
	e.asked()
	select {}
}

// dieJudging is the child: it is killed when each of its tries is under way or was
// refused.
func dieJudging(t *testing.T, text string) {
	var c crash
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	opener, err := protocol.NewRequestOpener(c.Key)
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, dbtest.Open(t, c.DSN))
	s.now = c.Now
	var underWay sync.WaitGroup
	underWay.Add(len(c.Tries))
	cfg := s.config
	cfg.Requests, cfg.Circulation = opener, endless{s.ledger.Circulation(), underWay.Done}
	s.Service = central.New(cfg)
	for _, try := range c.Tries {
		r := httptest.NewRequest("POST", try.Path, bytes.NewReader([]byte(try.Body)))
		r.Header = http.Header{"Authorization": {"Bearer " + try.Secret}, "Content-Type": {"application/json"}, protocol.IdempotencyHeader: {try.Key}}
		go func() {
			defer underWay.Done()
			s.ServeHTTP(httptest.NewRecorder(), r)
		}()
	}
	underWay.Wait()
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {}
}

// TestJudgedAfterAll: a try that was taken back since it took too long, and is judged
// wrong in the end, has failed all the same.
func TestJudgedAfterAll(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		x := s.terminal()
		cfg := s.config
		late := func() {}
		cfg.Circulation = &unsteady{Circulation: s.ledger.Circulation(), looked: func() { late() }}
		s.Service = central.New(cfg)
		failures := `SELECT coalesce(sum(failures), 0) FROM login_failure`
		late = func() {
			late = func() {}
			wantProblem(t, x.tryLogIn("1001", "wrong"), http.StatusForbidden, "login_failed")
			s.now = s.now.Add(10 * time.Minute)
			wantProblem(t, x.tryLogIn("1001", "wrong"), http.StatusForbidden, "login_failed")
			if n := s.count(`SELECT count(*) FROM login_try WHERE taken_back_at > 0`); n != 1 {
				t.Errorf("%d tries were taken back", n)
			}
			if n := s.count(failures); n != 2 {
				t.Errorf("%d failures", n)
			}
		}
		wantProblem(t, x.tryLogIn("1001", "wrong"), http.StatusForbidden, "login_failed")
		if n := s.count(failures); n != 3 || s.count(`SELECT count(*) FROM login_try`) != 0 {
			t.Errorf("%d failures, and what was taken back is still there", n)
		}
	})
}

// TestWhatBrokeOffIsSwept: what was left open at a terminal counts there no longer than
// it must, though nobody comes with its card again.
func TestWhatBrokeOffIsSwept(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		x := s.terminal()
		cfg := s.config
		breaks := true
		cfg.Circulation = &unsteady{Circulation: s.ledger.Circulation(), looked: func() {
			if breaks {
				panic("a crash")
			}
		}}
		s.Service = central.New(cfg)
		for n := range s.config.Site.Policy.TerminalCards {
			wantProblem(t, x.tryLogIn(fmt.Sprint(9000+n), "any"), http.StatusInternalServerError, protocol.CodeInternal)
		}
		breaks = false
		wantProblem(t, x.tryLogIn("1001", passwordOf("1001")), http.StatusTooManyRequests, "terminal_throttled")
		s.now = s.now.Add(2 * time.Minute)
		if err := s.TakeAllLeftBack(t.Context()); err != nil {
			t.Fatal(err)
		}
		x.logIn("1001")
		s.now = s.now.Add(library.TakeBackWindow)
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := s.count(`SELECT count(*) FROM login_try`); n != 0 {
			t.Errorf("%d tries are kept", n)
		}
	})
}
