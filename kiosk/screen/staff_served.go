package screen

import (
	"context"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// identity is what is compared with a document.
func (v *visit) identity(p library.CounterPatron) fyne.CanvasObject {
	k := v.kit
	about := p.Reading
	if p.BirthYear != 0 {
		about += "　" + v.born(p.BirthYear)
	}
	return widget.Column(0,
		k.Display(p.Name).Lines(1).DownTo(v.look().Text),
		k.Strong(about).Weight(false).Lines(1).DownTo(v.look().Second),
	)
}

// born words a year of birth as both calendars count it: documents may bear either.
func (v *visit) born(year int) string {
	eras, last := "", ""
	for _, d := range []library.Date{{Year: year, Month: time.January, Day: 1}, {Year: year, Month: time.December, Day: 31}} {
		era, n, ok := library.EraOf(d)
		if !ok || era.Name == last {
			continue
		}
		if eras != "" {
			eras += "・"
		}
		count := strconv.Itoa(n)
		if n == 1 {
			count = "元"
		}
		eras, last = eras+era.Name+count+"年", era.Name
	}
	return v.t("staff.born", year, eras)
}

// loadServed asks for the patron whom staff serve.
func (a *App) loadServed(v *visit, body *fyne.Container, show func(library.CounterPatron)) {
	staff, card := a.staff, a.served.card
	load(v, func() { put(body, v.kit.Second(v.t("wait.moment"))) }, func(ctx context.Context) (library.CounterPatron, error) {
		if staff == nil || card == "" {
			return library.CounterPatron{}, errNobody
		}
		return staff.Patron(ctx, card)
	}, func(p library.CounterPatron, err error) {
		switch {
		case err == nil:
			a.served.patron = p
			show(p)
		case !v.app.lost(err):
			put(body, widget.Column(theme.GapWide, v.kit.Title("▲ "+v.staffRefusal(err)).In(v.look().Bad), v.kit.Text(v.t("staff.scan_again"))))
		}
	})
}

// serve shows staff the patron of a card.
func (a *App) serve(card string) {
	a.served = served{card: card}
	a.back = []Route{{Page: PageStaff}}
	a.show(Route{Page: PageStaffPatron})
}

// served is the patron whom staff serve. It is gone with the staff menu.
type served struct {
	card   string
	patron library.CounterPatron
}
