package screen

import (
	"slices"

	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

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

// holdState is the state of a hold in the guide's words.
func (v *visit) holdState(h library.PatronHold) (string, widget.Tone) {
	if h.EndReason != "" {
		return v.t("hold.ended"), widget.Neutral
	}
	mark, tone := "", widget.Neutral
	switch h.State {
	case library.Waiting:
		mark, tone = "○ ", widget.Info
	case library.Preparing:
		mark = "→ "
	case library.ReadyHold:
		mark, tone = "● ", widget.Good
	}
	return mark + v.worded("hold."+string(h.State), "problem.ask"), tone
}

// holdAbout is the line below the state: the place in the queue, the last day, and how
// long what has ended is shown.
func (v *visit) holdAbout(h library.PatronHold) string {
	policy := v.app.cfg.Site().Policy
	fellBack := ""
	if !h.FellBackOn.IsZero() {
		fellBack = v.t("holds.fell_back")
	}
	switch {
	case h.NoCopies() && h.Contact == library.NoNews:
		return v.t("holds.no_copies_quiet")
	case h.NoCopies():
		return v.t("holds.no_copies")
	case h.State == library.Waiting && h.ItemID != "":
		return joined("　", fellBack, v.t("holds.set_aside", h.PickAt.In(v.app.cfg.Site().Location()).Format("15:04")))
	case h.State == library.Waiting:
		return joined("　", fellBack, v.t("holds.position", h.Position, h.Copies))
	case h.State == library.Preparing:
		return fellBack
	case h.State == library.ReadyHold && h.ContactedOn.IsZero():
		return v.t("holds.untold", policy.ShelfDays)
	case h.State == library.ReadyHold:
		return v.t("holds.until", v.day(h.ShelfUntil))
	case h.EndReason != "":
		return joined("　", v.worded("hold.ended."+string(h.EndReason), "problem.ask"), v.t("holds.shown_until", v.day(h.EndedOn.Add(policy.HoldShownDays))))
	case !h.State.Active():
		return v.t("holds.shown_until", v.day(h.EndedOn.Add(policy.HoldShownDays)))
	}
	return ""
}

// active are the holds that have not ended.
func active(all []library.PatronHold) (some []library.PatronHold) {
	for _, h := range all {
		if h.State.Active() {
			some = append(some, h)
		}
	}
	return some
}
