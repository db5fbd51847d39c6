package central_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	centralmail "madoguchi/central/mail"
	"madoguchi/central/mail/mailtest"
	"madoguchi/library"
)

// TestMailsOfAHold takes a hold from the desk to the patron's mail program: ready, and
// expired, over TLS.
func TestMailsOfAHold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		server := mailtest.Start(t, mailtest.Options{User: "mado", Password: "secret"})
		p := newPost(t, d, smtpTo(t, centralmail.SMTPConfig{Server: server.Addr, Security: centralmail.StartTLS, CA: server.CA, User: "mado", Password: "secret"}))
		ctx := t.Context()
		p.patron("p2", "jiro@example.jp")
		p.patron("p3", "saburo@example.jp")
		r := library.Record{Bib: library.Bib{ID: "b1", Kind: library.Book, Title: "こころ\nBcc: x@example.jp"}, Items: []library.Item{{ID: "i1", Barcode: "i1", Branch: "chuo", Lendable: true, State: library.OnShelf}}}
		if _, err := p.catalogue.Put(ctx, r); err != nil {
			t.Fatal(err)
		}
		if _, _, err := p.ledger.Checkout(ctx, "3", "i1", ""); err != nil {
			t.Fatal(err)
		}
		for patron, contact := range map[library.PatronID]library.Contact{"p1": library.ByMail, "p2": library.NoNews} {
			if patron == "p2" {
				p.pass(time.Minute)
			}
			answers, err := p.ledger.PlaceHolds(ctx, patron, library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: contact})
			if err != nil || answers[0].Refusal != "" {
				t.Fatalf("%+v, %v", answers, err)
			}
			p.exec(`UPDATE hold SET received_at = $1 WHERE patron_id = $2`, map[library.PatronID]int{"p1": 1, "p2": 2}[patron], string(patron))
		}
		if p.waiting() != 0 {
			t.Fatal("a mail before there is anything to tell")
		}
		if _, err := p.ledger.Return(ctx, "i1", "chuo"); err != nil {
			t.Fatal(err)
		}
		if p.waiting() != 1 || len(server.Mails()) != 0 {
			t.Fatalf("%d mails wait, %d were sent", p.waiting(), len(server.Mails()))
		}
		if n := p.count(`SELECT count(*) FROM mail WHERE facts LIKE '%hanako%' OR facts LIKE '%こころ%' OR domain <> 'example.jp'`); n != 0 {
			t.Error("what the mail is about can be read in the database")
		}
		p.send()
		p.pass(9 * 24 * time.Hour)
		if n, err := p.ledger.ExpireHolds(ctx, nil); err != nil || n != 1 {
			t.Fatalf("%d, %v", n, err)
		}
		p.send()
		got := server.Mails()
		if len(got) != 2 || p.waiting() != 0 {
			t.Fatalf("%d mails came, %d wait", len(got), p.waiting())
		}
		for i, says := range [][]string{
			{"予約された資料をご用意できました", "こころ Bcc: x@example.jp", "中央図書館", "12月3日（木）"},
			{"取り置き期限がすぎました", "こころ Bcc: x@example.jp", "12月3日（木）"},
		} {
			msg, err := mail.ReadMessage(strings.NewReader(got[i].Raw))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, msg.Body))
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range says {
				if !strings.Contains(string(body), text) {
					t.Errorf("mail %d does not say %q:\n%s", i, text, body)
				}
			}
			if got[i].To != "hanako@example.jp" || got[i].From != "bounces@toshokan.example.jp" || msg.Header.Get("Bcc") != "" {
				t.Errorf("mail %d goes from %s to %s, Bcc %q", i, got[i].From, got[i].To, msg.Header.Get("Bcc"))
			}
			for _, secret := range []string{"港", "花子", "p1"} {
				if strings.Contains(string(body), secret) {
					t.Errorf("mail %d names the patron: %q", i, secret)
				}
			}
		}
	})
}

