package sync_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/library"
	kiosksync "madoguchi/sync"
)

// The child processes that the tests here kill are this test binary, told by the
// environment what to do and where.
const (
	crashEnv    = "MADOGUCHI_TEST_CRASH"
	crashDirEnv = "MADOGUCHI_TEST_CRASH_DIR"
)

func TestMain(m *testing.M) {
	work, ok := map[string]func(context.Context, string) error{
		"import":   importAll,
		"build":    buildEditions,
		"terminal": runTerminal,
	}[os.Getenv(crashEnv)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := work(context.Background(), os.Getenv(crashDirEnv)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// crashFor is how long each test goes on killing.
func crashFor() time.Duration {
	if testing.Short() {
		return time.Second
	}
	return 5 * time.Second
}

// crash starts a child and kills it after a moment; done is true when it had ended
// its work before.
func crash(t *testing.T, work, dir string, within time.Duration) (done bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashEnv+"="+work, crashDirEnv+"="+dir)
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(15*time.Millisecond+time.Duration(rand.Int64N(int64(within))), func() { cmd.Process.Kill() })
	said, _ := io.ReadAll(out)
	err = cmd.Wait()
	kill.Stop()
	if err != nil && err.Error() != "signal: killed" {
		t.Fatalf("%s failed by itself: %v\n%s", work, err, said)
	}
	return err == nil
}

// importSize is of how many records the killed import is: six batches.
const importSize = 3000

func importAll(ctx context.Context, dir string) error {
	d, err := db.Open(ctx, filepath.Join(dir, "central.db"))
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	_, err = catalogue.New(catalogue.Config{DB: d}).Import(ctx, catalogue.Import{
		Records: catalogue.Plain(func(yield func(library.Record, error) bool) {
			for n := range importSize {
				if !yield(record(n), nil) {
					return
				}
			}
		}),
		LeftOut: func(_ int, err error) error { return err },
	})
	return err
}

func TestKilledImport(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	dir := t.TempDir()
	s.enrol(dir)
	s.build()
	x := start(t, dir) // follows all the while
	rounds, cut := 0, 0
	within := 400 * time.Millisecond
	for end := time.Now().Add(crashFor()); time.Now().Before(end) || cut == 0 && rounds < 40; { // on a busy machine the first kills come too early
		rounds++
		done := crash(t, "import", s.dir, within)
		bibs := count(t, s, "bib")
		if bibs == 0 { // a slow machine
			within *= 2
		}
		if bibs%500 != 0 || count(t, s, "item") != bibs {
			t.Fatalf("%d bibs with %d items: a batch is in by halves", bibs, count(t, s, "item"))
		}
		if bibs > 0 && bibs < importSize {
			cut++
		}
		x.equals(s)
		if !done && bibs < importSize {
			continue
		}
		for n := range importSize { // and from the beginning
			if n%500 == 0 {
				deleteBibs(t, s, n, n+500)
			}
		}
	}
	if err := importAll(t.Context(), s.dir); err != nil {
		t.Fatal(err)
	}
	x.equals(s)
	if n := count(t, s, "bib"); n != importSize {
		t.Errorf("%d bibs at the end", n)
	}
	if n := x.finds("図書館"); n != library.CountCap {
		t.Errorf("%d hits", n)
	}
	t.Logf("killed %d times, %d of them between batches", rounds, cut)
	if cut == 0 {
		t.Error("the import was never cut off in its middle")
	}
}

func count(t *testing.T, s *server, table string) (n int) {
	t.Helper()
	err := s.db.View(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func deleteBibs(t *testing.T, s *server, from, to int) {
	t.Helper()
	err := s.db.Tx(t.Context(), func(tx *db.Tx) error {
		for n := from; n < to; n++ {
			id := fmt.Sprintf("b%05d", n)
			for _, sql := range []string{`DELETE FROM item WHERE bib_id = $1`, `DELETE FROM bib WHERE id = $1`} {
				if _, err := tx.ExecContext(t.Context(), sql, id); err != nil {
					return err
				}
			}
			tx.Changed(db.KindBib, id, id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func buildEditions(ctx context.Context, dir string) error {
	d, err := db.Open(ctx, filepath.Join(dir, "central.db"))
	if err != nil {
		return err
	}
	defer d.Close()
	cat := catalogue.New(catalogue.Config{DB: d})
	e, err := central.NewEditions(central.EditionsConfig{DB: d, Catalogue: cat, Dir: dir})
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		r := record(0)
		r.Bib.Title = fmt.Sprint("第", n, "版")
		if _, err := cat.Put(ctx, r); err != nil {
			return err
		}
		if _, err := e.Build(ctx); err != nil {
			return err
		}
	}
}

func TestKilledEditionBuild(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 1000, nil)
	rounds := 0
	for end := time.Now().Add(crashFor()); time.Now().Before(end); rounds++ {
		crash(t, "build", s.dir, 600*time.Millisecond)
		m, err := s.editions.Newest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if m == nil {
			continue
		}
		if err := s.editions.Verify(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.editions.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, glob := range []string{"building-*", "chunks/building-*"} {
		if left, _ := filepath.Glob(filepath.Join(s.dir, glob)); len(left) != 0 {
			t.Errorf("left after Tidy: %v", left)
		}
	}
	s.build()
	if chunks, _ := filepath.Glob(filepath.Join(s.dir, "chunks", "*")); len(chunks) > 2*len(newest(t, s).Chunks) {
		t.Errorf("%d chunks are kept", len(chunks))
	}
	dir := t.TempDir()
	s.enrol(dir)
	start(t, dir).equals(s)
	t.Logf("killed %d times", rounds)
}

func runTerminal(ctx context.Context, dir string) error {
	c, err := kiosksync.Open(kiosksync.Config{Dir: dir, Poll: 5 * time.Millisecond, Spread: time.Millisecond, Verify: 50 * time.Millisecond})
	if err != nil {
		return err
	}
	return c.Run(ctx)
}

// TestKilledTerminal kills a terminal while it fetches, builds, swaps, applies and
// mends. What it keeps must never be taken for whole when it is not.
func TestKilledTerminal(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 800, nil)
	s.build()
	dir := t.TempDir()
	s.enrol(dir)
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		if !isChunk(r) || r.Header.Get("Range") != "" {
			return
		}
		// Slowly, so that many are killed within a chunk.
		body, err := os.ReadFile(filepath.Join(s.dir, "chunks", filepath.Base(r.URL.Path)))
		if err != nil {
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		for len(body) > 0 {
			n := min(len(body), 32<<10)
			if _, err := w.Write(body[:n]); err != nil {
				panic(http.ErrAbortHandler)
			}
			http.NewResponseController(w.(*watched).ResponseWriter).Flush()
			body = body[n:]
			select {
			case <-r.Context().Done():
				panic(http.ErrAbortHandler)
			case <-time.After(2 * time.Millisecond):
			}
		}
	})
	rounds, next := 0, 800
	for end := time.Now().Add(crashFor()); time.Now().Before(end); rounds++ {
		crash(t, "terminal", dir, 500*time.Millisecond)
		s.put(next, next+20, nil)
		s.put(rounds%100, rounds%100+10, func(r *library.Record) { r.Bib.Title = fmt.Sprint("題 ", rounds) })
		next += 20
		if rounds%4 == 3 { // everything anew
			err := s.db.Tx(t.Context(), func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), `UPDATE change_log SET epoch = epoch || 'x'`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			s.build()
		}
	}
	s.intercept(nil)
	x := start(t, dir)
	x.equals(s)
	if aside, _ := filepath.Glob(filepath.Join(dir, "catalogue.db.damaged-*")); len(aside) != 0 {
		t.Errorf("being killed damaged the catalogue: %v", aside)
	}
	t.Logf("killed %d times", rounds)
}
