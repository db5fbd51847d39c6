package screen

import (
	"strings"
	"testing"

	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// allPages is what the pages of a screen say, which begins with its first.
func (a testApp) allPages(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for {
		for _, e := range widget.Elements(a.root) {
			all.WriteString(e.Text + "\n")
		}
		before := a.route.Offset
		if !a.shows("▼ 次のページ") {
			return all.String()
		}
		a.press(t, "▼ 次のページ")
		if a.route.Offset == before {
			return all.String()
		}
	}
}

// TestTheGuide: 利用案内 says what the screens for it cannot show.
func TestTheGuide(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.goHome()
	a.press(t, "利用案内")
	for _, chapter := range []struct {
		title string
		says  []string
	}{
		{"図書館カード", []string{
			"住所を確認できるもの（運転免許証、健康保険証、学生証、ご本人あての郵便物など）",
			"カウンターでお申し込みください",
			"カードの番号、生年月日、登録してある電話番号を入力します",
			"電話番号を登録していない方は、カウンターで仮パスワードをお渡しします",
			"何度でもできます。ときどき変えることをお勧めします",
			"お忘れになったときも同じです",
			"カードの番号とパスワードは、ほかの人に知られないようにご注意ください",
		}},
		{"予約する", []string{
			"カートに入れただけでは、予約は終わっていません",
			"市内の図書館が持っていて、貸出をしている資料を予約できます",
			"「リクエスト(予約)申込書」をカウンターへお出しください",
			"新しい雑誌は、図書館での登録が終わった日から予約できます",
			"2、3日後が目安ですが、多少、前後することがあります",
			"ご自身では変更・取消ができません。図書館へご連絡ください",
			"2週間は一覧に残ります",
			"お知らせした日の翌日から、休館日をのぞいて7日間です",
			"この期間をすぎると、予約は取り消されることがあります",
			"前の資料がご用意できるまで、後の資料は割り当てられません。1冊を1件と数えます",
			"予約の順位は、目安です。申込書での予約も、受け付けた日時の順に並びます",
		}},
		{"メールのお知らせ", []string{
			"利用者メニューの「メール」か、図書館のホームページで登録します",
			"メールで受け取るかどうかは、予約のたびにえらべます",
		}},
		{"延長する", []string{
			"市立図書館の資料で、返す日をすぎておらず、次に予約している方がいないものは、1回だけ延長できます",
			"延長の手続きをした日から14日間です",
			"その日が、借りた図書館の休館日にあたるときは、次の開館日までです",
		}},
	} {
		a.press(t, chapter.title)
		text := a.allPages(t)
		for _, says := range chapter.says {
			if !strings.Contains(text, says) {
				t.Errorf("%s does not say %q", chapter.title, says)
			}
		}
		a.open(Route{Page: PageGuide})
	}
}

// TestTheGuideSaysThisLibrarysRules, where they are other than usual.
func TestTheGuideSaysThisLibrarysRules(t *testing.T) {
	a := newTestApp(t, sizes[0])
	s := city()
	a.cfg.Site = func() library.Site { return s }
	text := func(topic string) string {
		t.Helper()
		a.open(Route{Page: PageGuide, Field: topic})
		return a.allPages(t)
	}
	if got := text("borrow"); !strings.Contains(got, "借りられる期間は14日間です。返す日は、") {
		t.Error(got)
	}
	s.Policy.MaxLoans, s.Policy.LoanDays, s.Policy.DueOnOpenDay = 10, 21, false
	if got := text("borrow"); !strings.Contains(got, "借りられる期間は21日間です。借りられるのは、あわせて10点までです。返す日は、") {
		t.Error(got)
	}
	if got := text("renew"); !strings.Contains(got, "延長の手続きをした日から21日間です") || strings.Contains(got, "開館日") {
		t.Error(got)
	}
}

// TestTheAdviceAboutMails: メールが届かないとき says each cause that the guide names, and
// what to let through.
func TestTheAdviceAboutMails(t *testing.T) {
	for _, c := range []struct{ cause, says string }{
		{"address", ownAddress},
		{"address", "大文字と小文字、「-」と「_」、「.」と「,」、「docomo」と「dokomo」のまちがい"},
		{"address", "「.」が続くアドレスや、「@」のすぐ前が「.」のアドレスには送れません"},
		{"filter", "迷惑メールの設定（指定受信・受信拒否）"},
		{"filter", "図書館のメールはパソコンから自動で送られます"},
		{"filter", "ドメイン指定受信の方は「toshokan.example.jp」"},
		{"filter", "アドレス指定受信の方は「yoyaku@toshokan.example.jp」を受け取れるように設定してください"},
		{"url", "URLの入ったメールの拒否"},
		{"url", "予約のお知らせには、図書館のホームページのURLが書かれています"},
		{"url", "確認メールは届いたのに予約のお知らせが届かないときは、URLの入ったメールを受け取れるように設定してください"},
		{"reception", "受信の状態"},
		{"reception", "電波の届かないところや、電源が切れているときは届きません"},
		{"reception", "サーバーへの問い合わせをしてください"},
		{"reception", "メールサーバーのメンテナンスや、メールボックスの容量オーバーのときは、メールが図書館に戻ってくることがあります。お確かめください"},
		{"free", "迷惑メールと判定されて、届かないことがあります"},
		{"free", "予約の状況の画面で、状態と取り置きの期限をごらんください"},
	} {
		a := newTestApp(t, sizes[0])
		a.counter.email = library.EmailStatus{Address: ownAddress, State: library.EmailBouncing, BouncedOn: testToday, From: "yoyaku@toshokan.example.jp"}
		logIn(t, a)
		a.press(t, "どうすればよいか")
		a.onPage(t, PageEmailAdvice)
		heading := a.printer.T("advice." + c.cause)
		_, text, found := strings.Cut(a.allPages(t), heading)
		if !found || !strings.Contains(heading+text, c.says) {
			t.Errorf("%s: %q is not said", heading, c.says)
		}
	}
}

// TestFromASearchToAHold goes the way of the guide's インターネット予約の方法 on one
// terminal: nothing is held before its last step.
func TestFromASearchToAHold(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.goHome()
	a.press(t, "ことばで")
	a.keys(t, "ここ")
	a.press(t, "さがす")
	a.onPage(t, PageResults)
	a.press(t, "こころ")
	a.onPage(t, PageDetail)
	a.see(t, "夏目 漱石")
	a.press(t, "予約カートに入れる")
	a.press(t, "予約カートを見る")
	a.onPage(t, PageCart)
	a.see(t, "こころ")
	a.see(t, "ここに入れただけでは、予約はまだ終わっていません")
	a.press(t, "1件の予約に進む")
	a.onPage(t, PageCard)
	logInFrom(t, a, PageConfirm)
	a.see(t, "1件を予約します")
	a.see(t, "こころ")
	a.see(t, "受取館")
	a.see(t, "連絡方法")
	if len(a.counter.asked) > 0 {
		t.Fatal("it is held before 「予約する」")
	}
	a.press(t, "小倉南")
	a.press(t, "メールで連絡")
	a.press(t, "予約する")
	a.see(t, "1件の予約ができました")
	if got := a.counter.asked; len(got) != 1 || got[0].Pickup != "kokura" || got[0].Contact != library.ByMail || len(got[0].Bibs) != 1 || got[0].Bibs[0] != "kokoro" {
		t.Errorf("asked for %+v", got)
	}
	if len(a.session.Cart()) != 0 {
		t.Error("what is held is still in the cart")
	}
	a.press(t, "予約の状況を見る")
	a.onPage(t, PageHolds)
	a.see(t, "こころ")
	a.see(t, "○ 予約中です")
}
