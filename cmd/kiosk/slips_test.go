package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Slips go from a button to the paper of a printer; they wait for paper; and without a
// printer they are shown, and nothing of them stays on the disk.
func TestSlips(t *testing.T) {
	well, taken := statusPrinter(t, 0x12)
	empty, _ := statusPrinter(t, 0x72)
	setting := func(device string) string { return fmt.Sprintf("[printer]\ndevice = %q\n", device) }
	_, k := startDemo(t, "", setting(well))
	const slipBytes = 576 / 8 * 200 // a slip is longer than 200 rows of dots

	k.scan("1000000032") // 図書館へようこそ, on its shelf
	k.see("いまここ", "2階 総記・情報")
	printed := func(button string) {
		t.Helper()
		before := taken()
		k.tap(button)
		k.see("印刷しました。用紙をお取りください。")
		if got := taken() - before; got < slipBytes {
			t.Errorf("%s: the printer took %d bytes", button, got)
		}
		k.tap("わかりました")
	}
	printed("棚の場所を印刷する")
	k.tap("予約カートに入れる")
	k.tap("予約カートを見る")
	k.waitPage("cart")
	k.tap("1件の予約に進む")
	k.scan(demoCard)
	k.waitPage("password")
	k.typeKeys("4", "8", "1", "5", "1", "6", "Return")
	k.waitPage("confirm")
	k.tap("予約する")
	k.waitPage("held")
	printed("印刷する")
	k.tap("予約の状況を見る")
	k.waitPage("holds")
	printed("印刷する")
	k.tap("終了")
	k.waitPage("home")
	k.stop()

	k.change(setting(well), setting(empty))
	k.start()
	k.scan("1000000123")
	k.tap("棚の場所を印刷する")
	k.see("▲ 用紙がなくなりました", "もう一度印刷する", "2階 総記・情報")
	k.tap("とじる")
	k.gone("▲ 用紙がなくなりました")
	k.see("棚の場所を印刷する")
	k.stop()

	k.change(setting(empty), "")
	k.start()
	k.scan("1000000123")
	k.tap("棚の場所を印刷する")
	k.waitPage("slip")
	k.see("この画面は、スマートフォンなどで撮影できます。")
	k.tap("終了")
	k.waitPage("home")
	k.stop()
	nothingOf(t, k.dir, demoCard, demoName)
	for _, folder := range []string{"terminal", "home"} {
		if pictures, _ := filepath.Glob(filepath.Join(k.dir, folder, "*.png")); len(pictures) > 0 {
			t.Errorf("%v is on the disk", pictures)
		}
	}
}

// change replaces a part of the terminal's settings.
func (k *kiosk) change(old, part string) {
	k.t.Helper()
	text, err := os.ReadFile(k.path("kiosk.toml"))
	if err != nil {
		k.t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		k.t.Fatalf("the settings have no %q:\n%s", old, text)
	}
	write(k.t, k.path("kiosk.toml"), strings.Replace(string(text), old, part, 1))
}
