package screen

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

func (c *counter) Holds(context.Context) (library.PatronHolds, error) {
	return library.PatronHolds{Today: testToday, Holds: append([]library.PatronHold(nil), c.holds...)}, c.refuse
}

func (c *counter) PlaceHolds(_ context.Context, req library.HoldRequest) (answers []library.HoldAnswer, err error) {
	if c.refuse != nil {
		return nil, c.refuse
	}
	if c.refusePlace != nil {
		return nil, c.refusePlace
	}
	c.asked = append(c.asked, req)
	for n, bib := range req.Bibs {
		if bib == "n0" {
			answers = append(answers, library.HoldAnswer{BibID: bib, Refusal: library.ErrHasOnLoan.Code})
			continue
		}
		h := library.PatronHold{Hold: library.Hold{ID: library.HoldID("new-" + bib), BibID: bib, Pickup: req.Pickup, Contact: req.Contact, State: library.Waiting}, Title: "こころ", Position: n + 2, Copies: 3, MayChange: true}
		c.holds = append(c.holds, h)
		answers = append(answers, library.HoldAnswer{BibID: bib, Hold: &h})
	}
	return answers, nil
}

func (c *counter) CancelHold(_ context.Context, id library.HoldID) (library.PatronHold, error) {
	return c.changeHold(id, func(h *library.PatronHold) { h.State, h.MayChange = library.Cancelled, false })
}

func (c *counter) ChangeHold(_ context.Context, id library.HoldID, pickup library.BranchCode, contact library.Contact) (library.PatronHold, error) {
	return c.changeHold(id, func(h *library.PatronHold) { h.Pickup, h.Contact = pickup, contact })
}

func (c *counter) changeHold(id library.HoldID, change func(*library.PatronHold)) (library.PatronHold, error) {
	for i := range c.holds {
		if c.holds[i].ID != id {
			continue
		}
		if !c.holds[i].MayChange {
			return c.holds[i], library.ErrHoldNotWaiting
		}
		change(&c.holds[i])
		return c.holds[i], nil
	}
	return library.PatronHold{}, library.ErrUnknownHold
}

func someHolds() []library.PatronHold {
	hold := func(id, title, creators string, state library.HoldState) library.PatronHold {
		h := library.PatronHold{
			Hold:  library.Hold{ID: library.HoldID(id), Pickup: "chuo", Contact: library.ByMail, State: state},
			Title: title, Creators: creators, Position: 12, Copies: 6, MayChange: state == library.Waiting,
		}
		if state == library.ReadyHold {
			h.ReadyOn, h.ContactedOn, h.ShelfUntil = testToday.Add(-1), testToday, testToday.Add(8)
		}
		if !state.Active() {
			h.EndedOn = testToday.Add(-2)
		}
		return h
	}
	member := func(id string, place int, state library.HoldState) library.PatronHold {
		h := hold(id, "海辺の人びと "+string(rune('0'+place)), "塩野 一", state)
		h.SequenceID, h.Place = "s", place
		return h
	}
	return []library.PatronHold{
		hold("h1", "銀河鉄道の夜", "宮沢 賢治", library.ReadyHold),
		member("h3", 2, library.Waiting), member("h2", 1, library.ReadyHold), member("h4", 3, library.Waiting),
		hold("h5", "そして、地方自治体における公共図書館の運営と評価に関する比較制度論的研究", "瀬尾 まこと", library.Waiting),
		hold("h6", "きょうの料理 2026年12月号", "", library.Preparing),
		hold("h7", "地図帳の深読み", "今尾 恵", library.Cancelled),
	}
}

// badDay are holds whose copies went away, and some that are not told of yet.
func badDay() []library.PatronHold {
	all := someHolds()
	waits, ready, comes := all[4], all[0], all[5]
	aside := waits
	aside.ID, aside.Title, aside.ItemID, aside.Position, aside.PickAt = "a", "こころ", "i1", 0, time.Date(2026, 11, 24, 1, 12, 0, 0, time.UTC)
	lost := waits
	lost.ID, lost.Title, lost.Copies, lost.Position, lost.FellBackOn = "l", "銀河鉄道の夜", 0, 1, testToday
	fellBack := waits
	fellBack.ID, fellBack.FellBackOn = "f", testToday
	comes.FellBackOn = testToday
	ready.ContactedOn, ready.ShelfUntil, ready.Contact = library.Date{}, library.Date{}, library.ByPhone
	ended := all[6]
	ended.EndReason = library.EndNoCopies
	return []library.PatronHold{ready, aside, lost, fellBack, comes, ended}
}

