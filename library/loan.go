package library

// LoanID names a loan, a UUID.
type LoanID string

// Loan is one item in one patron's hands. It ends when the item is returned; then
// the link between patron and loan is deleted, and no history is kept (図書館の自由に
// 関する宣言 第3).
type Loan struct {
	ID       LoanID     `json:"id"`
	PatronID PatronID   `json:"-"` // never leaves the central server
	ItemID   ItemID     `json:"item_id"`
	BibID    BibID      `json:"bib_id"`
	Branch   BranchCode `json:"branch,omitempty"` // that lent it, "" where it is not known
	LentOn   Date       `json:"lent_on"`
	DueOn    Date       `json:"due_on"` // last day, inclusive, in the library's time zone
	Renewals int        `json:"renewals"`
}

// Lending is what the rule of lending asks beside the item itself.
type Lending struct {
	Branch   BranchCode // that lends the item
	Calendar Calendar   // of that branch
	Loans    int        // that the patron has already
}

// Lend returns the loan of an item on a day, or why it may not be lent:
// ErrItemReference (to be read in the library), ErrItemOnLoan, ErrItemHeld (it waits
// for another patron) or ErrTooManyLoans, the first that holds in this order. Guide:
// 貸出, two weeks.
func (p Policy) Lend(id LoanID, patron PatronID, item Item, at Lending, today Date) (Loan, error) {
	switch {
	case !item.Lendable:
		return Loan{}, ErrItemReference
	case item.State == OnLoan:
		return Loan{}, ErrItemOnLoan
	case item.State == OnHoldShelf:
		return Loan{}, ErrItemHeld
	case p.MaxLoans > 0 && at.Loans >= p.MaxLoans:
		return Loan{}, ErrTooManyLoans
	}
	return Loan{
		ID: id, PatronID: patron, ItemID: item.ID, BibID: item.BibID, Branch: at.Branch,
		LentOn: today, DueOn: p.DueDay(at.Calendar, today.Add(p.LoanDays)),
	}, nil
}

// dueMoves is by how many days at most a due date moves: nobody keeps for months what
// was lent by a branch that is being rebuilt.
const dueMoves = 14

// DueDay returns the day on which something falls due that was to fall due on another,
// where the branch with a calendar lent it: with DueOnOpenDay the first day from then on
// on which the branch is open. Where there is none within 14 days it is the same day;
// so it is while no opening hours have been entered.
func (p Policy) DueDay(lender Calendar, due Date) Date {
	if day, open := lender.NextOpen(due, dueMoves); open && p.DueOnOpenDay {
		return day
	}
	return due
}

// Renewal is what the rule of renewing asks beside the loan itself.
type Renewal struct {
	Owned     bool     // the copy belongs to this library, not to another that lent it to us
	Withdrawn bool     // the library has withdrawn the copy, and awaits it
	Waiting   int      // other patrons who wait for the bib
	Calendar  Calendar // of the branch that lent it
}

// Renew returns the loan with its new due date, or why it may not be renewed:
// ErrNotOwned, ErrWithdrawn, ErrOverdue, ErrHeldByOther, ErrRenewalLimit or ErrRenewTooEarly
// (it would not last longer), the first that holds in this order. Guide, 貸出状況確認・貸出延長:
// 市立図書館所蔵の貸出期限内の資料で、かつ他の方の予約がない資料について、1回に限り; 延長できる期間は、
// 延長処理した日から2週間. What is withdrawn is 所蔵 no longer.
func (p Policy) Renew(l Loan, r Renewal, today Date) (Loan, error) {
	due := p.DueDay(r.Calendar, today.Add(p.LoanDays))
	switch {
	case !r.Owned:
		return l, ErrNotOwned
	case r.Withdrawn:
		return l, ErrWithdrawn
	case l.DueOn.Before(today):
		return l, ErrOverdue
	case r.Waiting > 0:
		return l, ErrHeldByOther
	case l.Renewals >= p.RenewalLimit:
		return l, ErrRenewalLimit
	case !l.DueOn.Before(due):
		return l, ErrRenewTooEarly
	}
	l.DueOn = due
	l.Renewals++
	return l, nil
}

// RenewsTooEarly reports whether a renewal on a day would be refused with
// ErrRenewTooEarly, by the due date alone. It needs no calendar: a due date that was made
// by DueDay is an open day of the branch, so whatever was to fall due by then moves to it
// at most.
func (p Policy) RenewsTooEarly(due, today Date) bool { return !due.Before(today.Add(p.LoanDays)) }
