package protocol

import (
	"time"

	"madoguchi/library"
)

// HoldAnswers answers POST /v1/me/holds, whose body is a library.HoldRequest: what
// became of each line, in their order. GET /v1/me/holds answers with
// library.PatronHolds, DELETE /v1/me/holds/{id} with the library.PatronHold as it
// stands then.
type HoldAnswers struct {
	Lines []library.HoldAnswer `json:"lines"`
}

// HoldChange is the body of PATCH /v1/me/holds/{id}, which answers with the
// library.PatronHold as it stands then. Both fields are given.
type HoldChange struct {
	Pickup  library.BranchCode `json:"pickup"`
	Contact library.Contact    `json:"contact"`
}

// PaperHolds is the body of POST /v1/desk/paper-holds: a form that a patron filled in
// on paper. It is answered with HoldAnswers.
type PaperHolds struct {
	Card       string             `json:"card"`
	Bibs       []library.BibID    `json:"bibs"` // several are a sequence (順番予約)
	Pickup     library.BranchCode `json:"pickup"`
	Contact    library.Contact    `json:"contact"`
	ReceivedAt time.Time          `json:"received_at"` // when the library received it: its place in the queue
}

// CallsOf is the body of POST /v1/desk/calls, which is answered with Calls: whom staff of a
// branch are to telephone. It is in the audit log that they looked.
type CallsOf struct {
	Branch library.BranchCode `json:"branch,omitempty"` // "": the terminal's
}

// Calls answers it, those first who have waited longest.
type Calls struct {
	Today library.Date   `json:"today"`
	Calls []library.Call `json:"calls"`
}

// Told is the body of POST /v1/desk/told, which is answered with CallOutcomes: a patron was
// told by telephone of what is to be told at a branch, or did not answer.
type Told struct {
	Card     string             `json:"card"`
	Branch   library.BranchCode `json:"branch,omitempty"` // "": the terminal's
	Bibs     []library.BibID    `json:"bibs,omitempty"`   // only of these
	On       library.Date       `json:"on,omitzero"`      // the day on which the patron was told, from when it was ready; zero: today
	NoAnswer bool               `json:"no_answer,omitempty"`
}

// CallOutcomes is what is noted of each hold.
type CallOutcomes struct {
	Lines []library.CallOutcome `json:"lines"`
}
