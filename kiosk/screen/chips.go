package screen

import (
	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// suggestionChips sets suggestions side by side, as many as fit one line.
func (v *visit) suggestionChips(all []library.Suggestion) fyne.CanvasObject {
	chips := widget.Row(12)
	width := v.size.Width - 2*theme.Margin
	for _, sug := range all {
		chip := v.chip(sug)
		if width -= chip.MinSize().Width + 12; width < 0 {
			break
		}
		chips.Add(chip)
	}
	return chips
}

func (v *visit) chip(s library.Suggestion) fyne.CanvasObject {
	look := v.look()
	text := tail(s.Text, 18)
	if r := []rune(s.Text); len(r) > 18 {
		text = string(r[:17]) + "…"
	}
	body := widget.Sized(0, theme.Touch, widget.Middle(widget.Inset(0, theme.GapWide, 0, theme.GapWide, widget.Row(10,
		v.kit.Text(text).In(look.Action),
		v.kit.Second(v.t("suggest."+string(s.Field))).In(look.Action),
	))))
	to := Route{Page: PageResults, Query: s.Query()}
	if s.Field == library.SuggestCreator {
		to.Heading = s.Text
	}
	return v.kit.Tile(s.Text, widget.Tint, body, v.open(to))
}
