package screen

import (
	"slices"
	"strings"
	"testing"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

const ownAddress = "hanako-k_2026@docomo.ne.jp"

// toAddress logs in and goes to where an address is typed.
func toAddress(t *testing.T, a testApp) {
	t.Helper()
	logIn(t, a)
	a.press(t, "メール")
	a.press(t, "登録する")
	a.onPage(t, PageEmailEdit)
}

func TestRegisteringAnAddress(t *testing.T) {
	a := newTestApp(t, sizes[0])
	toAddress(t, a)
	a.keys(t, "hanako-k_")
	a.keys(t, "2026")
	a.press(t, "@docomo.ne.jp")
	a.see(t, ownAddress)
	a.noRouteHas(t, "hanako")
	a.press(t, "確認")
	a.onPage(t, PageEmailCode)
	a.see(t, ownAddress)
	if !slices.Equal(a.counter.mailed, []string{ownAddress}) || a.counter.languages[0] != "ja" {
		t.Fatalf("mails went to %v in %v", a.counter.mailed, a.counter.languages)
	}
	a.keys(t, "27182")
	a.press(t, "確認")
	a.see(t, "6けたの数字を入力してください")
	a.keys(t, "9")
	a.press(t, "確認")
	a.see(t, "数字が合いません")
	a.keys(t, a.counter.code)
	a.press(t, "確認")
	a.onPage(t, PageEmail)
	a.see(t, "メールアドレスを確認しました")
	a.press(t, "わかりました")
	a.see(t, "✓ 確認済み")
	a.noRouteHas(t, "hanako")
	a.goBack()
	a.onPage(t, PageMenu)
}

func TestAnotherMailIsSentOnRequest(t *testing.T) {
	a := newTestApp(t, sizes[0])
	toAddress(t, a)
	a.typed(ownAddress)
	a.enter()
	before := a.counter.code
	a.press(t, "もう一度送る")
	a.see(t, "もう一度送りました")
	if len(a.counter.mailed) != 2 {
		t.Errorf("%d mails", len(a.counter.mailed))
	}
	a.keys(t, before)
	a.press(t, "確認")
	a.see(t, "数字が合いません")
	a.press(t, "あとで入力する")
	a.onPage(t, PageEmail)
	a.see(t, "○ 未確認")
	a.press(t, "← もどる")
	a.see(t, "メールアドレスの確認がまだです")
	a.press(t, "数字を入力する")
	a.onPage(t, PageEmailCode)
	a.counter.refuseNew = library.ErrEmailCodeOver
	a.keys(t, "314159")
	a.press(t, "確認")
	a.see(t, "「もう一度送る」を押してください")
}

func TestRefusedAddresses(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"hanako", "メールアドレスの形になっていません"},
		{"hanako@", "メールアドレスの形になっていません"},
		{"hanako@docomo", "ではありませんか"}, // docomo.ne.jp is meant
		{"ha..nako@docomo.ne.jp", "「.」が続いているアドレスには送れません"},
		{"hanako.@docomo.ne.jp", "「@」のすぐ前が「.」"},
		{".hanako@docomo.ne.jp", "「.」で始まるアドレス"},
		{"hanako,k@@docomo.ne.jp", "カンマ"},
	} {
		a := newTestApp(t, sizes[0])
		toAddress(t, a)
		a.typed(c.typed)
		a.enter()
		a.see(t, c.want)
		if len(a.counter.mailed) > 0 {
			t.Errorf("%q was sent", c.typed)
		}
	}
}

func TestAMistypedDomain(t *testing.T) {
	for _, c := range []struct{ typed, press, want string }{
		{"hanako@dokomo.ne.jp", "はい、このアドレスです", "hanako@docomo.ne.jp"},
		{"hanako@dokomo.ne.jp", "いいえ、入力したとおりです", "hanako@dokomo.ne.jp"},
		{"hanako@gmail,com", "はい、このアドレスです", "hanako@gmail.com"},
	} {
		a := newTestApp(t, sizes[0])
		toAddress(t, a)
		a.typed(c.typed)
		a.enter()
		a.onPage(t, PageEmailMeant)
		a.see(t, "ではありませんか")
		a.press(t, c.press)
		a.onPage(t, PageEmailCode)
		if !slices.Equal(a.counter.mailed, []string{c.want}) {
			t.Errorf("%s: mails went to %v, want %s", c.typed, a.counter.mailed, c.want)
		}
	}
}

