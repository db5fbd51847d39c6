package sync_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
	kiosksync "madoguchi/sync"
)

// TestServerAnswersBadly: whatever the server says to one request, those behind it go
// on, it is tried again when it is time and not before, and it is never lost.
func TestServerAnswersBadly(t *testing.T) {
	if testing.Short() {
		t.Skip("it goes through two days of nine servers, minute by minute")
	}
	for name, tt := range map[string]struct {
		answer     func(w http.ResponseWriter)
		first      time.Duration // until it is tried again
		day        int           // how often at most it is tried within a day
		unreadable int
	}{
		"a card that must pause": {func(w http.ResponseWriter) { problem(w, 429, library.ErrTryLater.Code, 7*60) }, 7 * time.Minute, 24 * 60 / 7, 0},
		"a terminal that must":   {func(w http.ResponseWriter) { problem(w, 429, library.ErrTerminalThrottled.Code, 60) }, time.Minute, 24 * 60, 0},
		"too many requests":      {func(w http.ResponseWriter) { problem(w, 429, protocol.CodeTooMany, 90) }, 90 * time.Second, 24 * 40, 0},
		"unreadable":             {func(w http.ResponseWriter) { problem(w, 422, library.ErrRequestUnreadable.Code, 0) }, 24 * time.Hour, 2, 1},
		"not this terminal":      {func(w http.ResponseWriter) { problem(w, 401, library.ErrTerminalUnknown.Code, 0) }, time.Minute, 32, 0},
		"no good request":        {func(w http.ResponseWriter) { problem(w, 400, protocol.CodeBadRequest, 0) }, time.Minute, 32, 0},
		"another with its id":    {func(w http.ResponseWriter) { problem(w, 422, library.ErrKeyReused.Code, 0) }, time.Minute, 32, 0},
		"a server in trouble":    {func(w http.ResponseWriter) { problem(w, 500, protocol.CodeInternal, 0) }, 0, 45, 0},
		"some other server":      {func(w http.ResponseWriter) { http.NotFound(w, nil) }, 0, 45, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPretender(t)
				f := p.follow(enrolled(t))
				defer f.stop()
				long(time.Minute)
				p.answersBadly("bad", func(_ int, w http.ResponseWriter) bool { tt.answer(w); return true })
				p.have(func() { p.away = true })
				receipts := f.leave(t, "before", "bad", "behind", "last")
				p.have(func() { p.away = false })
				long(5 * time.Minute)
				if got := p.items(); !slices.Equal(got, []library.ItemID{"before", "behind", "last"}) {
					t.Errorf("handed over %v", got)
				}
				left(t, f, 1, tt.unreadable)
				long(24*time.Hour + 10*time.Minute)
				left(t, f, 1, tt.unreadable)
				tries := p.triesOf(t, receipts, "bad")
				if len(tries) < 2 || len(tries) > tt.day {
					t.Fatalf("tried %d times in a day, want no more than %d", len(tries), tt.day)
				}
				// A round comes once a minute at least where there is no catalogue.
				if wait := tries[1].Sub(tries[0]); wait < tt.first || wait > tt.first+2*time.Minute {
					t.Errorf("tried again after %v, want %v", wait, tt.first)
				}
				if !strings.Contains(f.log.String(), "could not be handed over") {
					t.Errorf("the log: %s", f.log)
				}

				p.have(func() { p.badly = nil })
				long(25 * time.Hour)
				if got := p.items(); !slices.Equal(got, []library.ItemID{"before", "behind", "last", "bad"}) {
					t.Errorf("at last handed over %v", got)
				}
				left(t, f, 0, 0)
			})
		})
	}
}

// An answer that is lost is asked for again, with the same id.
func TestLostAnswerOfARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPretender(t)
		f := p.follow(enrolled(t))
		defer f.stop()
		long(time.Minute)
		p.answersBadly("i1", func(n int, w http.ResponseWriter) bool {
			p.cut = n <= 3 // after it has happened
			return false
		})
		receipts := f.leave(t, "i1", "i2")
		long(5 * time.Minute)
		if got := p.items(); !slices.Equal(got, []library.ItemID{"i1", "i2"}) {
			t.Errorf("happened: %v", got)
		}
		if n := len(p.triesOf(t, receipts, "i1")); n != 4 {
			t.Errorf("handed over %d times", n)
		}
		left(t, f, 0, 0)
	})
}

