package screen

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// holds is 予約状況一覧: how far each hold is, and what the patron may still change.
func holds(v *visit) content {
	body, foot := newSlot(), newSlot()
	fetch(v, body, func(ctx context.Context, account Account) (library.PatronHolds, error) {
		return account.Holds(ctx)
	}, func(all library.PatronHolds) { v.drawHolds(body, foot, all) })
	return content{title: v.t("holds.title"), body: body, footer: []fyne.CanvasObject{foot}, spread: true}
}

func (v *visit) drawHolds(body, foot *fyne.Container, all library.PatronHolds) {
	if len(all.Holds) == 0 {
		put(body, v.kit.Text(v.t("holds.none")))
		return
	}
	var rows []fyne.CanvasObject
	for _, group := range sequences(all.Holds) {
		rows = append(rows, v.holdRows(group)...)
	}
	print, prints := v.printButton("print.button", widget.Plain, func() slip.Slip { return v.holdsSlip(all.Holds) })
	prints = prints && len(active(all.Holds)) > 0
	room, below := v.bodySize(), v.portrait() // where the footer has no room for it
	if prints && below {
		room.Height -= v.buttonHeight() + theme.Gap
	}
	pages := paginate(rows, theme.Border, room)
	page := min(v.route.Offset, len(pages)-1)
	list := v.rows(pages[page])
	left := widget.Row(theme.Gap)
	if len(pages) > 1 {
		left.Objects = v.pager(1, len(pages), false)
	}
	switch {
	case prints && below:
		list = widget.Column(theme.Gap, widget.Fill(list), widget.Row(0, widget.Space(), print))
	case prints:
		left.Add(widget.Space())
		left.Add(print)
	}
	put(body, list)
	put(foot, left)
}

// holdRows are one hold, or the holds of a sequence as one: in one row, and in more
// where they are more than a screen holds.
func (v *visit) holdRows(group []library.PatronHold) (rows []fyne.CanvasObject) {
	per := max(2, int(v.bodySize().Height/(v.look().Second*theme.RunningLine))-5)
	for first := 0; first < len(group); first += per {
		rows = append(rows, v.holdRow(group, first, min(first+per, len(group))))
	}
	return rows
}

// holdRow is the row of a hold, or of the members of a sequence from first to last. The
// state stands beside the title where there is room for both, and below it otherwise.
func (v *visit) holdRow(group []library.PatronHold, first, last int) fyne.CanvasObject {
	k := v.kit
	next := firstActive(group)
	tag, tone := v.holdState(next)
	about := k.Second(v.holdAbout(next))
	action := v.holdAction(group)
	shares := []float32{1.7, 1.4, 1}
	width := (v.bodySize().Width - 2*theme.GapWide) / (shares[0] + shares[1] + shares[2])
	ask := k.Second(v.t("holds.ask")).MinSize().Width
	until := k.Second(v.t("holds.until", v.day(library.DateOf(v.now())))).MinSize().Width
	if width*shares[1] >= max(until, about.MinSize().Width) && width*shares[2] >= ask {
		state := widget.Column(0, widget.Row(0, k.Tag(tag, tone), widget.Space()), about)
		return widget.Inset(12, 0, 12, 0, widget.Columns(theme.GapWide, shares, widget.Middle(v.holdTitle(group, first, last)), widget.Middle(state), widget.Middle(action)))
	}
	text := v.holdTitle(group, first, last)
	text.Add(widget.Wrap(theme.GapTight, k.Tag(tag, tone), widget.Inset(4, 0, 0, 0, about)))
	return widget.Inset(12, 0, 12, 0, widget.Row(theme.GapWide, widget.Fill(text), widget.Fixed(max(ask, theme.ButtonHeight*3), action)))
}

// firstActive is the member of a group that the patron waits for now.
func firstActive(group []library.PatronHold) library.PatronHold {
	return group[max(0, slices.IndexFunc(group, func(h library.PatronHold) bool { return h.State.Active() }))]
}

// holdTitle is what is held and where it will be; of a sequence, its members as well.
func (v *visit) holdTitle(group []library.PatronHold, first, last int) *fyne.Container {
	k := v.kit
	next := firstActive(group)
	where := k.Second(joined("／", next.Creators, v.t("holds.pickup", v.branchOf(next.Pickup)), v.t("contact."+string(next.Contact)))).Lines(1).DownTo(v.look().Second * 0.7)
	if len(group) == 1 {
		return widget.Column(2, k.Strong(next.Title).Lines(1), where)
	}
	var names []string
	for n := first; n < last; n++ {
		word, _ := v.holdState(group[n])
		names = append(names, v.t("holds.member", n+1, group[n].Title, word))
	}
	return widget.Column(2, k.Strong(v.t("holds.sequence", group[0].Title, len(group))).Lines(1).DownTo(v.look().Text*0.8), k.Second(strings.Join(names, "\n")), where)
}

// holdAction leads to where a hold is changed, or says why it cannot be.
func (v *visit) holdAction(group []library.PatronHold) fyne.CanvasObject {
	if !firstActive(group).State.Active() {
		return widget.Space()
	}
	i := slices.IndexFunc(group, func(h library.PatronHold) bool { return h.MayChange })
	if i < 0 || !v.can(library.AbilityHoldChange) && !v.can(library.AbilityHoldCancel) {
		return v.kit.Second(v.t("holds.ask")).Centered()
	}
	h := group[i]
	return v.kit.Button(v.t("holds.change"), widget.Outlined, v.open(Route{Page: PageHold, Hold: h.ID, Pickup: h.Pickup, Contact: h.Contact}))
}

