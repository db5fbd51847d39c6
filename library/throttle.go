package library

import "time"

// Failures are the failed logins of one card since the last one that succeeded, and those
// that are being judged.
type Failures struct {
	Count int
	Last  time.Time
}

// MayTry returns nil when a login with a card may be tried, ErrCardLocked when only
// staff can help, and ErrTryLater with the time to wait otherwise: after
// ThrottleAfter failures ThrottleFirst, doubled with each further one up to
// ThrottleMost. It does not depend on whether there is such a card.
func (p Policy) MayTry(f Failures, now time.Time) (wait time.Duration, err error) {
	if f.Count >= p.LockAfter {
		return 0, ErrCardLocked
	}
	pause := p.pause(f.Count)
	if left := f.Last.Add(pause).Sub(now); pause > 0 && left > 0 {
		return left, ErrTryLater
	}
	return 0, nil
}

// pause is how long a card must wait after so many failures.
func (p Policy) pause(failures int) time.Duration {
	doublings := failures - p.ThrottleAfter
	first, most := p.ThrottleFirst.Duration(), p.ThrottleMost.Duration()
	switch {
	case doublings < 0:
		return 0
	case doublings >= 60, first > most>>doublings: // said so, it cannot overflow
		return most
	}
	return first << doublings
}

// TerminalMayTry returns ErrTerminalThrottled when a terminal has seen as many
// different failing cards within TerminalWindow as it may.
func (p Policy) TerminalMayTry(failingCards int) error {
	if failingCards >= p.TerminalCards {
		return ErrTerminalThrottled
	}
	return nil
}

// WebMayTry is TerminalMayTry of the library's home page: a visitor has seen as many
// failing cards as a terminal may, or all visitors together have seen WebCards, which
// bounds who comes as another visitor with each try.
func (p Policy) WebMayTry(visitorsCards, allCards int) error {
	if allCards >= p.WebCards {
		return ErrTerminalThrottled
	}
	return p.TerminalMayTry(visitorsCards)
}

// TakeBackWindow is within what time no more than Policy.TakeBack tries of a card are
// taken back.
const TakeBackWindow = time.Hour

// MayTakeBack returns how many of the tries of a card that a process left open when it
// ended may be taken back now, where earlier ones were taken back at those times. Nobody
// was told whether their password was right, and their patrons may be honest; but who can
// make a server end must not have any number of them.
func (p Policy) MayTakeBack(earlier []time.Time, now time.Time) int {
	may := p.TakeBack
	for _, at := range earlier {
		if at.After(now.Add(-TakeBackWindow)) {
			may--
		}
	}
	return max(may, 0)
}

// MostTakenBack returns how many tries with so many cards are taken back at most within a
// span of time.
func (p Policy) MostTakenBack(cards int, span time.Duration) int {
	return cards * p.TakeBack * (int(span/TakeBackWindow) + 1)
}

// MostGuesses returns how many passwords at most anybody gets to try within a span of
// time who has so many cards and so many terminals, whatever the order of the tries:
// no more than each card may be tried, and no more than each terminal lets through. It
// does not count what the patrons' own logins, and staff who lift a lock, give back, nor
// what is taken back: see MostTakenBack.
func (p Policy) MostGuesses(cards, terminals int, span time.Duration) int {
	window := p.TerminalWindow.Duration()
	// Between two tries at a terminal that are less than a window apart there are never
	// more cards than TerminalCards, and each of them pauses as at its first tries at least.
	inWindow := p.TerminalCards * p.triesWithin(min(span, window))
	atTerminal := (int(span/window) + 1) * inWindow
	return min(cards*p.triesWithin(span), terminals*atTerminal)
}

// triesWithin is how often one card can be tried within a span, the first try at its
// beginning.
func (p Policy) triesWithin(span time.Duration) int {
	tries := 1
	for at := p.pause(1); tries < p.LockAfter && at <= span; at += p.pause(tries) {
		tries++
	}
	return tries
}
