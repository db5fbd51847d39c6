package screen

import (
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// guideTopics are the chapters of the guide to the library's services.
var guideTopics = []string{"hours", "search", "borrow", "renew", "hold", "mail", "card", "privacy"}

// guideNeeds is what chapters are about that a library's circulation may not be able to do.
var guideNeeds = map[string]library.Ability{"renew": library.AbilityRenew, "hold": library.AbilityHold, "mail": library.AbilityEmail}

// guide is 利用案内: its chapters, or one of them page by page.
func guide(v *visit) content {
	if v.route.Field == "" {
		return v.guideTopicList()
	}
	return v.guideTopic(v.route.Field)
}

func (v *visit) guideTopicList() content {
	tiles := make([]fyne.CanvasObject, 0, len(guideTopics))
	for _, topic := range guideTopics {
		if needs := guideNeeds[topic]; needs != "" && !v.can(needs) {
			continue
		}
		tiles = append(tiles, v.tile("guide."+topic, "guide."+topic+".about", v.open(Route{Page: PageGuide, Field: topic})))
	}
	return content{title: v.t("guide.title"), body: v.tileGrid(tiles, v.bodySize().Height)}
}

func (v *visit) guideTopic(topic string) content {
	const column = 1000 // longer lines are hard to read
	size := v.bodySize()
	size.Width = min(size.Width, column)
	var parts []fyne.CanvasObject
	if topic == "hours" {
		parts = v.openingHours()
	} else {
		for _, paragraph := range strings.Split(v.guideText(topic), "\n") {
			if heading, ok := strings.CutPrefix(paragraph, "# "); ok {
				parts = append(parts, widget.Column(theme.GapTight, v.kit.Strong(heading)))
				continue
			}
			// The first paragraph stays with its heading when pages are cut.
			if last := len(parts) - 1; last >= 0 {
				if c, ok := parts[last].(*fyne.Container); ok && len(c.Objects) == 1 {
					c.Add(v.kit.Text(paragraph))
					continue
				}
			}
			parts = append(parts, v.kit.Text(paragraph))
		}
	}
	pages := paginate(parts, theme.Gap, size)
	page := min(v.route.Offset, len(pages)-1)
	var footer []fyne.CanvasObject
	if len(pages) > 1 {
		footer = v.pager(1, len(pages), false)
	}
	return content{
		title:  v.t("guide." + topic),
		body:   widget.Column(0, widget.Row(0, widget.Fixed(size.Width, widget.Column(theme.Gap, pages[page]...)))),
		footer: footer,
	}
}

// guideText fills the numbers of this library's policy into the text.
func (v *visit) guideText(topic string) string {
	p := v.app.cfg.Site().Policy
	switch topic {
	case "borrow":
		most := ""
		if p.MaxLoans > 0 {
			most = v.t("guide.borrow.most", p.MaxLoans)
		}
		return v.t("guide.borrow.text", p.LoanDays, most)
	case "renew":
		text := v.t("guide.renew.text", p.LoanDays)
		if p.DueOnOpenDay {
			text += "\n" + v.t("guide.renew.open_day")
		}
		return text
	case "hold":
		return v.t("guide.hold.text", p.ShelfDays, v.sequenceAbout())
	}
	return v.t("guide." + topic + ".text")
}

// openingHours is the week of this branch, and the days on which it is closed.
func (v *visit) openingHours() []fyne.CanvasObject {
	b, ok := v.app.cfg.Site().Branch(v.branch())
	if !ok {
		return []fyne.CanvasObject{v.kit.Text(v.t("guide.hours.unknown"))}
	}
	rows := []fyne.CanvasObject{v.kit.Title(v.branchName(b))}
	today := library.DateOf(v.now())
	for n := range 7 {
		d := today.Add(n)
		text := v.t("guide.hours.closed")
		if h, open := b.Calendar.On(d); open {
			text = v.t("guide.hours.open", minutes(h.Open), minutes(h.Close))
		}
		day := v.kit.Strong(v.day(d))
		rows = append(rows, widget.Column(theme.GapTight, v.kit.Rule(), widget.Row(theme.GapWide, widget.Sized(280, 0, day), widget.Fill(v.kit.Text(text)))))
	}
	return rows
}
