package sync_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// TestACutAuditLogShows: what a terminal remembers cannot be cut off in the database.
func TestACutAuditLogShows(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(0, 3, nil)
	s.build()
	note := func(action string) {
		t.Helper()
		err := s.db.Tx(t.Context(), func(tx *db.Tx) error {
			return audit.Append(t.Context(), tx, audit.Entry{At: time.Now(), Actor: "command:test", Action: action})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, action := range []string{"one", "two", "three"} {
		note(action)
	}
	newest, err := audit.Newest(t.Context(), s.db)
	if err != nil || newest.Number < 3 {
		t.Fatal(newest, err)
	}
	lacks := func() bool {
		w := httptest.NewRecorder()
		s.service.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		return strings.Contains(w.Body.String(), "\nmadoguchi_audit_lacks_entries 1\n")
	}
	dir := t.TempDir()
	s.enrol(dir)
	asked := make(chan string, 100) // the marks with which the site was asked for
	s.intercept(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/site" {
			asked <- r.Header.Get(protocol.AuditHeader)
		}
	})
	run := func(with string, noticed func() bool) {
		t.Helper()
		x := start(t, dir)
		if got := <-asked; got != with {
			t.Errorf("asked with %q, want %q", got, with)
		}
		x.equals(s)
		x.until("the mark is kept", func(library.TerminalState) bool {
			text, err := os.ReadFile(filepath.Join(dir, "site.json"))
			return err == nil && strings.Contains(string(text), `"audit":"`+newest.String()) && noticed()
		})
		x.stop()
	}
	any := func() bool { return true }
	run("", any)
	run(newest.String(), any)
	run(newest.String(), any) // the one before was answered to its end
	if lacks() {
		t.Error("a whole log lacks something")
	}

	// Whoever may write the database takes the last entry out, and all that speaks of it.
	err = s.db.Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `DELETE FROM audit WHERE number = $1`, newest.Number); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), `UPDATE audit_head SET number = $1, hash = (SELECT hash FROM audit WHERE number = $1)`, newest.Number-1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	run(newest.String(), lacks)
	run(newest.String(), any) // the longer one was kept
	if _, err := audit.Verify(t.Context(), s.db, newest); err == nil {
		t.Error("verify with the kept mark finds nothing")
	}
}