func TestAnAddressWithACommaCannotBeKept(t *testing.T) {
	a := newTestApp(t, sizes[0])
	toAddress(t, a)
	a.typed("hanako@gmail,com")
	a.enter()
	if a.shows("いいえ、入力したとおりです") {
		t.Error("it can be kept")
	}
	a.press(t, "入力しなおす")
	a.onPage(t, PageEmailEdit)
	a.see(t, "hanako@gmail,com") // to be corrected
}

func TestChangingAndDeletingAnAddress(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.counter.email = library.EmailStatus{Address: "old@example.jp", State: library.EmailConfirmed}
	byMail := a.counter.holds
	a.counter.holds = nil
	logIn(t, a)
	a.press(t, "メール")
	a.see(t, "old@example.jp")
	a.press(t, "変更する")
	a.typed(ownAddress)
	a.enter()
	a.press(t, "あとで入力する")
	a.see(t, ownAddress)
	a.press(t, "削除する")
	a.press(t, "やめる")
	a.see(t, ownAddress)
	a.press(t, "削除する")
	a.press(t, "確認")
	a.see(t, "メールアドレスを削除しました")
	a.see(t, "メールアドレスは登録されていません")

	// Where mails were to tell of holds, how to tell of them is asked, and which they are.
	a.counter.holds, a.counter.email = byMail, library.EmailStatus{Address: "old@example.jp", State: library.EmailConfirmed}
	a.show(Route{Page: PageEmail})
	a.settle()
	a.press(t, "削除する")
	a.see(t, "メールでお知らせすることになっています")
	a.see(t, "海辺の人びと 1")
	a.press(t, "やめる")
	a.see(t, "old@example.jp")
	a.press(t, "削除する")
	a.press(t, "電話の連絡にして削除する")
	a.see(t, "メールアドレスを削除しました")
	if a.counter.instead != library.ByPhone {
		t.Errorf("of the holds they tell by %q", a.counter.instead)
	}
}

// TestAnImportedAddress is registered and not confirmed; a code is sent to it where the
// patron wants one, and もどる leads back.
func TestAnImportedAddress(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.counter.email = library.EmailStatus{Address: ownAddress, State: library.EmailRegistered}
	logIn(t, a)
	a.press(t, "メール")
	a.see(t, "○ 登録あり")
	if a.shows("確認") || a.hasButton("確認メールを送る") || a.hasButton("数字を入力する") {
		t.Error("a code is offered by a library that sends no mails")
	}
	a.press(t, "← もどる")
	a.counter.email.From = "yoyaku@toshokan.example.jp"
	a.press(t, "メール")
	a.counter.refuseNew = library.ErrEmailSoon
	a.press(t, "確認メールを送る")
	a.onPage(t, PageEmail)
	a.see(t, "少し前にお送りしました")
	a.press(t, "わかりました")
	a.counter.refuseNew = nil
	a.press(t, "確認メールを送る")
	a.onPage(t, PageEmailCode)
	if len(a.counter.mailed) != 1 || a.counter.mailed[0] != ownAddress {
		t.Errorf("mails to %v", a.counter.mailed)
	}
	a.press(t, "← もどる")
	a.see(t, "○ 未確認")
	a.press(t, "数字を入力する")
	a.typed(a.counter.code)
	a.enter()
	a.press(t, "わかりました")
	a.onPage(t, PageEmail)
	a.see(t, "✓ 確認済み")
}

