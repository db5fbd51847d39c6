// Package mail words the library's mails to its patrons, hands them to a mail server,
// and reads what mail servers say when one comes back. It keeps nothing: which mails
// wait, and which address a bounce is of, the caller knows.
//
// A mail says nothing that would help a stranger who reads it: no card number, no name,
// no password. The code that confirms an address is worth nothing without the patron's
// session at a terminal.
package mail

import (
	"bytes"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"madoguchi/library"
)

// Config is what the mails of a library have in common.
type Config struct {
	Library string // its name, also the one before the address
	From    string // the address that mails come from
	ReplyTo string // where answers go; "" where they go to From
	Link    string // the library's web site, "" for none
	// Templates is a folder whose files replace single wordings, as ja/hold_ready.txt
	// does; "" for none.
	Templates string
	Zone      *time.Location // in which times are told; nil: Japan's
	CodeFor   time.Duration  // how long a confirmation code is valid
}

// Composer makes mails. Make it with NewComposer; it may be used by many goroutines.
type Composer struct {
	cfg    Config
	domain string // of From
	wordings
}

// NewComposer reads the wordings and tries each with invented facts. It fails where an
// address is none, or where a wording cannot be used.
func NewComposer(cfg Config) (*Composer, error) {
	if cfg.Zone == nil {
		cfg.Zone = library.Site{}.Location()
	}
	cfg.Library = oneLine(cfg.Library)
	c := &Composer{cfg: cfg}
	var err error
	if c.cfg.From, err = library.ParseEmail(cfg.From); err != nil {
		return nil, fmt.Errorf("the library's mails cannot come from %q: it is not an address", cfg.From)
	}
	if cfg.ReplyTo != "" {
		if c.cfg.ReplyTo, err = library.ParseEmail(cfg.ReplyTo); err != nil {
			return nil, fmt.Errorf("answers to mails cannot go to %q: it is not an address", cfg.ReplyTo)
		}
	}
	c.domain = domainOf(c.cfg.From)
	if c.wordings, err = readWordings(cfg.Templates); err != nil {
		return nil, err
	}
	return c, c.check()
}

// From is the address that mails come from.
func (c *Composer) From() string { return c.cfg.From }

// Compose returns the bytes of a mail to m.To. The same id, which names the mail for
// good and is letters, digits and hyphens, makes the same Message-ID. at is the branch
// that the mail names, the zero value where it names none.
func (c *Composer) Compose(id string, m library.Mail, at library.Branch) ([]byte, error) {
	to, err := library.ParseEmail(m.To)
	if err != nil {
		return nil, fmt.Errorf("a mail cannot be sent to what is no address: %w", err)
	}
	if id == "" || strings.Trim(strings.ToLower(id), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return nil, fmt.Errorf("%q cannot name a mail", id)
	}
	language := languageOf(m.Language)
	subject, body, err := c.word(language, m.Kind, c.facts(language, m, at))
	if err != nil {
		return nil, err
	}
	encoding := gomail.EncodingB64 // of other letters, quoted-printable is three times as long
	if language.Latin {
		encoding = gomail.EncodingQP
	}
	msg := gomail.NewMsg(gomail.WithEncoding(encoding), gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: c.cfg.Library, Address: c.cfg.From})
	msg.ToMailAddress(&netmail.Address{Address: to})
	if c.cfg.ReplyTo != "" {
		msg.ReplyToMailAddress(&netmail.Address{Address: c.cfg.ReplyTo})
	}
	msg.Subject(subject)
	msg.SetMessageIDWithValue(id + "@" + c.domain)
	msg.SetDateWithValue(m.At.In(c.cfg.Zone))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no machine is to answer it
	msg.SetGenHeader(gomail.HeaderContentLang, language.Code)
	msg.SetBodyString(gomail.TypeTextPlain, strings.ReplaceAll(body, "\n", "\r\n"))
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write a mail: %w", err)
	}
	return b.Bytes(), nil
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
