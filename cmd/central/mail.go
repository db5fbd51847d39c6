package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"madoguchi/central"
	"madoguchi/central/mail"
	"madoguchi/library"
)

type mailCmd struct {
	Test    mailTestCmd    `cmd:"" help:"Send samples of the mails to an address, past the queue."`
	List    mailListCmd    `cmd:"" help:"Say how many mails wait, and since when."`
	Retry   mailRetryCmd   `cmd:"" help:"Let the mails that wait for another try be tried now."`
	Bounces mailBouncesCmd `cmd:"" help:"Read mails that came back, and mark the addresses that they are of."`
}

// errNoMail says that no mails are sent.
var errNoMail = errors.New("no mails are sent: there is no [mail] in the settings file")

type mailTestCmd struct {
	Address  string             `arg:"" help:"Who gets the samples."`
	Language string             `help:"In which they are worded: ${languages}. Default: the first."`
	Kind     []library.MailKind `help:"Of which kind: ${mail_kinds}. Default: one of each." placeholder:"KIND"`
}

// Run sends the samples, and tells all that the mail server answers.
func (c *mailTestCmd) Run(a *app) (err error) {
	if !a.settings.Mail.on() {
		return errNoMail
	}
	to, err := library.ParseEmail(c.Address)
	if err != nil {
		return fmt.Errorf("%q is not an e-mail address", c.Address)
	}
	composer, err := a.settings.composer()
	if err != nil {
		return err
	}
	sender, err := a.settings.mailSender()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sender.Close()) }()
	kinds := c.Kind
	if len(kinds) == 0 {
		kinds = library.MailKinds
	}
	for _, kind := range kinds {
		m, at := mail.Sample(kind, to, c.Language, time.Now())
		id, err := uuid.NewRandom()
		if err != nil {
			return err
		}
		message, err := composer.Compose(id.String(), m, at)
		if err != nil {
			return err
		}
		if err := sender.Send(a.ctx, id.String(), to, message); err != nil {
			if f := (*mail.Failure)(nil); errors.As(err, &f) && f.Answer != "" {
				return fmt.Errorf("%w: %s", f, f.Answer)
			}
			return err
		}
		fmt.Fprintf(a.stdout, "%s: the mail server took it\n", kind)
	}
	return nil
}

type mailListCmd struct{ reading }

// Run lists what waits by kind and age.
func (c *mailListCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		all, err := central.QueuedMails(a.ctx, s.db, time.Now())
		if err != nil {
			return err
		}
		if len(all) == 0 {
			fmt.Fprintln(a.stdout, "no mails wait")
			return nil
		}
		w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "KIND\tWAITING\tUNDER 1 HOUR\tUNDER 1 DAY\tOLDER\tTRIED IN VAIN")
		for _, q := range all {
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\n", q.Kind, q.Hour+q.Day+q.Older, q.Hour, q.Day, q.Older, q.Failed)
		}
		return w.Flush()
	})
}

type mailRetryCmd struct{}

// Run makes all mails due now.
func (c *mailRetryCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		n, err := central.RetryMails(a.ctx, s.db, time.Now())
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%d mails will be tried again by central serve within five minutes\n", n)
		return nil
	})
}

type mailBouncesCmd struct {
	Source  string `arg:"" optional:"" help:"- reads one mail from standard input, as a mail server pipes it to a command."`
	Maildir string `help:"Read the new mails of a Maildir, and move them to those that have been seen." placeholder:"DIR"`
}

// Run reads the mails. A mail that is not about a delivery is counted, and no error.
func (c *mailBouncesCmd) Run(a *app) error {
	if (c.Source == "") == (c.Maildir == "") || c.Source != "" && c.Source != "-" {
		return errors.New("say where the mails are: --maildir DIR, or - for one on standard input")
	}
	return a.with(func(s *server) error {
		var read, hard, soft, unknown, other int
		take := func(bounces []mail.Bounce) error {
			read++
			if len(bounces) == 0 {
				other++
			}
			for _, b := range bounces {
				patrons, err := central.Bounced(a.ctx, s.db, s.ledger, b.Address, b.Hard, time.Now())
				switch {
				case err != nil:
					return err
				case patrons == 0:
					unknown++
				case b.Hard:
					hard++
				default:
					soft++
				}
			}
			return nil
		}
		err := func() error {
			if c.Maildir != "" {
				return mail.ReadMaildir(c.Maildir, take)
			}
			bounces, err := mail.ReadBounces(a.stdin)
			if err != nil {
				return err
			}
			return take(bounces)
		}()
		fmt.Fprintf(a.stdout, "%d mails read: %d addresses take no mail, %d could not be reached for now, %d are no patron's; %d mails were about something else\n",
			read, hard, soft, unknown, other)
		return err
	})
}
