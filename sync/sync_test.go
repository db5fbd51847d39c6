package sync_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"madoguchi/central/db"
	"madoguchi/library"
	"madoguchi/store"
	kiosksync "madoguchi/sync"
)

func TestFetchesAndFollows(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 300, nil)
	s.putList("summer", "b00001")
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	if info, err := os.Stat(filepath.Join(dir, "terminal.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret's file: %v, %v", info.Mode(), err)
	}
	x := start(t, dir)
	x.equals(s)
	if n := x.finds("図書館"); n != 300 {
		t.Errorf("%d hits", n)
	}
	x.until("ready and connected", func(st library.TerminalState) bool {
		return st.Phase == library.CatalogueReady && st.Connected && st.Searchable && st.Problem == "" && !st.LastContact.IsZero()
	})
	if site, ok := x.Site(); !ok || site.Name != "試験市立図書館" || len(site.Branches) != 1 {
		t.Errorf("site %+v, %v", site, ok)
	}
	if x.Branch() != "chuo" {
		t.Errorf("branch %q", x.Branch())
	}
	if all, err := s.terminals.List(t.Context()); err != nil || len(all) != 1 || all[0].Version != "v1.2.3-test" {
		t.Errorf("the terminals: %+v, %v", all, err)
	}
	phases := map[library.CataloguePhase]bool{}
	x.mu.Lock()
	for _, st := range x.history {
		phases[st.Phase] = true
		if st.Done > st.Total {
			t.Errorf("%d of %d bytes", st.Done, st.Total)
		}
	}
	x.mu.Unlock()
	if !phases[library.CatalogueFetching] || !phases[library.CatalogueBuilding] {
		t.Errorf("phases shown: %v", phases)
	}

	ctx := t.Context()
	s.put(300, 310, nil)
	s.putList("summer", "b00002", "b00001")
	s.putList("winter", "b00003")
	s.put(5, 6, func(r *library.Record) { r.Bib.Title = "新しい題" })
	if err := s.catalogue.Delete(ctx, "b00007"); err != nil {
		t.Fatal(err)
	}
	due := library.Date{Year: 2026, Month: 12, Day: 8}
	if err := s.ledger.SetState(ctx, "ib00009", library.OnLoan, due); err != nil {
		t.Fatal(err)
	}
	x.equals(s)
	if n := x.finds("新しい題"); n != 1 {
		t.Errorf("%d hits for the new title", n)
	}
	err := x.With(func(c *store.Catalogue) error {
		page, err := c.ListPage(ctx, "summer", 0, 10)
		if err == nil && (page.Count.N != 2 || page.Rows[0].Bib.ID != "b00002") {
			t.Errorf("the list has %+v", page)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	items, err := x.Availability(ctx, "b00009")
	if err != nil || len(items) != 1 || items[0].State != library.OnLoan || items[0].DueOn != due {
		t.Errorf("availability %+v, %v", items, err)
	}
	if _, err := x.Availability(ctx, "nothing"); !errors.Is(err, library.ErrUnknownBib) {
		t.Errorf("an unknown bib: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "chunks", "*")); len(left) != 0 {
		t.Errorf("chunks are left: %v", left)
	}
}

func TestStartsWithoutTheServer(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 20, nil)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	away := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

	// Away from the first second on, then there.
	s.intercept(away)
	opened, err := kiosksync.Open(kiosksync.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if st := opened.State(); !st.Untried || st.Away() {
		t.Errorf("before anything was tried: %+v", st)
	}
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}
	x := start(t, dir)
	x.until("unreachable", func(st library.TerminalState) bool {
		return st.Problem == library.ProblemUnreachable && st.Away() && !st.Untried
	})
	if err := x.With(func(*store.Catalogue) error { return nil }); err != kiosksync.ErrNoCatalogue {
		t.Errorf("With: %v", err)
	}
	s.intercept(nil)
	x.equals(s)
	x.stop()

	// A later start finds what was kept.
	s.intercept(away)
	x = start(t, dir)
	if st := x.State(); !st.Searchable || st.LastContact.IsZero() {
		t.Errorf("status at once: %+v", st)
	}
	if n := x.finds("図書館"); n != 20 {
		t.Errorf("%d hits", n)
	}
	if _, ok := x.Site(); !ok {
		t.Error("the site was not kept")
	}
	x.until("unreachable", func(st library.TerminalState) bool { return st.Problem == library.ProblemUnreachable })
	s.intercept(nil)
	s.put(20, 25, nil)
	x.equals(s)
}

// isChunk reports whether a request is for a chunk.
func isChunk(r *http.Request) bool { return strings.Contains(r.URL.Path, "/chunks/") }

func TestDamagedChunkOnTheWire(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 50, nil)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	var asked atomic.Int32
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		if !isChunk(r) || asked.Add(1) > 2 {
			return
		}
		good, err := os.ReadFile(filepath.Join(s.dir, "chunks", filepath.Base(r.URL.Path)))
		if err != nil {
			t.Error(err)
		}
		good[len(good)/2] ^= 1
		w.Write(good)
	})
	x := start(t, dir)
	x.equals(s)
	if n := asked.Load(); n != 3 {
		t.Errorf("the chunk was asked for %d times", n)
	}
}

