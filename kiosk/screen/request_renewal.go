package screen

import (
	"slices"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// scannedLoan is the copy that was scanned, where it is on loan: whoever holds it in
// hands may want to keep it longer.
func (d *detailScreen) scannedLoan() (library.Item, bool) {
	i := slices.IndexFunc(d.record.Items, func(it library.Item) bool {
		return d.route.Barcode != "" && it.Barcode == d.route.Barcode && it.State == library.OnLoan
	})
	if i < 0 {
		return library.Item{}, false
	}
	return d.record.Items[i], true
}

// renewal offers to leave a request for the renewal of a copy, or says why that would
// be in vain. It says no date: which branch lent it, and so on which days it may fall
// due, only the server knows.
func (d *detailScreen) renewal(it library.Item) fyne.CanvasObject {
	today := library.DateOf(d.now())
	switch {
	case it.DueOn.IsZero():
	case it.DueOn.Before(today):
		return d.kit.Second("▲ " + d.t("refusal."+library.ErrOverdue.Code)).In(d.look().Bad).Lines(3)
	case d.policy().RenewsTooEarly(it.DueOn, today):
		return d.kit.Second(d.t("refusal." + library.ErrRenewTooEarly.Code)).Lines(3)
	}
	return d.kit.Button(d.t("request.renew"), widget.Outlined, func() {
		d.app.startRequest(request{item: it.ID, titles: []string{fullTitle(d.record.Bib)}}, Route{})
	})
}

// renewal is the request for the renewal of a loan.
func (s *loansScreen) renewal(id library.LoanID) request {
	i := slices.IndexFunc(s.loans.Loans, func(l library.PatronLoan) bool { return l.ID == id })
	if i < 0 {
		return request{}
	}
	l := s.loans.Loans[i]
	return request{item: l.ItemID, titles: []string{l.Title}}
}
