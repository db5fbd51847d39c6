package library

import "time"

// Policy is every number of the rules. A library changes them in the
// configuration of its central server; DefaultPolicy has what the guide says.
type Policy struct {
	IdleAfter      Seconds `json:"idle_after"`       // a session ends after so long without touch or scan
	IdleCountdown  Seconds `json:"idle_countdown"`   // the last part of IdleAfter, counted down on screen
	SessionLimit   Seconds `json:"session_limit"`    // and after so long in any case
	NewArrivalDays int     `json:"new_arrival_days"` // how long a bib counts as new
	LoanDays       int     `json:"loan_days"`        // guide: two weeks
	ShelfDays      int     `json:"shelf_days"`       // guide: 取置期間, open days from the day after contact
	MaxHolds       int     `json:"max_holds"`
}

// DefaultPolicy is the guide's.
func DefaultPolicy() Policy {
	return Policy{
		IdleAfter:      60,
		IdleCountdown:  15,
		SessionLimit:   600,
		NewArrivalDays: 60,
		LoanDays:       14,
		ShelfDays:      7,
		MaxHolds:       20,
	}
}

// Seconds is a span of time as it is written in settings.
type Seconds int

// Duration returns s as a time.Duration.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }
