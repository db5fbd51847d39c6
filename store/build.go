package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"madoguchi/library"
)

// Build writes a whole new catalogue at path, where no file may be: every record
// of records and the lists, the index built and optimised, in one file safely on disk. in says
// which epoch and edition it is; the counts are filled in. When Build fails,
// records' error included, it leaves no file.
func Build(ctx context.Context, path string, in Info, records iter.Seq2[library.Record, error], lists ...library.List) (Info, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return Info{}, fmt.Errorf("build catalogue: %w", err)
	}
	in.Number = in.Edition
	err = func() error {
		db, err := openDB(path, "rw", "immediate", "journal_mode(OFF)", "synchronous(OFF)", "locking_mode(EXCLUSIVE)", "cache_size(-65536)", "temp_store(FILE)")
		if err != nil {
			return err
		}
		db.SetMaxOpenConns(1)
		b := builder{db: db, info: in, lists: lists, years: map[int64]int64{}, digests: map[int]library.Digest{}}
		err = b.run(ctx, path, records)
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

// builder builds in two halves. First it reads the records once, makes of them
// everything that is stored, and sorts that; then it writes table by table, each in
// the order of its keys, so that SQLite only ever appends.
type builder struct {
	db      *sql.DB
	info    Info
	lists   []library.List
	years   map[int64]int64 // first rank of a year of a class → bibs in it
	digests map[int]library.Digest

	bibs, items, isbns, wholes, volumes, spelled, starts *sorter
}

// The buffers of the sorters, in bytes; each has two of them.
const (
	rowsBuffer = 48 << 20
	keysBuffer = 16 << 20
)

func (b *builder) run(ctx context.Context, path string, records iter.Seq2[library.Record, error]) (err error) {
	for _, s := range []struct {
		sorter **sorter
		limit  int
	}{
		{&b.bibs, rowsBuffer}, {&b.items, keysBuffer}, {&b.isbns, keysBuffer / 4}, {&b.wholes, keysBuffer},
		{&b.volumes, keysBuffer / 4}, {&b.spelled, keysBuffer}, {&b.starts, keysBuffer},
	} {
		*s.sorter = newSorter(path, s.limit)
		defer func() { err = errors.Join(err, (*s.sorter).close()) }()
	}
	if err := b.gather(ctx, records); err != nil {
		return err
	}
	if _, err := b.db.ExecContext(ctx, tables); err != nil {
		return err
	}
	for _, step := range []func(context.Context, *sql.Tx) error{
		b.writeBibs, b.writeRecords, b.writeItems, b.writeSides, b.writeHeadings, b.writeStarts, b.finish,
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

// prepared is a record with all that is made of it before it has a rank.
type prepared struct {
	row      *row
	first    int64 // rank of its class and year
	items    []library.Item
	isbns    []string
	wholes   []string
	places   []place
	headings map[headingKey]form
}

func prepare(rec library.Record) (*prepared, error) {
	r, err := rowOf(rec)
	if err != nil {
		return nil, err
	}
	for _, it := range rec.Items {
		if it.BibID != rec.Bib.ID {
			return nil, fmt.Errorf("item %s stands with bib %s but belongs to %s", it.ID, rec.Bib.ID, it.BibID)
		}
	}
	return &prepared{
		row: r, first: firstRank(rec.Bib), items: rec.Items,
		isbns: isbnsOf(rec.Bib), wholes: wholeKeys(rec.Bib), places: placesOf(rec.Bib), headings: headingsOf(rec.Bib),
	}, nil
}

// gather reads the records and sorts everything that is made of them.
func (b *builder) gather(ctx context.Context, records iter.Seq2[library.Record, error]) error {
	err := inOrder(ctx, records, prepare, b.sort)
	if err != nil {
		return fmt.Errorf("after %d bibs: %w", b.info.Bibs, err)
	}
	for _, s := range []*sorter{b.bibs, b.items, b.isbns, b.wholes, b.volumes, b.spelled} {
		if err := s.finish(); err != nil {
			return fmt.Errorf("sort: %w", err)
		}
	}
	return nil
}

func (b *builder) sort(p *prepared) error {
	r := p.row
	b.years[p.first]++
	r.rank = p.first + rankYear - b.years[p.first]
	bucket := library.BucketOf(r.id)
	b.digests[bucket] = b.digests[bucket].XOR(r.digest)
	b.info.Bibs++
	b.info.Items += len(p.items)
	if err := b.bibs.add(rankKey(r.rank), r.encode()); err != nil {
		return err
	}
	for _, it := range p.items {
		key := append(append(append([]byte(nil), it.BibID...), 0), it.ID...)
		if err := b.items.add(key, encodeItem(it)); err != nil {
			return err
		}
	}
	for _, isbn := range p.isbns {
		if err := b.isbns.add(rankKey(r.rank, isbn), nil); err != nil {
			return err
		}
	}
	for _, key := range p.wholes {
		if err := b.wholes.add(rankKey(r.rank, key), []byte(ownNumbers(r.volumes))); err != nil {
			return err
		}
	}
	for _, at := range p.places {
		if err := b.volumes.add(rankKey(r.rank, fmt.Sprintf("%016x", uint64(at.key())^1<<63), at.volume), appendFields(nil, at.work, at.volume)); err != nil {
			return err
		}
	}
	for k, f := range p.headings {
		fields := appendFields(nil, string(k.field), k.key, f.Text, f.Reading)
		if err := b.spelled.add(append(append([]byte(k.field), 0), k.key...), fields); err != nil {
			return err
		}
	}
	return nil
}

// insert runs a statement for each row of a sorter.
func insert(ctx context.Context, tx *sql.Tx, s *sorter, statement string, values func(sorted) ([]any, error)) error {
	stmt, err := tx.PrepareContext(ctx, statement)
	if err != nil {
		return err
	}
	defer stmt.Close()
	return inOrder(ctx, s.rows(), values, inserter(ctx, stmt))
}

// inserter returns what runs a statement with values. The statement cannot be cancelled: it
// would be watched by a goroutine of its own each time. inOrder looks between the rows.
func inserter(ctx context.Context, stmt *sql.Stmt) func(values []any) error {
	ctx = context.WithoutCancel(ctx)
	return func(values []any) error {
		_, err := stmt.ExecContext(ctx, values...)
		return err
	}
}

// writeBibs writes what is searched of every bib: its row, and its tokens in the order of
// the ranks, since FTS5 begins a new segment whenever a row number goes down. What is
// shown of the bibs is written by itself, although it is read from the same sorted rows:
// pages of two tables in turn make the chunks of an edition larger.
func (b *builder) writeBibs(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "INSERT INTO search (search, rank) VALUES ('hashsize', $1)", indexMemory); err != nil {
		return err
	}
	bib, err := tx.PrepareContext(ctx, insertBib)
	if err != nil {
		return err
	}
	defer bib.Close()
	index, err := tx.PrepareContext(ctx, "INSERT INTO search (rowid, t) VALUES ($1, $2)")
	if err != nil {
		return err
	}
	defer index.Close()
	type searched struct{ bib, index []any }
	writeBib, writeIndex := inserter(ctx, bib), inserter(ctx, index)
	err = inOrder(ctx, b.bibs.rows(), func(s sorted) (searched, error) {
		r, err := decodeRow(s)
		if err != nil {
			return searched{}, err
		}
		return searched{r.bibValues(), []any{r.rank, r.tokens()}}, nil
	}, func(s searched) error {
		if err := writeBib(s.bib); err != nil {
			return err
		}
		return writeIndex(s.index)
	})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO search (search, rank) VALUES ('hashsize', $1)", updateMemory)
	return err
}

func (b *builder) writeRecords(ctx context.Context, tx *sql.Tx) error {
	return insert(ctx, tx, b.bibs, insertRecord, func(s sorted) ([]any, error) {
		r, err := decodeRow(s)
		if err != nil {
			return nil, err
		}
		return []any{r.rank, []byte(r.bib)}, nil
	})
}

func (b *builder) writeItems(ctx context.Context, tx *sql.Tx) error {
	return insert(ctx, tx, b.items, insertItem, func(s sorted) ([]any, error) {
		it, err := decodeItem(s.value)
		if err != nil {
			return nil, err
		}
		return itemValues(it), nil
	})
}

// writeSides writes what is looked up beside the full-text index.
func (b *builder) writeSides(ctx context.Context, tx *sql.Tx) error {
	keyed := func(s sorted) ([]any, error) {
		return []any{string(s.key[:len(s.key)-9]), rankIn(s.key)}, nil
	}
	if err := insert(ctx, tx, b.isbns, insertISBN, keyed); err != nil {
		return err
	}
	if err := insert(ctx, tx, b.wholes, insertWhole, func(s sorted) ([]any, error) {
		values, err := keyed(s)
		return append(values, string(s.value)), err
	}); err != nil {
		return err
	}
	return insert(ctx, tx, b.volumes, insertVolume, func(s sorted) ([]any, error) {
		var at place
		err := cutFields(s.value, &at.work, &at.volume)
		return []any{at.key(), at.volume, rankIn(s.key)}, err
	})
}

// indexMemory is how much of the full-text index is gathered in memory before it is
// written, in bytes: the more, the fewer pieces are left to merge at the end.
const indexMemory = 128 << 20

// updateMemory is the same for later changes.
const updateMemory = 32 << 20

func (b *builder) finish(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, indexes); err != nil {
		return fmt.Errorf("two records may have the same id: %w", err)
	}
	for bucket, d := range b.digests {
		if _, err := tx.ExecContext(ctx, "INSERT INTO digest (bucket, digest) VALUES ($1, $2)", bucket, d[:]); err != nil {
			return err
		}
	}
	if err := putLists(ctx, tx, b.lists); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO info (epoch, edition, number, mark, bibs, items, built_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		b.info.Epoch, b.info.Edition, b.info.Number, b.info.Mark, b.info.Bibs, b.info.Items, b.info.BuiltAt.UnixMilli()); err != nil {
		return err
	}
	if err := optimise(ctx, tx); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, Schema))
	return err
}