// TestMailServerFailsForAnHour holds that whatever is wrong with the mail server for an
// hour, every mail arrives after it; and that what arrives more than once is the same to
// the byte, though the wordings and the branch change meanwhile and another process
// sends it.
func TestMailServerFailsForAnHour(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, fault := range mailtest.Faults {
			t.Run(string(fault), func(t *testing.T) {
				server := mailtest.StartFaulty(t)
				to := smtpTo(t, centralmail.SMTPConfig{Server: server.Addr, Security: centralmail.Plain, Timeout: 40 * time.Millisecond})
				p := newPost(t, d, to)
				server.Set(fault)
				want := 0
				for minute := range 60 {
					if minute%20 == 0 { // what patrons do goes on all the time
						p.queue(library.Mail{Kind: library.MailHoldReady, Patron: "p1", To: "hanako@example.jp", Title: fmt.Sprint("本", want), Branch: "chuo"})
						want++
					}
					if minute == 30 {
						if err := p.catalogue.PutBranch(t.Context(), library.Branch{Code: "chuo", Name: "新しい中央図書館"}); err != nil {
							t.Fatal(err)
						}
						p.MailQueue = p.outbox(d, to, func(_ *central.MailQueueConfig, words *centralmail.Config) {
							words.Library = "別の名前の図書館"
						})
					}
					p.send()
					p.pass(time.Minute)
				}
				if got := len(server.Taken()); got != 0 || p.waiting() != want {
					t.Fatalf("%d mails were taken, %d of %d wait", got, p.waiting(), want)
				}
				if tries := p.count(`SELECT sum(tries) FROM mail`); tries < want || tries > 8*want {
					t.Errorf("%d mails were tried %d times in an hour", want, tries)
				}
				server.Set(mailtest.NoFault)
				for range 3 * 60 {
					p.send()
					p.pass(time.Minute)
				}
				taken := server.Taken()
				if len(taken) != want || p.waiting() != 0 {
					t.Fatalf("%d mails of %d arrived, %d wait", len(taken), want, p.waiting())
				}
				bytes := map[string]string{} // by Message-ID
				for _, m := range append(taken, server.Unanswered()...) {
					id := messageID(t, m)
					if before, ok := bytes[id]; ok && before != m.Raw {
						t.Errorf("%s came twice, and differs:\n%s\n%s", id, before, m.Raw)
					}
					bytes[id] = m.Raw
				}
				if len(bytes) != want {
					t.Errorf("%d mails have %d Message-IDs", want, len(bytes))
				}
				if log := p.log.String(); strings.Contains(log, "hanako") || strings.Contains(log, "本0") {
					t.Errorf("the log names the patron or the title:\n%s", log)
				}
			})
		}
	})
}

// TestNobodyWaitsForTheMailServer lets it hang, and does a patron's and the desk's work.
func TestNobodyWaitsForTheMailServer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		hangs, goOn := make(chan struct{}), make(chan struct{})
		var once sync.Once
		p := newPost(t, d, senderFunc(func(string, string, []byte) error {
			once.Do(func() { close(hangs) })
			<-goOn
			return nil
		}))
		p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "hanako@example.jp"})
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- p.Run(ctx) }()
		<-hangs
		for n := range 20 {
			p.queue(library.Mail{Kind: library.MailPasswordSet, Patron: "p1", To: "hanako@example.jp"})
			p.patron(library.PatronID(fmt.Sprint("p9", n)), "")
		}
		if p.waiting() != 21 {
			t.Errorf("%d mails wait", p.waiting())
		}
		close(goOn)
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestWhatIsQueued holds that what is not committed is not sent, and what Queue leaves out.
func TestWhatIsQueued(t *testing.T) {
	to := &kept{}
	eachPost(t, to, func(t *testing.T, p *post) {
		*to = kept{}
		failed := errors.New("the effect failed")
		err := p.db.Tx(t.Context(), func(tx *db.Tx) error {
			if err := p.Queue(t.Context(), tx, library.Mail{Kind: library.MailMoved, Patron: "p1", To: "hanako@example.jp", At: p.clock()}); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "never checked"})
		if p.waiting() != 0 {
			t.Errorf("%d mails wait", p.waiting())
		}
		if err := (*central.MailQueue)(nil).Queue(t.Context(), nil, library.Mail{To: "hanako@example.jp"}); err != nil {
			t.Errorf("a library that sends no mails: %v", err)
		}
		p.exec(`INSERT INTO patron_ref (id) VALUES ('p1')`)
		p.exec(`INSERT INTO patron_email (patron_id, address, language, confirmed_at, code_hash, code_until, code_tries, bounces, bounced_at, bouncing)
			VALUES ('p1', 'hanako@example.jp', 'en', 1, '', 0, 0, 0, 0, FALSE)`)
		p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "hanako@example.jp"})
		p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "old@example.jp"})
		p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "hanako@example.jp", Language: "ja"})
		p.pass(time.Millisecond)
		p.send()
		english := 0
		for _, raw := range to.raw {
			if strings.Contains(raw, "Content-Language: en") {
				english++
			}
		}
		if len(to.raw) != 3 || english != 1 {
			t.Errorf("%d mails, %d in English; the patron's language is that of the address", len(to.raw), english)
		}
		p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "hanako@example.jp"})
		p.exec(`DELETE FROM patron_ref WHERE id = 'p1'`)
		if p.waiting() != 0 {
			t.Error("a patron who is gone is written to")
		}
	})
}

