package sync_test

import (
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/library"
)

// slowLine forwards connections to the server. What comes back goes at 10 Mbit/s, all
// connections together; its address takes the place of the server's.
func (s *server) slowLine(b *testing.B) (bytes *atomic.Int64) {
	b.Helper()
	const perSecond = 10e6 / 8
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { on.Close() })
	behind := s.http.Listener.Addr().String()
	bytes = new(atomic.Int64)
	turn := make(chan time.Time, 1) // when the line is free again
	turn <- time.Now()
	go func() {
		for {
			near, err := on.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", behind)
			if err != nil {
				near.Close()
				continue
			}
			go func() {
				io.Copy(far, near)
				far.Close()
			}()
			go func() {
				defer near.Close()
				buf := make([]byte, 16<<10)
				for {
					n, err := far.Read(buf)
					free := <-turn
					if now := time.Now(); free.Before(now) {
						free = now
					}
					free = free.Add(time.Duration(float64(n) / perSecond * float64(time.Second)))
					turn <- free
					time.Sleep(time.Until(free))
					bytes.Add(int64(n))
					if _, failed := near.Write(buf[:n]); err != nil || failed != nil {
						return
					}
				}
			}()
		}
	}()
	s.http.URL = "http://" + on.Addr().String()
	return bytes
}

// BenchmarkEditionFetch has a terminal fetch its first edition over a line of 10 Mbit/s, until
// it can search. BenchmarkCityEditionFetch of package store computes the same for a city.
func BenchmarkEditionFetch(b *testing.B) {
	s, _ := newCity(b)
	s.build()
	var packed int64
	m := newest(b, s)
	for _, chunk := range m.Chunks {
		packed += chunk.Bytes
	}
	bytes := s.slowLine(b)
	dir := b.TempDir()
	s.enrol(dir)
	began := time.Now()
	x := start(b, dir)
	x.until("searchable", func(st library.TerminalState) bool { return st.Searchable })
	took := time.Since(began)
	figure("edition_fetch_10mbit_20k", took.Seconds(), "s")
	figure("edition_fetch_beside_line_20k", took.Seconds()-float64(packed)/1.25e6, "s")
	figure("edition_fetch_wire_20k", float64(bytes.Load())/1e6, "MB")
}
