package screen

import (
	"context"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
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
}

func newDesk() *desk {
	return &desk{patron: library.CounterPatron{Name: testName, Reading: "キタキュウ ハナコ", BirthYear: 1989, HasPhone: true, Email: library.EmailBouncing, HasPassword: true, Locked: true}}
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
func (d *desk) Admin() bool  { return d.admin }
func (d *desk) End()         { d.ended++ }

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

// engine is a terminal that is looked after.
type engine struct {
	report            MachineReport
	restarted, leaves int
}

func newEngine() *engine {
	return &engine{report: MachineReport{
		Terminal: "t-chuo-1", Version: "0.5.0 (3f2a91c)", StartedAt: time.Date(2026, 11, 24, 0, 2, 0, 0, time.UTC),
		Server: "https://library.example:8443", Connected: true, Edition: 12, Change: 48213, Bibs: 1204386,
		Scanner: DeviceMissing, Printer: DeviceOK, DiskFree: 11 << 30, TakesRequests: true,
		LastErrors: []string{
			"11-24 13:58 the scanner is not connected: /dev/serial/by-id/usb-scanner: no scanner is there: check its cable and power: no such file or directory",
			"11-24 09:10 following the catalogue failed: Get https://library.example:8443/v1/catalogue/head: context deadline exceeded",
		},
	}}
}

func (e *engine) Report(context.Context) MachineReport { return e.report }
func (e *engine) Restart()                             { e.restarted++ }
func (e *engine) Leave()                               { e.leaves++ }

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
		{fmt.Errorf("log in: %w", ErrUnreachable), "「端末の状態」で確かめてください"},
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
	if a.shows("発行する") {
		t.Error("a password can be issued before a document was seen")
	}
	a.press(t, "健康保険証")
	a.press(t, "発行する")
	if len(a.desk.issued) != 1 || a.desk.issued[0] != library.HealthInsurance {
		t.Fatalf("issued on %v", a.desk.issued)
	}
	a.see(t, "012 345 6789")
	a.see(t, "11月25日(水) 14:05 まで、1回だけ使えます")
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
	a.desk.refuse = ErrUnreachable // which may be why
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
	*a.state = State{Problem: "unreachable"}
	a.Refresh()
	a.open(Route{Page: PageStaffName})
	a.typed("sa")
	*a.state = State{Connected: true, Fetching: true, Done: 1, Total: 2}
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

func TestAFingerOnTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newTestApp(t, sizes[0])
		defer a.Close()
		clock := func() *pressGround {
			var found *pressGround
			var look func(fyne.CanvasObject)
			look = func(o fyne.CanvasObject) {
				switch o := o.(type) {
				case *pressGround:
					found = o
				case *fyne.Container:
					for _, child := range o.Objects {
						look(child)
					}
				}
			}
			look(a.header)
			return found
		}
		stay := func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
			a.settle()
		}
		clock().MouseDown(nil)
		stay(longPress - 1)
		clock().MouseUp(nil)
		stay(longPress)
		if a.route.Page != PageHome {
			t.Fatalf("a short press led to %s", a.route.Page)
		}
		clock().MouseDown(nil)
		a.Tick() // the clock is drawn anew under the finger
		stay(2 * longPress)
		if a.route.Page != PageHome {
			t.Errorf("a press on what is gone led to %s", a.route.Page)
		}
		clock().MouseDown(nil)
		stay(longPress)
		if a.route.Page != PageStaffName {
			t.Errorf("a long press led to %s", a.route.Page)
		}
		a.goBack()
		if a.route.Page != PageHome {
			t.Errorf("back led to %s", a.route.Page)
		}
	})
}
