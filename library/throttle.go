package library

import "time"

// Failures are the failed logins of one card since the last one that succeeded.
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
	if f.Count < p.ThrottleAfter {
		return 0, nil
	}
	pause := p.ThrottleMost.Duration()
	if doublings := f.Count - p.ThrottleAfter; doublings < 30 {
		pause = min(pause, p.ThrottleFirst.Duration()<<doublings)
	}
	if left := f.Last.Add(pause).Sub(now); left > 0 {
		return left, ErrTryLater
	}
	return 0, nil
}

// TerminalMayTry returns ErrTerminalThrottled when a terminal has seen as many
// different failing cards within TerminalWindow as it may.
func (p Policy) TerminalMayTry(failingCards int) error {
	if failingCards >= p.TerminalCards {
		return ErrTerminalThrottled
	}
	return nil
}
