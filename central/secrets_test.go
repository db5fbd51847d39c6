package central_test

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"testing"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// letterbox keeps the mails that were queued.
type letterbox struct {
	mu    sync.Mutex
	mails []library.Mail
}

func (b *letterbox) Queue(_ context.Context, _ *db.Tx, m library.Mail) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mails = append(b.mails, m)
	return nil
}

// take returns the mails since it was last asked.
func (b *letterbox) take() []library.Mail {
	all := b.mails
	b.mails = nil
	return all
}

// eachWithMail is each, with mails that go into a box, and terms.
func eachWithMail(t *testing.T, test func(*testing.T, *server, *letterbox)) {
	t.Helper()
	each(t, func(t *testing.T, s *server) {
		box := &letterbox{}
		cfg := s.config
		cfg.Mail = box
		cfg.Site.Terms = library.Terms{Version: termsVersion, Text: map[string]string{"ja": "利用条件"}}
		cfg.Site.MailFrom = "library@example.jp"
		s.Service = central.New(cfg)
		test(t, s, box)
	})
}

// hanako puts the patron of card 1001, with all that an application asks for.
func (s *server) hanako() library.PatronID {
	s.t.Helper()
	return s.patron("1001", func(p *library.Patron) {
		p.BornOn = library.Date{Year: 2012, Month: 7, Day: 3}
		p.Phones = []string{"0312345678", "09011112222"}
		p.Reading = "みなと はなこ"
	})
}

// application is one of hanako's that is right.
func application(change ...func(*library.Application)) library.Application {
	a := library.Application{
		Card: "1001", BornOn: library.Date{Year: 2012, Month: 7, Day: 3}, Phone: "03-1234-5678", Password: "New7pass", Terms: termsVersion,
	}
	for _, c := range change {
		c(&a)
	}
	return a
}

func (x *terminal) apply(key string, a library.Application) *http.Response {
	x.t.Helper()
	return x.ask("POST", "/v1/password-applications", a, protocol.IdempotencyHeader, key)
}

// termsVersion is of the terms that an applicant must agree to.
const termsVersion = "2026-11"

// changePassword agrees to the terms where there is no present password to name.
func (x *terminal) changePassword(token, key, present, password string) *http.Response {
	x.t.Helper()
	change := protocol.PasswordChange{Present: present, New: password}
	if present == "" {
		change.Terms = termsVersion
	}
	return x.ask("PUT", "/v1/me/password", change, protocol.SessionHeader, token, protocol.IdempotencyHeader, key)
}

func (x *terminal) issue(staff, key, card string) *http.Response {
	x.t.Helper()
	return x.ask("POST", "/v1/staff/temporary-passwords", protocol.TemporaryPassword{Card: card, Document: library.HealthInsurance},
		protocol.SessionHeader, staff, protocol.IdempotencyHeader, key)
}

func wantDone(t testing.TB, resp *http.Response) {
	t.Helper()
	if got := read(t, resp); got.status != http.StatusNoContent || got.body != "" {
		t.Errorf("got %d %q, want 204 and nothing", got.status, got.body)
	}
}

// audited counts the entries of an action by somebody about somebody.
func (s *server) audited(actor, action, subject string) int {
	s.t.Helper()
	return s.count(`SELECT count(*) FROM audit WHERE actor = $1 AND action = $2 AND subject = $3`, actor, action, subject)
}

// exec changes the database behind the service's back.
func (s *server) exec(query string, args ...any) {
	s.t.Helper()
	ctx := context.Background()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func decode(t testing.TB, resp *http.Response, into any) {
	t.Helper()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}
