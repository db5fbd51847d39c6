package screen

import (
	"context"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

const (
	deskName     = "sato"
	deskPassword = "kinmokusei no kaori!"
	deskCard     = "90000017"
	deskIssued   = "0123456789"
)

// desk is a central server as staff see it, with one patron.
type desk struct {
	admin   bool
	patron  library.CounterPatron
	refuse  error // what every question is answered with
	issued  []library.Document
	lifted  int
	ended   int
	printed []slip.Slip
	paper   error
	noted   []string // what was written down about the machine
	calls   []library.Call
	called  []string // cards and whether they answered
}

func someCalls() []library.Call {
	line := func(title string, why library.CallReason, days, calls int) library.CallLine {
		return library.CallLine{BibID: library.BibID(title), Title: title, Why: why, Since: testToday.Add(-days), Calls: calls}
	}
	return []library.Call{
		{Card: testCard, Name: testName, Phones: []string{"0935551234", "09012345678"}, Branch: "chuo", Lines: []library.CallLine{
			line("海辺の人びと 1", library.CallWanted, 3, 2), line("海辺の人びと 2", library.CallWanted, 1, 0)}},
		{Card: "21000000022", Name: "地方自治総合 研究太郎左衛門", Phones: []string{"0312345678"}, Branch: "chuo", Lines: []library.CallLine{
			line("そして、地方自治体における公共図書館の運営と評価に関する比較制度論的研究", library.CallMailBack, 2, 0)}},
		{Card: "21000000033", Name: "佐藤 葉子", Phones: []string{"08011112222"}, Branch: "chuo", Lines: []library.CallLine{
			line("こころ", library.CallFellBack, 0, 0)}},
	}
}

func (d *desk) Calls(context.Context) ([]library.Call, error) { return d.calls, d.refuse }

func (d *desk) Called(_ context.Context, card string, answered bool) ([]library.CallOutcome, error) {
	if d.refuse != nil {
		return nil, d.refuse
	}
	i := slices.IndexFunc(d.calls, func(c library.Call) bool { return c.Card == card })
	if i < 0 {
		return nil, library.ErrHoldNotToTell
	}
	d.called = append(d.called, fmt.Sprint(card, answered))
	outcome := library.CallOutcome{Calls: 1, Counted: true}
	if answered {
		outcome = library.CallOutcome{Counted: true, ContactedOn: testToday, ShelfUntil: testToday.Add(8)}
		d.calls = slices.Delete(d.calls, i, i+1)
	}
	return []library.CallOutcome{outcome}, nil
}

func newDesk() *desk {
	return &desk{calls: someCalls(), patron: library.CounterPatron{Name: testName, Reading: "キタキュウ ハナコ", BirthYear: 1989, HasPhone: true, Email: library.EmailBouncing, HasPassword: true, Locked: true}}
}

func (d *desk) logIn(_ context.Context, name, password string) (Staff, error) {
	if d.refuse != nil {
		return nil, d.refuse
	}
	if name != deskName && name != deskCard || password != deskPassword {
		return nil, library.ErrLogin
	}
	return d, nil
}

func (d *desk) Name() string { return deskName }

func (d *desk) Admin() bool { return d.admin }
func (d *desk) End()        { d.ended++ }

func (d *desk) Patron(_ context.Context, card string) (library.CounterPatron, error) {
	if d.refuse == nil && card != testCard {
		return library.CounterPatron{}, library.ErrUnknownPatron
	}
	return d.patron, d.refuse
}

func (d *desk) IssueTemporary(_ context.Context, card string, seen library.Document) (library.TemporaryPassword, error) {
	if d.refuse != nil {
		return library.TemporaryPassword{}, d.refuse
	}
	if card != testCard {
		return library.TemporaryPassword{}, library.ErrUnknownPatron
	}
	d.issued = append(d.issued, seen)
	return library.TemporaryPassword{Password: deskIssued, ValidUntil: time.Date(2026, 11, 25, 5, 5, 0, 0, time.UTC)}, nil
}

func (d *desk) Unlock(context.Context, string) error {
	if d.refuse == nil {
		d.lifted++
		d.patron.Locked = false
	}
	return d.refuse
}

func (d *desk) Restarts(context.Context) error { return d.note("restart") }
func (d *desk) Leaves(context.Context) error   { return d.note("leave") }

func (d *desk) note(action string) error {
	d.noted = append(d.noted, action)
	return d.refuse
}

func (d *desk) print(_ context.Context, s slip.Slip) (image.Image, error) {
	if d.paper == nil {
		d.printed = append(d.printed, s)
	}
	return nil, d.paper
}

func (a testApp) hasButton(label string) bool {
	for _, e := range widget.Elements(a.root) {
		if e.Button && e.Text == label {
			return true
		}
	}
	return false
}

// pressLast presses the last button of that name: the one on top.
func (a testApp) pressLast(t *testing.T, label string) {
	t.Helper()
	var top *widget.Button
	for _, e := range widget.Elements(a.root) {
		if e.Button && e.Text == label {
			top = e.Target
		}
	}
	if top == nil {
		t.Fatalf("there is no button %q", label)
	}
	top.Press()
	a.settle()
}

// staffLogIn logs a staff member in by card.
func staffLogIn(t *testing.T, a testApp) {
	t.Helper()
	a.Scanned(barcode.Code{Kind: barcode.StaffCard, Text: deskCard})
	typePassword(a)
	if a.route.Page != PageStaff {
		t.Fatalf("logging in led to %s", a.route.Page)
	}
}

func typePassword(a testApp) {
	for _, r := range deskPassword {
		a.typed(string(r))
	}
	a.content.key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	a.settle()
}

func (a testApp) scanCard(card string) {
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: card})
	a.settle()
}

