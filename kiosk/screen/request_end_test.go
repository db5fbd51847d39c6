package screen

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/widget"
)

// requestSteps are the screens of a request after the card was read.
var requestSteps = []struct {
	page  Page
	reach func(*testing.T, testApp)
}{
	{PageRequestPassword, func(_ *testing.T, a testApp) { a.typed("Saku") }},
	{PageRequestCard, func(_ *testing.T, a testApp) { a.goBack() }},
	{PageRequestPickup, func(_ *testing.T, a testApp) { a.goBack(); a.goBack() }},
	{PageRequest, func(_ *testing.T, a testApp) { a.goBack(); a.goBack(); a.goBack() }},
	{PageRequested, leaveIt},
}

func TestAnotherCardEndsARequest(t *testing.T) {
	for _, step := range requestSteps {
		if step.page == PageRequestCard { // which asks for one
			continue
		}
		a := newAwayApp(t)
		toRequestPassword(t, a)
		step.reach(t, a)
		a.onPage(t, step.page)
		a.session.SetPreferences(session.Preferences{Language: "en"})
		a.scanCard(otherCard)
		a.onPage(t, PagePassword)
		if a.card != otherCard || a.request != nil || len(a.session.Cart()) != 0 || a.shows("●") {
			t.Errorf("%s: card %q, request %+v, cart %+v", step.page, a.card, a.request, a.session.Cart())
		}
		if !a.session.Active() || a.session.Preferences() != (session.Preferences{}) {
			t.Errorf("%s: the session of the first goes on, or none of the second has begun", step.page)
		}
		if len(a.back) != 1 || a.back[0] != (Route{Page: PageHome}) || a.next != (Route{}) {
			t.Errorf("%s: the way back is to %+v, and the way on to %+v", step.page, a.back, a.next)
		}
	}
}

// The card of who is logged in is known; somebody else's ends that session.
func TestAnotherCardEndsARequestOfWhoIsLoggedIn(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.session.SetCart(someCart())
	a.pull()
	a.show(Route{Page: PageCart})
	a.press(t, "2件の予約に進む")
	a.scanCard(testCard) // says nothing new
	a.onPage(t, PageRequest)
	a.scanCard(otherCard)
	a.onPage(t, PagePassword)
	if a.card != otherCard || a.request != nil || a.account != nil || a.counter.ended != 1 {
		t.Errorf("card %q, request %+v", a.card, a.request)
	}
}

func TestTheEndForgetsARequest(t *testing.T) {
	for name, end := range map[string]func(testApp){
		"finish": func(a testApp) { a.press(t, "終了") },
		"idle":   func(a testApp) { a.session.End(session.Idle) },
		"limit":  func(a testApp) { a.session.End(session.Limit) },
	} {
		for _, step := range requestSteps {
			a := newAwayApp(t)
			toRequestPassword(t, a)
			step.reach(t, a)
			a.onPage(t, step.page)
			end(a)
			a.settle()
			if a.route.Page != PageHome || len(a.session.Cart()) != 0 {
				t.Errorf("%s, %s: on %s", step.page, name, a.route.Page)
			}
			a.forgotTheRequest(t)
		}
	}
}

// A request that was left is left, also when its patron has gone meanwhile; its
// receipt is nobody's then.
func TestAReceiptThatComesTooLateIsNobodys(t *testing.T) {
	a := newAwayApp(t)
	toRequestPassword(t, a)
	a.typed(testPassword)
	a.content.key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	answer := <-a.queue
	a.session.End(session.Idle)
	answer()
	a.settle()
	a.onPage(t, PageHome)
	a.oneLeft(t)
	a.forgotTheRequest(t)
}

func TestALeavingWithoutTheRequestEndsIt(t *testing.T) {
	a := newAwayApp(t)
	toRequestPassword(t, a)
	a.typed("Saku")
	for range 4 {
		a.goBack()
	}
	a.onPage(t, PageCart)
	if a.request != nil || len(a.session.Cart()) != 3 {
		t.Errorf("request %+v, cart %+v", a.request, a.session.Cart())
	}
	a.open(Route{Page: PageRequestPassword}) // as on a way back that is stale
	a.onPage(t, PageHome)
}

// Type and colours may be changed on the way.
func TestARequestOutlivesTheDisplay(t *testing.T) {
	a := newAwayApp(t)
	toRequestPassword(t, a)
	a.press(t, "文字・色")
	a.press(t, "とても大きい文字")
	a.press(t, "← もどる")
	a.onPage(t, PageRequestPassword)
	leaveIt(t, a)
	a.press(t, "文字・色")
	a.press(t, "← もどる")
	a.see(t, receipt)
}

func TestABookDoesNotInterruptARequest(t *testing.T) {
	a := newAwayApp(t)
	toRequestPassword(t, a)
	for _, page := range []Page{PageRequestPassword, PageRequestCard, PageRequestPickup, PageRequest} {
		a.onPage(t, page)
		a.Scanned(barcode.Code{Kind: barcode.ISBN, Text: "9784003101117"})
		a.settle()
		a.onPage(t, page)
		if !a.shows("先に、この画面の入力を終えてください") && !a.shows("それは本のバーコードです") {
			t.Errorf("%s: nothing is said", page)
		}
		a.closeDialog()
		a.goBack()
	}
}

// forgotTheRequest holds that nothing of a request is left.
func (a testApp) forgotTheRequest(t *testing.T) {
	t.Helper()
	if a.request != nil || a.card != "" || len(a.back) > 0 {
		t.Errorf("request %+v, card %q, back %+v", a.request, a.card, a.back)
	}
	for _, e := range widget.Elements(a.root) {
		for _, secret := range []string{testCard, testPassword, receipt, "●"} {
			if strings.Contains(e.Text, secret) && !strings.Contains(e.Text, "接続") {
				t.Errorf("%q is on the screen", e.Text)
			}
		}
	}
}
