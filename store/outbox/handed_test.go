package outbox

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestHanded(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "handed.db")
	open := func() *Handed {
		t.Helper()
		h, err := OpenHanded(path)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := open()
	has := func(epoch string, want ...string) {
		t.Helper()
		all, err := h.Letters(ctx, epoch)
		var ids []string
		for _, l := range all {
			ids = append(ids, l.ID)
		}
		if err != nil || fmt.Sprint(ids) != fmt.Sprint(want) {
			t.Errorf("of another epoch than %q: %v, %v; want %v", epoch, ids, err, want)
		}
	}
	at := time.UnixMilli(1_700_000_000_000)
	keep := func(id string, ago time.Duration, epoch string) {
		t.Helper()
		if err := h.Keep(ctx, Letter{ID: id, Key: "k", Sealed: []byte(id), At: at.Add(-ago)}, at.Add(-ago), epoch); err != nil {
			t.Fatal(err)
		}
	}
	keep("new", time.Minute, "e1")
	keep("old", time.Hour, "e1")
	has("e1")
	has("e2", "old", "new")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	h = open()
	drop := func(oldest time.Duration, epoch string, backup time.Duration) {
		t.Helper()
		if err := h.Drop(ctx, at.Add(-oldest), epoch, at.Add(-backup)); err != nil {
			t.Fatal(err)
		}
	}
	drop(2*time.Hour, "e2", 0) // a backup made after a restore, before anything was offered again
	has("e2", "old", "new")
	drop(2*time.Hour, "e1", 30*time.Minute)
	has("e2", "new")
	keep("older", time.Hour, "e1")
	drop(30*time.Minute, "e2", 0)
	has("e2", "new")
	keep("new", 0, "e2") // handed over again
	has("e2")
	if err := h.Forget(ctx); err != nil {
		t.Fatal(err)
	}
	has("e2", "new")
	_, err := h.db.Exec(`WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < $1)
		INSERT INTO handed SELECT 'n' || n, 'k', x'00', $2, $2, 'e2' FROM n`, mostHanded, at.Add(time.Second).UnixMilli())
	if err != nil {
		t.Fatal(err)
	}
	keep("newest", -time.Minute, "e2")
	has("e2") // the oldest had to go
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("SQLite format 3\x00 and nothing more"), 0o600); err != nil {
		t.Fatal(err)
	}
	h = open()
	has("e3")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}
