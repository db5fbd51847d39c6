package screen

import "time"

// After restAfter without a touch nobody notices that the next one is seen so much
// later: a patron who reads, and one who comes to a terminal where nobody was.
const (
	restAfter    = 2 * time.Second
	readingDelay = 50 * time.Millisecond
	comingDelay  = 100 * time.Millisecond
)

// Rest returns how long the screen can be left to itself, 0 while it is touched or
// waits for something.
func (a *App) Rest() time.Duration {
	switch {
	case a.loading > 0 || a.cfg.Now().Sub(a.moved) < restAfter:
		return 0
	case a.session.Active():
		return readingDelay
	}
	return comingDelay
}
