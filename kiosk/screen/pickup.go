package screen

import (
	"slices"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// choices are where to pick holds up and how to be told, where that is chosen: side by
// side where the screen is wide.
func (v *visit) choices(a library.Account) fyne.CanvasObject {
	width := v.bodySize().Width
	if !v.can(library.AbilityHoldContact) {
		return v.pickups(a.HomeBranch, width)
	}
	if v.portrait() {
		return widget.Column(theme.GapWide, v.pickups(a.HomeBranch, width), v.contacts(a.Contacts))
	}
	const share = 1.6
	left := (width - theme.GapSection) * share / (share + 1)
	return widget.Columns(theme.GapSection, []float32{share, 1}, v.pickups(a.HomeBranch, left), v.contacts(a.Contacts))
}

// pickups are the branches to pick up at, the home branch first, and when the chosen
// one is open; many of them are shown by turns.
func (v *visit) pickups(home library.BranchCode, width float32) fyne.CanvasObject {
	var choices []*widget.Button
	about := widget.Column(0)
	for _, b := range v.branchesFrom(home) {
		choices = append(choices, v.kit.Button(v.branchShort(b), widget.Plain, func() {
			r := v.route
			r.Pickup = b.Code
			v.app.show(r)
		}).Select(b.Code == v.route.Pickup))
		if b.Code == v.route.Pickup {
			about.Add(v.kit.Second(v.branchName(b) + "　" + v.openingDays(b.Calendar)).Lines(2))
			about.Add(v.kit.Second(joined("　", v.openToday(b), v.nextClosed(b))).Lines(2))
		}
	}
	return widget.Column(12, v.kit.Second(v.t("confirm.pickup")), widget.Wrap(12, v.byTurns(choices, width)...), about)
}

// byTurns are as many of the buttons as fit two lines, from Route.Offset on, and one
// that shows the next of them.
func (v *visit) byTurns(choices []*widget.Button, width float32) []fyne.CanvasObject {
	const gap = 12
	fits := func(buttons []fyne.CanvasObject) bool {
		return widget.HeightFor(widget.Wrap(gap, buttons...), width) <= 2*v.buttonHeight()+gap
	}
	var shown []fyne.CanvasObject
	for _, b := range choices {
		shown = append(shown, b)
	}
	if fits(shown) {
		return shown
	}
	r := v.route
	first := r.Offset % len(choices)
	others := v.kit.Button("▶ "+v.t("confirm.other_branches"), widget.Quiet, nil)
	shown = []fyne.CanvasObject{others}
	n := first
	for ; n < len(choices); n++ {
		more := slices.Insert(slices.Clone(shown), len(shown)-1, fyne.CanvasObject(choices[n]))
		if !fits(more) {
			break
		}
		shown = more
	}
	r.Offset = max(n, first+1) % len(choices)
	others.OnTap(v.replace(r))
	return shown
}

// contacts are the ways to be told of a hold.
func (v *visit) contacts(all []library.Contact) fyne.CanvasObject {
	var choices []fyne.CanvasObject
	for _, c := range all {
		choices = append(choices, v.kit.Button(v.t("contact."+string(c)), widget.Plain, func() {
			r := v.route
			r.Contact = c
			v.app.show(r)
		}).Select(c == v.route.Contact))
	}
	return widget.Column(12, v.kit.Second(v.t("confirm.contact")), widget.Wrap(12, choices...))
}

// toldBy says beforehand how the patron will be told, and from which day the time on the
// hold shelf counts. Guide: 連絡日の翌日から休館日を除き1週間.
func (v *visit) toldBy(all []library.Contact) string {
	days := v.app.cfg.Site().Policy.ShelfDays
	if len(all) == 1 && all[0] == library.NoNews {
		return v.t("confirm.told_by.nobody", days)
	}
	return v.t("confirm.told_by."+string(v.route.Contact), days)
}
