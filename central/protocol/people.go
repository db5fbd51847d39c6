package protocol

import "madoguchi/library"

// POST /v1/password-applications takes a library.Application and needs no session; it
// answers 204. Whatever did not match: library.ErrApplication, after the same time.

// PasswordChange is the body of PUT /v1/me/password, answered with 204. After a login
// with a temporary password Present is empty, and Terms is the version of the terms
// that the patron agreed to, as in an application.
type PasswordChange struct {
	Present string `json:"present,omitempty"`
	New     string `json:"new"`
	Terms   string `json:"terms,omitempty"`
}

// EmailChange is the body of PUT /v1/me/email. It is answered with the
// library.EmailStatus as it is then, as are GET and DELETE of it.
type EmailChange struct {
	Address  string `json:"address"`
	Language string `json:"language,omitempty"` // code of that of the mails to come; the first of library.Languages where it is none
}

// EmailCode is the body of POST /v1/me/email/confirmation, answered with the
// library.EmailStatus. An empty Code asks for a new mail with a new code.
type EmailCode struct {
	Code string `json:"code"`
}

// CardOf is the body of POST /v1/staff/patrons, which is answered with a
// library.CounterPatron, and of POST /v1/staff/unlocks, answered with 204. A card
// number is in no address: addresses are logged along the way.
type CardOf struct {
	Card string `json:"card"`
}

// MachineAction is the body of POST /v1/staff/machine-actions, answered with 204: what
// staff are about to do with the terminal, for the audit log.
type MachineAction struct {
	Action string `json:"action"`
}

// The actions. Leaving is for admins.
const (
	MachineRestart = "restart"
	MachineLeave   = "leave"
)

// TemporaryPassword is the body of POST /v1/staff/temporary-passwords, answered with a
// library.TemporaryPassword.
type TemporaryPassword struct {
	Card     string           `json:"card"`
	Document library.Document `json:"document"`
}
