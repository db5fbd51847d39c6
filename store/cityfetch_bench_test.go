package store

import (
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// BenchmarkCityEditionFetch says how long a terminal fetches a city's edition over a line of
// 10 Mbit/s: what its chunks, made as the server does, take on the line, and what is
// then left to do: the chunks before the last are put together while others come.
func BenchmarkCityEditionFetch(b *testing.B) {
	c := cityOf(b)
	c.open(b).Close()
	in, err := os.Open(c.path())
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	pack, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(32<<20))
	if err != nil {
		b.Fatal(err)
	}
	defer pack.Close()
	unpack, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		b.Fatal(err)
	}
	defer unpack.Close()
	path := filepath.Join(c.dir, "fetched-"+c.size+".db")
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer os.Remove(path)
	defer out.Close()
	whole := sha256.New()
	piece := make([]byte, 32<<20)
	var raw, packed []byte
	var bytes int64
	var packing, together, last time.Duration
	for {
		n, err := io.ReadFull(in, piece)
		if err == io.EOF {
			break
		}
		if err != nil && err != io.ErrUnexpectedEOF {
			b.Fatal(err)
		}
		began := time.Now()
		packed = pack.EncodeAll(piece[:n], packed[:0])
		packing += time.Since(began)
		bytes += int64(len(packed))
		began = time.Now()
		sha256.Sum256(packed)
		if raw, err = unpack.DecodeAll(packed, raw[:0]); err != nil {
			b.Fatal(err)
		}
		whole.Write(raw)
		if _, err := out.Write(raw); err != nil {
			b.Fatal(err)
		}
		last = time.Since(began)
		together += last
	}
	began := time.Now()
	if err := out.Sync(); err != nil {
		b.Fatal(err)
	}
	last += time.Since(began)
	c.figure("edition_chunks", float64(bytes)/1e6, "MB")
	c.figure("edition_packing", packing.Seconds(), "s")
	c.figure("edition_put_together", together.Seconds(), "s")
	c.figure("edition_fetch_10mbit_computed", float64(bytes)/1.25e6+last.Seconds(), "s")
}
