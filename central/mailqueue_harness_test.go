package central_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/ledger"
	centralmail "madoguchi/central/mail"
	"madoguchi/central/mail/mailtest"
	"madoguchi/central/secret"
	"madoguchi/library"
)

// post is a library that sends mails, with a clock that the test sets.
type post struct {
	*central.MailQueue
	t         testing.TB
	db        *db.DB
	catalogue *catalogue.Catalogue
	ledger    *ledger.Ledger
	log       bytes.Buffer // of the outbox; not for tests in which two senders run

	mu  sync.Mutex
	now time.Time
}

// newPost opens a library of two branches and a patron p1 with hanako@example.jp.
func newPost(t testing.TB, d *db.DB, to central.MailSender) *post {
	t.Helper()
	p := &post{t: t, db: d, now: time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)} // noon in Japan
	p.catalogue = catalogue.New(catalogue.Config{DB: d, Now: p.clock})
	p.MailQueue = p.outbox(d, to, nil)
	p.ledger = ledger.New(ledger.Config{DB: d, Catalogue: p.catalogue, Mail: p.MailQueue, Now: p.clock})
	p.MailQueue = p.outbox(d, to, nil) // which now tells the ledger
	open := library.Hours{Open: 9 * 60, Close: 19 * 60}
	for code, name := range map[library.BranchCode]string{"chuo": "中央図書館", "kita": "北図書館"} {
		b := library.Branch{Code: code, Name: name, Calendar: library.Calendar{Hours: [7]library.Hours{open, {}, open, open, open, open, open}}} // closed on Mondays
		if err := p.catalogue.PutBranch(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	p.patron("p1", "hanako@example.jp")
	return p
}

// holdMails is a ledger as a mail queue's, and none for none.
func holdMails(l *ledger.Ledger) central.HoldMails {
	if l == nil {
		return nil
	}
	return l
}

// outbox is that of a process on the same database.
func (p *post) outbox(d *db.DB, to central.MailSender, change func(*central.MailQueueConfig, *centralmail.Config)) *central.MailQueue {
	p.t.Helper()
	hasher, err := secret.New([]byte(pepper), cheap)
	if err != nil {
		p.t.Fatal(err)
	}
	cfg := central.MailQueueConfig{DB: d, Hasher: hasher, Sender: to, PerMinute: 1_000_000, Register: ledger.New(ledger.Config{DB: d}), Holds: holdMails(p.ledger), Now: p.clock, Log: slog.New(slog.NewTextHandler(&p.log, nil))}
	words := centralmail.Config{Library: "試験市立図書館", From: "mado@toshokan.example.jp", CodeFor: 30 * time.Minute}
	if change != nil {
		change(&cfg, &words)
	}
	if cfg.Composer, err = centralmail.NewComposer(words); err != nil {
		p.t.Fatal(err)
	}
	return central.NewMailQueue(cfg)
}

func (p *post) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *post) pass(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

func (p *post) patron(id library.PatronID, email string) {
	p.t.Helper()
	err := p.ledger.PutPatrons(context.Background(), library.Patron{ID: id, Card: strings.TrimPrefix(string(id), "p"), Name: "港 花子", Email: email})
	if err != nil {
		p.t.Fatal(err)
	}
}

// queue queues a mail in a transaction of its own.
func (p *post) queue(m library.Mail) {
	p.t.Helper()
	if m.At.IsZero() {
		m.At = p.clock()
	}
	err := p.db.Tx(context.Background(), func(tx *db.Tx) error { return p.Queue(context.Background(), tx, m) })
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) send() {
	p.t.Helper()
	if err := p.SendDue(context.Background()); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) waiting() int {
	p.t.Helper()
	return p.count(`SELECT count(*) FROM mail`)
}

func (p *post) count(query string, args ...any) int {
	p.t.Helper()
	n, err := count(p.db, query, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p *post) exec(query string, args ...any) {
	p.t.Helper()
	err := p.db.Tx(context.Background(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(context.Background(), query, args...)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func eachPost(t *testing.T, to central.MailSender, test func(*testing.T, *post)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newPost(t, d, to)) })
}

// smtpTo returns a sender to a test server.
func smtpTo(t testing.TB, cfg centralmail.SMTPConfig) central.MailSender {
	t.Helper()
	cfg.Sender = "bounces@toshokan.example.jp"
	s, err := centralmail.NewSMTP(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// senderFunc is a mail server in the words of a test.
type senderFunc func(id, to string, message []byte) error

func (f senderFunc) Send(_ context.Context, id, to string, message []byte) error {
	return f(id, to, message)
}
func (senderFunc) Close() error { return nil }

// kept is a mail server that takes everything and keeps it.
type kept struct {
	mu  sync.Mutex
	ids []string
	to  []string
	raw []string
}

func (k *kept) Send(_ context.Context, id, to string, message []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ids, k.to, k.raw = append(k.ids, id), append(k.to, to), append(k.raw, string(message))
	return nil
}
func (*kept) Close() error { return nil }

func messageID(t testing.TB, m mailtest.Mail) string {
	t.Helper()
	msg, err := mail.ReadMessage(strings.NewReader(m.Raw))
	if err != nil {
		t.Fatalf("%v in %q", err, m.Raw)
	}
	return msg.Header.Get("Message-Id")
}
