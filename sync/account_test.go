package sync_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/central/protocol"
	"madoguchi/library"
	kiosksync "madoguchi/sync"
)

const (
	card     = "7001002003"
	password = "canary-password-4711"
	email    = "canary-4711@example.jp"
	fullName = "金糸雀 花子"
)

// patron puts a patron with a password and a loan, a week old, which it returns.
func (s *server) patron() library.LoanID {
	s.t.Helper()
	ctx := s.t.Context()
	p := library.Patron{ID: "p1", Card: card, Name: fullName, Email: email}
	if err := s.ledger.PutPatrons(ctx, p); err != nil {
		s.t.Fatal(err)
	}
	if err := s.passwords.SetPassword(ctx, p.ID, password); err != nil {
		s.t.Fatal(err)
	}
	s.put(1, 2, nil)
	then := ledger.New(ledger.Config{DB: s.db, Catalogue: s.catalogue, Now: func() time.Time { return time.Now().AddDate(0, 0, -7) }})
	loan, _, err := then.Checkout(ctx, card, "ib00001", "")
	if err != nil {
		s.t.Fatal(err)
	}
	return loan.ID
}

func (s *server) number(query string, args ...any) (n int) {
	s.t.Helper()
	ctx := context.Background()
	err := s.db.View(ctx, func(tx *db.Tx) error { return tx.QueryRowContext(ctx, query, args...).Scan(&n) })
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// client opens a terminal that does not follow the catalogue.
func (s *server) client(transport http.RoundTripper) *kiosksync.Client {
	s.t.Helper()
	dir := s.t.TempDir()
	s.enrol(dir)
	return openClient(s.t, dir, transport)
}

func openClient(t testing.TB, dir string, transport http.RoundTripper) *kiosksync.Client {
	t.Helper()
	cfg := kiosksync.Config{Dir: dir}
	if transport != nil {
		cfg.Client = &http.Client{Transport: transport}
	}
	c, err := kiosksync.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	return c
}

func logIn(t *testing.T, c *kiosksync.Client) *kiosksync.Session {
	t.Helper()
	session, _, err := c.LogIn(t.Context(), card, password)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func TestAPatronsSession(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	loan := s.patron()
	ctx, c := t.Context(), s.client(nil)
	session, account, err := c.LogIn(ctx, card, password)
	if err != nil || account.Name != fullName || account.Loans != 1 {
		t.Fatalf("log in: %+v, %v", account, err)
	}
	if a, err := session.Account(ctx); err != nil || a.Name != fullName {
		t.Errorf("account: %+v, %v", a, err)
	}
	loans, err := session.Loans(ctx)
	if err != nil || len(loans.Loans) != 1 || loans.Loans[0].Refusal != "" {
		t.Errorf("loans: %+v, %v", loans, err)
	}
	renewed, err := session.Renew(ctx, loan)
	if err != nil || renewed.Renewals != 1 || renewed.DueOn != loans.Today.Add(14) {
		t.Errorf("renew: %+v, %v", renewed, err)
	}
	if _, err := session.Renew(ctx, loan); !errors.Is(err, library.ErrRenewalLimit) {
		t.Errorf("renew again: %v", err)
	}
	if _, err := session.Renew(ctx, "x/../../y"); !errors.Is(err, library.ErrUnknownLoan) {
		t.Errorf("renew what is no loan: %v", err)
	}
	session.End()
	for name, err := range map[string]error{
		"holds": second(session.Holds(ctx)), "place": second(session.PlaceHolds(ctx, library.HoldRequest{})),
		"cancel": second(session.CancelHold(ctx, "x")), "change": second(session.ChangeHold(ctx, "x", "chuo", library.NoNews)),
		"account": second(session.Account(ctx)), "loans": second(session.Loans(ctx)), "renew": second(session.Renew(ctx, loan)),
	} {
		if !errors.Is(err, library.ErrSessionEnded) {
			t.Errorf("%s after the end: %v", name, err)
		}
	}
	session.End()
	deadline := time.After(10 * time.Second)
	for s.number(`SELECT count(*) FROM session`) > 0 { // the server is told in the background
		select {
		case <-deadline:
			t.Fatal("the server was not told of the end")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestRefusalsOfALogin(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.patron()
	ctx, c := t.Context(), s.client(nil)
	for range 5 {
		if _, _, err := c.LogIn(ctx, card, "wrong"); !errors.Is(err, library.ErrLogin) {
			t.Errorf("a wrong password: %v", err)
		}
	}
	_, _, err := c.LogIn(ctx, card, password)
	var later *kiosksync.TryLater
	if !errors.Is(err, library.ErrTryLater) || !errors.As(err, &later) || later.RetryAfter() <= 0 || later.RetryAfter() > 30*time.Second {
		t.Errorf("too many tries: %v, %+v", err, later)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, _, err := c.LogIn(ended, card, password); !errors.Is(err, context.Canceled) || errors.Is(err, library.ErrUnreachable) {
		t.Errorf("whoever asked has left: %v", err)
	}
	s.intercept(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if _, _, err := c.LogIn(ctx, card, password); !errors.Is(err, library.ErrUnreachable) {
		t.Errorf("something else answers: %v", err)
	}
	s.http.Close()
	if _, _, err := c.LogIn(ctx, card, password); !errors.Is(err, library.ErrUnreachable) {
		t.Errorf("nothing answers: %v", err)
	}
}

// lossy loses the answers to changes, after the server gave them.
type lossy struct {
	mu   sync.Mutex
	lose int
	keys []string
}

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil && r.Header.Get(protocol.IdempotencyHeader) != "" {
		l.keys = append(l.keys, r.Header.Get(protocol.IdempotencyHeader))
		if l.lose > 0 {
			l.lose--
			io.Copy(io.Discard, resp.Body) // the server is done with it
			resp.Body.Close()
			return nil, errors.New("the cable was pulled")
		}
	}
	return resp, err
}

func TestALostAnswer(t *testing.T) {
	t.Parallel()
	for lost := range 4 {
		t.Run(fmt.Sprint(lost), func(t *testing.T) {
			s := newServer(t)
			loan := s.patron()
			way := &lossy{lose: lost}
			session := logIn(t, s.client(way))
			renewed, err := session.Renew(t.Context(), loan)
			if n := s.number(`SELECT renewals FROM loan WHERE id = $1`, string(loan)); n != 1 {
				t.Errorf("%d renewals", n)
			}
			for _, key := range way.keys {
				if key != way.keys[0] {
					t.Errorf("keys %q", way.keys)
				}
			}
			if lost == 3 {
				if !errors.Is(err, library.ErrUnreachable) || len(way.keys) != 3 {
					t.Errorf("after %d tries: %+v, %v", len(way.keys), renewed, err)
				}
				return
			}
			if err != nil || renewed.Renewals != 1 || len(way.keys) != lost+1 {
				t.Errorf("after %d tries: %+v, %v", len(way.keys), renewed, err)
			}
		})
	}
}

func TestABusyServerIsAskedAgain(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	loan := s.patron()
	session := logIn(t, s.client(nil))
	var mu sync.Mutex
	busy := 2
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasSuffix(r.URL.Path, "/renewal") && busy > 0 {
			busy--
			w.Header().Set("Content-Type", protocol.ProblemType)
			w.WriteHeader(http.StatusServiceUnavailable)
			io.WriteString(w, `{"code":"unavailable","status":503}`)
		}
	})
	if renewed, err := session.Renew(t.Context(), loan); err != nil || renewed.Renewals != 1 {
		t.Errorf("%+v, %v", renewed, err)
	}
}

// TestNothingOfAPatronStays: after a session nothing of it is in any file of the
// terminal.
func TestNothingOfAPatronStays(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(1, 30, nil)
	s.build()
	loan := s.patron()
	dir := t.TempDir()
	s.enrol(dir)
	x := start(t, dir)
	x.until("ready", func(st library.TerminalState) bool { return st.Phase == library.CatalogueReady })
	var tokens []string
	s.intercept(func(_ http.ResponseWriter, r *http.Request) {
		if token := r.Header.Get(protocol.SessionHeader); token != "" {
			s.mu.Lock()
			tokens = append(tokens, token)
			s.mu.Unlock()
		}
	})
	if _, _, err := x.LogIn(t.Context(), card, password+"-wrong"); !errors.Is(err, library.ErrLogin) {
		t.Error(err)
	}
	session := logIn(t, x.Client)
	if _, err := session.Loans(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := session.Renew(t.Context(), loan); err != nil {
		t.Error(err)
	}
	lines, err := session.PlaceHolds(t.Context(), library.HoldRequest{Bibs: []library.BibID{"b00002"}, Pickup: "chuo", Contact: library.NoNews})
	if err != nil || len(lines) != 1 || lines[0].Hold == nil {
		t.Fatal(lines, err)
	}
	session.End()
	x.stop()
	canaries := []string{card, password, email, fullName, string(loan), string(lines[0].Hold.ID), tokens[0]}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil // SQLite takes its -shm away in its own time
		}
		for _, canary := range canaries {
			if strings.Contains(string(text), canary) {
				t.Errorf("%s has %q", path, canary)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
