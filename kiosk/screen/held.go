package screen

import (
	"fyne.io/fyne/v2"

	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// held says what became of each line, and what happens next.
func held(v *visit) content {
	titles := map[library.BibID]string{}
	for _, l := range v.app.session.Cart() {
		titles[l.Bib] = l.Title
	}
	placed := 0
	var rows []fyne.CanvasObject
	for _, answer := range v.app.answers {
		title, about := titles[answer.BibID], widget.Column(0)
		if h := answer.Hold; h != nil {
			placed++
			title = h.Title
			tag, tone := v.holdState(*h)
			about = widget.Column(0, widget.Row(0, v.kit.Tag(tag, tone), widget.Space()), v.kit.Second(joined("　", v.holdAbout(*h), v.t("holds.pickup", v.branchOf(h.Pickup)))).Lines(3))
		} else {
			about.Add(v.kit.Second("▲ " + v.worded("refusal."+answer.Refusal)).In(v.look().Bad).Lines(2))
		}
		rows = append(rows, widget.Inset(10, 0, 10, 0, widget.Columns(theme.GapWide, []float32{1.3, 1}, widget.Middle(v.kit.Strong(title).Lines(2)), widget.Middle(about))))
	}
	title, next := v.kit.Title(v.t("held.count", placed)), fyne.CanvasObject(v.kit.Text(v.next(v.app.answers)))
	if warning := v.cannotCollect(); warning != nil {
		next = widget.Column(theme.GapTight, warning, next)
	}
	if placed == 0 {
		title, next = v.kit.Title(v.t("held.none")), v.kit.Text(v.t("held.none_next"))
	}
	actions := widget.Row(theme.Gap, widget.Space())
	if b, ok := v.printButton("print.button", widget.Outlined, func() slip.Slip { return v.heldSlip(v.app.answers) }); ok && placed > 0 {
		actions.Add(b)
	}
	actions.Add(v.kit.Button(v.t("held.list"), widget.Outlined, v.open(Route{Page: PageHolds})))
	actions.Add(v.kit.Button(v.t("held.end"), widget.Filled, v.app.endSession))

	size := v.bodySize()
	for _, o := range []fyne.CanvasObject{title, next, actions} {
		size.Height -= widget.HeightFor(o, size.Width) + theme.GapWide
	}
	pages := paginate(rows, theme.Border, size)
	page := min(v.route.Offset, len(pages)-1)
	var footer []fyne.CanvasObject
	if len(pages) > 1 {
		footer = v.pager(1, len(pages), false)
	}
	return content{
		title:  v.t("held.title"),
		body:   widget.Column(theme.GapWide, title, next, widget.Fill(v.rows(pages[page])), actions),
		footer: footer,
	}
}

// next says what happens after holds were placed. Guide: 予約資料の取置期間は、連絡日の翌日から
// 休館日を除き1週間です.
func (v *visit) next(answers []library.HoldAnswer) string {
	days := v.app.cfg.Site().Policy.ShelfDays
	for _, a := range answers {
		if a.Hold != nil && a.Hold.Contact == library.NoNews {
			return v.t("held.next_quiet", days)
		}
	}
	return v.t("held.next", days)
}
