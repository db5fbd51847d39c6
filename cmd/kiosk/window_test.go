package main

import (
	"testing"
	"time"
)

// These tests run the real programs: central with a small library, and kiosk in a
// real window under Xvfb, touched and typed into through the X server. What the
// screen then shows is asked of kiosk's inspection socket.

const books = `id,title,title_reading,creator,creator_reading,publisher,year,isbn,ndc,branch,call_number,shelf,barcode
kokoro,こころ,ココロ,夏目 漱石,ナツメ ソウセキ,みなと書房,2014,9784003101117,913.6,chuo,913.6/ナ,2階 文学,100001
botchan,坊っちゃん,ボッチャン,夏目 漱石,ナツメ ソウセキ,みなと書房,2010,,913.6,chuo,913.6/ナ,2階 文学,100002
ginga,銀河鉄道の夜,ギンガ テツドウ ノ ヨル,宮沢 賢治,ミヤザワ ケンジ,灯台社,2012,,913.6,chuo,913.6/ミ,2階 文学,100003
`

func TestFindingABookByTouch(t *testing.T) {
	k := startKiosk(t, "")
	k.tap("ことばで")
	k.waitPage("search")
	for _, key := range []string{"こ", "こ", "ろ"} {
		k.tap(key)
	}
	k.see("こころ", "夏目 漱石／みなと書房／2014年", "1件")
	k.tapSuggestion("こころ")
	k.waitPage("results")
	k.see("題名「こころ」", "この館にあります")
	k.tap("こころ")
	k.waitPage("detail")
	k.see("夏目 漱石", "この館の棚", "2階 文学", "913.6", "ナ", "棚にあります")
	k.tap("同じ著者の本")
	k.waitPage("results")
	k.see("坊っちゃん", "こころ")
	k.tap("← もどる")
	k.waitPage("detail")
	k.tap("終了")
	k.waitPage("home")
}

func TestHardwareKeysAndEscape(t *testing.T) {
	k := startKiosk(t, "")
	k.typeKeys("g", "i", "n", "g", "a") // whoever types at home wants to search; kana mode reads romaji
	k.waitPage("search")
	k.see("ぎんが", "銀河鉄道の夜")
	k.typeKeys("BackSpace", "BackSpace", "BackSpace")
	k.typeKeys("b", "o")
	k.see("ぼ", "坊っちゃん")
	k.typeKeys("Return")
	k.waitPage("results")
	k.typeKeys("Escape")
	k.waitPage("search")
	k.typeKeys("Escape")
	k.waitPage("home")
}

func TestNothingLeavesTheKiosk(t *testing.T) {
	k := startKiosk(t, "")
	k.typeKeys("alt+F4", "ctrl+q", "ctrl+w")
	k.typeKeys("Escape") // under load the letter of a chord may come alone, and begin a search
	k.waitPage("home")
	k.rightClick("新着")
	k.see("資料をさがす")
	k.typeKeys("Tab", "alt+F4", "Return") // Tab puts the focus on a button, which Enter presses
	k.until("a screen that Enter opened", func(s onScreen) bool { return s.Page != "home" })
}

func TestScanOfABook(t *testing.T) {
	k := startKiosk(t, "")
	k.scan("9784003101117")
	k.waitPage("detail")
	k.see("夏目 漱石")
	k.scan("1920093005005")
	k.see("本のバーコードは2段あります。上の段（978で始まる方）を読み取ってください。")
	k.tap("わかりました")
	k.scan("100003")
	k.see("宮沢 賢治")
}

// TestScanWakesTheWindow: the UI thread sleeps, and neither the display nor a question
// of the inspection wakes it before what a scan brings is painted.
func TestScanWakesTheWindow(t *testing.T) {
	k := startKiosk(t, "")
	p := openPicture(t, k.dir)
	p.lastChange(t, below, 0, rested)
	home := p.sum(below)
	k.scan("9784003101117")
	// Within less than a minute, when the clock on the screen would wake it.
	for deadline := time.Now().Add(10 * time.Second); p.sum(below) == home; time.Sleep(glance) {
		if time.Now().After(deadline) {
			t.Fatal("what was scanned is not painted")
		}
	}
	k.waitPage("detail")
}

func TestIdleEndForgetsEverything(t *testing.T) {
	k := startKiosk(t, "[policy]\nidle_after = 4\nidle_countdown = 3\n")
	k.tap("English")
	k.see("New arrivals")
	k.tap("By words")
	k.waitPage("search")
	k.typeKeys("k")
	k.see("Are you still here?")
	k.tap("Continue")
	k.gone("Are you still here?")
	k.waitPage("home") // after the countdown was left alone
	k.see("新着")
	k.tap("ことばで")
	k.see("題名や、書いた人の名前を入力してください") // the words are gone
}
