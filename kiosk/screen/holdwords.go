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
	switch h.State {
	case library.Waiting:
		return v.t("holds.position", h.Position, h.Copies)
	case library.ReadyHold:
		return v.t("holds.until", v.day(h.ShelfUntil))
	case library.Cancelled, library.Expired:
		return v.t("holds.shown_until", v.day(h.EndedOn.Add(v.app.cfg.Site().Policy.HoldShownDays)))
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
