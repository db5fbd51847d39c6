package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	ownPassword = "momiji2026"
	mailFrom    = "yoyaku@toshokan.example.jp"
)

// tapEach touches one key of the screen's keyboard after the other.
func (k *kiosk) tapEach(keys string) {
	k.t.Helper()
	for _, key := range keys {
		k.tap(string(key))
	}
}

// logInBy reads a card, types its password, and waits for the page it leads to.
func (k *kiosk) logInBy(card, password, page string) {
	k.t.Helper()
	k.scan(card)
	k.waitPage("password")
	k.typeWord(password)
	k.waitPage(page)
}

// choosePassword types a new password of small letters and digits twice, the first
// being a letter: no other keyboard has it, so that it waits for this one.
func (k *kiosk) choosePassword(password string) {
	k.t.Helper()
	for _, submit := range []string{"次へ", "登録する"} {
		k.tap("英字 小")
		k.tapEach(password)
		k.tap(submit)
	}
}

// agree reads the terms to their end and agrees to them.
func (k *kiosk) agree() {
	k.t.Helper()
	for page := 2; ; page++ {
		if has(k.until("a way on", func(s onScreen) bool { return has(s, "続きを読む") || has(s, "同意します") }), "同意します") {
			break
		}
		k.tap("続きを読む")
		k.seePart(fmt.Sprintf("%d／", page))
	}
	k.tap("同意します")
}

// A patron forgot the password, and applies for a new one: first with a wrong
// telephone number, which is not told.
func TestApplyingAndLoggingIn(t *testing.T) {
	s, k := startDemo(t, "")
	k.tap("利用者メニュー")
	k.waitPage("card")
	k.tap("パスワード新規申請・再発行")
	k.waitPage("terms")
	k.agree()
	k.waitPage("apply_card")
	k.scan(demoCard)
	k.waitPage("birth")
	k.tap("昭和")
	k.tapEach("59512")
	k.see("● 1984年（昭和59年）5月12日")
	k.tap("次へ")
	k.waitPage("phone")
	k.tapEach("09000000102") // somebody else's
	k.tap("次へ")
	k.waitPage("new_password")
	k.choosePassword(ownPassword)
	k.waitPage("not_applied")
	k.seePart("カウンターで仮パスワードをお渡しします")

	k.tap("入力をたしかめる")
	k.waitPage("apply_card")
	k.tap("次へ")
	k.waitPage("birth")
	k.tap("次へ")
	k.waitPage("phone")
	k.tap("1文字消す")
	k.tap("1")
	k.see("09000000101")
	k.tap("次へ")
	k.waitPage("new_password")
	k.tapEach("19840512")
	k.see("○ カードの番号・誕生日・電話番号でない")
	k.tap("全部消す")
	k.choosePassword(ownPassword)
	k.waitPage("applied")
	k.tap("ログインに進む")
	k.waitPage("password")
	k.typeWord(ownPassword)
	k.waitPage("menu")
	k.see(demoName + " さん")
	k.tap("終了")
	k.waitPage("home")
	k.scan(demoCard)
	k.waitPage("password")
	k.typeWord(demoPassword) // the forgotten one
	k.see("▲ カードの番号とパスワードが合いません。もう一度お確かめください。")
	k.stop()
	nothingOf(t, s.dir, demoCard, ownPassword, "09000000101", demoName)
}

// issuedPassword is a temporary password alone on its line.
var issuedPassword = regexp.MustCompile(`(?m)^\d{10}$`)

