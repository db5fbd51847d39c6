package library

import (
	"errors"
	"slices"
)

// Refusal is a "no" with its reason. Code is stable: it is the code on the wire and the
// key of the sentence that a patron reads at a terminal. Text is for staff at a command
// line and for logs.
type Refusal struct {
	Code string
	Text string // in English, without a capital or a full stop
}

// Error returns r.Text.
func (r *Refusal) Error() string { return r.Text }

// The refusals. Each is in Refusals too.
var (
	ErrUnknownBib      = &Refusal{"bib_unknown", "there is no such bib"}
	ErrUnknownItem     = &Refusal{"item_unknown", "there is no such item"}
	ErrUnknownBranch   = &Refusal{"branch_unknown", "there is no such branch"}
	ErrEnrolmentCode   = &Refusal{"enrolment_code_invalid", "the enrolment code is unknown, used, or older than 24 hours"}
	ErrTerminalUnknown = &Refusal{"terminal_unknown", "there is no such terminal, or it was revoked"}
	ErrReset           = &Refusal{"reset", "the changes are no longer there: fetch the edition again"}
	ErrOtherHistory    = &Refusal{"other_history", "the server has other changes up to there: compare the digests"}

	// Logging in. Unknown card, wrong password and a patron without a password are
	// one answer, after the same time.
	ErrLogin             = &Refusal{"login_failed", "the card number and the password do not match"}
	ErrTryLater          = &Refusal{"try_later", "too many failures with this card: try later"}
	ErrCardLocked        = &Refusal{"card_locked", "the card is locked after too many wrong passwords"}
	ErrTerminalThrottled = &Refusal{"terminal_throttled", "too many failing cards at this terminal: try later"}
	ErrCardExpired       = &Refusal{"card_expired", "the card has expired"}
	ErrCardLost          = &Refusal{"card_lost", "the card was reported lost"}
	ErrCardBlocked       = &Refusal{"card_blocked", "staff are to speak with the patron first"}
	ErrSessionEnded      = &Refusal{"session_ended", "the session has ended: log in again"} // the token is unknown, of another terminal, or too old

	// Circulation.
	ErrUnknownPatron = &Refusal{"patron_unknown", "there is no patron with this card"}
	ErrUnknownLoan   = &Refusal{"loan_unknown", "the patron does not have it on loan, or has given it back"}
	ErrItemOnLoan    = &Refusal{"item_on_loan", "the item is on loan"}
	ErrItemReference = &Refusal{"item_reference", "the item is to be read in the library and is not lent"}
	ErrItemHeld      = &Refusal{"item_held", "the item waits for another patron"}
	ErrItemNotOnLoan = &Refusal{"item_not_on_loan", "the item is not on loan"}
	ErrNotOwned      = &Refusal{"not_owned", "the item belongs to another library"}
	ErrWithdrawn     = &Refusal{"withdrawn", "the library has withdrawn the item, and awaits it"}
	ErrOverdue       = &Refusal{"overdue", "the loan is overdue"}
	ErrHeldByOther   = &Refusal{"held_by_other", "another patron waits for it"}
	ErrRenewalLimit  = &Refusal{"renewal_limit", "the loan was renewed before"}
	ErrRenewTooEarly = &Refusal{"renew_too_early", "a renewal on this day would not lengthen the loan"}
	ErrTooManyLoans  = &Refusal{"too_many_loans", "the patron has as many loans as one may have"} // Policy.MaxLoans

	// Holds.
	ErrNoCopies       = &Refusal{"no_copies", "the library owns no copy of it"}
	ErrNotLent        = &Refusal{"not_lent", "its copies are read in the library, or missing"}
	ErrAlreadyHeld    = &Refusal{"already_held", "the patron holds it already"}
	ErrHasOnLoan      = &Refusal{"has_on_loan", "the patron has it on loan"}
	ErrTooManyHolds   = &Refusal{"too_many_holds", "the patron has as many holds as one may have"} // Policy.MaxHolds active ones
	ErrHoldNotWaiting = &Refusal{"hold_not_waiting", "the hold is being prepared already: only staff may change it"}
	ErrHoldNotToTell  = &Refusal{"hold_not_to_tell", "nothing of this patron's is to be told now"}
	ErrToldDay        = &Refusal{"told_day", "the patron was told on a day from when it was ready to today"}
	ErrFormFuture     = &Refusal{"form_future", "a form was received in the past: give the time at which the library received it"}
	ErrFormTooOld     = &Refusal{"form_too_old", "the form is too old to count from when it was received"} // Policy.PaperDays
	ErrUnknownHold    = &Refusal{"hold_unknown", "the patron does not hold it"}
	ErrNoEmail        = &Refusal{"no_email", "the patron has no e-mail address registered"}
	ErrNoPhone        = &Refusal{"no_phone", "the patron has no telephone number registered"}

	// Passwords. An application that does not match is one answer, whatever of it was
	// wrong.
	ErrApplication  = &Refusal{"application_refused", "the application does not match what is registered"}
	ErrTerms        = &Refusal{"terms_outdated", "the terms agreed to are not the present ones"}
	ErrMustChange   = &Refusal{"password_must_change", "logged in with a temporary password: set a permanent one first"}
	ErrSamePassword = &Refusal{"password_same", "the new password is the present one"}
	ErrPresent      = &Refusal{"password_wrong", "the present password is not right"}

	// Passwords that a patron may not choose: see PasswordRule.
	ErrPasswordKana       = &Refusal{"password_kana", "the password has half-width katakana"}
	ErrPasswordFullWidth  = &Refusal{"password_full_width", "the password has full-width characters"}
	ErrPasswordSpace      = &Refusal{"password_space", "the password has a space"}
	ErrPasswordCharacters = &Refusal{"password_characters", "the password has characters that cannot be used"}
	ErrPasswordLength     = &Refusal{"password_length", "the password is too short or too long"}
	ErrPasswordCard       = &Refusal{"password_card", "the password is the card number"}
	ErrPasswordBirth      = &Refusal{"password_birth", "the password is the birth date"}
	ErrPasswordPhone      = &Refusal{"password_phone", "the password is a telephone number"}
	ErrPasswordRepeat     = &Refusal{"password_repeat", "the password is one character repeated"}
	ErrPasswordRun        = &Refusal{"password_run", "the password is a run like 123456"}

	// E-mail.
	ErrEmail         = &Refusal{"email_invalid", "this is no e-mail address"}
	ErrEmailBreak    = &Refusal{"email_break", "the e-mail address has a line break or another control character"}
	ErrEmailComma    = &Refusal{"email_comma", "the e-mail address has a comma for a dot"}
	ErrEmailDots     = &Refusal{"email_dots", "the e-mail address has two dots in a row"}
	ErrEmailDotAt    = &Refusal{"email_dot_at", "the e-mail address has a dot before the @"}
	ErrEmailDotFirst = &Refusal{"email_dot_first", "the e-mail address begins with a dot"}
	ErrEmailCode     = &Refusal{"email_code_wrong", "the code is not that of the mail"}
	ErrEmailCodeOver = &Refusal{"email_code_over", "the code is too old, or was tried too often: ask for another"}
	ErrEmailSoon     = &Refusal{"email_soon", "a mail with a code was sent a moment ago"}     // less than Policy.EmailCodeAgain
	ErrEmailTooMany  = &Refusal{"email_too_many", "no more mails with a code are sent today"} // Policy.EmailCodesADay were

	// Requests that were left while the server could not be reached.
	ErrRequestUnreadable = &Refusal{"request_unreadable", "the request is damaged, or sealed to a key that this server does not have"}
	ErrNoRequests        = &Refusal{"requests_not_taken", "no requests can be left at this terminal now"} // a full disk, too many of them, or no key yet

	// Staff.
	ErrStaffOnly = &Refusal{"staff_only", "only staff who are logged in and have the role for it may do this"}

	// The wire.
	ErrKeyReused         = &Refusal{"idempotency_key_reused", "the key was used before, for another request"}
	ErrNotOffered        = &Refusal{"not_offered", "the library's circulation cannot do this: go to the counter"}
	ErrKioskOnly         = &Refusal{"kiosk_only", "only a terminal in the library may ask this, not the home page"}
	ErrSystemUnavailable = &Refusal{"system_unavailable", "the library's system cannot be reached now"} // the one that it has behind the server
)

