package library

// PatronID names a patron for as long as the library knows him or her. It is never
// printed on anything: the card is.
type PatronID string

// Patron is a person with a library card.
type Patron struct {
	ID         PatronID   `json:"id"`
	Card       string     `json:"card"` // as barcode.Settings.ParseCard writes it
	Name       string     `json:"name"`
	Reading    string     `json:"reading,omitempty"`
	BornOn     Date       `json:"born_on,omitzero"`
	Phones     []string   `json:"phones,omitempty"` // digits only
	Email      string     `json:"email,omitempty"`
	Branch     BranchCode `json:"branch,omitempty"` // the home branch
	Category   string     `json:"category,omitempty"`
	ValidUntil Date       `json:"valid_until,omitzero"` // last day, inclusive; zero: no end
	Blocks     []Block    `json:"blocks,omitempty"`
}

// MaxPatronText is the longest text that a patron's field may have, in bytes.
const MaxPatronText = 1000

// Block is a reason why a patron may not be served by a machine.
type Block string

// The blocks.
const (
	BlockLostCard Block = "lost_card" // the card was reported lost
	BlockOverdue  Block = "overdue"   // something is long overdue
	BlockStaff    Block = "staff"     // staff want to speak to the patron
	BlockLeft     Block = "left"      // the library's file of patrons has the patron no longer
)

// Blocks are all blocks.
var Blocks = []Block{BlockLostCard, BlockOverdue, BlockStaff, BlockLeft}

// FileBlocks are those that a file of patrons can name. BlockLeft is made by a file that
// lacks the patron, and lifted by one that has the patron again.
var FileBlocks = []Block{BlockLostCard, BlockOverdue, BlockStaff}

// MayUseTerminal returns why a patron may not log in on a day: ErrCardExpired,
// ErrCardLost or ErrCardBlocked; the first that holds, in this order. A patron with
// something overdue may: to see what it is.
func (p Patron) MayUseTerminal(today Date) error {
	switch {
	case p.has(BlockLostCard):
		return ErrCardLost
	case !p.ValidUntil.IsZero() && p.ValidUntil.Before(today):
		return ErrCardExpired
	case p.has(BlockStaff), p.has(BlockLeft):
		return ErrCardBlocked
	}
	return nil
}

// MayBorrow returns why nothing may be lent to a patron on a day: as MayUseTerminal,
// and ErrCardBlocked while something is long overdue.
func (p Patron) MayBorrow(today Date) error {
	if err := p.MayUseTerminal(today); err != nil {
		return err
	}
	if p.BlockedAsOverdue() {
		return ErrCardBlocked
	}
	return nil
}

// BlockedAsOverdue reports whether nothing may be lent to the patron before something long
// overdue is back. Holds may be placed, and not be collected.
func (p Patron) BlockedAsOverdue() bool { return p.has(BlockOverdue) }

// Account returns what the patron's menu shows on a day: due are the due dates of
// all loans, ready is how many holds can be collected, r how the patron can be told.
func (p Patron) Account(due []Date, ready int, r Reach, today Date) Account {
	a := Account{
		Name: p.Name, Loans: len(due), HoldsReady: ready, ValidUntil: p.ValidUntil,
		HomeBranch: p.Branch, Contacts: r.Contacts(),
	}
	for _, d := range due {
		if d.Before(today) {
			a.Overdue++
		}
	}
	if a.Overdue > 0 {
		a.Messages = append(a.Messages, MessageOverdue)
	}
	if p.BlockedAsOverdue() {
		a.Messages = append(a.Messages, MessageBlockOverdue)
	}
	if !p.ValidUntil.IsZero() && p.ValidUntil.Sub(today) <= ExpiryNotice {
		a.Messages = append(a.Messages, MessageCardExpires)
	}
	return a
}

func (p Patron) has(b Block) bool {
	for _, x := range p.Blocks {
		if x == b {
			return true
		}
	}
	return false
}
