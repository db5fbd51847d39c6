package library

import "time"

// Policy is every number of the rules. A library changes them in the
// configuration of its central server; DefaultPolicy has what the guide says.
type Policy struct {
	IdleAfter      Seconds `json:"idle_after"`       // a session ends after so long without touch or scan
	IdleCountdown  Seconds `json:"idle_countdown"`   // the last part of IdleAfter, counted down on screen
	SessionLimit   Seconds `json:"session_limit"`    // and after so long in any case
	NewArrivalDays int     `json:"new_arrival_days"` // how long a bib counts as new
	LoanDays       int     `json:"loan_days"`        // guide: two weeks, for a renewal too
	RenewalLimit   int     `json:"renewal_limit"`    // guide: 1回に限り
	ShelfDays      int     `json:"shelf_days"`       // guide: 取置期間, open days from the day after contact
	MaxHolds       int     `json:"max_holds"`
	ExpireHour     int     `json:"expire_hour"`     // from this hour on, 0 to 23, holds expire each morning
	HoldShownDays  int     `json:"hold_shown_days"` // guide: cancelled ones stay on the list for two weeks; expired ones too

	ThrottleAfter  int     `json:"throttle_after"`  // failed logins of a card before it must pause
	ThrottleFirst  Seconds `json:"throttle_first"`  // the first pause, doubled with each further failure
	ThrottleMost   Seconds `json:"throttle_most"`   // the longest
	LockAfter      int     `json:"lock_after"`      // failed logins before only staff can help
	TerminalCards  int     `json:"terminal_cards"`  // different failing cards at one terminal …
	TerminalWindow Seconds `json:"terminal_window"` // … within so long

	PasswordMin     int     `json:"password_min"`     // guide: 6~20文字
	PasswordMax     int     `json:"password_max"`     //
	PasswordCharset string  `json:"password_charset"` // CharsetAlnum or CharsetDigits
	TemporaryFor    Seconds `json:"temporary_for"`    // how long a temporary password is valid
	EmailCodeFor    Seconds `json:"email_code_for"`   // how long the code of a confirmation mail is valid
	EmailCodeTries  int     `json:"email_code_tries"` // and how often it may be tried
	EmailCodeAgain  Seconds `json:"email_code_again"` // how long a patron waits before another code is sent to the same address
	EmailCodesADay  int     `json:"email_codes_a_day"`

	StaffLimit      Seconds `json:"staff_limit"`       // a staff member's session ends after so long in any case
	StaffIdle       Seconds `json:"staff_idle"`        // and after so long without a request
	StaffScreenIdle Seconds `json:"staff_screen_idle"` // the staff menu of a terminal ends after so long without touch or scan
}

// DefaultPolicy is the guide's.
func DefaultPolicy() Policy {
	return Policy{
		IdleAfter:       60,
		IdleCountdown:   15,
		SessionLimit:    600,
		NewArrivalDays:  60,
		LoanDays:        14,
		RenewalLimit:    1,
		ShelfDays:       7,
		MaxHolds:        20,
		ExpireHour:      6,
		HoldShownDays:   14,
		ThrottleAfter:   5,
		ThrottleFirst:   30,
		ThrottleMost:    3600,
		LockAfter:       20,
		TerminalCards:   10,
		TerminalWindow:  600,
		PasswordMin:     6,
		PasswordMax:     20,
		PasswordCharset: CharsetAlnum,
		TemporaryFor:    24 * 3600,
		EmailCodeFor:    1800,
		EmailCodeTries:  5,
		EmailCodeAgain:  60,
		EmailCodesADay:  10,
		StaffLimit:      8 * 3600,
		StaffIdle:       900,
		StaffScreenIdle: 120,
	}
}

// Seconds is a span of time as it is written in settings.
type Seconds int

// Duration returns s as a time.Duration.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }
