// Package session knows that somebody stands at the kiosk: since when, for how
// much longer, with which preferences, and what a scan means to them. It has no
// screen; the screen hears of the countdown and the end through two callbacks.
package session

import (
	"slices"
	"sync"
	"time"

	"madoguchi/library"
)

// Reason says why a session ended.
type Reason string

// The reasons.
const (
	Ended Reason = "ended" // the patron pressed 終了
	Idle  Reason = "idle"  // no touch and no scan for Policy.IdleAfter, or StaffScreenIdle
	Limit Reason = "limit" // Policy.SessionLimit is used up, or StaffLimit
	Other Reason = "other" // another card was scanned, or staff logged in
)

// Preferences are what a patron chose for the time of the session. The zero value
// is the terminal's own choice.
type Preferences struct {
	Language string
	TextSize string
	Scheme   string
}

// Patron is who is logged in. The zero value is nobody.
type Patron struct {
	Card string // in its normal form
	Name string
}

// Staff is the staff member who is logged in. The zero value is nobody.
type Staff struct {
	Name string
	Card string // number of the staff card, "" where the name was typed
}

// CartLine is a bib in the hold cart (予約カート). Collecting needs no login.
type CartLine struct {
	Bib      library.BibID
	Title    string // as it is shown
	Work     string // the title without the volume
	Volume   string
	Creators string
	Now      bool // to be held with the next confirmation; otherwise it stays in the cart
}

// Config is what a Session needs. The callbacks come one after the other, in the
// order of what happened, from the goroutine of a call or of a timer; they may
// call the Session, except Close. Any of the three may be nil.
type Config struct {
	// Policy is asked at every touch; spans that are not above zero are
	// taken from library.DefaultPolicy, and so is all of it without Policy.
	Policy func() library.Policy
	// OnCountdown is told the time left, once a second over the last
	// Policy.IdleCountdown before the end, and 0 when a touch has called
	// the countdown off. Session.Left says whether a touch can.
	OnCountdown func(left time.Duration)
	// OnEnd is told of the end of a session, once, when everything that
	// the session held is already gone.
	OnEnd func(Reason)
}

// Session is the one session of a terminal, which begins with a touch and ends
// again and again. Its methods may be called from any goroutine.
type Session struct {
	cfg Config

	mu       sync.Mutex
	active   bool
	closed   bool
	policy   library.Policy
	idleAt   time.Time // end for want of touches
	limitAt  time.Time // end in any case
	told     int       // seconds of the last countdown callback, 0: no countdown
	timer    *time.Timer
	armed    int // numbers the timers; an older one that still fires does nothing
	events   []func()
	draining bool
	quiet    *sync.Cond // signalled when draining ends

	memory
}

// memory is what a Session keeps of who stands here. The end sets it to its zero value.
type memory struct {
	prefs  Preferences
	patron Patron
	staff  Staff
	cart   []CartLine
}

// New returns a session that nobody has begun. Close it when it is done with.
func New(cfg Config) *Session {
	if cfg.Policy == nil {
		cfg.Policy = library.DefaultPolicy
	}
	if cfg.OnCountdown == nil {
		cfg.OnCountdown = func(time.Duration) {}
	}
	if cfg.OnEnd == nil {
		cfg.OnEnd = func(Reason) {}
	}
	s := &Session{cfg: cfg}
	s.quiet = sync.NewCond(&s.mu)
	return s
}

// Touch tells of a touch, key or scan: it begins a session where there is none and
// puts off the idle end.
func (s *Session) Touch() { s.change(func() {}) }

// End ends the session, if there is one.
func (s *Session) End(reason Reason) {
	s.mu.Lock()
	s.end(reason)
	s.unlockAndTell()
}

// Close ends the session without a word. No callback is running or comes any more
// when it returns, so it must not be called by one, nor by what one waits for.
func (s *Session) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.events = nil
	s.clear()
	for s.draining {
		s.quiet.Wait()
	}
}

// Active reports whether somebody stands here.
func (s *Session) Active() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.active
}

// Left returns the time until the session ends untouched, and why it will: Idle
// can be put off by a touch, Limit cannot. Without a session it returns 0 and "".
func (s *Session) Left() (time.Duration, Reason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.active {
		return 0, ""
	}
	at, reason := s.endsAt()
	return max(0, time.Until(at)), reason
}

// Preferences returns what the patron chose, or the zero value.
func (s *Session) Preferences() Preferences {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.prefs
}

// SetPreferences keeps what the patron chose until the session ends. It counts as a
// touch.
func (s *Session) SetPreferences(p Preferences) { s.change(func() { s.prefs = p }) }

// Patron returns who is logged in.
func (s *Session) Patron() Patron {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.patron
}

