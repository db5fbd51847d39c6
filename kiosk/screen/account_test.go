package screen

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// A patron that the screens could only know from the central server.
const (
	testCard     = "21000000042"
	testPassword = "Sakura2026"
	testName     = "北九 花子"
)

// counter is a central server with one patron.
type counter struct {
	loans     []library.PatronLoan
	refuse    error // what every question is answered with
	overtaken error // what a renewal is answered with, once
	ended     int
	end       chan struct{} // one for each End
	renewed   []library.LoanID
	holds     []library.PatronHold
	asked     []library.HoldRequest
	left      []library.Request
	results   []library.RequestResult
	secrets
}

func (c *counter) logIn(_ context.Context, card, password string) (Account, library.Account, error) {
	if c.refuse != nil {
		return nil, library.Account{}, c.refuse
	}
	if card != testCard || password != testPassword {
		return nil, library.Account{}, library.ErrLogin
	}
	return c, c.account(), nil
}

func (c *counter) account() library.Account {
	return library.Account{
		Name: testName, Loans: len(c.loans), Overdue: 1, HoldsReady: 2, ValidUntil: library.Date{Year: 2026, Month: 12, Day: 10},
		HomeBranch: "chuo", Contacts: c.contacts(), Requests: c.results,
		Messages: append([]string{library.MessageOverdue, library.MessageCardExpires}, c.messages()...),
	}
}

func (c *counter) Account(context.Context) (library.Account, error) { return c.account(), c.refuse }

func (c *counter) Loans(context.Context) (library.PatronLoans, error) {
	return library.PatronLoans{Today: testToday, Loans: append([]library.PatronLoan(nil), c.loans...)}, c.refuse
}

func (c *counter) Renew(_ context.Context, id library.LoanID) (library.PatronLoan, error) {
	if err := cmp.Or(c.refuse, c.overtaken); err != nil {
		return library.PatronLoan{}, err
	}
	c.renewed = append(c.renewed, id)
	for i := range c.loans {
		if l := &c.loans[i]; l.ID == id {
			l.DueOn, l.Renewals, l.Refusal, l.RenewsUntil = l.RenewsUntil, l.Renewals+1, library.ErrRenewalLimit.Code, library.Date{}
			return *l, nil
		}
	}
	return library.PatronLoan{}, library.ErrUnknownLoan
}

func (c *counter) End() {
	c.ended++
	c.end <- struct{}{}
}

var testToday = library.Date{Year: 2026, Month: 11, Day: 24}

func someLoans() []library.PatronLoan {
	loan := func(id, title, creators string, days int, refusal *library.Refusal) library.PatronLoan {
		l := library.PatronLoan{Loan: library.Loan{ID: library.LoanID(id), ItemID: library.ItemID("item-" + id), DueOn: testToday.Add(days)}, Title: title, Creators: creators}
		if l.RenewsUntil = testToday.Add(14); refusal != nil {
			l.Refusal, l.RenewsUntil = refusal.Code, library.Date{}
		}
		return l
	}
	all := []library.PatronLoan{
		loan("1", "北九州の地質をあるく", "地学団体研究会", -4, library.ErrOverdue),
		loan("2", "こころ", "夏目 漱石", 0, nil),
		loan("3", "地方自治体における公共図書館の運営と評価に関する比較制度論的研究", "地方自治総合研究所図書館問題研究部会", 1, nil),
		loan("4", "坊っちゃん", "夏目 漱石", 6, library.ErrHeldByOther),
		loan("5", "羅生門・鼻", "芥川 龍之介", 14, library.ErrRenewalLimit),
		loan("6", "The Strange Case of the Public Library", "Christopher Wolstenholme-Featherstonehaugh", 9, library.ErrNotOwned),
	}
	all[4].Renewals = 1
	for n := range 6 { // the last two gain too little for 「まとめて延長」
		all = append(all, loan(fmt.Sprint(n+7), fmt.Sprint("ことばの本 ", n+1), "星野 一郎", 4+n, nil))
	}
	return append(all, loan("13", "きょう借りた本", "星野 一郎", 14, library.ErrRenewTooEarly), loan("14", "版の古い地図帳", "", 12, library.ErrWithdrawn))
}

func logIn(t *testing.T, a testApp) {
	t.Helper()
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
	for _, r := range testPassword {
		a.typed(string(r))
	}
	a.content.key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	a.settle()
	if a.route.Page != PageMenu {
		t.Fatalf("logging in led to %s", a.route.Page)
	}
}

