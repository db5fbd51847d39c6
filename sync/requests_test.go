package sync_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"madoguchi/library"
)

func receiptOf(t testing.TB, id string) string {
	t.Helper()
	u, err := uuid.Parse(id)
	if err != nil || u.Version() != 7 {
		t.Errorf("%q is no UUIDv7: %v", id, err)
	}
	return library.ReceiptCode(u)
}

// long lets time go by until everything that it brings has happened.
func long(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// left says how many requests wait at a terminal, of which so many could not be read.
func left(t *testing.T, f *follower, requests, unreadable int) {
	t.Helper()
	if s := f.State(); s.Requests != requests || s.Unreadable != unreadable || s.RequestsSince.IsZero() != (requests == 0) {
		t.Errorf("%d requests wait since %v, %d of them unreadable; not %d, %d", s.Requests, s.RequestsSince, s.Unreadable, requests, unreadable)
	}
}

// A request that is left while the server answers is handed over at once.
func TestLeftWhileTheServerIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPretender(t)
		f := p.follow(enrolled(t))
		defer f.stop()
		long(time.Minute)
		if !f.State().TakesRequests {
			t.Fatalf("no requests are taken: %s", f.log)
		}
		before := time.Now()
		receipts := f.leave(t, "i1", "i2")
		synctest.Wait()
		if got := p.items(); !slices.Equal(got, []library.ItemID{"i1", "i2"}) || len(receipts) != 2 {
			t.Errorf("handed over at once: %v, receipts %v", got, receipts)
		}
		for _, id := range p.doneID {
			if receipts[receiptOf(t, id)] == "" {
				t.Errorf("the patron has none of the receipt %s", receiptOf(t, id))
			}
		}
		if r := p.done[0]; r.Card != card || r.Password != password || !r.ReceivedAt.Equal(before) {
			t.Errorf("left at %v: %+v", before, r)
		}
		left(t, f, 0, 0)
	})
}

func TestLeftWhileTheServerIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPretender(t)
		dir := enrolled(t)
		f := p.follow(dir)
		long(time.Minute)
		p.have(func() { p.away = true })
		long(time.Minute)
		var want []library.ItemID
		since := time.Now()
		for n := range 12 {
			item := library.ItemID(fmt.Sprint("i", n))
			f.leave(t, item)
			want = append(want, item)
			long(17 * time.Minute)
		}
		left(t, f, 12, 0)
		f.stop()

		// A restart without the server: what was left is there, and more is taken.
		f = p.follow(dir)
		defer func() { f.stop() }()
		synctest.Wait()
		left(t, f, 12, 0)
		if s := f.State(); !s.RequestsSince.Equal(since) || s.Connected {
			t.Errorf("after a restart %+v, want since %v", s, since)
		}
		f.leave(t, "last")
		want = append(want, "last")
		long(time.Hour)
		if len(p.tries) != 0 {
			t.Errorf("%d requests reached a server that is away", len(p.tries))
		}
		p.have(func() { p.away = false })
		long(2 * time.Minute)
		if got := p.items(); !slices.Equal(got, want) {
			t.Errorf("handed over %v, want %v", got, want)
		}
		if at := p.done[3].ReceivedAt; !at.Equal(since.Add(3 * 17 * time.Minute)) {
			t.Errorf("the fourth was received at %v", at)
		}
		left(t, f, 0, 0)
	})
}

// answersBadly has a server answer the tries of one item badly, until it is well again.
func (p *pretender) answersBadly(item library.ItemID, answer func(n int, w http.ResponseWriter) bool) {
	p.have(func() {
		p.badly = func(n int, r library.Request, w http.ResponseWriter) bool { return r.RenewItem == item && answer(n, w) }
	})
}

// A clock that fell back does not put a patron to the front of a queue.
func TestLeftByAClockThatFellBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it is the year 2000
		p := newPretender(t)
		p.away = true
		dir := enrolled(t)
		last := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
		site := fmt.Sprintf(`{"site":{"request_key":%q},"last_contact":%d}`, p.opener.SiteKey(), last.UnixMilli())
		if err := os.WriteFile(filepath.Join(dir, "site.json"), []byte(site), 0o600); err != nil {
			t.Fatal(err)
		}
		f := p.follow(dir)
		defer f.stop()
		f.leave(t, "i1")
		p.have(func() { p.away = false })
		long(2 * time.Minute)
		if len(p.done) != 1 || !p.done[0].ReceivedAt.Equal(last) {
			t.Errorf("received %+v, want at %v", p.done, last)
		}
	})
}