// TestTwoProcessesOnOneDatabase holds that a mail is one sender's at a time.
func TestTwoProcessesOnOneDatabase(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			dsn := dsn(t)
			to := &kept{}
			p := newPost(t, dbtest.Open(t, dsn), to)
			quiet := func(cfg *central.MailQueueConfig, _ *centralmail.Config) { cfg.Log = nil }
			senders := []*central.MailQueue{p.outbox(p.db, to, quiet), p.outbox(dbtest.Open(t, dsn), to, quiet)}
			const mails = 60
			for range mails {
				p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "hanako@example.jp"})
			}
			var all sync.WaitGroup
			for _, s := range senders {
				all.Go(func() {
					if err := s.SendDue(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			once := slices.Compact(slices.Sorted(slices.Values(to.ids)))
			if len(to.ids) != mails || len(once) != mails || p.waiting() != 0 {
				t.Errorf("%d mails were sent as %d, %d wait", len(once), len(to.ids), p.waiting())
			}
		})
	}
}

// TestAProcessThatDied leaves a mail to the others, after its time.
func TestAProcessThatDied(t *testing.T) {
	to := &kept{}
	eachPost(t, to, func(t *testing.T, p *post) {
		*to = kept{}
		hangs, goOn, done := make(chan string), make(chan struct{}), make(chan error)
		stuck := p.outbox(p.db, senderFunc(func(id, _ string, _ []byte) error {
			hangs <- id
			<-goOn
			return nil
		}), func(cfg *central.MailQueueConfig, _ *centralmail.Config) { cfg.Log = nil })
		p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "hanako@example.jp"})
		go func() { done <- stuck.SendDue(context.Background()) }()
		id := <-hangs
		p.pass(9 * time.Minute)
		if p.send(); len(to.ids) != 0 {
			t.Fatal("a mail is sent by two at a time")
		}
		p.pass(2 * time.Minute)
		if p.send(); !slices.Equal(to.ids, []string{id}) || p.waiting() != 0 {
			t.Fatalf("%v was sent, %d wait", to.ids, p.waiting())
		}
		close(goOn)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestAServerThatIsToldToEnd gives back what it had claimed.
func TestAServerThatIsToldToEnd(t *testing.T) {
	eachPost(t, nil, func(t *testing.T, p *post) {
		ctx, end := context.WithCancel(t.Context())
		p.MailQueue = p.outbox(p.db, senderFunc(func(string, string, []byte) error {
			end()
			return &centralmail.Failure{Step: "DATA"}
		}), nil)
		p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "hanako@example.jp"})
		if err := p.SendDue(ctx); err != nil {
			t.Fatal(err)
		}
		if n := p.count(`SELECT count(*) FROM mail WHERE claimed_at = 0 AND tries = 0`); n != 1 {
			t.Error("the mail is not as it was")
		}
	})
}