func (a testApp) see(t *testing.T, text string) {
	t.Helper()
	if !a.shows(text) {
		t.Errorf("%q is not on the screen", text)
	}
}

func (a testApp) shows(text string) bool {
	for _, e := range widget.Elements(a.root) {
		if strings.Contains(e.Text, text) {
			return true
		}
	}
	return false
}

func (a testApp) press(t *testing.T, label string) {
	t.Helper()
	for _, e := range widget.Elements(a.root) {
		if e.Button && e.Text == label {
			e.Target.Press()
			a.settle()
			return
		}
	}
	t.Fatalf("there is no button %q", label)
}

func TestPasswordIsShownAsDots(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
	for _, r := range testPassword {
		a.typed(string(r))
	}
	a.see(t, strings.Repeat("●", len(testPassword)))
	if a.shows(testPassword) || a.shows(testCard) {
		t.Error("password or card can be read on the screen")
	}
	if strings.Contains(fmt.Sprint(a.route, a.back), testPassword) || strings.Contains(fmt.Sprint(a.route, a.back), testCard) {
		t.Error("password or card are in a route")
	}
}

func TestPasswordIsShownWhileHeld(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
	a.typed("Abc123")
	for _, e := range widget.Elements(a.root) {
		if e.Text == "押すあいだ表示" {
			e.Target.MouseDown(nil)
			a.see(t, "Abc123")
			e.Target.MouseOut() // the finger slides off
		}
	}
	if a.shows("Abc123") {
		t.Error("the password is still shown")
	}
	a.see(t, "●●●●●●")
}

func TestRefusedLogins(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{library.ErrLogin, "カードの番号とパスワードが合いません"},
		{library.ErrTryLater, "少し時間をおいて"},
		{library.ErrCardLocked, "止めてあります"},
		{library.ErrTerminalThrottled, "この端末では"},
		{library.ErrCardExpired, "期限が切れています"},
		{library.ErrCardLost, "なくしたと届け"},
		{library.ErrCardBlocked, "職員からお話"},
		{fmt.Errorf("log in: %w", library.ErrUnreachable), "つながりません"},
		{fmt.Errorf("log in: odd"), "うまくいきませんでした"},
	} {
		a := newTestApp(t, sizes[0])
		a.counter.refuse = c.err
		a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
		a.typed("123456")
		a.content.key(&fyne.KeyEvent{Name: fyne.KeyReturn})
		a.settle()
		a.see(t, c.want)
		if a.route.Page != PagePassword || a.session.Patron() != (session.Patron{}) {
			t.Errorf("%v: led to %s, logged in %+v", c.err, a.route.Page, a.session.Patron())
		}
	}
}

func TestALoginThatComesTooLateIsNobodys(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
	a.typed(testPassword)
	a.content.key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	answer := <-a.queue // has come, and waits for its turn
	a.goHome()
	answer()
	a.settle()
	if a.account != nil || a.session.Patron() != (session.Patron{}) || a.route.Page != PageHome {
		t.Errorf("on %s with %+v", a.route.Page, a.session.Patron())
	}
	<-a.counter.end // the server is told all the same
}

func TestLoansAndRenewal(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.see(t, testName+" さん")
	a.press(t, "借りている本")
	a.see(t, "▲ 11月20日(金)まで")
	a.see(t, "4日すぎています")
	a.see(t, "きょうまで")
	a.see(t, "あした")
	a.see(t, "次の人が予約しているため")
	a.see(t, "のうち 8点を延長できます")
	a.press(t, "12月8日まで延長") // the first that may be renewed
	if got := a.counter.renewed; len(got) != 1 || got[0] != "2" {
		t.Fatalf("renewed %v", got)
	}
	a.see(t, "12月8日(火)まで")
	a.see(t, "延長ずみ・あと14日")
	a.see(t, "あと2点は、いま延長しても返却日が7日以上のびないため、まとめて延長に入れません。")
	a.press(t, "5点まとめて延長する")
	if got := a.counter.renewed; !slices.Equal(got, []library.LoanID{"2", "3", "7", "8", "9", "10"}) {
		t.Errorf("renewed %v", got)
	}
	a.see(t, "あと2点は、いま延長しても")
	if a.shows("まとめて延長する") {
		t.Error("there is nothing to be renewed together, and a button for it")
	}
	for range 2 {
		a.press(t, "▼ 次のページ")
	}
	a.see(t, "いま延長しても\n返却日がのびません")
	a.press(t, "12月8日まで延長")
	if got := a.counter.renewed; got[len(got)-1] != "11" {
		t.Errorf("renewed %v", got)
	}
	if a.shows("まとめて延長に入れません") {
		t.Error("of one loan that may be renewed it is said that it is left out")
	}
}

