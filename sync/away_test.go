package sync_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"madoguchi/library"
)

// TestAwayForAMonth: a terminal that comes back takes the changes one by one where
// there are few for the size of the catalogue, and the edition where there are many.
// Either way it equals the server afterwards.
func TestAwayForAMonth(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a busy month is long")
	}
	const bibs = 2000
	for name, test := range map[string]struct {
		perDay int
		fetch  bool
	}{
		"a quiet month": {perDay: 2, fetch: false},
		"a busy month":  {perDay: 150, fetch: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.put(0, bibs, nil)
			s.build()
			dir := t.TempDir()
			s.enrol(dir)
			x := start(t, dir)
			x.equals(s)
			x.stop()
			for day := range 30 {
				from := day * 59 % (bibs - test.perDay)
				s.put(from, from+test.perDay, func(r *library.Record) {
					r.Bib.Subtitle = "改訂版"
					r.Items[0].CallNumber = string(rune('ア' + day))
				})
				if err := s.catalogue.Delete(t.Context(), record(bibs-1-day).Bib.ID); err != nil {
					t.Fatal(err)
				}
				if day%10 == 9 {
					s.build()
				}
			}
			s.put(bibs, bibs+3, nil)

			var chunks atomic.Int32
			s.intercept(func(_ http.ResponseWriter, r *http.Request) {
				if isChunk(r) {
					chunks.Add(1)
				}
			})
			x = start(t, dir)
			x.equals(s)
			if got := chunks.Load() > 0; got != test.fetch {
				t.Errorf("%d chunks were fetched; that the edition was fetched should be %v", chunks.Load(), test.fetch)
			}
		})
	}
}