// Refusals are all refusals. Whoever words, counts or answers refusals has something for
// each of these, and a test that says so.
var Refusals = []*Refusal{
	ErrUnknownBib, ErrUnknownItem, ErrUnknownBranch, ErrEnrolmentCode, ErrTerminalUnknown, ErrReset, ErrOtherHistory,

	ErrLogin, ErrTryLater, ErrCardLocked, ErrTerminalThrottled, ErrCardExpired, ErrCardLost, ErrCardBlocked,
	ErrSessionEnded,

	ErrUnknownPatron, ErrUnknownLoan, ErrItemOnLoan, ErrItemReference, ErrItemHeld, ErrItemNotOnLoan,
	ErrNotOwned, ErrWithdrawn, ErrOverdue, ErrHeldByOther, ErrRenewalLimit, ErrRenewTooEarly, ErrTooManyLoans,

	ErrNoCopies, ErrNotLent, ErrAlreadyHeld, ErrHasOnLoan, ErrTooManyHolds, ErrHoldNotWaiting,
	ErrUnknownHold, ErrHoldNotToTell, ErrToldDay, ErrFormFuture, ErrFormTooOld, ErrNoEmail, ErrNoPhone,

	ErrApplication, ErrTerms, ErrMustChange, ErrSamePassword, ErrPresent,

	ErrPasswordKana, ErrPasswordFullWidth, ErrPasswordSpace, ErrPasswordCharacters, ErrPasswordLength,
	ErrPasswordCard, ErrPasswordBirth, ErrPasswordPhone, ErrPasswordRepeat, ErrPasswordRun,

	ErrEmail, ErrEmailBreak, ErrEmailComma, ErrEmailDots, ErrEmailDotAt, ErrEmailDotFirst, ErrEmailCode,
	ErrEmailCodeOver, ErrEmailSoon, ErrEmailTooMany,

	ErrRequestUnreadable, ErrNoRequests,

	ErrStaffOnly,

	ErrKeyReused, ErrNotOffered, ErrKioskOnly, ErrSystemUnavailable,
}

// CodeOf returns the code of the refusal that an error is or wraps, "" where it is none.
func CodeOf(err error) string {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// RefusalWithCode returns the refusal of a code, nil where there is none: a newer server
// may have further ones.
func RefusalWithCode(code string) *Refusal {
	i := slices.IndexFunc(Refusals, func(r *Refusal) bool { return r.Code == code })
	if i < 0 {
		return nil
	}
	return Refusals[i]
}
