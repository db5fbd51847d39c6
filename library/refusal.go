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
)
