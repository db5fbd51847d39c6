package mail_test

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"madoguchi/central/mail"
	"madoguchi/library"
)

var (
	noon   = time.Date(2026, time.November, 25, 3, 0, 0, 0, time.UTC) // 12:00 in Japan
	branch = library.Branch{Code: "chuo", Name: "中央図書館", NameEn: "Central Library"}
)

const id = "0b0d7b0e-6f0f-4b7e-9f7e-3a8d3f6f0001"

func config() mail.Config {
	return mail.Config{
		Library: "みなと市立図書館", From: "mado@toshokan.example.jp", ReplyTo: "toshokan@city.example.jp",
		Link: "https://toshokan.example.jp/", CodeFor: 30 * time.Minute,
	}
}

func composer(t testing.TB, change ...func(*mail.Config)) *mail.Composer {
	t.Helper()
	cfg := config()
	for _, f := range change {
		f(&cfg)
	}
	c, err := mail.NewComposer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// received is a mail as a mail program shows it.
type received struct {
	netmail.Header
	subject, body string
}

func receive(t testing.TB, raw []byte) received {
	t.Helper()
	msg, err := netmail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	got := received{Header: msg.Header}
	if got.subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	body := io.Reader(msg.Body)
	switch msg.Header.Get("Content-Transfer-Encoding") {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	default:
		t.Fatalf("encoding %q", msg.Header.Get("Content-Transfer-Encoding"))
	}
	text, err := io.ReadAll(body)
	if err != nil || !utf8.Valid(text) {
		t.Fatalf("body: %v", err)
	}
	got.body = strings.ReplaceAll(string(text), "\r\n", "\n")
	return got
}

func languageCodes() (codes []string) {
	for _, l := range library.Languages {
		codes = append(codes, l.Code)
	}
	return codes
}

func compose(t testing.TB, c *mail.Composer, m library.Mail) received {
	t.Helper()
	raw, err := c.Compose(id, m, branch)
	if err != nil {
		t.Fatal(err)
	}
	return receive(t, raw)
}

func TestEveryKindInEveryLanguage(t *testing.T) {
	until := library.Date{Year: 2026, Month: time.December, Day: 2}
	facts := map[library.MailKind]library.Mail{
		library.MailConfirm:      {Code: "482913"},
		library.MailMoved:        {},
		library.MailPasswordSet:  {},
		library.MailHoldReady:    {Title: "こころ 上", Branch: "chuo", Until: until},
		library.MailHoldExpired:  {Title: "こころ 上", Branch: "chuo", Until: until},
		library.MailHoldFellBack: {Title: "こころ 上", Branch: "chuo"},
		library.MailHoldEnded:    {Title: "こころ 上", Branch: "chuo", Reason: library.EndNoCopies},
		library.MailRequest: {Request: &library.RequestResult{
			Receipt: "K7M-4QX", ReceivedAt: noon.Add(-26 * time.Hour), Lines: []library.RequestLine{{BibID: "b1", Title: "こころ 上", Refusal: "already_held"}, {BibID: "b2", Title: "三四郎"}},
		}},
	}
	tests := []struct {
		language string
		kind     library.MailKind
		subject  string
		says     []string
	}{
		{"ja", library.MailConfirm, "【みなと市立図書館】メールアドレスの確認番号", []string{"482913", "11月25日（水） 12:30", "https://toshokan.example.jp/"}},
		{"en", library.MailConfirm, "[みなと市立図書館] Your confirmation code", []string{"482913", "Wednesday, 25 November 12:30"}},
		{"ja", library.MailMoved, "【みなと市立図書館】メールアドレスの登録が変わりました", []string{"11月25日（水） 12:00", "カウンター"}},
		{"en", library.MailMoved, "[みなと市立図書館] Your e-mail address was changed", []string{"Wednesday, 25 November 12:00"}},
		{"", library.MailPasswordSet, "【みなと市立図書館】パスワードが設定されました", []string{"11月25日（水） 12:00"}},
		{"en", library.MailPasswordSet, "[みなと市立図書館] Your password was set", []string{"at once"}},
		{"ja", library.MailHoldReady, "【みなと市立図書館】予約された資料をご用意できました", []string{"こころ 上", "中央図書館", "12月2日（水）", "https://toshokan.example.jp/"}},
		{"en", library.MailHoldReady, "[みなと市立図書館] Your hold is ready", []string{"こころ 上", "Central Library", "Wednesday, 2 December"}},
		{"ja", library.MailHoldExpired, "【みなと市立図書館】予約の取り置き期限がすぎました", []string{"こころ 上", "12月2日（水）"}},
		{"ko", library.MailHoldExpired, "[みなと市立図書館] Your hold has expired", []string{"こころ 上", "Central Library"}},
		{"ja", library.MailHoldFellBack, "【みなと市立図書館】ご用意した資料をお渡しできなくなりました", []string{"こころ 上", "中央図書館", "順番は、そのまま"}},
		{"en", library.MailHoldFellBack, "[みなと市立図書館] Your hold is not ready after all", []string{"こころ 上", "keep your place"}},
		{"ja", library.MailHoldEnded, "【みなと市立図書館】ご予約を終わりにしました", []string{"こころ 上", "1冊もなくなりました", "リクエスト"}},
		{"en", library.MailHoldEnded, "[みなと市立図書館] Your hold was ended by the library", []string{"こころ 上", "no copy of it any more"}},
		{"ja-easy", library.MailRequest, "【みなと市立図書館】仮受付の結果", []string{"受付番号：K7M-4QX", "11月24日（火） 10:00", "こころ 上\n　　すでに予約されている", "三四郎\n　　予約しました"}},
		{"en", library.MailRequest, "[みなと市立図書館] The result of your request", []string{"Receipt: K7M-4QX", "Tuesday, 24 November 10:00", "こころ 上\n    You had already placed a hold", "三四郎\n    Your hold was placed"}},
	}
	tested := map[library.MailKind]bool{}
	for _, test := range tests {
		t.Run(test.language+" "+string(test.kind), func(t *testing.T) {
			m := facts[test.kind]
			m.Kind, m.To, m.Language, m.At = test.kind, "Taro@example.jp", test.language, noon
			got := compose(t, composer(t), m)
			tested[test.kind] = true
			if got.subject != test.subject {
				t.Errorf("subject %q", got.subject)
			}
			for _, text := range test.says {
				if !strings.Contains(got.body, text) {
					t.Errorf("it does not say %q:\n%s", text, got.body)
				}
			}
			if strings.Contains(got.body, "<no value>") || strings.Contains(got.body, "{{") || strings.Contains(got.body, "\n\n\n") {
				t.Errorf("the text is broken:\n%s", got.body)
			}
			from, err := got.AddressList("From")
			if err != nil || len(from) != 1 || from[0].Name != "みなと市立図書館" || from[0].Address != "mado@toshokan.example.jp" {
				t.Errorf("from %v, %v", from, err)
			}
			for name, want := range map[string]string{
				"To": "<Taro@example.jp>", "Reply-To": "<toshokan@city.example.jp>",
				"Message-Id": "<" + id + "@toshokan.example.jp>", "Auto-Submitted": "auto-generated",
				"Date": "Wed, 25 Nov 2026 12:00:00 +0900", "Mime-Version": "1.0", "Content-Type": "text/plain; charset=UTF-8",
			} {
				if got := got.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			for name := range got.Header {
				if strings.HasPrefix(name, "List-") || name == "Precedence" {
					t.Errorf("it has a header %s as mails of a list do", name)
				}
			}
		})
	}
	for _, kind := range library.MailKinds {
		if !tested[kind] {
			t.Errorf("no mail of the kind %s is composed here: add one to facts and to tests", kind)
		}
		for _, l := range library.Languages {
			m, _ := mail.Sample(kind, "taro@example.jp", l.Code, noon)
			got := compose(t, composer(t), m)
			if got.Get("Content-Language") != l.Code || got.subject == "" || strings.Contains(got.body, "<no value>") || strings.Contains(got.body, "{{") || strings.Contains(got.body, "\n\n\n") {
				t.Errorf("%s in %s is broken, or of another language: %s\n%s", kind, l.Code, got.subject, got.body)
			}
		}
	}
}

func TestRequestSaysWhatBecameOfIt(t *testing.T) {
	due := library.Date{Year: 2026, Month: time.December, Day: 9}
	all := func(code string) library.RequestResult { return library.RequestResult{Refusal: code} }
	hold := func(code string) library.RequestResult {
		return library.RequestResult{Lines: []library.RequestLine{{Title: "こころ", Refusal: code}}}
	}
	renewal := func(code string) library.RequestResult {
		r := hold(code)
		r.Renewal = true
		if code == "" {
			r.Lines[0].DueOn = due
		}
		return r
	}
	for n, test := range []struct {
		result   library.RequestResult
		ja, en   string
		notTitle bool
	}{
		{hold(""), "予約しました", "hold was placed", false},
		{hold("has_on_loan"), "お借りになっている", "on loan", false},
		{hold("too_many_holds"), "できる数をこえる", "as many holds", false},
		{hold("no_copies"), "貸し出しできる資料がない", "no copy", false},
		{hold("not_lent"), "貸し出しできる資料がない", "no copy", false},
		{hold("something_new"), "お受けできませんでした", "could not be granted", false},
		{renewal(""), "12月9日（水） まで延長しました", "Renewed until Wednesday, 9 December", false},
		{renewal("held_by_other"), "ほかの方の予約", "someone else waits", false},
		{renewal("renewal_limit"), "すでに延長", "renewed before", false},
		{renewal("renew_too_early"), "返却日がのびないため", "no more time", false},
		{renewal("overdue"), "返却期限がすぎて", "overdue", false},
		{renewal("not_owned"), "ほかの図書館", "another library", false},
		{renewal("withdrawn"), "蔵書からはずす", "withdrawing the item", false},
		{renewal("loan_unknown"), "お借りになっている資料ではなかった", "did not have the item", false},
		{all("login_failed"), "パスワードが合わなかった", "did not match", true},
		{all("card_locked"), "パスワードのまちがいが続き", "locked", true},
		{all("card_expired"), "有効期限", "expired", true},
		{all("card_lost"), "紛失", "lost", true},
		{all("card_blocked"), "手続きが必要", "settled at the counter", true},
		{all("branch_unknown"), "受取館", "another and ask again", true},
		{all("something_new"), "お受けできませんでした", "could not be granted", true},
		{library.RequestResult{Refusal: "branch_unknown", Lines: []library.RequestLine{{Title: "こころ"}}}, "お申し込みの資料：\n　・こころ\n", "It asked for:\n  - こころ\n", false},
		{library.RequestResult{NoContact: true, Lines: []library.RequestLine{{Title: "こころ"}}}, "「連絡なし」で予約", "will not be notified", false},
		{library.RequestResult{Blocked: true, Lines: []library.RequestLine{{Title: "こころ"}}}, "受け取れません", "cannot be collected", false},
		{library.RequestResult{Lines: []library.RequestLine{{Refusal: "bib_unknown"}}}, "（書名のわからない資料）", "title is not known", true},
		{library.RequestResult{Lines: make([]library.RequestLine, 41)}, "ほかに 11 件", "and 11 more", true},
	} {
		for language, says := range map[string]string{"ja": test.ja, "en": test.en} {
			r := test.result
			r.Receipt, r.ReceivedAt = "K7M-4QX", noon
			got := compose(t, composer(t), library.Mail{Kind: library.MailRequest, To: "taro@example.jp", Language: language, At: noon, Request: &r})
			broken := strings.Contains(got.body, "\n\n\n") || strings.Contains(got.body, "<no value>") || strings.Contains(got.body, "\n　　\n")
			if !strings.Contains(got.body, says) || !strings.Contains(got.body, "K7M-4QX") || strings.Contains(got.body, "こころ") == test.notTitle || broken {
				t.Errorf("%d, %+v is worded as\n%s", n, r, got.body)
			}
		}
	}
}

func TestSameMailSameBytes(t *testing.T) {
	m := library.Mail{Kind: library.MailHoldReady, To: "taro@example.jp", At: noon, Title: strings.Repeat("長い書名", 20)}
	first, err := composer(t).Compose(id, m, branch)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, err := composer(t).Compose(id, m, branch); err != nil || string(again) != string(first) {
			t.Fatalf("%v\n%s\n%s", err, first, again)
		}
	}
	for _, line := range strings.Split(string(first), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d bytes that SMTP does not take: %q", len(line), line)
		}
		for _, b := range []byte(line) {
			if b >= 0x80 {
				t.Fatalf("a line is not ASCII: %q", line)
			}
		}
	}
}