func someCart() []session.CartLine {
	return []session.CartLine{
		{Bib: "kokoro", Title: "こころ", Creators: "夏目 漱石", Now: true},
		{Bib: "long", Title: "地方自治体における公共図書館の運営と評価に関する比較制度論的研究 第12巻", Creators: "地方自治総合研究所図書館問題研究部会・北九州市立図書館協議会", Now: true},
		{Bib: "n0", Title: "ことばの本 1", Creators: "星野 一郎"},
	}
}

func TestCartCollectsWithoutLogin(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.show(Route{Page: PageDetail, Bib: "kokoro"})
	a.settle()
	a.press(t, "予約カートに入れる")
	a.see(t, "✓ カートに入っています")
	a.see(t, "カート 1")
	a.press(t, "カート 1")
	a.see(t, "✓ いま")
	a.press(t, "✓ いま")
	a.see(t, "□ あとで")
	if a.shows("予約に進む") {
		t.Error("nothing is ticked, and it goes on")
	}
	a.press(t, "解除")
	a.see(t, "カートは空です")
}

func TestWhatCannotBeHeld(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.show(Route{Page: PageDetail, Bib: "none"})
	a.settle()
	if a.shows("予約カートに入れる") {
		t.Error("a bib without copies can be put into the cart")
	}
	a.see(t, "図書館のカウンターへお出しください")
}

func TestFromTheCartThroughLoginToHolds(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.session.SetCart(someCart())
	a.show(Route{Page: PageCart})
	a.press(t, "2件の予約に進む")
	if a.route.Page != PageCard {
		t.Fatalf("going on without a login led to %s", a.route.Page)
	}
	logInFrom(t, a, PageConfirm)
	a.see(t, "2件を予約します")
	a.press(t, "門司")
	a.press(t, "電話で連絡")
	a.press(t, "予約する")
	if len(a.counter.asked) != 1 {
		t.Fatalf("asked %d times", len(a.counter.asked))
	}
	if got := a.counter.asked[0]; got.Pickup != "moji" || got.Contact != library.ByPhone || len(got.Bibs) != 2 || got.Sequence {
		t.Errorf("asked for %+v", got)
	}
	a.see(t, "2件の予約ができました")
	a.see(t, "2番目（目安）・所蔵3冊")
	if lines := a.session.Cart(); len(lines) != 1 || lines[0].Bib != "n0" {
		t.Errorf("the cart still holds %+v", lines)
	}
}

func TestALineThatIsRefusedStaysInTheCart(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	cart := someCart()
	cart[2].Now = true
	a.session.SetCart(cart)
	a.open(Route{Page: PageSequence})
	for _, e := range widget.Elements(a.root) {
		if e.Text == "▼ 下へ" {
			e.Target.Press() // こころ after the long one
			break
		}
	}
	a.press(t, "3件の予約に進む")
	a.press(t, "予約する")
	if got := a.counter.asked[0]; !got.Sequence || got.Bibs[0] != "long" || got.Bibs[1] != "kokoro" {
		t.Errorf("asked for %+v", got)
	}
	a.see(t, "ことばの本 1")
	a.see(t, "いま借りている資料です。")
	if lines := a.session.Cart(); len(lines) != 1 || lines[0].Bib != "n0" || lines[0].Now {
		t.Errorf("the cart holds %+v", lines)
	}
}

