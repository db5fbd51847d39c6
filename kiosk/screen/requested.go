package screen

import (
	"fyne.io/fyne/v2"

	"madoguchi/barcode"
	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
)

// requested is the receipt of a request that was left: its code, large enough to be
// copied and read aloud, what was asked for, and what happens next.
func requested(v *visit) content {
	k, asked := v.kit, v.app.request
	code := k.Display(asked.receipt).Centered().Lines(1).DownTo(v.look().Display)
	code.TextSize = v.look().Display * 2
	paper := k.Card(theme.GapWide, widget.Middle(widget.Column(0,
		k.Text(v.t("requested.code")).Centered(),
		code,
		k.Second(v.moment(asked.at)).Centered(),
	)))
	next := widget.Column(theme.Gap, k.Text(v.t("requested.next")), k.Text(v.t("requested.ask")))
	title := k.Title(v.t("requested.lead"))
	buttons := widget.Row(theme.Gap, widget.Space())
	if b, ok := v.printButton("print.button", widget.Outlined, func() slip.Slip { return v.requestedSlip(asked) }); ok {
		buttons.Add(b)
	}
	buttons.Add(k.Button(v.t("held.end"), widget.Filled, v.app.endSession))

	size := v.bodySize()
	head := fyne.CanvasObject(widget.Columns(theme.GapSection, nil, paper, widget.Middle(next)))
	if v.portrait() {
		head = widget.Column(theme.GapSection, paper, next)
	}
	over := []fyne.CanvasObject{title, head, buttons}
	if v.portrait() {
		over = append(over, widget.Space())
	}
	for _, o := range over {
		size.Height -= widget.HeightFor(o, size.Width) + theme.GapWide
	}
	list, footer := v.askedFor(asked, size)
	body := widget.Column(theme.GapWide, title, head, widget.Fill(list), buttons)
	if v.portrait() {
		body = widget.Column(theme.GapWide, widget.Space(), title, head, list, buttons)
	}
	return content{title: v.t("request.title"), body: body, footer: footer, scanned: v.requestedScanned}
}

// requestedScanned ends the session before somebody else's card means what it means
// everywhere.
func (v *visit) requestedScanned(code barcode.Code) bool {
	if code.Kind == barcode.Card && code.Text != v.app.request.card {
		v.app.nextPatron()
	}
	return false
}

// requestedSlip is the receipt on paper.
func (v *visit) requestedSlip(asked *request) slip.Slip {
	kind := v.t("requested.holds", len(asked.titles))
	switch {
	case asked.item != "":
		kind = v.t("requested.renewal")
	case asked.sequence:
		kind = v.t("slip.sequence", len(asked.titles))
	}
	lines := []slip.Line{
		{Text: v.t("requested.open")},
		{Kind: slip.Large, Text: asked.receipt},
	}
	facts := [][2]string{{"slip.received", v.moment(asked.at)}, {"slip.asked_for", kind}}
	if asked.item == "" {
		facts = append(facts, [2]string{"slip.pickup", v.branchOf(v.route.Pickup)}, [2]string{"slip.contact", v.t("contact." + string(v.route.Contact))})
	}
	lines = append(append(lines, v.pairs(facts...)...), slip.Line{Kind: slip.Rule})
	for _, title := range asked.titles {
		lines = append(lines, slip.Line{Kind: slip.Strong, Text: title})
	}
	return v.slip(v.t("slip.requested"), append(lines, slip.Line{Kind: slip.Rule}, slip.Line{Text: v.t("requested.next")}, slip.Line{Text: v.t("requested.ask")})...)
}
