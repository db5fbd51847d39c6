package screen

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// logInTemporarily logs in with what staff issued.
func logInTemporarily(t *testing.T, a testApp) {
	t.Helper()
	a.counter.temporary = true
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
	a.typed(testPassword)
	a.enter()
	a.onPage(t, PageMustChange)
	a.see(t, "仮パスワードでログインしました")
}

func TestATemporaryPasswordLeadsToAPermanentOneFirst(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logInTemporarily(t, a)
	for name, try := range map[string]func(){
		"menu":     a.showMenu,
		"own card": func() { a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard}) },
		"escape":   func() { a.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) },
		"home":     a.goHome,
		"holds":    func() { a.open(Route{Page: PageHolds}) },
		"cart":     func() { a.loggedIn(Route{Page: PageConfirm}) },
		"a book":   func() { a.Scanned(barcode.Code{Kind: barcode.ISBN, Text: "9784003101117"}) },
	} {
		try()
		a.settle()
		if a.route.Page != PageMustChange {
			t.Fatalf("%s led to %s", name, a.route.Page)
		}
		if a.shows("わかりました") { // a sentence in its place
			a.press(t, "わかりました")
		}
	}
	if a.shows("新しいパスワードを決めてください") || a.shows("次へ") {
		t.Error("a password can be chosen before the terms were agreed to")
	}
	a.readTerms(t)
	a.press(t, "同意します")
	for _, e := range widget.Elements(a.root) {
		if e.Button && (strings.HasPrefix(e.Text, "カート") || e.Text == "← もどる") {
			t.Errorf("there is a button %q", e.Text)
		}
	}
	a.typed(newSecret)
	a.press(t, "次へ")
	a.typed(newSecret)
	a.press(t, "登録する")
	a.onPage(t, PageMenu)
	if got := a.counter.changed; len(got) != 1 || got[0] != [2]string{"", newSecret} || a.counter.agreed != "2026-04" {
		t.Errorf("the server was asked %v", got)
	}
	a.see(t, "パスワードを変更しました")
	a.press(t, "わかりました")
	a.press(t, "借りている本")
	a.onPage(t, PageLoans)
}

func TestAfterAPermanentPasswordTheHoldGoesOn(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.session.SetCart(someCart())
	a.show(Route{Page: PageCart})
	a.loggedIn(Route{Page: PageConfirm})
	logInTemporarily(t, a)
	a.readTerms(t)
	a.press(t, "同意します")
	a.typed(newSecret)
	a.enter()
	a.typed(newSecret)
	a.enter()
	a.onPage(t, PageConfirm)
	if len(a.session.Cart()) != len(someCart()) {
		t.Error("the cart is not what it was")
	}
	a.goBack()
	a.onPage(t, PageCart)
}

func TestATemporaryLoginCanBeEnded(t *testing.T) {
	for name, end := range map[string]func(testApp){
		"finish":       func(a testApp) { a.press(t, "終了") },
		"idle":         func(a testApp) { a.session.End(session.Idle) },
		"another card": func(a testApp) { a.Scanned(barcode.Code{Kind: barcode.Card, Text: "29999999999"}) },
	} {
		a := newTestApp(t, sizes[0])
		logInTemporarily(t, a)
		a.readTerms(t)
		a.press(t, "同意します")
		a.typed(newSecret)
		end(a)
		a.settle()
		if a.mustChange || a.agreed != "" || a.account != nil || a.route.Page == PageMustChange || a.counter.ended != 1 {
			t.Errorf("%s: on %s, must change: %v", name, a.route.Page, a.mustChange)
		}
	}
}

func TestChangingAPassword(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.press(t, "パスワード")
	a.counter.refuseNew = library.ErrPresent
	fill := func(present string) {
		a.typed(present)
		a.press(t, "次へ")
		a.typed(newSecret)
		a.press(t, "次へ")
		a.typed(newSecret)
		a.press(t, "登録する")
	}
	fill("wrong1")
	a.see(t, "いまのパスワードが合いません")
	if a.shows("●") {
		t.Error("something stays typed")
	}
	a.counter.refuseNew = nil
	fill(testPassword)
	a.onPage(t, PageMenu)
	a.see(t, "パスワードを変更しました")
	if got, want := a.counter.changed, [][2]string{{"wrong1", newSecret}, {testPassword, newSecret}}; !slices.Equal(got, want) {
		t.Errorf("the server was asked %v, want %v", got, want)
	}
	a.noRouteHas(t, testPassword, newSecret)
}

