package central_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

func (x *terminal) setEmail(token, key, address string) *http.Response {
	x.t.Helper()
	return x.ask("PUT", "/v1/me/email", protocol.EmailChange{Address: address, Language: "en"}, protocol.SessionHeader, token, protocol.IdempotencyHeader, key)
}

func (x *terminal) deleteEmail(token string) *http.Response {
	x.t.Helper()
	return x.ask("DELETE", "/v1/me/email", nil, protocol.SessionHeader, token, protocol.IdempotencyHeader, newKey())
}

func (x *terminal) confirm(token, key, code string) *http.Response {
	x.t.Helper()
	return x.ask("POST", "/v1/me/email/confirmation", protocol.EmailCode{Code: code}, protocol.SessionHeader, token, protocol.IdempotencyHeader, key)
}

func (x *terminal) emailStatus(token string) library.EmailStatus {
	x.t.Helper()
	return answer[library.EmailStatus](x.t, x.get("/v1/me/email", token))
}

// codeTo is the code of the one mail that was queued, to an address.
func codeTo(t *testing.T, mails []library.Mail, address string) string {
	t.Helper()
	for _, m := range mails {
		if m.Kind == library.MailConfirm {
			if m.To != address || len(m.Code) != 6 || m.Language != "en" {
				t.Errorf("mail %+v, not to %s", m, address)
			}
			return m.Code
		}
	}
	t.Fatalf("no code in %+v", mails)
	return ""
}

func otherCode(code string) string {
	if code == "111111" {
		return "222222"
	}
	return "111111"
}

// Mails come in the language that the terminal spoke, whichever of the list it was; in
// the first where a terminal names another.
func TestEmailLanguages(t *testing.T) {
	languages := library.Languages
	t.Cleanup(func() { library.Languages = languages })
	library.Languages = append(slices.Clone(languages), library.Language{Code: "pt", Name: "Português", Latin: true})
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		for asked, want := range map[string]string{"ja": "ja", "en": "en", "pt": "pt", "": "ja", "xx": "ja", "EN": "ja"} {
			card := "2" + asked
			s.patron(card, func(p *library.Patron) { p.Email = "" })
			x := s.terminal()
			token := x.logIn(card)
			change := protocol.EmailChange{Address: "hanako@example.jp", Language: asked}
			answer[library.EmailStatus](t, x.ask("PUT", "/v1/me/email", change, protocol.SessionHeader, token, protocol.IdempotencyHeader, newKey()))
			x.deleteEmail(token)
			mails := box.take()
			if len(mails) != 2 || mails[0].Language != want || mails[1].Language != want {
				t.Errorf("asked in %q: mails %+v, want them in %s", asked, mails, want)
			}
		}
	})
}

