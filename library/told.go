package library

// Reach says in which ways a patron can be told of something now.
type Reach struct {
	Mail  bool // to a registered address whose mails do not come back
	Phone bool // by a registered number
}

// Contacts are the ways that are offered, in the order of the list of all.
func (r Reach) Contacts() []Contact {
	var all []Contact
	for _, c := range Contacts {
		if r.May(c) == nil {
			all = append(all, c)
		}
	}
	return all
}

// May returns ErrNoEmail or ErrNoPhone when the patron cannot be told in this way.
func (r Reach) May(c Contact) error {
	switch {
	case c == ByMail && !r.Mail:
		return ErrNoEmail
	case c == ByPhone && !r.Phone:
		return ErrNoPhone
	}
	return nil
}

// TellBy returns how the patron of the hold is told now: as was asked for (guide:
// 希望された連絡方法にてご連絡します) where that can be, else by telephone, else by mail;
// NoNews where nobody can tell, or nobody is to.
func (h Hold) TellBy(r Reach) Contact {
	mail := r.Mail && !h.MailFailed
	switch {
	case h.Contact == NoNews:
		return NoNews
	case h.Contact == ByMail && mail:
		return ByMail
	case r.Phone:
		return ByPhone
	case mail:
		return ByMail
	}
	return NoNews
}

// Told returns a ready hold whose patron was told on a day, with the last day on the hold
// shelf of the pickup branch that follows from it. Of two last days of which a patron was
// told the later one holds. Guide: 取置期間は、連絡日の翌日から休館日を除き1週間.
func (p Policy) Told(h Hold, on Date, pickup Calendar) Hold {
	h.ContactedOn = on
	if until := ShelfUntil(pickup, on, p.ShelfDays); h.ShelfUntil.Before(until) {
		h.ShelfUntil = until
	}
	return h
}

// Together returns a ready hold, of which the patron was told, as it stands after an
// earlier member of its sequence came, or ended, on a day: as if told on that day, so that
// there is time to fetch both. One that expired, since nobody came, gives no more time.
func (p Policy) Together(h, earlier Hold, on Date, pickup Calendar) Hold {
	if earlier.State == Expired || h.State != ReadyHold || h.ContactedOn.IsZero() || !h.ContactedOn.Before(on) {
		return h
	}
	return p.Told(h, on, pickup)
}

// Settle counts the patron of a ready hold as told on the day on which it became ready
// where nobody can tell, or nobody is to.
func (p Policy) Settle(h Hold, r Reach, pickup Calendar) Hold {
	if h.State != ReadyHold || !h.ContactedOn.IsZero() || h.TellBy(r) != NoNews {
		return h
	}
	return p.Told(h, h.ReadyOn, pickup)
}

// MailCameBack returns the hold as after the mail that told of it came back, or could not
// be sent. Whom that mail told was not told.
func (h Hold) MailCameBack() Hold {
	if h.MailFailed {
		return h // told otherwise since, or not yet
	}
	h.MailFailed = true
	if h.State == ReadyHold {
		h.ContactedOn = Date{}
	}
	return h
}

// MayTell returns ErrToldDay where the patron of a ready hold cannot have been told on a
// day: before it was ready, or in the future.
func (h Hold) MayTell(on, today Date) error {
	if on.Before(h.ReadyOn) || today.Before(on) {
		return ErrToldDay
	}
	return nil
}

// CalledInVain returns a hold whose patron did not answer the telephone today, and
// whether that counts: one call a day does, on open days of the pickup branch. After
// Policy.CallAttempts of them the patron of a ready hold counts as told.
func (p Policy) CalledInVain(h Hold, today Date, pickup Calendar) (_ Hold, counts bool) {
	if h.CalledOn == today || pickup.Entered() && !pickup.IsOpen(today) {
		return h, false
	}
	h.Calls, h.CalledOn = h.Calls+1, today
	if h.State == ReadyHold && h.Calls >= p.CallAttempts {
		h = p.Told(h, today, pickup)
	}
	return h, true
}

// CallReason says why a patron is to be called.
type CallReason string

// The reasons for a call.
const (
	CallWanted    CallReason = "phone"      // the patron wants to be told by telephone
	CallNoMail    CallReason = "no_mail"    // by mail, but no address is registered to which mails go
	CallMailBack  CallReason = "mail_back"  // by mail, which came back or could not be sent
	CallFellBack  CallReason = "fell_back"  // what was ready no longer is, see Hold.FellBackOn
	CallHoldEnded CallReason = "hold_ended" // staff ended the hold, see Hold.EndReason
)

// CallReasons are all of them.
var CallReasons = []CallReason{CallWanted, CallNoMail, CallMailBack, CallFellBack, CallHoldEnded}

// CallReason says why the patron of a hold is to be called who is told by telephone.
func (h Hold) CallReason() CallReason {
	switch {
	case h.EndReason != "":
		return CallHoldEnded
	case h.State != ReadyHold && !h.FellBackOn.IsZero():
		return CallFellBack
	case h.Contact == ByPhone:
		return CallWanted
	case h.MailFailed:
		return CallMailBack
	}
	return CallNoMail
}

// Call is one call that staff of a branch make: to one patron, of all that is to be told.
type Call struct {
	Card   string     `json:"card"`
	Name   string     `json:"name"`
	Phones []string   `json:"phones"` // digits
	Branch BranchCode `json:"branch"` // the pickup branch
	Lines  []CallLine `json:"lines"`
}

// CallLine is one hold of which a patron is told in a call.
type CallLine struct {
	BibID    BibID      `json:"bib_id"`
	Title    string     `json:"title"`
	Why      CallReason `json:"why"`
	Since    Date       `json:"since"`              // since when it waits for this
	Calls    int        `json:"calls,omitempty"`    // on how many days the patron was called in vain
	CalledOn Date       `json:"called_on,omitzero"` // the last of these
	Reason   EndReason  `json:"end_reason,omitempty"`
}

// CallOutcome is what is noted of a hold after its patron was called.
type CallOutcome struct {
	BibID       BibID  `json:"bib_id"`
	Title       string `json:"title"`
	ContactedOn Date   `json:"contacted_on,omitzero"` // ready: the day on which the patron counts as told, zero: not yet
	ShelfUntil  Date   `json:"shelf_until,omitzero"`  // ready and told: last day, inclusive
	Calls       int    `json:"calls,omitempty"`       // on how many open days the patron was called in vain
	Counted     bool   `json:"counted"`               // false: a second call of the day, or on a closed day
}