func TestALostSessionWhileChanging(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.press(t, "パスワード")
	a.counter.refuseNew = library.ErrSessionEnded
	for _, text := range []string{testPassword, newSecret, newSecret} {
		a.typed(text)
		a.enter()
	}
	a.see(t, "もう一度カードを読み取ってください")
	a.nothingLeft(t)
}

func TestRulesAreTickedOffWhileTyping(t *testing.T) {
	a := newTestApp(t, sizes[0])
	applyUpTo(t, a, PageNewPassword)
	kept := func() (n int) {
		for _, e := range widget.Elements(a.root) {
			if strings.HasPrefix(e.Text, "✓ ") {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		typed string
		kept  int
	}{
		{"", 0},
		{"1", 2},        // digits, nothing personal; too short, one character repeated
		{"19", 3},       // no repetition any more
		{"193504", 4},   // long enough
		{"19350401", 3}, // the birth date
		{ownPhone, 3},
		{testCard, 3},
		{"234567", 3},
		{"momiji 26", 3}, // a space
		{"ｶﾅｶﾅｶﾅ", 3},
		{newSecret, 4},
	} {
		a.content.key(&fyne.KeyEvent{Name: fyne.KeyBackspace})
		for a.shows("●") {
			a.content.key(&fyne.KeyEvent{Name: fyne.KeyBackspace})
		}
		for _, r := range c.typed {
			if r == ' ' { // which no key of this screen types
				a.content.typed('　')
				continue
			}
			a.content.typed(r)
		}
		if got := kept(); got != c.kept {
			t.Errorf("%q keeps %d rules, want %d", c.typed, got, c.kept)
		}
	}
}

func TestEveryRuleIsShownOnce(t *testing.T) {
	var shown []library.PasswordRule
	for _, g := range ruleGroups {
		shown = append(shown, g.rules...)
	}
	want := slices.Clone(library.PasswordRules)
	slices.Sort(shown)
	slices.Sort(want)
	if !slices.Equal(shown, want) {
		t.Errorf("shown are %v, want %v", shown, want)
	}
	a := newTestApp(t, sizes[0])
	for _, r := range library.PasswordRules {
		if !a.printer.Has("refusal." + r.RefusalOf().Code) {
			t.Errorf("no wording says that a password breaks the rule %s", r)
		}
	}
}

func TestAPasswordThatBreaksARuleGoesNowhere(t *testing.T) {
	a := newTestApp(t, sizes[0])
	applyUpTo(t, a, PageNewPassword)
	a.keys(t, "123456")
	a.press(t, "次へ")
	a.see(t, "「123456」のような並びは")
	if !a.shows("次へ") || len(a.counter.applied) > 0 {
		t.Error("it went on")
	}
	a.press(t, "全部消す")
	a.typed(newSecret)
	a.press(t, "次へ")
	a.typed(newSecret + "x")
	a.press(t, "登録する")
	a.see(t, "2回の入力がちがいます")
	if len(a.counter.applied) > 0 {
		t.Error("two different passwords were sent")
	}
	a.typed(newSecret)
	a.press(t, "登録する")
	a.onPage(t, PageApplied)
}

func TestANewPasswordIsShownWhileHeld(t *testing.T) {
	a := newTestApp(t, sizes[0])
	applyUpTo(t, a, PageNewPassword)
	a.typed(newSecret)
	for _, e := range widget.Elements(a.root) {
		if e.Text == "押すあいだ表示" {
			e.Target.MouseDown(nil)
			a.see(t, newSecret)
			e.Target.MouseUp(nil)
		}
	}
	if a.shows(newSecret) {
		t.Error("the password is still shown")
	}
}

func TestAPasswordOfDigitsOnly(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.cfg.Site = func() library.Site {
		s := city()
		s.Policy.PasswordCharset = library.CharsetDigits
		return s
	}
	applyUpTo(t, a, PageNewPassword)
	a.see(t, "半角の数字だけ")
	if a.shows("英字 小") {
		t.Error("letters are offered")
	}
}
