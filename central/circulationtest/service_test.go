package circulationtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"madoguchi/central"
	"madoguchi/central/catalogue"
	"madoguchi/central/circulationtest"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/protocol"
	"madoguchi/central/secret"
	"madoguchi/library"
)

// service is a central service before a system that is not the ledger, and a terminal of
// its.
type service struct {
	*central.Service
	circulationtest.Library
	t      testing.TB
	system *memory
	db     *db.DB
	key    *protocol.RequestOpener
	secret string // the terminal's
}

// newService opens a library with the patrons 1001 and 1002, whose passwords are
// "right" and the card.
func newService(t testing.TB, d *db.DB) *service {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s := &service{t: t, system: newMemory(d), db: d}
	s.Library = s.system.library()
	cat := catalogue.New(catalogue.Config{DB: d})
	must(cat.PutBranch(ctx, library.Branch{Code: "chuo", Name: "中央図書館"}))
	editions, err := central.NewEditions(central.EditionsConfig{DB: d, Catalogue: cat, Dir: t.TempDir()})
	must(err)
	hasher, err := secret.New([]byte("pepper of the tests, 32 bytes ok"), secret.Cost{Memory: 8, Passes: 1, Threads: 1})
	must(err)
	passwords, err := central.NewPasswords(ctx, d, hasher, nil)
	must(err)
	raw, err := protocol.NewRequestKey()
	must(err)
	s.key, err = protocol.NewRequestOpener(raw)
	must(err)
	terminals := central.NewTerminals(d, nil)
	s.Service = central.New(central.Config{
		DB: d, Catalogue: cat, Circulation: s.system, Editions: editions, Terminals: terminals, Passwords: passwords, Requests: s.key,
		Site: library.Site{Name: "隣町図書館", Policy: library.DefaultPolicy()},
	})
	for _, card := range []string{"1001", "1002"} {
		id, err := s.AddPatron(card)
		must(err)
		must(passwords.SetPassword(ctx, id, "right"+card))
	}
	_, code, err := terminals.Add(ctx, "chuo", "")
	must(err)
	_, s.secret, err = terminals.Enrol(ctx, code)
	must(err)
	return s
}

// ask asks as the terminal, with a session's token and a key where there are any.
func (s *service) ask(method, path, token, key string, body any) *httptest.ResponseRecorder {
	s.t.Helper()
	text := ""
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		text = string(raw)
	}
	r := httptest.NewRequest(method, path, strings.NewReader(text))
	r.Header.Set("Authorization", "Bearer "+s.secret)
	r.Header.Set("Content-Type", "application/json")
	for name, value := range map[string]string{protocol.SessionHeader: token, protocol.IdempotencyHeader: key} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *service) tryLogIn(card, password string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.ask("POST", "/v1/sessions", "", "", protocol.Login{Card: card, Password: password})
}

func (s *service) logIn(card string) string {
	s.t.Helper()
	return into[protocol.LoggedIn](s.t, s.tryLogIn(card, "right"+card)).Token
}

// loan lends a new copy and returns the address of its renewal.
func (s *service) loan(card, item string) string {
	s.t.Helper()
	if err := s.AddCopy("bib", library.ItemID(item)); err != nil {
		s.t.Fatal(err)
	}
	id, err := s.Lend(card, library.ItemID(item), 7)
	if err != nil {
		s.t.Fatal(err)
	}
	return "/v1/me/loans/" + strings.ReplaceAll(string(id), " ", "%20") + "/renewal"
}

