package screen

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/library"
)

const (
	otherCard  = "29999999999"
	noRoomCard = "28888888888" // for whose request the terminal has no room
	receipt    = "K7M-4QX"
)

func (c *counter) leave(_ context.Context, r library.Request) (string, error) {
	if r.Card == noRoomCard {
		return "", library.ErrNoRequests
	}
	c.left = append(c.left, r)
	return receipt, nil
}

func unreachable(context.Context, string, string) (Account, library.Account, error) {
	return nil, library.Account{}, fmt.Errorf("log in: %w", library.ErrUnreachable)
}

// newAwayApp is a terminal whose server cannot be reached.
func newAwayApp(t *testing.T) testApp {
	t.Helper()
	a := newTestApp(t, sizes[0])
	a.pull()
	return a
}

// pull takes the server away.
func (a testApp) pull() {
	*a.state = away
	a.cfg.LogIn = unreachable
	a.counter.refuse = fmt.Errorf("ask: %w", library.ErrUnreachable)
	a.Refresh()
}

// comesBack is the opposite.
func (a testApp) comesBack() {
	*a.state = online
	a.cfg.LogIn = a.counter.logIn
	a.counter.refuse = nil
	a.Refresh()
}

// oneLeft is the one request that was left, which has the card and the password of
// who left it.
func (a testApp) oneLeft(t *testing.T) library.Request {
	t.Helper()
	if len(a.counter.left) != 1 {
		t.Fatalf("%d requests were left", len(a.counter.left))
	}
	r := a.counter.left[0]
	if r.Card != testCard || r.Password != testPassword {
		t.Errorf("left by %q with %q", r.Card, r.Password)
	}
	if (r.Holds == nil) == (r.RenewItem == "") {
		t.Errorf("it asks for %+v and %q", r.Holds, r.RenewItem)
	}
	return r
}

// toRequestPassword goes from the cart to where the password is asked for.
func toRequestPassword(t *testing.T, a testApp) {
	t.Helper()
	a.session.SetCart(someCart())
	a.show(Route{Page: PageCart})
	a.press(t, "2件の予約に進む")
	a.onPage(t, PageRequest)
	a.press(t, "次へ")
	a.onPage(t, PageRequestPickup)
	a.press(t, "次へ")
	a.onPage(t, PageRequestCard)
	a.scanCard(testCard)
	a.onPage(t, PageRequestPassword)
}

// leaveIt types the password and leaves the request.
func leaveIt(t *testing.T, a testApp) {
	t.Helper()
	a.typed(testPassword)
	if a.shows(testPassword) {
		t.Error("the password can be read on the screen")
	}
	a.press(t, "申し込む")
	a.noRouteHas(t, testPassword, testCard, receipt)
}

func TestHoldsAreLeftFromTheCart(t *testing.T) {
	a := newAwayApp(t)
	a.session.SetCart(someCart())
	a.show(Route{Page: PageCart})
	a.press(t, "2件の予約に進む")
	a.onPage(t, PageRequest)
	for _, text := range []string{"2件を仮受付します", "まだ確定ではありません", "こころ", someCart()[1].Title, "つながらないため"} {
		a.see(t, text)
	}
	if a.shows("ことばの本 1") {
		t.Error("what is not ticked is asked for")
	}
	a.press(t, "次へ")
	a.see(t, "連絡方法は、登録がある方だけに有効です")
	a.press(t, "門司")
	a.press(t, "電話で連絡")
	a.press(t, "次へ")
	a.onPage(t, PageRequestCard)
	a.typed("123")
	a.press(t, "次へ")
	a.see(t, "図書館カードの番号ではありません")
	a.press(t, "全部消す")
	a.typed(testCard)
	a.press(t, "次へ")
	a.onPage(t, PageRequestPassword)
	a.press(t, "申し込む") // nothing is typed yet
	a.onPage(t, PageRequestPassword)
	leaveIt(t, a)
	a.onPage(t, PageRequested)
	r := a.oneLeft(t)
	if h := *r.Holds; !slices.Equal(h.Bibs, []library.BibID{"kokoro", "long"}) || h.Pickup != "moji" || h.Contact != library.ByPhone || h.Sequence {
		t.Errorf("asked for %+v", h)
	}
	for _, text := range []string{"仮受付しました（まだ確定していません）", receipt, "11月24日(火) 14:05", "こころ", "カウンターでこの受付番号を"} {
		a.see(t, text)
	}
	if lines := a.session.Cart(); len(lines) != 1 || lines[0].Bib != "n0" {
		t.Errorf("the cart still holds %+v", lines)
	}
	a.press(t, "終了する")
	a.onPage(t, PageHome)
	a.forgotTheRequest(t)
}

