package library

// LoanID names a loan, a UUID.
type LoanID string

// Loan is one item in one patron's hands. It ends when the item is returned; then
// the link between patron and loan is deleted, and no history is kept (図書館の自由に
// 関する宣言 第3).
type Loan struct {
	ID       LoanID   `json:"id"`
	PatronID PatronID `json:"-"` // never leaves the central server
	ItemID   ItemID   `json:"item_id"`
	BibID    BibID    `json:"bib_id"`
	LentOn   Date     `json:"lent_on"`
	DueOn    Date     `json:"due_on"` // last day, inclusive, in the library's time zone
	Renewals int      `json:"renewals"`
}

// Lend returns the loan of an item on a day, or why it may not be lent:
// ErrItemOnLoan, ErrItemReference (to be read in the library), ErrItemHeld (it waits
// for another patron). Guide: 貸出, two weeks.
func (p Policy) Lend(id LoanID, patron PatronID, item Item, today Date) (Loan, error) {
	switch {
	case !item.Lendable:
		return Loan{}, ErrItemReference
	case item.State == OnLoan:
		return Loan{}, ErrItemOnLoan
	case item.State == OnHoldShelf:
		return Loan{}, ErrItemHeld
	}
	return Loan{ID: id, PatronID: patron, ItemID: item.ID, BibID: item.BibID, LentOn: today, DueOn: today.Add(p.LoanDays)}, nil
}

// Renewal is what the rule of renewing asks beside the loan itself.
type Renewal struct {
	Owned   bool // the copy belongs to this library, not to another that lent it to us
	Waiting int  // other patrons who wait for the bib
}

// Renew returns the loan with its new due date, or why it may not be renewed:
// ErrNotOwned, ErrOverdue, ErrHeldByOther or ErrRenewalLimit, the first that holds in
// this order. Guide, 貸出状況確認・貸出延長: 市立図書館所蔵の貸出期限内の資料で、かつ他の方の予約が
// ない資料について、1回に限り; 延長できる期間は、延長処理した日から2週間.
func (p Policy) Renew(l Loan, r Renewal, today Date) (Loan, error) {
	switch {
	case !r.Owned:
		return l, ErrNotOwned
	case l.DueOn.Before(today):
		return l, ErrOverdue
	case r.Waiting > 0:
		return l, ErrHeldByOther
	case l.Renewals >= p.RenewalLimit:
		return l, ErrRenewalLimit
	}
	l.DueOn = today.Add(p.LoanDays)
	l.Renewals++
	return l, nil
}
