package library

import "time"

// HoldID names a hold, a UUID.
type HoldID string

// Hold is a patron's place in the queue for a bib, and later the copy that came of
// it (予約).
type Hold struct {
	ID          HoldID     `json:"id"`
	BibID       BibID      `json:"bib_id"`
	PatronID    PatronID   `json:"-"`
	Pickup      BranchCode `json:"pickup"`
	Contact     Contact    `json:"contact"`
	State       HoldState  `json:"state"`
	ReceivedAt  time.Time  `json:"received_at"`           // when the request was received: its place in the queue
	SequenceID  string     `json:"sequence_id,omitempty"` // of a 順番予約, "" for a hold by itself
	Place       int        `json:"place,omitempty"`       // in the sequence, from 1
	ItemID      ItemID     `json:"item_id,omitempty"`     // the copy that it got: from preparing on, and while it waits the one that is set aside
	PickAt      time.Time  `json:"pick_at,omitzero"`      // waiting, with a copy set aside: when it becomes preparing, see At
	ReadyOn     Date       `json:"ready_on,omitzero"`     // ready: since when
	ContactedOn Date       `json:"contacted_on,omitzero"` // ready: when its patron was told, zero: not yet
	ShelfUntil  Date       `json:"shelf_until,omitzero"`  // ready: last day, inclusive; before its patron was told again, the one of which the patron was told before
	FellBackOn  Date       `json:"fell_back_on,omitzero"` // waiting or preparing: when the copy that was ready for it turned out to be gone
	EndedOn     Date       `json:"ended_on,omitzero"`     // collected, cancelled, expired
	EndReason   EndReason  `json:"end_reason,omitempty"`  // cancelled by staff for a reason that its patron is told

	MailFailed bool `json:"-"` // no mail tells of it any more: it could not be sent, came back, or staff have told
	Calls      int  `json:"-"` // on how many open days its patron was called in vain
	CalledOn   Date `json:"-"` // the last of these
}

// HoldState is how far a hold has come.
type HoldState string

// The states. The guide's words for the first three: 予約中です, 取寄・準備中です,
// ご用意できました.
const (
	Waiting   HoldState = "waiting"
	Preparing HoldState = "preparing"
	ReadyHold HoldState = "ready"
	Collected HoldState = "collected"
	Cancelled HoldState = "cancelled"
	Expired   HoldState = "expired"
)

// HoldStates are all states, in the order in which a hold can go through them. Whoever
// words, shows or stores holds has something for each, and a test that says so.
var HoldStates = []HoldState{Waiting, Preparing, ReadyHold, Collected, Cancelled, Expired}

// EndReason is why staff ended a hold that cannot be served.
type EndReason string

// The reasons.
const (
	EndNoCopies EndReason = "no_copies" // no copy is left
	EndNotLent  EndReason = "not_lent"  // what is left is not lent
	EndOther    EndReason = "other"     // staff say at the counter
)

// EndReasons are all reasons.
var EndReasons = []EndReason{EndNoCopies, EndNotLent, EndOther}

// Active reports whether the hold still waits for its patron or the patron for it.
func (s HoldState) Active() bool { return s == Waiting || s == Preparing || s == ReadyHold }

// Contact is how a patron is told that a hold is ready; chosen for each hold (guide:
// メールでの通知を希望するかどうかは、予約のつど指定できます).
type Contact string

// The ways of contact.
const (
	ByMail  Contact = "mail" // only where an address is registered
	ByPhone Contact = "phone"
	NoNews  Contact = "none"
)

// Contacts are all ways of contact, in the order in which they are offered.
var Contacts = []Contact{ByMail, ByPhone, NoNews}

// PatronHold is a hold as its patron sees it.
type PatronHold struct {
	Hold
	Title     string `json:"title"`
	Creators  string `json:"creators,omitempty"`
	Position  int    `json:"position,omitempty"`   // waiting: the estimated place in the queue (目安), from 1
	Copies    int    `json:"copies,omitempty"`     // how many copies serve the queue, see NoCopies
	MayChange bool   `json:"may_change,omitempty"` // cancel, or change pickup and contact
}

// NoCopies reports whether no copy is left that could serve the hold: staff end it.
func (h PatronHold) NoCopies() bool { return h.State == Waiting && h.ItemID == "" && h.Copies == 0 }

// PatronHolds are the holds of a patron, as judged on a day: active ones, and
// cancelled and expired ones for as long as they are shown.
type PatronHolds struct {
	Today Date         `json:"today"`
	Holds []PatronHold `json:"holds"`
}

// HoldRequest asks for holds on bibs, as confirmed from the cart. Each line is
// judged by itself.
type HoldRequest struct {
	Bibs     []BibID    `json:"bibs"`
	Pickup   BranchCode `json:"pickup"`
	Contact  Contact    `json:"contact"`
	Sequence bool       `json:"sequence,omitempty"` // 順番予約: to be had in this order
}

// HoldAnswer is what became of one line of a request.
type HoldAnswer struct {
	BibID   BibID       `json:"bib_id"`
	Hold    *PatronHold `json:"hold,omitempty"`
	Refusal string      `json:"refusal,omitempty"` // code of why there is no hold
}

// Holdable returns why no hold can be placed on a bib with these items, whoever asks:
// ErrNoCopies or ErrNotLent. Guide: 予約できる資料は、市内図書館で所蔵しており貸出対象となって
// いるものに限ります.
func Holdable(items []Item) error {
	if len(items) == 0 {
		return ErrNoCopies
	}
	for _, it := range items {
		if it.Lendable && it.State != Missing {
			return nil
		}
	}
	return ErrNotLent
}