func TestEmail(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.patron("1001", func(p *library.Patron) { p.Email = "" })
		x := s.terminal()
		token := x.logIn("1001")
		if got, want := x.emailStatus(token), (library.EmailStatus{State: library.NoEmail, From: "library@example.jp"}); got != want {
			t.Errorf("without: %+v", got)
		}
		key := newKey()
		got := answer[library.EmailStatus](t, x.setEmail(token, key, " Hanako＠Docomo.ne.jp"))
		want := library.EmailStatus{Address: "Hanako@docomo.ne.jp", State: library.EmailUnconfirmed, CodeSent: true, Carrier: library.Docomo, From: "library@example.jp"}
		if got != want || x.emailStatus(token) != want {
			t.Errorf("registered: %+v, want %+v", got, want)
		}
		answer[library.EmailStatus](t, x.setEmail(token, key, " Hanako＠Docomo.ne.jp")) // asked again: no other mail
		mails := box.take()
		if len(mails) != 1 {
			t.Errorf("mails %+v", mails)
		}
		code := codeTo(t, mails, "Hanako@docomo.ne.jp")
		if n := s.count(`SELECT count(*) FROM patron_email WHERE code_hash LIKE $1`, "%"+code+"%"); n != 0 {
			t.Error("the code is stored readable")
		}
		a := answer[library.Account](t, x.get("/v1/me", token))
		if !slices.Contains(a.Messages, library.MessageUnconfirmed) || !slices.Contains(a.Contacts, library.ByMail) {
			t.Errorf("account %+v", a)
		}

		wantProblem(t, x.confirm(token, newKey(), otherCode(code)), http.StatusConflict, "email_code_wrong")
		got = answer[library.EmailStatus](t, x.confirm(token, newKey(), code))
		want.State, want.CodeSent = library.EmailConfirmed, false
		if got != want || x.emailStatus(token) != want {
			t.Errorf("confirmed: %+v, want %+v", got, want)
		}
		answer[library.EmailStatus](t, x.confirm(token, newKey(), code)) // typed once more: it is confirmed
		if a := answer[library.Account](t, x.get("/v1/me", token)); len(a.Messages) != 0 {
			t.Errorf("account %+v", a)
		}
		// The same again changes nothing.
		if got := answer[library.EmailStatus](t, x.setEmail(token, newKey(), "Hanako@docomo.ne.jp")); got != want || len(box.take()) != 0 {
			t.Errorf("the same again: %+v", got)
		}

		// Another one, and the old one is told.
		got = answer[library.EmailStatus](t, x.setEmail(token, newKey(), "hanako@gmail.com"))
		if got.State != library.EmailUnconfirmed || got.Address != "hanako@gmail.com" || got.Carrier != library.FreeMail {
			t.Errorf("changed: %+v", got)
		}
		mails = box.take()
		if len(mails) != 2 || mails[0].Kind != library.MailMoved || mails[0].To != "Hanako@docomo.ne.jp" || mails[0].Language != "en" || mails[0].Code != "" {
			t.Errorf("mails %+v", mails)
		}
		wantProblem(t, x.confirm(token, newKey(), code), http.StatusConflict, "email_code_wrong") // that was the other address's
		answer[library.EmailStatus](t, x.confirm(token, newKey(), codeTo(t, mails, "hanako@gmail.com")))

		got = answer[library.EmailStatus](t, x.deleteEmail(token))
		if want := (library.EmailStatus{State: library.NoEmail, From: "library@example.jp"}); got != want {
			t.Errorf("deleted: %+v", got)
		}
		if mails := box.take(); len(mails) != 1 || mails[0].Kind != library.MailMoved || mails[0].To != "hanako@gmail.com" {
			t.Errorf("mails %+v", mails)
		}
		answer[library.EmailStatus](t, x.deleteEmail(token)) // nothing more to delete
		if mails := box.take(); len(mails) != 0 {
			t.Errorf("mails %+v", mails)
		}
		if a := answer[library.Account](t, x.get("/v1/me", token)); slices.Contains(a.Contacts, library.ByMail) {
			t.Errorf("account %+v", a)
		}
		wantProblem(t, x.confirm(token, newKey(), code), http.StatusConflict, "no_email")
		wantProblem(t, x.confirm(token, newKey(), ""), http.StatusConflict, "no_email")
		for action, want := range map[string]int{"email.set": 2, "email.confirm": 2, "email.delete": 1} {
			if n := s.audited("patron:p1001", action, "patron:p1001"); n != want {
				t.Errorf("%d audit entries %s, want %d", n, action, want)
			}
		}
		if n := s.count(`SELECT count(*) FROM audit WHERE detail LIKE '%@%'`); n != 0 {
			t.Error("the audit log has an address")
		}
	})
}

func TestRefusedEmails(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.patron("1001", nil)
		x := s.terminal()
		token := x.logIn("1001")
		for address, code := range map[string]string{
			"hanako": "email_invalid", "hana..ko@docomo.ne.jp": "email_dots", "hanako.@docomo.ne.jp": "email_dot_at", ".hanako@docomo.ne.jp": "email_dot_first",
			"hanako@docomo,ne.jp": "email_comma", "hanako@docomo.ne.jp\r\nBcc: taro@example.jp": "email_break", "": "email_invalid",
		} {
			wantProblem(t, x.setEmail(token, newKey(), address), http.StatusConflict, code)
		}
		if got := x.emailStatus(token); got.Address != "hanako@example.jp" || len(box.take()) != 0 {
			t.Errorf("%+v", got)
		}
		wantProblem(t, x.setEmail("", newKey(), "h@example.jp"), http.StatusUnauthorized, "session_ended")
		wantProblem(t, x.setEmail(x.staff(), newKey(), "h@example.jp"), http.StatusUnauthorized, "session_ended")
	})
}