func TestATemporaryPasswordIsChangedFirst(t *testing.T) {
	s, k := startDemo(t, "")
	temporary := issuedPassword.FindString(s.central("temporary-password", demoCard, "--document", "driving_licence"))
	k.logInBy(demoCard, temporary, "must_change")
	k.see("仮パスワードでログインしました")
	k.typeKeys("Escape")
	k.scan(demoCard) // the own card leads nowhere else
	k.see("先に、この画面の入力を終えてください。")
	k.tap("わかりました")
	k.waitPage("must_change")
	k.agree()
	k.choosePassword(ownPassword)
	k.waitPage("menu")
	k.see("パスワードを変更しました。これからは新しいパスワードをお使いください。")
	k.tap("わかりました")
	k.tap("借りている本")
	k.waitPage("loans")
	k.tap("終了")
	k.waitPage("home")
	k.scan(demoCard)
	k.waitPage("password")
	k.typeWord(temporary) // it is used up
	k.see("▲ カードの番号とパスワードが合いません。もう一度お確かめください。")
	k.typeWord(ownPassword)
	k.waitPage("menu")

	k.tap("パスワード")
	k.waitPage("change")
	k.typeWord(ownPassword)
	k.choosePassword("sazanka31")
	k.waitPage("menu")
	k.tap("わかりました")
	k.tap("終了")
	k.waitPage("home")
	k.logInBy(demoCard, "sazanka31", "menu")
	k.stop()
	nothingOf(t, s.dir, demoCard, temporary, ownPassword, "sazanka31")
}

// A domain is mistyped and the likely one tapped; the code of the mail to it confirms
// the address.
func TestAnAddressIsConfirmed(t *testing.T) {
	mails := t.TempDir()
	s, k := startDemo(t, "[mail]\nfrom = \""+mailFrom+"\"\nfolder = \""+mails+"\"\n")
	k.logInBy(demoCard, demoPassword, "menu")
	k.tap("メール")
	k.waitPage("email")
	k.see(demoEmail)
	k.tap("変更する")
	k.waitPage("email_edit")
	k.tapEach("hana-ko_@dokomo.ne.jp")
	k.see("hana-ko_@dokomo.ne.jp")
	k.tap("確認")
	k.waitPage("email_meant")
	k.see("もしかして、このアドレスではありませんか？", "hana-ko_@docomo.ne.jp")
	k.tap("はい、このアドレスです")
	k.waitPage("email_code")

	code := codeOf(t, mails, "hana-ko_@docomo.ne.jp")
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	k.tapEach(wrong)
	k.tap("確認")
	k.see("▲ 数字が合いません。メールをもう一度お確かめください。")
	k.tapEach(code)
	k.tap("確認")
	k.waitPage("email")
	k.see("メールアドレスを確認しました。")
	k.tap("わかりました")
	k.see("hana-ko_@docomo.ne.jp", "✓ 確認済み")
	k.tap("削除する")
	k.tap("確認")
	k.see("メールアドレスを削除しました。")
	k.tap("わかりました")
	k.see("メールアドレスは登録されていません")
	k.tap("終了")
	k.waitPage("home")
	k.gone("hana-ko_@docomo.ne.jp")
	k.stop()
	nothingOf(t, s.dir, demoCard, "hana-ko_") // the code is six digits, which a catalogue may hold by chance
}

// sixDigits are a code alone among other words.
var sixDigits = regexp.MustCompile(`(?m)\b\d{6}\b`)

// codeOf waits for a confirmation mail to an address and returns its code.
func codeOf(t *testing.T, folder, address string) (code string) {
	t.Helper()
	eventually(t, "no confirmation mail comes", func() bool {
		paths, err := filepath.Glob(filepath.Join(folder, "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if to, body := readMail(t, path); to == address {
				code = sixDigits.FindString(body)
			}
		}
		return code != ""
	})
	return code
}

func readMail(t *testing.T, path string) (to, body string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := mail.ReadMessage(f)
	if err != nil {
		t.Fatal(err)
	}
	all, err := m.Header.AddressList("To")
	if err != nil || len(all) != 1 {
		t.Fatalf("%s goes to %v: %v", path, all, err)
	}
	var text io.Reader = m.Body
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "base64":
		text = base64.NewDecoder(base64.StdEncoding, m.Body)
	case "quoted-printable":
		text = quotedprintable.NewReader(m.Body)
	}
	b, err := io.ReadAll(text)
	if err != nil {
		t.Fatal(err)
	}
	return all[0].Address, string(b)
}
