package central_test

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/secret"
)

// BenchmarkLogin prints figures of logins at the real cost of a hash, a "name value
// unit" a line: whether the time tells which cards exist, and how many logins the
// server answers beside the hash's own limit.
func BenchmarkLogin(b *testing.B) {
	s := newServer(b, dbtest.Open(b, dbtest.SQLite(b)))
	hasher, err := secret.New([]byte(pepper), secret.DefaultCost())
	if err != nil {
		b.Fatal(err)
	}
	s.passwords, err = central.NewPasswords(b.Context(), s.db, hasher, nil)
	if err != nil {
		b.Fatal(err)
	}
	cfg := s.config
	cfg.Passwords = s.passwords
	p := &cfg.Site.Policy // the throttle would let nobody measure
	p.ThrottleAfter, p.LockAfter, p.TerminalCards = 1<<30, 1<<30, 1<<30
	s.Service = central.New(cfg)
	s.patron("1001", nil)
	loginTiming(s.terminal())
	loginRate(b, s, hasher)
}

// loginTiming compares a wrong password for a card that exists with a card that does
// not, in turn.
func loginTiming(x *terminal) {
	var known, unknown []float64
	took := func(card string) float64 {
		began := time.Now()
		x.tryLogIn(card, "wrong")
		return time.Since(began).Seconds() * 1000
	}
	for range 5 { // warm
		took("1001")
		took("9999")
	}
	for n := range 300 {
		card := fmt.Sprint(5000 + n) // a new one each time, as a guesser would
		if n%2 == 0 {
			known, unknown = append(known, took("1001")), append(unknown, took(card))
		} else {
			unknown, known = append(unknown, took(card)), append(known, took("1001"))
		}
	}
	slices.Sort(known)
	slices.Sort(unknown)
	figure("login_known_p50", known[150], "ms")
	figure("login_unknown_p50", unknown[150], "ms")
	figure("login_timing_ks_p", kolmogorovSmirnov(known, unknown), "p")
}

// loginRate measures right logins from many terminals at once, and the bare hash, in
// turn.
func loginRate(b *testing.B, s *server, hasher *secret.Hasher) {
	const rounds, atOnce = 8, 12
	var terminals []*terminal
	for n := range atOnce {
		s.patron(fmt.Sprint(2000+n), nil)
		terminals = append(terminals, s.terminal())
	}
	took := func(work func(n int)) time.Duration {
		var all sync.WaitGroup
		began := time.Now()
		for n := range atOnce {
			all.Go(func() { work(n) })
		}
		all.Wait()
		return time.Since(began)
	}
	var logins, hashes time.Duration
	for range rounds {
		logins += took(func(n int) { terminals[n].logIn(fmt.Sprint(2000 + n)) })
		hashes += took(func(int) {
			if _, err := hasher.Hash(b.Context(), "x"); err != nil {
				b.Error(err)
			}
		})
	}
	figure("logins", rounds*atOnce/logins.Seconds(), "1/s")
	figure("login_hash_limit", rounds*atOnce/hashes.Seconds(), "1/s")
}

func figure(name string, value float64, unit string) { fmt.Printf("%s %.4g %s\n", name, value, unit) }

// kolmogorovSmirnov returns how likely two sorted samples of one distribution differ
// at least as much as these, by the largest distance of their distribution functions.
func kolmogorovSmirnov(a, b []float64) float64 {
	distance, i, j := 0.0, 0, 0
	for i < len(a) && j < len(b) {
		at := min(a[i], b[j])
		for i < len(a) && a[i] == at {
			i++
		}
		for j < len(b) && b[j] == at {
			j++
		}
		distance = max(distance, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	n := math.Sqrt(float64(len(a)) * float64(len(b)) / float64(len(a)+len(b)))
	x := (n + 0.12 + 0.11/n) * distance
	p := 0.0
	for k := 1.0; k <= 100; k++ {
		p += 2 * math.Pow(-1, k-1) * math.Exp(-2*k*k*x*x)
	}
	if x < 0.2 { // where the series converges slowly, and the answer is 1
		p = 1
	}
	return min(max(p, 0), 1)
}

func TestKolmogorovSmirnov(t *testing.T) {
	same, shifted := make([]float64, 300), make([]float64, 300)
	for i := range same {
		same[i] = float64(i)
		shifted[i] = float64(i) + 60
	}
	if p := kolmogorovSmirnov(same, same); p < 0.999 {
		t.Errorf("the same sample: %v", p)
	}
	if p := kolmogorovSmirnov(same, shifted); p > 1e-4 {
		t.Errorf("a sample shifted by a fifth: %v", p)
	}
	// D = 0.11 with 300 each: 0.0479 by the tables' formula.
	for i := range shifted {
		shifted[i] = float64(i) + 33
	}
	if p := kolmogorovSmirnov(same, shifted); p < 0.04 || p > 0.06 {
		t.Errorf("D = 0.11: %v", p)
	}
}
