// Package mailtest has mail servers for tests: a real one that takes mails over TLS and
// keeps them, and one that fails in every way in which servers do.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mail is one that a server took.
type Mail struct {
	From, To string // envelope
	Raw      string // as it came, without the dot
}

// Options are how a Server is protected.
type Options struct {
	TLS            bool // from the first byte on; otherwise it offers STARTTLS
	Plain          bool // no TLS at all
	User, Password string
}

// Server is a real mail server in this process, until the test ends.
type Server struct {
	Addr   string         // 127.0.0.1:PORT
	CA     *x509.CertPool // who made its certificate
	CAFile string         // the same, PEM

	options Options
	came    chan Mail
	mu      sync.Mutex
	mails   []Mail
	conns   int
	refuse  func(to string) error
}

// Start starts a server.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{options: o, came: make(chan Mail, 1000)}
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = on.Addr().String()
	on = counted{on, s}
	srv := smtp.NewServer(smtp.BackendFunc(s.session))
	srv.Domain = "mail.test"
	srv.ErrorLog = quiet{}
	if !o.Plain {
		srv.TLSConfig = s.certificate(t)
	}
	if o.TLS {
		on = tls.NewListener(on, srv.TLSConfig)
	}
	srv.AllowInsecureAuth = o.Plain
	done := make(chan error, 1)
	go func() { done <- srv.Serve(on) }()
	t.Cleanup(func() {
		srv.Close()
		<-done
	})
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certificate makes an authority of this test, and a certificate for 127.0.0.1.
func (s *Server) certificate(t testing.TB) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	s.CA = x509.NewCertPool()
	s.CA.AppendCertsFromPEM(text)
	s.CAFile = filepath.Join(t.TempDir(), "mail-ca.pem")
	if err := os.WriteFile(s.CAFile, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// Mails returns the mails that were taken so far.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Next waits for a mail that it has not returned yet.
func (s *Server) Next(t testing.TB) Mail {
	t.Helper()
	select {
	case m := <-s.came:
		return m
	case <-t.Context().Done():
	case <-time.After(time.Minute):
		t.Fatal("no mail came")
	}
	return Mail{}
}

// Connections returns how often somebody connected.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// Refuse has the server ask whether it takes mails to an address: nil is yes, and a
// *smtp.SMTPError what it answers.
func (s *Server) Refuse(ask func(to string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = ask
}

// counted is a listener that counts connections; STARTTLS begins another session in
// the same one.
type counted struct {
	net.Listener
	server *Server
}

func (l counted) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.server.mu.Lock()
		defer l.server.mu.Unlock()
		l.server.conns++
	}
	return conn, err
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c, in: s.options.User == ""}, nil
}

// session is a connection of a Server.
type session struct {
	server *Server
	conn   *smtp.Conn
	in     bool
	mail   Mail
}

func (s *session) Reset()        { s.mail = Mail{} }
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string {
	if s.server.options.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.in = user == s.server.options.User && password == s.server.options.Password
		if !s.in {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if _, secured := s.conn.TLSConnectionState(); !secured && !s.server.options.Plain {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "STARTTLS first"}
	}
	if !s.in {
		return smtp.ErrAuthRequired
	}
	s.mail = Mail{From: from}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if s.mail.To != "" {
		return errors.New("one mail goes to one patron")
	}
	if s.server.refuse != nil {
		if err := s.server.refuse(to); err != nil {
			return err
		}
	}
	s.mail.To = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.mail.Raw = string(raw)
	s.server.mails = append(s.server.mails, s.mail)
	select {
	case s.server.came <- s.mail:
	default: // nobody waits for so many
	}
	return nil
}
