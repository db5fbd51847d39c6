package central_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/secret"
	"madoguchi/library"
)

// BenchmarkLogin prints figures of logins at the real cost of a hash, a "name value
// unit" a line: whether the time tells which cards exist, and which have a temporary
// password, and how many logins the server answers beside the hash's own limit.
func BenchmarkLogin(b *testing.B) {
	s, hasher := newSlowServer(b)
	s.patron("1001", nil)
	s.patron("1002", nil)
	x := s.terminal()
	made, err := s.passwords.NewTemporary(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	err = s.db.Tx(b.Context(), func(tx *db.Tx) error {
		_, err := s.passwords.GiveTemporary(b.Context(), tx, made, library.Patron{ID: "p1002", Card: "1002"}, s.config.Site.Policy, library.Date{})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	logIn := func(card, password string) func(int) {
		return func(int) { x.tryLogIn(card, password) }
	}
	unknown := func(password string) func(int) { // a new card each time, as a guesser would
		return func(n int) { x.tryLogIn(fmt.Sprint(5000+n), password) }
	}
	timing("login", 300, []timed{{"unknown", unknown("wrong")}, {"known", logIn("1001", "wrong")}})
	// What could be a temporary password takes a second hash, whoever is asked for.
	const digits = "0123456789"
	timing("login_digits", 100, []timed{{"unknown", unknown(digits)}, {"known", logIn("1001", digits)}, {"temporary", logIn("1002", digits)}})
	loginRate(b, s, hasher)
}

// BenchmarkApplying prints whether the time of a refused application tells what was
// wrong with it.
func BenchmarkApplying(b *testing.B) {
	s, _ := newSlowServer(b)
	s.hanako()
	s.patron("1002", func(p *library.Patron) { p.BornOn = library.Date{Year: 2012, Month: 7, Day: 3} })
	s.patron("1003", func(p *library.Patron) { p.Phones = []string{"0312345678"} })
	x := s.terminal()
	apply := func(change func(a *library.Application, n int)) func(int) {
		return func(n int) {
			a := application(func(a *library.Application) { a.Terms = "" })
			change(&a, n)
			x.apply(newKey(), a)
		}
	}
	timing("apply", 100, []timed{
		{"unknown_card", apply(func(a *library.Application, n int) { a.Card = fmt.Sprint(5000 + n) })},
		{"wrong_birth", apply(func(a *library.Application, _ int) { a.BornOn = a.BornOn.Add(1) })},
		{"wrong_phone", apply(func(a *library.Application, _ int) { a.Phone = "0312345679" })},
		{"no_phone", apply(func(a *library.Application, _ int) { a.Card = "1002" })},
		{"no_birth", apply(func(a *library.Application, _ int) { a.Card = "1003" })},
	})
	// Outdated terms are said before anybody is looked up.
	timing("apply_terms", 100, []timed{
		{"unknown_card", apply(func(a *library.Application, n int) { a.Card, a.Terms = fmt.Sprint(5000+n), "1999" })},
		{"right_card", apply(func(a *library.Application, _ int) { a.Terms = "1999" })},
	})
}

// newSlowServer is a server with hashes of the real cost, and a throttle that lets
// everything through to be measured.
func newSlowServer(b *testing.B) (*server, *secret.Hasher) {
	b.Helper()
	s := newServer(b, dbtest.Open(b, dbtest.SQLite(b)))
	hasher, err := secret.New([]byte(pepper), secret.DefaultCost())
	if err != nil {
		b.Fatal(err)
	}
	s.passwords, err = central.NewPasswords(b.Context(), s.db, hasher, func() time.Time { return s.now })
	if err != nil {
		b.Fatal(err)
	}
	cfg := s.config
	cfg.Passwords = s.passwords
	p := &cfg.Site.Policy
	p.ThrottleAfter, p.LockAfter, p.TerminalCards = 1<<30, 1<<30, 1<<30
	s.Service = central.New(cfg)
	return s, hasher
}

// timed is something of which the time is taken; n counts how often.
type timed struct {
	name string
	do   func(n int)
}

// timing takes the time of each in turn, in an order that changes, and prints their
// medians, and how likely those of each differ so much from the first one's by chance.
func timing(name string, times int, all []timed) {
	took := make([][]float64, len(all))
	for n := range times + 5 {
		for _, i := range rand.Perm(len(all)) {
			began := time.Now()
			all[i].do(n)
			if n >= 5 { // warm
				took[i] = append(took[i], time.Since(began).Seconds()*1000)
			}
		}
	}
	for i := range all {
		slices.Sort(took[i])
		figure(name+"_"+all[i].name+"_p50", took[i][times/2], "ms")
		if i > 0 {
			figure(name+"_"+all[i].name+"_ks_p", kolmogorovSmirnov(took[0], took[i]), "p")
		}
	}
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
