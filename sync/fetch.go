package sync

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/klauspost/compress/zstd"

	"madoguchi/central/protocol"
	"madoguchi/library"
	"madoguchi/store"
)

// What a manifest may say at most, in bytes: more is a mistake or an attack.
const (
	maxEdition = 64 << 30
	maxChunk   = 64 << 20
)

var sha256Name = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (c *Client) chunks() string { return filepath.Join(c.cfg.Dir, "chunks") }

func (c *Client) chunkPath(chunk protocol.Chunk) string {
	return filepath.Join(c.chunks(), chunk.SHA256)
}

// fetch fetches the server's newest edition and makes it the catalogue in use.
// What it got before it was broken off is kept for the next try.
func (c *Client) fetch(ctx context.Context) error {
	head, err := c.head(ctx)
	if err != nil {
		return err
	}
	m := head.Edition
	if m == nil || m.Schema != store.Schema || m.Epoch != head.Epoch {
		return &codedError{library.ProblemNoEdition, errors.New("the server has no edition that this program can use")}
	}
	if err := checkManifest(m); err != nil {
		return err
	}
	c.cfg.Log.Info("fetching an edition", "number", m.Number, "bytes", m.Size, "chunks", len(m.Chunks))
	unfinished := filepath.Join(c.cfg.Dir, unfinishedName)
	if err := c.fetchInto(ctx, m, unfinished); err != nil {
		return err
	}
	if err := c.install(unfinished); err != nil {
		return err
	}
	if err := c.removeChunks(nil); err != nil {
		return localError(err)
	}
	c.mustVerify = true
	if err := c.showNumbers(); err != nil {
		return err
	}
	c.report(func(s *library.TerminalState) { s.Phase, s.Done, s.Total = library.CatalogueReady, 0, 0 })
	c.cfg.Log.Info("a new catalogue is in use", "edition", m.Number)
	return nil
}

func checkManifest(m *protocol.Manifest) error {
	var size int64
	for _, chunk := range m.Chunks {
		if !sha256Name.MatchString(chunk.SHA256) || chunk.Bytes <= 0 || chunk.Bytes > maxChunk || chunk.Size <= 0 || chunk.Size > maxChunk {
			return errors.New("the server's edition has a chunk that cannot be")
		}
		if size += chunk.Size; size > maxEdition {
			break
		}
	}
	if size != m.Size || size > maxEdition || size == 0 {
		return fmt.Errorf("the server's edition says that it has %d bytes, its chunks have %d", m.Size, size)
	}
	return nil
}

// fetchInto gets all chunks that are not there yet, and puts the file together from them
// as they come.
func (c *Client) fetchInto(ctx context.Context, m *protocol.Manifest, path string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	arrived, assembled := make(chan protocol.Chunk, len(m.Chunks)), make(chan error, 1)
	go func() {
		err := c.assemble(ctx, m, path, arrived)
		if err != nil {
			cancel() // there is no use in the rest
		}
		assembled <- err
	}()
	err := c.fetchChunks(ctx, m, arrived)
	close(arrived)
	if err == nil {
		c.report(func(s *library.TerminalState) { s.Phase, s.Done, s.Total = library.CatalogueBuilding, 0, m.Size })
	}
	if failed := <-assembled; failed != nil && !errors.Is(failed, errBrokenOff) {
		return failed
	}
	return err
}

// errBrokenOff ends the putting together of a file whose chunks do not all come.
var errBrokenOff = errors.New("the edition broke off")

// fetchChunks gets all chunks that are not there yet, and tells of each when it is.
func (c *Client) fetchChunks(ctx context.Context, m *protocol.Manifest, arrived chan<- protocol.Chunk) error {
	if err := c.removeChunks(m); err != nil {
		return localError(err)
	}
	var total, done int64
	there := map[string]bool{}
	for _, chunk := range m.Chunks {
		if _, seen := there[chunk.SHA256]; seen {
			continue
		}
		info, err := os.Stat(c.chunkPath(chunk))
		there[chunk.SHA256] = err == nil && info.Size() == chunk.Bytes
		total += chunk.Bytes
		if there[chunk.SHA256] {
			done += chunk.Bytes
		}
	}
	if err := checkSpace(c.cfg.Dir, total-done+m.Size); err != nil {
		return err
	}
	c.report(func(s *library.TerminalState) { s.Phase, s.Done, s.Total = library.CatalogueFetching, done, total })
	for _, chunk := range m.Chunks {
		if !there[chunk.SHA256] {
			progress := func(n int64) { c.report(func(s *library.TerminalState) { s.Done = done + n }) }
			if err := c.fetchChunk(ctx, chunk, progress); err != nil {
				return err
			}
			there[chunk.SHA256] = true
			done += chunk.Bytes
			progress(0)
		}
		arrived <- chunk
	}
	return nil
}

// chunkTries is how often a chunk is fetched anew at once when what came was wrong.
const chunkTries = 3

func (c *Client) fetchChunk(ctx context.Context, chunk protocol.Chunk, progress func(int64)) error {
	for try := 1; ; try++ {
		err := c.fetchChunkOnce(ctx, chunk, progress)
		var coded *codedError
		if err == nil || try == chunkTries || !errors.As(err, &coded) || coded.code != library.ProblemChunkDamaged {
			return err
		}
		c.cfg.Log.Warn("a chunk arrived damaged, it is fetched again", "chunk", chunk.SHA256, "err", err)
	}
}

