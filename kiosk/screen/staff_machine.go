package screen

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"madoguchi/barcode"
	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// machine is how the terminal stands. What went wrong lately is shown to staff who
// are logged in; the rest is no secret, and is needed most when nobody can log in.
func machine(v *visit) content {
	body, footer := newSlot(), newSlot()
	m, loggedIn := v.app.cfg.Machine, v.app.staff != nil
	load(v, func() { put(body, v.kit.Second(v.t("wait.moment"))) }, func(ctx context.Context) (r library.TerminalReport, err error) {
		if m == nil {
			return r, errNobody
		}
		return m.Report(ctx), nil
	}, func(r library.TerminalReport, err error) {
		if err != nil {
			put(body, v.kit.Text(v.refusal(err)))
			return
		}
		if !loggedIn {
			r.LastErrors = nil
		}
		rows := v.machineRows(r)
		if loggedIn {
			rows = append(rows, v.errorRows(r.LastErrors)...)
		}
		room := v.bodySize()
		room.Height -= v.buttonHeight() + theme.Gap
		pages := paginate(rows, 0, room)
		page := min(v.route.Offset, len(pages)-1)
		again := widget.Row(0, widget.Space(), v.kit.Button(v.t("machine.again"), widget.Outlined, v.replace(Route{Page: PageMachine})))
		list := v.low(widget.Column(0, pages[page]...))
		put(body, widget.Column(theme.Gap, widget.Fill(list), again))
		if len(pages) > 1 {
			put(footer, widget.Row(theme.Gap, v.pager(1, len(pages), false)...))
		}
	})
	return content{
		title:  v.t("staff.machine"),
		body:   body,
		footer: []fyne.CanvasObject{footer},
	}
}

// machineRows says of each part how it stands; what is not as it should be has a
// mark, and says what to do.
func (v *visit) machineRows(r library.TerminalReport) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	row := func(key, value string, wrong bool) {
		text := v.kit.Text(value).Lines(3)
		if wrong {
			text = v.kit.Text("▲ " + value).In(v.look().Bad).Lines(3)
		}
		rows = append(rows, widget.Column(0, v.kit.Rule(), widget.Inset(6, 0, 6, 0,
			widget.Columns(theme.GapWide, []float32{1, 2.4}, v.kit.Second(v.t(key)).Lines(1), text))))
	}
	server := r.Server + "　" + v.t("frame.connected")
	switch {
	case r.Untried:
		server = r.Server + "　" + v.t("frame.starting")
	case !r.Connected:
		server = r.Server + "　" + v.t("frame.offline")
		if !r.LastContact.IsZero() {
			server += "　" + v.t("machine.last_contact", v.moment(r.LastContact))
		}
	}
	if r.Connected && r.SystemAway {
		server += "　" + v.t("machine.system_away")
	}
	row("machine.server", server, r.Away())
	catalogue := v.t("machine.edition", r.Edition, r.Change, grouped(r.Bibs))
	if r.Edition == 0 {
		catalogue = v.t("machine.no_edition")
	}
	if r.Problem != "" {
		catalogue += "　" + v.t("offline.code", r.Problem)
	}
	row("machine.catalogue", catalogue, r.Edition == 0 || r.Problem != "")
	row("machine.requests", v.keptRequests(r), r.Unreadable > 0)
	if !r.TakesRequests {
		row("machine.new_requests", v.t("machine.requests_not_taken"), true)
	}
	row("machine.scanner", v.t("machine.scanner."+string(r.Scanner)), r.Scanner == library.DeviceMissing)
	row("machine.printer", v.t("machine.printer."+string(r.Printer)), r.Printer == library.DeviceMissing || r.Printer == library.DevicePaperOut)
	row("machine.disk", v.t("machine.free", fmt.Sprintf("%.1f", float64(r.DiskFree)/(1<<30))), r.DiskFree < wantFree)
	row("machine.terminal", r.Terminal+"　"+v.t("machine.version", r.Version), false)
	row("machine.started", v.moment(r.StartedAt), false)
	return rows
}

// keptRequests says how many requests wait to be handed over.
func (v *visit) keptRequests(r library.TerminalReport) string {
	text := v.t("machine.requests_none")
	if r.Requests > 0 {
		text = v.t("machine.requests_since", r.Requests, v.moment(r.RequestsSince))
	}
	if r.Unreadable > 0 {
		text += "　" + v.t("machine.requests_unreadable", r.Unreadable)
	}
	return text
}

// wantFree is what a new edition may need while the old one is in use, in bytes.
const wantFree = 2 << 30

// errorRows are the last lines of the log that warn.
func (v *visit) errorRows(lines []string) []fyne.CanvasObject {
	about := v.t("machine.errors")
	if len(lines) == 0 {
		about = v.t("machine.no_errors")
	}
	head := widget.Column(0, v.kit.Rule(), widget.Inset(theme.Gap, 0, 6, 0, v.kit.Strong(about)))
	rows := []fyne.CanvasObject{head}
	for i, l := range lines {
		line := widget.Inset(4, 0, 4, 0, v.kit.Second(l).Lines(3))
		if i == 0 {
			head.Add(line) // a heading alone at the end of a page heads nothing
			continue
		}
		rows = append(rows, line)
	}
	return rows
}

// scanTest shows what the scanner sends: every scan is for this screen. A number is
// shown only where it cannot be a person's.
func scanTest(v *visit) content {
	k := v.kit
	list := newSlot()
	var scans []fyne.CanvasObject
	put(list, k.Text(v.t("scan_test.none")))
	probe := func(code barcode.Code) {
		symbology := v.t("scan_test.symbology_any")
		if code.Symbology != barcode.AnySymbology {
			symbology = v.t("scan_test.symbology", string(code.Symbology))
		}
		kind := k.Strong(v.t("scan_test.kind." + string(code.Kind)))
		if code.Kind == barcode.Unreadable || code.Kind == barcode.Unknown {
			kind = k.Strong("▲ " + v.t("scan_test.kind."+string(code.Kind))).In(v.look().Bad)
		}
		number := v.t("scan_test.characters", len([]rune(code.Text)))
		switch code.Kind {
		case barcode.ISBN, barcode.PriceRow, barcode.Magazine, barcode.Item:
			number = code.Text
		}
		row := widget.Column(0, k.Rule(), widget.Inset(theme.Gap, 0, theme.Gap, 0,
			widget.Column(0, kind, k.Second(number+"　"+symbology).Lines(2))))
		scans = append([]fyne.CanvasObject{row}, scans...)
		if most := int((v.bodySize().Height - 160) / (widget.HeightFor(row, v.bodySize().Width))); len(scans) > most {
			scans = scans[:most]
		}
		put(list, widget.Column(0, scans...))
	}
	body := widget.Column(theme.GapSection,
		widget.Row(theme.GapSection, k.Bars(), widget.Fill(k.Title(v.t("scan_test.lead")))),
		list,
	)
	return content{title: v.t("staff.scan_test"), body: body, probe: probe}
}

// printTest prints a slip that says nothing but that printing works. A terminal
// without a printer shows it.
func (v *visit) printTest() {
	v.app.print(v.slip(v.t("staff.print_test"),
		slip.Line{Kind: slip.Large, Text: v.t("staff.print_test_large")},
		slip.Line{Text: v.t("staff.print_test_text")},
	))
}
