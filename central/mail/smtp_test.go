package mail_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"madoguchi/central/mail"
	"madoguchi/central/mail/mailtest"
	"madoguchi/library"
)

func sender(t testing.TB, cfg mail.SMTPConfig) *mail.SMTP {
	t.Helper()
	if cfg.Sender == "" {
		cfg.Sender = "bounces@toshokan.example.jp"
	}
	s, err := mail.NewSMTP(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestARealServerReceivesEveryKind sends each kind of mail in both languages over TLS
// and reads it on the other side.
func TestARealServerReceivesEveryKind(t *testing.T) {
	for security, options := range map[mail.Security]mailtest.Options{
		mail.StartTLS: {User: "mado", Password: "秘密 secret"},
		mail.TLS:      {TLS: true, User: "mado", Password: "秘密 secret"},
		mail.Plain:    {Plain: true},
	} {
		t.Run(string(security), func(t *testing.T) {
			server := mailtest.Start(t, options)
			s := sender(t, mail.SMTPConfig{Server: server.Addr, Security: security, CA: server.CA, User: options.User, Password: options.Password})
			c := composer(t)
			var sent []string
			for _, language := range languageCodes() {
				for _, kind := range library.MailKinds {
					m, at := mail.Sample(kind, "taro@example.jp", language, noon)
					raw, err := c.Compose(fmt.Sprintf("%s-%d", language, len(sent)), m, at)
					if err != nil {
						t.Fatal(err)
					}
					if err := s.Send(t.Context(), "", m.To, raw); err != nil {
						t.Fatal(err)
					}
					sent = append(sent, string(raw))
				}
			}
			got := server.Mails()
			if len(got) != len(sent) || server.Connections() != 1 {
				t.Fatalf("%d mails of %d over %d connections", len(got), len(sent), server.Connections())
			}
			for i, m := range got {
				if m.Raw != sent[i] || m.From != "bounces@toshokan.example.jp" || m.To != "taro@example.jp" {
					t.Errorf("mail %d came as %+v", i, m)
				}
				if seen := receive(t, []byte(m.Raw)); seen.subject == "" || !strings.Contains(seen.body, "みなと市立図書館") {
					t.Errorf("mail %d: %q\n%s", i, seen.subject, seen.body)
				}
			}
		})
	}
}

func TestMailServerThatIsNotToBeTrusted(t *testing.T) {
	secured := mailtest.Start(t, mailtest.Options{User: "mado", Password: "secret"})
	plain := mailtest.Start(t, mailtest.Options{Plain: true})
	for name, test := range map[string]struct {
		cfg  mail.SMTPConfig
		step string
	}{
		"unknown authority":     {mail.SMTPConfig{Server: secured.Addr, Security: mail.StartTLS, User: "mado", Password: "secret"}, "STARTTLS"},
		"no TLS offered":        {mail.SMTPConfig{Server: plain.Addr, Security: mail.StartTLS}, "STARTTLS"},
		"no TLS spoken":         {mail.SMTPConfig{Server: plain.Addr, Security: mail.TLS}, "connect"},
		"wrong password":        {mail.SMTPConfig{Server: secured.Addr, Security: mail.StartTLS, CA: secured.CA, User: "mado", Password: "x"}, "AUTH"},
		"no login":              {mail.SMTPConfig{Server: secured.Addr, Security: mail.StartTLS, CA: secured.CA}, "MAIL"},
		"a login nobody offers": {mail.SMTPConfig{Server: plain.Addr, Security: mail.Plain, User: "mado", Password: "secret"}, "AUTH"},
	} {
		t.Run(name, func(t *testing.T) {
			err := sender(t, test.cfg).Send(t.Context(), "", "taro@example.jp", []byte("Subject: x\r\n\r\nx\r\n"))
			f := (*mail.Failure)(nil)
			if !errors.As(err, &f) || f.Step != test.step || f.BadAddress() {
				t.Errorf("%v: %+v", err, f)
			}
			if len(secured.Mails())+len(plain.Mails()) != 0 {
				t.Error("the mail was sent nevertheless")
			}
		})
	}
}

func TestSettingsOfTheServer(t *testing.T) {
	for _, cfg := range []mail.SMTPConfig{
		{Server: "smtp.example.jp", Security: "ssl"},
		{Server: "smtp.example.jp"},
		{Server: "", Security: mail.TLS},
		{Server: "smtp.example.jp:mail", Security: mail.TLS},
		{Server: "user@smtp.example.jp", Security: mail.TLS},
		{Server: "smtp.example.jp:25", Security: mail.Plain, User: "mado", Password: "secret"},
	} {
		if _, err := mail.NewSMTP(cfg); err == nil {
			t.Errorf("%+v can be used", cfg)
		}
	}
	for _, server := range []string{"smtp.example.jp", "smtp.example.jp:2525", "[2001:db8::1]:25", "2001:db8::1"} {
		if _, err := mail.NewSMTP(mail.SMTPConfig{Server: server, Security: mail.TLS}); err != nil {
			t.Errorf("%s: %v", server, err)
		}
	}
}

// TestWhatARefusalMeans holds when an address is marked, when all mails wait, and that
// nothing that can be logged names the patron.
func TestWhatARefusalMeans(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	s := sender(t, mail.SMTPConfig{Server: server.Addr, Security: mail.StartTLS, CA: server.CA})
	for _, test := range []struct {
		code       int
		status     smtp.EnhancedCode
		badAddress bool
		noServer   bool
	}{
		{550, smtp.EnhancedCode{5, 1, 1}, true, false},
		{550, smtp.NoEnhancedCode, true, false},
		{553, smtp.NoEnhancedCode, true, false},
		{550, smtp.EnhancedCode{5, 2, 1}, true, false},
		{552, smtp.EnhancedCode{5, 2, 2}, false, false}, // full
		{554, smtp.EnhancedCode{5, 7, 1}, false, false}, // it does not relay for us
		{554, smtp.NoEnhancedCode, false, false},
		{553, smtp.EnhancedCode{5, 1, 8}, false, false}, // of our own address
		{450, smtp.EnhancedCode{4, 2, 0}, false, false},
		{421, smtp.EnhancedCode{4, 3, 2}, false, true},
	} {
		server.Refuse(func(to string) error {
			return &smtp.SMTPError{Code: test.code, EnhancedCode: test.status, Message: "<" + to + "> no"}
		})
		err := s.Send(t.Context(), "", "taro@example.jp", []byte("Subject: x\r\n\r\nx\r\n"))
		f := (*mail.Failure)(nil)
		if !errors.As(err, &f) || f.Code != test.code || f.BadAddress() != test.badAddress || f.NoServer() != test.noServer {
			t.Errorf("%d %v: %v, %+v", test.code, test.status, err, f)
			continue
		}
		if strings.Contains(f.Error(), "taro") || !strings.Contains(f.Answer, "taro") {
			t.Errorf("it is told as %q, with %q", f.Error(), f.Answer)
		}
	}
	server.Refuse(nil)
	if err := s.Send(t.Context(), "", "taro@example.jp", []byte("Subject: x\r\n\r\nx\r\n")); err != nil {
		t.Errorf("after all these: %v", err)
	}
}

func TestEveryFaultIsAnError(t *testing.T) {
	server := mailtest.StartFaulty(t)
	s := sender(t, mail.SMTPConfig{Server: server.Addr, Security: mail.Plain, Timeout: 100 * time.Millisecond})
	message := []byte("Subject: x\r\n\r\n.x\r\n")
	for _, fault := range mailtest.Faults {
		for _, before := range []string{"new connection", "connection in use"} {
			t.Run(string(fault)+", "+before, func(t *testing.T) {
				if server.Set(mailtest.NoFault); before == "connection in use" {
					if err := s.Send(t.Context(), "", "taro@example.jp", message); err != nil {
						t.Fatal(err)
					}
				} else {
					s.Close()
				}
				server.Set(fault)
				taken := len(server.Taken())
				err := s.Send(t.Context(), "", "taro@example.jp", message)
				f := (*mail.Failure)(nil)
				if !errors.As(err, &f) || f.BadAddress() {
					t.Errorf("%v", err)
				}
				if len(server.Taken()) != taken {
					t.Error("it was taken")
				}
			})
		}
	}
	server.Set(mailtest.NoFault)
	if err := s.Send(t.Context(), "", "taro@example.jp", message); err != nil {
		t.Fatal(err)
	}
	all := server.Taken()
	if got := all[len(all)-1].Raw; got != string(message) {
		t.Errorf("it came as %q", got)
	}
}

func TestSendingEndsWithItsContext(t *testing.T) {
	server := mailtest.StartFaulty(t)
	s := sender(t, mail.SMTPConfig{Server: server.Addr, Security: mail.Plain}) // a minute for each answer
	for _, fault := range []mailtest.Fault{mailtest.HangsAtOnce, mailtest.HangsAtDot} {
		server.Set(fault)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if err := s.Send(ctx, "", "taro@example.jp", []byte("Subject: x\r\n\r\nx\r\n")); err == nil || ctx.Err() == nil {
			t.Errorf("%s: %v", fault, err)
		}
		cancel()
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mails")
	f := mail.Folder(dir)
	for range 2 {
		if err := f.Send(t.Context(), id, "taro@example.jp", []byte("Subject: x\r\n\r\nx\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || !slices.Equal(files, []string{filepath.Join(dir, id+".eml")}) {
		t.Errorf("%v, %v", files, err)
	}
	if text, err := os.ReadFile(files[0]); err != nil || string(text) != "Subject: x\r\n\r\nx\r\n" {
		t.Errorf("%q, %v", text, err)
	}
	failed := (*mail.Failure)(nil)
	if err := mail.Folder("/dev/null/x").Send(t.Context(), id, "taro@example.jp", nil); !errors.As(err, &failed) || !failed.NoServer() {
		t.Errorf("%v", err)
	}
}
