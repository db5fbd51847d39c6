package library

// ItemID names one copy.
type ItemID string

// Item is one copy (所蔵, 蔵書) of a bib.
type Item struct {
	ID         ItemID     `json:"id"` // the barcode where there is one
	BibID      BibID      `json:"bib_id"`
	Branch     BranchCode `json:"branch"`
	Barcode    string     `json:"barcode,omitempty"`
	CallNumber string     `json:"call_number,omitempty"` // as on the label, parts parted by "/": "913.6/ナ"
	Shelf      string     `json:"shelf,omitempty"`       // where it stands: "2階 文学"
	Lendable   bool       `json:"lendable"`
	State      ItemState  `json:"state"`
	DueOn      Date       `json:"due_on,omitzero"` // only OnLoan
}

// ItemState says where a copy is now.
type ItemState string

// The states of an item.
const (
	OnShelf     ItemState = "on_shelf"
	OnLoan      ItemState = "on_loan"
	InTransit   ItemState = "in_transit"
	OnHoldShelf ItemState = "on_hold_shelf"
	Missing     ItemState = "missing"
)

// ItemStates are all states of an item.
var ItemStates = []ItemState{OnShelf, OnLoan, InTransit, OnHoldShelf, Missing}

// Availability is the part of an item that circulation changes.
type Availability struct {
	ItemID ItemID    `json:"item_id"`
	State  ItemState `json:"state"`
	DueOn  Date      `json:"due_on,omitzero"`
}

// Whereabouts is the one-word answer to "can I have it now?", seen from a branch.
type Whereabouts string

// The whereabouts, best first.
const (
	HereNow       Whereabouts = "here"           // a lendable copy stands on a shelf of this branch
	HereReference Whereabouts = "here_reference" // on a shelf of this branch, to be read in the library
	Elsewhere     Whereabouts = "elsewhere"      // a copy stands on a shelf of another branch
	AllOut        Whereabouts = "all_out"        // copies exist, none stands on a shelf
	NoCopies      Whereabouts = "no_copies"
)

// WhereaboutsOf judges items as seen from the branch at.
func WhereaboutsOf(items []Item, at BranchCode) Whereabouts {
	best := NoCopies
	rank := map[Whereabouts]int{HereNow: 0, HereReference: 1, Elsewhere: 2, AllOut: 3, NoCopies: 4}
	for _, it := range items {
		w := AllOut
		switch {
		case it.State != OnShelf:
		case it.Branch != at:
			w = Elsewhere
		case it.Lendable:
			w = HereNow
		default:
			w = HereReference
		}
		if rank[w] < rank[best] {
			best = w
		}
	}
	return best
}

// Returned says what to do with a copy that lies at a desk.
type Returned struct {
	Title string
	State ItemState  // OnShelf: put it on its shelf; OnHoldShelf: on the hold shelf; InTransit: send it; Missing: look for it; "" where Withdrawn
	To    BranchCode // where it is sent, "" when it stays

	// HoldFor is the card of the patron for whom it goes on the hold shelf; of a missing one,
	// whose hold had it.
	HoldFor string
	// Tell is how that patron is told: by mail, which is on its way; by telephone, which
	// staff do; or not. Of a missing one it is "" where nobody was told that it is ready.
	Tell Contact

	// Withdrawn: it has left the library; put it aside. Nothing more is known of it.
	Withdrawn bool
}

// Pick is a copy that staff of a branch fetch: for a hold, or to take it off the hold
// shelf. Where it is wanted at the branch itself, To is that branch.
type Pick struct {
	ItemID        ItemID     `json:"item_id"`
	Barcode       string     `json:"barcode,omitempty"`
	Title         string     `json:"title"`
	CallNumber    string     `json:"call_number,omitempty"`
	Shelf         string     `json:"shelf,omitempty"`
	FromHoldShelf bool       `json:"from_hold_shelf,omitempty"` // it stands there for a patron who did not come
	To            BranchCode `json:"to"`                        // pickup branch; of one that nobody wants, its own
}

// LostHold is a hold for which no copy is left, as staff see it.
type LostHold struct {
	Card       string     `json:"card"`
	BibID      BibID      `json:"bib_id"`
	Title      string     `json:"title"`
	Pickup     BranchCode `json:"pickup"`
	ReceivedOn Date       `json:"received_on"`
}