// TestImportedEmail: an address that an import brought is registered, also when it brings
// another one later; it is confirmed by a code, and mails go to it before.
func TestImportedEmail(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.patron("1001", nil)
		x := s.terminal()
		token := x.logIn("1001")
		if got := x.emailStatus(token); got.State != library.EmailRegistered || got.Address != "hanako@example.jp" {
			t.Errorf("imported: %+v", got)
		}
		if a := answer[library.Account](t, x.get("/v1/me", token)); len(a.Messages) != 0 || !slices.Contains(a.Contacts, library.ByMail) {
			t.Errorf("account %+v", a)
		}
		wantProblem(t, x.confirm(token, newKey(), "123456"), http.StatusConflict, "email_code_over")
		seen := answer[library.CounterPatron](t, x.ask("POST", "/v1/staff/patrons", protocol.CardOf{Card: "1001"}, protocol.SessionHeader, x.staff()))
		if seen.Email != library.EmailRegistered {
			t.Errorf("at the counter: %+v", seen)
		}
		answer[library.EmailStatus](t, x.setEmail(token, newKey(), "hanako@gmail.com"))
		code := codeTo(t, box.take(), "hanako@gmail.com")
		s.patron("1001", func(p *library.Patron) { p.Email = "news@example.jp" })
		token = x.logIn("1001")
		if got := x.emailStatus(token); got.State != library.EmailRegistered || got.Address != "news@example.jp" || got.CodeSent {
			t.Errorf("imported anew: %+v", got)
		}
		wantProblem(t, x.confirm(token, newKey(), code), http.StatusConflict, "email_code_over") // of an address that is gone
		if got := x.emailStatus(token); got.State != library.EmailRegistered || got.Address != "news@example.jp" {
			t.Errorf("after the old code: %+v", got)
		}
		box.take()
		// A code can be had for it: as another one, or by registering it once more.
		for n, ask := range []func() *http.Response{
			func() *http.Response { return x.confirm(token, newKey(), "") },
			func() *http.Response { return x.setEmail(token, newKey(), "news@example.jp") },
		} {
			if n > 0 {
				s.exec(`DELETE FROM patron_email`)
			}
			if got := answer[library.EmailStatus](t, ask()); got.State != library.EmailUnconfirmed || !got.CodeSent {
				t.Errorf("%d: a code is on its way: %+v", n, got)
			}
			mails := box.take()
			if len(mails) != 1 || mails[0].Kind != library.MailConfirm || mails[0].To != "news@example.jp" {
				t.Fatalf("%d: mails %+v", n, mails)
			}
			if got := answer[library.EmailStatus](t, x.confirm(token, newKey(), mails[0].Code)); got.State != library.EmailConfirmed {
				t.Errorf("%d: after the code: %+v", n, got)
			}
			s.patron("1001", func(p *library.Patron) { p.Email = "news@example.jp" }) // imported once more, as it is
			token = x.logIn("1001")
			if got := x.emailStatus(token); got.State != library.EmailConfirmed {
				t.Errorf("%d: after another import: %+v", n, got)
			}
		}
	})
}

func TestCodesEnd(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.patron("1001", nil)
		x := s.terminal()
		token := x.logIn("1001")
		over := func(code string) {
			t.Helper()
			wantProblem(t, x.confirm(token, newKey(), code), http.StatusConflict, "email_code_over")
		}
		another := func() string {
			t.Helper()
			s.now = s.now.Add(time.Minute)
			if got := answer[library.EmailStatus](t, x.confirm(token, newKey(), "")); !got.CodeSent {
				t.Errorf("asked for another: %+v", got)
			}
			return codeTo(t, box.take(), "hanako@gmail.com")
		}
		answer[library.EmailStatus](t, x.setEmail(token, newKey(), "hanako@gmail.com"))
		code := codeTo(t, box.take(), "hanako@gmail.com")

		// Tried too often; the same key again is not another try.
		key := newKey()
		for range 3 {
			wantProblem(t, x.confirm(token, key, otherCode(code)), http.StatusConflict, "email_code_wrong")
		}
		for range 3 {
			wantProblem(t, x.confirm(token, newKey(), otherCode(code)), http.StatusConflict, "email_code_wrong")
		}
		over(otherCode(code)) // the fifth
		over(code)
		if got := x.emailStatus(token); got.CodeSent || got.State != library.EmailUnconfirmed {
			t.Errorf("after five tries: %+v", got)
		}

		// A new code ends the old one.
		second := another()
		if second != code {
			wantProblem(t, x.confirm(token, newKey(), code), http.StatusConflict, "email_code_wrong")
		}
		third := another()

		// Too old.
		s.now = s.now.Add(30*time.Minute - time.Second)
		token = x.logIn("1001")
		if !x.emailStatus(token).CodeSent {
			t.Error("over before its time")
		}
		s.now = s.now.Add(time.Second)
		if x.emailStatus(token).CodeSent {
			t.Error("not over in time")
		}
		over(third)
		answer[library.EmailStatus](t, x.confirm(token, newKey(), another()))
	})
}