// TestNoRequestIsLost: whatever a server does, and however often the terminal starts
// anew, each request is at the terminal until it has happened, and happens once.
func TestNoRequestIsLost(t *testing.T) {
	seeds := uint64(6)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random, whim := rand.New(rand.NewPCG(seed, 5)), rand.New(rand.NewPCG(seed, 6)) // the server's
				p := newPretender(t)
				dir := enrolled(t)
				f := p.follow(dir)
				long(time.Minute)
				p.have(func() {
					p.badly = func(_ int, _ library.Request, w http.ResponseWriter) bool {
						switch whim.IntN(8) {
						case 0:
							problem(w, 500, protocol.CodeInternal, 0)
						case 1:
							problem(w, 429, library.ErrTryLater.Code, whim.IntN(300))
						case 2:
							problem(w, 422, library.ErrRequestUnreadable.Code, 0)
						case 3:
							problem(w, 401, library.ErrTerminalUnknown.Code, 0)
						case 4:
							w.WriteHeader(http.StatusOK) // what is not 204 is no yes
						case 5:
							p.cut = true
							return false
						default:
							return false
						}
						return true
					}
				})
				asked := map[library.ItemID]bool{}
				for n := range 40 {
					p.have(func() { p.away = random.IntN(3) == 0 })
					item := library.ItemID(fmt.Sprint("i", n))
					f.leave(t, item)
					asked[item] = true
					long(time.Duration(random.IntN(600)) * time.Second)
					if random.IntN(6) == 0 {
						f.stop()
						f = p.follow(dir)
						synctest.Wait()
					}
					if here, there := f.State().Requests, len(p.items()); here+there < len(asked) {
						t.Fatalf("%d were left, %d are here and %d have happened", len(asked), here, there)
					}
				}
				p.have(func() { p.away, p.badly = false, nil })
				long(25 * time.Hour)
				left(t, f, 0, 0)
				for _, item := range p.items() {
					if !asked[item] {
						t.Errorf("%s happened twice, or nobody asked for it", item)
					}
					delete(asked, item)
				}
				if len(asked) != 0 {
					t.Errorf("never happened: %v", asked)
				}
				f.stop()
			})
		})
	}
}

// TestNoRequestsAreTaken: a terminal that cannot keep a request says so beforehand, and
// takes none; and again when it can.
func TestNoRequestsAreTaken(t *testing.T) {
	refused := func(t *testing.T, f *follower, why string) {
		t.Helper()
		if receipt, err := f.Leave(t.Context(), renewal("i1")); err != library.ErrNoRequests || receipt != "" || f.State().TakesRequests {
			t.Errorf("taken %q, %v; says %v", receipt, err, f.State().TakesRequests)
		}
		if !strings.Contains(f.log.String(), why) {
			t.Errorf("%q is not in the log: %s", why, f.log)
		}
	}
	t.Run("no key", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := newPretender(t)
			p.noKey = true
			f := p.follow(enrolled(t))
			defer f.stop()
			long(time.Minute)
			refused(t, f, "has told no key")
			p.have(func() { p.noKey = false })
			long(7 * time.Minute)
			f.leave(t, "i1")
			synctest.Wait()
			left(t, f, 0, 0)
		})
	})
	t.Run("no file", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := newPretender(t)
			dir := enrolled(t)
			box := filepath.Join(dir, "outbox.db")
			if err := os.Mkdir(box, 0o755); err != nil {
				t.Fatal(err)
			}
			f := p.follow(dir)
			defer f.stop()
			long(10 * time.Minute)
			refused(t, f, "is not open")
			if !f.State().Connected || strings.Count(f.log.String(), "no requests can be taken") != 1 {
				t.Errorf("%+v; the log: %s", f.State(), f.log)
			}
			if err := os.Remove(box); err != nil {
				t.Fatal(err)
			}
			long(3 * time.Minute)
			f.leave(t, "i1")
			synctest.Wait()
			if got := p.items(); len(got) != 1 || !strings.Contains(f.log.String(), "requests can be taken again") {
				t.Errorf("handed over %v; the log: %s", got, f.log)
			}
		})
	})
	t.Run("too long", func(t *testing.T) {
		p := newPretender(t)
		f := p.follow(enrolled(t))
		defer f.stop()
		for !f.State().TakesRequests {
			time.Sleep(time.Millisecond)
		}
		r := library.Request{Card: card, Password: password, Holds: &library.HoldRequest{Bibs: []library.BibID{library.BibID(strings.Repeat("x", 9000))}}}
		if _, err := f.Leave(t.Context(), r); err != library.ErrNoRequests {
			t.Errorf("too long: %v", err)
		}
	})
	t.Run("closed", func(t *testing.T) {
		p := newPretender(t)
		f := p.open(enrolled(t))
		f.stop()
		if _, err := f.Leave(t.Context(), renewal("i1")); err != library.ErrNoRequests {
			t.Errorf("closed: %v", err)
		}
	})
}

// TestDamagedRequests: a damaged file is kept, somebody is told, and requests go on,
// whether it is found at the start or under way.
func TestDamagedRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPretender(t)
		dir := enrolled(t)
		box := filepath.Join(dir, "outbox.db")
		if err := os.WriteFile(box, []byte("no outbox"), 0o600); err != nil {
			t.Fatal(err)
		}
		f := p.follow(dir)
		defer f.stop()
		aside := func(files int) {
			t.Helper()
			if r, err := kiosksync.ExamineRequests(t.Context(), dir); err != nil || len(r.Aside) != files || !r.HasKey {
				t.Errorf("%+v, %v", r, err)
			}
			if n := strings.Count(f.log.String(), "is set aside; what was in it may be lost"); n != files {
				t.Errorf("told of %d times: %s", n, f.log)
			}
		}
		long(time.Minute)
		aside(1)
		f.leave(t, "i1")
		synctest.Wait()

		p.have(func() { p.away = true })
		f.leave(t, "i2")
		db, err := sql.Open("sqlite", box)
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.ExecContext(t.Context(), `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE' WHERE name = 'letter'; PRAGMA schema_version = 99`)
		if err = errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		long(10 * time.Minute)
		aside(2)
		p.have(func() { p.away = false })
		f.leave(t, "i3")
		long(time.Minute)
		if got := p.items(); !slices.Equal(got, []library.ItemID{"i1", "i3"}) {
			t.Errorf("handed over %v", got)
		}
	})
}
