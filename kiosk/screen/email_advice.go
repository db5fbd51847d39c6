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

// bounceCauses are the guide's causes for which a mail does not arrive, in its order
// (図書館からのメールが届かない場合).
var bounceCauses = []string{"address", "filter", "url", "reception", "free"}

// emailAdvice is what to do about mails that do not arrive, page by page: for the
// patron's own carrier, with the address that filters must let through.
func emailAdvice(v *visit) content {
	body, foot := newSlot(), newSlot()
	fetch(v, body, func(ctx context.Context, account Account) (library.EmailStatus, error) {
		return account.Email(ctx)
	}, func(s library.EmailStatus) { v.drawAdvice(body, foot, s) })
	return content{title: v.t("advice.title"), body: body, footer: []fyne.CanvasObject{foot}}
}

func (v *visit) drawAdvice(body, foot *fyne.Container, s library.EmailStatus) {
	const column = 1000 // longer lines are hard to read
	size := v.bodySize()
	size.Height -= v.buttonHeight() + theme.GapWide
	size.Width = min(size.Width, column)
	var parts []fyne.CanvasObject
	for n, cause := range bounceCauses {
		first, rest, more := strings.Cut(v.adviceText(cause, s), "\n")
		parts = append(parts, widget.Column(theme.GapTight, v.kit.Strong(v.t("advice.cause", n+1, v.t("advice."+cause))), v.kit.Text(first)))
		if more {
			parts = append(parts, v.kit.Text(rest))
		}
	}
	pages := paginate(parts, theme.Gap, size)
	page := min(v.route.Offset, len(pages)-1)
	put(body, widget.Column(theme.GapWide,
		widget.Fill(widget.Column(0, widget.Row(0, widget.Fixed(size.Width, widget.Column(theme.Gap, pages[page]...))))),
		widget.Row(theme.Gap, widget.Space(), v.kit.Button(v.t("advice.check_address"), widget.Outlined, v.open(Route{Page: PageEmailEdit}))),
	))
	if len(pages) > 1 {
		put(foot, widget.Row(theme.Gap, v.pager(1, len(pages), false)...))
	}
}

// adviceText fills the patron's carrier and the library's address into the text.
func (v *visit) adviceText(cause string, s library.EmailStatus) string {
	from := cmp.Or(s.From, v.app.cfg.Site().MailFrom)
	_, domain, _ := strings.Cut(from, "@")
	switch cause {
	case "address":
		return v.t("advice.address_text", s.Address)
	case "filter":
		text := v.t("advice.filter_text", domain, from)
		if carrier := "advice.carrier." + string(s.Carrier); v.app.printer.Has(carrier) {
			text += "\n" + v.t(carrier, from)
		}
		return text
	}
	return v.t("advice." + cause + "_text")
}