// TestUntilWhenIsNotKnown: the library's own system may not say until when it renews.
func TestUntilWhenIsNotKnown(t *testing.T) {
	a := newTestApp(t, sizes[0])
	for i := range a.counter.loans {
		a.counter.loans[i].RenewsUntil = library.Date{}
	}
	logIn(t, a)
	a.press(t, "借りている本")
	a.see(t, "8点まとめて延長する")
	if a.shows("まで延長") || a.shows("入れません") {
		t.Error("something is said of until when")
	}
	a.press(t, "延長する")
	if got := a.counter.renewed; len(got) != 1 || got[0] != "2" {
		t.Errorf("renewed %v", got)
	}
}

// TestAnotherTerminalWasFirst: after a refusal the screen shows what the server has, not
// a due date of before beside a new reason.
func TestAnotherTerminalWasFirst(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.press(t, "借りている本")
	a.see(t, "11月24日(火)まで")
	a.counter.overtaken = library.ErrRenewalLimit
	l := &a.counter.loans[1]
	l.DueOn, l.Renewals, l.Refusal, l.RenewsUntil = testToday.Add(14), 1, library.ErrRenewalLimit.Code, library.Date{}
	a.counter.loans = append(a.counter.loans[:2], a.counter.loans[3:]...) // and gave one back
	a.press(t, "12月8日まで延長")
	a.see(t, "延長は1回までです。")
	a.press(t, "わかりました")
	a.see(t, "12月8日(火)まで")
	a.see(t, "延長ずみ・あと14日")
	if a.shows("11月24日(火)まで") || a.shows("地方自治体における公共図書館") {
		t.Error("the screen shows what was before")
	}
}

func TestTheServersAnswerWins(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.press(t, "借りている本")
	a.counter.refuse = library.ErrHeldByOther // meanwhile somebody placed a hold
	a.press(t, "12月8日まで延長")
	a.see(t, "次の人が予約しているため、延長できません。")
	a.press(t, "わかりました")
	n := 0
	for _, e := range widget.Elements(a.root) {
		if e.Text == "次の人が予約しているため\n延長できません" {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d loans say that somebody waits, want 2", n)
	}
}

func TestALostSessionAsksForTheCardAgain(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.counter.refuse = library.ErrSessionEnded
	a.press(t, "借りている本")
	a.see(t, "もう一度カードを読み取ってください")
	if a.account != nil || a.session.Patron() != (session.Patron{}) {
		t.Error("the account is still held")
	}
}

// TestACardThatIsBlockedMeanwhile ends its session, with the reason in one sentence,
// whatever was asked next.
func TestACardThatIsBlockedMeanwhile(t *testing.T) {
	open := func(r Route) func(*testing.T, testApp) {
		return func(_ *testing.T, a testApp) { a.open(r); a.settle() }
	}
	press := func(labels ...string) func(*testing.T, testApp) {
		return func(t *testing.T, a testApp) {
			for _, l := range labels {
				a.press(t, l)
			}
		}
	}
	toCode := func(t *testing.T, a testApp) {
		a.counter.email = library.EmailStatus{Address: ownAddress, State: library.EmailUnconfirmed}
		open(Route{Page: PageEmailCode})(t, a)
	}
	toAddress := func(t *testing.T, a testApp) {
		a.counter.email = library.EmailStatus{Address: ownAddress, State: library.EmailRegistered, From: "yoyaku@toshokan.example.jp"}
		open(Route{Page: PageEmail})(t, a)
	}
	toPassword := func(t *testing.T, a testApp) {
		open(Route{Page: PageChange})(t, a)
		for _, typed := range []string{testPassword, newSecret} {
			a.typed(typed)
			a.enter()
		}
		a.typed(newSecret)
	}
	for name, step := range map[string]struct {
		before, act func(*testing.T, testApp)
	}{
		"loans":            {nil, press("借りている本")},
		"menu":             {open(Route{Page: PageDetail, Bib: "kokoro"}), func(_ *testing.T, a testApp) { a.showMenu(); a.settle() }},
		"holds":            {nil, open(Route{Page: PageHolds})},
		"a hold":           {nil, open(Route{Page: PageHold, Hold: someHolds()[4].ID})},
		"results":          {nil, open(Route{Page: PageRequestResults})},
		"confirm":          {func(_ *testing.T, a testApp) { a.session.SetCart(someCart()) }, open(Route{Page: PageConfirm})},
		"place":            {func(t *testing.T, a testApp) { a.session.SetCart(someCart()); open(Route{Page: PageConfirm})(t, a) }, press("予約する")},
		"address":          {nil, open(Route{Page: PageEmail})},
		"set an address":   {open(Route{Page: PageEmailEdit}), func(_ *testing.T, a testApp) { a.typed(ownAddress); a.enter() }},
		"send a code":      {toAddress, press("確認メールを送る")},
		"ask to delete it": {toAddress, press("削除する")},
		"delete it": {func(t *testing.T, a testApp) {
			a.counter.holds = nil
			toAddress(t, a)
			a.press(t, "削除する")
		}, press("確認")},
		"enter a code":    {toCode, func(_ *testing.T, a testApp) { a.typed("271828"); a.enter() }},
		"another code":    {toCode, press("もう一度送る")},
		"change password": {toPassword, func(_ *testing.T, a testApp) { a.enter() }},
	} {
		for _, refusal := range []*library.Refusal{library.ErrCardLost, library.ErrCardBlocked, library.ErrCardExpired} {
			t.Run(name+" "+refusal.Code, func(t *testing.T) {
				a := newTestApp(t, sizes[0])
				logIn(t, a)
				if step.before != nil {
					step.before(t, a)
				}
				a.counter.refuse, a.counter.refuseNew = refusal, refusal
				step.act(t, a)
				a.settle()
				a.see(t, a.printer.T("refusal."+refusal.Code))
				a.onPage(t, PageHome)
				a.nothingLeft(t)
			})
		}
	}
}

func TestEndLeavesNothingOfThePatron(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.press(t, "借りている本")
	a.endSession()
	a.settle()
	a.nothingLeft(t)
}

func TestAnotherCardEndsTheSession(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.press(t, "借りている本")
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
	a.settle()
	if a.route.Page != PageMenu {
		t.Fatalf("the own card led to %s", a.route.Page)
	}
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: "29999999999"})
	a.settle()
	if a.route.Page != PagePassword || a.card != "29999999999" {
		t.Errorf("another card led to %s", a.route.Page)
	}
	if a.account != nil || a.session.Patron() != (session.Patron{}) || a.counter.ended != 1 || a.shows(testName) {
		t.Error("the first patron's session goes on")
	}
}

