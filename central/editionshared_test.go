package central

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// oneOfSeveral is a server on a database, with a folder of its own.
type oneOfSeveral struct {
	*Editions
	service *Service
}

func newOneOfSeveral(t *testing.T, d *db.DB, cat *catalogue.Catalogue) oneOfSeveral {
	t.Helper()
	e, err := NewEditions(EditionsConfig{DB: d, Catalogue: cat, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return oneOfSeveral{e, New(Config{DB: d, Catalogue: cat, Editions: e, Terminals: NewTerminals(d, nil), Site: library.Site{TimeZone: "Asia/Tokyo", Policy: library.DefaultPolicy()}})}
}

func (s oneOfSeveral) ready() int {
	w := httptest.NewRecorder()
	s.service.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	return w.Code
}

func (s oneOfSeveral) chunk(t *testing.T, sum string) []byte {
	t.Helper()
	f, err := s.Chunk(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestEveryServerHasTheEdition: on a database that servers share, it does not matter which
// of them has built the edition, nor whether its folder is still there.
func TestEveryServerHasTheEdition(t *testing.T) {
	d := dbtest.Open(t, dbtest.Postgres(t))
	cat := catalogue.New(catalogue.Config{DB: d})
	fill := func(title string) {
		t.Helper()
		if err := cat.PutBranch(t.Context(), library.Branch{Code: "chuo", Name: "中央図書館"}); err != nil {
			t.Fatal(err)
		}
		if _, err := cat.Put(t.Context(), library.Record{Bib: library.Bib{ID: "b1", Kind: library.Book, Title: title}}); err != nil {
			t.Fatal(err)
		}
	}
	fill("こころ")
	one, other := newOneOfSeveral(t, d, cat), newOneOfSeveral(t, d, cat)
	if code := other.ready(); code != http.StatusServiceUnavailable {
		t.Errorf("without an edition: %d", code)
	}
	m, err := one.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if one.ready() != http.StatusOK || other.ready() != http.StatusOK {
		t.Errorf("ready: %d and %d", one.ready(), other.ready())
	}
	first := one.chunk(t, m.Chunks[0].SHA256)
	if got := other.chunk(t, m.Chunks[0].SHA256); !bytes.Equal(got, first) {
		t.Errorf("the other hands out %d bytes, not %d", len(got), len(first))
	}
	if err := other.Verify(t.Context(), m); err != nil {
		t.Errorf("verify: %v", err)
	}

	// The builder is gone with its folder, and a third one comes.
	if err := os.RemoveAll(one.dir); err != nil {
		t.Fatal(err)
	}
	third := newOneOfSeveral(t, d, cat)
	if err := third.Gather(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(third.chunks(), m.Chunks[0].SHA256)); err != nil {
		t.Errorf("after it gathered: %v", err)
	}

	// What only older editions need goes, in the database and in each folder.
	var newest *protocol.Manifest
	for _, title := range []string{"門", "それから", "三四郎"} {
		fill(title)
		if newest, err = third.Build(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := other.Gather(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []oneOfSeveral{other, third} {
		if files, err := os.ReadDir(s.chunks()); err != nil || len(files) != keptEditions {
			t.Errorf("%d chunks are kept, %v", len(files), err)
		}
		if _, err := s.Chunk(t.Context(), m.Chunks[0].SHA256); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a chunk of an old edition: %v", err)
		}
	}

	// Nowhere whole: not ready, until another is built.
	err = d.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), `DELETE FROM chunk WHERE sha256 = $1`, newest.Chunks[0].SHA256)
		return err
	})
	if err == nil {
		err = os.Remove(filepath.Join(other.chunks(), newest.Chunks[0].SHA256))
	}
	if err != nil {
		t.Fatal(err)
	}
	if code := other.ready(); code != http.StatusServiceUnavailable {
		t.Errorf("with half an edition: %d", code)
	}
	if err := other.service.upkeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := other.ready(); code != http.StatusOK {
		t.Errorf("after upkeep: %d", code)
	}
}

// TestAMissingChunkIsBuiltAgain: one server with its folder.
func TestAMissingChunkIsBuiltAgain(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	cat := catalogue.New(catalogue.Config{DB: d})
	s := newOneOfSeveral(t, d, cat)
	m, err := s.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.chunks(), m.Chunks[0].SHA256)); err != nil {
		t.Fatal(err)
	}
	if code := s.ready(); code != http.StatusServiceUnavailable {
		t.Errorf("without a chunk: %d", code)
	}
	if err := s.service.upkeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := s.ready(); code != http.StatusOK {
		t.Errorf("after upkeep: %d", code)
	}
}
