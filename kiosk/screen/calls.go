package screen

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// calls is 電話連絡: the patrons whom staff of the branch are to telephone, each with all
// that is to be told.
func calls(v *visit) content {
	body, footer := newSlot(), newSlot()
	staff := v.app.staff
	load(v, func() { put(body, v.kit.Second(v.t("wait.moment"))) }, func(ctx context.Context) ([]library.Call, error) {
		if staff == nil {
			return nil, errNobody
		}
		return staff.Calls(ctx)
	}, func(all []library.Call, err error) {
		switch {
		case err != nil:
			if !v.app.lost(err) {
				put(body, v.kit.Text("▲ "+v.staffRefusal(err)).In(v.look().Bad))
			}
			return
		case len(all) == 0:
			put(body, widget.Column(theme.GapWide, v.kit.Title(v.t("calls.none")), v.kit.Text(v.t("calls.none_about"))))
			return
		}
		var rows []fyne.CanvasObject
		for _, c := range all {
			rows = append(rows, v.callRow(c))
		}
		pages := paginate(rows, theme.Border, v.bodySize())
		page := min(v.route.Offset, len(pages)-1)
		put(body, v.rows(pages[page]))
		if len(pages) > 1 {
			put(footer, widget.Row(theme.Gap, v.pager(1, len(pages), false)...))
		}
	})
	return content{title: v.t("calls.title"), body: body, footer: []fyne.CanvasObject{footer}}
}

// callRow is one call: the number as large as may be, whose it is, what is told, and what
// came of it.
func (v *visit) callRow(c library.Call) fyne.CanvasObject {
	k := v.kit
	var numbers []string
	for _, p := range c.Phones {
		numbers = append(numbers, dialled(p))
	}
	day := library.DateOf(v.now())
	days, vain := 0, 0
	var titles []string
	for _, l := range c.Lines {
		days, vain = max(days, day.Sub(l.Since)), max(vain, l.Calls)
		why := v.t("call." + string(l.Why))
		if l.Reason != "" {
			why += "：" + v.worded("hold.ended."+string(l.Reason), "problem.ask")
		}
		titles = append(titles, v.t("calls.line", l.Title, why))
	}
	about := v.t("calls.waits", c.Name, days+1)
	if vain > 0 {
		about = joined("　", about, v.t("calls.in_vain", vain))
	}
	text := widget.Column(2,
		k.Title(strings.Join(numbers, "　")).Lines(1).DownTo(v.look().Strong),
		k.Strong(about).Lines(2).DownTo(v.look().Second),
		k.Second(strings.Join(titles, "\n")),
	)
	answers := []fyne.CanvasObject{
		k.Button(v.t("calls.told"), widget.Filled, v.called(c, true)),
		k.Button(v.t("calls.no_answer"), widget.Outlined, v.called(c, false)),
	}
	if v.portrait() {
		return widget.Inset(12, 0, 12, 0, widget.Column(theme.Gap, text, widget.Columns(theme.Gap, nil, answers...)))
	}
	return widget.Inset(12, 0, 12, 0, widget.Row(theme.GapWide, widget.Fill(widget.Middle(text)), widget.Middle(answers[0]), widget.Middle(answers[1])))
}

// called notes what came of a call and shows the list as it is then.
func (v *visit) called(c library.Call, answered bool) func() {
	return func() {
		a, staff := v.app, v.app.staff
		if staff == nil || a.loading > 0 {
			return
		}
		load(v, nil, func(ctx context.Context) ([]library.CallOutcome, error) {
			return staff.Called(context.WithoutCancel(ctx), c.Card, answered)
		}, func(lines []library.CallOutcome, err error) {
			if a.lost(err) {
				return
			}
			a.rebuild()
			if err != nil {
				a.say(v.staffRefusal(err))
				return
			}
			a.say(v.calledOutcome(lines, answered))
		})
	}
}

// calledOutcome says what follows from a call.
func (v *visit) calledOutcome(lines []library.CallOutcome, answered bool) string {
	var until library.Date
	counted := false
	for _, l := range lines {
		counted = counted || l.Counted
		if until.Before(l.ShelfUntil) && !l.ContactedOn.IsZero() {
			until = l.ShelfUntil
		}
	}
	switch {
	case answered && until.IsZero():
		return v.t("calls.noted")
	case answered:
		return v.t("calls.kept_until", v.day(until))
	case !counted:
		return v.t("calls.not_counted")
	case !until.IsZero():
		return v.t("calls.last_counts", v.day(until))
	}
	return v.t("calls.again", v.app.cfg.Site().Policy.CallAttempts)
}

// dialled writes the digits of a telephone number in groups by which they are dialled.
func dialled(digits string) string {
	switch {
	case len(digits) == 11:
		return digits[:3] + "-" + digits[3:7] + "-" + digits[7:]
	case len(digits) == 10 && (strings.HasPrefix(digits, "03") || strings.HasPrefix(digits, "06")):
		return digits[:2] + "-" + digits[2:6] + "-" + digits[6:]
	case len(digits) == 10:
		return digits[:3] + "-" + digits[3:6] + "-" + digits[6:]
	}
	return digits
}
