package library

import (
	"fmt"
	"time"
)

// Policy is every number of the rules. A library changes them in the
// configuration of its central server; DefaultPolicy has what the guide says.
// docs/settings.md is made of these comments and of Bounds.
type Policy struct {
	IdleAfter      Seconds `json:"idle_after" toml:"idle_after"`             // a session ends after so long without touch or scan
	IdleCountdown  Seconds `json:"idle_countdown" toml:"idle_countdown"`     // the last part of idle_after, counted down on screen
	SessionLimit   Seconds `json:"session_limit" toml:"session_limit"`       // a session ends after so long in any case
	NewArrivalDays int     `json:"new_arrival_days" toml:"new_arrival_days"` // how long a bib counts as new
	LoanDays       int     `json:"loan_days" toml:"loan_days"`               // how long a loan lasts, and a renewal from its day on (guide: 2週間)
	DueOnOpenDay   bool    `json:"due_on_open_day" toml:"due_on_open_day"`   // whether what would fall due on a closed day of the branch that lent it falls due on its next open day
	RenewalLimit   int     `json:"renewal_limit" toml:"renewal_limit"`       // how often a loan may be renewed (guide: 1回に限り)
	RenewAllDays   int     `json:"renew_all_days" toml:"renew_all_days"`     // how many days a renewal must add to a loan for 「まとめて延長」 to take it along
	MaxLoans       int     `json:"max_loans" toml:"max_loans"`               // how many loans a patron may have; 0: no limit
	ShelfDays      int     `json:"shelf_days" toml:"shelf_days"`             // how many open days a copy stands ready, from the day after contact (guide: 取置期間は1週間)
	MaxHolds       int     `json:"max_holds" toml:"max_holds"`               // how many active holds a patron may have
	SequenceAfter  string  `json:"sequence_after" toml:"sequence_after"`     // a later volume of a 順番予約 gets a copy when each earlier one is this: allocated (guide: 割り当てられないと), ready or collected; or has ended
	PickAfter      Seconds `json:"pick_after" toml:"pick_after"`             // how long a copy that stands on a shelf is set aside for a hold before staff fetch it; the hold can still be changed
	CallAttempts   int     `json:"call_attempts" toml:"call_attempts"`       // on how many open days a patron is called in vain before the last call counts as told
	PaperDays      int     `json:"paper_days" toml:"paper_days"`             // how old a paper form may be, in days, when it is entered
	ExpireHour     int     `json:"expire_hour" toml:"expire_hour"`           // from this hour on holds expire each morning
	HoldShownDays  int     `json:"hold_shown_days" toml:"hold_shown_days"`   // how long cancelled and expired holds stay on the list (guide: 2週間は表示が残ります)

	ThrottleAfter  int     `json:"throttle_after" toml:"throttle_after"`   // failed logins of a card before it must pause
	ThrottleFirst  Seconds `json:"throttle_first" toml:"throttle_first"`   // the first pause, doubled with each further failure
	ThrottleMost   Seconds `json:"throttle_most" toml:"throttle_most"`     // the longest pause
	LockAfter      int     `json:"lock_after" toml:"lock_after"`           // failed logins before only staff can help
	TakeBack       int     `json:"take_back" toml:"take_back"`             // how many tries of a card that were not judged when the server broke off count no longer, in an hour
	TerminalCards  int     `json:"terminal_cards" toml:"terminal_cards"`   // how many different cards may fail at one terminal within terminal_window
	TerminalWindow Seconds `json:"terminal_window" toml:"terminal_window"` // see terminal_cards

	PasswordMin     int     `json:"password_min" toml:"password_min"`           // how many characters a password has at least (guide: 6~20文字)
	PasswordMax     int     `json:"password_max" toml:"password_max"`           // how many characters it has at most
	PasswordCharset string  `json:"password_charset" toml:"password_charset"`   // of which characters it is: letters and digits, or digits alone
	TemporaryFor    Seconds `json:"temporary_for" toml:"temporary_for"`         // how long a temporary password is valid at most; it ends when a permanent one is set
	EmailCodeFor    Seconds `json:"email_code_for" toml:"email_code_for"`       // how long the code of a confirmation mail is valid
	EmailCodeTries  int     `json:"email_code_tries" toml:"email_code_tries"`   // how often such a code may be tried
	EmailCodeAgain  Seconds `json:"email_code_again" toml:"email_code_again"`   // how long a patron waits before another code is sent to the same address
	EmailCodesADay  int     `json:"email_codes_a_day" toml:"email_codes_a_day"` // how many codes a patron is sent in a day

	WebLimit Seconds `json:"web_limit" toml:"web_limit"` // a session at the library's home page ends after so long in any case
	WebIdle  Seconds `json:"web_idle" toml:"web_idle"`   // it also ends after so long without a request, such as a page that was left open
	WebCards int     `json:"web_cards" toml:"web_cards"` // how many different cards may fail at the home page within terminal_window, those of all visitors together; of one visitor terminal_cards

	StaffLimit      Seconds `json:"staff_limit" toml:"staff_limit"`             // a staff member's session ends after so long in any case
	StaffIdle       Seconds `json:"staff_idle" toml:"staff_idle"`               // it also ends after so long without a request
	StaffScreenIdle Seconds `json:"staff_screen_idle" toml:"staff_screen_idle"` // the staff menu of a terminal ends after so long without touch or scan
}

