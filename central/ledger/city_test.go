package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
)

// TestCity is some weeks, over the year's end, of a city with three branches; all is
// looked at after each request.
func TestCity(t *testing.T) {
	if testing.Short() {
		t.Skip("a city's life is long")
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSim(t, d, 1, simSize{
			branches: 3, patrons: 200, bibs: 250, copies: 600,
			from: "2026-12-12", days: 26, carts: 8, fashion: 1, loans: 6, atOnce: 1, everything: 20,
		})
		s.run()
		f := s.figures
		t.Logf("%d requests: %+v", s.requests, f)
		if f.held == 0 || f.refused == 0 || f.papers == 0 || f.collected == 0 || f.cancelled == 0 || f.changed == 0 ||
			f.expired == 0 || f.notFound == 0 || f.cleared == 0 || f.renewed == 0 || f.notRenewed == 0 || f.moved == 0 ||
			f.calls == 0 || f.inVain == 0 || f.withdrawn == 0 || f.ended == 0 {
			t.Errorf("not all of a city's life came up: %+v", f)
		}
	})
}

func (s *sim) run() {
	for range s.size.days {
		s.live()
	}
	s.drain()
}

// BenchmarkCity is a year of a city with 20 branches, 20,000 patrons and 200,000
// copies. All holds are looked at every morning and every evening, everything once a
// week.
//
// Patrons of Japanese public libraries ask for one to two books a year each: 70 a day
// here, of which each is some four requests until the book stands on its shelf again.
func BenchmarkCity(b *testing.B) {
	for _, on := range []struct {
		name string
		dsn  func(testing.TB) string
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(on.name, func(b *testing.B) {
			for b.Loop() {
				s := newSim(b, dbtest.Open(b, on.dsn(b)), 1, simSize{
					branches: 20, patrons: 20_000, bibs: 100_000, copies: 200_000,
					from: "2026-04-01", days: 365, carts: 30, fashion: 20, loans: 10, atOnce: 32, everything: 2000,
				})
				began := time.Now()
				s.run()
				fmt.Printf("\ncity_%s_s %.0f s\n", on.name, time.Since(began).Seconds())
				fmt.Printf("city_holds_%s %d count\n", on.name, s.figures.held)
				fmt.Printf("city_requests_%s %d count\n", on.name, s.requests)
				fmt.Printf("city_holds_per_s_%s %.0f 1/s\n", on.name, float64(s.figures.lines)/s.figures.placing.Seconds())
				fmt.Printf("city_slowest_request_%s %.0f ms\n", on.name, float64(s.figures.slowest.Microseconds())/1000)
			}
		})
	}
}
