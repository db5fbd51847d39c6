package sync_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/library"
)

// TestWhatABackupLacksIsHandedOverAgain: a request that was judged after the backup from
// which the server came back happens once more, and one that the backup has does not.
func TestWhatABackupLacksIsHandedOverAgain(t *testing.T) {
	t.Parallel()
	for name, changed := range map[string]bool{"with the password of that time": false, "with another password": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.patron()
			s.wanted()
			s.takesRequests()
			s.build()
			var handedOver atomic.Int32
			var clock atomic.Int64 // the server's, as its answers say it
			clock.Store(time.Now().Add(-time.Hour).UnixMilli())
			s.intercept(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/v1/requests" {
					handedOver.Add(1)
				}
				w.Header().Set("Date", time.UnixMilli(clock.Load()).UTC().Format(http.TimeFormat))
			})
			dir := t.TempDir()
			s.enrol(dir)
			x := start(t, dir)
			x.equals(s)
			leave := func(bib library.BibID) {
				t.Helper()
				before := handedOver.Load()
				_, err := x.Leave(t.Context(), library.Request{Card: card, Password: password, Holds: &library.HoldRequest{Bibs: []library.BibID{bib}, Pickup: "chuo", Contact: library.NoNews}})
				if err != nil {
					t.Fatal(err)
				}
				x.until("it was handed over", func(st library.TerminalState) bool { return st.Requests == 0 && handedOver.Load() > before })
			}
			x.until("requests are taken", func(st library.TerminalState) bool { return st.TakesRequests })
			leave("b00002")

			// A backup is made, and terminals are told.
			backup := time.Now().Add(-30 * time.Minute)
			if err := central.NoteBackup(t.Context(), s.db, backup, db.Log{}); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- s.service.Run(ctx) }()
			t.Cleanup(func() {
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			})
			putBack := s.save()
			clock.Store(time.Now().UnixMilli())
			leave("b00003")
			if n := s.number(`SELECT count(*) FROM hold WHERE patron_id = 'p1'`); n != 2 {
				t.Fatalf("%d holds", n)
			}
			x.equals(s)

			before := handedOver.Load()
			s.intercept(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
			putBack()
			if changed {
				if err := s.passwords.SetPassword(t.Context(), "p1", "another1"); err != nil {
					t.Fatal(err)
				}
			}
			s.restore()
			s.intercept(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/v1/requests" {
					handedOver.Add(1)
				}
			})
			x.until("it was handed over again", func(library.TerminalState) bool {
				return handedOver.Load() > before && s.number(`SELECT count(*) FROM request`) == 2
			})
			x.equals(s)
			want := 2
			if changed {
				want = 1
			}
			if n := s.number(`SELECT count(*) FROM hold WHERE patron_id = 'p1'`); n != want {
				t.Errorf("%d holds, want %d", n, want)
			}
			if n := s.number(`SELECT count(*) FROM login_failure`); n != 0 {
				t.Errorf("%d failed tries", n)
			}
			// What the backup has may come too, where its copy was not dropped before: by its id
			// nothing happens.
			if n := handedOver.Load() - before; n < 1 || n > 2 {
				t.Errorf("%d requests were handed over again", n)
			}
			if n := s.number(`SELECT count(*) FROM request`); n != 2 {
				t.Errorf("%d requests were judged", n)
			}
		})
	}
}