func TestHoldsAreChangedAndCancelled(t *testing.T) {
	a := newTestApp(t, sizes[0])
	logIn(t, a)
	a.press(t, "予約の状況")
	for _, text := range []string{"● ご用意できました", "12月2日(水)までにカウンターへ", "海辺の人びと 1 から 3件（順番予約）", "12番目（目安）・所蔵6冊", "→ 取寄・準備中です", "取り消しました", "12月6日(日)まで表示します", "準備が始まったため\n変更・取消は図書館へ"} {
		a.see(t, text)
	}
	a.press(t, "変更・取消") // the sequence's waiting member
	a.press(t, "八幡西")
	a.press(t, "変更する")
	a.see(t, "予約を変更しました。")
	a.press(t, "わかりました")
	if h := a.counter.holds[1]; h.Pickup != "nishi" {
		t.Errorf("the pickup is %s", h.Pickup)
	}
	a.press(t, "変更・取消")
	a.press(t, "この予約を取り消す")
	a.see(t, "いまの 12番目の順番はなくなります")
	a.press(t, "やめる")
	if h := a.counter.holds[1]; h.State != library.Waiting {
		t.Errorf("the hold is %s before anybody was sure", h.State)
	}
	a.press(t, "この予約を取り消す")
	a.press(t, "取り消す")
	a.see(t, "2週間は一覧に残ります")
	if h := a.counter.holds[1]; h.State != library.Cancelled {
		t.Errorf("the hold is %s", h.State)
	}
}

func TestTheCartDiesWithTheSession(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.session.SetCart(someCart())
	a.endSession()
	a.settle()
	if len(a.session.Cart()) != 0 {
		t.Error("the cart is still there")
	}
	a.session.SetCart(someCart())
	logIn(t, a)
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: "29999999999"})
	if len(a.session.Cart()) != 0 {
		t.Error("the next patron finds the cart of the one before")
	}
}

// logInFrom goes on from the screen that asks for a card.
func logInFrom(t *testing.T, a testApp, to Page) {
	t.Helper()
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
	a.typed(testPassword)
	a.press(t, "ログイン")
	if a.route.Page != to {
		t.Fatalf("logging in led to %s, want %s", a.route.Page, to)
	}
}

// TestWhoIsBlockedAsOverdue may place holds, and is told before and after that they cannot
// be collected: on the screens, on paper, and on the way without the server.
func TestWhoIsBlockedAsOverdue(t *testing.T) {
	const told = "返却が大きく遅れている資料を返すまで、予約した資料は受け取れません。"
	for _, blocked := range []bool{true, false} {
		a := newTestApp(t, sizes[0])
		a.counter.blocked = blocked
		says := func(where string) {
			t.Helper()
			if a.shows(told) != blocked {
				t.Errorf("%s, blocked %v: the sentence is there: %v", where, blocked, !blocked)
			}
		}
		a.session.SetCart(someCart())
		a.open(Route{Page: PageCart})
		a.press(t, "2件の予約に進む")
		logInFrom(t, a, PageConfirm)
		says("before")
		a.press(t, "予約する")
		a.onPage(t, PageHeld)
		says("after")
		if paper := fmt.Sprintf("%+v", a.visit.heldSlip(a.answers)); strings.Contains(paper, told) != blocked {
			t.Errorf("blocked %v: on paper stands %s", blocked, paper)
		}
		a.session.SetCart(someCart())
		*a.state = away
		a.Refresh()
		a.open(Route{Page: PageCart})
		a.press(t, "2件の予約に進む")
		a.onPage(t, PageRequest)
		says("away")
		a.session.End(session.Ended)
		a.settle()
		a.session.SetCart(someCart())
		a.open(Route{Page: PageCart})
		a.press(t, "2件の予約に進む")
		a.onPage(t, PageRequest)
		if a.shows(told) {
			t.Error("the next patron is told what the one before was")
		}
	}
}

func TestVolumesStandInOrder(t *testing.T) {
	line := func(work, volume string, now bool) session.CartLine {
		return session.CartLine{Bib: library.BibID(work + volume), Work: work, Volume: volume, Now: now}
	}
	got := byVolume([]session.CartLine{line("a", "10", true), line("b", "下", true), line("a", "2", true), line("a", "1", false), line("b", "上", true)})
	want := []library.BibID{"a2", "b上", "a10", "a1", "b下"}
	for i, l := range got {
		if l.Bib != want[i] {
			t.Errorf("place %d is %s, want %s", i, l.Bib, want[i])
		}
	}
}

