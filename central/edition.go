package central

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/store"
)

// keptEditions is how many editions are kept: a terminal may still be fetching the
// last but one.
const keptEditions = 2

// Editions builds the editions of a catalogue and keeps their chunks in a folder.
// Several central processes share one folder as they share one database.
type Editions struct {
	db        *db.DB
	catalogue *catalogue.Catalogue
	dir       string
	log       *slog.Logger
	now       func() time.Time
}

// EditionsConfig is what Editions needs.
type EditionsConfig struct {
	DB        *db.DB
	Catalogue *catalogue.Catalogue
	Dir       string           // the data folder
	Log       *slog.Logger     // nil: no log
	Now       func() time.Time // nil: time.Now
}

// NewEditions returns the editions in a data folder, which it makes.
func NewEditions(cfg EditionsConfig) (*Editions, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	e := &Editions{db: cfg.DB, catalogue: cfg.Catalogue, dir: cfg.Dir, log: cfg.Log, now: cfg.Now}
	if err := os.MkdirAll(e.chunks(), 0o750); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	return e, nil
}

func (e *Editions) chunks() string { return filepath.Join(e.dir, "chunks") }

// Newest returns the newest edition that terminals of this program can use, nil
// when there is none.
func (e *Editions) Newest(ctx context.Context) (*protocol.Manifest, error) {
	var newest *protocol.Manifest
	err := e.db.View(ctx, func(tx *db.Tx) error {
		newest = nil
		log, err := tx.Log(ctx)
		if err != nil {
			return err
		}
		var text string
		err = tx.QueryRowContext(ctx, `SELECT manifest FROM edition WHERE epoch = $1 AND schema = $2
			ORDER BY number DESC, built_at DESC LIMIT 1`, log.Epoch, store.Schema).Scan(&text)
		if err == sql.ErrNoRows {
			return nil
		}
		if err != nil {
			return err
		}
		newest = new(protocol.Manifest)
		return json.Unmarshal([]byte(text), newest)
	})
	if err != nil {
		return nil, fmt.Errorf("read the newest edition: %w", err)
	}
	return newest, nil
}

// editionDue reports whether a new edition should be built: there is none, many
// changes have gathered, or it is night and there was one.
func editionDue(newest *protocol.Manifest, log db.Log, after int64, now time.Time) bool {
	if newest == nil {
		return true
	}
	gathered := log.Number - newest.Number
	age := now.Sub(time.UnixMilli(newest.BuiltAt))
	night := now.Hour() == 3 && age > 12*time.Hour
	return gathered >= after || gathered > 0 && night
}

