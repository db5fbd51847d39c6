package library

// Refusal is a "no" with its reason. Code is stable: it is the code on the wire
// and the key of the sentence that a person reads.
type Refusal struct {
	Code string
}

func (r *Refusal) Error() string { return r.Code }

// The refusals.
var (
	ErrUnknownBib      = &Refusal{Code: "bib_unknown"}
	ErrUnknownItem     = &Refusal{Code: "item_unknown"}
	ErrUnknownBranch   = &Refusal{Code: "branch_unknown"}
	ErrEnrolmentCode   = &Refusal{Code: "enrolment_code_invalid"} // unknown, used, or older than 24 h
	ErrTerminalUnknown = &Refusal{Code: "terminal_unknown"}       // wrong secret, or revoked
	ErrReset           = &Refusal{Code: "reset"}                  // fetch the edition anew

	// Logging in. Unknown card, wrong password and a patron without a password are
	// one answer, after the same time.
	ErrLogin             = &Refusal{Code: "login_failed"}
	ErrTryLater          = &Refusal{Code: "try_later"}   // too many failures with this card
	ErrCardLocked        = &Refusal{Code: "card_locked"} // until staff act
	ErrTerminalThrottled = &Refusal{Code: "terminal_throttled"}
	ErrCardExpired       = &Refusal{Code: "card_expired"}
	ErrCardLost          = &Refusal{Code: "card_lost"}
	ErrCardBlocked       = &Refusal{Code: "card_blocked"}
	ErrSessionEnded      = &Refusal{Code: "session_ended"} // the token is unknown, of another terminal, or too old

	// Circulation.
	ErrUnknownPatron = &Refusal{Code: "patron_unknown"}
	ErrUnknownLoan   = &Refusal{Code: "loan_unknown"}
	ErrItemOnLoan    = &Refusal{Code: "item_on_loan"}
	ErrItemReference = &Refusal{Code: "item_reference"}
	ErrItemHeld      = &Refusal{Code: "item_held"}
	ErrItemNotOnLoan = &Refusal{Code: "item_not_on_loan"}
	ErrNotOwned      = &Refusal{Code: "not_owned"}
	ErrOverdue       = &Refusal{Code: "overdue"}
	ErrHeldByOther   = &Refusal{Code: "held_by_other"}
	ErrRenewalLimit  = &Refusal{Code: "renewal_limit"}

	// Holds.
	ErrNoCopies       = &Refusal{Code: "no_copies"}        // the library owns none
	ErrNotLent        = &Refusal{Code: "not_lent"}         // its copies are read in the library, or lost
	ErrAlreadyHeld    = &Refusal{Code: "already_held"}     // by the same patron
	ErrHasOnLoan      = &Refusal{Code: "has_on_loan"}      // the patron has it
	ErrTooManyHolds   = &Refusal{Code: "too_many_holds"}   // Policy.MaxHolds active ones
	ErrHoldNotWaiting = &Refusal{Code: "hold_not_waiting"} // cancel and change only while 予約中です
	ErrUnknownHold    = &Refusal{Code: "hold_unknown"}
	ErrNoEmail        = &Refusal{Code: "no_email"} // contact by mail, and no address is registered

	// Staff.
	ErrStaffOnly = &Refusal{Code: "staff_only"} // no staff session, or not the role for it

	// The wire.
	ErrKeyReused = &Refusal{Code: "idempotency_key_reused"} // same key, another request
)
