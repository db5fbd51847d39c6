package central_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"testing"

	"madoguchi/central"
	"madoguchi/central/db/dbtest"
	centralmail "madoguchi/central/mail"
	"madoguchi/central/mail/mailtest"
	"madoguchi/central/protocol"
	"madoguchi/central/secret"
)

// TestAResultIsMailed over SMTP to a mail program, and to no address that bounced.
func TestAResultIsMailed(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		server := mailtest.Start(t, mailtest.Options{})
		hasher, err := secret.New([]byte(pepper), cheap)
		if err != nil {
			t.Fatal(err)
		}
		composer, err := centralmail.NewComposer(centralmail.Config{Library: "試験市立図書館", From: "mado@toshokan.example.jp"})
		if err != nil {
			t.Fatal(err)
		}
		outbox := central.NewMailQueue(central.MailQueueConfig{
			DB: c.db, Hasher: hasher, Composer: composer, Now: c.config.Now,
			Sender: smtpTo(t, centralmail.SMTPConfig{Server: server.Addr, Security: centralmail.StartTLS, CA: server.CA}),
		})
		c.config.Mail = outbox
		c.Service = central.New(c.config)
		id := newKey()
		sealed := c.seal(id, c.request("1001", holdsOf(bibID(0), bibID(0))))
		wantDone(t, c.hand(id, sealed))
		if n := c.count(`SELECT count(*) FROM mail WHERE facts LIKE '%こころ%' OR facts LIKE '%1001%'`); n != 0 {
			t.Error("what the mail is about lies readable in the database")
		}
		wantDone(t, c.hand(id, sealed)) // and no second mail
		if err := outbox.SendDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := server.Mails()
		if len(got) != 1 || got[0].To != "hanako@example.jp" {
			t.Fatalf("mails %+v", got)
		}
		msg, err := mail.ReadMessage(strings.NewReader(got[0].Raw))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, msg.Body))
		if err != nil {
			t.Fatal(err)
		}
		for _, says := range []string{receiptOf(id), "11月24日（火） 17:59", "・こころ 0\r\n　　予約しました。", "・こころ 0\r\n　　すでに予約されている"} {
			if !strings.Contains(string(body), says) {
				t.Errorf("it does not say %q:\n%s", says, body)
			}
		}
		for _, secret := range []string{"1001", "花子", "right"} {
			if strings.Contains(string(body), secret) {
				t.Errorf("it has %q:\n%s", secret, body)
			}
		}
		if _, err := central.Bounced(t.Context(), c.db, c.ledger, "hanako@example.jp", true, c.now); err != nil {
			t.Fatal(err)
		}
		c.leave(c.request("1001", holdsOf(bibID(1))))
		if n := c.count(`SELECT count(*) FROM mail`); n != 0 {
			t.Errorf("%d mails to an address that bounced", n)
		}
	})
}

// FuzzRequests sends anything as the body, and anything in the place of a request that
// is sealed as it should be: never our fault, and nothing happens.
func FuzzRequests(f *testing.F) {
	for _, text := range []string{
		`{"key":"x","sealed":"AAAA"}`, `{"key":"","sealed":null}`, `{"key":1}`, `null`, `[]`, `{}`, ``, "\xff", `{"sealed":"` + strings.Repeat("A", 9000) + `"}`,
		`{"card":"1001","password":"wrong","received_at":"2026-11-24T09:00:00Z","holds":{"bibs":["b0000"],"pickup":"chuo","contact":"none"}}`,
		`{"card":"9999","password":"\u0000","received_at":"0000-01-01T00:00:00Z","renew_item":"\u0000"}`,
		`{"card":"1001","password":"wrong","received_at":"9999-12-31T23:59:59Z","holds":{"bibs":["\u0000","\ud800"],"pickup":"\u0000","contact":"mail","sequence":true}}`,
		`{"card":"\u0000","holds":{}}`, `{"card":"1001","holds":null,"renew_item":""}`,
	} {
		f.Add(text, newKey())
	}
	f.Add(`{}`, "no key")
	var cities []*left
	for _, dsn := range dbtest.Both(f) {
		c := newLeft(f, dbtest.Open(f, dsn))
		p := &c.config.Site.Policy // the throttle is not what this is about
		p.ThrottleAfter, p.LockAfter, p.TerminalCards = 1<<30, 1<<30, 1<<30
		c.Service = central.New(c.config)
		cities = append(cities, c)
	}
	f.Fuzz(func(t *testing.T, text, id string) {
		for _, c := range cities {
			for _, body := range []string{text, c.sealedText(t, id, text)} {
				r := httptest.NewRequest("POST", "/v1/requests", strings.NewReader(body))
				r.Header = http.Header{"Authorization": {"Bearer " + c.secret}, "Content-Type": {"application/json"}, protocol.IdempotencyHeader: {id}}
				w := httptest.NewRecorder()
				c.ServeHTTP(w, r)
				if w.Code != http.StatusNoContent && (w.Code < 400 || w.Code >= 500) {
					t.Errorf("%q as %q: %d %s", text, id, w.Code, w.Body)
				}
			}
			if n, err := count(c.db, `SELECT count(*) FROM hold`); n != 0 || err != nil {
				t.Fatalf("%q: %d holds, %v", text, n, err)
			}
		}
	})
}