func TestStaffLogInByName(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.open(Route{Page: PageStaffName})
	for _, r := range deskName {
		a.typed(string(r))
	}
	a.press(t, "次へ")
	a.see(t, "職員 "+deskName)
	typePassword(a)
	if a.route.Page != PageStaff || a.session.Staff() != (session.Staff{Name: deskName}) {
		t.Errorf("on %s as %+v", a.route.Page, a.session.Staff())
	}
	if a.kit.Look.Palette != theme.PaletteOf(theme.Staff) {
		t.Error("the staff menu does not have its own colours")
	}
	if strings.Contains(fmt.Sprint(a.route, a.back), deskName) {
		t.Error("the name is in a route")
	}
}

func TestStaffEndThePatronsSession(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.session.SetCart(someCart())
	a.open(Route{Page: PageStaffName})
	for _, r := range deskName {
		a.typed(string(r))
	}
	a.press(t, "次へ")
	typePassword(a)
	if a.account != nil || a.counter.ended != 1 || a.session.Patron() != (session.Patron{}) || len(a.session.Cart()) != 0 {
		t.Errorf("the patron is still there: %+v, ended %d times", a.session.Patron(), a.counter.ended)
	}
	if a.shows(testName) {
		t.Error("the patron's name is still on the screen")
	}
}

func TestAStaffCardEndsThePatronsSessionAtOnce(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.Scanned(barcode.Code{Kind: barcode.StaffCard, Text: deskCard})
	if a.account != nil || a.counter.ended != 1 || a.route.Page != PageStaffPassword {
		t.Errorf("on %s, ended %d times", a.route.Page, a.counter.ended)
	}
}

func TestRefusedStaffLogins(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{library.ErrLogin, "名前かカード"},
		{library.ErrCardLocked, "central staff password"},
		{fmt.Errorf("log in: %w", library.ErrUnreachable), "「端末の状態」で確かめてください"},
	} {
		a := newTestApp(t, sizes[0])
		a.desk.refuse = c.err
		a.Scanned(barcode.Code{Kind: barcode.StaffCard, Text: deskCard})
		typePassword(a)
		a.see(t, c.want)
		if a.staff != nil || a.session.Staff() != (session.Staff{}) {
			t.Errorf("%v: logged in as %+v", c.err, a.session.Staff())
		}
		if a.shows(deskPassword) {
			t.Error("the password can be read")
		}
	}
}

func TestAStaffLoginThatComesTooLateIsNobodys(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.Scanned(barcode.Code{Kind: barcode.StaffCard, Text: deskCard})
	a.typed(deskPassword)
	a.content.key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	answer := <-a.queue
	a.goHome()
	answer()
	a.settle()
	if a.staff != nil || a.session.Staff() != (session.Staff{}) {
		t.Errorf("logged in as %+v", a.session.Staff())
	}
}

