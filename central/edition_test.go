package central_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/protocol"
	"madoguchi/library"
	"madoguchi/store"
)

func TestEditions(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		ctx := t.Context()
		newest := func() *protocol.Manifest {
			m, err := s.editions.Newest(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		if m := newest(); m != nil {
			t.Fatalf("an edition before any was built: %+v", m)
		}
		s.put(0, 30)
		first := s.build()
		if first.Number != 60 || first.Bibs != 30 || first.Items != 30 || first.Schema != store.Schema || len(first.Chunks) == 0 || first.Size == 0 {
			t.Errorf("manifest %+v", first)
		}
		if got := newest(); got.SHA256 != first.SHA256 {
			t.Errorf("newest is %+v", got)
		}
		if err := s.editions.Verify(ctx, first); err != nil {
			t.Error(err)
		}
		// The chunks of two editions are kept, and the changes that take a terminal
		// less than the older of these.
		log := func() db.Log {
			l, err := s.catalogue.Log(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		var last, older *protocol.Manifest
		for n := range 4 {
			s.put(30+n, 31+n)
			if n == 0 && log().Pruned != 0 {
				t.Errorf("pruned up to %d with one edition", log().Pruned)
			}
			last, older = s.build(), last
		}
		if l := log(); l.Number != 68 || older.Number != 66 || l.Pruned <= 0 || l.Pruned != 66-older.InChanges() {
			t.Errorf("log %+v after the edition %+v", l, older)
		}
		if err := s.editions.Verify(ctx, first); err == nil {
			t.Error("the chunks of the first edition are still there")
		}
		if files, _ := os.ReadDir(filepath.Join(s.dir, "chunks")); len(files) != 2 {
			t.Errorf("%d chunks are kept", len(files))
		}
		// An edition of another schema is none for these terminals.
		err := s.db.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE edition SET schema = $1`, store.Schema+1)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if m := newest(); m != nil {
			t.Errorf("an edition of another schema: %+v", m)
		}
	})
}

func TestOneBuilderAtATime(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.put(0, 300)
		var wg sync.WaitGroup
		var mu sync.Mutex
		built, taken := 0, 0
		for range 4 {
			wg.Go(func() {
				_, err := s.editions.Build(t.Context())
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					built++
				case errors.Is(err, db.ErrTaken):
					taken++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if built == 0 || built+taken != 4 {
			t.Errorf("built %d, taken %d", built, taken)
		}
		m, err := s.editions.Newest(t.Context())
		if err != nil || s.editions.Verify(t.Context(), m) != nil {
			t.Error("the newest edition is not whole")
		}
	})
}

// TestEditionDuringChanges: an edition that is built while others write is one
// state, and the changes after its number lead to the newest.
func TestEditionDuringChanges(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.put(0, 200)
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for n := 200; ; n++ {
				select {
				case <-stop:
					return
				default:
					s.put(n, n+1)
				}
			}
		})
		m := s.build()
		close(stop)
		wg.Wait()
		if m.Bibs*2 < int(m.Number) {
			t.Errorf("the edition says change %d but has only %d bibs", m.Number, m.Bibs)
		}
	})
}

func TestServeBuildsAnEditionAndEndsGracefully(t *testing.T) {
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	s.put(0, 3)
	secret := s.enrol()
	if err := os.WriteFile(filepath.Join(s.dir, "building-left.db"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, on, nil) }()
	client, err := protocol.NewClient("http://"+on.Addr().String(), secret, nil)
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for {
		head, err := client.Head(t.Context())
		if err == nil && head.Edition != nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no edition: %+v, %v", head, err)
		}
	}
	cancel()
	if err := <-ended; err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "building-left.db")); !errors.Is(err, os.ErrNotExist) {
		t.Error("what a broken-off build left is still there")
	}
	if _, err := client.Head(t.Context()); err == nil {
		t.Error("it still answers")
	}
}

// TestClientRefusals: what the server refuses comes out of the client as the same
// refusal, over a real connection.
func TestClientRefusals(t *testing.T) {
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: s}
	go srv.Serve(on)
	defer srv.Close()
	base := "http://" + on.Addr().String()
	dial := func(secret string) *protocol.Client {
		c, err := protocol.NewClient(base, secret, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	ctx := t.Context()
	good, bad := dial(s.enrol()), dial("wrong")
	_, _, err = bad.Site(ctx, "")
	is(t, "wrong secret", err, library.ErrTerminalUnknown)
	_, err = dial("").Enrol(ctx, "wrong")
	is(t, "wrong code", err, library.ErrEnrolmentCode)
	_, err = good.Changes(ctx, "other", 0, "", 0)
	is(t, "other epoch", err, library.ErrReset)
	_, err = good.Availability(ctx, "a/b?c#東京")
	is(t, "unknown bib", err, library.ErrUnknownBib)
	_, err = good.Bucket(ctx, 256)
	var p *protocol.Problem
	if !errors.As(err, &p) || p.Code != protocol.CodeBadRequest || p.Status != http.StatusBadRequest {
		t.Errorf("bucket 256: %v", err)
	}
	if _, err := good.Digests(ctx); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "central", "ftp://x", "http://central.example.jp", "https://u:p@x", "https://x?y=1"} {
		if _, err := protocol.NewClient(bad, "", nil); err == nil {
			t.Errorf("the address %q was taken", bad)
		}
	}
}

func is(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

// TestManifestRoundTrip: what is stored of an edition is what terminals read.
func TestManifestRoundTrip(t *testing.T) {
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	m := s.build()
	stored, err := s.editions.Newest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(m)
	b, _ := json.Marshal(stored)
	if string(a) != string(b) {
		t.Errorf("built %s\nstored %s", a, b)
	}
}
