package central

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
)

// Several servers on one database have folders of their own. So the chunks are in the
// database too, and each server fetches into its folder what another one has built.

// chunkPart is how much of a chunk one row has, in bytes.
const chunkPart = 1 << 20

// share stores a chunk where the other servers find it, if there may be any.
func (e *Editions) share(ctx context.Context, sum string, packed []byte) error {
	if !e.db.Shared() {
		return nil
	}
	return e.db.Tx(ctx, func(tx *db.Tx) error {
		part := 0
		for data := range slices.Chunk(packed, chunkPart) {
			_, err := tx.ExecContext(ctx, `INSERT INTO chunk (sha256, part, data) VALUES ($1, $2, $3) ON CONFLICT (sha256, part) DO NOTHING`, sum, part, data)
			if err != nil {
				return fmt.Errorf("share chunk %s: %w", sum, err)
			}
			part++
		}
		return nil
	})
}

// pull fetches a chunk that another server has shared into the folder, or returns
// os.ErrNotExist.
func (e *Editions) pull(ctx context.Context, sum string) error {
	if !e.db.Shared() {
		return os.ErrNotExist
	}
	e.pulling.Lock() // of those who ask for the same at once one fetches it
	defer e.pulling.Unlock()
	if _, err := os.Stat(filepath.Join(e.chunks(), sum)); err == nil {
		return nil
	}
	var packed []byte
	err := e.db.View(ctx, func(tx *db.Tx) error {
		packed = packed[:0]
		rows, err := tx.QueryContext(ctx, `SELECT data FROM chunk WHERE sha256 = $1 ORDER BY part`, sum)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var data []byte
			if err := rows.Scan(&data); err != nil {
				return err
			}
			packed = append(packed, data...)
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("fetch chunk %s from the database: %w", sum, err)
	}
	if got := sha256.Sum256(packed); hex.EncodeToString(got[:]) != sum {
		return os.ErrNotExist
	}
	return e.writeChunk(sum, packed)
}

// Whole returns nil where this server can hand out all chunks of an edition.
func (e *Editions) Whole(ctx context.Context, m *protocol.Manifest) error {
	var missing []protocol.Chunk
	for _, c := range m.Chunks {
		if info, err := os.Stat(filepath.Join(e.chunks(), c.SHA256)); err != nil || info.Size() != c.Bytes {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	shared := map[string]int64{}
	if e.db.Shared() {
		err := e.db.View(ctx, func(tx *db.Tx) error {
			rows, err := tx.QueryContext(ctx, `SELECT sha256, sum(length(data)) FROM chunk GROUP BY sha256`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var sum string
				var bytes int64
				if err := rows.Scan(&sum, &bytes); err != nil {
					return err
				}
				shared[sum] = bytes
			}
			return rows.Err()
		})
		if err != nil {
			return fmt.Errorf("read which chunks are shared: %w", err)
		}
	}
	for _, c := range missing {
		if shared[c.SHA256] != c.Bytes {
			return fmt.Errorf("%w: chunk %s of the newest edition is nowhere", errNotWhole, c.SHA256)
		}
	}
	return nil
}

// errNotWhole says that terminals cannot fetch an edition.
var errNotWhole = errors.New("an edition is not whole")

// Gather fetches the chunks of the newest edition that another server has built, and drops
// from the folder what no edition needs any more.
func (e *Editions) Gather(ctx context.Context) error {
	if !e.db.Shared() {
		return nil
	}
	newest, err := e.Newest(ctx)
	if err != nil || newest == nil {
		return err
	}
	fetched := 0
	for _, c := range newest.Chunks {
		switch _, err := os.Stat(filepath.Join(e.chunks(), c.SHA256)); {
		case err == nil:
			continue
		case !errors.Is(err, os.ErrNotExist):
			return err
		}
		if err := e.pull(ctx, c.SHA256); err != nil {
			return err
		}
		fetched++
	}
	if fetched == 0 {
		return nil
	}
	e.log.Info("an edition was fetched that another server has built", "number", newest.Number, "chunks", fetched)
	err = e.db.Exclusive(ctx, "edition", func(ctx context.Context) error { // nobody writes chunks of one that is not announced
		needed, err := e.needed(ctx)
		if err != nil {
			return err
		}
		return e.dropChunks(needed)
	})
	if errors.Is(err, db.ErrTaken) {
		return nil // the next time
	}
	return err
}

// dropShared deletes the shared chunks that are not needed.
func (e *Editions) dropShared(ctx context.Context, needed map[string]bool) error {
	if !e.db.Shared() {
		return nil
	}
	err := e.db.Tx(ctx, func(tx *db.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT DISTINCT sha256 FROM chunk`)
		if err != nil {
			return err
		}
		defer rows.Close()
		var old []string
		for rows.Next() {
			var sum string
			if err := rows.Scan(&sum); err != nil {
				return err
			}
			if !needed[sum] {
				old = append(old, sum)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, sum := range old {
			if _, err := tx.ExecContext(ctx, `DELETE FROM chunk WHERE sha256 = $1`, sum); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("drop old chunks: %w", err)
	}
	return nil
}