func TestNoHeaderCanBeInjected(t *testing.T) {
	for _, text := range []string{
		"こころ\r\nBcc: evil@example.com", "a\nBcc: evil@example.com", "a\rBcc: b", "a\u2028Bcc: b", "a\x00b", "a\r\n\r\n<html>", "=?UTF-8?q?a=0D=0ABcc:_b?=", "\u202egnp.exe", "\xff\xfe",
	} {
		injected(t, text)
	}
	for _, to := range []string{"taro@example.jp\r\nBcc: evil@example.com", "a@example.jp, b@example.jp", "<a@example.jp>", "Taro <a@example.jp>", "", "a@b", "a@example.jp>", "a b@example.jp"} {
		if raw, err := composer(t).Compose(id, library.Mail{Kind: library.MailMoved, To: to, At: noon}, branch); err == nil {
			t.Errorf("there is a mail to %q:\n%s", to, raw)
		}
	}
	for _, id := range []string{"", "a>\r\nBcc: b", "a@b", "a b", "<a>"} {
		if raw, err := composer(t).Compose(id, library.Mail{Kind: library.MailMoved, To: "taro@example.jp", At: noon}, branch); err == nil {
			t.Errorf("there is a mail with the ID %q:\n%s", id, raw)
		}
	}
}

// injected puts a text wherever one can come into a mail, with a wording that has it in
// the subject, and looks for what it did.
func injected(t testing.TB, text string) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "ja/hold_ready.txt", "{{.Title}} {{.Branch}}\n\n{{.Title}} {{.Branch}} {{.Until}}\n")
	cfg := config()
	cfg.Library, cfg.Link, cfg.Templates = text, text, dir
	c, err := mail.NewComposer(cfg)
	if err != nil {
		return // the wordings were tried with it
	}
	for _, kind := range library.MailKinds {
		m := library.Mail{Kind: kind, To: "taro@example.jp", At: noon, Language: text, Title: text, Code: text, Until: library.DateOf(noon)}
		m.Request = &library.RequestResult{Receipt: text, Refusal: text, Lines: []library.RequestLine{{Title: text, Refusal: text}}}
		for _, language := range append(languageCodes(), text) {
			m.Language = language
			raw, err := c.Compose(id, m, library.Branch{Name: text, NameEn: text})
			if err != nil {
				continue // a subject of nothing
			}
			got := receive(t, raw)
			for name := range got.Header {
				switch name {
				case "From", "To", "Reply-To", "Subject", "Date", "Message-Id", "Auto-Submitted", "Content-Language", "Mime-Version", "Content-Type", "Content-Transfer-Encoding":
				default:
					t.Errorf("%q made a header %s:\n%s", text, name, raw)
				}
			}
			if strings.ContainsAny(got.subject, "\r\n\x00\u2028\u202e") {
				t.Errorf("%q is in the subject as %q", text, got.subject)
			}
			if to := got.Get("To"); to != "<taro@example.jp>" {
				t.Errorf("%q changed to whom it goes: %s", text, to)
			}
			if from, err := got.AddressList("From"); err != nil || len(from) != 1 || from[0].Address != "mado@toshokan.example.jp" {
				t.Errorf("%q changed from whom it comes: %v, %v", text, from, err)
			}
		}
	}
}

