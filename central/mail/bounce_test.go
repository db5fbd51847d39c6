package mail_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"madoguchi/central/mail"
	"madoguchi/library"
)

// bounces are the mails of testdata/bounces, written after the documented formats of
// the mail servers, and what they say.
var bounces = map[string][]mail.Bounce{
	"postfix.eml":             {{Address: "Hanako.Yamada@mail.example.jp", Hard: true}},
	"postfix_docomo.eml":      {{Address: "hanako-library@docomo.ne.jp", Hard: true}},
	"postfix_delayed.eml":     {{Address: "taro@slow.example.jp"}},
	"office365.eml":           {{Address: "jiro@company.example.com", Hard: true}},
	"gmail.eml":               {{Address: "saburo@gmail.example.com", Hard: true}},
	"gmail_full.eml":          {{Address: "full@gmail.example.com"}}, // 5.2.2, in base64
	"sendmail.eml":            {{Address: "shiro@old.example.jp", Hard: true}},
	"sendmail_forwarded.eml":  {{Address: "goro@alumni.example.jp"}}, // what we wrote to, not where it was passed on to
	"qmail.eml":               {{Address: "shichiro@qmail.example.jp", Hard: true}, {Address: "hachiro@other.example.jp", Hard: true}, {Address: "kuro@far.example.jp"}},
	"exim.eml":                {{Address: "juro@example.net"}}, // 5.7.1: refused because of us
	"no_bounce_answer.eml":    nil,
	"no_bounce_receipt.eml":   nil,
	"no_bounce_delivered.eml": nil,
}

func example(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata/bounces", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestBouncesOfManyMailServers(t *testing.T) {
	files, err := os.ReadDir("testdata/bounces")
	if err != nil || len(files) != len(bounces) {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for name, want := range bounces {
		text := example(t, name)
		for ends, text := range map[string]string{"LF": text, "CRLF": strings.ReplaceAll(text, "\n", "\r\n")} {
			got, err := mail.ReadBounces(strings.NewReader(text))
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s with %s: %+v, %v; want %+v", name, ends, got, err, want)
			}
		}
	}
}

func TestBouncesThatAreDamagedOrHuge(t *testing.T) {
	text := example(t, "postfix.eml")
	for n := range len(text) {
		if _, err := mail.ReadBounces(strings.NewReader(text[:n])); err != nil {
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
	}
	for name, text := range map[string]string{
		"nothing":           "",
		"no boundary":       "Content-Type: multipart/report; report-type=delivery-status\n\nx",
		"endless":           strings.Repeat("x", 3<<20),
		"many parts":        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: text/plain\n\nx\n", 10000) + "--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822;a@example.jp\nAction: failed\nStatus: 5.1.1\n--b--\n",
		"no address":        report("Final-Recipient: rfc822;nobody\nAction: failed\nStatus: 5.1.1\n"),
		"line in address":   report("Final-Recipient: rfc822;a@example.jp\n b@example.jp\nAction: failed\nStatus: 5.1.1\n"),
		"other network":     report("Final-Recipient: x400;a@example.jp\nAction: failed\nStatus: 5.1.1\n"),
		"no action":         report("Final-Recipient: rfc822;a@example.jp\nStatus: 5.1.1\n"),
		"qmail, no address": "\nHi. This is the qmail-send program\n\n<a b@example.jp>:\nno (#5.1.1)\n",
	} {
		if got, err := mail.ReadBounces(strings.NewReader(text)); err != nil || got != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	many := ""
	for n := range 5000 {
		many += fmt.Sprintf("Final-Recipient: rfc822;a%d@example.jp\nAction: failed\nStatus: 5.1.1\n\n", n)
	}
	if got, err := mail.ReadBounces(strings.NewReader(report(many))); err != nil || len(got) != 100 {
		t.Errorf("of 5000 recipients %d are read, %v", len(got), err)
	}
	for status, hard := range map[string]bool{"5.1.1": true, "5.0.0": true, "5.2.1": true, "5.4.4": true, "5.2.2": false, "5.7.1": false, "4.2.2": false, "": false, "nonsense": false, "5": false, "55.1.1": false} {
		got, err := mail.ReadBounces(strings.NewReader(report("Final-Recipient: rfc822;a@example.jp\nAction: failed\nStatus: " + status + "\n")))
		if err != nil || len(got) != 1 || got[0].Hard != hard {
			t.Errorf("status %q: %+v, %v", status, got, err)
		}
	}
	broken := errors.New("the disk is broken")
	if _, err := mail.ReadBounces(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("an error of reading: %v", err)
	}
}

func report(fields string) string {
	return "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" + fields + "\n--b--\n"
}

func FuzzReadBounces(f *testing.F) {
	for name := range bounces {
		f.Add(example(f, name))
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := mail.ReadBounces(strings.NewReader(text))
		if err != nil || len(got) > 100 {
			t.Fatalf("%d, %v", len(got), err)
		}
		for _, b := range got {
			if same, err := library.ParseEmail(b.Address); err != nil || same != b.Address {
				t.Errorf("%q is no address: %v", b.Address, err)
			}
		}
	})
}

func TestMaildir(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp", "new/folder"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"gmail.eml", "no_bounce_answer.eml", "qmail.eml"} {
		write(t, dir, "new/"+name, example(t, name))
	}
	write(t, dir, "cur/old:2,S", example(t, "postfix.eml"))
	var read [][]mail.Bounce
	take := func(b []mail.Bounce) error { read = append(read, b); return nil }
	if err := mail.ReadMaildir(dir, take); err != nil || len(read) != 3 || len(read[0]) != 1 || read[1] != nil || len(read[2]) != 3 {
		t.Fatalf("%+v, %v", read, err)
	}
	if moved, err := filepath.Glob(filepath.Join(dir, "cur", "*:2,S")); err != nil || len(moved) != 4 {
		t.Errorf("%v, %v", moved, err)
	}
	if err := mail.ReadMaildir(dir, take); err != nil || len(read) != 3 {
		t.Errorf("a second time: %d, %v", len(read), err)
	}
	write(t, dir, "new/again.eml", example(t, "gmail.eml"))
	failed := errors.New("the database is away")
	if err := mail.ReadMaildir(dir, func([]mail.Bounce) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "new/again.eml")); err != nil {
		t.Errorf("what could not be noted is not there for the next time: %v", err)
	}
	if err := mail.ReadMaildir(filepath.Join(dir, "nonexistent"), take); err == nil {
		t.Error("there is no such Maildir")
	}
}