// Build builds an edition of the catalogue as it is now and makes it the newest.
// Before that nobody sees anything of it. It returns db.ErrTaken when another
// process builds one. Changes and chunks that only older editions need are dropped.
func (e *Editions) Build(ctx context.Context) (*protocol.Manifest, error) {
	var m *protocol.Manifest
	err := e.db.Exclusive(ctx, "edition", func(ctx context.Context) (err error) {
		if err := e.removeTemporary(); err != nil {
			return err
		}
		if m, err = e.build(ctx); err != nil {
			return err
		}
		return e.sweep(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("build an edition: %w", err)
	}
	return m, nil
}

func (e *Editions) build(ctx context.Context) (*protocol.Manifest, error) {
	start := e.now()
	path := filepath.Join(e.dir, temporary+uuid.NewString()+".db")
	defer removeDatabase(path)
	var info store.Info
	err := e.catalogue.Snapshot(ctx, func(s catalogue.Snapshot) (err error) {
		removeDatabase(path) // the database may have asked for another try
		info, err = store.Build(ctx, path, store.Info{Epoch: s.Epoch, Edition: s.Number, Mark: s.Mark, BuiltAt: start}, s.Records, s.Lists...)
		return err
	})
	if err != nil {
		return nil, err
	}
	m := &protocol.Manifest{
		Epoch: info.Epoch, Number: info.Edition, Mark: info.Mark, Schema: store.Schema,
		Bibs: info.Bibs, Items: info.Items, BuiltAt: start.UnixMilli(),
	}
	if err := e.cut(ctx, path, m); err != nil {
		return nil, err
	}
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	err = e.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO edition (id, epoch, number, schema, built_at, manifest) VALUES ($1, $2, $3, $4, $5, $6)`,
			uuid.NewString(), m.Epoch, m.Number, m.Schema, m.BuiltAt, string(text))
		return err
	})
	if err != nil {
		return nil, err
	}
	e.log.Info("an edition was built", "number", m.Number, "bibs", m.Bibs, "items", m.Items, "bytes", m.Size, "chunks", len(m.Chunks), "took", e.now().Sub(start))
	return m, nil
}

var chunkName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Chunk opens a chunk, or says os.ErrNotExist.
func (e *Editions) Chunk(sha256 string) (*os.File, error) {
	if !chunkName.MatchString(sha256) {
		return nil, os.ErrNotExist
	}
	return os.Open(filepath.Join(e.chunks(), sha256))
}

// Verify reads all chunks of an edition and says which are missing or damaged.
func (e *Editions) Verify(ctx context.Context, m *protocol.Manifest) error {
	var bad []error
	for _, c := range m.Chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch sum, err := fileSHA256(filepath.Join(e.chunks(), c.SHA256)); {
		case errors.Is(err, os.ErrNotExist):
			bad = append(bad, fmt.Errorf("chunk %s is missing in %s", c.SHA256, e.chunks()))
		case err != nil:
			bad = append(bad, err)
		case sum != c.SHA256:
			bad = append(bad, fmt.Errorf("chunk %s in %s is damaged", c.SHA256, e.chunks()))
		}
	}
	return errors.Join(bad...)
}

// sweep drops what no kept edition needs: older editions, their chunks, and the
// changes that it would take a terminal longer to follow than to fetch an edition.
func (e *Editions) sweep(ctx context.Context) error {
	needed := map[string]bool{}
	var drop []int64
	err := e.db.Tx(ctx, func(tx *db.Tx) error {
		clear(needed)
		drop = drop[:0]
		_, err := tx.ExecContext(ctx, `DELETE FROM edition WHERE id NOT IN
			(SELECT id FROM edition ORDER BY built_at DESC, number DESC LIMIT $1)`, keptEditions)
		if err != nil {
			return err
		}
		log, err := tx.Log(ctx)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT epoch, number, manifest FROM edition`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var epoch, text string
			var number int64
			if err := rows.Scan(&epoch, &number, &text); err != nil {
				return err
			}
			var m protocol.Manifest
			if err := json.Unmarshal([]byte(text), &m); err != nil {
				return err
			}
			for _, c := range m.Chunks {
				needed[c.SHA256] = true
			}
			if epoch == log.Epoch {
				drop = append(drop, number-m.InChanges())
			}
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("drop old editions: %w", err)
	}
	if len(drop) == keptEditions {
		if err := e.db.Prune(ctx, slices.Min(drop)); err != nil {
			return fmt.Errorf("drop old changes: %w", err)
		}
	}
	files, err := os.ReadDir(e.chunks())
	if err != nil {
		return err
	}
	for _, f := range files {
		if chunkName.MatchString(f.Name()) && !needed[f.Name()] {
			if err := os.Remove(filepath.Join(e.chunks(), f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// temporary begins the names of files that are not finished.
const temporary = "building-"

// Tidy removes what a build left behind that was broken off. It returns
// db.ErrTaken while one is under way.
func (e *Editions) Tidy(ctx context.Context) error {
	return e.db.Exclusive(ctx, "edition", func(context.Context) error { return e.removeTemporary() })
}

func (e *Editions) removeTemporary() error {
	var errs []error
	for _, dir := range []string{e.dir, e.chunks()} {
		files, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, f := range files {
			if strings.HasPrefix(f.Name(), temporary) {
				errs = append(errs, os.Remove(filepath.Join(dir, f.Name())))
			}
		}
	}
	return errors.Join(errs...)
}

func removeDatabase(path string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		os.Remove(path + suffix)
	}
}

func fileSHA256(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// syncDir makes the names in a folder survive a power cut.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
