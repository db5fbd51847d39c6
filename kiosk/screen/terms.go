package screen

import (
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// termsToAgree are the conditions of use in full, page by page; whoever has come to the
// end can agree to them. Guide: 利用条件に同意していただく必要があります.
func (v *visit) termsToAgree(lead fyne.CanvasObject, agree func(version string)) content {
	t := v.app.cfg.Site().Terms
	text := termsText(t, v.lang())
	if text == "" {
		return content{title: v.t("apply.title"), body: v.kit.Text(v.t("apply.no_terms"))}
	}

	const column = 1000 // longer lines are hard to read
	size := v.bodySize()
	size.Height -= widget.HeightFor(lead, size.Width) + v.buttonHeight() + 2*theme.GapWide
	size.Width = min(size.Width, column)
	var parts []fyne.CanvasObject
	var heading *fyne.Container // stays with its first paragraph when pages are cut
	for _, paragraph := range strings.Split(text, "\n\n") {
		if name, ok := strings.CutPrefix(paragraph, "# "); ok {
			heading = widget.Column(theme.GapTight, v.kit.Strong(name))
			parts = append(parts, heading)
			continue
		}
		line := v.kit.Text(strings.TrimSpace(paragraph))
		if heading != nil {
			heading.Add(line)
			heading = nil
			continue
		}
		parts = append(parts, line)
	}
	pages := paginate(parts, theme.Gap, size)
	r := v.route
	r.Offset = min(r.Offset, len(pages)-1) // larger type has more pages
	v.keep(r)
	page := r.Offset
	on := v.kit.Button(v.t("apply.read_on"), widget.Filled, func() {
		r.Offset = page + 1
		v.app.show(r)
	})
	if page == len(pages)-1 {
		on = v.kit.Button(v.t("apply.agree"), widget.Filled, func() { agree(t.Version) })
	}
	c := content{
		title: v.t("apply.title"),
		body: widget.Column(theme.GapWide,
			lead,
			widget.Fill(widget.Column(0, widget.Row(0, widget.Fixed(size.Width, widget.Column(theme.Gap, pages[page]...))))),
			widget.Row(0, widget.Space(), on),
		),
	}
	if len(pages) > 1 {
		c.footer = v.pager(1, len(pages), false)
	}
	return c
}

// termsText is the terms in a language, or in the first one of the terminal.
func termsText(t library.Terms, lang string) string {
	if text := t.Text[lang]; text != "" {
		return text
	}
	return t.Text[library.Languages[0].Code]
}