// oneHold is where a hold that still waits is changed or cancelled.
func oneHold(v *visit) content {
	body := newSlot()
	type both struct {
		account library.Account
		holds   library.PatronHolds
	}
	fetch(v, body, func(ctx context.Context, account Account) (b both, err error) {
		if b.account, err = account.Account(ctx); err != nil {
			return b, err
		}
		b.holds, err = account.Holds(ctx)
		return b, err
	}, func(b both) {
		i := slices.IndexFunc(b.holds.Holds, func(h library.PatronHold) bool { return h.ID == v.route.Hold })
		if i < 0 {
			put(body, v.kit.Text(v.t("refusal.hold_unknown")))
			return
		}
		put(body, v.holdForm(b.holds.Holds[i], b.holds.Holds, b.account))
	})
	return content{title: v.t("hold.title"), body: body}
}

// members choose between the members of a sequence that may still be changed.
func (v *visit) members(h library.PatronHold, all []library.PatronHold) (buttons []fyne.CanvasObject) {
	for _, group := range sequences(all) {
		for n, m := range group {
			if m.SequenceID == "" || m.SequenceID != h.SequenceID || !m.MayChange {
				continue
			}
			r := v.route
			r.Hold = m.ID
			buttons = append(buttons, v.kit.Button(v.t("hold.member", n+1), widget.Plain, v.replace(r)).Select(m.ID == h.ID))
		}
	}
	return buttons
}

// staying says of the sequence of a hold that a change is for all members that still wait,
// and which stay as they are; "" of a hold by itself.
func (v *visit) staying(h library.PatronHold, all []library.PatronHold) string {
	change, stay := 0, []string(nil)
	for _, group := range sequences(all) {
		for _, m := range group {
			switch {
			case m.SequenceID == "" || m.SequenceID != h.SequenceID:
			case m.MayChange:
				change++
			case m.State.Active():
				stay = append(stay, v.t("hold.stays", m.Title, v.worded("hold."+string(m.State), "problem.ask")))
			}
		}
	}
	switch {
	case len(stay) > 0:
		return v.t("hold.changes_but", change, strings.Join(stay, v.t("confirm.and")))
	case change > 1:
		return v.t("hold.changes_all", change)
	}
	return ""
}

// askCancel asks whether a hold is really to be cancelled, and says what is lost by it.
func (v *visit) askCancel(h library.PatronHold, cancel func()) {
	about := v.t("hold.cancel_about", h.Title)
	if h.Position > 0 {
		about = v.t("hold.cancel_place", h.Title, h.Position)
	}
	v.ask(v.t("hold.cancel_sure"), about, v.t("hold.cancel_yes"), cancel)
}

func (v *visit) holdForm(h library.PatronHold, all []library.PatronHold, a library.Account) fyne.CanvasObject {
	k := v.kit
	ask := func(what func(context.Context, Account) (library.PatronHold, error), done string) func() {
		return func() {
			app, account := v.app, v.app.account
			if account == nil || app.loading > 0 {
				return
			}
			load(v, nil, func(ctx context.Context) (library.PatronHold, error) {
				return what(context.WithoutCancel(ctx), account)
			}, func(_ library.PatronHold, err error) {
				if app.lost(err) {
					return
				}
				app.goBack()
				if err != nil {
					app.say(v.refusal(err))
					return
				}
				app.say(v.t(done))
			})
		}
	}
	cancel := ask(func(ctx context.Context, account Account) (library.PatronHold, error) {
		return account.CancelHold(ctx, h.ID)
	}, "hold.cancelled_done")
	change := ask(func(ctx context.Context, account Account) (library.PatronHold, error) {
		return account.ChangeHold(ctx, h.ID, v.route.Pickup, v.route.Contact)
	}, "hold.changed_done")
	head := widget.Column(theme.Gap, k.Title(h.Title).Lines(2), k.Text(v.holdAbout(h)))
	stay := v.staying(h, all)
	if stay != "" {
		head = widget.Column(theme.Gap, k.Title(h.Title).Lines(1), k.Second(stay).Lines(3))
	}
	if members := v.members(h, all); len(members) > 1 {
		head = widget.Column(theme.Gap, k.Title(h.Title).Lines(1), k.Second(stay).Lines(2),
			widget.Wrap(12, append([]fyne.CanvasObject{widget.Sized(0, v.buttonHeight(), widget.Middle(k.Second(v.t("hold.which"))))}, members...)...))
	}
	body, answers := widget.Column(theme.GapWide, head), widget.Row(theme.Gap)
	if v.can(library.AbilityHoldCancel) {
		answers.Add(k.Button(v.t("hold.cancel"), widget.Plain, func() { v.askCancel(h, cancel) }))
	}
	answers.Add(widget.Space())
	if v.can(library.AbilityHoldChange) {
		body.Add(v.form(v.choices(a)))
		answers.Add(k.Button(v.t("hold.save"), widget.Filled, change))
	}
	body.Add(answers)
	return body
}
