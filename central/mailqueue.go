package central

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/db"
	"madoguchi/central/mail"
	"madoguchi/central/secret"
	"madoguchi/library"
)

// MailSender hands a mail over. What went wrong is a *mail.Failure. The id names the
// mail for good.
type MailSender interface {
	Send(ctx context.Context, id, to string, message []byte) error
	Close() error
}

// MailQueueConfig is what a MailQueue is made of.
type MailQueueConfig struct {
	DB     *db.DB         // open and migrated
	Hasher *secret.Hasher // seals what waits in the database

	Register Register       // where an address is marked that is refused for good; nil: nowhere
	Holds    HoldMails      // told of the mails that tell of holds; nil: nobody is
	Zone     *time.Location // in which days begin and end; nil: Japan's

	// Composer words the mails and Sender hands them over. Both are used by Run only.
	Composer *mail.Composer
	Sender   MailSender

	PerMinute int              // mails a minute to one domain, by this process; 0: MailsPerMinute
	Log       *slog.Logger     // nil: no log
	Now       func() time.Time // nil: time.Now
}

// MailQueue is the queue of mails to patrons, in the database. Whoever wants one sent
// queues it in the transaction of what it tells of; Run sends it after the commit, and
// nobody waits for that. Every mail is sent at least once: where it cannot be known
// whether the mail server has taken it, the same bytes are sent again, by whose
// Message-ID the receiving side knows them.
//
// A nil *MailQueue is that of a library that sends no mails.
type MailQueue struct {
	cfg     MailQueueConfig
	rate    *domainRate
	metrics *mailMetrics
	pause   time.Duration // after the last mail, since the mail server was not there; 0: it was
	resume  time.Time     // when pause ends
}

// MailsPerMinute is how many mails go to one domain in a minute, where a config does not
// say.
const MailsPerMinute = 60

// NewMailQueue returns the queue in a database. It sends nothing before Run.
func NewMailQueue(cfg MailQueueConfig) *MailQueue {
	if cfg.PerMinute == 0 {
		cfg.PerMinute = MailsPerMinute
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = library.Site{}.Location()
	}
	return &MailQueue{cfg: cfg, rate: newDomainRate(cfg.PerMinute), metrics: newMailMetrics()}
}

// Queue has a mail sent after the transaction's commit, and not at all without it. In
// the language of the patron, where the mail names none. What cannot be written to is
// no error: mails to an address that bounced go nowhere, but for the one that confirms
// it again.
func (mq *MailQueue) Queue(ctx context.Context, tx *db.Tx, m library.Mail) error {
	if mq == nil {
		return nil
	}
	to, err := library.ParseEmail(m.To)
	if err != nil { // imported, and never checked
		mq.cfg.Log.Warn("a patron's registered address is none; nothing is sent", "kind", m.Kind)
		return nil
	}
	m.To = to
	known, err := emailOf(ctx, tx, m.Patron, to)
	if err != nil {
		return fmt.Errorf("queue a mail: %w", err)
	}
	if known.bounces.Bouncing && m.Kind != library.MailConfirm {
		return nil
	}
	if m.Language == "" {
		m.Language = known.language
	}
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("queue a mail: %w", err)
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return fmt.Errorf("queue a mail: %w", err)
	}
	if m.Patron != "" {
		if err := refer(ctx, tx, m.Patron); err != nil {
			return fmt.Errorf("queue a mail: %w", err)
		}
	}
	now := mq.cfg.Now().UnixMilli()
	_, err = tx.ExecContext(ctx, `INSERT INTO mail (id, patron_id, kind, domain, facts, message, queued_at, next_at, claimed_at, tries)
		VALUES ($1, $2, $3, $4, $5, '', $6, $6, 0, 0)`,
		id.String(), nullString(string(m.Patron)), string(m.Kind), emailDomain(to), mq.cfg.Hasher.Seal(text), now)
	if err != nil {
		return fmt.Errorf("queue a mail: %w", err)
	}
	return nil
}

// Reaches reports whether mails go to an address of a patron: it is one, and they did not
// come back.
func (mq *MailQueue) Reaches(ctx context.Context, tx *db.Tx, patron library.PatronID, address string) (bool, error) {
	if mq == nil {
		return false, nil
	}
	to, err := library.ParseEmail(address)
	if err != nil {
		return false, nil // imported, and never checked
	}
	known, err := emailOf(ctx, tx, patron, to)
	return !known.bounces.Bouncing, err
}

// mailsEvery is how often Run looks for mails. One question to an index: nothing.
const mailsEvery = 2 * time.Second

// Run sends what is due, until the context ends. Trouble is logged and tried again;
// several processes may run it on one database.
func (mq *MailQueue) Run(ctx context.Context) error {
	tick := time.NewTicker(mailsEvery)
	defer tick.Stop()
	for {
		if err := mq.sendDue(ctx); err != nil && ctx.Err() == nil {
			mq.cfg.Log.Error("the queue of mails cannot be read, will be tried again", "err", err)
		}
		select {
		case <-ctx.Done():
			return mq.cfg.Sender.Close()
		case <-tick.C:
		}
	}
}

// sendDue sends mails until none is due that may be sent now.
func (mq *MailQueue) sendDue(ctx context.Context) error {
	for ctx.Err() == nil {
		if mq.cfg.Now().Before(mq.resume) {
			return nil
		}
		found, err := mq.sendNext(ctx)
		if err != nil || !found {
			return errors.Join(err, mq.measure(ctx))
		}
	}
	return nil
}

// sendLimit is how long handing over one mail may take in all.
const sendLimit = 5 * time.Minute

// sendNext sends the next mail, if one is due.
func (mq *MailQueue) sendNext(ctx context.Context) (found bool, err error) {
	q, found, err := mq.claim(ctx)
	if err != nil || !found {
		return false, err
	}
	if q.void {
		return true, mq.drop(ctx, q)
	}
	// What is done of the mail is noted also when the server is told to end.
	settle := context.WithoutCancel(ctx)
	if q.err == nil {
		limited, cancel := context.WithTimeout(ctx, sendLimit)
		q.err = mq.cfg.Sender.Send(limited, q.id, q.facts.To, q.message)
		cancel()
	}
	failed := (*mail.Failure)(nil)
	switch {
	case q.err == nil:
		mq.pause = 0
		mq.metrics.sent.WithLabelValues(string(q.kind)).Inc()
		return true, mq.taken(settle, q)
	case ctx.Err() != nil:
		return true, mq.giveBack(settle, q)
	case errors.As(q.err, &failed) && failed.BadAddress():
		mq.metrics.refused.Inc()
		mq.cfg.Log.Warn("an address is refused for good", "mail", q.id, "kind", q.kind, "err", failed)
		return true, mq.refuse(settle, q)
	case errors.As(q.err, &failed) && failed.NoServer():
		mq.pause = min(max(2*mq.pause, pauseFirst), pauseMost)
		mq.resume = mq.cfg.Now().Add(mq.pause)
	}
	mq.metrics.failed.Inc()
	if mq.cfg.Now().Sub(q.queuedAt) >= giveUpAfter {
		mq.metrics.givenUp.Inc()
		mq.cfg.Log.Error("a mail is given up", "mail", q.id, "kind", q.kind, "tries", q.tries+1, "err", q.err)
		return true, mq.giveUp(settle, q)
	}
	mq.cfg.Log.Warn("a mail was not sent, will be tried again", "mail", q.id, "kind", q.kind, "tries", q.tries+1, "err", q.err)
	return true, mq.postpone(settle, q)
}
