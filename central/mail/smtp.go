package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// Security is how the way to the mail server is protected.
type Security string

// The ways. StartTLS and TLS are never given up for none.
const (
	StartTLS Security = "starttls" // usually port 587
	TLS      Security = "tls"      // from the first byte on, usually port 465
	Plain    Security = "none"     // for a server on the same machine
)

// SMTPConfig is how to reach the library's mail server.
type SMTPConfig struct {
	Server   string // HOST or HOST:PORT
	Security Security
	User     string // "": no login
	Password string
	CA       *x509.CertPool // whom to trust, nil: whom the system trusts
	// Sender is the address that mails which cannot be delivered come back to.
	Sender string
	// Timeout is how long the server may take for one answer. 0: a minute.
	Timeout time.Duration
}

// SMTP hands mails to a mail server, several over one connection. Make it with NewSMTP;
// use it in one goroutine at a time, and Close it.
type SMTP struct {
	cfg    SMTPConfig
	host   string
	conn   net.Conn
	client *smtp.Client // nil: not connected
	usedAt time.Time
}

// idle is how long a connection may have been unused: servers close it some time.
const idle = 20 * time.Second

// NewSMTP returns a sender that is not connected yet.
func NewSMTP(cfg SMTPConfig) (*SMTP, error) {
	port := "587"
	switch cfg.Security {
	case StartTLS:
	case TLS:
		port = "465"
	case Plain:
		port = "25"
	default:
		return nil, fmt.Errorf("the way to the mail server cannot be protected by %q; write %s, %s or %s", cfg.Security, StartTLS, TLS, Plain)
	}
	host, given, err := net.SplitHostPort(cfg.Server)
	if err != nil {
		host = strings.Trim(cfg.Server, "[]")
	} else {
		port = given
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil || host == "" || strings.ContainsAny(host, " /@") {
		return nil, fmt.Errorf("the mail server %q must be written like smtp.example.jp:587", cfg.Server)
	}
	if cfg.User != "" && cfg.Security == Plain && !isLoopback(host) {
		return nil, errors.New("a password does not go over the network in plain text; set security to starttls or tls")
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = time.Minute
	}
	cfg.Server = net.JoinHostPort(host, port)
	return &SMTP{cfg: cfg, host: host}, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Send hands over the bytes of one mail. It returns a *Failure where that did not go
// well; the server may have taken the mail nevertheless when its answer got lost.
func (s *SMTP) Send(ctx context.Context, _, to string, message []byte) error {
	reused := s.client != nil && time.Since(s.usedAt) < idle
	if !reused {
		s.hangUp()
		if f := s.connect(ctx); f != nil {
			s.hangUp()
			return f
		}
	}
	f := s.send(ctx, to, message)
	if f != nil && reused && f.Step == stepMail && (f.Code == 0 || f.Code == 421) { // closed since it was used
		s.hangUp()
		if f = s.connect(ctx); f == nil {
			f = s.send(ctx, to, message)
		}
	}
	switch {
	case f == nil:
		s.usedAt = time.Now()
		return nil
	case f.NoServer() || s.step(func() error { return s.client.Reset() }) != nil:
		s.hangUp()
	}
	return f
}

// Check connects to the server and logs in, and sends nothing. It returns a *Failure
// where that does not go well.
func (s *SMTP) Check(ctx context.Context) error {
	s.hangUp()
	if f := s.connect(ctx); f != nil {
		s.hangUp()
		return f
	}
	return s.Close()
}

func (s *SMTP) send(ctx context.Context, to string, message []byte) *Failure {
	defer context.AfterFunc(ctx, s.breakOff(s.conn))()
	if err := s.step(func() error { return s.client.Mail("<" + s.cfg.Sender + ">") }); err != nil {
		return failure(stepMail, err)
	}
	if err := s.step(func() error { return s.client.Rcpt("<" + to + ">") }); err != nil {
		return failure(stepRcpt, err)
	}
	err := s.step(func() error {
		w, err := s.client.Data()
		if err != nil {
			return err
		}
		if _, err := w.Write(message); err != nil {
			return err
		}
		return w.Close()
	})
	if err != nil {
		return failure(stepData, err)
	}
	return nil
}

// connect opens a connection, protects it and logs in.
func (s *SMTP) connect(ctx context.Context) *Failure {
	dialer := net.Dialer{Timeout: s.cfg.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", s.cfg.Server)
	if err != nil {
		return failure(stepConnect, err)
	}
	s.conn = conn
	defer context.AfterFunc(ctx, s.breakOff(conn))()
	config := &tls.Config{ServerName: s.host, RootCAs: s.cfg.CA, MinVersion: tls.VersionTLS12}
	if s.cfg.Security == TLS {
		s.conn = tls.Client(conn, config)
	}
	err = s.step(func() (err error) {
		s.client, err = smtp.NewClient(s.conn, s.host)
		return err
	})
	if err != nil {
		return failure(stepConnect, err)
	}
	s.client.SkipSMTPUTF8(true) // no address of ours needs it
	if err := s.step(func() error { return s.client.Hello(domainOf(s.cfg.Sender)) }); err != nil {
		return failure(stepHello, err)
	}
	if s.cfg.Security == StartTLS {
		if ok, _ := s.client.Extension("STARTTLS"); !ok {
			return failure(stepTLS, errors.New("the server does not offer it"))
		}
		if err := s.step(func() error { return s.client.StartTLS(config) }); err != nil {
			return failure(stepTLS, err)
		}
	}
	return s.logIn()
}

func (s *SMTP) logIn() *Failure {
	if s.cfg.User == "" {
		return nil
	}
	_, offered := s.client.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	inPlain := s.cfg.Security == Plain // NewSMTP: on this machine only
	var auth smtp.Auth
	for _, way := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(s.cfg.User, s.cfg.Password)},
		{"PLAIN", smtp.PlainAuth("", s.cfg.User, s.cfg.Password, s.host, inPlain)},
		{"LOGIN", smtp.LoginAuth(s.cfg.User, s.cfg.Password, s.host, inPlain)},
	} {
		for _, offer := range ways {
			if auth == nil && offer == way.name {
				auth = way.auth
			}
		}
	}
	if auth == nil {
		return failure(stepAuth, errors.New("the server offers no login that we know"))
	}
	if err := s.step(func() error { return s.client.Auth(auth) }); err != nil {
		return failure(stepAuth, err)
	}
	return nil
}

// step gives the server its time for one answer.
func (s *SMTP) step(do func() error) error {
	if err := s.conn.SetDeadline(time.Now().Add(s.cfg.Timeout)); err != nil {
		return err
	}
	return do()
}

// breakOff ends what waits on a connection.
func (s *SMTP) breakOff(conn net.Conn) func() {
	return func() { conn.Close() }
}

func (s *SMTP) hangUp() {
	if s.conn != nil {
		s.conn.Close()
	}
	s.conn, s.client = nil, nil
}

// Close says goodbye to the server, if it is connected.
func (s *SMTP) Close() error {
	if s.client != nil {
		s.step(s.client.Quit) // it has all our mails; how it takes leave does not matter
	}
	s.hangUp()
	return nil
}