func (a testApp) nothingLeft(t *testing.T) {
	t.Helper()
	if a.account != nil || a.card != "" || a.session.Patron() != (session.Patron{}) || a.counter.ended != 1 {
		t.Errorf("account %v, card %q, patron %+v, ended %d", a.account, a.card, a.session.Patron(), a.counter.ended)
	}
	for _, e := range widget.Elements(a.root) {
		for _, secret := range []string{testName, testCard, testPassword, "北九州の地質"} {
			if strings.Contains(e.Text, secret) {
				t.Errorf("%q is on the screen", e.Text)
			}
		}
	}
}

func TestSomethingElseThanACard(t *testing.T) {
	for kind, want := range map[barcode.Kind]string{
		barcode.ISBN:       "それは本のバーコードです",
		barcode.Item:       "それは本のバーコードです",
		barcode.PriceRow:   "それは本のバーコードです",
		barcode.Unreadable: "うまく読み取れませんでした",
		barcode.Unknown:    "図書館カードの番号ではありません",
	} {
		a := newTestApp(t, sizes[0])
		a.showMenu() // nobody is logged in, so a card is asked for
		a.Scanned(barcode.Code{Kind: kind, Text: "9784003101117"})
		a.settle()
		a.see(t, want)
		if a.route.Page != PageCard {
			t.Errorf("%s led to %s", kind, a.route.Page)
		}
	}
}

func TestTypedCardNumber(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.showMenu()
	a.typed("123")
	a.press(t, "次へ")
	a.see(t, "図書館カードの番号ではありません")
	for range 3 {
		a.press(t, "1文字消す")
	}
	for _, r := range testCard {
		a.press(t, string(r))
	}
	a.press(t, "次へ")
	if a.route.Page != PagePassword || a.card != testCard {
		t.Errorf("led to %s with card %q", a.route.Page, a.card)
	}
}

func TestScannerThatPosesAsAKeyboard(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.cfg.Wedge = true
	for _, r := range "9784003101117" {
		a.typedRune(r)
	}
	a.typedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	a.settle()
	if a.route.Page != PageDetail || a.route.Bib != "kokoro" {
		t.Errorf("a scan led to %+v", a.route)
	}
}