func (c *Client) fetchChunkOnce(ctx context.Context, chunk protocol.Chunk, progress func(int64)) error {
	path := c.chunkPath(chunk)
	part, err := os.OpenFile(path+".part", os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return localError(err)
	}
	defer part.Close()
	have, err := part.Seek(0, io.SeekEnd)
	if err != nil {
		return localError(err)
	}
	if have < chunk.Bytes {
		if err := c.receive(ctx, chunk, part, have, progress); err != nil {
			return err
		}
	}
	if sum, err := hashFile(part); err != nil {
		return localError(err)
	} else if sum != chunk.SHA256 {
		if err := os.Rename(part.Name(), path+".damaged"); err != nil {
			return localError(err)
		}
		return &codedError{library.ProblemChunkDamaged, fmt.Errorf("chunk %s has other content than its name says", chunk.SHA256)}
	}
	if err := part.Sync(); err != nil {
		return localError(err)
	}
	os.Remove(path + ".damaged")
	return localError(os.Rename(part.Name(), path))
}

// stallAfter is how long no byte may come before the connection is given up.
const stallAfter = 30 * time.Second

// receive appends what is missing of a chunk to its part file.
func (c *Client) receive(ctx context.Context, chunk protocol.Chunk, part *os.File, have int64, progress func(int64)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stalled := time.AfterFunc(stallAfter, cancel)
	defer stalled.Stop()
	body, from, err := c.wire.Chunk(ctx, chunk.SHA256, have)
	if err != nil {
		return err
	}
	defer body.Close()
	if from != have {
		if err := part.Truncate(from); err != nil {
			return localError(err)
		}
		if _, err := part.Seek(from, io.SeekStart); err != nil {
			return localError(err)
		}
	}
	buf := make([]byte, 128<<10)
	for n := from; n < chunk.Bytes; {
		got, err := body.Read(buf[:min(int64(len(buf)), chunk.Bytes-n)])
		if got > 0 {
			stalled.Reset(stallAfter)
			if _, err := part.Write(buf[:got]); err != nil {
				return localError(err)
			}
			n += int64(got)
			progress(n)
		}
		if err == io.EOF && n < chunk.Bytes {
			return fmt.Errorf("chunk %s broke off after %d of %d bytes: %w", chunk.SHA256, n, chunk.Bytes, io.ErrUnexpectedEOF)
		}
		if err != nil && err != io.EOF {
			return fmt.Errorf("chunk %s broke off after %d of %d bytes: %w", chunk.SHA256, n, chunk.Bytes, err)
		}
	}
	return nil
}

// assemble puts the file together from its chunks as they arrive, in their order, and
// checks the whole. It is errBrokenOff where they end too early.
func (c *Client) assemble(ctx context.Context, m *protocol.Manifest, path string, arrived <-chan protocol.Chunk) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return localError(err)
	}
	defer out.Close()
	unpack, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxChunk))
	if err != nil {
		return err
	}
	defer unpack.Close()
	whole := sha256.New()
	var piece []byte
	var size int64
	for chunk := range arrived {
		if err := ctx.Err(); err != nil {
			return err
		}
		packed, err := os.ReadFile(c.chunkPath(chunk))
		if err != nil {
			return localError(err)
		}
		// It was right when it came; the disk may have lost it since.
		if sum := sha256.Sum256(packed); hex.EncodeToString(sum[:]) != chunk.SHA256 {
			return c.dropChunk(chunk, errors.New("it changed on the disk"))
		}
		if piece, err = unpack.DecodeAll(packed, piece[:0]); err != nil {
			return c.dropChunk(chunk, err)
		}
		if int64(len(piece)) != chunk.Size {
			return c.dropChunk(chunk, fmt.Errorf("it holds %d bytes, not %d", len(piece), chunk.Size))
		}
		whole.Write(piece)
		if _, err := io.Copy(out, bytes.NewReader(piece)); err != nil {
			return localError(err)
		}
		size += chunk.Size
		c.report(func(s *library.TerminalState) {
			if s.Phase == library.CatalogueBuilding {
				s.Done = size
			}
		})
	}
	if size < m.Size {
		return errBrokenOff
	}
	if hex.EncodeToString(whole.Sum(nil)) != m.SHA256 {
		return &codedError{library.ProblemChunkDamaged, errors.New("the edition put together is not the one announced")}
	}
	return localError(errors.Join(out.Sync(), out.Close()))
}

func (c *Client) dropChunk(chunk protocol.Chunk, why error) error {
	err := fmt.Errorf("chunk %s is damaged: %w", chunk.SHA256, why)
	return &codedError{library.ProblemChunkDamaged, errors.Join(err, os.Rename(c.chunkPath(chunk), c.chunkPath(chunk)+".damaged"))}
}

// removeChunks removes the chunks that the edition does not need.
func (c *Client) removeChunks(keep *protocol.Manifest) error {
	needed := map[string]bool{}
	if keep != nil {
		for _, chunk := range keep.Chunks {
			needed[chunk.SHA256], needed[chunk.SHA256+".part"] = true, true
		}
	}
	files, err := os.ReadDir(c.chunks())
	if err != nil {
		return err
	}
	for _, f := range files {
		if !needed[f.Name()] {
			if err := os.Remove(filepath.Join(c.chunks(), f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func hashFile(f *os.File) (string, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