// The home branch comes first, and of many branches each can be had.
func TestPickupBranches(t *testing.T) {
	a := newTestApp(t, sizes[0])
	site := city()
	for n := range 20 {
		b := site.Branches[0]
		b.Code, b.Name, b.Short = library.BranchCode(fmt.Sprint("b", n)), fmt.Sprintf("第%d図書館", n), fmt.Sprintf("第%d図書館", n)
		site.Branches = append(site.Branches, b)
	}
	site.Branches[2].Calendar.Hours[6] = library.Hours{Open: 600, Close: 1020}
	a.cfg.Site = func() library.Site { return site }
	if got := a.visit.branchesFrom("tobata"); got[0].Code != "tobata" || got[1].Code != "chuo" || len(got) != 26 {
		t.Errorf("the branches begin with %s, %s", got[0].Code, got[1].Code)
	}
	logIn(t, a)
	a.session.SetCart(someCart())
	a.open(Route{Page: PageConfirm, Pickup: "tobata"})
	a.settle()
	a.see(t, "戸畑図書館　月 休館　火〜金 9:30–19:00　土 10:00–17:00　日 9:30–19:00")
	offered := map[string]bool{}
	for range len(site.Branches) {
		for _, e := range widget.Elements(a.root) {
			if e.Button {
				offered[e.Text] = true
			}
		}
		a.press(t, "▶ ほかの館")
	}
	for _, b := range site.Branches {
		if !offered[b.ShortName()] {
			t.Errorf("%s cannot be chosen", b.Name)
		}
	}
	checkLayout(t, "confirm", a.App)
}

// Of a sequence whose first member was cancelled, each of the others can be changed.
func TestAMemberOfASequenceIsChosen(t *testing.T) {
	a := newTestApp(t, sizes[0])
	for i := range a.counter.holds {
		if h := &a.counter.holds[i]; h.ID == "h2" {
			h.State, h.EndedOn = library.Cancelled, testToday
		}
	}
	a.counter.holds = a.counter.holds[1:4]
	logIn(t, a)
	a.press(t, "予約の状況")
	a.see(t, "○ 予約中です")
	a.press(t, "変更・取消")
	a.press(t, "3番目")
	a.see(t, "海辺の人びと 3")
	a.press(t, "この予約を取り消す")
	a.press(t, "取り消す")
	for _, h := range a.counter.holds {
		if want := h.Place == 2; h.State.Active() != want {
			t.Errorf("member %d is %s", h.Place, h.State)
		}
	}
}

// A long sequence is shown whole, on as many pages as it needs.
func TestALongSequence(t *testing.T) {
	a := newTestApp(t, sizes[0])
	var all []library.PatronHold
	for n := range 40 {
		all = append(all, library.PatronHold{Hold: library.Hold{ID: library.HoldID(fmt.Sprint("m", n)), State: library.Waiting, Pickup: "chuo", SequenceID: "s", Place: n + 1}, Title: fmt.Sprintf("全集第%d巻", n+1)})
	}
	a.counter.holds = all
	logIn(t, a)
	a.press(t, "予約の状況")
	seen := map[int]bool{}
	for page := range 5 {
		for n := range all {
			if a.shows(fmt.Sprintf("%d　全集第%d巻　", n+1, n+1)) {
				seen[n] = true
			}
		}
		checkLayout(t, "holds", a.App)
		if page < 4 && a.shows("▼ 次のページ") {
			a.press(t, "▼ 次のページ")
		}
	}
	if len(seen) != len(all) {
		t.Errorf("%d of %d members are shown", len(seen), len(all))
	}
}

// Every state of a hold is called something of its own in every language, on the list
// and on the slip; those that are active bear a mark.
func TestEveryHoldStateIsWorded(t *testing.T) {
	a := newTestApp(t, sizes[0])
	for _, l := range library.Languages {
		a.prefer(func(p *session.Preferences) { p.Language = l.Code })
		said := map[string]library.HoldState{}
		for _, s := range library.HoldStates {
			h := library.PatronHold{Hold: library.Hold{State: s, ShelfUntil: testToday, EndedOn: testToday}, Position: 3, Copies: 2, Title: "こころ"}
			tag, _ := a.visit.holdState(h)
			if other, twice := said[tag]; twice || !a.printer.Has("hold."+string(s)) || tag == "" {
				t.Errorf("%s: the state %s is called %q, as %q is", l.Code, s, tag, other)
			}
			said[tag] = s
			marked := strings.ContainsAny(tag, "○→●")
			if marked != s.Active() {
				t.Errorf("%s: %q of the state %s is marked: %v", l.Code, tag, s, marked)
			}
		}
	}
}
