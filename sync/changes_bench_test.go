package sync_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/generate"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

func figure(name string, value float64, unit string) {
	fmt.Println(name, strconv.FormatFloat(value, 'g', 3, 64), unit)
}

// cityBibs is how many bibs the catalogue of these benchmarks has. What changes take
// on the wire does not depend on it; what they take on a terminal's disk at a city's
// size is measured in package store.
const cityBibs = 20_000

func newCity(b *testing.B) (*server, *generate.Generator) {
	b.Helper()
	gen, err := generate.New(generate.Config{Bibs: cityBibs, Copies: cityBibs * 3 / 2, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	s := newServer(b)
	for _, branch := range gen.Branches() {
		if err := s.catalogue.PutBranch(b.Context(), branch); err != nil {
			b.Fatal(err)
		}
	}
	var some []library.Record
	for r := range gen.Records() {
		if some = append(some, r); len(some) == 1000 {
			s.putAll(some)
			some = some[:0]
		}
	}
	s.putAll(some)
	return s, gen
}

func (s *server) putAll(records []library.Record) {
	s.t.Helper()
	if _, err := s.catalogue.Put(s.t.Context(), records...); err != nil {
		s.t.Fatal(err)
	}
}

// live lets a day go by at the server.
func (s *server) live(d generate.Day) {
	s.t.Helper()
	ctx := s.t.Context()
	s.putAll(d.New)
	var changed []library.Record
	for _, b := range d.Edited {
		r, err := s.catalogue.Record(ctx, b.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		r.Bib = b
		changed = append(changed, r)
	}
	s.putAll(changed)
	for _, it := range d.Moved {
		r, err := s.catalogue.Record(ctx, it.BibID)
		if err != nil {
			s.t.Fatal(err)
		}
		for i := range r.Items {
			if r.Items[i].ID == it.ID {
				r.Items[i].Branch = it.Branch
			}
		}
		s.putAll([]library.Record{r})
	}
	for _, id := range d.Deleted {
		if err := s.catalogue.Delete(ctx, id); err != nil && err != library.ErrUnknownBib {
			s.t.Fatal(err)
		}
	}
	// As the ledger does it, but all in one transaction.
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		for _, a := range d.Lent {
			var bib string
			err := tx.QueryRowContext(ctx, `UPDATE item SET state = $2, due_on = $3 WHERE id = $1 AND (state <> $2 OR due_on <> $3) RETURNING bib_id`,
				string(a.ItemID), string(a.State), a.DueOn).Scan(&bib)
			if err == sql.ErrNoRows {
				continue
			}
			if err != nil {
				return err
			}
			if err := s.catalogue.Touch(ctx, tx, library.BibID(bib)); err != nil {
				return err
			}
			tx.Changed(db.KindAvailability, string(a.ItemID), bib)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// metered counts the bytes that come in.
type metered struct {
	net.Conn
	bytes *atomic.Int64
}

func (m metered) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	m.bytes.Add(int64(n))
	return n, err
}

// BenchmarkChanges has a terminal follow a day's changes of a real server, and come
// back after a month.
func BenchmarkChanges(b *testing.B) {
	s, gen := newCity(b)
	s.build()
	dir := b.TempDir()
	s.enrol(dir)
	x := start(b, dir)
	x.equals(s)
	x.stop()
	from := s.log(b)
	s.live(gen.Day(0))
	figure("changes_5000_numbered", float64(s.log(b)-from), "changes")
	bytes, pages := s.wireSize(b, dir, from)
	figure("changes_5000_wire", float64(bytes)/1e3, "kB")
	figure("changes_5000_pages", float64(pages), "answers")

	for day := 1; day < 30; day++ {
		s.live(gen.Day(day))
	}
	bytes, _ = s.wireSize(b, dir, from)
	figure("changes_30_days_wire", float64(bytes)/1e6, "MB")
	began := time.Now()
	x = start(b, dir)
	x.equals(s)
	figure("changes_30_days_converged", time.Since(began).Seconds(), "s")
	x.stop()
}

func (s *server) log(b *testing.B) int64 {
	b.Helper()
	log, err := s.catalogue.Log(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return log.Number
}

// wireSize is how many bytes a terminal gets from the server for all changes after a
// number, headers and all, and in how many answers.
func (s *server) wireSize(b *testing.B, dir string, after int64) (bytes, answers int64) {
	b.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "terminal.json"))
	if err != nil {
		b.Fatal(err)
	}
	var enrolled protocol.Enrolled
	if err := json.Unmarshal(text, &enrolled); err != nil {
		b.Fatal(err)
	}
	var count atomic.Int64
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return metered{conn, &count}, err
	}}
	defer transport.CloseIdleConnections()
	client, err := protocol.NewClient(s.http.URL, enrolled.Secret, &http.Client{Transport: transport})
	if err != nil {
		b.Fatal(err)
	}
	log, err := s.catalogue.Log(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for {
		changes, err := client.Changes(b.Context(), log.Epoch, after, "", 0)
		if err != nil {
			b.Fatal(err)
		}
		after = changes.Upto
		answers++
		if !changes.More {
			return count.Load(), answers
		}
	}
}