func FuzzNoHeaderCanBeInjected(f *testing.F) {
	f.Add("a\r\nBcc: b@example.com")
	f.Add("\"quoted\" <a@b>, c")
	f.Add("=?UTF-8?B?DQo=?=")
	f.Fuzz(func(t *testing.T, text string) { injected(t, text) })
}

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLibraryReplacesSingleWordings(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "ja/confirm.txt", "\ufeffわたしたちの件名\r\n\r\n番号は {{.Code}} です。\r\n{{template \"footer\" .}}\r\n")
	write(t, dir, "ja/footer.txt", "― {{.Library}}\n")
	c := composer(t, func(cfg *mail.Config) { cfg.Templates = dir })
	got := compose(t, c, library.Mail{Kind: library.MailConfirm, To: "taro@example.jp", At: noon, Code: "112233"})
	if got.subject != "わたしたちの件名" || got.body != "番号は 112233 です。\n― みなと市立図書館\n" {
		t.Errorf("%q\n%s", got.subject, got.body)
	}
	if got := compose(t, c, library.Mail{Kind: library.MailMoved, To: "taro@example.jp", At: noon}); !strings.Contains(got.body, "カウンター") || !strings.HasSuffix(got.body, "― みなと市立図書館\n") {
		t.Errorf("the others are not as they were, with the new ending:\n%s", got.body)
	}
}