// LogIn keeps who logged in until the session ends. It counts as a touch.
func (s *Session) LogIn(p Patron) { s.change(func() { s.patron = p }) }

// Staff returns the staff member who is logged in.
func (s *Session) Staff() Staff {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.staff
}

// LogInStaff ends whatever session there is and begins a staff member's, which has
// spans of its own: Policy.StaffScreenIdle and Policy.StaffLimit.
func (s *Session) LogInStaff(staff Staff) {
	s.End(Other)
	s.change(func() {
		s.staff = staff
		s.limitAt = time.Now().Add(s.policy.StaffLimit.Duration())
	})
}

// Cart returns what was collected, in its order.
func (s *Session) Cart() []CartLine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.cart)
}

// SetCart keeps what was collected until the session ends. It counts as a touch.
func (s *Session) SetCart(lines []CartLine) { s.change(func() { s.cart = slices.Clone(lines) }) }

// change does a touch, and with it whatever the touch was for.
func (s *Session) change(do func()) {
	policy := sound(s.cfg.Policy())
	s.mu.Lock()
	if !s.closed {
		now := time.Now()
		s.endIfDue(now) // its timer may be late, and what it held is not for the next one
		s.policy = policy
		if !s.active {
			s.active = true
			s.limitAt = now.Add(policy.SessionLimit.Duration())
		}
		do()
		s.idleAt = now.Add(s.idleAfter().Duration())
		s.arm(now)
	}
	s.unlockAndTell()
}

// sound replaces the spans that would end a session before it began.
func sound(p library.Policy) library.Policy {
	d := library.DefaultPolicy()
	if p.IdleAfter <= 0 {
		p.IdleAfter = d.IdleAfter
	}
	if p.IdleCountdown <= 0 {
		p.IdleCountdown = d.IdleCountdown
	}
	if p.SessionLimit <= 0 {
		p.SessionLimit = d.SessionLimit
	}
	if p.StaffScreenIdle <= 0 {
		p.StaffScreenIdle = d.StaffScreenIdle
	}
	if p.StaffLimit <= 0 {
		p.StaffLimit = d.StaffLimit
	}
	return p
}

// The methods below are called with s.mu held.

func (s *Session) idleAfter() library.Seconds {
	if s.staff != (Staff{}) {
		return s.policy.StaffScreenIdle
	}
	return s.policy.IdleAfter
}

func (s *Session) endsAt() (time.Time, Reason) {
	if s.limitAt.After(s.idleAt) {
		return s.idleAt, Idle
	}
	return s.limitAt, Limit
}

func (s *Session) endIfDue(now time.Time) {
	if at, reason := s.endsAt(); s.active && !now.Before(at) {
		s.end(reason)
	}
}

func (s *Session) end(reason Reason) {
	if s.active {
		s.clear()
		s.tell(func() { s.cfg.OnEnd(reason) })
	}
}

// clear makes the session nobody's.
func (s *Session) clear() {
	s.active = false
	s.memory = memory{}
	s.told = 0
	s.armed++
	if s.timer != nil {
		s.timer.Stop()
	}
}

// arm tells of the countdown as it stands and sets the timer to what comes next.
func (s *Session) arm(now time.Time) {
	at, _ := s.endsAt()
	left := at.Sub(now)
	next := left - s.policy.IdleCountdown.Duration()
	if next > 0 {
		s.count(0)
	} else {
		seconds := int((left + time.Second - 1) / time.Second)
		s.count(seconds)
		next = left - time.Duration(seconds-1)*time.Second
	}
	s.armed++
	number := s.armed
	if s.timer != nil {
		s.timer.Stop()
	}
	s.timer = time.AfterFunc(next, func() { s.fired(number) })
}

func (s *Session) count(seconds int) {
	if seconds != s.told {
		s.told = seconds
		s.tell(func() { s.cfg.OnCountdown(time.Duration(seconds) * time.Second) })
	}
}

func (s *Session) tell(event func()) {
	if !s.closed {
		s.events = append(s.events, event)
	}
}

func (s *Session) fired(number int) {
	s.mu.Lock()
	if number == s.armed && s.active {
		now := time.Now()
		s.endIfDue(now)
		if s.active {
			s.arm(now)
		}
	}
	s.unlockAndTell()
}

// unlockAndTell lets go of s.mu and calls what is waiting to be called, unless some
// goroutine (perhaps this one, further up) is at it already: it will go on with
// these, so that a countdown can never be told after its end.
func (s *Session) unlockAndTell() {
	if s.draining {
		s.mu.Unlock()
		return
	}
	s.draining = true
	for len(s.events) > 0 {
		event := s.events[0]
		s.events = s.events[1:]
		s.mu.Unlock()
		event()
		s.mu.Lock()
	}
	s.draining = false
	s.quiet.Broadcast()
	s.mu.Unlock()
}
