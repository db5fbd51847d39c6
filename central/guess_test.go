package central_test

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// guesser tries to get at passwords with a number of cards, at a number of terminals.
// It has all the time that the clock gives it, knows the rules, and wastes no moment:
// whatever may be tried is tried at once, half by logging in and half by applying.
type guesser struct {
	s         *server
	policy    library.Policy
	cards     victims
	terminals []*terminal
	seen      []map[string]time.Time // by terminal: when each card was tried there last
	broken    int                    // how many guesses broke off, where the guesser makes them
}

// victim is a card, and when it may be tried again.
type victim struct {
	card string
	at   time.Time
}

// victims are a heap: the one that may be tried first is first.
type victims []victim

func (v victims) Len() int           { return len(v) }
func (v victims) Less(a, b int) bool { return v[a].at.Before(v[b].at) }
func (v victims) Swap(a, b int)      { v[a], v[b] = v[b], v[a] }
func (v *victims) Push(x any)        { *v = append(*v, x.(victim)) }
func (v *victims) Pop() any {
	last := (*v)[len(*v)-1]
	*v = (*v)[:len(*v)-1]
	return last
}

func newGuesser(s *server, cards, terminals int) *guesser {
	g := &guesser{s: s, policy: s.config.Site.Policy}
	for n := range cards {
		card := fmt.Sprint(100_000 + n)
		if n%10 == 0 { // the others are of nobody: no rule tells them apart
			s.patron(card, nil)
		}
		g.cards = append(g.cards, victim{card, s.now})
	}
	for range terminals {
		g.terminals = append(g.terminals, s.terminal())
		g.seen = append(g.seen, map[string]time.Time{})
	}
	return g
}

// run guesses for a span of time and returns how many guesses got through: to a
// password that was compared.
func (g *guesser) run(span time.Duration) (through int) {
	end := g.s.now.Add(span)
	for len(g.cards) > 0 {
		x := &g.cards[0]
		if x.at.After(g.s.now) {
			g.s.now = x.at
		}
		n := g.freeTerminal()
		if g.s.now.After(end) {
			return through
		}
		resp := g.guess(g.terminals[n], x.card)
		switch code := problemCode(g.s.t, resp); code {
		case "login_failed", "application_refused":
			through++
			g.seen[n][x.card] = g.s.now
		case protocol.CodeInternal:
			g.broken++
			g.seen[n][x.card] = g.s.now
		case "try_later":
			g.cards[0].at = g.s.now.Add(resp.wait)
			heap.Fix(&g.cards, 0)
		case "card_locked":
			if g.broken == 0 {
				heap.Pop(&g.cards)
				break
			}
			g.cards[0].at = g.s.now.Add(library.TakeBackWindow) // what broke off may be taken back
			heap.Fix(&g.cards, 0)
		default:
			g.s.t.Fatalf("a guess was answered with %q", code)
		}
	}
	return through
}

// freeTerminal returns a terminal that sees few enough cards fail, after it has waited
// until there is one.
func (g *guesser) freeTerminal() int {
	window := g.policy.TerminalWindow.Duration()
	for {
		var soonest time.Time
		start := rand.IntN(len(g.terminals))
		for i := range g.terminals {
			n := (start + i) % len(g.terminals)
			failing := 0
			for card, at := range g.seen[n] {
				if at.After(g.s.now.Add(-window)) {
					failing++
				} else {
					delete(g.seen[n], card)
				}
			}
			if failing < g.policy.TerminalCards {
				return n
			}
			for _, at := range g.seen[n] {
				if free := at.Add(window); soonest.IsZero() || free.Before(soonest) {
					soonest = free
				}
			}
		}
		g.s.now = soonest
	}
}

// guessed is the answer to a guess.
type guessed struct {
	*http.Response
	wait time.Duration
}

func (g *guesser) guess(x *terminal, card string) guessed {
	var resp *http.Response
	if rand.IntN(2) == 0 {
		resp = x.tryLogIn(card, "guessed")
	} else {
		resp = x.apply(newKey(), library.Application{Card: card, Phone: "0312345678", Password: "Guessed7"})
	}
	seconds, _ := time.ParseDuration(resp.Header.Get("Retry-After") + "s")
	return guessed{resp, seconds}
}

