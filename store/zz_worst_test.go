package store

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"
)

func BenchmarkWorst(b *testing.B) {
	c := cityOf(b)
	cat := c.open(b)
	mix := c.mix()
	type w struct {
		ms float64
		q  askedQuery
		n  string
	}
	var all []w
	for _, q := range mix {
		best := time.Hour
		runtime.LockOSThread()
		n := ""
		for range 3 {
			began := threadTime()
			p, err := cat.Search(b.Context(), q.Query, 0, 20)
			if err != nil {
				b.Fatal(err)
			}
			best = min(best, threadTime()-began)
			n = p.Count.String()
		}
		all = append(all, w{best.Seconds() * 1000, q, n})
	}
	slices.SortFunc(all, func(a, b w) int { return int((b.ms - a.ms) * 1000) })
	seen := map[string]int{}
	for _, x := range all {
		if seen[x.q.kind]++; seen[x.q.kind] <= 3 {
			p := planOf(x.q.Query)
			fmt.Printf("%.2f %s %q %s%s%s avail=%v n=%s exact=%v sure=%v\n", x.ms, x.q.kind, x.q.Words, x.q.Title, x.q.Creator, x.q.Subject, x.q.Available, x.n, p.exact, p.sure != "")
		}
	}
}
