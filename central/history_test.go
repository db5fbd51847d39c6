package central

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
)

// TestADatabaseThatWasPutBackHasAnotherEpoch: whoever copies an older file over the
// database need not tell anybody.
func TestADatabaseThatWasPutBackHasAnotherEpoch(t *testing.T) {
	ctx := t.Context()
	folder := t.TempDir()
	path := filepath.Join(folder, "central.db")
	open := func() *db.DB {
		d, err := db.Open(ctx, path)
		if err == nil {
			err = d.Migrate(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	change := func(d *db.DB, n int) (log db.Log) {
		for range n {
			if err := d.Tx(ctx, func(tx *db.Tx) error { tx.Changed(db.KindBib, "b1", "b1"); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Assign(ctx); err != nil {
			t.Fatal(err)
		}
		return logOf(t, d)
	}
	check := func(what string, h *History, d *db.DB, want bool) {
		t.Helper()
		before := logOf(t, d)
		renewed, err := h.Check(ctx, d)
		if err != nil || renewed != want || (logOf(t, d).Epoch != before.Epoch) != want {
			t.Errorf("%s: a new epoch %v, %v; want %v", what, renewed, err, want)
		}
	}
	first, second := NewHistory(t.TempDir()), NewHistory(t.TempDir()) // two servers
	d := open()
	check("the first start", first, d, false)
	if err := first.Note(change(d, 3)); err != nil {
		t.Fatal(err)
	}
	change(d, 1) // which nobody noted
	check("a database that is ahead of the note", first, d, false)
	d.Close()
	copyFile(t, path+".copy", path)

	d = open()
	if err := second.Note(change(d, 2)); err != nil {
		t.Fatal(err)
	}
	check("another server's older note", first, d, false)
	d.Close()
	for _, suffix := range []string{"-wal", "-shm"} {
		os.Remove(path + suffix)
	}
	copyFile(t, path, path+".copy")

	d = open()
	defer d.Close()
	check("a note that the copy has", first, d, false)
	change(d, 4) // as far as before, and further
	check("a database that was put back", second, d, true)
	check("the same again", second, d, false)
	if err := second.Note(logOf(t, d)); err != nil {
		t.Fatal(err)
	}
	check("the new epoch noted", second, d, false)
}

func TestANoteThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "history.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewHistory(dir).Check(t.Context(), dbtest.Open(t, dbtest.SQLite(t))); err == nil {
		t.Error("it was taken for no note")
	}
}

func logOf(t *testing.T, d *db.DB) (log db.Log) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		log, err = tx.Log(t.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func copyFile(t *testing.T, to, from string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
}
