package sync

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"madoguchi/central/protocol"
)

// ErrAuthority says that the server at the address is not the one that made the
// enrolment code, or that somebody stands between.
var ErrAuthority = errors.New("the certificate of the server at this address is not of the authority that the code names: compare the code, letter by letter, and look whether the address is right")

// pin finds, in the server's certificates, the authority that a mark names, and lets
// nothing be sent unless it is there and signed for the server.
type pin struct {
	host, mark string

	mu        sync.Mutex
	authority *x509.Certificate
}

func newPin(server, mark string) (*pin, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf("%q is not the address of a server: it must look like https://central.example.jp", server)
	}
	if mark != "" && u.Scheme != "https" {
		return nil, fmt.Errorf("the code is for a server with a certificate: give its address as https://%s", u.Host)
	}
	return &pin{host: u.Hostname(), mark: mark}, nil
}

// config is how to connect; nil is as this machine does otherwise.
func (p *pin) config() *tls.Config {
	if p.mark == "" {
		return nil
	}
	// The usual check is replaced by a stricter one, which runs before anything is
	// sent.
	return &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true, VerifyConnection: p.verify}
}

func (p *pin) verify(state tls.ConnectionState) error {
	chain := state.PeerCertificates
	for _, c := range chain {
		if !protocol.Marks(p.mark, c.Raw) || !c.IsCA {
			continue
		}
		roots := x509.NewCertPool()
		roots.AddCert(c)
		if _, err := chain[0].Verify(x509.VerifyOptions{DNSName: p.host, Roots: roots}); err != nil {
			return fmt.Errorf("the server's certificate is of the right authority, but cannot be used: %w", err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.authority = c
		return nil
	}
	return ErrAuthority
}

// found is the authority's certificate, PEM, "" where none was asked for.
func (p *pin) found() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.authority == nil {
		return ""
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.authority.Raw}))
}

// trust is whose certificates the terminal trusts; nil: those that its machine does.
func (t terminalFile) trust() (*tls.Config, error) {
	if t.Authority == "" {
		return nil, nil
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(t.Authority)) {
		return nil, errors.New("the authority in terminal.json cannot be read; enrol this terminal again with \"kiosk enrol CODE\"")
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: roots}, nil
}

// client asks servers that the terminal trusts.
func (t terminalFile) client() (*http.Client, error) {
	config, err := t.trust()
	if err != nil {
		return nil, err
	}
	return httpClient(config), nil
}

// HTTPClient returns a client that trusts what the terminal of a data folder does,
// and whether that is only the central server's own authority. It is for a doctor.
func HTTPClient(dir string) (hc *http.Client, own bool, err error) {
	t, err := readTerminal(dir)
	if err != nil {
		return nil, false, err
	}
	hc, err = t.client()
	return hc, t.Authority != "", err
}