// TestAMailIsGivenUp after three days, and says so without the address.
func TestAMailIsGivenUp(t *testing.T) {
	eachPost(t, nil, func(t *testing.T, p *post) {
		var tried []time.Time
		p.MailQueue = p.outbox(p.db, senderFunc(func(_, to string, _ []byte) error {
			tried = append(tried, p.clock())
			return &centralmail.Failure{Step: "RCPT", Code: 450, Answer: "<" + to + "> later"}
		}), nil)
		p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "hanako@example.jp"})
		start := p.clock()
		for p.waiting() > 0 && p.clock().Sub(start) < 5*24*time.Hour {
			p.send()
			if next := p.count(`SELECT coalesce(min(next_at), 0) FROM mail`); next > 0 {
				p.pass(time.UnixMilli(int64(next)).Sub(p.clock()))
			}
		}
		last := tried[len(tried)-1].Sub(start)
		if p.waiting() != 0 || last < 72*time.Hour || last > 77*time.Hour || len(tried) < 20 || len(tried) > 40 {
			t.Errorf("%d tries, the last after %v; %d wait", len(tried), last, p.waiting())
		}
		for i, least := range []time.Duration{48 * time.Second, 96 * time.Second, 192 * time.Second} {
			if gap := tried[i+1].Sub(tried[i]); gap < least || gap > least*3/2 {
				t.Errorf("try %d comes %v after the one before", i+2, gap)
			}
		}
		if log := p.log.String(); !strings.Contains(log, "given up") || strings.Contains(log, "hanako") {
			t.Errorf("the log says:\n%s", log)
		}
		if n := p.count(`SELECT count(*) FROM patron_email WHERE bouncing`); n != 0 {
			t.Error("the address is marked, though nobody said that it takes no mail")
		}
	})
}

func TestAnAddressThatIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		server := mailtest.Start(t, mailtest.Options{})
		p := newPost(t, d, smtpTo(t, centralmail.SMTPConfig{Server: server.Addr, Security: centralmail.StartTLS, CA: server.CA}))
		m := library.Mail{Kind: library.MailMoved, Patron: "p1", To: "hanako@example.jp"}
		server.Refuse(func(string) error {
			return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "relay access denied"}
		})
		p.queue(m)
		p.send()
		if p.waiting() != 1 || p.count(`SELECT count(*) FROM patron_email WHERE bouncing`) != 0 {
			t.Fatal("a server that does not relay for us says nothing of the patron's address")
		}
		server.Refuse(func(to string) error {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + "> user unknown"}
		})
		p.pass(time.Hour)
		p.send()
		if p.waiting() != 0 || p.count(`SELECT count(*) FROM patron_email WHERE patron_id = 'p1' AND bouncing AND bounces = 1 AND address = 'hanako@example.jp'`) != 1 {
			t.Fatal("the address is not marked")
		}
		p.queue(m)
		if p.waiting() != 0 {
			t.Error("an address that takes no mail is written to")
		}
		server.Refuse(nil)
		p.queue(library.Mail{Kind: library.MailConfirm, Patron: "p1", To: "hanako@example.jp", Code: "123456"})
		if p.send(); len(server.Mails()) != 1 {
			t.Error("it cannot be confirmed again")
		}
		if strings.Contains(p.log.String(), "hanako") {
			t.Errorf("the log names the patron:\n%s", p.log.String())
		}
	})
}

// TestADomainGetsSoManyAMinute also holds that codes, for which patrons wait, go first.
func TestADomainGetsSoManyAMinute(t *testing.T) {
	to := &kept{}
	eachPost(t, to, func(t *testing.T, p *post) {
		*to = kept{}
		p.MailQueue = p.outbox(p.db, to, func(cfg *central.MailQueueConfig, _ *centralmail.Config) { cfg.PerMinute = 60 })
		for range 20 {
			p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "a@docomo.ne.jp"})
		}
		p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: "b@example.jp"})
		p.queue(library.Mail{Kind: library.MailConfirm, Patron: "p1", To: "c@docomo.ne.jp", Code: "123456"})
		p.send()
		if len(to.to) != 11 || to.to[0] != "c@docomo.ne.jp" || !slices.Contains(to.to, "b@example.jp") {
			t.Errorf("at once: %v", to.to)
		}
		p.pass(5 * time.Second)
		if p.send(); len(to.to) != 16 {
			t.Errorf("after 5 s of 60 a minute %d", len(to.to))
		}
		p.pass(time.Minute)
		if p.send(); len(to.to) != 22 || p.waiting() != 0 {
			t.Errorf("%d were sent, %d wait", len(to.to), p.waiting())
		}
	})
}

