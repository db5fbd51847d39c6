package library_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"madoguchi/library"
)

func TestMayTry(t *testing.T) {
	p := library.DefaultPolicy()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		failures int
		since    time.Duration
		wait     time.Duration
		err      error
	}{
		{0, 0, 0, nil}, {4, 0, 0, nil},
		{5, 0, 30 * time.Second, library.ErrTryLater}, {5, 29 * time.Second, time.Second, library.ErrTryLater}, {5, 30 * time.Second, 0, nil},
		{6, 0, time.Minute, library.ErrTryLater}, {7, 0, 2 * time.Minute, library.ErrTryLater}, {11, 0, 32 * time.Minute, library.ErrTryLater},
		{12, 0, time.Hour, library.ErrTryLater}, {19, 0, time.Hour, library.ErrTryLater}, {19, time.Hour, 0, nil},
		{20, 1000 * time.Hour, 0, library.ErrCardLocked}, {21, 0, 0, library.ErrCardLocked},
	} {
		wait, err := p.MayTry(library.Failures{Count: tt.failures, Last: now.Add(-tt.since)}, now)
		if wait != tt.wait || !errors.Is(err, tt.err) {
			t.Errorf("%d failures, %v ago: %v, %v; want %v, %v", tt.failures, tt.since, wait, err, tt.wait, tt.err)
		}
	}
}

// A library that never locks makes a guesser wait for ever.
func TestThePauseNeverEnds(t *testing.T) {
	p := library.DefaultPolicy()
	p.LockAfter = 1000
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for failures := 12; failures < 1000; failures++ {
		if wait, err := p.MayTry(library.Failures{Count: failures, Last: now}, now); wait != time.Hour || !errors.Is(err, library.ErrTryLater) {
			t.Fatalf("after %d failures: %v, %v", failures, wait, err)
		}
	}
	// The clock of another server may be ahead of ours.
	if wait, err := p.MayTry(library.Failures{Count: 1, Last: now.Add(time.Second)}, now); wait != 0 || err != nil {
		t.Errorf("a failure in the future: %v, %v", wait, err)
	}
}

func TestMayTakeBack(t *testing.T) {
	p := library.DefaultPolicy()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		earlier []time.Duration // ago
		want    int
	}{
		{nil, 3}, {[]time.Duration{0}, 2}, {[]time.Duration{0, time.Minute}, 1}, {[]time.Duration{0, 0, 59 * time.Minute}, 0},
		{[]time.Duration{0, 0, time.Hour}, 1}, {[]time.Duration{time.Hour, time.Hour, time.Hour}, 3}, {[]time.Duration{0, 0, 0, 0}, 0},
		{[]time.Duration{-time.Minute}, 2}, // by a server whose clock is ahead
	} {
		var earlier []time.Time
		for _, ago := range tt.earlier {
			earlier = append(earlier, now.Add(-ago))
		}
		if got := p.MayTakeBack(earlier, now); got != tt.want {
			t.Errorf("after %v: %d, want %d", tt.earlier, got, tt.want)
		}
	}
	p.TakeBack = 0
	if got := p.MayTakeBack(nil, now); got != 0 {
		t.Errorf("none may be taken back, and %d are", got)
	}
}

// TestNoMoreIsTakenBack: however often is asked, no more is taken back in a span than
// MostTakenBack says, and all of that can be.
func TestNoMoreIsTakenBack(t *testing.T) {
	p := library.DefaultPolicy()
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	var taken []time.Time
	for now := start; now.Sub(start) <= 24*time.Hour; now = now.Add(time.Minute) {
		for range p.MayTakeBack(taken, now) {
			taken = append(taken, now)
		}
		if most := p.MostTakenBack(1, now.Sub(start)); len(taken) != most {
			t.Fatalf("after %v: %d, of %d at most", now.Sub(start), len(taken), most)
		}
	}
}

func TestMostGuesses(t *testing.T) {
	p := library.DefaultPolicy()
	const month = 30 * 24 * time.Hour
	for _, tt := range []struct {
		cards, terminals int
		span             time.Duration
		want             int
	}{
		{1, 1, 0, 5}, {1, 1, 29 * time.Second, 5}, {1, 1, 30 * time.Second, 6}, {1, 1, 90 * time.Second, 7}, {1, 1, 210 * time.Second, 8},
		{1, 1, 450 * time.Second, 9}, {1, 1, 930 * time.Second, 10},
		{1, 1, month, 20},    // then it is locked
		{1, 100, month, 20},  // terminals do not help
		{1000, 1, 0, 10 * 5}, // of a thousand cards a terminal sees ten
		{1000, 1, 599 * time.Second, 10 * 9},
		{1000, 1, 600 * time.Second, 20 * 9},
		{1000, 1, month, 20_000}, // with a month's time each card is locked
		{1000, 100, 0, 5000},
		{0, 100, month, 0}, {100, 0, month, 0},
	} {
		if got := p.MostGuesses(tt.cards, tt.terminals, tt.span); got != tt.want {
			t.Errorf("%d cards, %d terminals, %v: %d, want %d", tt.cards, tt.terminals, tt.span, got, tt.want)
		}
	}
}

// TestNoOrderOfTriesGetsMore: whatever a guesser does in whatever order, no more
// tries get through than MostGuesses says.
func TestNoOrderOfTriesGetsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := library.DefaultPolicy()
		p.ThrottleAfter = rapid.IntRange(1, 4).Draw(t, "after")
		p.LockAfter = rapid.IntRange(1, 9).Draw(t, "lock")
		p.ThrottleFirst = library.Seconds(rapid.IntRange(1, 40).Draw(t, "first"))
		p.ThrottleMost = library.Seconds(rapid.IntRange(1, 100).Draw(t, "most"))
		p.TerminalCards = rapid.IntRange(1, 4).Draw(t, "cards at a terminal")
		p.TerminalWindow = library.Seconds(rapid.IntRange(1, 60).Draw(t, "window"))
		cards := rapid.IntRange(1, 6).Draw(t, "cards")
		terminals := rapid.IntRange(1, 3).Draw(t, "terminals")

		start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
		now, through := start, 0
		failures := make([]library.Failures, cards)
		last := make([]map[int]time.Time, terminals)
		for n := range last {
			last[n] = map[int]time.Time{}
		}
		for range rapid.IntRange(0, 300).Draw(t, "tries") {
			now = now.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "seconds")) * time.Second)
			card, terminal := rapid.IntRange(0, cards-1).Draw(t, "card"), rapid.IntRange(0, terminals-1).Draw(t, "terminal")
			failing := 0
			for _, at := range last[terminal] {
				if at.After(now.Add(-p.TerminalWindow.Duration())) {
					failing++
				}
			}
			if p.TerminalMayTry(failing) != nil {
				continue
			}
			if _, err := p.MayTry(failures[card], now); err != nil {
				continue
			}
			failures[card] = library.Failures{Count: failures[card].Count + 1, Last: now}
			last[terminal][card] = now
			through++
		}
		if most := p.MostGuesses(cards, terminals, now.Sub(start)); through > most {
			t.Fatalf("%d tries got through, of %d at most", through, most)
		}
	})
}
