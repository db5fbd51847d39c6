package sync_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/central/authority"
	"madoguchi/central/protocol"
	kiosksync "madoguchi/sync"
)

// clock is an authority's time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

func newAuthority(t *testing.T, now func() time.Time) *authority.Authority {
	t.Helper()
	a, err := authority.Open(t.TempDir(), now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// secure lets the server speak TLS at an address of its own, and counts who got
// through to it. drop, where it is given, ends all connections.
func (s *server) secure(config *tls.Config, drop ...*func()) (url string, requests *atomic.Int64) {
	s.t.Helper()
	requests = new(atomic.Int64)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		s.service.ServeHTTP(w, r)
	}))
	srv.Listener = tls.NewListener(srv.Listener, config) // StartTLS would put a certificate of its own first
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)     // of handshakes that were refused
	srv.Start()
	for _, d := range drop {
		*d = srv.CloseClientConnections
	}
	s.t.Cleanup(srv.Close)
	return strings.Replace(srv.URL, "http:", "https:", 1), requests
}

// code is an enrolment code for an authority.
func (s *server) code(a *authority.Authority) string {
	s.t.Helper()
	_, code, err := s.terminals.Add(s.t.Context(), "chuo", "")
	if err != nil {
		s.t.Fatal(err)
	}
	return protocol.WithAuthority(code, a.Certificate().Raw)
}

// A terminal does not become a home page, for which there is no catalogue.
func TestTheCodeOfAHomePage(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	_, code, err := s.terminals.AddWeb(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := kiosksync.Enrol(t.Context(), dir, s.http.URL, code); err == nil || !strings.Contains(err.Error(), "home page") {
		t.Errorf("it was enrolled: %v", err)
	}
	if _, err := kiosksync.Examine(t.Context(), dir, ""); !errors.Is(err, kiosksync.ErrNotEnrolled) {
		t.Errorf("it is enrolled: %v", err)
	}
}

var loopback = []string{"127.0.0.1"}

func TestEnrolmentPinsTheAuthority(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := newAuthority(t, nil)
	url, _ := s.secure(a.Config(loopback))
	dir := t.TempDir()
	typed := strings.ToLower(strings.ReplaceAll(s.code(a), "-", " "))
	if err := kiosksync.Enrol(t.Context(), dir, url, typed); err != nil {
		t.Fatal(err)
	}
	if _, err := kiosksync.Examine(t.Context(), dir, ""); err != nil {
		t.Errorf("the server that it was enrolled at: %v", err)
	}
	s.patron()
	logIn(t, openClient(t, dir, nil))
	info, err := os.Stat(filepath.Join(dir, "terminal.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("terminal.json: %v, %v", info.Mode(), err)
	}

	other, requests := s.secure(newAuthority(t, nil).Config(loopback))
	_, err = kiosksync.Examine(t.Context(), dir, other)
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) || requests.Load() != 0 {
		t.Errorf("a server of another authority: %v, and it got %d requests", err, requests.Load())
	}
	hc, own, err := kiosksync.HTTPClient(dir)
	if err != nil || !own {
		t.Fatalf("own %v, %v", own, err)
	}
	if _, err := hc.Get(other + "/healthz"); !errors.As(err, &unknown) {
		t.Errorf("a doctor's client at another server: %v", err)
	}
	resp, err := hc.Get(url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// TestTheCodeIsToldToNobodyElse: a server that is not the one of the code gets no
// request, so the code is still good.
func TestTheCodeIsToldToNobodyElse(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := newAuthority(t, nil)
	code := s.code(a)
	wrong := code[:len(code)-1] + "0"
	if wrong == code {
		wrong = code[:len(code)-1] + "1"
	}
	ownURL, own := s.secure(a.Config(loopback))
	forged, err := newAuthority(t, nil).Server(loopback) // a leaf of the attacker's, beside our authority
	if err != nil {
		t.Fatal(err)
	}
	forged.Certificate[1] = a.Certificate().Raw
	otherURL, other := s.secure(newAuthority(t, nil).Config(loopback))
	forgedURL, forgedRequests := s.secure(&tls.Config{Certificates: []tls.Certificate{*forged}})
	nameURL, name := s.secure(a.Config([]string{"library.example"}))
	for what, try := range map[string]struct {
		url, code string
		requests  *atomic.Int64
	}{
		"a letter is wrong":          {ownURL, wrong, own},
		"another authority":          {otherURL, code, other},
		"our authority, forged leaf": {forgedURL, code, forgedRequests},
		"a certificate for others":   {nameURL, code, name},
		"no TLS at all":              {s.http.URL, code, new(atomic.Int64)},
	} {
		dir := t.TempDir()
		err := kiosksync.Enrol(t.Context(), dir, try.url, try.code)
		if err == nil || try.requests.Load() != 0 {
			t.Errorf("%s: %v, and the server got %d requests", what, err, try.requests.Load())
		}
		if strings.HasPrefix(what, "a letter") && !errors.Is(err, kiosksync.ErrAuthority) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "terminal.json")); err == nil {
			t.Errorf("%s: enrolled all the same", what)
		}
	}
	short := code[:19] // without the mark the machine's authorities count, and ours is none of them
	if err := kiosksync.Enrol(t.Context(), t.TempDir(), ownURL, short); err == nil || own.Load() != 0 {
		t.Errorf("without the mark: %v", err)
	}
	if err := kiosksync.Enrol(t.Context(), t.TempDir(), ownURL, code); err != nil {
		t.Errorf("the code is used up: %v", err)
	}
}

// TestRenewalUnderARunningTerminal: the server's certificate is made anew while it
// serves, and terminals notice nothing.
func TestRenewalUnderARunningTerminal(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	now := time.Now()
	c := &clock{now: now.Add(-65 * 24 * time.Hour)} // 25 days are left of the certificate today
	a := newAuthority(t, c.Now)
	var drop func()
	url, _ := s.secure(a.Config(loopback), &drop)
	dir := t.TempDir()
	if err := kiosksync.Enrol(t.Context(), dir, url, s.code(a)); err != nil {
		t.Fatal(err)
	}
	s.patron()
	terminal := openClient(t, dir, nil)
	session := logIn(t, terminal)
	hc, _, err := kiosksync.HTTPClient(dir)
	if err != nil {
		t.Fatal(err)
	}
	serial := func() string {
		t.Helper()
		hc.CloseIdleConnections()
		resp, err := hc.Get(url + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.TLS.PeerCertificates[0].SerialNumber.String()
	}
	before := serial()
	c.set(now)
	if after := serial(); after == before {
		t.Error("the certificate was not renewed")
	}
	if _, err := session.Account(t.Context()); err != nil { // the connection that was there
		t.Error(err)
	}
	session.End()
	drop()
	if _, err := terminal.Availability(t.Context(), "b00001"); err != nil { // and a new one
		t.Error(err)
	}
}
