package library

import "time"

// Bounces is how often mails to an address came back.
type Bounces struct {
	Count    int       // of those that count
	Last     time.Time // zero: none
	Bouncing bool      // the address is not to be written to until it is confirmed again
}

const (
	// softBounces is how many mails may have come back for a while: a mailbox that was
	// full, a telephone that was off.
	softBounces = 3
	// softBounceFor is how long such a mail counts.
	softBounceFor = 30 * 24 * time.Hour
)

// After returns the bounces after another mail came back, for good (hard) or for a
// while. One that came back for good is enough, or three of the others within 30 days.
func (b Bounces) After(hard bool, at time.Time) Bounces {
	if at.Sub(b.Last) > softBounceFor {
		b.Count = 0
	}
	b.Count++
	b.Last = at
	b.Bouncing = b.Bouncing || hard || b.Count >= softBounces
	return b
}
