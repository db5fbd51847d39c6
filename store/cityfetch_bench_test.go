package store

import (
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// BenchmarkCityEditionFetch says how long a terminal fetches a city's edition over a line of
// 10 Mbit/s: what its chunks, made as the server does, take on the line, and what is
// then left to do: the chunks before the last are put together while others come.
func BenchmarkCityEditionFetch(b *testing.B) {
	c := cityOf(b)
	old := c.open(b)
	in, err := os.Open(c.path())
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	began := time.Now()
	chunks := packed(b, in)
	packing := time.Since(began)
	took, last := c.putTogether(b, chunks)
	var bytes int64
	for _, chunk := range chunks {
		bytes += int64(len(chunk))
	}
	c.figure("edition_chunks", float64(bytes)/1e6, "MB")
	c.figure("edition_packing", packing.Seconds(), "s")
	c.figure("edition_put_together", took.Seconds(), "s")
	c.figure("edition_fetch_10mbit_computed", float64(bytes)/1.25e6+last.Seconds(), "s")

	mix := c.mix()
	for _, q := range mix { // warms up
		if _, err := old.Search(b.Context(), q.Query, 0, 20); err != nil {
			b.Fatal(err)
		}
	}
	ms := searchesDuring(b, old, mix, func() { time.Sleep(took) })
	c.figure("edition_readers_before_p99", percentile(ms, 99), "ms")
	ms = searchesDuring(b, old, mix, func() { c.putTogether(b, chunks) })
	c.figure("edition_readers_p99", percentile(ms, 99), "ms")
}

// putTogether makes an edition of its chunks as a terminal does, and says how long
// that took, and what of it comes after the last chunk.
func (c *city) putTogether(b *testing.B, chunks [][]byte) (took, last time.Duration) {
	b.Helper()
	unpack, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		b.Fatal(err)
	}
	defer unpack.Close()
	out, err := os.Create(filepath.Join(c.dir, "fetched-"+c.size+".db"))
	if err != nil {
		b.Fatal(err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	whole := sha256.New()
	var raw []byte
	began := time.Now()
	for _, chunk := range chunks {
		last = time.Since(began)
		sha256.Sum256(chunk)
		if raw, err = unpack.DecodeAll(chunk, raw[:0]); err != nil {
			b.Fatal(err)
		}
		whole.Write(raw)
		if _, err := out.Write(raw); err != nil {
			b.Fatal(err)
		}
	}
	if err := out.Sync(); err != nil {
		b.Fatal(err)
	}
	took = time.Since(began)
	return took, took - last
}

// packed returns the chunks of a file, made on all processors.
func packed(b *testing.B, file *os.File) [][]byte {
	b.Helper()
	const chunk = 32 << 20
	pack, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(chunk))
	if err != nil {
		b.Fatal(err)
	}
	defer pack.Close()
	info, err := file.Stat()
	if err != nil {
		b.Fatal(err)
	}
	out := make([][]byte, (info.Size()+chunk-1)/chunk)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			piece := make([]byte, chunk)
			for n := next.Add(1) - 1; n < int64(len(out)); n = next.Add(1) - 1 {
				size, err := file.ReadAt(piece, n*chunk)
				if err != nil && err != io.EOF {
					b.Error(err)
					return
				}
				out[n] = pack.EncodeAll(piece[:size], nil)
			}
		})
	}
	workers.Wait()
	return out
}
