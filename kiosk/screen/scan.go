package screen

import (
	"context"
	"errors"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/library"
)

// Scanned is told of every scan, on the UI thread. A screen may give a scan a
// meaning of its own; everywhere else it means the same.
func (a *App) Scanned(code barcode.Code) {
	if a.content.probe != nil {
		a.touched()
		a.content.probe(code)
		return
	}
	patron, staff := a.session.Patron(), a.session.Staff()
	action := a.session.Scanned(code)
	if patron != a.session.Patron() || staff != a.session.Staff() {
		a.forget()
	}
	a.closeDialog()
	if a.content.scanned != nil && a.content.scanned(code) {
		return
	}
	switch action.Kind {
	case session.SearchISBN:
		a.findISBN(action.Number)
	case session.ShowItem:
		a.findItem(action.Number)
	case session.SearchMagazine:
		a.say(a.printer.T("scan.magazine"))
	case session.CardScanned:
		a.askPassword(action.Number)
	case session.StaffScanned:
		a.enterStaff(session.Staff{Card: action.Number})
	case session.ServePatron:
		a.serve(action.Number)
	case session.OwnCard:
		a.showMenu()
	case session.PriceRow:
		a.say(a.printer.T("scan.price_row"))
	case session.ScanAgain:
		a.say(a.printer.T("scan.again"))
	default:
		a.say(a.printer.T("scan.unknown"))
	}
}

// findISBN opens the book itself where there is one, the list otherwise.
func (a *App) findISBN(isbn string) {
	q := library.Query{ISBN: isbn}
	cat := a.cfg.Catalogue
	load(a.staying(), nil, func(ctx context.Context) (library.Page, error) {
		return cat.Search(ctx, q, 0, 2)
	}, func(p library.Page, err error) {
		if err == nil && len(p.Rows) == 1 {
			a.open(Route{Page: PageDetail, Bib: p.Rows[0].Bib.ID})
			return
		}
		a.open(Route{Page: PageResults, Query: q})
	})
}

func (a *App) findItem(number string) {
	cat := a.cfg.Catalogue
	load(a.staying(), nil, func(ctx context.Context) (library.BibID, error) {
		return cat.ItemBib(ctx, number)
	}, func(id library.BibID, err error) {
		switch {
		case err == nil:
			a.open(Route{Page: PageDetail, Bib: id, Barcode: number})
		case errors.Is(err, library.ErrUnknownItem):
			a.say(a.printer.T("scan.no_item"))
		default:
			a.cfg.Log.Warn("looking an item up failed", "err", err)
			a.say(a.printer.T("error.catalogue"))
		}
	})
}

// finishFirst is what a scan means on a screen whose entries it must not cost a patron:
// nothing, unless it is somebody else's card.
func (v *visit) finishFirst(say func(string)) func(barcode.Code) bool {
	return func(code barcode.Code) bool {
		if code.Kind == barcode.StaffCard || code.Kind == barcode.Card && code.Text != v.app.session.Patron().Card {
			return false
		}
		say(v.t("password.finish_first"))
		return true
	}
}

// scannedFor is what a scan means while something is filled in for a card: that card,
// where it is not known yet, and nothing new afterwards. another is called before a card
// that is somebody else's means what it means everywhere.
func (v *visit) scannedFor(card *string, say func(string), another func()) func(barcode.Code) bool {
	return func(code barcode.Code) bool {
		switch {
		case code.Kind == barcode.StaffCard:
			return false
		case code.Kind != barcode.Card:
			say(v.t("password.finish_first"))
		case *card == "":
			*card = code.Text
			v.app.say(v.t("apply.card_read"))
		case *card != code.Text:
			another()
			return false
		}
		return true
	}
}
