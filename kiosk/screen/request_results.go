package screen

import (
	"cmp"
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// requestResults is what became of the requests that a patron left while the server
// could not be reached.
func requestResults(v *visit) content {
	body, foot := newSlot(), newSlot()
	fetch(v, body, func(ctx context.Context, account Account) (library.Account, error) {
		return account.Account(ctx)
	}, func(a library.Account) { v.drawResults(body, foot, a.Requests) })
	return content{title: v.t("request_results.title"), body: body, footer: []fyne.CanvasObject{foot}}
}

func (v *visit) drawResults(body, foot *fyne.Container, all []library.RequestResult) {
	head := v.kit.Second(v.t("request_results.about", v.app.cfg.Site().Policy.HoldShownDays)).Lines(2)
	var rows []fyne.CanvasObject
	for _, r := range all {
		rows = append(rows, v.resultRows(r)...)
	}
	size := v.bodySize()
	size.Height -= widget.HeightFor(head, size.Width) + theme.Gap + theme.Border
	pages := paginate(rows, theme.Border, size)
	put(body, widget.Column(theme.Gap, head, v.rows(pages[min(v.route.Offset, len(pages)-1)])))
	if len(pages) > 1 {
		put(foot, widget.Row(theme.Gap, v.pager(1, len(pages), false)...))
	}
}

// resultRows are a row for each line of a request, or one for all of it where it was
// refused as a whole.
func (v *visit) resultRows(r library.RequestResult) (rows []fyne.CanvasObject) {
	row := func(title string, about fyne.CanvasObject) {
		k := v.kit
		what := widget.Column(2, k.Strong(title).Lines(4), k.Second(v.t("request_results.receipt", r.Receipt, v.moment(r.ReceivedAt))).Lines(2))
		rows = append(rows, widget.Inset(10, 0, 10, 0, widget.Columns(theme.GapWide, []float32{1.3, 1}, widget.Middle(what), widget.Middle(about))))
	}
	if r.Refusal != "" {
		var titles []string
		for _, l := range r.Lines {
			titles = append(titles, v.titleOf(l))
		}
		kind := "request_results.holds"
		if r.Renewal {
			kind = "request_results.renewal"
		}
		// Without the right password nobody is told what was asked for.
		row(cmp.Or(strings.Join(titles, v.t("confirm.and")), v.t(kind)), v.refusedResult(r.Refusal))
		return rows
	}
	for _, l := range r.Lines {
		row(v.titleOf(l), v.resultOf(r, l))
	}
	return rows
}

// titleOf is the title of a line, as far as it is known.
func (v *visit) titleOf(l library.RequestLine) string {
	return cmp.Or(l.Title, v.t("request_results.untitled"))
}

// resultOf says what became of a line.
func (v *visit) resultOf(r library.RequestResult, l library.RequestLine) fyne.CanvasObject {
	if l.Refusal != "" {
		return v.refusedResult(l.Refusal)
	}
	word, about := "request_results.held", widget.Column(0)
	if r.Renewal {
		word = "request_results.renewed"
		about.Add(v.kit.Second(v.t("loans.until", v.day(l.DueOn))).Lines(1))
	}
	if r.NoContact {
		about.Add(v.kit.Second(v.t("request_results.no_contact")).Lines(3))
	}
	if r.Blocked {
		about.Add(v.kit.Second("▲ " + v.t("request_results.blocked")).In(v.look().Bad).Lines(3))
	}
	tag := widget.Row(0, v.kit.Tag("✓ "+v.t(word), widget.Good), widget.Space())
	return widget.Column(0, tag, about)
}

func (v *visit) refusedResult(code string) fyne.CanvasObject {
	return v.kit.Second("▲ " + v.requestRefusal(code)).In(v.look().Bad).Lines(4)
}

// requestRefusal words why a request was refused some time ago: what may be otherwise
// by now has a wording of its own.
func (v *visit) requestRefusal(code string) string {
	return v.worded("request_refusal."+code, "refusal."+code, "problem.ask")
}
