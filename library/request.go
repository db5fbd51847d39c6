package library

import "time"

// Request is what a patron leaves at a terminal while the central server cannot be
// reached (仮受付): holds, or the renewal of one item. It is judged later, as of
// ReceivedAt, as a form of paper would be; until then nothing is promised. It has the
// password in it, so it is sealed before it is kept anywhere.
type Request struct {
	Card       string       `json:"card"` // normal form, see barcode.Settings.ParseCard
	Password   string       `json:"password"`
	ReceivedAt time.Time    `json:"received_at"`         // by the terminal's clock
	Holds      *HoldRequest `json:"holds,omitempty"`     // either these
	RenewItem  ItemID       `json:"renew_item,omitzero"` // or this
}

// RequestResult is what became of a request, as its patron sees it.
type RequestResult struct {
	Receipt    string        `json:"receipt"` // see ReceiptCode
	ReceivedAt time.Time     `json:"received_at"`
	Renewal    bool          `json:"renewal,omitempty"`    // of a renewal; otherwise of holds
	Refusal    string        `json:"refusal,omitempty"`    // code of why all of it was refused, "" where each line has its own answer
	NoContact  bool          `json:"no_contact,omitempty"` // placed with NoNews, since the way of contact that was asked for is not registered
	Blocked    bool          `json:"blocked,omitempty"`    // placed, and not to be collected before something long overdue is back
	Lines      []RequestLine `json:"lines"`
}

// RequestLine is what became of one bib of a request.
type RequestLine struct {
	BibID   BibID  `json:"bib_id"`
	Title   string `json:"title,omitempty"` // "" where it is not known
	DueOn   Date   `json:"due_on,omitzero"` // of a loan that was renewed
	Refusal string `json:"refusal,omitempty"`
}

// RequestAge is how far back at most the time of a request is believed: a terminal
// whose clock fell back by years must not put its patrons first in every queue.
const RequestAge = 30 * 24 * time.Hour

// RequestReceived returns the time as of which a request is judged that is said to
// have been received at one and is delivered at another: never after its delivery, and
// no more than RequestAge before it.
func RequestReceived(said, delivered time.Time) time.Time {
	switch {
	case said.After(delivered):
		return delivered
	case said.Before(delivered.Add(-RequestAge)):
		return delivered.Add(-RequestAge)
	}
	return said
}

// receiptDigits leave out what is easily taken for another: 0 O, 1 I L, 8 B, 5 S, 2 Z, U V.
const receiptDigits = "34679ACDEFGHJKMNPQRTWXY"

// ReceiptCode is by which a patron and staff speak of a request: "K7M-4QX", from the
// 16 bytes of its UUID. It is no secret, and says nothing of the patron.
func ReceiptCode(id [16]byte) string {
	// The last bytes of a UUIDv7 are its random ones.
	n := uint64(0)
	for _, b := range id[9:] {
		n = n<<8 | uint64(b)
	}
	code := make([]byte, 0, 7)
	for i := range 6 {
		if i == 3 {
			code = append(code, '-')
		}
		code = append(code, receiptDigits[n%uint64(len(receiptDigits))])
		n /= uint64(len(receiptDigits))
	}
	return string(code)
}
