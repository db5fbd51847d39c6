package sync_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/protocol"
	"madoguchi/library"
	kiosksync "madoguchi/sync"
)

// pretender is a central server that takes requests in the worst of ways, within the
// process, so that the time of a test is its own. It has no catalogue.
type pretender struct {
	t      testing.TB
	opener *protocol.RequestOpener

	mu     sync.Mutex
	noKey  bool
	away   bool                                                       // nothing is answered
	badly  func(n int, r library.Request, w http.ResponseWriter) bool // answers the nth try of a request itself; nil: all is well
	cut    bool                                                       // the next answer is lost
	tries  map[string][]time.Time
	done   []library.Request // each once
	doneID []string
}

func newPretender(t testing.TB) *pretender {
	key, err := protocol.NewRequestKey()
	if err != nil {
		t.Fatal(err)
	}
	opener, err := protocol.NewRequestOpener(key)
	if err != nil {
		t.Fatal(err)
	}
	return &pretender{t: t, opener: opener, tries: map[string][]time.Time{}}
}

// RoundTrip asks the handler without a network.
func (p *pretender) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.away {
		return nil, errors.New("no route to host")
	}
	w := httptest.NewRecorder()
	p.answer(w, r)
	if p.cut {
		p.cut = false
		return nil, errors.New("connection reset by peer")
	}
	return w.Result(), nil
}

func (p *pretender) answer(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "GET /v1/site":
		site := library.Site{Name: "試験市立図書館", TimeZone: "Asia/Tokyo", RequestKey: p.opener.SiteKey()}
		if p.noKey {
			site.RequestKey = ""
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(site)
	case "POST /v1/requests":
		p.take(w, r)
	default:
		problem(w, http.StatusNotFound, protocol.CodeNotFound, 0)
	}
}

func (p *pretender) take(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get(protocol.IdempotencyHeader)
	var body protocol.SealedRequest
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		p.t.Errorf("what was handed over is no JSON: %v", err)
	}
	if r.Header.Get("Authorization") != "Bearer secret" || body.Key != protocol.RequestKeyID(p.opener.SiteKey()) {
		p.t.Errorf("handed over as %v, sealed to %s", r.Header, body.Key)
	}
	request, err := p.opener.Open(id, body)
	if err != nil {
		p.t.Errorf("what was handed over cannot be opened: %v", err)
	}
	p.tries[id] = append(p.tries[id], time.Now())
	if p.badly != nil && p.badly(len(p.tries[id]), request, w) {
		return
	}
	if !slices.Contains(p.doneID, id) {
		p.doneID, p.done = append(p.doneID, id), append(p.done, request)
	}
	w.WriteHeader(http.StatusNoContent)
}

// have changes the server's ways.
func (p *pretender) have(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// items are those whose renewal was taken, in order.
func (p *pretender) items() (all []library.ItemID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.done {
		all = append(all, r.RenewItem)
	}
	return all
}

// triesOf are when a request was handed over, by its item.
func (p *pretender) triesOf(t *testing.T, receipts map[string]library.ItemID, item library.ItemID) []time.Time {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, times := range p.tries {
		if receipts[receiptOf(t, id)] == item {
			return times
		}
	}
	return nil
}

func problem(w http.ResponseWriter, status int, code string, retryAfter int) {
	w.Header().Set("Content-Type", protocol.ProblemType)
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(protocol.Problem{Type: "about:blank", Title: "no", Status: status, Code: code, RetryAfter: retryAfter})
}

// follower is a Client of a pretender.
type follower struct {
	*kiosksync.Client
	log  *logBook
	stop func()
}

// logBook is a log that may be read meanwhile.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// enrolled makes the data folder of a terminal of a pretender.
func enrolled(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "terminal.json"), []byte(`{"server":"https://central.example.jp","terminal":"t1","secret":"secret","branch":"chuo"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// follow opens the terminal in a folder and lets it run until stop.
func (p *pretender) follow(dir string) *follower {
	p.t.Helper()
	f := p.open(dir)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	closeIt := f.stop
	f.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			p.t.Error("Run:", err)
		}
		closeIt()
	}
	return f
}

// open opens the terminal in a folder.
func (p *pretender) open(dir string) *follower {
	p.t.Helper()
	f := &follower{log: &logBook{}}
	var err error
	f.Client, err = kiosksync.Open(kiosksync.Config{Dir: dir, Client: &http.Client{Transport: p}, Log: slog.New(slog.NewTextHandler(f.log, nil))})
	if err != nil {
		p.t.Fatal(err)
	}
	f.stop = func() {
		if err := f.Close(); err != nil {
			p.t.Error("Close:", err)
		}
	}
	return f
}

// renewal is a request for one item.
func renewal(item library.ItemID) library.Request {
	return library.Request{Card: card, Password: password, RenewItem: item}
}

// leave leaves the renewals of these items.
func (f *follower) leave(t *testing.T, items ...library.ItemID) (receipts map[string]library.ItemID) {
	t.Helper()
	receipts = map[string]library.ItemID{}
	for _, item := range items {
		receipt, err := f.Leave(t.Context(), renewal(item))
		if err != nil {
			t.Fatal(err)
		}
		receipts[receipt] = item
	}
	return receipts
}

// takesRequests has a real server take requests.
func (s *server) takesRequests() {
	s.t.Helper()
	opener := newPretender(s.t).opener
	s.service = central.New(central.Config{
		DB: s.db, Catalogue: s.catalogue, Circulation: s.ledger.Circulation(), Desk: s.ledger, Expiry: s.ledger, Register: s.ledger, Editions: s.editions, Terminals: s.terminals, Passwords: s.passwords, Requests: opener,
		Site: library.Site{Name: "試験市立図書館", TimeZone: "Asia/Tokyo", Policy: library.DefaultPolicy()},
	})
}