func TestASequenceIsLeftInItsOrder(t *testing.T) {
	a := newAwayApp(t)
	a.session.SetCart(someCart())
	a.show(Route{Page: PageCart})
	a.press(t, "順番予約")
	a.press(t, "▼ 下へ")
	a.press(t, "2件の予約に進む")
	a.see(t, "2件を、この順番で仮受付します")
	a.press(t, "次へ")
	a.press(t, "次へ")
	a.scanCard(testCard)
	leaveIt(t, a)
	h := *a.oneLeft(t).Holds
	if !h.Sequence || !slices.Equal(h.Bibs, []library.BibID{"long", "kokoro"}) || h.Pickup != "chuo" || h.Contact != library.ByMail {
		t.Errorf("asked for %+v", h)
	}
}

// While nothing can be left, everything is as without a 仮受付.
func TestWhereNoRequestsAreTaken(t *testing.T) {
	for name, change := range map[string]func(testApp){
		"no outbox":        func(a testApp) { a.state.TakesRequests = false },
		"no such terminal": func(a testApp) { a.cfg.Leave = nil },
		"connected":        func(a testApp) { a.state.Connected = true },
	} {
		a := newAwayApp(t)
		change(a)
		a.session.SetCart(someCart())
		a.show(Route{Page: PageCart})
		a.press(t, "2件の予約に進む")
		if a.route.Page != PageCard {
			t.Errorf("%s: led to %s", name, a.route.Page)
		}
		a.show(Route{Page: PageDetail, Bib: "kokoro", Barcode: "i2"})
		a.settle()
		if a.shows("延長を仮受付する") {
			t.Errorf("%s: a renewal can be left", name)
		}
	}
	a := newAwayApp(t)
	a.state.TakesRequests = false
	a.session.SetCart(someCart())
	a.show(Route{Page: PageCart})
	a.scanCard(testCard)
	a.typed(testPassword)
	a.enter()
	a.see(t, "しばらくしてからおためしいただくか")
	if a.shows("仮受付") {
		t.Error("a 仮受付 is spoken of")
	}
}

// What could not be asked of the server is offered as a request, with all that was
// chosen.
func TestWhenALoginCannotBeAsked(t *testing.T) {
	for _, c := range []struct {
		name     string
		begin    func(testApp)
		sequence bool
	}{
		{"cart", func(a testApp) { a.press(t, "2件の予約に進む") }, false},
		{"sequence", func(a testApp) { a.press(t, "順番予約"); a.press(t, "2件の予約に進む") }, true},
		{"a card beside the cart", func(testApp) {}, false},
	} {
		a := newTestApp(t, sizes[0])
		a.session.SetCart(someCart())
		a.show(Route{Page: PageCart})
		c.begin(a)
		a.scanCard(testCard)
		a.pull()
		a.typed(testPassword)
		a.enter()
		a.see(t, "サーバーにつながりません")
		a.press(t, "やめる")
		a.onPage(t, PagePassword)
		a.typed(testPassword)
		a.enter()
		a.press(t, "仮受付にする")
		a.onPage(t, PageRequest)
		a.press(t, "次へ")
		a.press(t, "次へ")
		a.onPage(t, PageRequestPassword) // the card is known
		leaveIt(t, a)
		if h := *a.oneLeft(t).Holds; h.Sequence != c.sequence || len(h.Bibs) != 2 {
			t.Errorf("%s: asked for %+v", c.name, h)
		}
		a.comesBack()
		a.scanCard(testCard)
		a.typed(testPassword)
		a.enter()
		a.onPage(t, PageMenu) // and not to what was asked for already
	}
}

