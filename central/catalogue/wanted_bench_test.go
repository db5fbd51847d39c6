package catalogue

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/library"
)

// BenchmarkWanted lets a city of 20,000 bibs lend for a year, four and a half loans a bib,
// which fall upon few more than upon many, and of which a fashion passes: how many bibs get
// another class in a month, how many wait, and how long that takes.
func BenchmarkWanted(b *testing.B) {
	const bibs = 20_000
	d := dbtest.Open(b, dbtest.SQLite(b))
	now := today
	c := New(Config{DB: d, Now: func() time.Time { return now }})
	ctx := b.Context()
	if err := c.PutBranch(ctx, library.Branch{Code: "chuo", Name: "中央図書館"}); err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	rate := make([]float64, bibs) // loans a month
	for n := range bibs {
		rate[n] = math.Exp(rng.NormFloat64()*1.3-0.85) * 4.5 / 12
		r := book(fmt.Sprintf("b%06d", n), copyAt("chuo", fmt.Sprint(n)))
		r.Bib.AddedOn = library.Date{Year: 2000, Month: 1, Day: 1}
		if _, err := c.Put(ctx, r); err != nil {
			b.Fatal(err)
		}
	}
	month := func(ago int) {
		var rows [][]any
		for n := range rate {
			rate[n] *= math.Exp(rng.NormFloat64() * 0.1)
			loans, limit := 0, math.Exp(-rate[n])
			for p := rng.Float64(); p > limit && loans < 400; loans++ {
				p *= rng.Float64()
			}
			if loans > 0 {
				rows = append(rows, []any{fmt.Sprintf("b%06d", n), library.MonthOf(library.DateOf(now), ago), loans})
			}
		}
		err := d.Tx(ctx, func(tx *db.Tx) error {
			return tx.InsertRows(ctx, `INSERT INTO loan_count (bib_id, month, loans)`, rows, ``)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for ago := 12; ago > 0; ago-- {
		month(ago)
	}
	w, _, err := c.UpdateWanted(ctx, false)
	if err != nil {
		b.Fatal(err)
	}
	for class, n := range w.Classes {
		fmt.Printf("wanted_class_%d %.2f %%\n", class, 100*float64(n)/bibs)
	}
	most, all, waiting := 0, 0, 0
	var slowest time.Duration
	for range 12 {
		now = now.AddDate(0, 1, 0)
		month(1)
		start := time.Now()
		if w, _, err = c.UpdateWanted(ctx, false); err != nil {
			b.Fatal(err)
		}
		slowest = max(slowest, time.Since(start))
		most, all, waiting = max(most, w.Moved), all+w.Moved, max(waiting, w.Waiting)
	}
	fmt.Printf("wanted_moved_mean %.2f %%\nwanted_moved_most %.2f %%\nwanted_waiting_most %.2f %%\nwanted_job_slowest %.0f ms\n",
		100*float64(all)/12/bibs, 100*float64(most)/bibs, 100*float64(waiting)/bibs, float64(slowest.Milliseconds()))
}
