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
	ErrNoPhone        = &Refusal{Code: "no_phone"} // contact by telephone, and no number is registered

	// Passwords. An application that does not match is one answer, whatever of it was
	// wrong.
	ErrApplication  = &Refusal{Code: "application_refused"}
	ErrTerms        = &Refusal{Code: "terms_outdated"}       // the terms agreed to are not the present ones
	ErrMustChange   = &Refusal{Code: "password_must_change"} // logged in with a temporary password
	ErrSamePassword = &Refusal{Code: "password_same"}        // the new one is the present one
	ErrPresent      = &Refusal{Code: "password_wrong"}       // the present one that was typed is not right

	// E-mail.
	ErrEmail         = &Refusal{Code: "email_invalid"} // not an address
	ErrEmailBreak    = &Refusal{Code: "email_break"}   // with a line break or another control character
	ErrEmailComma    = &Refusal{Code: "email_comma"}   // a comma for a dot
	ErrEmailDots     = &Refusal{Code: "email_dots"}    // ".."
	ErrEmailDotAt    = &Refusal{Code: "email_dot_at"}  // a dot before "@"
	ErrEmailDotFirst = &Refusal{Code: "email_dot_first"}
	ErrEmailCode     = &Refusal{Code: "email_code_wrong"}
	ErrEmailCodeOver = &Refusal{Code: "email_code_over"} // too old, or tried too often: a new one is sent on request
	ErrEmailSoon     = &Refusal{Code: "email_soon"}      // the last mail with a code was sent less than Policy.EmailCodeAgain ago
	ErrEmailTooMany  = &Refusal{Code: "email_too_many"}  // Policy.EmailCodesADay were sent today

	// Requests that were left while the server could not be reached.
	ErrRequestUnreadable = &Refusal{Code: "request_unreadable"} // sealed to a key that the server does not have, or damaged
	ErrNoRequests        = &Refusal{Code: "requests_not_taken"} // the terminal cannot keep any now: a full disk, too many of them, or no key yet

	// Staff.
	ErrStaffOnly = &Refusal{Code: "staff_only"} // no staff session, or not the role for it

	// The wire.
	ErrKeyReused         = &Refusal{Code: "idempotency_key_reused"} // same key, another request
	ErrSystemUnavailable = &Refusal{Code: "system_unavailable"}     // the library's own system, behind the server, cannot be reached now
)

// passwordRefusals are those of MayChoose.
var passwordRefusals = func() map[PasswordRule]*Refusal {
	all := map[PasswordRule]*Refusal{}
	for _, r := range PasswordRules {
		all[r] = &Refusal{Code: "password_" + string(r)}
	}
	return all
}()

// RefusalOf returns the refusal for breaking the rule.
func (r PasswordRule) RefusalOf() *Refusal { return passwordRefusals[r] }