func TestALoginWithNothingToLeave(t *testing.T) {
	a := newAwayApp(t)
	a.scanCard(testCard)
	a.typed(testPassword)
	a.enter()
	a.see(t, "予約はカートから、延長は本のバーコードで、仮受付ができます")
	if a.dialog != nil {
		t.Error("something is offered")
	}
}

func TestARenewalIsLeft(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.Scanned(barcode.Code{Kind: barcode.Item, Text: "i2"})
	a.settle()
	a.onPage(t, PageDetail)
	if a.shows("延長を仮受付する") {
		t.Error("a renewal can be left though the server is there")
	}
	a.pull()
	a.settle()
	a.press(t, "延長を仮受付する")
	a.see(t, "延長を仮受付します")
	a.press(t, "次へ")
	a.onPage(t, PageRequestCard)
	a.scanCard(testCard)
	leaveIt(t, a)
	if r := a.oneLeft(t); r.RenewItem != "i2" {
		t.Errorf("asked for %q", r.RenewItem)
	}
	a.see(t, receipt)
	a.see(t, "こころ")
}

func TestWhichRenewalsAreOffered(t *testing.T) {
	for name, c := range map[string]struct {
		barcode string
		change  func(*library.Item)
		want    string
	}{
		"on loan":                   {"i2", nil, "延長を仮受付する"},
		"due today":                 {"i2", func(it *library.Item) { it.DueOn = testToday }, "延長を仮受付する"},
		"a day before it could not": {"i2", func(it *library.Item) { it.DueOn = testToday.Add(13) }, "延長を仮受付する"},
		"too early":                 {"i2", func(it *library.Item) { it.DueOn = testToday.Add(14) }, "いま延長しても、返却日がのびません"},
		"overdue":                   {"i2", func(it *library.Item) { it.DueOn = testToday.Add(-1) }, "返却日をすぎたため、延長できません"},
		"on the shelf":              {"i1", nil, ""},
		"not scanned":               {"", nil, ""},
		"another's bib":             {"e1", nil, ""},
	} {
		a := newAwayApp(t)
		cat := books()
		if c.change != nil {
			c.change(&cat.records[0].Items[1])
		}
		a.cfg.Catalogue = cat
		a.show(Route{Page: PageDetail, Bib: "kokoro", Barcode: c.barcode})
		a.settle()
		if c.want != "" {
			a.see(t, c.want)
		}
		if c.want != "延長を仮受付する" && a.hasButton("延長を仮受付する") {
			t.Errorf("%s: a renewal can be left", name)
		}
	}
	a := newAwayApp(t)
	asStaff(a.App, false)
	a.show(Route{Page: PageDetail, Bib: "kokoro", Barcode: "i2"})
	a.settle()
	if a.hasButton("延長を仮受付する") {
		t.Error("staff are offered a renewal")
	}
}

func TestNoRoomForARequest(t *testing.T) {
	a := newAwayApp(t)
	a.session.SetCart(someCart())
	a.show(Route{Page: PageCart})
	a.press(t, "2件の予約に進む")
	a.press(t, "次へ")
	a.press(t, "次へ")
	a.scanCard(noRoomCard)
	a.typed(testPassword)
	a.press(t, "申し込む")
	a.onPage(t, PageRequestPassword)
	a.see(t, "いま、この端末では仮受付ができません。カウンターへどうぞ。")
	if a.shows("●") || len(a.session.Cart()) != 3 {
		t.Errorf("something stays typed, or the cart holds %+v", a.session.Cart())
	}
}

// Whoever asks for more than one request may hold would get nothing at all.
func TestTooManyForOneRequest(t *testing.T) {
	a := newAwayApp(t)
	var cart []session.CartLine
	for n := range city().Policy.MaxHolds + 1 {
		cart = append(cart, session.CartLine{Bib: library.BibID(fmt.Sprint("m", n)), Title: fmt.Sprint("本 ", n), Now: true})
	}
	a.session.SetCart(cart)
	a.show(Route{Page: PageCart})
	a.press(t, "21件の予約に進む")
	a.see(t, "一度に仮受付できるのは、20件までです")
	a.press(t, "わかりました")
	a.session.SetCart(cart[1:])
	a.rebuild()
	a.press(t, "20件の予約に進む")
	a.onPage(t, PageRequest)
	checkLayout(t, "request", a.App)
}
