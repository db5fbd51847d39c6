package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image/png"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"madoguchi/assets/demo"
	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// quickHash lets passwords cost nearly nothing.
const quickHash = "[password_hash]\nmemory_kib = 8\npasses = 1\nthreads = 1\n"

// TestDemo makes the demo library, and then logs in with every card as a terminal
// does, to see that all is true which the sheet of cards says.
func TestDemo(t *testing.T) {
	data, sheet := t.TempDir(), filepath.Join(t.TempDir(), "cards")
	config := file(t, "central.toml", quickHash)
	out, told, code := command(t, data, "--config", config, "demo", "--cards", sheet+".png")
	if code != 0 || !regexp.MustCompile(`^[0-9A-Z]{4}(-[0-9A-Z]{4}){7}\n$`).MatchString(out) {
		t.Fatalf("status %d\n%s%s", code, out, told)
	}
	if again, _, code := command(t, data, "--config", config, "demo"); code != failed {
		t.Errorf("a second time: status %d, %s", code, again)
	}
	for n := 1; n <= 4; n++ {
		name := fmt.Sprintf("%s-%d.png", sheet, n)
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if page, err := png.DecodeConfig(f); err != nil || page.Width != 1240 || page.Height != 1754 || !strings.Contains(told, name) {
			t.Errorf("%s: %+v, %v; told as %s", name, page, err, told)
		}
		f.Close()
	}
	cards, err := demo.Cards()
	if err != nil {
		t.Fatal(err)
	}
	settings, err := settingsFlags{Config: config, Data: data}.settings()
	if err != nil {
		t.Fatal(err)
	}
	a := &app{ctx: t.Context(), settings: settings, stdout: t.Output(), stderr: t.Output()}
	err = a.with(func(s *server) error {
		terminal := enrolled(t, a, s, strings.TrimSpace(out))
		for _, c := range cards {
			t.Run(c.Number, func(t *testing.T) {
				facts := truth(a.ctx, t, s, c)
				checkClaims(t, c, facts)
				checkLogin(t, terminal, c, facts)
			})
		}
		consistent(t, a, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// enrolled returns a terminal of the server, enrolled with a code.
func enrolled(t *testing.T, a *app, s *server, typed string) *protocol.Client {
	t.Helper()
	editions, err := a.editions(s)
	if err != nil {
		t.Fatal(err)
	}
	passwords, err := a.passwords(s)
	if err != nil {
		t.Fatal(err)
	}
	service := httptest.NewServer(central.New(central.Config{
		DB: s.db, Catalogue: s.catalogue, Circulation: s.ledger.Circulation(), Desk: s.ledger, Expiry: s.ledger, Register: s.ledger, Editions: editions, Terminals: s.terminals,
		Passwords: passwords, Site: a.settings.Site, Log: slog.New(slog.DiscardHandler),
	}))
	t.Cleanup(service.Close)
	code, _ := protocol.SplitEnrolmentCode(typed)
	fresh, err := protocol.NewClient(service.URL, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := fresh.Enrol(a.ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := protocol.NewClient(service.URL, answer.Secret, nil)
	if err != nil {
		t.Fatal(err)
	}
	return terminal
}

// A claim is a phrase on a card: in English, in Japanese, and the fact that it tells.
// "#" stands for the number of the fact.
type claim struct{ en, ja, fact string }

var claims = []claim{
	{"no loans", "貸出なし", "no loans"},
	{"# loan", "貸出#点", "loans"},
	{"# loans", "貸出#点", "loans"},
	{"# renewable", "延長できる#点", "renewable"},
	{"# overdue", "延滞#点", "overdue"},
	{"# due today", "今日が期限#点", "due today"},
	{"# held by others", "予約待ちの人あり#点", "held_by_other"},
	{"# too early", "まだ早い#点", "renew_too_early"},
	{"# renewed before", "延長済み#点", "renewal_limit"},
	{"# from another library", "ほかの図書館の本#点", "not_owned"},
	{"every renewal refusal", "延長できない理由すべて", "every refusal"},
	{"# hold ready", "用意できた予約#点", "ready"},
	{"# holds ready", "用意できた予約#点", "ready"},
	{"# hold waiting", "待っている予約#点", "waiting"},
	{"# holds waiting", "待っている予約#点", "waiting"},
	{"# hold on the way", "取寄中の予約#点", "preparing"},
	{"card expired # days ago", "カード期限切れ（#日前）", "expired"},
	{"card expires in # days", "カードの期限まで#日", "expires"},
	{"card expires today", "カードの期限は今日", "expires today"},
	{"card reported lost", "紛失届のあるカード", "lost_card"},
	{"stopped by staff", "利用停止", "staff"},
	{"no lending while overdue", "貸出停止（延滞）", "overdue block"},
	{"first visit", "はじめての利用", "may apply"},
	{"no password", "パスワードなし", "no password"},
	{"temporary password at the counter", "カウンターで仮パスワード", "may not apply"},
	{"no telephone", "電話番号なし", "no telephone"},
	{"# telephone numbers", "電話番号#つ", "telephones"},
	{"no e-mail", "電子メールなし", "no e-mail"},
	{"e-mail registered", "電子メールあり", "e-mail"},
	{"born #", "#年生まれ", "born"},
	{"name of # characters", "#文字の氏名", "characters"},
	{"very long name in Latin letters", "とても長いローマ字の氏名", "long"},
	{"name in Latin letters", "ローマ字の氏名", "Latin"},
	{"Chinese name", "中国語の氏名", "Chinese"},
	{"Korean name", "韓国語の氏名", "Korean"},
	{"name in old kanji", "旧字のある氏名", "old kanji"},
	{"password of # characters", "#文字のパスワード", "password length"},
	{"password of letters and digits", "文字と数字のパスワード", "password of letters"},
	{"password with a capital letter", "大文字のあるパスワード", "capital"},
}

// mentioned are the facts that a card must tell when they are true.
var mentioned = []string{
	"loans", "no loans", "renewable", "overdue", "due today", "held_by_other", "renewal_limit", "not_owned",
	"ready", "waiting", "preparing", "expired", "expires", "expires today", "lost_card", "staff", "overdue block",
	"no password", "no telephone",
}

var digits = regexp.MustCompile(`\d+`)

// checkClaims checks that a card's phrases are true, say the same in both languages,
// and leave out nothing that matters.
func checkClaims(t *testing.T, c demo.Card, facts map[string]int) {
	t.Helper()
	ja, en := strings.Split(c.ShowsJa, "、"), strings.Split(c.ShowsEn, ", ")
	if len(ja) != len(en) {
		t.Fatalf("%d phrases in Japanese, %d in English", len(ja), len(en))
	}
	told := map[string]bool{}
	for i := range en {
		number := digits.FindString(en[i])
		at := slices.IndexFunc(claims, func(x claim) bool { return x.en == digits.ReplaceAllString(en[i], "#") })
		if at < 0 {
			t.Errorf("the phrase %q is not known", en[i])
			continue
		}
		x := claims[at]
		if want := strings.ReplaceAll(x.ja, "#", number); ja[i] != want {
			t.Errorf("%q is %q, want %q", en[i], ja[i], want)
		}
		n := 1
		if number != "" {
			n, _ = strconv.Atoi(number)
		}
		if facts[x.fact] != n {
			t.Errorf("%q, and it is %d", en[i], facts[x.fact])
		}
		told[x.fact] = true
	}
	for _, fact := range mentioned {
		if facts[fact] > 0 && !told[fact] {
			t.Errorf("the card does not tell: %s %d", fact, facts[fact])
		}
	}
}

// truth is what the server knows of a card's patron; a fact that has no number is 1.
func truth(ctx context.Context, t *testing.T, s *server, c demo.Card) map[string]int {
	t.Helper()
	p, err := s.ledger.PatronByCard(ctx, c.Number)
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.ledger.Loans(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]int{}
	is := func(fact string, is bool) {
		if is {
			facts[fact] = 1
		}
	}
	for _, l := range all.Loans {
		facts["loans"]++
		facts[cmp.Or(l.Refusal, "renewable")]++
		if l.DueOn == all.Today {
			facts["due today"]++
		}
	}
	is("no loans", facts["loans"] == 0)
	is("every refusal", facts["overdue"] > 0 && facts["held_by_other"] > 0 && facts["renewal_limit"] > 0 && facts["not_owned"] > 0 && facts["renew_too_early"] > 0)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT state, count(*) FROM hold WHERE patron_id = $1 GROUP BY state`, string(p.ID))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var state string
			var n int
			if err := rows.Scan(&state, &n); err != nil {
				return err
			}
			facts[state] = n
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	switch left := p.ValidUntil.Sub(all.Today); {
	case left < 0:
		facts["expired"] = -left
	case left == 0:
		facts["expires today"] = 1
	case left <= library.ExpiryNotice:
		facts["expires"] = left
	}
	is("lost_card", slices.Contains(p.Blocks, library.BlockLostCard))
	is("staff", slices.Contains(p.Blocks, library.BlockStaff))
	is("overdue block", slices.Contains(p.Blocks, library.BlockOverdue))
	is("no password", c.Password == "")
	is("may apply", c.Password == "" && len(p.Phones) > 0)
	is("may not apply", c.Password == "" && len(p.Phones) == 0)
	is("no telephone", len(p.Phones) == 0)
	is("no e-mail", p.Email == "")
	is("e-mail", p.Email != "")
	latin := regexp.MustCompile(`^[A-Za-z -]+$`).MatchString(p.Name)
	is("Latin", latin)
	is("long", latin && len(p.Name) > 50)
	is("Chinese", strings.ContainsAny(p.Name, "陈晓华"))
	is("Korean", regexp.MustCompile(`\p{Hangul}`).MatchString(p.Name))
	is("old kanji", strings.ContainsAny(p.Name, "髙﨑鷗"))
	is("capital", c.Password != strings.ToLower(c.Password))
	is("password of letters", regexp.MustCompile(`[a-z]`).MatchString(c.Password) && digits.MatchString(c.Password))
	facts["telephones"], facts["born"] = len(p.Phones), p.BornOn.Year
	facts["characters"], facts["password length"] = len([]rune(p.Name)), len(c.Password)
	return facts
}

// checkLogin checks what the terminal learns when it logs in with a card.
func checkLogin(t *testing.T, terminal *protocol.Client, c demo.Card, facts map[string]int) {
	t.Helper()
	ctx := t.Context()
	var want error
	switch {
	case c.Password == "":
		want = library.ErrLogin
	case facts["lost_card"] > 0:
		want = library.ErrCardLost
	case facts["expired"] > 0:
		want = library.ErrCardExpired
	case facts["staff"] > 0:
		want = library.ErrCardBlocked
	}
	in, err := terminal.LogIn(ctx, c.Number, c.Password)
	if !errors.Is(err, want) || (err == nil) != (want == nil) {
		t.Fatalf("the login says %v, want %v", err, want)
	}
	if want != nil {
		return
	}
	if in.Account.Loans != facts["loans"] || in.Account.HoldsReady != facts["ready"] {
		t.Errorf("the account is %+v", in.Account)
	}
	messages := map[string]bool{
		library.MessageOverdue:      facts["overdue"] > 0,
		library.MessageBlockOverdue: facts["overdue block"] > 0,
		library.MessageCardExpires:  facts["expires"] > 0 || facts["expires today"] > 0,
	}
	for message, is := range messages {
		if slices.Contains(in.Account.Messages, message) != is {
			t.Errorf("messages %v, %s should be %v", in.Account.Messages, message, is)
		}
	}
	loans, err := terminal.Loans(ctx, in.Token)
	if err != nil || len(loans.Loans) != facts["loans"] {
		t.Errorf("%d loans, %v", len(loans.Loans), err)
	}
}

// consistent checks that a copy is on loan, or on the hold shelf, exactly when a loan
// or a hold says so, and that a ready hold can still be collected.
func consistent(t *testing.T, a *app, s *server) {
	t.Helper()
	count := func(query string) (n int) {
		t.Helper()
		err := s.db.View(a.ctx, func(tx *db.Tx) error { return tx.QueryRowContext(a.ctx, query).Scan(&n) })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, query := range []string{
		`SELECT count(*) FROM item i LEFT JOIN loan l ON l.item_id = i.id WHERE (i.state = 'on_loan') <> (l.id IS NOT NULL)`,
		`SELECT count(*) FROM item i JOIN loan l ON l.item_id = i.id WHERE i.due_on <> l.due_on OR NOT i.lendable`,
		`SELECT count(*) FROM item i LEFT JOIN hold h ON h.item_id = i.id AND h.state = 'ready' WHERE (i.state = 'on_hold_shelf') <> (h.id IS NOT NULL)`,
	} {
		if n := count(query); n != 0 {
			t.Errorf("%d: %s", n, query)
		}
	}
	today := s.ledger.Today()
	if n := count(fmt.Sprintf(`SELECT count(*) FROM hold WHERE state = 'ready' AND shelf_until <= '%s'`, today)); n != 0 {
		t.Errorf("%d ready holds have expired", n)
	}
	if n := count(`SELECT count(*) FROM hold WHERE state = 'ready'`); n < 6 {
		t.Errorf("%d ready holds", n)
	}
}
