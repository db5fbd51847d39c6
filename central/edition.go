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
	"sync"
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

// Editions builds the editions of a catalogue and keeps their chunks in a folder. Several
// central processes may share one folder, or one database with folders of their own.
type Editions struct {
	db        *db.DB
	catalogue *catalogue.Catalogue
	dir       string
	log       *slog.Logger
	now       func() time.Time
	pulling   sync.Mutex // held while a chunk is fetched from the database
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

// Chunk opens a chunk, whichever server has built it, or says os.ErrNotExist.
func (e *Editions) Chunk(ctx context.Context, sha256 string) (*os.File, error) {
	if !chunkName.MatchString(sha256) {
		return nil, os.ErrNotExist
	}
	path := filepath.Join(e.chunks(), sha256)
	f, err := os.Open(path)
	if !errors.Is(err, os.ErrNotExist) {
		return f, err
	}
	if err := e.pull(ctx, sha256); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Verify reads all chunks of an edition and says which are missing or damaged.
func (e *Editions) Verify(ctx context.Context, m *protocol.Manifest) error {
	var bad []error
	for _, c := range m.Chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		sum, err := fileSHA256(filepath.Join(e.chunks(), c.SHA256))
		if errors.Is(err, os.ErrNotExist) && e.pull(ctx, c.SHA256) == nil {
			continue
		}
		switch {
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
	var drop []int64
	err := e.db.Tx(ctx, func(tx *db.Tx) error {
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
		kept, err := manifests(ctx, tx)
		for _, m := range kept {
			if m.Epoch == log.Epoch {
				drop = append(drop, m.Number-m.InChanges())
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("drop old editions: %w", err)
	}
	if len(drop) == keptEditions {
		if err := e.db.Prune(ctx, slices.Min(drop)); err != nil {
			return fmt.Errorf("drop old changes: %w", err)
		}
	}
	needed, err := e.needed(ctx)
	if err != nil {
		return err
	}
	return errors.Join(e.dropShared(ctx, needed), e.dropChunks(needed))
}

// manifests are those of the editions that are kept.
func manifests(ctx context.Context, tx *db.Tx) (all []protocol.Manifest, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT manifest FROM edition`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		var m protocol.Manifest
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

// needed are the chunks of the editions that are kept.
func (e *Editions) needed(ctx context.Context) (chunks map[string]bool, err error) {
	err = e.db.View(ctx, func(tx *db.Tx) error {
		chunks = map[string]bool{}
		kept, err := manifests(ctx, tx)
		for _, m := range kept {
			for _, c := range m.Chunks {
				chunks[c.SHA256] = true
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read which chunks are needed: %w", err)
	}
	return chunks, nil
}

// dropChunks deletes the chunks in the folder that are not needed.
func (e *Editions) dropChunks(needed map[string]bool) error {
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
