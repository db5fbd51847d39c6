package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"madoguchi/library"
)

// Build writes a whole new catalogue at path, where no file may be: every record
// of records, the index built and optimised, in one file safely on disk. in says
// which epoch and edition it is; the counts are filled in. When Build fails,
// records' error included, it leaves no file.
func Build(ctx context.Context, path string, in Info, records iter.Seq2[library.Record, error]) (Info, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return Info{}, fmt.Errorf("build catalogue: %w", err)
	}
	in.Number = in.Edition
	err = func() error {
		db, err := openDB(path, "rw", "immediate", "journal_mode(OFF)", "synchronous(OFF)", "locking_mode(EXCLUSIVE)", "cache_size(-131072)", "temp_store(FILE)")
		if err != nil {
			return err
		}
		db.SetMaxOpenConns(1)
		b := builder{db: db, info: in, years: map[int64]int64{}, digests: map[int]library.Digest{}}
		err = b.run(ctx, records)
		in = b.info
		return errors.Join(err, db.Close())
	}()
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return Info{}, errors.Join(fmt.Errorf("build catalogue: %w", err), os.Remove(path))
	}
	return in, nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

type builder struct {
	db      *sql.DB
	info    Info
	years   map[int64]int64 // first rank of a year → bibs in it
	digests map[int]library.Digest
}

func (b *builder) run(ctx context.Context, records iter.Seq2[library.Record, error]) error {
	if _, err := b.db.ExecContext(ctx, tables); err != nil {
		return err
	}
	for _, step := range []func(context.Context, *sql.Tx) error{
		func(ctx context.Context, tx *sql.Tx) error { return b.rows(ctx, tx, records) },
		b.headings,
		b.index,
		b.finish,
	} {
		tx, err := b.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err := step(ctx, tx); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

const spelledTable = `
CREATE TEMP TABLE spelled (field TEXT, key TEXT, text TEXT, reading TEXT);
CREATE TEMP TABLE started (inner INTEGER, key TEXT, heading INTEGER, tier INTEGER);`

// rows writes the records and everything that stands for one bib alone.
func (b *builder) rows(ctx context.Context, tx *sql.Tx, records iter.Seq2[library.Record, error]) error {
	if _, err := tx.ExecContext(ctx, spelledTable); err != nil {
		return err
	}
	w, err := newWriter(ctx, tx)
	if err != nil {
		return err
	}
	defer w.close()
	spell, err := tx.PrepareContext(ctx, "INSERT INTO spelled VALUES ($1, $2, $3, $4)")
	if err != nil {
		return err
	}
	defer spell.Close()
	for rec, err := range records {
		if err != nil {
			return fmt.Errorf("after %d bibs: %w", b.info.Bibs, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := rowOf(rec)
		if err != nil {
			return err
		}
		year := yearRank(rec.Bib.Year)
		b.years[year]++
		r.rank = year + b.years[year]
		if err := w.insertBib(r, rec.Bib); err != nil {
			return err
		}
		for _, it := range rec.Items {
			if it.BibID != rec.Bib.ID {
				return fmt.Errorf("item %s stands with bib %s but belongs to %s", it.ID, rec.Bib.ID, it.BibID)
			}
			if err := w.putItem(it); err != nil {
				return err
			}
		}
		for k, f := range headingsOf(rec.Bib) {
			if _, err := spell.ExecContext(ctx, k.field, k.key, f.Text, f.Reading); err != nil {
				return err
			}
		}
		bucket := library.BucketOf(rec.Bib.ID)
		b.digests[bucket] = b.digests[bucket].XOR(r.digest)
		b.info.Bibs++
		b.info.Items += len(rec.Items)
	}
	return nil
}

// headings counts the headings of all bibs and writes them in order.
func (b *builder) headings(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, "SELECT field, key, text, reading, count(*) FROM spelled GROUP BY field, key, text, reading ORDER BY field, key")
	if err != nil {
		return err
	}
	defer rows.Close()
	insert, err := tx.PrepareContext(ctx, "INSERT INTO heading (id, field, key, count, forms) VALUES ($1, $2, $3, $4, $5)")
	if err != nil {
		return err
	}
	defer insert.Close()
	start, err := tx.PrepareContext(ctx, "INSERT INTO started VALUES ($1, $2, $3, $4)")
	if err != nil {
		return err
	}
	defer start.Close()

	id := int64(0)
	var current headingKey
	var fs forms
	write := func() error {
		if len(fs) == 0 {
			return nil
		}
		id++
		encoded, err := json.Marshal(fs)
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, id, current.field, current.key, fs.count(), string(encoded)); err != nil {
			return err
		}
		for _, s := range fs.starts() {
			if _, err := start.ExecContext(ctx, s.inner, s.key, id, tier(fs.count())); err != nil {
				return err
			}
		}
		fs = nil
		return nil
	}
	for rows.Next() {
		var k headingKey
		var f form
		if err := rows.Scan(&k.field, &k.key, &f.Text, &f.Reading, &f.Count); err != nil {
			return err
		}
		if k != current {
			if err := write(); err != nil {
				return err
			}
			current = k
		}
		fs = fs.with(f, f.Count)
	}
	if err := errors.Join(rows.Err(), write()); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO start SELECT inner, key, heading, tier FROM started ORDER BY inner, key, heading")
	return err
}

// index writes the tokens of every bib in the order of the ranks: FTS5 begins a
// new segment whenever a row number goes down.
func (b *builder) index(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "INSERT INTO search (search, rank) VALUES ('hashsize', 33554432)"); err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, "SELECT rank, folded, kind, language, juvenile, ndc, branches FROM bib ORDER BY rank")
	if err != nil {
		return err
	}
	defer rows.Close()
	insert, err := tx.PrepareContext(ctx, "INSERT INTO search (rowid, t) VALUES ($1, $2)")
	if err != nil {
		return err
	}
	defer insert.Close()
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.rank, &r.folded, &r.kind, &r.language, &r.juvenile, &r.ndc, &r.branches); err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, r.rank, r.tokens()); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (b *builder) finish(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, indexes); err != nil {
		return fmt.Errorf("two records may have the same id: %w", err)
	}
	for bucket, d := range b.digests {
		if _, err := tx.ExecContext(ctx, "INSERT INTO digest (bucket, digest) VALUES ($1, $2)", bucket, d[:]); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO info (epoch, edition, number, bibs, items, built_at) VALUES ($1, $2, $3, $4, $5, $6)",
		b.info.Epoch, b.info.Edition, b.info.Number, b.info.Bibs, b.info.Items, b.info.BuiltAt.UnixMilli()); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO search (search) VALUES ('optimize'); PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, Schema))
	return err
}