// TestNobodysMailboxIsFilled: to one address not more than a mail a minute, and a
// patron's mails a day are counted, whatever address they go to.
func TestNobodysMailboxIsFilled(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.patron("1001", nil)
		x := s.terminal()
		token := x.logIn("1001")
		answer[library.EmailStatus](t, x.setEmail(token, newKey(), "h@gmail.com"))
		wantProblem(t, x.confirm(token, newKey(), ""), http.StatusTooManyRequests, "email_soon")
		wantProblem(t, x.setEmail(token, newKey(), "h@gmail.com"), http.StatusTooManyRequests, "email_soon")
		answer[library.EmailStatus](t, x.setEmail(token, newKey(), "hanako@gmail.com")) // a slip, mended at once
		s.now = s.now.Add(59 * time.Second)
		wantProblem(t, x.confirm(token, newKey(), ""), http.StatusTooManyRequests, "email_soon")
		s.now = s.now.Add(time.Second)
		answer[library.EmailStatus](t, x.confirm(token, newKey(), ""))
		for n := range 7 {
			if n%2 == 0 {
				answer[library.EmailStatus](t, x.deleteEmail(token))
			}
			answer[library.EmailStatus](t, x.setEmail(token, newKey(), string(rune('a'+n))+"@gmail.com"))
		}
		wantProblem(t, x.setEmail(token, newKey(), "victim@gmail.com"), http.StatusTooManyRequests, "email_too_many")
		if got := x.emailStatus(token); got.Address != "g@gmail.com" {
			t.Errorf("refused, and yet %+v", got)
		}
		s.now = s.now.Add(time.Minute)
		wantProblem(t, x.confirm(token, newKey(), ""), http.StatusTooManyRequests, "email_too_many")
		answer[library.EmailStatus](t, x.deleteEmail(token)) // always
		confirmations := 0
		for _, m := range box.take() {
			if m.Kind == library.MailConfirm {
				confirmations++
			}
		}
		if confirmations != 10 {
			t.Errorf("%d mails with a code in a day", confirmations)
		}
		s.now = s.now.Add(6 * time.Hour) // 2026-11-25 in Tokyo
		token = x.logIn("1001")
		answer[library.EmailStatus](t, x.setEmail(token, newKey(), "hanako@gmail.com"))
	})
}

// TestBouncingEmail: mails came back; registered or confirmed anew it is as a new one.
func TestBouncingEmail(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.patron("1001", nil)
		s.exec(`INSERT INTO patron_email (patron_id, address, language, confirmed_at, code_hash, code_until, code_tries, bounces, bounced_at, bouncing)
			VALUES ('p1001', 'hanako@example.jp', 'ja', 0, '', 0, 0, 1, $1, TRUE)`, s.now.Add(-24*time.Hour).UnixMilli())
		x := s.terminal()
		token := x.logIn("1001")
		got := x.emailStatus(token)
		if got.State != library.EmailBouncing || got.BouncedOn != (library.Date{Year: 2026, Month: 11, Day: 23}) {
			t.Errorf("bouncing: %+v", got)
		}
		if a := answer[library.Account](t, x.get("/v1/me", token)); !slices.Contains(a.Messages, library.MessageBouncing) {
			t.Errorf("account %+v", a)
		}
		wantProblem(t, x.confirm(token, newKey(), "123456"), http.StatusConflict, "email_code_over")
		got = answer[library.EmailStatus](t, x.setEmail(token, newKey(), "hanako@example.jp"))
		if got.State != library.EmailUnconfirmed || !got.CodeSent || !got.BouncedOn.IsZero() {
			t.Errorf("registered anew: %+v", got)
		}
		answer[library.EmailStatus](t, x.confirm(token, newKey(), codeTo(t, box.take(), "hanako@example.jp")))
		if n := s.count(`SELECT count(*) FROM patron_email WHERE bouncing OR bounces > 0`); n != 0 {
			t.Error("what came back is still counted")
		}
	})
}

// Where no mail is sent nobody is asked for a code, and nothing is confirmed.
func TestEmailWithoutMail(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		x := s.terminal()
		token := x.logIn("1001")
		got := answer[library.EmailStatus](t, x.setEmail(token, newKey(), "hanako@gmail.com"))
		if got.State != library.EmailRegistered || got.CodeSent || got.Address != "hanako@gmail.com" {
			t.Errorf("%+v", got)
		}
	})
}

// TestParallelCodes: as many tries at once as anybody likes see no more codes than
// one after the other.
func TestParallelCodes(t *testing.T) {
	eachWithMail(t, func(t *testing.T, s *server, box *letterbox) {
		s.patron("1001", nil)
		x := s.terminal()
		token := x.logIn("1001")
		answer[library.EmailStatus](t, x.setEmail(token, newKey(), "hanako@gmail.com"))
		code := codeTo(t, box.take(), "hanako@gmail.com")
		var mu sync.Mutex
		outcomes := map[int]int{}
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				resp := x.confirm(token, newKey(), otherCode(code))
				mu.Lock()
				defer mu.Unlock()
				outcomes[resp.StatusCode]++
			})
		}
		all.Wait()
		if n := s.count(`SELECT code_tries FROM patron_email WHERE patron_id = 'p1001'`); n != 5 || outcomes[http.StatusConflict] != 12 {
			t.Errorf("%d tries, answers %v", n, outcomes)
		}
		wantProblem(t, x.confirm(token, newKey(), code), http.StatusConflict, "email_code_over")
	})
}

var _ central.Mailer = (*letterbox)(nil)