// TestNothingOfARequestCanBeRead looks for what was left in everything that the terminal
// has on its disk, and in its log.
func TestNothingOfARequestCanBeRead(t *testing.T) {
	t.Parallel()
	p := newPretender(t)
	dir := enrolled(t)
	f := p.follow(dir)
	for !f.State().TakesRequests {
		time.Sleep(time.Millisecond)
	}
	p.have(func() { p.away = true })
	const bib = "canary-bib-0815"
	for range 3 {
		holds := library.Request{Card: card, Password: password, Holds: &library.HoldRequest{Bibs: []library.BibID{bib}, Pickup: "canary-branch", Contact: library.ByMail}}
		if _, err := f.Leave(t.Context(), holds); err != nil {
			t.Fatal(err)
		}
	}
	files := 0
	search := func() {
		t.Helper()
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			files++
			for _, secret := range []string{card, password, bib, "canary", "received_at"} {
				if strings.Contains(string(text), secret) {
					t.Errorf("%s has %q in it", path, secret)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	search()
	f.stop()
	search()
	if files < 8 { // terminal.json, site.json, lock, outbox.db and its log
		t.Errorf("only %d files were looked at", files)
	}
	for _, secret := range []string{card, password, bib, "canary"} {
		if strings.Contains(f.log.String(), secret) {
			t.Errorf("the log has %q in it", secret)
		}
	}
}

// TestRequestsAtARealServer leaves holds and a renewal while a real server is away. It
// cuts connections when it is back, after it has judged.
func TestRequestsAtARealServer(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.patron()
	s.wanted()
	s.takesRequests()
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	x := start(t, dir)
	x.equals(s)
	x.until("requests are taken", func(st library.TerminalState) bool { return st.TakesRequests })
	s.intercept(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	x.until("the server is away", func(st library.TerminalState) bool { return !st.Connected })
	var receipts []string
	for _, r := range []library.Request{
		{Card: card, Password: password, Holds: &library.HoldRequest{Bibs: []library.BibID{"b00002", "b00003"}, Pickup: "chuo", Contact: library.NoNews}},
		{Card: card, Password: password, RenewItem: "ib00001"},
	} {
		receipt, err := x.Leave(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		receipts = append(receipts, receipt)
	}
	if st := x.State(); st.Requests != 2 {
		t.Errorf("%+v", st)
	}
	x.stop()

	var cuts atomic.Int32
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/requests" && cuts.Add(1) <= 3 {
			s.service.ServeHTTP(w.(*watched).ResponseWriter, r)
			panic(http.ErrAbortHandler)
		}
	})
	x = start(t, dir)
	x.until("all was handed over", func(st library.TerminalState) bool { return st.Requests == 0 && st.Searchable })
	x.equals(s)
	_, account, err := x.LogIn(context.Background(), card, password)
	if err != nil || len(account.Requests) != 2 {
		t.Fatalf("%+v, %v", account, err)
	}
	for i, r := range account.Requests { // the newest first
		if r.Receipt != receipts[1-i] || r.Refusal != "" || r.Renewal != (i == 0) {
			t.Errorf("receipt %s: %+v", receipts[1-i], r)
		}
		for _, line := range r.Lines {
			if line.Refusal != "" {
				t.Errorf("refused: %+v", line)
			}
		}
	}
	if n := s.number(`SELECT count(*) FROM hold WHERE patron_id = 'p1'`); n != 2 {
		t.Errorf("%d holds", n)
	}
}

// TestLeftWhileWaitingForChanges: a terminal that waits at the server for changes hands
// over at once what is left meanwhile.
func TestLeftWhileWaitingForChanges(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.patron()
	s.takesRequests()
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	x := start(t, dir)
	x.equals(s)
	x.until("requests are taken", func(st library.TerminalState) bool { return st.TakesRequests })
	waits, taken := make(chan bool, 100), make(chan bool)
	s.intercept(func(_ http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			close(taken)
		case r.URL.Query().Has("wait"):
			select {
			case waits <- true:
			default:
			}
			select { // no change comes for as long as it takes
			case <-taken:
			case <-r.Context().Done():
			}
		}
	})
	<-waits
	if _, err := x.Leave(t.Context(), renewal("ib00001")); err != nil {
		t.Fatal(err)
	}
	x.until("it was handed over", func(st library.TerminalState) bool { return st.Requests == 0 })
	if n := s.number(`SELECT count(*) FROM loan WHERE renewals = 1`); n != 1 {
		t.Errorf("%d loans were renewed", n)
	}
}

// Whatever is the matter with the outbox, the catalogue goes on.
func TestTheCatalogueNeedsNoOutbox(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 10, nil)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	if err := os.Mkdir(filepath.Join(dir, "outbox.db"), 0o755); err != nil {
		t.Fatal(err)
	}
	x := start(t, dir)
	x.equals(s)
	s.put(10, 20, nil)
	x.equals(s)
	if x.State().TakesRequests {
		t.Error("requests are taken")
	}
}