func TestBouncesMarkAnAddress(t *testing.T) {
	eachPost(t, nil, func(t *testing.T, p *post) {
		bounce := func(address string, hard bool, patrons int) {
			t.Helper()
			n, err := central.Bounced(t.Context(), p.db, p.ledger, address, hard, p.clock())
			if err != nil || n != patrons {
				t.Errorf("%s: %d patrons, %v; want %d", address, n, err, patrons)
			}
		}
		bouncing := func(patron string) bool {
			t.Helper()
			return p.count(`SELECT count(*) FROM patron_email WHERE patron_id = $1 AND bouncing`, patron) == 1
		}
		p.patron("p2", "Family@example.jp")
		p.patron("p3", "Family@example.jp")
		bounce("nobody@example.jp", true, 0)
		for n := range 3 {
			if bouncing("p1") {
				t.Errorf("marked after %d", n)
			}
			bounce("hanako@example.jp", false, 1)
			p.pass(24 * time.Hour)
		}
		if !bouncing("p1") {
			t.Error("not marked after three")
		}
		bounce("family@EXAMPLE.jp", true, 2) // not every server keeps the case
		if !bouncing("p2") || !bouncing("p3") {
			t.Error("not marked after one for good")
		}
		// An import brought another address: of that nothing is known.
		p.exec(`UPDATE patron_email SET confirmed_at = 7, code_hash = 'x', code_sent = 5 WHERE patron_id = 'p1'`)
		p.exec(`UPDATE patron SET email = 'new@example.jp' WHERE id = 'p1'`)
		bounce("hanako@example.jp", true, 0)
		bounce("new@example.jp", false, 1)
		if n := p.count(`SELECT count(*) FROM patron_email WHERE patron_id = 'p1' AND address = 'new@example.jp' AND bounces = 1 AND NOT bouncing AND confirmed_at = 0 AND code_hash = '' AND code_sent = 0`); n != 1 {
			t.Error("what was known of the old address is said of the new one")
		}
	})
}

func TestMailsInTheMetrics(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	s := newServer(t, d)
	p := newPost(t, d, senderFunc(func(_, to string, _ []byte) error {
		if strings.HasPrefix(to, "bad") {
			return &centralmail.Failure{Step: "RCPT", Code: 550, Status: "5.1.1"}
		}
		if strings.HasPrefix(to, "late") {
			return &centralmail.Failure{Step: "RCPT", Code: 450}
		}
		return nil
	}))
	s.config.MailQueue = p.MailQueue
	s.Service = central.New(s.config)
	for _, to := range []string{"a@example.jp", "b@example.jp", "bad@example.jp", "late@example.jp"} {
		p.queue(library.Mail{Kind: library.MailMoved, Patron: "p1", To: to})
	}
	p.send()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{
		`madoguchi_mails_queued{kind="moved"} 1`, `madoguchi_mails_queued{kind="confirm"} 0`, `madoguchi_mails_sent_total{kind="moved"} 2`,
		`madoguchi_mails_refused_total 1`, `madoguchi_mail_tries_failed_total 1`, `madoguchi_mails_given_up_total 0`,
	} {
		if !strings.Contains(w.Body.String(), line+"\n") {
			t.Errorf("there is no %s", line)
		}
	}
	if strings.Contains(w.Body.String(), "example.jp") {
		t.Error("the figures name an address")
	}
	waiting, err := central.QueuedMails(t.Context(), d, p.clock().Add(2*time.Hour))
	if want := []central.QueuedMail{{Kind: library.MailMoved, Day: 1, Failed: 1}}; err != nil || !slices.Equal(waiting, want) {
		t.Errorf("%+v, %v", waiting, err)
	}
	if n, err := central.RetryMails(t.Context(), d, p.clock()); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if n := p.count(`SELECT count(*) FROM mail WHERE next_at <= $1`, p.clock().UnixMilli()); n != 1 {
		t.Error("it is not due")
	}
}
