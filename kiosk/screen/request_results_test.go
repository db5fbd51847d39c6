package screen

import (
	"slices"
	"strings"
	"testing"

	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

func TestTheReceiptIsPrinted(t *testing.T) {
	a := newAwayApp(t)
	p := a.withPaper()
	toRequestPassword(t, a)
	leaveIt(t, a)
	a.press(t, "印刷する")
	s := p.last(t)
	says(t, s, "仮受付", "まだ確定していません", "11月24日(火) 14:05", "予約 2件", "中央", "メールで連絡", "こころ", someCart()[1].Title, "カウンターで")
	if l, ok := line(s, slip.Large); !ok || l.Text != receipt {
		t.Errorf("the code is %+v", l)
	}
	a.press(t, "わかりました")
	p.shown = pictureOf(s) // as without a printer
	a.press(t, "印刷する")
	a.onPage(t, PageSlip)
	a.press(t, "← もどる")
	a.onPage(t, PageRequested)
	a.see(t, receipt)
}

func TestResultsOfRequests(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	if a.shows("仮受付") {
		t.Error("there are results without requests")
	}
	a.counter.results = someResults()
	a.showMenu()
	a.settle()
	a.press(t, "● 仮受付の結果があります")
	a.onPage(t, PageRequestResults)
	var seen []string
	for {
		for _, e := range widget.Elements(a.root) {
			seen = append(seen, e.Text)
		}
		if !a.hasButton("▼ 次のページ") || slices.Contains(seen, "▲ カウンターでおたずねください。") {
			break
		}
		a.press(t, "▼ 次のページ")
	}
	for _, want := range []string{
		"14日間表示します", "受付番号 K7M-4QX　11月23日(月) 12:05", "こころ", "✓ 予約しました", "連絡先の登録がなく「連絡なし」です",
		"▲ 借りている資料のため、予約できませんでした。", "題名の分からない資料", "▲ この資料は、もう登録がありません。",
		"受付番号 3WN-9DA", "✓ 延長しました", "12月7日(月)まで", "▲ 次の人が予約していたため、延長できませんでした。",
		"受付番号 Y4A-7KE", "こころ　／　地方自治体", "▲ パスワードが合いませんでした。", "▲ カウンターでおたずねください。",
	} {
		if !slices.ContainsFunc(seen, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("%q is not shown", want)
		}
	}
	a.counter.refuse = library.ErrSessionEnded
	a.show(Route{Page: PageRequestResults})
	a.settle()
	a.see(t, "もう一度カードを読み取ってください")
	a.nothingLeft(t)
}

func TestStaffSeeWhatIsKept(t *testing.T) {
	for _, c := range []struct {
		change func(*library.TerminalReport)
		want   []string
	}{
		{func(*library.TerminalReport) {}, []string{"ありません"}},
		{func(r *library.TerminalReport) { r.Requests, r.RequestsSince = 3, away.LastContact }, []string{"3件（11月24日(火) 14:02 から）"}},
		{func(r *library.TerminalReport) { r.Requests, r.RequestsSince, r.Unreadable = 3, away.LastContact, 1 }, []string{"▲ 3件（11月24日(火) 14:02 から）", "うち1件はサーバーで読めません"}},
		{func(r *library.TerminalReport) { r.TakesRequests = false }, []string{"ありません", "▲ できません。ディスクの空きを"}},
	} {
		a := newTestApp(t, sizes[0])
		c.change(&a.engine.report)
		a.open(Route{Page: PageMachine})
		a.settle()
		a.see(t, "お預かり中の申込み")
		for _, want := range c.want {
			a.see(t, want)
		}
		if got := a.shows("▲ できません"); got == a.engine.report.TakesRequests {
			t.Errorf("takes requests: %v, and the opposite is shown", a.engine.report.TakesRequests)
		}
	}
}
