package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"madoguchi/assets/demo"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// A patron of the demo library with a telephone number and no address.
const (
	calledCard     = "21000000221"
	calledPassword = "473019"
	calledName     = "前田 悟"
	calledNumber   = "09000000122"
)

// A hold by telephone: the patron is told beforehand that the library calls; the time on
// the hold shelf counts from the call and not before; after its last day it is over.
func TestAHoldByTelephone(t *testing.T) {
	s, k := startStaffed(t, "desk")
	const title = "灯台守の電話"
	write(t, filepath.Join(s.dir, "book.csv"), "id,title,title_reading,creator,publisher,year,ndc,barcode,branch,call_number\n"+
		"t1,"+title+",トウダイモリ ノ デンワ,浦 一子,灯台社,2026,913.6,1900000001,chuo,913.6/ウ\n")
	s.central("import", "csv", filepath.Join(s.dir, "book.csv"))
	k.waitForTitle(title)

	k.scan("1900000001")
	k.tap("予約カートに入れる")
	k.tap("カート 1")
	k.waitPage("cart")
	k.tap("1件の予約に進む")
	k.waitPage("card")
	k.logInBy(calledCard, calledPassword, "confirm")
	k.tap("電話で連絡")
	k.see("図書館からお電話します。その翌日から、休館日をのぞいて7日間取り置きます。")
	k.tap("予約する")
	k.waitPage("held")
	k.tap("予約の状況を見る")
	k.waitPage("holds")
	k.see(title, "○ 予約中です")
	k.seePart("電話で連絡", "1冊取り置きました")
	k.leave()

	if said := s.central("arrive", "1900000001", "--branch", "chuo"); !strings.Contains(said, "call the patron") {
		t.Errorf("staff are told %q", said)
	}
	k.logInBy(calledCard, calledPassword, "menu")
	k.tap("予約の状況")
	k.see("● ご用意できました", "お知らせの翌日から7日間（休館日をのぞく）")
	k.goneParts("までにカウンターへ")
	k.leave()
	s.moveShelfTime("t1", false)
	s.expire(0) // nobody has called

	k.scan(deskStaffCard)
	k.waitPage("staff_password")
	k.typeWord(deskPassword)
	k.waitPage("staff")
	k.tap("電話連絡")
	k.waitPage("calls")
	k.see("090-0000-0122", title+"（ご用意できました）")
	k.seePart(calledName + " さん")
	k.tap("連絡済み")
	last := shownDay(library.ShelfUntil(chuo(t), today(), 7))
	k.see("連絡済みにしました。" + last + "まで取り置きます。")
	k.tap("わかりました")
	k.see("いま、電話をかける方はいません")
	k.gone("090-0000-0122")
	k.leave()

	k.logInBy(calledCard, calledPassword, "menu")
	k.tap("予約の状況")
	k.see("● ご用意できました", last+"までにカウンターへ")
	s.moveShelfTime("t1", true)
	s.expire(1)
	k.reopenHolds("予約の状況")
	k.see("取り置き期間がすぎました", shownDay(today().Add(14))+"まで表示します")
	k.goneParts("ご用意できました", "までにカウンターへ")
	k.leave()
	k.stop()

	for action, times := range map[string]int{"calls.view": 2, "told": 1} {
		if got := audited(t, s, action); len(got) != times || !strings.Contains(got[0], "staff:sato") {
			t.Errorf("the audit log says of %s %q", action, got)
		}
	}
	nothingOf(t, s.dir, calledCard, calledPassword, calledName, calledNumber, "090-0000-0122")
}