// DefaultPolicy is the guide's.
func DefaultPolicy() Policy {
	return Policy{
		IdleAfter:       60,
		IdleCountdown:   15,
		SessionLimit:    600,
		NewArrivalDays:  60,
		LoanDays:        14,
		DueOnOpenDay:    true,
		RenewalLimit:    1,
		RenewAllDays:    7,
		ShelfDays:       7,
		MaxHolds:        20,
		SequenceAfter:   AfterReady,
		PickAfter:       600,
		CallAttempts:    3,
		PaperDays:       60,
		ExpireHour:      6,
		HoldShownDays:   14,
		ThrottleAfter:   5,
		ThrottleFirst:   30,
		ThrottleMost:    3600,
		LockAfter:       20,
		TakeBack:        3,
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
		WebLimit:        4 * 3600,
		WebIdle:         1800,
		WebCards:        300,
		StaffLimit:      8 * 3600,
		StaffIdle:       900,
		StaffScreenIdle: 120,
	}
}

// longestPassword is the longest password that a library may allow, in characters.
const longestPassword = 64

const (
	aYear   = 366 // days
	aDay    = Seconds(24 * 3600)
	forEver = 1_000_000_000 // where nothing but sense sets a bound
)

// Bound is what a number of the policy may be.
type Bound struct {
	Setting     string // its name in the settings
	Value       int
	Least, Most int
}

// String says it: "2 to 60", "1 or more".
func (b Bound) String() string {
	if b.Most == forEver {
		return fmt.Sprintf("%d or more", b.Least)
	}
	return fmt.Sprintf("%d to %d", b.Least, b.Most)
}

// Bounds are those of all numbers. Some hang on others: see Validate.
func (p Policy) Bounds() []Bound {
	return []Bound{
		{"idle_after", int(p.IdleAfter), 2, int(aDay)},
		{"session_limit", int(p.SessionLimit), 1, int(aDay)},
		{"new_arrival_days", p.NewArrivalDays, 1, 10 * aYear},
		{"loan_days", p.LoanDays, 1, aYear},
		{"renewal_limit", p.RenewalLimit, 0, 1000},
		{"renew_all_days", p.RenewAllDays, 0, aYear},
		{"max_loans", p.MaxLoans, 0, forEver},
		{"shelf_days", p.ShelfDays, 1, aYear},
		{"max_holds", p.MaxHolds, 1, forEver},
		{"pick_after", int(p.PickAfter), 0, int(aDay)},
		{"call_attempts", p.CallAttempts, 1, 1000},
		{"paper_days", p.PaperDays, 1, 10 * aYear},
		{"expire_hour", p.ExpireHour, 0, 23},
		{"hold_shown_days", p.HoldShownDays, 0, aYear},
		{"throttle_after", p.ThrottleAfter, 1, forEver},
		{"throttle_first", int(p.ThrottleFirst), 1, int(aDay)},
		{"throttle_most", int(p.ThrottleMost), 1, int(30 * aDay)},
		{"lock_after", p.LockAfter, 1, forEver},
		{"take_back", p.TakeBack, 0, 1000},
		{"terminal_cards", p.TerminalCards, 1, forEver},
		{"terminal_window", int(p.TerminalWindow), 1, int(aDay)},
		{"password_min", p.PasswordMin, 1, longestPassword},
		{"password_max", p.PasswordMax, p.PasswordMin, longestPassword},
		{"temporary_for", int(p.TemporaryFor), 1, int(30 * aDay)},
		{"email_code_for", int(p.EmailCodeFor), 1, int(aDay)},
		{"email_code_tries", p.EmailCodeTries, 1, 1000},
		{"email_code_again", int(p.EmailCodeAgain), 1, int(aDay)},
		{"email_codes_a_day", p.EmailCodesADay, 1, 1000},
		{"web_limit", int(p.WebLimit), 1, int(30 * aDay)},
		{"web_idle", int(p.WebIdle), 1, int(30 * aDay)},
		{"web_cards", p.WebCards, 1, forEver},
		{"staff_limit", int(p.StaffLimit), 1, int(30 * aDay)},
		{"staff_idle", int(p.StaffIdle), 1, int(30 * aDay)},
		{"staff_screen_idle", int(p.StaffScreenIdle), 2, int(aDay)},
		{"idle_countdown", int(p.IdleCountdown), 1, min(int(p.IdleAfter), int(p.StaffScreenIdle)) - 1}, // the last part of both, which are known to be right by now
	}
}

// Validate returns the first thing that is wrong with the policy, in a sentence that
// names the setting and what it may be.
func (p Policy) Validate() error {
	for _, b := range p.Bounds() {
		switch {
		case b.Value >= b.Least && b.Value <= b.Most:
		case b.Setting == "idle_countdown" && b.Value > 0:
			return fmt.Errorf("idle_countdown = %d: it must be less than idle_after and staff_screen_idle, of which it is the last part", b.Value)
		case b.Setting == "password_max" && b.Value < b.Least:
			return fmt.Errorf("password_max = %d: it must be at least password_min, which is %d", b.Value, b.Least)
		case b.Most == forEver:
			return fmt.Errorf("%s = %d: it must be at least %d", b.Setting, b.Value, b.Least)
		default:
			return fmt.Errorf("%s = %d: it must be between %d and %d", b.Setting, b.Value, b.Least, b.Most)
		}
	}
	if p.PasswordCharset != CharsetAlnum && p.PasswordCharset != CharsetDigits {
		return fmt.Errorf("password_charset = %q: it must be %q or %q", p.PasswordCharset, CharsetAlnum, CharsetDigits)
	}
	if p.SequenceAfter != AfterAllocated && p.SequenceAfter != AfterReady && p.SequenceAfter != AfterCollected {
		return fmt.Errorf("sequence_after = %q: it must be %q, %q or %q", p.SequenceAfter, AfterAllocated, AfterReady, AfterCollected)
	}
	return nil
}

// Seconds is a span of time as it is written in settings.
type Seconds int

// Duration returns s as a time.Duration.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }
