package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/central/mail/mailtest"
	"madoguchi/library"
)

// withMail is a data folder whose settings file has a [mail], and the arguments that
// name both.
func withMail(t *testing.T, mail string) (data, config string) {
	t.Helper()
	return t.TempDir(), file(t, "central.toml", "[site]\nname = \"みなと市立図書館\"\n[password_hash]\nmemory_kib = 8\npasses = 1\nthreads = 1\n[mail]\n"+mail)
}

// TestAHoldIsReadyAndItsPatronIsTold goes from the settings file to a mail server with
// TLS and a login, through the commands of a desk and the server that sends.
func TestAHoldIsReadyAndItsPatronIsTold(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{User: "mado", Password: "s3cret"})
	data, config := withMail(t, fmt.Sprintf("server = %q\nfrom = \"mado@toshokan.example.jp\"\nbounces_to = \"bounces@toshokan.example.jp\"\nuser = \"mado\"\npassword_file = %q\nca_file = %q\nlink = \"https://toshokan.example.jp/\"\n",
		server.Addr, file(t, "password", "s3cret\n"), server.CAFile))
	desk := func(args ...string) string { return must(t, data, append([]string{"--config", config}, args...)...) }
	desk("branch", "add", "chuo", "中央図書館", "--hours", "9:30-19:00")
	desk("import", "csv", file(t, "books.csv", "id,title,barcode,branch\nb1,こころ,1001,chuo\n"))
	desk("patron", "import", file(t, "patrons.csv", "card,name,email\n21000000011,港 花子,hanako@example.jp\n21000000028,北 次郎,jiro@example.jp\n"))
	if out, _, _ := command(t, data, "--config", config, "doctor"); !strings.Contains(out, "ok     Mails can be sent.") {
		t.Errorf("doctor: %s", out)
	}
	wrong := file(t, "wrong.toml", strings.Replace(read(t, config), "user = \"mado\"", "user = \"nobody\"", 1))
	if out, _, _ := command(t, data, "--config", wrong, "doctor"); !strings.Contains(out, "WRONG  No mail can be sent") || strings.Contains(out, "s3cret") {
		t.Errorf("doctor, with a wrong user: %s", out)
	}
	desk("checkout", "21000000028", "1001")
	desk("paper-hold", "21000000011", "b1", "--pickup", "chuo", "--contact", "mail")
	if out := desk("mail", "list"); !strings.Contains(out, "no mails wait") {
		t.Errorf("before the return: %s", out)
	}
	desk("return", "1001")
	if out := desk("mail", "list"); !strings.Contains(out, "hold_ready") || strings.Contains(out, "hanako") {
		t.Errorf("after the return: %s", out)
	}
	if out := desk("mail", "retry"); !strings.HasPrefix(out, "0 mails") {
		t.Errorf("retry: %s", out)
	}
	_, stop := serving(t, data, "--config", config)
	got := server.Next(t)
	if code := stop(); code != 0 {
		t.Errorf("serve ends with status %d", code)
	}
	if got.From != "bounces@toshokan.example.jp" || got.To != "hanako@example.jp" {
		t.Errorf("it went from %s to %s", got.From, got.To)
	}
	if text := textOf(t, got.Raw); !strings.Contains(text, "こころ") || !strings.Contains(text, "中央図書館") || !strings.Contains(text, "https://toshokan.example.jp/") || strings.Contains(text, "21000000011") {
		t.Errorf("it says\n%s", text)
	}
}

