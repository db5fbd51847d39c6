package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"madoguchi/central"
	"madoguchi/central/mail"
	"madoguchi/library"
)

// mailSettings are how mails to patrons are sent: to a mail server, or into a folder
// for development. Without them none are, and terminals offer no mails.
type mailSettings struct {
	From      string `toml:"from"`       // the address that mails come from
	ReplyTo   string `toml:"reply_to"`   // the address that answers go to; otherwise from
	BouncesTo string `toml:"bounces_to"` // the address to which mails come back that cannot be delivered; otherwise from
	Link      string `toml:"link"`       // the library's web site, at the end of mails
	Templates string `toml:"templates"`  // folder of wordings that replace ours, such as ja/hold_ready.txt

	Server       string        `toml:"server"`        // mail server, HOST:PORT
	Security     mail.Security `toml:"security"`      // starttls, tls, or none for a server on the same machine
	User         string        `toml:"user"`          // name to log in with at the mail server
	PasswordFile string        `toml:"password_file"` // file of the password to log in with
	CAFile       string        `toml:"ca_file"`       // file of the certificate, PEM, of a mail server's own authority
	PerMinute    int           `toml:"per_minute"`    // mails a minute that one process sends to one domain

	Folder string `toml:"folder"` // folder into which mails are written instead of to a server, for trials
}

// on reports whether mails are sent.
func (m mailSettings) on() bool { return m.Server != "" || m.Folder != "" }

func (m mailSettings) validate() error {
	switch {
	case m == mailSettings{}:
		return nil
	case !m.on():
		return errors.New("mails need a server to go to; or, for development, a folder")
	case m.Server != "" && m.Folder != "":
		return errors.New("mails go to the server, or into the folder: leave one of them out")
	case m.From == "":
		return errors.New("mails need an address to come from: set from")
	case (m.User == "") != (m.PasswordFile == ""):
		return errors.New("user and password_file belong together")
	case m.PerMinute < 0:
		return errors.New("per_minute is the number of mails a minute to one domain, at least 1")
	}
	if _, err := library.ParseEmail(m.BouncesTo); err != nil && m.BouncesTo != "" {
		return fmt.Errorf("bounces_to must be an e-mail address, not %q", m.BouncesTo)
	}
	if m.Link != "" && !strings.HasPrefix(m.Link, "https://") && !strings.HasPrefix(m.Link, "http://") {
		return errors.New("link is a web address: it begins with https://")
	}
	return nil
}

// composer reads the wordings.
func (s settings) composer() (*mail.Composer, error) {
	return mail.NewComposer(mail.Config{
		Library: s.Site.Name, From: s.Mail.From, ReplyTo: s.Mail.ReplyTo, Link: s.Mail.Link, Templates: s.Mail.Templates,
		Zone: s.Site.Location(), CodeFor: s.Site.Policy.EmailCodeFor.Duration(),
	})
}

// mailSender takes mails, and can be asked whether it would.
type mailSender interface {
	central.MailSender
	Check(ctx context.Context) error
}

// mailSender returns what takes the mails; it is not connected yet.
func (s settings) mailSender() (mailSender, error) {
	m := s.Mail
	if m.Folder != "" {
		return mail.Folder(m.Folder), nil
	}
	c := mail.SMTPConfig{Server: m.Server, Security: m.Security, User: m.User, Sender: cmp.Or(m.BouncesTo, m.From)}
	if m.PasswordFile != "" {
		password, err := os.ReadFile(m.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("the password of the mail server cannot be read: %w", err)
		}
		c.Password = strings.TrimRight(string(password), "\r\n")
	}
	if m.CAFile != "" {
		pem, err := os.ReadFile(m.CAFile)
		if err != nil {
			return nil, fmt.Errorf("the mail server's authority cannot be read: %w", err)
		}
		c.CA = x509.NewCertPool()
		if !c.CA.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("there is no certificate in %s, which should hold that of the mail server's authority, PEM", m.CAFile)
		}
	}
	return mail.NewSMTP(c)
}

// mailQueue returns the queue of mails, nil where none are sent. It can queue, and not
// send.
func (s settings) mailQueue(ctx context.Context, config central.MailQueueConfig) (*central.MailQueue, error) {
	if !s.Mail.on() {
		return nil, nil
	}
	hasher, err := s.hasher(ctx, config.DB)
	if err != nil {
		return nil, err
	}
	config.Hasher, config.PerMinute = hasher, s.Mail.PerMinute
	return central.NewMailQueue(config), nil
}

// sendingQueue returns the queue of mails that sends, nil where no mails are sent.
func (a *app) sendingQueue(s *server) (*central.MailQueue, error) {
	if !a.settings.Mail.on() {
		return nil, nil
	}
	composer, err := a.settings.composer()
	if err != nil {
		return nil, err
	}
	sender, err := a.settings.mailSender()
	if err != nil {
		return nil, err
	}
	return a.settings.mailQueue(a.ctx, central.MailQueueConfig{DB: s.db, Register: s.ledger, Holds: s.ledger, Zone: a.settings.Site.Location(), Composer: composer, Sender: sender, Log: a.log()})
}