// TestAnAddressThatAnotherTerminalHasOvertaken: the screen shows how it stands at the
// server, never what it was before.
func TestAnAddressThatAnotherTerminalHasOvertaken(t *testing.T) {
	waiting := library.EmailStatus{Address: ownAddress, State: library.EmailUnconfirmed, CodeSent: true}
	const other = "other@example.jp"
	for name, test := range map[string]struct {
		then   library.EmailStatus // at the server, by another terminal
		refuse error
		act    func(t *testing.T, a testApp)
		page   Page
		sees   []string
		not    string
	}{
		"confirmed, and another code is asked for": {library.EmailStatus{Address: ownAddress, State: library.EmailConfirmed}, nil,
			func(t *testing.T, a testApp) { a.press(t, "もう一度送る") }, PageEmail, []string{"メールアドレスを確認しました"}, "もう一度送りました"},
		"changed, and another code is asked for": {library.EmailStatus{Address: other, State: library.EmailUnconfirmed, CodeSent: true}, nil,
			func(t *testing.T, a testApp) { a.press(t, "もう一度送る") }, PageEmailCode, []string{other, "もう一度送りました"}, ownAddress},
		"changed, and a code is typed": {library.EmailStatus{Address: other, State: library.EmailUnconfirmed, CodeSent: true}, library.ErrEmailCode,
			func(t *testing.T, a testApp) { a.typed("000000"); a.enter() }, PageEmailCode, []string{other, "数字が合いません"}, ownAddress},
		"deleted, and a code is typed": {library.EmailStatus{State: library.NoEmail}, library.ErrNoEmail,
			func(t *testing.T, a testApp) { a.typed("000000"); a.enter() }, PageEmail, []string{"メールアドレスの登録がない"}, ownAddress},
		"imported anew, and a code is typed": {library.EmailStatus{Address: other, State: library.EmailRegistered}, library.ErrEmailCodeOver,
			func(t *testing.T, a testApp) { a.typed("000000"); a.enter() }, PageEmail, []string{"この数字はもう使えません"}, ownAddress},
	} {
		t.Run(name, func(t *testing.T) {
			a := newTestApp(t, sizes[0])
			a.counter.email = waiting
			logIn(t, a)
			a.open(Route{Page: PageEmail})
			a.settle()
			a.press(t, "数字を入力する")
			a.see(t, ownAddress)
			a.counter.email, a.counter.refuseNew = test.then, test.refuse
			test.act(t, a)
			a.settle()
			a.onPage(t, test.page)
			for _, text := range test.sees {
				a.see(t, text)
			}
			if test.page == PageEmail {
				a.press(t, "わかりました")
			}
			if a.shows(test.not) {
				t.Errorf("the screen says %q", test.not)
			}
		})
	}
}

// TestAWayOfContactThatIsGone: the address was deleted elsewhere before the holds were
// placed, so the screen offers it no more.
func TestAWayOfContactThatIsGone(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.session.SetCart(someCart())
	a.open(Route{Page: PageConfirm})
	a.settle()
	if !a.hasButton("メールで連絡") {
		t.Fatal("mail is not offered")
	}
	a.counter.noMail, a.counter.refusePlace = true, library.ErrNoEmail
	a.press(t, "予約する")
	a.see(t, "メールアドレスの登録がない")
	a.press(t, "わかりました")
	a.onPage(t, PageConfirm)
	if a.hasButton("メールで連絡") || !a.hasButton("電話で連絡") {
		t.Error("what is registered now is not what is offered")
	}
}

func TestMailsThatBounced(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.counter.email = library.EmailStatus{Address: ownAddress, State: library.EmailBouncing, BouncedOn: testToday.Add(-3), Carrier: library.Docomo, From: "yoyaku@toshokan.example.jp"}
	logIn(t, a)
	a.see(t, "図書館からのメールが届いていません")
	a.press(t, "どうすればよいか")
	a.onPage(t, PageEmailAdvice)
	var all strings.Builder
	for range 9 {
		for _, e := range widget.Elements(a.root) {
			all.WriteString(e.Text)
		}
		r := a.route
		a.press(t, "▼ 次のページ")
		if a.route.Offset == r.Offset {
			break
		}
	}
	for _, want := range []string{
		ownAddress, "「toshokan.example.jp」", "「yoyaku@toshokan.example.jp」", "My docomo",
		"1　", "2　", "3　", "4　", "5　", "URLの入ったメール", "電波の届かないところ", "迷惑メールと判定",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the advice does not say %q", want)
		}
	}
	if strings.Contains(all.String(), "My SoftBank") {
		t.Error("there is advice for another carrier")
	}
	a.press(t, "アドレスをなおす")
	a.onPage(t, PageEmailEdit)
	a.press(t, "← もどる")
	a.press(t, "← もどる")
	a.press(t, "メール")
	a.see(t, "▲ 届いていません")
	a.see(t, "11月21日に送ったメールが戻ってきました")
}

