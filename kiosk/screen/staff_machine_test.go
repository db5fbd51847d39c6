package screen

import (
	"context"
	"slices"
	"testing"
	"time"

	"madoguchi/barcode"
	"madoguchi/library"
)

// engine is a terminal that is looked after.
type engine struct {
	report            library.TerminalReport
	restarted, leaves int
}

func newEngine() *engine {
	return &engine{report: library.TerminalReport{
		TerminalState: library.TerminalState{Connected: true, Edition: 12, Change: 48213, Bibs: 1204386, TakesRequests: true},

		Terminal: "t-chuo-1", Version: "0.5.0 (3f2a91c)", StartedAt: time.Date(2026, 11, 24, 0, 2, 0, 0, time.UTC),
		Server:  "https://library.example:8443",
		Scanner: library.DeviceMissing, Printer: library.DeviceOK, DiskFree: 11 << 30,
		LastErrors: []string{
			"11-24 13:58 the scanner is not connected: /dev/serial/by-id/usb-scanner: no scanner is there: check its cable and power: no such file or directory",
			"11-24 09:10 following the catalogue failed: Get https://library.example:8443/v1/catalogue/head: context deadline exceeded",
		},
	}}
}

func (e *engine) Report(context.Context) library.TerminalReport { return e.report }

func (e *engine) Restart() { e.restarted++ }

func (e *engine) Leave() { e.leaves++ }

func TestLeavingIsForAdmins(t *testing.T) {
	a := newTestApp(t, sizes[0])
	staffLogIn(t, a)
	a.see(t, "端末を終えられるのは、管理者だけです。")
	if a.hasButton("端末を終える") {
		t.Error("a desk may leave the kiosk")
	}
	a.press(t, "再起動する")
	a.press(t, "やめる")
	if a.engine.restarted != 0 {
		t.Error("restarted all the same")
	}
	a.press(t, "再起動する")
	a.desk.refuse = library.ErrStaffOnly
	a.pressLast(t, "再起動する")
	if a.engine.restarted != 0 {
		t.Error("restarted though the server refused")
	}
	a.desk.refuse = library.ErrUnreachable // which may be why
	a.press(t, "わかりました")
	a.press(t, "再起動する")
	a.pressLast(t, "再起動する")
	if a.engine.restarted != 1 || a.staff != nil || len(a.desk.noted) != 2 {
		t.Errorf("restarted %d times, logged in: %v", a.engine.restarted, a.staff != nil)
	}

	a = newTestApp(t, sizes[0])
	a.desk.admin = true
	staffLogIn(t, a)
	a.press(t, "端末を終える")
	a.pressLast(t, "端末を終える")
	if a.engine.leaves != 1 || a.staff != nil || !slices.Equal(a.desk.noted, []string{"leave"}) {
		t.Errorf("left %d times", a.engine.leaves)
	}
}

func TestStateOfTheTerminal(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.open(Route{Page: PageMachine}) // as from the staff's login: nobody is logged in
	a.settle()
	for _, want := range []string{"https://library.example:8443　接続中", "第12版・変更48213まで・1,204,386件", "▲ つながっていません。ケーブルを確かめてください。", "空き 11.0 GB", "t-chuo-1"} {
		a.see(t, want)
	}
	if a.shows("最近のエラー") || a.shows("no scanner is there") {
		t.Error("the log can be read by everybody")
	}
	a.goHome()
	staffLogIn(t, a)
	a.press(t, "端末の状態")
	for a.hasButton("▼ 次のページ") && !a.shows("no scanner is there") {
		a.press(t, "▼ 次のページ")
	}
	a.see(t, "no scanner is there")
}

func TestStaffPagesNeedNoCatalogue(t *testing.T) {
	a := newTestApp(t, sizes[0])
	*a.state = library.TerminalState{Problem: library.ProblemUnreachable}
	a.Refresh()
	a.open(Route{Page: PageStaffName})
	a.typed("sa")
	*a.state = library.TerminalState{Connected: true, Phase: library.CatalogueFetching, Done: 1, Total: 2}
	a.Refresh()
	a.typed("to")
	a.see(t, "sato")
}

func TestScannerTestMasksCards(t *testing.T) {
	a := newTestApp(t, sizes[0])
	staffLogIn(t, a)
	a.press(t, "読み取りのテスト")
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard, Symbology: barcode.NW7})
	a.see(t, "利用者のカード")
	a.see(t, "11文字（表示しません）　種類 nw7")
	a.Scanned(barcode.Code{Kind: barcode.StaffCard, Text: "90000099"})
	a.Scanned(barcode.Code{Kind: barcode.Unknown, Text: "5551234"})
	a.Scanned(barcode.Code{Kind: barcode.ISBN, Text: "9784101010014", Symbology: barcode.EAN})
	a.see(t, "9784101010014　種類 ean")
	if a.shows(testCard) || a.shows("90000099") || a.shows("5551234") {
		t.Error("the number of a card can be read")
	}
	if a.route.Page != PageScanTest || a.staff == nil {
		t.Errorf("a scan led to %s", a.route.Page)
	}
}
