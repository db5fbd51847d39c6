package sync_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/ledger"
	"madoguchi/central/protocol"
	"madoguchi/central/secret"
	"madoguchi/library"
	"madoguchi/store"
	kiosksync "madoguchi/sync"
)

// server is a real central server on real SQLite.
type server struct {
	t         testing.TB
	db        *db.DB
	catalogue *catalogue.Catalogue
	ledger    *ledger.Ledger
	terminals *central.Terminals
	editions  *central.Editions
	passwords *central.Passwords
	service   *central.Service
	dir       string

	mu     sync.Mutex
	before http.HandlerFunc // looks at each request first; may answer it by panicking or writing
	http   *httptest.Server
}

// unsent mails are never sent, though every address could be written to.
type unsent struct{}

func (unsent) Queue(context.Context, *db.Tx, library.Mail) error { return nil }

func (unsent) Reaches(context.Context, *db.Tx, library.PatronID, string) (bool, error) {
	return true, nil
}

func newServer(t testing.TB) *server {
	t.Helper()
	dir := t.TempDir()
	d := dbtest.Open(t, filepath.Join(dir, "central.db"))
	s := &server{t: t, db: d, dir: dir}
	s.catalogue = catalogue.New(catalogue.Config{DB: d})
	s.ledger = ledger.New(ledger.Config{DB: d, Catalogue: s.catalogue, Mail: unsent{}})
	s.terminals = central.NewTerminals(d, nil)
	var err error
	if s.editions, err = central.NewEditions(central.EditionsConfig{DB: d, Catalogue: s.catalogue, Dir: dir}); err != nil {
		t.Fatal(err)
	}
	hasher, err := secret.New(make([]byte, secret.PepperSize), secret.Cost{Memory: 8, Passes: 1, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s.passwords, err = central.NewPasswords(t.Context(), d, hasher, nil); err != nil {
		t.Fatal(err)
	}
	s.service = central.New(central.Config{
		DB: d, Catalogue: s.catalogue, Circulation: s.ledger.Circulation(), Desk: s.ledger, Expiry: s.ledger, Register: s.ledger, Editions: s.editions, Terminals: s.terminals, Passwords: s.passwords,
		Site: library.Site{Name: "試験市立図書館", TimeZone: "Asia/Tokyo", Policy: library.DefaultPolicy()},
	})
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		before := s.before
		s.mu.Unlock()
		mine := &watched{ResponseWriter: w}
		if before != nil {
			before(mine, r)
		}
		if !mine.written {
			s.service.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.http.Close)
	if err := s.catalogue.PutBranch(t.Context(), library.Branch{Code: "chuo", Name: "中央図書館"}); err != nil {
		t.Fatal(err)
	}
	return s
}

type watched struct {
	http.ResponseWriter
	written bool
}

func (w *watched) WriteHeader(status int) { w.written = true; w.ResponseWriter.WriteHeader(status) }
func (w *watched) Write(b []byte) (int, error) {
	w.written = true
	return w.ResponseWriter.Write(b)
}

// intercept has fn look at every request before the server does; nil ends it.
func (s *server) intercept(fn http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = fn
}

func record(n int) library.Record {
	id := library.BibID(fmt.Sprintf("b%05d", n))
	return library.Record{
		Bib: library.Bib{
			ID: id, Kind: library.Book, Title: fmt.Sprintf("図書館の本 第%d巻", n), TitleReading: "トショカン ノ ホン",
			Creators: []library.Creator{{Name: "夏目漱石", Reading: "ナツメ ソウセキ"}}, Year: 1900 + n%120, NDC: []string{"010"},
		},
		Items: []library.Item{{ID: library.ItemID("i" + string(id)), BibID: id, Branch: "chuo", Barcode: "i" + string(id), Lendable: true, State: library.OnShelf}},
	}
}

func (s *server) put(from, to int, change func(*library.Record)) {
	s.t.Helper()
	var all []library.Record
	for n := from; n < to; n++ {
		r := record(n)
		if change != nil {
			change(&r)
		}
		all = append(all, r)
	}
	if _, err := s.catalogue.Put(s.t.Context(), all...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) build() {
	s.t.Helper()
	if _, err := s.editions.Build(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// restore gives the catalogue another epoch, as after a restore from a backup, and
// an edition of it, before it answers again.
func (s *server) restore() {
	s.t.Helper()
	ready := make(chan struct{})
	s.intercept(func(http.ResponseWriter, *http.Request) { <-ready })
	defer s.intercept(nil)
	defer close(ready)
	err := s.db.Tx(s.t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(s.t.Context(), `UPDATE change_log SET epoch = epoch || 'x'`)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.build()
}

// enrol enrols a terminal in a folder.
func (s *server) enrol(dir string) {
	s.t.Helper()
	_, code, err := s.terminals.Add(s.t.Context(), "chuo", "test")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := kiosksync.Enrol(s.t.Context(), dir, s.http.URL, code); err != nil {
		s.t.Fatal(err)
	}
}

// terminal is a Client whose Run is under way.
type terminal struct {
	*kiosksync.Client
	t       testing.TB
	changed chan struct{}
	stop    func()
	mu      sync.Mutex
	history []library.TerminalState
}

func start(t testing.TB, dir string, adjust ...func(*kiosksync.Config)) *terminal {
	t.Helper()
	x := &terminal{t: t, changed: make(chan struct{}, 1)}
	cfg := kiosksync.Config{
		Dir: dir, Version: "v1.2.3-test", Poll: 10 * time.Millisecond, Spread: time.Millisecond, Verify: 20 * time.Millisecond,
		OnState: func(s library.TerminalState) {
			x.mu.Lock()
			x.history = append(x.history, s)
			x.mu.Unlock()
			select {
			case x.changed <- struct{}{}:
			default:
			}
		},
	}
	for _, a := range adjust {
		a(&cfg)
	}
	client, err := kiosksync.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	x.Client = client
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- client.Run(ctx) }()
	var once sync.Once
	x.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error("Run:", err)
			}
			if err := client.Close(); err != nil {
				t.Error("Close:", err)
			}
		})
	}
	t.Cleanup(x.stop)
	return x
}

// inUse is the file that is searched in a data folder: another one after every swap, ""
// before the first.
func inUse(t testing.TB, dir string) string {
	t.Helper()
	file, err := os.Readlink(kiosksync.CataloguePath(dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return file
}

// until waits for something to become true of the terminal.
func (x *terminal) until(what string, ok func(library.TerminalState) bool) {
	x.t.Helper()
	deadline := time.After(60 * time.Second)
	for !ok(x.State()) {
		select {
		case <-x.changed:
		case <-time.After(50 * time.Millisecond): // digests change without a word
		case <-deadline:
			x.t.Fatalf("never came to this: %s; status %+v", what, x.State())
		}
	}
}

// putList puts a theme shelf of some bibs.
func (s *server) putList(name string, bibs ...library.BibID) {
	s.t.Helper()
	l := library.List{Name: name, Kind: library.ThemeList, Title: map[string]string{"ja": "棚"}, Bibs: bibs}
	err := s.db.Tx(s.t.Context(), func(tx *db.Tx) error {
		_, _, err := s.catalogue.PutListTx(s.t.Context(), tx, l)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (x *terminal) digests() (d [library.Buckets]library.Digest) {
	err := x.With(func(c *store.Catalogue) (err error) {
		d, err = c.Digests(context.Background())
		return err
	})
	if err != nil && err != kiosksync.ErrNoCatalogue {
		x.t.Log("digests:", err)
	}
	return d
}

// equals waits until the terminal holds what the server does.
func (x *terminal) equals(s *server) {
	x.t.Helper()
	want, err := s.catalogue.Digests(x.t.Context())
	if err != nil {
		x.t.Fatal(err)
	}
	x.until(fmt.Sprintf("equal to the server at change %d", want.Number), func(st library.TerminalState) bool {
		return st.Change == want.Number && x.digests() == want.Buckets && x.lists() == want.Lists
	})
}

func (x *terminal) lists() (d library.Digest) {
	x.With(func(c *store.Catalogue) (err error) { // an error has no digest
		d, err = c.ListsDigest(context.Background())
		return err
	})
	return d
}

func (x *terminal) finds(words string) int {
	x.t.Helper()
	var page library.Page
	err := x.With(func(c *store.Catalogue) (err error) {
		page, err = c.Search(context.Background(), library.Query{Words: words}, 0, 20)
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return page.Count.N
}

func newest(t testing.TB, s *server) *protocol.Manifest {
	t.Helper()
	m, err := s.editions.Newest(t.Context())
	if err != nil || m == nil {
		t.Fatal(m, err)
	}
	return m
}
