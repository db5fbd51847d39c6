package demo

import (
	_ "embed"
	"errors"
)

//go:embed loans.csv
var loans string

//go:embed holds.csv
var holds string

// Lender is the branch that lent all that is on loan: it is open every day of the year,
// so that on whatever day the demo is made, due dates are as many days from then as Loans
// says, and what is said of each card is true.
const Lender = "ekimae"

// Loan is a copy that a patron has.
type Loan struct {
	Card     string
	Barcode  string
	LentAgo  int // days from the first day of the loan to today
	DueIn    int // days from today to the due date, negative when overdue
	Renewals int
	Owned    bool // false: another library lent the copy to this one
}

// Loans returns every copy on loan.
func Loans() ([]Loan, error) {
	rows, err := read("loans.csv", loans, "card", "barcode", "lent_days_ago", "due_in_days", "renewals", "owned")
	if err != nil {
		return nil, err
	}
	list := make([]Loan, 0, len(rows))
	for _, r := range rows {
		l := Loan{Card: r.text("card"), Barcode: r.text("barcode"), Owned: r.text("owned") == "yes"}
		if err := errors.Join(r.number("lent_days_ago", &l.LentAgo), r.number("due_in_days", &l.DueIn), r.number("renewals", &l.Renewals)); err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	return list, nil
}

// Hold is a patron's place in the queue for a bib, or the copy that came of it.
type Hold struct {
	Card         string
	Bib          string
	State        string // a library.HoldState that is active
	Pickup       string // code of the branch
	Barcode      string // of the copy, "" while waiting
	ReceivedAgo  int    // days from the request to today
	ContactedAgo int    // days since the patron was told; only when ready
}

// Holds returns every active hold.
func Holds() ([]Hold, error) {
	rows, err := read("holds.csv", holds, "card", "bib", "state", "pickup", "barcode", "received_days_ago", "contacted_days_ago")
	if err != nil {
		return nil, err
	}
	list := make([]Hold, 0, len(rows))
	for _, r := range rows {
		h := Hold{Card: r.text("card"), Bib: r.text("bib"), State: r.text("state"), Pickup: r.text("pickup"), Barcode: r.text("barcode")}
		if err := errors.Join(r.number("received_days_ago", &h.ReceivedAgo), r.number("contacted_days_ago", &h.ContactedAgo)); err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, nil
}