func problemCode(t testing.TB, resp guessed) string {
	var p protocol.Problem
	if resp.StatusCode < 400 {
		t.Fatalf("a guess was answered with %s", resp.Status)
	}
	decode(t, resp.Response, &p)
	return p.Code
}

// TestGuessing: no more guesses get through than the throttle promises, and the
// guesser is a good one: it gets all that it can.
func TestGuessing(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		start := s.now
		for _, tt := range []struct {
			cards, terminals int
			span             time.Duration
		}{
			{1, 20, 30 * 24 * time.Hour}, // one card, locked after its last try
			{25, 1, 0},                   // a terminal, before it sees no more cards
			{25, 1, 30 * time.Minute},
			{6, 2, 30 * 24 * time.Hour},
		} {
			s.now = start
			s.forget()
			most := s.config.Site.Policy.MostGuesses(tt.cards, tt.terminals, tt.span)
			got := newGuesser(s, tt.cards, tt.terminals).run(tt.span)
			if got > most || got < most/4 {
				t.Errorf("%d cards, %d terminals, %v: %d guesses got through, %d at most", tt.cards, tt.terminals, tt.span, got, most)
			}
			if tt.span > 24*time.Hour && got != most {
				t.Errorf("%d cards, %d terminals, %v: %d guesses got through in the end, not %d", tt.cards, tt.terminals, tt.span, got, most)
			}
		}
	})
}

// TestGuessingWithCrashes: who can make every other guess break off before it is judged
// gets no more of them than are taken back, and no more judged ones than anybody.
func TestGuessingWithCrashes(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		cfg := s.config
		cfg.Circulation = &unsteady{Circulation: s.ledger.Circulation(), looked: func() {
			if rand.IntN(2) == 0 {
				panic("a crash")
			}
		}}
		s.Service = central.New(cfg)
		start := s.now
		for _, tt := range []struct {
			cards, terminals int
			span             time.Duration
		}{{1, 20, 7 * 24 * time.Hour}, {25, 1, 30 * time.Minute}, {6, 2, 24 * time.Hour}} {
			s.now = start
			s.forget()
			p := s.config.Site.Policy
			judged, taken := p.MostGuesses(tt.cards, tt.terminals, tt.span), p.MostTakenBack(tt.cards, tt.span)
			g := newGuesser(s, tt.cards, tt.terminals)
			got := g.run(tt.span)
			if got > judged || got+g.broken > judged+taken {
				t.Errorf("%d cards, %d terminals, %v: %d guesses were judged, %d at most; with those that broke off %d, %d at most",
					tt.cards, tt.terminals, tt.span, got, judged, got+g.broken, judged+taken)
			}
			if most := tt.cards * p.LockAfter; tt.span > time.Hour && got+g.broken <= most {
				t.Errorf("%d cards, %d terminals, %v: nothing was taken back: %d guesses", tt.cards, tt.terminals, tt.span, got+g.broken)
			}
		}
	})
}

// countedTries counts the cards of which failed tries are counted, and the open tries.
const countedTries = `SELECT (SELECT count(*) FROM login_failure) + (SELECT count(*) FROM login_try WHERE taken_back_at = 0)`

// forget forgets all failures, as staff could.
func (s *server) forget() {
	s.t.Helper()
	s.exec(`DELETE FROM login_try`)
	s.exec(`DELETE FROM login_failure`)
	s.exec(`DELETE FROM terminal_failure`)
}

// BenchmarkGuessing prints how many guesses get through in a month, beside how many
// the throttle lets through at most.
func BenchmarkGuessing(b *testing.B) {
	for _, bench := range []struct {
		name             string
		cards, terminals int
	}{
		{"guess_1000_cards", 1000, 1},
		{"guess_100_terminals", 1, 100},
	} {
		const month = 30 * 24 * time.Hour
		s := newServer(b, dbtest.Open(b, dbtest.SQLite(b)))
		most := s.config.Site.Policy.MostGuesses(bench.cards, bench.terminals, month)
		got := newGuesser(s, bench.cards, bench.terminals).run(month)
		fmt.Printf("%s_tries %d count\n%s_most %d count\n", bench.name, got, bench.name, most)
		if got > most {
			b.Errorf("%d guesses got through, of %d at most", got, most)
		}
	}
}