// Of a sequence the first volume is lost when the first two are ready: it waits for its
// other copy, and so does the third, while the second stays ready however long that takes.
func TestTheFirstVolumeIsLost(t *testing.T) {
	s, k := startDemo(t, "[policy]\npick_after = 0\n")
	const title = "岬の三部作"
	write(t, filepath.Join(s.dir, "volumes.csv"), "id,title,title_reading,volume,creator,publisher,year,ndc,barcode,branch,call_number\n"+
		"v1,"+title+",ミサキ ノ サンブサク,上,浦 一子,灯台社,2026,913.6,1900000001,chuo,913.6/ウ\n"+
		"v1,"+title+",ミサキ ノ サンブサク,上,浦 一子,灯台社,2026,913.6,1900000004,chuo,913.6/ウ\n"+
		"v2,"+title+",ミサキ ノ サンブサク,中,浦 一子,灯台社,2026,913.6,1900000002,chuo,913.6/ウ\n"+
		"v3,"+title+",ミサキ ノ サンブサク,下,浦 一子,灯台社,2026,913.6,1900000003,chuo,913.6/ウ\n")
	s.central("import", "csv", filepath.Join(s.dir, "volumes.csv"))
	s.central("checkout", "21000000022", "1900000004")
	k.waitForTitle(title)
	for n, item := range []string{"1900000001", "1900000002", "1900000003"} {
		k.scan(item)
		k.see(title + " " + string([]rune("上中下")[n]))
		k.tap("予約カートに入れる")
		k.see(fmt.Sprintf("カート %d", n+1))
	}
	k.tap("カート 3")
	k.waitPage("cart")
	k.tap("順番予約")
	k.waitPage("sequence")
	k.tap("3件の予約に進む")
	k.waitPage("card")
	k.logInBy(calledCard, calledPassword, "confirm")
	k.tap("予約する")
	k.waitPage("held")
	k.tap("← もどる")
	k.tap("予約の状況")
	k.waitPage("holds")
	volumes := func(first, second, third string) {
		t.Helper()
		k.reopenHolds("予約の状況")
		k.seePart("1　"+title+" 上　"+first, "2　"+title+" 中　"+second, "3　"+title+" 下　"+third)
	}
	const waits, prepared, ready = "○ 予約中です", "→ 取寄・準備中です", "● ご用意できました"
	volumes(prepared, waits, waits)

	s.central("arrive", "1900000001", "--branch", "chuo")
	s.central("arrive", "1900000002", "--branch", "chuo")
	s.central("hold", "told", calledCard)
	volumes(ready, ready, prepared)

	s.central("hold", "not-found", "1900000001")
	volumes(waits, ready, waits)
	k.seePart("ご用意した本をお渡しできなくなりました")
	if calls := s.central("hold", "list", "--to-call", "--branch", "chuo"); !strings.Contains(calls, title+" 上 (no longer ready: waits again)") {
		t.Errorf("to call are\n%s", calls)
	}
	k.tap("← もどる")
	k.see("▲ ご用意した本をお渡しできなくなった予約があります。")
	k.tap("予約の状況を見る") // the way there that the message has
	k.waitPage("holds")
	s.moveShelfTime("v2", true)
	s.expire(0)
	volumes(waits, ready, waits)

	s.central("return", "1900000004", "--branch", "chuo")
	volumes(ready, ready, prepared)
	k.goneParts("ご用意した本をお渡しできなくなりました")
	s.expire(0) // the second is kept so that both can be fetched together
	s.central("hold", "told", calledCard)
	k.reopenHolds("予約の状況")
	k.see(shownDay(library.ShelfUntil(chuo(t), today(), 7)) + "までにカウンターへ")
	s.moveShelfTime("v2", true)
	s.expire(1) // its time counts again
	volumes(ready, "取り置き期間がすぎました", prepared)
	k.leave()
	k.stop()
	nothingOf(t, s.dir, calledCard, calledPassword, calledName, calledNumber)
}

// leave ends a session, a patron's or of staff.
func (k *kiosk) leave() {
	k.t.Helper()
	k.tap("終了")
	k.waitPage("home")
}

// goneParts waits until no text holds any of the parts.
func (k *kiosk) goneParts(parts ...string) {
	k.t.Helper()
	for _, part := range parts {
		k.until("no "+part, func(s onScreen) bool {
			return !slices.ContainsFunc(s.Elements, func(e widget.Element) bool { return strings.Contains(e.Text, part) })
		})
	}
}

// moveShelfTime moves the days of the hold of a bib into the past, as if it had been ready
// 60 days ago, and its patron been told of it then: its last day is over.
func (s *server) moveShelfTime(bib string, told bool) {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "server", "central.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	query, days := `UPDATE hold SET ready_on = $2 WHERE bib_id = $1 AND state = 'ready' AND contacted_on = ''`, []any{bib, today().Add(-60)}
	if told {
		query = `UPDATE hold SET ready_on = $2, contacted_on = $2, shelf_until = $3 WHERE bib_id = $1 AND state = 'ready' AND contacted_on <> ''`
		days = append(days, library.ShelfUntil(chuo(s.t), today().Add(-60), 7))
	}
	done, err := db.Exec(query, days...)
	if err != nil {
		s.t.Fatal(err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		s.t.Fatalf("%d holds of %s were moved: %v", n, bib, err)
	}
}

// expire ends the holds whose time on the hold shelf is over, and holds that they are so many.
func (s *server) expire(want int) {
	s.t.Helper()
	if said := s.central("hold", "expire"); said != fmt.Sprintf("%d holds expired\n", want) {
		s.t.Errorf("want %d: %s", want, said)
	}
}

// chuo is the calendar of the demo library's branch at which the terminal stands.
func chuo(t testing.TB) library.Calendar {
	t.Helper()
	var branches []library.Branch
	if err := json.Unmarshal(demo.Branches(), &branches); err != nil {
		t.Fatal(err)
	}
	for _, b := range branches {
		if b.Code == demo.TerminalAt {
			return b.Calendar
		}
	}
	t.Fatalf("the demo library has no branch %s", demo.TerminalAt)
	return library.Calendar{}
}

// shownDay is a day as the screens show it.
func shownDay(d library.Date) string {
	return fmt.Sprintf("%d月%d日(%s)", d.Month, d.Day, []string{"日", "月", "火", "水", "木", "金", "土"}[d.Weekday()])
}