func TestServerKeepsADamagedChunk(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 50, nil)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	names, err := filepath.Glob(filepath.Join(s.dir, "chunks", "*"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	if err := os.WriteFile(names[0], []byte("nothing of the kind, and too short"), 0o600); err != nil {
		t.Fatal(err)
	}
	x := start(t, dir)
	x.until("it cannot go on", func(st library.TerminalState) bool { return st.Problem != "" && !st.Searchable })
	if err := s.editions.Verify(t.Context(), newest(t, s)); err == nil {
		t.Error("the server does not notice its damaged chunk")
	}
	s.build() // writes it anew
	x.equals(s)
}

func TestConnectionCutWithinAChunk(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 400, nil)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	var mu sync.Mutex
	var offsets []string
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		if !isChunk(r) {
			return
		}
		mu.Lock()
		offsets = append(offsets, r.Header.Get("Range"))
		first := len(offsets) == 1
		mu.Unlock()
		if !first {
			return
		}
		good, err := os.ReadFile(filepath.Join(s.dir, "chunks", filepath.Base(r.URL.Path)))
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Length", "999999999")
		w.Write(good[:10_000])
		http.NewResponseController(w.(*watched).ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	})
	x := start(t, dir)
	x.equals(s)
	mu.Lock()
	defer mu.Unlock()
	if len(offsets) != 2 || offsets[0] != "" || offsets[1] != "bytes=10000-" {
		t.Errorf("the chunk was asked for with ranges %q", offsets)
	}
}

func TestDamagedCatalogueAtStart(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, path string){
		"no SQLite": func(t *testing.T, path string) { write(t, path, []byte("this is no database")) },
		"empty":     func(t *testing.T, path string) { write(t, path, nil) },
		"middle": func(t *testing.T, path string) { // shows only where it is read
			all, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := len(all) / 3; i < len(all); i++ {
				all[i] = 0x55
			}
			write(t, path, all)
		},
		"one record": func(t *testing.T, path string) { // shows only when all is read
			all, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for n := 100; n < 200; n++ { // one that does not lie across two pages
				title, wrong := fmt.Appendf(nil, "図書館の本 第%d巻", n), fmt.Appendf(nil, "図書館の本 第%d巻", n+700)
				if bytes.Contains(all, title) {
					write(t, path, bytes.ReplaceAll(all, title, wrong))
					return
				}
			}
			t.Fatal("no title is in the file")
		},
		"cut off": func(t *testing.T, path string) {
			if err := os.Truncate(path, 40_000); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.put(0, 200, nil)
			s.build()
			dir := t.TempDir()
			s.enrol(dir)
			for range 2 { // a second time: only one damaged file is kept
				x := start(t, dir)
				x.equals(s)
				x.stop()
				path, err := filepath.EvalSymlinks(kiosksync.CataloguePath(dir))
				if err != nil {
					t.Fatal(err)
				}
				damage(t, path)
			}
			x := start(t, dir)
			x.equals(s)
			x.until("the damaged file was set aside, and no file is left over", func(library.TerminalState) bool {
				aside, _ := filepath.Glob(filepath.Join(dir, "catalogue.db.damaged-*"))
				files, _ := filepath.Glob(filepath.Join(dir, "catalogue-*.db"))
				return len(aside) == 1 && len(files) == 1
			})
		})
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestResetFetchesTheEditionAgain(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 30, nil)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	x := start(t, dir)
	x.equals(s)
	x.stop()
	before := inUse(t, dir)
	// The log no longer reaches back to where the terminal is.
	s.put(30, 400, nil)
	s.build()
	s.put(400, 405, nil)
	s.build()
	s.put(405, 410, nil)
	x = start(t, dir)
	x.equals(s)
	if inUse(t, dir) == before {
		t.Error("no new edition was fetched")
	}

	// A restore from a backup has another epoch.
	err := s.db.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE change_log SET epoch = 'restored'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	x.until("no edition of the new epoch", func(st library.TerminalState) bool { return st.Problem == library.ProblemNoEdition && st.Searchable })
	s.build()
	x.equals(s)
	x.until("no error", func(st library.TerminalState) bool { return st.Problem == "" })
}

// TestFarBehind: after a large import the edition is the shorter way.
func TestFarBehind(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it takes thousands of changes to be far behind")
	}
	s := newServer(t)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	x := start(t, dir)
	x.equals(s)
	x.stop()
	before := inUse(t, dir)
	s.put(0, 13_000, nil) // 26,000 changes, and the log reaches back to all of them
	s.build()
	var pages atomic.Int32
	s.intercept(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/catalogue/changes" {
			pages.Add(1)
		}
	})
	x = start(t, dir)
	x.until("a swap", func(library.TerminalState) bool { return inUse(t, dir) != before })
	if n := pages.Load(); n > 10 {
		t.Errorf("%d pages of changes were read before", n)
	}
	x.equals(s)
}