func TestWordingsThatCannotBeUsed(t *testing.T) {
	for name, test := range map[string]struct{ file, text, says string }{
		"unknown fact":   {"ja/moved.txt", "件名\n\n{{.Card}}\n", "ja/moved.txt"},
		"syntax":         {"en/moved.txt", "Subject\n\n{{if}}\n", "en/moved.txt"},
		"ending":         {"en/footer.txt", "{{.", "en/footer.txt"},
		"no subject":     {"ja/moved.txt", "\n\nText\n", "subject"},
		"no empty line":  {"ja/moved.txt", "件名\n本文\n", "empty line"},
		"no text":        {"ja/moved.txt", "件名\n\n \n", "no text"},
		"no code":        {"ja/confirm.txt", "件名\n\n番号をどうぞ\n", "{{.Code}}"},
		"no title":       {"en/hold_ready.txt", "Subject\n\n{{.Branch}} {{.Until}}\n", "{{.Title}}"},
		"no receipt":     {"ja/request.txt", "件名\n\n{{range .Lines}}{{.Title}}{{end}}\n", "{{.Receipt}}"},
		"no lines":       {"ja/request.txt", "件名\n\n{{.Receipt}}\n", "{{.Lines}}"},
		"of a bare one":  {"ja/request.txt", "件名\n\n{{.Receipt}}{{range .Lines}}{{.Title}}{{end}}{{(index .Lines 0).Due}}\n", "ja/request.txt"},
		"mistyped name":  {"ja/hold-ready.txt", "件名\n\n本文\n", "ja/hold_ready.txt"},
		"other language": {"fr/moved.txt", "Sujet\n\nTexte\n", "fr/moved.txt"},
		"not UTF-8":      {"ja/moved.txt", "\x8c\x8f\n\n\x96{\n", "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, test.file, test.text)
			cfg := config()
			cfg.Templates = dir
			if _, err := mail.NewComposer(cfg); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v", err)
			}
		})
	}
	dir := t.TempDir()
	write(t, dir, "en/hold_ready.txt", "Subject\n\nNothing of what is needed\n")
	for range 20 { // the first of three that are missing, always
		cfg := config()
		cfg.Templates = dir
		if _, err := mail.NewComposer(cfg); err == nil || !strings.Contains(err.Error(), "{{.Title}}") {
			t.Fatalf("%v", err)
		}
	}
	for _, cfg := range []mail.Config{{From: "nobody"}, {From: "a@example.jp", ReplyTo: "b"}, {From: "a@example.jp", Templates: "/nonexistent"}} {
		if _, err := mail.NewComposer(cfg); err == nil {
			t.Errorf("%+v can be used", cfg)
		}
	}
}
