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

// PaperHold is the body of POST /v1/desk/paper-holds: a form that a patron filled in
// on paper. It is answered with the library.PatronHold that came of it.
type PaperHold struct {
	Card       string             `json:"card"`
	BibID      library.BibID      `json:"bib_id"`
	Pickup     library.BranchCode `json:"pickup"`
	Contact    library.Contact    `json:"contact"`
	ReceivedAt time.Time          `json:"received_at"` // when the library received it: its place in the queue
}
