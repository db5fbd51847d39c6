package sync_test

import (
	"fmt"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
	kiosksync "madoguchi/sync"
)

// save keeps a copy of the database, and returns what puts it back as if the file were
// replaced by an older one.
func (s *server) save() (putBack func()) {
	s.t.Helper()
	run := func(statements ...string) {
		s.t.Helper()
		err := s.db.Tx(s.t.Context(), func(tx *db.Tx) error {
			for _, text := range statements {
				if _, err := tx.ExecContext(s.t.Context(), text); err != nil {
					return fmt.Errorf("%s: %w", text, err)
				}
			}
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	var tables []string
	err := s.db.View(s.t.Context(), func(tx *db.Tx) error {
		tables = nil
		rows, err := tx.QueryContext(s.t.Context(), "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			tables = append(tables, name)
		}
		return rows.Err()
	})
	if err != nil {
		s.t.Fatal(err)
	}
	back := []string{"PRAGMA defer_foreign_keys = ON"}
	for _, table := range tables {
		run("CREATE TABLE saved_" + table + " AS SELECT * FROM " + table)
		back = append(back, "DELETE FROM "+table, "INSERT INTO "+table+" SELECT * FROM saved_"+table)
	}
	return func() { s.t.Helper(); run(back...) }
}

func retitled(r *library.Record) { r.Bib.Title = "失われた題" }

// TestADatabaseThatWasPutBack: a terminal that has seen changes which the server lost shows
// the truth with its next question, whatever numbers the server has given since, and fetches
// no edition for a few of them.
func TestADatabaseThatWasPutBack(t *testing.T) {
	t.Parallel()
	const bibs = 1000
	for name, test := range map[string]struct {
		lost, since func(s *server)
		edition     bool // is fetched
	}{
		"with fewer changes": {func(s *server) { s.put(5, 8, retitled); s.put(bibs, bibs+2, nil) }, func(*server) {}, false},
		"with as many others": {func(s *server) { s.put(5, 8, retitled); s.putList("lost", "b00001") }, func(s *server) {
			s.put(20, 23, func(r *library.Record) { r.Bib.Title = "新しい題" })
			s.putList("found", "b00002")
		}, false},
		"with more":             {func(s *server) { s.put(5, 6, retitled) }, func(s *server) { s.put(bibs, bibs+10, nil) }, false},
		"with the same again":   {func(s *server) { s.put(5, 6, retitled) }, func(s *server) { s.put(5, 6, retitled) }, false},
		"far from what it was":  {func(s *server) { s.put(0, 600, retitled) }, func(s *server) { s.put(700, 900, nil) }, true},
		"before it was changed": {func(s *server) { s.put(5, 6, retitled) }, func(s *server) { s.put(5, 6, func(r *library.Record) { r.Bib.Year = 1999 }) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.put(0, bibs, nil)
			s.build()
			dir := t.TempDir()
			s.enrol(dir)
			x := start(t, dir, func(c *kiosksync.Config) { c.Verify = time.Hour })
			x.equals(s)
			if _, err := s.catalogue.Digests(t.Context()); err != nil { // which the server keeps
				t.Fatal(err)
			}
			before, putBack := inUse(t, dir), s.save()
			test.lost(s)
			x.equals(s)
			putBack()
			test.since(s)
			x.equals(s)
			if fetched := inUse(t, dir) != before; fetched != test.edition {
				t.Errorf("an edition was fetched: %v", fetched)
			}
			s.put(30, 33, func(r *library.Record) { r.Bib.Title = "また新しい題" })
			x.equals(s)
			if n := x.finds("また新しい題"); n != 3 {
				t.Errorf("%d hits of what came afterwards", n)
			}
			x.until("no error", func(st library.TerminalState) bool { return st.Problem == "" && st.Connected })
		})
	}
}
