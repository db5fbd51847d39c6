package screen

import (
	"strings"
	"testing"

	"madoguchi/library"
)

func TestTheConnectionGoesAfterTheLogin(t *testing.T) {
	toConfirm := func(t *testing.T) testApp {
		a := newTestApp(t, sizes[0])
		logIn(t, a)
		a.session.SetCart(someCart())
		a.show(Route{Page: PageCart})
		return a
	}
	leave := func(t *testing.T, a testApp) library.HoldRequest {
		t.Helper()
		a.onPage(t, PageRequestPassword) // the card is known, the password is kept nowhere
		leaveIt(t, a)
		a.onPage(t, PageRequested)
		if a.account == nil || a.session.Patron().Card != testCard {
			t.Error("the patron is not logged in any more")
		}
		h := *a.oneLeft(t).Holds
		a.comesBack()
		a.press(t, "← もどる")
		a.onPage(t, PageMenu)
		return h
	}
	t.Run("before the confirmation", func(t *testing.T) {
		a := toConfirm(t)
		a.pull()
		a.press(t, "2件の予約に進む")
		a.onPage(t, PageRequest)
		a.press(t, "次へ")
		a.press(t, "次へ")
		leave(t, a)
	})
	t.Run("on its way to the confirmation", func(t *testing.T) {
		a := toConfirm(t)
		a.counter.refuse = library.ErrUnreachable // which is not known yet
		a.press(t, "2件の予約に進む")
		a.press(t, "仮受付にする")
		a.press(t, "次へ")
		a.press(t, "次へ")
		leave(t, a)
	})
	t.Run("with the confirmation", func(t *testing.T) {
		a := toConfirm(t)
		a.press(t, "2件の予約に進む")
		a.press(t, "門司")
		a.press(t, "電話で連絡")
		a.counter.refuse = library.ErrUnreachable
		a.press(t, "予約する")
		a.press(t, "仮受付にする")
		a.see(t, "受取 門司　電話で連絡")
		a.press(t, "次へ") // all else was chosen
		if h := leave(t, a); h.Pickup != "moji" || h.Contact != library.ByPhone {
			t.Errorf("asked for %+v", h)
		}
	})
	t.Run("with a renewal", func(t *testing.T) {
		a := newTestApp(t, sizes[0])
		logIn(t, a)
		a.press(t, "借りている本")
		a.counter.refuse = library.ErrUnreachable
		a.press(t, "12月8日まで延長")
		a.press(t, "仮受付にする")
		a.see(t, "延長を仮受付します")
		a.see(t, "こころ")
		a.press(t, "次へ")
		leaveIt(t, a)
		if r := a.oneLeft(t); r.RenewItem != "item-2" {
			t.Errorf("asked for %q", r.RenewItem)
		}
	})
	t.Run("before a renewal", func(t *testing.T) {
		a := newTestApp(t, sizes[0])
		logIn(t, a)
		a.press(t, "借りている本")
		a.pull()
		a.settle()
		if a.shows("まで延長") || a.shows("まとめて延長") {
			t.Error("a date is promised that only the server could")
		}
		a.press(t, "延長を仮受付する")
		a.see(t, "延長を仮受付します")
		a.press(t, "次へ")
		leaveIt(t, a)
		if r := a.oneLeft(t); r.RenewItem != "item-2" {
			t.Errorf("asked for %q", r.RenewItem)
		}
	})
}

// Nobody is thrown out when the server comes back in the middle.
func TestTheConnectionComesBack(t *testing.T) {
	a := newAwayApp(t)
	toRequestPassword(t, a)
	a.typed("Sak")
	a.comesBack()
	a.settle()
	a.onPage(t, PageRequestPassword)
	a.see(t, "●●●")
	a.typed(strings.TrimPrefix(testPassword, "Sak"))
	a.press(t, "申し込む")
	a.onPage(t, PageRequested)
	a.oneLeft(t)
}
