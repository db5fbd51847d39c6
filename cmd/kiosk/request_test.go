package main

import (
	"regexp"
	"testing"
)

var receiptCode = regexp.MustCompile(`^[0-9A-Z]{3}-[0-9A-Z]{3}$`)

// A hold and a renewal are left while the server is stopped. Of card and password
// nothing can be read on the terminal's disk. When the server is back it has both, and
// the patron finds the results on the menu.
func TestRequestsAreLeftWhileTheServerIsAway(t *testing.T) {
	s, k := startDemo(t, "")
	const held, onLoan = "1000000016", "1000005122" // はじめて学ぶ情報の整理; one of the patron's loans
	renewed := today().Add(14)
	before := dueDates(t, s)
	k.seePart("接続中")
	s.program.stop()
	k.seePart("▲ 接続なし")

	k.scan(held)
	k.waitPage("detail")
	k.tap("予約カートに入れる")
	k.tap("カート 1")
	k.waitPage("cart")
	k.tap("1件の予約に進む")
	k.waitPage("request")
	k.see("1件を仮受付します", "はじめて学ぶ情報の整理", "まだ確定ではありません")
	k.tap("次へ")
	k.waitPage("request_pickup")
	k.tap("電話で連絡")
	k.tap("次へ")
	k.waitPage("request_card")
	first := k.leaveIt()
	k.see("仮受付しました（まだ確定していません）", "はじめて学ぶ情報の整理")
	k.tap("終了する")
	k.waitPage("home")

	k.scan(onLoan)
	k.waitPage("detail")
	k.tap("延長を仮受付する")
	k.waitPage("request")
	k.see("延長を仮受付します")
	k.tap("次へ")
	k.waitPage("request_card")
	second := k.leaveIt()
	if first == second {
		t.Errorf("two requests have the receipt %s", first)
	}
	k.tap("終了する")
	k.waitPage("home")
	k.gone(second)
	k.stop() // the power may fail meanwhile
	nothingOf(t, s.dir, demoCard, demoPassword, demoName)
	if got := dueDates(t, s); count(got, renewed) != count(before, renewed) {
		t.Error("it was renewed without a server")
	}

	k.launch()
	k.seePart("▲ 接続なし")
	s.serve()
	k.seePart("接続中")
	eventually(t, "the loan is not renewed", func() bool { return count(dueDates(t, s), renewed) == count(before, renewed)+1 })
	k.logIn()
	k.tap("● 仮受付の結果があります")
	k.waitPage("request_results")
	k.seePart("受付番号 "+first, "✓ 予約しました", "受付番号 "+second, "✓ 延長しました")
	k.tap("← もどる")
	k.tap("予約の状況")
	k.waitPage("holds")
	k.see("はじめて学ぶ情報の整理")
	k.tap("終了")
	k.waitPage("home")
	k.stop()
	nothingOf(t, s.dir, demoCard, demoPassword, demoName, first, second)
}

// leaveIt scans the demo's patron's card, types the password, and returns the code on
// the receipt.
func (k *kiosk) leaveIt() (receipt string) {
	k.t.Helper()
	k.scan(demoCard)
	k.waitPage("request_password")
	k.typeKeys("4", "8", "1", "5", "1", "6")
	k.see("●●●●●●")
	k.tap("申し込む")
	k.waitPage("requested")
	k.until("a receipt", func(s onScreen) bool {
		for _, e := range s.Elements {
			if receiptCode.MatchString(e.Text) {
				receipt = e.Text
			}
		}
		return receipt != ""
	})
	return receipt
}

// logIn logs the demo's patron in.
func (k *kiosk) logIn() {
	k.t.Helper()
	k.scan(demoCard)
	k.waitPage("password")
	k.typeKeys("4", "8", "1", "5", "1", "6", "Return")
	k.waitPage("menu")
}
