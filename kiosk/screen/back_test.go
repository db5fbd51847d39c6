package screen

import (
	"testing"

	"madoguchi/barcode"
)

// TestBackFromWhereALoginLed: もどる leads to what was seen before the login, however that
// went, and never to a screen of the login or home by surprise.
func TestBackFromWhereALoginLed(t *testing.T) {
	toCart := func(t *testing.T, a testApp) {
		a.session.SetCart(someCart())
		a.open(Route{Page: PageDetail, Bib: "kokoro"})
		a.settle()
		a.press(t, "カート 3")
		a.press(t, "2件の予約に進む")
		a.onPage(t, PageCard)
	}
	for name, test := range map[string]struct {
		act  func(t *testing.T, a testApp) // up to where the login led
		back []Page
	}{
		"from the cart, by a scan": {func(t *testing.T, a testApp) { toCart(t, a); logInFrom(t, a, PageConfirm) }, []Page{PageCart, PageDetail, PageHome}},
		"from the cart, by the number": {func(t *testing.T, a testApp) {
			toCart(t, a)
			a.typed(testCard)
			a.enter()
			logInFrom(t, a, PageConfirm)
		}, []Page{PageCart, PageDetail, PageHome}},
		"from the cart, logged in": {func(t *testing.T, a testApp) {
			logIn(t, a)
			a.session.SetCart(someCart())
			a.open(Route{Page: PageCart})
			a.press(t, "2件の予約に進む")
			a.onPage(t, PageConfirm)
		}, []Page{PageCart, PageMenu, PageHome}},
		"from the order": {func(t *testing.T, a testApp) {
			a.session.SetCart(someCart())
			a.open(Route{Page: PageCart})
			a.press(t, "順番予約")
			a.press(t, "2件の予約に進む")
			logInFrom(t, a, PageConfirm)
		}, []Page{PageSequence, PageCart, PageHome}},
		"from the cart, with a new password": {func(t *testing.T, a testApp) {
			toCart(t, a)
			a.press(t, applyButton)
			a.goBack()
			a.onPage(t, PageCard)
			a.press(t, applyButton)
			applyFrom(t, a, PageNewPassword)
			a.typed(newSecret)
			a.enter()
			a.typed(newSecret)
			a.enter()
			a.onPage(t, PageApplied)
			a.press(t, "ログインに進む")
			a.onPage(t, PagePassword)
			logInFrom(t, a, PageConfirm)
		}, []Page{PageCart, PageDetail, PageHome}},
		"from a book, by a scan": {func(t *testing.T, a testApp) {
			a.open(Route{Page: PageDetail, Bib: "kokoro"})
			a.settle()
			logIn(t, a)
		}, []Page{PageDetail, PageHome}},
		"from a book, by the own card": {func(t *testing.T, a testApp) {
			logIn(t, a)
			a.open(Route{Page: PageDetail, Bib: "kokoro"})
			a.settle()
			for range 2 {
				a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
				a.settle()
				a.onPage(t, PageMenu)
			}
		}, []Page{PageDetail, PageMenu, PageHome}},
		"from home": {func(t *testing.T, a testApp) { a.showMenu(); logIn(t, a) }, []Page{PageHome}},
	} {
		t.Run(name, func(t *testing.T) {
			a := newTestApp(t, sizes[0])
			test.act(t, a)
			a.settle()
			for _, want := range test.back {
				a.goBack()
				a.settle()
				a.onPage(t, want)
			}
		})
	}
}

// TestALoginThatWasLeft leads nowhere any more: whoever goes back to the cart, on to a
// book, and logs in there wants the menu.
func TestALoginThatWasLeft(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.session.SetCart(someCart())
	a.open(Route{Page: PageCart})
	a.press(t, "2件の予約に進む")
	a.goBack()
	a.onPage(t, PageCart)
	a.open(Route{Page: PageDetail, Bib: "kokoro"})
	a.settle()
	logIn(t, a)
}