func textOf(t *testing.T, raw string) string {
	t.Helper()
	msg, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, msg.Body))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestMailBounces(t *testing.T) {
	data := t.TempDir()
	must(t, data, "patron", "import", file(t, "patrons.csv", "card,name,email\n21000000011,港 花子,saburo@gmail.example.com\n"))
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join("../../central/mail/testdata/bounces", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	out, _, code := typed(t, read("gmail.eml"), data, "mail", "bounces", "-")
	if code != 0 || !strings.HasPrefix(out, "1 mails read: 1 addresses take no mail, 0 ") || strings.Contains(out, "saburo") {
		t.Errorf("status %d: %s", code, out)
	}
	out, _, code = typed(t, "no mail at all", data, "mail", "bounces", "-")
	if code != 0 || !strings.Contains(out, "1 mails were about something else") {
		t.Errorf("status %d: %s", code, out)
	}
	maildir := t.TempDir()
	for _, dir := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(maildir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"gmail.eml", "qmail.eml", "no_bounce_answer.eml"} {
		if err := os.WriteFile(filepath.Join(maildir, "new", name), []byte(read(name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out := must(t, data, "mail", "bounces", "--maildir", maildir); out != "3 mails read: 1 addresses take no mail, 0 could not be reached for now, 3 are no patron's; 1 mails were about something else\n" {
		t.Errorf("%s", out)
	}
	for _, args := range [][]string{{"mail", "bounces"}, {"mail", "bounces", "-", "--maildir", maildir}, {"mail", "bounces", "--maildir", "/nonexistent"}, {"mail", "test", "a@example.jp"}} {
		if _, told, code := command(t, data, args...); code != failed || told == "" {
			t.Errorf("%v: status %d, %s", args, code, told)
		}
	}
}

func TestMailSamples(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "mails")
	data, config := withMail(t, fmt.Sprintf("folder = %q\nfrom = \"mado@toshokan.example.jp\"\n", folder))
	if out := must(t, data, "--config", config, "mail", "test", "hanako@example.jp"); strings.Count(out, "took it") != len(library.MailKinds) {
		t.Errorf("%s", out)
	}
	must(t, data, "--config", config, "mail", "test", "hanako@example.jp", "--kind", "hold_ready", "--language", "en")
	if files, err := filepath.Glob(filepath.Join(folder, "*.eml")); err != nil || len(files) != len(library.MailKinds)+1 {
		t.Errorf("%v, %v", files, err)
	}
	for _, args := range [][]string{{"nobody"}, {"hanako@example.jp", "--kind", "birthday"}} {
		if _, told, code := command(t, data, append([]string{"--config", config, "mail", "test"}, args...)...); code != failed {
			t.Errorf("%v: status %d, %s", args, code, told)
		}
	}
	server := mailtest.StartFaulty(t)
	server.Set(mailtest.RefusesForNow)
	data, config = withMail(t, fmt.Sprintf("server = %q\nsecurity = \"none\"\nfrom = \"mado@toshokan.example.jp\"\n", server.Addr))
	if _, told, code := command(t, data, "--config", config, "mail", "test", "hanako@example.jp"); code != failed || !strings.Contains(told, "450") || !strings.Contains(told, "greylisted") {
		t.Errorf("status %d: %s", code, told)
	}
}

func TestMailSettingsThatCannotBe(t *testing.T) {
	wordings := t.TempDir()
	if err := os.MkdirAll(filepath.Join(wordings, "ja"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(wordings, "ja", "moved.txt"), []byte("件名\n\n{{.Password}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const from = "from = \"mado@toshokan.example.jp\"\n"
	for _, test := range []struct{ mail, says string }{
		{from, "need a server"},
		{"server = \"smtp.example.jp\"\n", "set from"},
		{"server = \"smtp.example.jp\"\nfrom = \"mado\"\n", "e-mail address"},
		{"server = \"smtp.example.jp\"\nfolder = \"x\"\n" + from, "leave one of them out"},
		{"server = \"smtp.example.jp\"\nuser = \"x\"\n" + from, "password_file"},
		{"server = \"smtp.example.jp\"\nlink = \"toshokan\"\n" + from, "https://"},
		{"server = \"smtp.example.jp\"\nper_minute = -1\n" + from, "per_minute"},
		{"server = \"smtp.example.jp\"\npassword = \"x\"\n" + from, "does not exist"},
		{"server = \"smtp.example.jp\"\nsecurity = \"ssl\"\n" + from, "starttls"},
		{"server = \"smtp.example.jp:x\"\n" + from, "smtp.example.jp:587"},
		{"server = \"smtp.example.jp\"\nca_file = \"/nonexistent\"\n" + from, "authority"},
		{"server = \"smtp.example.jp\"\nuser = \"x\"\npassword_file = \"/nonexistent\"\n" + from, "password"},
		{"server = \"smtp.example.jp\"\nbounces_to = \"x\"\n" + from, "bounces_to"},
		{"server = \"smtp.example.jp\"\nreply_to = \"x\"\n" + from, "answers"},
		{fmt.Sprintf("server = \"smtp.example.jp\"\ntemplates = %q\n", wordings) + from, "ja/moved.txt"},
	} {
		data, config := withMail(t, test.mail)
		_, told, code := command(t, data, "--config", config, "serve", "--listen", "127.0.0.1:0")
		if code != failed || !strings.Contains(told, test.says) {
			t.Errorf("%s is refused with status %d as: %s", test.mail, code, told)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