func TestTemporaryPassword(t *testing.T) {
	a := newTestApp(t, sizes[0])
	staffLogIn(t, a)
	a.scanCard(testCard)
	if a.route.Page != PageStaffPatron || a.session.Patron() != (session.Patron{}) {
		t.Fatalf("a patron's card led to %s, logged in %+v", a.route.Page, a.session.Patron())
	}
	a.see(t, testName)
	a.see(t, "1989年（昭和64年・平成元年）生まれ")
	a.see(t, "登録あり（メールが届いていません）")
	a.press(t, "仮パスワードを発行する")
	a.see(t, "書類を選ぶと発行できます。")
	a.see(t, "長くても24時間です。")
	if a.shows("発行する") {
		t.Error("a password can be issued before a document was seen")
	}
	a.press(t, "健康保険証")
	a.press(t, "発行する")
	if len(a.desk.issued) != 1 || a.desk.issued[0] != library.HealthInsurance {
		t.Fatalf("issued on %v", a.desk.issued)
	}
	a.see(t, "012 345 6789")
	a.see(t, "新しいパスワードを決めるまで使えます。長くても24時間、11月25日(水) 14:05 までです。")
	if a.shows(testName) {
		t.Error("the name stands beside the password")
	}

	a.scanCard(testCard) // by mistake
	a.see(t, "仮パスワードを表示しています")
	a.press(t, "わかりました")
	a.see(t, "012 345 6789")

	a.press(t, "印刷する")
	if len(a.desk.printed) != 1 {
		t.Fatalf("%d slips", len(a.desk.printed))
	}
	paper := fmt.Sprintf("%+v", a.desk.printed[0])
	if !strings.Contains(paper, "長くても24時間、11月25日(水) 14:05 まで") || strings.Contains(paper, "1回") {
		t.Errorf("the slip says of how long it is valid %s", paper)
	}
	if !strings.Contains(paper, "012 345 6789") || strings.Contains(paper, testName) || strings.Contains(paper, testCard) || strings.Contains(paper, "キタキュウ") {
		t.Errorf("the slip says %s", paper)
	}
	a.press(t, "わかりました")

	a.press(t, "← もどる")
	if a.shows("012 345 6789") || strings.Contains(fmt.Sprintf("%+v %+v %+v", a.route, a.back, a.served), deskIssued) {
		t.Error("the password is still known")
	}
	a.endSession()
	a.settle()
	if a.staff != nil || a.desk.ended != 1 || a.served != (served{}) || a.route.Page != PageHome || a.shows(testName) {
		t.Errorf("after the end: on %s, served %+v, ended %d times", a.route.Page, a.served, a.desk.ended)
	}
}

func TestNoPaperForTheTemporaryPassword(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.desk.paper = ErrPaperOut
	staffLogIn(t, a)
	a.scanCard(testCard)
	a.press(t, "仮パスワードを発行する")
	a.press(t, "そのほか")
	a.press(t, "発行する")
	a.press(t, "印刷する")
	a.see(t, "プリンターの紙がありません")
	a.press(t, "わかりました")
	a.see(t, "012 345 6789")
}

func TestCardsForWhichNothingIsIssued(t *testing.T) {
	a := newTestApp(t, sizes[0])
	staffLogIn(t, a)
	a.scanCard("21000000099")
	a.see(t, "この番号のカードは登録がありません")
	a.desk.patron.Refusal = library.ErrCardLost.Code
	a.scanCard(testCard)
	a.see(t, "紛失の届けがあるカードです。発行できません。")
	if a.shows("仮パスワードを発行する") {
		t.Error("a password can be issued for a lost card")
	}
}

func TestUnlock(t *testing.T) {
	a := newTestApp(t, sizes[0])
	staffLogIn(t, a)
	a.press(t, "番号を入力する")
	for _, r := range testCard {
		a.typed(string(r))
	}
	a.press(t, "次へ")
	a.see(t, "まちがいが続き、止まっています")
	a.press(t, "ロックを解除する")
	a.see(t, "ロックを解除しました。")
	a.settle()
	a.see(t, "かかっていません")
	if a.desk.lifted != 1 || a.shows("ロックを解除する") {
		t.Errorf("lifted %d times", a.desk.lifted)
	}
}

func TestAStaffSessionThatTheServerEnded(t *testing.T) {
	a := newTestApp(t, sizes[0])
	staffLogIn(t, a)
	a.desk.refuse = library.ErrSessionEnded
	a.scanCard(testCard)
	a.settle()
	a.see(t, "もう一度ログインしてください")
	if a.staff != nil || a.route.Page != PageHome {
		t.Errorf("on %s", a.route.Page)
	}
}

func TestBackFromTheStaffMenuStaysThere(t *testing.T) {
	a := newTestApp(t, sizes[0])
	staffLogIn(t, a)
	a.goBack()
	if a.route.Page != PageStaff || a.hasButton("← もどる") {
		t.Errorf("back led to %s", a.route.Page)
	}
	a.Scanned(barcode.Code{Kind: barcode.StaffCard, Text: deskCard})
	if a.route.Page != PageStaff {
		t.Errorf("the own card led to %s", a.route.Page)
	}
	a.Scanned(barcode.Code{Kind: barcode.StaffCard, Text: "90000025"})
	if a.staff != nil || a.desk.ended != 1 || a.route.Page != PageStaffPassword {
		t.Errorf("another staff card led to %s", a.route.Page)
	}
}