// TestMendsWhatDiffers: a catalogue that differs without any change is noticed by
// its digests.
func TestMendsWhatDiffers(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 100, nil)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	x := start(t, dir)
	x.equals(s)
	err := s.db.Tx(t.Context(), func(tx *db.Tx) error { // behind the change log's back
		if _, err := tx.ExecContext(t.Context(), `UPDATE item SET shelf = '別の棚' WHERE id = 'ib00003'`); err != nil {
			return err
		}
		if err := s.catalogue.Touch(t.Context(), tx, "b00003"); err != nil {
			return err
		}
		tx.Changed(db.KindItem, "ib00050", "b00003") // has the bucket read again, says nothing of the item
		_, err := tx.ExecContext(t.Context(), `INSERT INTO list (name, list) VALUES ('silent', '{"name":"silent","kind":"theme"}')`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	x.equals(s)
}

func TestRevokedTerminal(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 30, nil)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	x := start(t, dir)
	x.equals(s)
	all, err := s.terminals.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.terminals.Revoke(t.Context(), all[0].ID); err != nil {
		t.Fatal(err)
	}
	x.until("shut out", func(st library.TerminalState) bool {
		return st.Problem == library.ErrTerminalUnknown.Code && !st.Connected && st.Searchable && st.Phase == library.CatalogueReady
	})
	if n := x.finds("図書館"); n != 30 {
		t.Errorf("search has %d hits after the revocation", n)
	}
}

func TestEnrolRefuses(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	dir := t.TempDir()
	if err := kiosksync.Enrol(t.Context(), dir, s.http.URL, "0000-0000-0000-0000"); !errors.Is(err, library.ErrEnrolmentCode) {
		t.Errorf("a wrong code: %v", err)
	}
	if err := kiosksync.Enrol(t.Context(), dir, "http://central.example.jp", "x"); err == nil {
		t.Error("plain HTTP to another machine was taken")
	}
	if _, err := kiosksync.Open(kiosksync.Config{Dir: dir}); !errors.Is(err, kiosksync.ErrNotEnrolled) {
		t.Errorf("Open before Enrol: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("files are left: %v", left)
	}
	s.enrol(dir)
	a, err := kiosksync.Open(kiosksync.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := kiosksync.Open(kiosksync.Config{Dir: dir}); !errors.Is(err, kiosksync.ErrInUse) {
		t.Errorf("a second one: %v", err)
	}
}

// TestSearchGoesOnDuringSwaps has readers that hold the catalogue for a while as
// one edition after the other is swapped in.
func TestSearchGoesOnDuringSwaps(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 200, nil)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	x := start(t, dir)
	x.equals(s)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				err := x.With(func(c *store.Catalogue) error {
					for range 3 {
						page, err := c.Search(t.Context(), library.Query{Words: "漱石"}, 0, 20)
						if err != nil {
							return err
						}
						if page.Count.N != 200 {
							t.Errorf("%d hits", page.Count.N)
						}
					}
					return nil
				})
				if err != nil {
					t.Error("search:", err)
					return
				}
			}
		})
	}
	for range 3 {
		before := inUse(t, dir)
		s.restore()
		x.until("a swap", func(library.TerminalState) bool { return inUse(t, dir) != before })
	}
	cancel()
	wg.Wait()
	x.equals(s)
	x.until("only one file is left", func(library.TerminalState) bool {
		files, _ := filepath.Glob(filepath.Join(dir, "catalogue-*.db"))
		return len(files) == 1
	})
}

func TestNoEditionYet(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	dir := t.TempDir()
	s.enrol(dir)
	x := start(t, dir)
	x.until("waiting", func(st library.TerminalState) bool {
		return st.Problem == library.ProblemNoEdition && st.Connected && st.Phase == library.CatalogueStarting
	})
	s.put(0, 3, nil)
	s.build()
	x.equals(s)
}

// TestAnswersThatMakeNoSense: whatever answers at the address, the terminal says
// so and goes on trying.
func TestAnswersThatMakeNoSense(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 10, nil)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	answers := map[string]string{
		"/v1/catalogue/head":    `{"epoch":"e","number":1,"edition":{"epoch":"e","number":1,"schema":1,"size":-5,"chunks":[{"sha256":"../../etc/passwd","bytes":1,"size":1}]}}`,
		"/v1/catalogue/changes": `{"epoch":"","after":7,"upto":3,"more":true}`,
		"/v1/site":              `<html>Welcome to the captive portal</html>`,
	}
	var turn atomic.Int32
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		if text, ok := answers[r.URL.Path]; ok && (r.URL.Path != "/v1/site" || turn.Add(1) == 1) {
			if strings.HasPrefix(text, "{") {
				w.Header().Set("Content-Type", "application/json")
			}
			io.WriteString(w, text)
		}
	})
	x := start(t, dir)
	x.until("unreachable, more than once", func(st library.TerminalState) bool { return turn.Load() > 1 && st.Problem != "" })
	s.intercept(nil)
	x.equals(s)
}
