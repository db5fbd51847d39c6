package screen

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// holds is 予約状況一覧: how far each hold is, and what the patron may still change.
func holds(v *visit) content {
	body, foot := newSlot(), newSlot()
	account := v.app.account
	load(v, func() { put(body, v.kit.Second(v.t("wait.moment"))) }, func(ctx context.Context) (library.PatronHolds, error) {
		if account == nil {
			return library.PatronHolds{}, errNobody
		}
		return account.Holds(ctx)
	}, func(h library.PatronHolds, err error) {
		switch {
		case err == nil:
			v.drawHolds(body, foot, h)
		case !v.app.lost(err):
			put(body, v.kit.Text(v.refusal(err)))
		}
	})
	return content{title: v.t("holds.title"), body: body, footer: []fyne.CanvasObject{foot}}
}

func (v *visit) drawHolds(body, foot *fyne.Container, all library.PatronHolds) {
	if len(all.Holds) == 0 {
		put(body, v.kit.Text(v.t("holds.none")))
		return
	}
	var rows []fyne.CanvasObject
	for _, group := range sequences(all.Holds) {
		rows = append(rows, v.holdRow(group))
	}
	pages := v.paginate(rows, theme.Border, v.bodySize())
	page := min(v.route.Offset, len(pages)-1)
	put(body, v.rows(pages[page]))
	if len(pages) > 1 {
		put(foot, widget.Row(theme.Gap, v.pager(1, len(pages), false)...))
	}
}

// sequences puts the holds of a 順番予約 together, in their order.
func sequences(all []library.PatronHold) (groups [][]library.PatronHold) {
	at := map[string]int{}
	for _, h := range all {
		if i, ok := at[h.SequenceID]; ok && h.SequenceID != "" {
			groups[i] = append(groups[i], h)
			continue
		}
		at[h.SequenceID] = len(groups)
		groups = append(groups, []library.PatronHold{h})
	}
	for _, g := range groups {
		slices.SortFunc(g, func(a, b library.PatronHold) int { return a.Place - b.Place })
	}
	return groups
}

// holdRow is one hold, or the holds of a sequence as one.
func (v *visit) holdRow(group []library.PatronHold) fyne.CanvasObject {
	k := v.kit
	first := group[0]
	title := widget.Column(2, k.Strong(first.Title).Lines(1), k.Second(joined("／", first.Creators, v.t("holds.pickup", v.branchOf(first.Pickup)), v.t("contact."+string(first.Contact)))).Lines(1).DownTo(v.look().Second*0.7))
	tag, tone := v.holdState(first)
	state := widget.Column(0, widget.Row(0, k.Tag(tag, tone), widget.Space()), k.Second(v.holdAbout(first)).Lines(1).DownTo(v.look().Second*0.7))
	if len(group) > 1 {
		var names []string
		for n, h := range group {
			word, _ := v.holdState(h)
			names = append(names, v.t("holds.member", n+1, h.Title, word))
		}
		title = widget.Column(2, k.Strong(v.t("holds.sequence", first.Title, len(group))).Lines(1).DownTo(v.look().Text*0.8), k.Second(strings.Join(names, "\n")))
	}
	var action fyne.CanvasObject
	switch {
	case !first.State.Active():
		action = widget.Space()
	case slices.ContainsFunc(group, func(h library.PatronHold) bool { return h.MayChange }):
		changeable := group[slices.IndexFunc(group, func(h library.PatronHold) bool { return h.MayChange })]
		action = k.Button(v.t("holds.change"), widget.Outlined, v.open(Route{Page: PageHold, Hold: changeable.ID, Pickup: changeable.Pickup, Contact: changeable.Contact}))
	default:
		action = k.Second(v.t("holds.ask")).Centered()
	}
	return widget.Inset(12, 0, 12, 0, widget.Columns(theme.GapWide, []float32{1.7, 1.4, 1}, widget.Middle(title), widget.Middle(state), widget.Middle(action)))
}

func (v *visit) branchOf(code library.BranchCode) string {
	if b, ok := v.app.cfg.Site().Branch(code); ok {
		return v.branchShort(b)
	}
	return string(code)
}

// holdState is the state of a hold in the guide's words.
func (v *visit) holdState(h library.PatronHold) (string, widget.Tone) {
	mark, tone := "", widget.Neutral
	switch h.State {
	case library.Waiting:
		mark, tone = "○ ", widget.Info
	case library.Preparing:
		mark = "→ "
	case library.ReadyHold:
		mark, tone = "● ", widget.Good
	}
	return mark + v.t("hold."+string(h.State)), tone
}

// holdAbout is the line below the state: the place in the queue, the last day.
func (v *visit) holdAbout(h library.PatronHold) string {
	switch h.State {
	case library.Waiting:
		return v.t("holds.position", h.Position, h.Copies)
	case library.ReadyHold:
		return v.t("holds.until", v.day(h.ShelfUntil))
	}
	return ""
}

// oneHold is where a hold that still waits is changed or cancelled.
func oneHold(v *visit) content {
	body := newSlot()
	account := v.app.account
	type both struct {
		account library.Account
		holds   library.PatronHolds
	}
	load(v, func() { put(body, v.kit.Second(v.t("wait.moment"))) }, func(ctx context.Context) (b both, err error) {
		if account == nil {
			return b, errNobody
		}
		if b.account, err = account.Account(ctx); err != nil {
			return b, err
		}
		b.holds, err = account.Holds(ctx)
		return b, err
	}, func(b both, err error) {
		if err != nil {
			if !v.app.lost(err) {
				put(body, v.kit.Text(v.refusal(err)))
			}
			return
		}
		i := slices.IndexFunc(b.holds.Holds, func(h library.PatronHold) bool { return h.ID == v.route.Hold })
		if i < 0 {
			put(body, v.kit.Text(v.t("refusal.hold_unknown")))
			return
		}
		put(body, v.holdForm(b.holds.Holds[i], b.account))
	})
	return content{title: v.t("hold.title"), body: body}
}

func (v *visit) holdForm(h library.PatronHold, a library.Account) fyne.CanvasObject {
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
	return widget.Column(theme.GapWide,
		k.Title(h.Title).Lines(2),
		k.Text(v.holdAbout(h)),
		v.form(v.pickups(), v.contacts(a.Contacts)),
		widget.Row(theme.Gap, k.Button(v.t("hold.cancel"), widget.Plain, cancel), widget.Space(), k.Button(v.t("hold.save"), widget.Filled, change)),
	)
}