func (s *service) count(query string) (n int) {
	s.t.Helper()
	err := s.db.Tx(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRowContext(context.Background(), query).Scan(&n)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func into[T any](t testing.TB, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if w.Code != http.StatusOK {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func wantProblem(t testing.TB, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	var p protocol.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != status || p.Code != code {
		t.Errorf("%d %s, want %d %s", w.Code, w.Body, status, code)
	}
}

func eachService(t *testing.T, test func(*testing.T, *service)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newService(t, d)) })
}

// TestASlowSystemDelaysNobody: while the system thinks about one patron's renewal, for as
// long as it likes, another logs in, on a database that has one writer.
func TestASlowSystemDelaysNobody(t *testing.T) {
	eachService(t, func(t *testing.T, s *service) {
		renewal, token := s.loan("1001", "1"), s.logIn("1001")
		thinking, answer := make(chan struct{}), make(chan struct{})
		slow := sync.OnceFunc(func() { close(thinking) })
		s.system.fault = func() fault { slow(); <-answer; return none }
		renewed := make(chan *httptest.ResponseRecorder)
		go func() { renewed <- s.ask("POST", renewal, token, uuid.NewString(), nil) }()
		<-thinking
		other := s.logIn("1002")
		into[library.PatronLoans](t, s.ask("GET", "/v1/me/loans", other, "", nil))
		close(answer)
		if l := into[library.PatronLoan](t, <-renewed); l.Renewals != 1 {
			t.Errorf("renewed %+v", l)
		}
	})
}

// TestASystemThatIsAway while the service is there: it says so, and nothing is counted,
// kept or taken that it could not judge.
func TestASystemThatIsAway(t *testing.T) {
	eachService(t, func(t *testing.T, s *service) {
		renewal, token, key := s.loan("1001", "1"), s.logIn("1001"), uuid.NewString()
		s.system.wait = func(context.Context) error { return fmt.Errorf("%w: no route", library.ErrSystemUnavailable) }
		left := library.Request{Card: "1001", Password: "right1001", ReceivedAt: time.Now(), RenewItem: "1"}
		id := uuid.NewString()
		sealed, err := protocol.SealRequest(s.key.SiteKey(), id, left)
		if err != nil {
			t.Fatal(err)
		}
		unavailable := library.ErrSystemUnavailable.Code
		for range 25 { // more often than a password may be wrong
			wantProblem(t, s.ask("POST", renewal, token, key, nil), http.StatusServiceUnavailable, unavailable)
			wantProblem(t, s.tryLogIn("1001", "right1001"), http.StatusServiceUnavailable, unavailable)
			wantProblem(t, s.tryLogIn("1002", "wrong"), http.StatusServiceUnavailable, unavailable)
			wantProblem(t, s.ask("POST", "/v1/requests", "", id, sealed), http.StatusServiceUnavailable, unavailable)
		}
		for _, path := range []string{"/v1/me", "/v1/me/loans", "/v1/me/holds", "/v1/bibs/bib/availability"} {
			wantProblem(t, s.ask("GET", path, token, "", nil), http.StatusServiceUnavailable, unavailable)
		}
		for _, table := range []string{"login_failure", "terminal_failure", "answer", "request"} {
			if n := s.count(`SELECT count(*) FROM ` + table); n != 0 {
				t.Errorf("%d rows of %s", n, table)
			}
		}
		if head := into[protocol.Head](t, s.ask("GET", "/v1/catalogue/head", "", "", nil)); !head.SystemAway {
			t.Error("terminals do not learn that the system is away")
		}
		s.system.wait = nil
		if l := into[library.PatronLoan](t, s.ask("POST", renewal, token, key, nil)); l.Renewals != 1 {
			t.Errorf("renewed %+v", l)
		}
		if w := s.ask("POST", "/v1/requests", "", id, sealed); w.Code != http.StatusNoContent {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

// TestTheSystemComesBack: the service looks for it by itself, and terminals learn that.
func TestTheSystemComesBack(t *testing.T) {
	s := newService(t, dbtest.Open(t, dbtest.SQLite(t)))
	token := s.logIn("1001")
	s.system.wait = func(context.Context) error { return library.ErrSystemUnavailable }
	wantProblem(t, s.ask("GET", "/v1/me", token, "", nil), http.StatusServiceUnavailable, library.ErrSystemUnavailable.Code)
	s.system.wait = nil
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error)
	go func() { ran <- s.Run(ctx) }()
	for into[protocol.Head](t, s.ask("GET", "/v1/catalogue/head", "", "", nil)).SystemAway {
		if t.Context().Err() != nil {
			t.Fatal("the system is away for ever")
		}
	}
	stop()
	if err := <-ran; err != nil {
		t.Error(err)
	}
}

// TestATryBeforeTheSystemWentAway is still counted when another one is taken back.
func TestATryBeforeTheSystemWentAway(t *testing.T) {
	eachService(t, func(t *testing.T, s *service) {
		wantProblem(t, s.tryLogIn("1001", "wrong"), http.StatusForbidden, library.ErrLogin.Code)
		s.system.wait = func(context.Context) error { return library.ErrSystemUnavailable }
		s.tryLogIn("1001", "wrong")
		if n, m := s.count(`SELECT sum(failures) FROM login_failure`), s.count(`SELECT count(*) FROM terminal_failure`); n != 1 || m != 1 {
			t.Errorf("%d failures, %d at the terminal", n, m)
		}
		// A card that is locked is not counted, and stays locked.
		s.count(`UPDATE login_failure SET failures = 20 RETURNING 1`)
		id := uuid.NewString()
		sealed, err := protocol.SealRequest(s.key.SiteKey(), id, library.Request{Card: "1001", Password: "wrong", ReceivedAt: time.Now(), RenewItem: "1"})
		if err != nil {
			t.Fatal(err)
		}
		wantProblem(t, s.ask("POST", "/v1/requests", "", id, sealed), http.StatusServiceUnavailable, library.ErrSystemUnavailable.Code)
		if n := s.count(`SELECT sum(failures) FROM login_failure`); n != 20 {
			t.Errorf("%d failures of a locked card", n)
		}
	})
}

// TestAbilitiesAreObeyed: terminals learn what the system can do, and what it cannot is
// refused.
func TestAbilitiesAreObeyed(t *testing.T) {
	s := newService(t, dbtest.Open(t, dbtest.SQLite(t)))
	site := into[library.Site](t, s.ask("GET", "/v1/site", "", "", nil))
	for _, a := range library.Abilities {
		want := slices.Contains(s.system.Abilities(), a) || a == library.AbilityPassword // which is checked here
		if site.Can(a) != want {
			t.Errorf("the terminal learns %v of %s", site.Can(a), a)
		}
	}
	for path, method := range map[string]string{
		"/v1/me/email": "GET", "/v1/me/email/confirmation": "POST", "/v1/desk/checkouts": "POST", "/v1/desk/returns": "POST",
		"/v1/desk/arrivals": "POST", "/v1/desk/paper-holds": "POST",
	} {
		wantProblem(t, s.ask(method, path, s.logIn("1001"), uuid.NewString(), nil), http.StatusConflict, library.ErrNotOffered.Code)
	}
}

// TestOrdersThroughTheService: whatever breaks off in the system, a terminal that asks
// again with the same key gets one answer, and one effect.
func TestOrdersThroughTheService(t *testing.T) {
	eachService(t, func(t *testing.T, s *service) {
		token := s.logIn("1001")
		s.system.fault = func() fault { return fault(rand.IntN(int(faults))) }
		for n := range 60 {
			renewal, key := s.loan("1001", fmt.Sprint(n)), uuid.NewString()
			answer := ""
			for range 50 {
				if w := s.ask("POST", renewal, token, key, nil); w.Code == http.StatusOK {
					answer = w.Body.String()
					break
				}
			}
			if again := s.ask("POST", renewal, token, key, nil); answer == "" || again.Body.String() != answer {
				t.Fatalf("answered %q, and then %q", answer, again.Body)
			}
		}
		s.system.fault = nil
		loans := into[library.PatronLoans](t, s.ask("GET", "/v1/me/loans", token, "", nil)).Loans
		if len(loans) != 60 || slices.ContainsFunc(loans, func(l library.PatronLoan) bool { return l.Renewals != 1 }) {
			t.Errorf("loans %+v", loans)
		}
	})
}

// BenchmarkSlowSystem prints how long a login takes beside a renewal for which the
// library's system needs 5 s, and how long beside none.
func BenchmarkSlowSystem(b *testing.B) {
	s := newService(b, dbtest.Open(b, dbtest.SQLite(b)))
	renewal := s.loan("1001", "1")
	logins := func(until func() bool) (all []time.Duration) {
		for !until() {
			start := time.Now()
			s.logIn("1002")
			all = append(all, time.Since(start))
		}
		slices.Sort(all)
		return all
	}
	start := time.Now()
	alone := logins(func() bool { return time.Since(start) > 5*time.Second })
	thinking, token := make(chan struct{}), s.logIn("1001")
	s.system.fault = func() fault { close(thinking); time.Sleep(5 * time.Second); return none }
	renewed := make(chan int, 1)
	go func() { renewed <- s.ask("POST", renewal, token, uuid.NewString(), nil).Code }()
	<-thinking
	beside := logins(func() bool { return len(renewed) > 0 })
	if code := <-renewed; code != http.StatusOK {
		b.Fatalf("the renewal was answered with %d", code)
	}
	for _, of := range []struct {
		name string
		all  []time.Duration
	}{{"alone", alone}, {"beside_slow_system", beside}} {
		n := len(of.all)
		fmt.Printf("login_%[1]s_p50 %.2[2]f ms\nlogin_%[1]s_p99 %.2[3]f ms\nlogin_%[1]s_max %.2[4]f ms\n", of.name, ms(of.all[n/2]), ms(of.all[n*99/100]), ms(of.all[n-1]))
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