func TestEveryCarrierHasItsAdvice(t *testing.T) {
	a := newTestApp(t, sizes[0])
	for _, c := range []library.Carrier{library.Docomo, library.Au, library.SoftBank, library.Rakuten, library.FreeMail} {
		text := a.visit.adviceText("filter", library.EmailStatus{Carrier: c})
		if lines := strings.Split(text, "\n"); len(lines) != 2 || !strings.Contains(lines[1], city().MailFrom) {
			t.Errorf("%s: %q", c, text)
		}
	}
}

func TestWhereNoMailsAreSentNoAddressIsAskedFor(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.cfg.Site = func() library.Site {
		s := city()
		s.MailFrom = ""
		return s
	}
	logIn(t, a)
	a.see(t, "パスワード")
	for _, e := range widget.Elements(a.root) {
		if e.Button && e.Text == "メール" {
			t.Error("an address is asked for")
		}
	}
}

func TestATypedAddressDiesWithItsScreens(t *testing.T) {
	for name, leave := range map[string]func(testApp){
		"idle":         func(a testApp) { a.session.End(session.Idle) },
		"finish":       func(a testApp) { a.endSession() },
		"menu":         func(a testApp) { a.showMenu() },
		"another card": func(a testApp) { a.Scanned(barcode.Code{Kind: barcode.Card, Text: "29999999999"}) },
	} {
		a := newTestApp(t, sizes[0])
		toAddress(t, a)
		a.typed(ownAddress)
		a.press(t, "文字・色")
		a.press(t, "← もどる")
		a.see(t, ownAddress)
		leave(a)
		a.settle()
		if a.address != "" || a.shows(ownAddress) {
			t.Errorf("%s: the address is still held", name)
		}
	}
}

func TestAnUnreachableServerAndAnAddress(t *testing.T) {
	a := newTestApp(t, sizes[0])
	toAddress(t, a)
	a.counter.refuseNew = library.ErrUnreachable
	a.typed(ownAddress)
	a.enter()
	a.onPage(t, PageEmailEdit)
	a.see(t, "つながりません")
	a.see(t, ownAddress)
}

func TestAnAddressForAHold(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.counter.noMail = true
	logIn(t, a)
	a.session.SetCart(someCart())
	a.open(Route{Page: PageCart})
	a.open(Route{Page: PageConfirm, Pickup: "nishi"})
	a.settle()
	if a.shows("メールで連絡") {
		t.Fatal("contact by mail is offered without an address")
	}
	a.press(t, "メールアドレスを登録する")
	a.typed(ownAddress)
	a.enter()
	a.keys(t, a.counter.code)
	a.press(t, "確認")
	a.onPage(t, PageConfirm)
	a.press(t, "わかりました")
	if len(a.session.Cart()) != len(someCart()) || a.route.Pickup != "nishi" || a.route.Contact != library.ByMail {
		t.Errorf("back with %d in the cart, to be picked up at %s, contact by %s", len(a.session.Cart()), a.route.Pickup, a.route.Contact)
	}
	a.press(t, "予約する")
	if got := a.counter.asked; len(got) != 1 || got[0].Contact != library.ByMail {
		t.Errorf("asked for %+v", got)
	}
}

func TestAHoldWithoutAnAddress(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.counter.noMail = true
	a.cfg.Site = func() library.Site {
		s := city()
		s.MailFrom = ""
		return s
	}
	logIn(t, a)
	a.session.SetCart(someCart())
	a.open(Route{Page: PageConfirm})
	a.settle()
	if a.shows("メールアドレスを登録する") {
		t.Error("an address is offered where no mails are sent")
	}
}

func TestAScanDoesNotCostATypedAddress(t *testing.T) {
	a := newTestApp(t, sizes[0])
	toAddress(t, a)
	a.typed(ownAddress)
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
	a.Scanned(barcode.Code{Kind: barcode.ISBN, Text: "9784003101117"})
	a.onPage(t, PageEmailEdit)
	a.see(t, ownAddress)
	a.see(t, "先に、この画面の入力を終えてください")
}
